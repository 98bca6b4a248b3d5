/*
 * store_table.c
 *		The persistent tier: writing, bounding, loading its table.
 *
 * Called by flushers, one of which runs in a database at a time, and by
 * backends that administrate.  All of them hold, until their transaction
 * ends, a lock that nobody else knows (sub-object 1 of the extension), so
 * that only one writes at a time, and one on the extension, so that it is
 * not dropped meanwhile.  A flusher does not wait for either.
 *
 * All statements run with the rights of the table's owner, as a
 * security-restricted operation, and with a search_path of our own; an abort
 * restores these by itself.  They use the latest snapshot, so that an older
 * one of the transaction makes them neither fail nor overlook rows.
 */
#include "postgres.h"

#include "access/relation.h"
#include "access/xact.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "cache/cache.h"
#include "cache/store.h"
#include "compat.h"

/* rows that one statement removes at most */
#define REMOVAL_ROWS		1000

/* bytes of rows that are loaded at a time, unless one is longer */
#define LOAD_BYTES			(4 * 1024 * 1024)
#define LOAD_ROWS			1000

/* time after which last_used is brought up to date */
#define TOUCH_INTERVAL		USECS_PER_HOUR

/*
 * Opening and closing
 */

static bool
lock_extension(Oid extension, uint16 part, LOCKMODE mode, bool wait)
{
	LOCKTAG		tag;

	SET_LOCKTAG_OBJECT(tag, MyDatabaseId, ExtensionRelationId, extension, part);
	return LockAcquire(&tag, mode, false, !wait) != LOCKACQUIRE_NOT_AVAIL;
}

StoreOpened
store_open(StoreTable *table, bool wait)
{
	Oid			extension;
	Relation	relation;
	Oid			owner;

	memset(table, 0, sizeof(*table));
	table->database = store_find_database(MyDatabaseId, true);
	(void) store_find_table(&table->extension);
	if (!OidIsValid(table->extension))
		return STORE_NO_EXTENSION;
	if (!lock_extension(table->extension, 0, AccessShareLock, wait) ||
		!lock_extension(table->extension, 1, ExclusiveLock, wait))
		return STORE_BUSY;
	AcceptInvalidationMessages();

	/* once more, now that nobody drops it */
	table->table = store_find_table(&extension);
	if (extension != table->extension)
		return OidIsValid(extension) ? STORE_BUSY : STORE_NO_EXTENSION;
	if (!OidIsValid(table->table))
		return STORE_NO_TABLE;
	if (wait)
		LockRelationOid(table->table, RowExclusiveLock);
	else if (!ConditionalLockRelationOid(table->table, RowExclusiveLock))
		return STORE_BUSY;
	relation = try_relation_open(table->table, NoLock);
	if (relation == NULL)
		return STORE_NO_TABLE;
	if (!store_is_our_table(relation))
	{
		relation_close(relation, NoLock);
		return STORE_NO_TABLE;
	}

	owner = relation->rd_rel->relowner;
	table->name = quote_qualified_identifier(get_namespace_name(RelationGetNamespace(relation)),
											 RelationGetRelationName(relation));
	relation_close(relation, NoLock);

	GetUserIdAndSecContext(&table->saved_user, &table->saved_context);
	SetUserIdAndSecContext(owner, table->saved_context | SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_RESTRICTED_OPERATION);
	table->saved_nest_level = NewGUCNestLevel();
	(void) set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	return STORE_OPENED;
}

void
store_close(StoreTable *table)
{
	SPI_finish();
	AtEOXact_GUC(false, table->saved_nest_level);
	SetUserIdAndSecContext(table->saved_user, table->saved_context);
}

/*
 * Statements
 */

/* %s in the text stands for the table, as often as it occurs */
static SPIPlanPtr
prepare(const StoreTable *table, const char *text, int count, const Oid *types)
{
	StringInfoData statement;
	SPIPlanPtr	plan;

	initStringInfo(&statement);
	for (const char *rest = text; *rest != '\0'; rest++)
	{
		if (rest[0] == '%' && rest[1] == 's')
		{
			appendStringInfoString(&statement, table->name);
			rest++;
		}
		else
			appendStringInfoChar(&statement, *rest);
	}
	plan = SPI_prepare(statement.data, count, unconstify(Oid *, types));
	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	pfree(statement.data);
	return plan;
}

