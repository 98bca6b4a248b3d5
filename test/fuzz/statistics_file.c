/*
 * statistics_file.c
 *		The file of statistics, which the postmaster reads at its start, with
 *		any content; then the views over what came of it.
 *
 * The first byte of an input says what it is about: another length, other
 * numbers of databases and intervals, a checksum that is good nevertheless, so
 * that what lies behind it is tried, too, and a view.
 */
#include "fuzz.h"

#include "utils/guc.h"
#include "utils/memutils.h"

/* a second copy, whose inner functions can be called */
#define stat_file_startup	stat_file_startup_again
#include "../../src/stats/stats_file.c"

enum
{
	GOOD_CHECKSUM = 1,
	OTHER_LENGTH = 2,
	OTHER_NUMBERS = 4,
	VIEW_SHIFT = 3
};

static FuzzStatement views[] = {
	{"SELECT s, s::text FROM pg_stat_synastry s"},
	{"SELECT s, s::text FROM pg_stat_synastry_cluster s"},
	{"SELECT s, s::text FROM pg_stat_synastry_history s"},
	{"SELECT synastry_regressions()"},
	{"SELECT s, s::text FROM pg_stat_synastry_info s"},
	{"SELECT pg_stat_synastry_reset()"},
};

/* what is good, for inputs that change some of it */
static char *original;
static size_t original_size;

static void
set_up(void)
{
	Contents	contents;

	/* what it says of each bad file */
	SetConfigOption("log_min_messages", "fatal", PGC_SUSET, PGC_S_SESSION);
	history_end_interval(GetCurrentTimestamp());
	gather(&contents);
	original_size = sizeof(FileHeader) + contents.size;
	original = MemoryContextAlloc(TopMemoryContext, original_size);
	memcpy(original, &contents.header, sizeof(FileHeader));
	memcpy(original + sizeof(FileHeader), contents.bytes, contents.size);
}

/* Bytes at places: two of a place, one of a length, and what is there then. */
static void
change(FuzzInput *input, char *bytes, size_t size)
{
	while (input->size > 0)
	{
		size_t		place = take_number(input, 2) % size;
		size_t		length = take_number(input, 1) % 16 + 1;

		take_bytes(input, bytes + place, Min(length, size - place));
	}
}

static void
write_file(const char *bytes, size_t size)
{
	FILE	   *file = AllocateFile(FILE_NAME, PG_BINARY_W);

	if (file == NULL || (size > 0 && fwrite(bytes, size, 1, file) != 1) || FreeFile(file) != 0)
		find("could not write %s", FILE_NAME);
}

static void
run(FuzzInput *input)
{
	uint32		flags = take_number(input, 1);
	FileHeader	header = *(FileHeader *) original;
	size_t		size = original_size;
	char	   *bytes;

	if ((flags & OTHER_NUMBERS) != 0)
	{
		header.databases = take_number(input, 1) % (2 * STAT_PLACES);
		header.intervals = take_number(input, 1);
		size = sizeof(FileHeader) + contents_size(&header);
	}
	if ((flags & OTHER_LENGTH) != 0)
		size = take_number(input, 2) % (size + 100);
	bytes = palloc(Max(size, sizeof(FileHeader)));
	memset(bytes, (int) take_number(input, 1), size);
	memcpy(bytes, original, Min(size, original_size));
	memcpy(bytes, &header, sizeof(FileHeader));
	if (size > 0)
		change(input, bytes, size);
	if ((flags & GOOD_CHECKSUM) != 0 && size >= sizeof(FileHeader))
		((FileHeader *) bytes)->checksum = XXH3_64bits(bytes + sizeof(FileHeader),
													   size - sizeof(FileHeader));
	write_file(bytes, size);
	load();
	if (access(FILE_NAME, F_OK) == 0)
		find("the file was not removed");
	run_statement(&views[(flags >> VIEW_SHIFT) % lengthof(views)], 0, NULL, NULL);
}

const FuzzTarget statistics_file_target = {"statistics_file", set_up, run, is_data_error};
