/*
 * stats_file.c
 *		Statistics across clean restarts.
 *
 * The postmaster writes the file at its end, when no other process is there
 * and the server was shut down cleanly, and reads and removes it at its start,
 * so that after a crash there is none.
 * The file is a header and then databases and intervals as they lie in
 * memory: one that was not written by the same build is not read.  Whatever
 * is wrong with it is a message in the server log, never an error.
 */
#include "postgres.h"

#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "access/xlog_internal.h"
#include "catalog/pg_control.h"
#include "common/controldata_utils.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/fd.h"
#include "storage/ipc.h"

#include "stats/history.h"
#include "stats/stats.h"
#include "stats/stats_file.h"

#define FILE_NAME		PGSTAT_STAT_PERMANENT_DIRECTORY "/synastry.stat"
#define FILE_MAGIC		0x53594e53	/* "SYNS" */
#define FILE_VERSION	1

typedef struct FileHeader
{
	uint32		magic;
	uint32		version;
	uint32		server_version;
	uint32		database_size;
	uint32		interval_size;
	uint32		databases;
	uint32		intervals;
	uint32		reserved;
	TimestampTz since;
	uint64		checksum;		/* of what follows: XXH3-64 */
} FileHeader;

/* What the file consists of, in memory. */
typedef struct Contents
{
	FileHeader	header;
	Size		size;
	char	   *bytes;
} Contents;

static FileHeader
make_header(void)
{
	return (FileHeader)
	{
		.magic = FILE_MAGIC,
			.version = FILE_VERSION,
			.server_version = PG_VERSION_NUM,
			.database_size = sizeof(StatDatabase),
			.interval_size = sizeof(HistoryInterval),
			.since = *stat_since()
	};
}

static Size
contents_size(const FileHeader *header)
{
	return (Size) header->databases * header->database_size +
		(Size) header->intervals * header->interval_size;
}

/*
 * Writing
 */

static void
gather(Contents *contents)
{
	const StatDatabase *databases = stat_retired();
	FileHeader *header = &contents->header;
	char	   *next;

	*header = make_header();
	for (int i = 0; i < STAT_PLACES; i++)
		header->databases += (databases[i].last_use != 0);
	header->intervals = history_count();
	contents->size = contents_size(header);
	contents->bytes = next = palloc_extended(Max(contents->size, 1), MCXT_ALLOC_HUGE);

	for (int i = 0; i < STAT_PLACES; i++)
		if (databases[i].last_use != 0)
		{
			memcpy(next, &databases[i], sizeof(StatDatabase));
			next += sizeof(StatDatabase);
		}
	for (int i = 0; i < header->intervals; i++, next += sizeof(HistoryInterval))
		memcpy(next, history_interval_at(i), sizeof(HistoryInterval));
	header->checksum = XXH3_64bits(contents->bytes, contents->size);
}

static bool
write_contents(const char *name, const Contents *contents)
{
	FILE	   *file = AllocateFile(name, PG_BINARY_W);
	bool		written;

	if (file == NULL)
		return false;
	written = fwrite(&contents->header, sizeof(FileHeader), 1, file) == 1 &&
		(contents->size == 0 || fwrite(contents->bytes, contents->size, 1, file) == 1);
	return FreeFile(file) == 0 && written;
}

/*
 * Not after an immediate shutdown either, which ends the postmaster like any
 * other: processes may have left figures half written, and locks held.
 */
static bool
is_clean_shutdown(void)
{
	ControlFileData *control;
	bool		valid;
	bool		clean;

	/* the data directory was removed */
	if (access(XLOG_CONTROL_FILE, R_OK) != 0)
		return false;
	control = get_controlfile(DataDir, &valid);
	clean = valid && (control->state == DB_SHUTDOWNED ||
					  control->state == DB_SHUTDOWNED_IN_RECOVERY);
	pfree(control);
	return clean;
}

static void
save(int code, Datum argument)
{
	Contents	contents;

	if (code != 0 || !is_clean_shutdown())
		return;
	history_end_interval(GetCurrentTimestamp());
	gather(&contents);
	if (!write_contents(FILE_NAME ".tmp", &contents))
	{
		ereport(LOG,
				(errcode_for_file_access(),
				 errmsg("could not write file \"%s\": %m", FILE_NAME ".tmp")));
		unlink(FILE_NAME ".tmp");
	}
	else
		(void) durable_rename(FILE_NAME ".tmp", FILE_NAME, LOG);
	pfree(contents.bytes);
}

/*
 * Reading
 */

static bool
is_ours(const FileHeader *header)
{
	FileHeader	ours = make_header();

	return header->magic == ours.magic && header->version == ours.version &&
		header->server_version / 100 == ours.server_version / 100 &&
		header->database_size == ours.database_size &&
		header->interval_size == ours.interval_size &&
		header->databases <= STAT_PLACES && header->intervals <= 100000;
}

static bool
read_contents(FILE * file, Contents *contents)
{
	if (fread(&contents->header, sizeof(FileHeader), 1, file) != 1 ||
		!is_ours(&contents->header))
		return false;
	contents->size = contents_size(&contents->header);
	contents->bytes = palloc_extended(Max(contents->size, 1), MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM);
	return contents->bytes != NULL &&
		(contents->size == 0 || fread(contents->bytes, contents->size, 1, file) == 1) &&
		fgetc(file) == EOF &&
		XXH3_64bits(contents->bytes, contents->size) == contents->header.checksum;
}

/* Those of the rest have a place of their own. */
static void
restore(const Contents *contents)
{
	StatDatabase *retired = stat_retired();
	const char *next = contents->bytes;

	for (int i = 0; i < contents->header.databases; i++, next += sizeof(StatDatabase))
	{
		const StatDatabase *database = (const StatDatabase *) next;

		memcpy(OidIsValid(database->oid) ? &retired[i] : &retired[STAT_DATABASES], database,
			   sizeof(StatDatabase));
	}
	for (int i = 0; i < contents->header.intervals; i++, next += sizeof(HistoryInterval))
		history_restore((const HistoryInterval *) next);
	*stat_since() = contents->header.since;
	history_begin(GetCurrentTimestamp());
}

static void
load(void)
{
	FILE	   *file = AllocateFile(FILE_NAME, PG_BINARY_R);
	Contents	contents = {0};

	if (file == NULL)
	{
		if (errno != ENOENT)
			ereport(LOG,
					(errcode_for_file_access(),
					 errmsg("could not read file \"%s\": %m", FILE_NAME)));
		return;
	}
	if (read_contents(file, &contents))
		restore(&contents);
	else
		ereport(LOG,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("ignoring invalid data in file \"%s\"", FILE_NAME),
				 errdetail("The statistics of synastry begin anew.")));
	if (contents.bytes != NULL)
		pfree(contents.bytes);
	FreeFile(file);
	unlink(FILE_NAME);
}

void
stat_file_startup(bool found)
{
	on_shmem_exit(save, (Datum) 0);
	if (!found)
		load();
}