static void
execute(SPIPlanPtr plan, Datum *arguments)
{
	MemoryContext context = CurrentMemoryContext;
	int			result = SPI_execute_snapshot(plan, arguments, NULL, GetLatestSnapshot(),
											  InvalidSnapshot, false, true, 0);

	/* SPI leaves that of its own */
	MemoryContextSwitchTo(context);
	if (result < 0)
		elog(ERROR, "SPI_execute_snapshot failed: %s", SPI_result_code_string(result));
}

static Datum
spi_value(HeapTuple row, int column)
{
	bool		null;
	Datum		value = SPI_getbinval(row, SPI_tuptable->tupdesc, column, &null);

	if (null)
		elog(ERROR, "unexpected NULL in column %d of \"synastry_cache\"", column);
	return value;
}

/* Of a statement that returns rows and bytes. */
static int64
execute_counting(SPIPlanPtr plan, Datum *arguments, int64 *bytes)
{
	int64		rows;

	execute(plan, arguments);
	if (SPI_processed != 1)
		elog(ERROR, "unexpected result of a statement");
	rows = DatumGetInt64(spi_value(SPI_tuptable->vals[0], 1));
	*bytes = DatumGetInt64(spi_value(SPI_tuptable->vals[0], 2));
	SPI_freetuptable(SPI_tuptable);
	return rows;
}

/* Changes a count of ours, but not below 0. */
static void
adjust(pg_atomic_uint64 * count, int64 change)
{
	uint64		old = pg_atomic_read_u64(count);

	pg_atomic_write_u64(count, change < 0 && (uint64) -change > old ? 0 : old + change);
}

static void
count_change(const StoreTable *table, int64 rows, int64 bytes)
{
	adjust(&table->database->entries, rows);
	adjust(&table->database->bytes, bytes);
}

void
store_count_rows(StoreTable *table)
{
	int64		bytes;
	int64		rows;

	rows = execute_counting(prepare(table, "SELECT count(*), coalesce(sum(size), 0)::int8 FROM %s",
									0, NULL), NULL, &bytes);
	pg_atomic_write_u64(&table->database->entries, rows);
	pg_atomic_write_u64(&table->database->bytes, Max(bytes, 0));
	pg_atomic_write_u32(&table->database->counted, 1);
}

#define COUNT_GONE	"SELECT count(*), coalesce(sum(size), 0)::int8 FROM gone"

static int64
remove_rows(StoreTable *table, const char *text, int count, const Oid *types, Datum *arguments)
{
	int64		bytes;
	int64		rows = execute_counting(prepare(table, text, count, types), arguments, &bytes);

	count_change(table, -rows, -bytes);
	return rows;
}

int64
store_expire_batch(StoreTable *table, bool *more)
{
	TimestampTz not_before = store_not_before();
	Oid			types[] = {TIMESTAMPTZOID, INT8OID};
	Datum		arguments[] = {TimestampTzGetDatum(not_before), Int64GetDatum(REMOVAL_ROWS)};
	int64		rows = 0;

	if (not_before != DT_NOBEGIN)
		rows = remove_rows(table,
						   "WITH old AS MATERIALIZED (SELECT hash FROM %s WHERE created < $1"
						   " ORDER BY created LIMIT $2 FOR UPDATE SKIP LOCKED),"
						   " gone AS (DELETE FROM %s t USING old WHERE t.hash = old.hash"
						   " RETURNING t.size) " COUNT_GONE,
						   lengthof(types), types, arguments);
	store_count(STORE_EXPIRATIONS, rows);
	*more = rows == REMOVAL_ROWS;
	return rows;
}

