/*
 * store_state.c
 *		Settings and shared state of the persistent tier.
 *
 * There are no locks: all of StoreState is atomic.  A place in databases[]
 * is taken by whoever first puts an OID there, and freed by the leader alone
 * when there is no such database any more, so that nobody uses it; its other
 * members are written by flushers of that database, of which there is one at
 * a time, except that every backend may raise STORE_WANTS_LOAD.
 *
 * Accepted races.  Counts are each true, but of slightly different moments;
 * those of a database may miss what a backend writes at the same time as a
 * flusher, until they are counted again.  With more than STORE_DATABASES
 * databases in use the others are flushed, expire and are bounded, but are
 * never loaded.
 */
#include "postgres.h"

#include <limits.h>

#include "storage/latch.h"
#include "storage/proc.h"
#include "utils/guc.h"
#include "utils/timestamp.h"

#include "cache/store.h"

bool		store_persist;
int			store_persist_interval;
int			store_persist_max_size;

StoreState *store_state = NULL;

void
store_define_settings(void)
{
	DefineCustomBoolVariable("synastry.persist",
							 "Keeps what is cached in a table of the database, too.",
							 "Takes effect with shared_preload_libraries only.",
							 &store_persist, true, PGC_SIGHUP, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("synastry.persist_interval",
							"Time between two rounds of writing what is cached to the tables.",
							NULL, &store_persist_interval, 60, 1, INT_MAX / 1000,
							PGC_SIGHUP, GUC_UNIT_S, NULL, NULL, NULL);
	DefineCustomIntVariable("synastry.persist_max_size",
							"Keys and values that the table of a database holds at most.",
							"What was not used for longest goes first; 0 keeps nothing.",
							&store_persist_max_size, 1024 * 1024, 0, MAX_KILOBYTES,
							PGC_SIGHUP, GUC_UNIT_KB, NULL, NULL, NULL);
}

/*
 * Shared memory
 */

Size
store_shmem_size(void)
{
	return MAXALIGN(sizeof(StoreState));
}

static void
init_place(StoreDatabase *database)
{
	pg_atomic_init_u32(&database->oid, InvalidOid);
	pg_atomic_init_u32(&database->flags, 0);
	pg_atomic_init_u32(&database->to_load, STORE_LOAD_ALL);
	pg_atomic_init_u32(&database->counted, 0);
	pg_atomic_init_u64(&database->entries, 0);
	pg_atomic_init_u64(&database->bytes, 0);
	pg_atomic_init_u64(&database->last_flush, 0);
	pg_atomic_init_u64(&database->last_touch, 0);
}

void
store_shmem_init(void *memory, bool found)
{
	store_state = memory;
	if (found || memory == NULL)
		return;

	memset(store_state, 0, sizeof(StoreState));
	pg_atomic_init_u32(&store_state->leader, STORE_NO_PROCESS);
	pg_atomic_init_u32(&store_state->finished, 0);
	pg_atomic_init_u64(&store_state->since, (uint64) GetCurrentTimestamp());
	for (int i = 0; i < STORE_COUNTERS; i++)
		pg_atomic_init_u64(&store_state->counters[i], 0);
	for (int i = 0; i < STORE_DATABASES; i++)
		init_place(&store_state->databases[i]);
}

/*
 * The place of a database; NULL if it has none.  If one is to be made and all
 * are taken, a place that only this process knows: who writes to the table
 * counts it there, so that it stays within its bound.
 */
StoreDatabase *
store_find_database(Oid database, bool make)
{
	static StoreDatabase own;

	if (store_state == NULL || !OidIsValid(database))
		return NULL;
	for (int i = 0; i < STORE_DATABASES; i++)
		if (pg_atomic_read_u32(&store_state->databases[i].oid) == database)
			return &store_state->databases[i];
	if (!make)
		return NULL;

	/* another process may take a second place for it: then that one is idle */
	for (int i = 0; i < STORE_DATABASES; i++)
	{
		uint32		expected = InvalidOid;

		if (pg_atomic_compare_exchange_u32(&store_state->databases[i].oid, &expected, database) ||
			expected == database)
			return &store_state->databases[i];
	}
	if (pg_atomic_read_u32(&own.oid) != database)
	{
		init_place(&own);
		pg_atomic_write_u32(&own.oid, database);
	}
	return &own;
}

void
store_note_use(Oid database)
{
	/* what this process has noted last */
	static Oid	noted = InvalidOid;

	StoreDatabase *place;
	uint32		leader;

	if (store_state == NULL || database == noted)
		return;
	noted = database;
	place = store_find_database(database, true);
	if (place == NULL ||
		(pg_atomic_fetch_or_u32(&place->flags, STORE_WANTS_LOAD) & STORE_WANTS_LOAD) != 0)
		return;

	/* should it have ended, somebody else wakes up once too often */
	leader = pg_atomic_read_u32(&store_state->leader);
	if (leader != STORE_NO_PROCESS)
		SetLatch(&ProcGlobal->allProcs[leader].procLatch);
}

/*
 * Statistics
 */

void
store_count(StoreCounter counter, uint64 count)
{
	if (store_state != NULL)
		pg_atomic_fetch_add_u64(&store_state->counters[counter], count);
}

void
store_reset_statistics(void)
{
	if (store_state == NULL)
		return;
	for (int i = 0; i < STORE_COUNTERS; i++)
		pg_atomic_write_u64(&store_state->counters[i], 0);
	pg_atomic_write_u64(&store_state->since, (uint64) GetCurrentTimestamp());
}

static uint64
read_counter(StoreCounter counter)
{
	return pg_atomic_read_u64(&store_state->counters[counter]);
}

bool
store_statistics(Oid database, StoreStatistics *statistics)
{
	StoreDatabase *place = store_find_database(database, false);

	if (store_state == NULL)
		return false;
	*statistics = (StoreStatistics)
	{
		.capacity = (uint64) store_persist_max_size * 1024,
			.hits = read_counter(STORE_HITS),
			.misses = read_counter(STORE_MISSES),
			.flushes = read_counter(STORE_FLUSHES),
			.flushed_entries = read_counter(STORE_FLUSHED_ENTRIES),
			.flush_errors = read_counter(STORE_FLUSH_ERRORS),
			.loads = read_counter(STORE_LOADS),
			.loaded_entries = read_counter(STORE_LOADED_ENTRIES),
			.expirations = read_counter(STORE_EXPIRATIONS),
			.evictions = read_counter(STORE_EVICTIONS),
			.corrupt_rows = read_counter(STORE_CORRUPT_ROWS),
			.missing_tables = read_counter(STORE_MISSING_TABLES),
			.read_errors = read_counter(STORE_READ_ERRORS),
			.launch_failures = read_counter(STORE_LAUNCH_FAILURES)
	};
	if (place != NULL)
	{
		statistics->entries = pg_atomic_read_u64(&place->entries);
		statistics->bytes = pg_atomic_read_u64(&place->bytes);
		statistics->loaded = (pg_atomic_read_u32(&place->flags) & STORE_LOADED) != 0 &&
			pg_atomic_read_u32(&place->to_load) == 0;
		statistics->last_flush = (TimestampTz) pg_atomic_read_u64(&place->last_flush);
	}
	return true;
}
