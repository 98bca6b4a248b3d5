/*
 * cache_row.c
 *		A damaged row of the persistent tier: it is the one that was written,
 *		or it is not there, neither for who asks for it nor for the memory that
 *		is filled from the table.
 */
#include "fuzz.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "storage/lwlock.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "cache/cache.h"
#include "cache/store.h"

enum
{
	COLUMN_HASH, COLUMN_KEY, COLUMN_VALUE, COLUMN_FORMAT, COLUMN_CHECKSUM, COLUMN_CREATED, COLUMNS
};

static const Oid types[COLUMNS] = {UUIDOID, BYTEAOID, BYTEAOID, INT2OID, INT8OID, TIMESTAMPTZOID};

static FuzzStatement fill = {
	"SELECT synastry(one(), other()), synastry_cache_flush() > 0"
};
static FuzzStatement forget_others = {
	"DELETE FROM synastry_cache WHERE hash <> (SELECT min(hash::text) FROM synastry_cache)::uuid"
};
static FuzzStatement update = {
	"UPDATE synastry_cache SET hash = $1, key = $2, value = $3, format = $4, checksum = $5, created = $6"
};

static Datum original[COLUMNS];
static ArenaKey key;

static void
read_original(void)
{
	bool		null;

	SPI_connect();
	SPI_execute("SELECT hash, key, value, format, checksum, created FROM synastry_cache", false, 2);
	if (SPI_processed != 1)
		elog(ERROR, "there are " UINT64_FORMAT " rows, not one", SPI_processed);
	for (int i = 0; i < COLUMNS; i++)
	{
		Datum		value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, i + 1, &null);

		if (types[i] == BYTEAOID)
			value = PointerGetDatum(PG_DETOAST_DATUM(value));
		original[i] = SPI_datumTransfer(value, get_typbyval(types[i]), get_typlen(types[i]));
	}
	SPI_finish();
}

static void
set_up(void)
{
	MemoryContext context = MemoryContextSwitchTo(TopMemoryContext);
	bytea	   *bytes;

	run_statement(&fill, 0, NULL, NULL);
	run_statement(&forget_others, 0, NULL, NULL);
	read_original();
	MemoryContextSwitchTo(context);
	bytes = DatumGetByteaP(original[COLUMN_KEY]);
	key = (ArenaKey)
	{
		VARDATA(bytes), VARSIZE(bytes) - VARHDRSZ, store_hash_of(DatumGetUUIDP(original[COLUMN_HASH]))
	};
}

/* Other bytes at some place, or an end at some place. */
static Datum
damage_bytea(FuzzInput *input, Datum value)
{
	bytea	   *bytes = DatumGetByteaPCopy(value);
	size_t		size = VARSIZE(bytes) - VARHDRSZ;
	uint32		place = take_number(input, 2);

	if (size == 0)
		return value;
	if (take_number(input, 1) % 2 == 0)
		SET_VARSIZE(bytes, VARHDRSZ + place % size);
	else
		take_bytes(input, VARDATA(bytes) + place % size, Min(4, size - place % size));
	return PointerGetDatum(bytes);
}

static void
damage(FuzzInput *input, Datum *row)
{
	int			column = (int) take_number(input, 1) % COLUMNS;
	char	   *hash;

	if (types[column] == BYTEAOID)
		row[column] = damage_bytea(input, row[column]);
	else if (column == COLUMN_HASH)
	{
		hash = memcpy(palloc(UUID_LEN), DatumGetPointer(row[column]), UUID_LEN);
		hash[take_number(input, 1) % UUID_LEN] ^= (char) take_number(input, 1);
		row[column] = PointerGetDatum(hash);
	}
	else if (column == COLUMN_FORMAT)
		row[column] = Int16GetDatum((int16) take_number(input, 2));
	else
		take_bytes(input, &row[column], sizeof(Datum));
}

static void
check_found(const void *value, Size size, const char *where)
{
	const		bytea *expected = DatumGetByteaP(original[COLUMN_VALUE]);

	if (size != VARSIZE(expected) - VARHDRSZ || memcmp(value, VARDATA(expected), size) != 0)
		find("another value was found in %s", where);
}

static void
look_up_in_table(void)
{
	Size		size;
	TimestampTz made;
	void	   *value = store_get(&key, &size, &made);

	if (value != NULL)
		check_found(value, size, "the table");
}

static void
load(void)
{
	StoreTable	table;

	if (store_open(&table, true) != STORE_OPENED || table.database == NULL)
		find("the table could not be opened");
	pg_atomic_write_u32(&table.database->to_load, 10);
	if (!store_load(&table, DT_NOEND))
		find("the table could not be loaded");
	store_close(&table);
}

static void
look_up_in_memory(void)
{
	uint32		partition = arena_partition(cache_arena(), key.hash);
	uint32		allocated = 2 * VARSIZE(DatumGetPointer(original[COLUMN_VALUE]));
	void	   *value = palloc(allocated);
	uint32		size;
	ArenaResult result;

	cache_lock(partition, LW_EXCLUSIVE);
	result = arena_get(cache_arena(), &key, ARENA_ANY_AGE, value, allocated, &size);
	(void) arena_reset(cache_arena(), partition);
	cache_unlock(partition);
	if (result == ARENA_HIT)
		check_found(value, size, "memory");
	else if (result == ARENA_BUFFER_TOO_SMALL)
		find("a longer value was found in memory");
}

static void
run(FuzzInput *input)
{
	Datum		row[COLUMNS];

	memcpy(row, original, sizeof(row));
	while (input->size > 0)
		damage(input, row);
	run_statement(&update, COLUMNS, types, row);
	look_up_in_table();
	load();
	look_up_in_memory();
}

const FuzzTarget cache_row_target = {"cache_row", set_up, run, is_data_error};