/* Removes what was not used for longest, until the table is within its bound. */
int64
store_bound_batch(StoreTable *table, bool *more)
{
	uint64		limit = (uint64) store_persist_max_size * 1024;
	Oid			types[] = {INT8OID, INT8OID};
	Datum		arguments[2];
	uint64		bytes;
	int64		rows;

	*more = false;
	bytes = pg_atomic_read_u64(&table->database->bytes);
	if (bytes <= limit)
		return 0;

	arguments[0] = Int64GetDatum((int64) (bytes - limit));
	arguments[1] = Int64GetDatum(REMOVAL_ROWS);
	rows = remove_rows(table,
					   "WITH old AS MATERIALIZED (SELECT hash, size, last_used FROM %s"
					   " ORDER BY last_used LIMIT $2 FOR UPDATE SKIP LOCKED),"
					   " chosen AS (SELECT hash, sum(size) OVER (ORDER BY last_used, hash) - size"
					   " AS before FROM old),"
					   " gone AS (DELETE FROM %s t USING chosen WHERE t.hash = chosen.hash"
					   " AND before < $1 RETURNING t.size) " COUNT_GONE,
					   lengthof(types), types, arguments);
	store_count(STORE_EVICTIONS, rows);
	*more = rows > 0 && pg_atomic_read_u64(&table->database->bytes) > limit;

	/* nothing to remove: the count must be wrong */
	if (rows == 0)
		pg_atomic_write_u32(&table->database->counted, 0);
	return rows;
}

static ArrayType *
make_hash_array(const ArenaHash *hashes, int count)
{
	Datum	   *elements = palloc(Max(count, 1) * sizeof(Datum));

	for (int i = 0; i < count; i++)
		elements[i] = PointerGetDatum(&hashes[i]);
	return construct_array(elements, count, UUIDOID, UUID_LEN, false, TYPALIGN_CHAR);
}

static bytea *
make_bytea(const void *bytes, Size size)
{
	bytea	   *result = palloc(VARHDRSZ + size);

	SET_VARSIZE(result, VARHDRSZ + size);
	memcpy(VARDATA(result), bytes, size);
	return result;
}

int64
store_remove_all(StoreTable *table)
{
	return remove_rows(table, "WITH gone AS (DELETE FROM %s RETURNING size) " COUNT_GONE,
					   0, NULL, NULL);
}

int64
store_remove_containing(StoreTable *table, const void *bytes, Size size)
{
	static const Oid types[] = {BYTEAOID};
	Datum		argument = PointerGetDatum(make_bytea(bytes, size));

	return remove_rows(table, "WITH gone AS (DELETE FROM %s WHERE position($1 IN key) > 0"
					   " RETURNING size) " COUNT_GONE, 1, types, &argument);
}

/*
 * Writes entries; how many rows that made or changed.  A row that is there
 * already stays unless it is damaged, old, or seems to be long unused.
 */
int64
store_write(StoreTable *table, const StoreBatch *batch)
{
	static const Oid types[] = {UUIDOID, BYTEAOID, BYTEAOID, INT2OID, INT8OID, TIMESTAMPTZOID,
	TIMESTAMPTZOID, INT4OID};
	SPIPlanPtr	plan = prepare(table,
							   "INSERT INTO %s AS t (hash, key, value, format, checksum, created,"
							   " last_used, size) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
							   " ON CONFLICT (hash) DO UPDATE SET key = excluded.key,"
							   " value = excluded.value, format = excluded.format,"
							   " checksum = excluded.checksum, created = excluded.created,"
							   " last_used = excluded.last_used, size = excluded.size"
							   " WHERE t.format <> excluded.format OR t.key <> excluded.key"
							   " OR t.checksum <> excluded.checksum"
							   " OR t.created < excluded.created - interval '1 hour'",
							   lengthof(types), types);
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "synastry row",
												  ALLOCSET_DEFAULT_SIZES);
	TimestampTz not_before = store_not_before();
	TimestampTz now = GetCurrentTimestamp();
	int64		written = 0;
	int64		bytes = 0;

	for (int i = 0; i < batch->count; i++)
	{
		const StoreBatchEntry *entry = &batch->entries[i];
		const char *key = batch->bytes + entry->offset;
		Size		key_size = entry->item.key_length;
		const char *value = key + key_size;
		Size		value_size = entry->item.value_length;
		MemoryContext old_context;
		Datum		arguments[lengthof(types)];

		/* what a row cannot hold, with room for the escapes of a message */
		if (entry->item.label.time < not_before || key_size + value_size > MaxAllocSize / 4)
			continue;

		old_context = MemoryContextSwitchTo(context);
		arguments[0] = PointerGetDatum(&entry->hash);
		arguments[1] = PointerGetDatum(make_bytea(key, key_size));
		arguments[2] = PointerGetDatum(make_bytea(value, value_size));
		arguments[3] = Int16GetDatum(STORE_FORMAT);
		arguments[4] = Int64GetDatum(store_checksum(key, key_size, value, value_size));
		arguments[5] = TimestampTzGetDatum(entry->item.label.time);
		arguments[6] = TimestampTzGetDatum(now);
		arguments[7] = Int32GetDatum((int32) (key_size + value_size));
		MemoryContextSwitchTo(old_context);
		execute(plan, arguments);
		MemoryContextReset(context);
		written += SPI_processed;
		if (SPI_processed > 0)
			bytes += key_size + value_size;
	}

	/* rows that were there are counted twice, until all are counted again */
	count_change(table, written, bytes);
	store_count(STORE_FLUSHES, 1);
	store_count(STORE_FLUSHED_ENTRIES, written);
	return written;
}

/* Notes that entries are in use. */
int64
store_touch(StoreTable *table, const StoreBatch *batch)
{
	static const Oid types[] = {UUIDARRAYOID, TIMESTAMPTZOID, TIMESTAMPTZOID};
	ArenaHash  *hashes = palloc(Max(batch->count, 1) * sizeof(ArenaHash));
	TimestampTz now = GetCurrentTimestamp();
	Datum		arguments[lengthof(types)];

	for (int i = 0; i < batch->count; i++)
		hashes[i] = batch->entries[i].hash;
	arguments[0] = PointerGetDatum(make_hash_array(hashes, batch->count));
	arguments[1] = TimestampTzGetDatum(now);
	arguments[2] = TimestampTzGetDatum(now - TOUCH_INTERVAL);
	execute(prepare(table, "UPDATE %s SET last_used = $2 WHERE hash = ANY ($1) AND last_used < $3",
					lengthof(types), types), arguments);
	return SPI_processed;
}

/*
 * Loading
 */

typedef struct RowName
{
	ArenaHash	hash;
	int32		size;
} RowName;

/* Bytes that may come into the arena until it is four fifths full. */
static int64
room_in_memory(void)
{
	Arena	   *arena = cache_arena();
	int64		room = 0;

	for (int i = 0; arena != NULL && i < cache_partitions(); i++)
	{
		ArenaStatistics statistics;

		cache_lock(i, LW_SHARED);
		statistics = arena_statistics(arena, i);
		cache_unlock(i);
		room += (int64) (statistics.capacity / 5 * 4) - (int64) statistics.bytes;
	}
	return room;
}

/* The rows that were used last and have room in memory, newest first. */
static RowName *
list_rows(StoreTable *table, uint32 limit, uint32 *count)
{
	int64		room = room_in_memory();
	uint32		allocated = 1024;
	RowName    *rows = palloc(allocated * sizeof(RowName));
	bool		ended = false;
	Portal		portal = SPI_cursor_open(NULL,
										 prepare(table,
												 "SELECT hash, size FROM %s"
												 " ORDER BY last_used DESC, hash", 0, NULL),
										 NULL, NULL, false);

	*count = 0;
	while (!ended)
	{
		SPI_cursor_fetch(portal, true, LOAD_ROWS);
		ended = SPI_processed == 0;
		for (uint64 i = 0; !ended && i < SPI_processed; i++)
		{
			RowName    *row;

			if (*count == allocated)
			{
				allocated *= 2;
				rows = repalloc_huge(rows, allocated * sizeof(RowName));
			}
			row = &rows[*count];
			row->hash = store_hash_of(DatumGetUUIDP(spi_value(SPI_tuptable->vals[i], 1)));
			row->size = DatumGetInt32(spi_value(SPI_tuptable->vals[i], 2));

			/* with what the arena adds */
			room -= Max(row->size, 0) + 128;
			if (room < 0 || *count >= limit)
				ended = true;
			else
				++*count;
		}
		SPI_freetuptable(SPI_tuptable);
	}
	SPI_cursor_close(portal);
	return rows;
}

/* Puts some rows into memory, and removes those that are of no use. */
static void
load_rows(StoreTable *table, const RowName *rows, int count)
{
	static const Oid types[] = {UUIDARRAYOID};
	ArenaHash  *hashes = palloc(count * sizeof(ArenaHash));
	TimestampTz not_before = store_not_before();
	int			bad = 0;
	int64		loaded = 0;
	Datum		argument;

	for (int i = 0; i < count; i++)
		hashes[i] = rows[i].hash;
	argument = PointerGetDatum(make_hash_array(hashes, count));
	execute(prepare(table, "SELECT hash, key, value, format, checksum, created FROM %s"
					" WHERE hash = ANY ($1)", 1, types), &argument);
	for (uint64 i = 0; i < SPI_processed && i < count; i++)
	{
		HeapTuple	tuple = SPI_tuptable->vals[i];
		StoreRow	row = {
			.hash = store_hash_of(DatumGetUUIDP(spi_value(tuple, 1))),
			.key = DatumGetByteaPP(spi_value(tuple, 2)),
			.value = DatumGetByteaPP(spi_value(tuple, 3)),
			.format = DatumGetInt16(spi_value(tuple, 4)),
			.checksum = DatumGetInt64(spi_value(tuple, 5)),
			.created = DatumGetTimestampTz(spi_value(tuple, 6))
		};
		StoreRowState state = store_check_row(&row);

		if (state == STORE_ROW_GOOD)
		{
			ArenaKey	key = {VARDATA_ANY(row.key), VARSIZE_ANY_EXHDR(row.key), row.hash};

			if (row.created >= not_before &&
				cache_put_at(&key, MyDatabaseId, VARDATA_ANY(row.value),
							 VARSIZE_ANY_EXHDR(row.value), row.created, false))
				loaded++;
			continue;
		}
		if (state == STORE_ROW_DAMAGED)
			store_count(STORE_CORRUPT_ROWS, 1);
		hashes[bad++] = row.hash;
	}
	SPI_freetuptable(SPI_tuptable);
	store_count(STORE_LOADED_ENTRIES, loaded);

	if (bad > 0)
	{
		argument = PointerGetDatum(make_hash_array(hashes, bad));
		remove_rows(table, "WITH gone AS (DELETE FROM %s WHERE hash = ANY ($1) RETURNING size) "
					COUNT_GONE, 1, types, &argument);
	}
}

/*
 * Fills memory with what was used last.  Of that the oldest comes first, so
 * that memory, too, has them in the order of their use.  Another flusher
 * goes on where the deadline ends this one.
 */
bool
store_load(StoreTable *table, TimestampTz deadline)
{
	pg_atomic_uint32 *to_load = &table->database->to_load;
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "synastry load",
												  ALLOCSET_DEFAULT_SIZES);
	uint32		left;
	RowName    *rows = list_rows(table, pg_atomic_read_u32(to_load), &left);

	while (left > 0 && GetCurrentTimestamp() < deadline)
	{
		MemoryContext old_context = MemoryContextSwitchTo(context);
		uint32		first = left;
		int64		bytes = 0;

		CHECK_FOR_INTERRUPTS();
		while (first > 0 && left - first < LOAD_ROWS && bytes < LOAD_BYTES)
		{
			first--;
			bytes += Max(rows[first].size, 0);
		}
		load_rows(table, rows + first, left - first);
		left = first;
		MemoryContextSwitchTo(old_context);
		MemoryContextReset(context);
	}
	pg_atomic_write_u32(to_load, left);
	if (left == 0)
		store_count(STORE_LOADS, 1);
	return left == 0;
}
