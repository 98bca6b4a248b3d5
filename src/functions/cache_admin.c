/*
 * cache_admin.c
 *		Administration of the cache: synastry_cache_reset() and its like, and
 *		what pg_stat_synastry_cache shows.
 *
 * All of them are for the database that they are called in.
 */
#include "postgres.h"

#include "access/xlog.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/memutils.h"

#include "batch/call.h"
#include "functions/cached.h"

PG_FUNCTION_INFO_V1(synastry_cache_flush);
PG_FUNCTION_INFO_V1(synastry_cache_reset);
PG_FUNCTION_INFO_V1(synastry_cache_purge_expired);
PG_FUNCTION_INFO_V1(synastry_cache_forget);
PG_FUNCTION_INFO_V1(synastry_cache_warm);
PG_FUNCTION_INFO_V1(synastry_cache_statistics);

/*
 * Memory
 */

/* What is done to a partition whose lock is held; returns entries removed. */
typedef uint32 (*PartitionAction) (Arena *arena, uint32 partition, void *context);

static int64
for_each_partition(PartitionAction action, void *context)
{
	Arena	   *arena = cache_arena();
	int64		removed = 0;

	for (int partition = 0; arena != NULL && partition < cache_partitions(); partition++)
	{
		CHECK_FOR_INTERRUPTS();
		cache_lock(partition, LW_EXCLUSIVE);
		removed += action(arena, partition, context);
		cache_unlock(partition);
	}
	return removed;
}

static uint32
purge_partition(Arena *arena, uint32 partition, void *context)
{
	return arena_purge(arena, partition, MyDatabaseId);
}

static uint32
expire_partition(Arena *arena, uint32 partition, void *context)
{
	return arena_expire(arena, partition, *(const int64 *) context);
}

/* What is looked for in keys, and room for the longest. */
typedef struct Wanted
{
	const void *bytes;
	Size		size;
	char	   *key;
} Wanted;

static bool
key_contains(const Arena *arena, uint32 partition, const ArenaItem *item, void *context)
{
	const Wanted *wanted = context;

	return item->label.tag == MyDatabaseId &&
		arena_copy(arena, partition, item, wanted->key, NULL) &&
		memmem(wanted->key, item->key_length, wanted->bytes, wanted->size) != NULL;
}

static uint32
forget_partition(Arena *arena, uint32 partition, void *context)
{
	return arena_forget(arena, partition, key_contains, context);
}

/*
 * SQL
 */

/*
 * A backend that has just read a row may put it into memory until the
 * removal commits.
 *
 * synastry_cache_flush(): writes what is new; returns rows written
 */
Datum
synastry_cache_flush(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(store_flush(MyDatabaseId));
}

/* Whether there is a persistent tier that may be written here. */
static bool
has_store(void)
{
	return store_state != NULL && !RecoveryInProgress();
}

/* synastry_cache_reset(): empties the cache; returns entries removed */
Datum
synastry_cache_reset(PG_FUNCTION_ARGS)
{
	int64		removed = has_store() ? store_reset() : 0;

	PG_RETURN_INT64(removed + for_each_partition(purge_partition, NULL));
}

/* synastry_cache_purge_expired(): removes what is older than cache_ttl */
Datum
synastry_cache_purge_expired(PG_FUNCTION_ARGS)
{
	int64		not_before = cache_not_before();
	int64		removed;

	if (not_before == ARENA_ANY_AGE)
		PG_RETURN_INT64(0);
	removed = has_store() ? store_purge_expired() : 0;
	PG_RETURN_INT64(removed + for_each_partition(expire_partition, &not_before));
}

/* synastry_cache_forget(chart): removes every result that this chart is in */
Datum
synastry_cache_forget(PG_FUNCTION_ARGS)
{
	const Chart *chart = PG_GETARG_CHART(0);
	Wanted		wanted = {.bytes = chart,.size = VARSIZE(chart)};
	int64		removed = has_store() ? store_forget(wanted.bytes, wanted.size) : 0;

	if (cache_arena() == NULL)
		PG_RETURN_INT64(removed);
	wanted.key = MemoryContextAllocHuge(CurrentMemoryContext, cache_largest());
	PG_RETURN_INT64(removed + for_each_partition(forget_partition, &wanted));
}

/* What synastry_cache_warm() makes reports with. */
typedef struct Warming
{
	const PreparedSet *set;
	const PreparedModel *model;
	int64		pairs;
} Warming;

static void
warm_pair(void *state, const Member *members)
{
	Warming    *warming = state;

	if (members[0].chart == NULL || members[1].chart == NULL)
		return;
	warm_report(members[0].chart, members[1].chart, warming->set, warming->model);
	warming->pairs++;
}

/*
 * synastry_cache_warm(query, orb, aspects): has the reports made that
 * synastry() returns for the pairs (a, b) of a query; returns how many
 */
Datum
synastry_cache_warm(PG_FUNCTION_ARGS)
{
	static const MemberColumns columns[] = {{NULL, "a"}, {NULL, "b"}};
	float8		orb = orb_argument(fcinfo, 1);
	Warming		warming = {
		.set = PG_ARGISNULL(2) ? prepare_majors(fcinfo, 1, orb) : prepare_set(fcinfo, 2),
		.model = prepare_preset_model(fcinfo, "weighted")
	};
	Call		call;
	Source		source;

	SPI_connect();
	call_begin(&call, fcinfo, "synastry_cache_warm", 1);
	call_prepare_source(&call, 0, "query", columns, lengthof(columns), &source);
	source_open(&source);
	source_read(&source, 0, warm_pair, &warming);
	source_close(&source);
	SPI_finish();
	PG_RETURN_INT64(warming.pairs);
}

/*
 * Statistics
 */

/* the sum over all partitions */
static ArenaStatistics
memory_statistics(Arena *arena)
{
	ArenaStatistics sum = {0};

	for (int partition = 0; partition < cache_partitions(); partition++)
	{
		ArenaStatistics part;

		cache_lock(partition, LW_SHARED);
		part = arena_statistics(arena, partition);
		cache_unlock(partition);

		sum.entries += part.entries;
		sum.dirty += part.dirty;
		sum.bytes += part.bytes;
		sum.capacity += part.capacity;
		sum.hits += part.hits;
		sum.misses += part.misses;
		sum.inserts += part.inserts;
		sum.skipped += part.skipped;
		sum.refused += part.refused;
		sum.evictions += part.evictions;
		sum.evictions_dirty += part.evictions_dirty;
		sum.expirations += part.expirations;
		sum.collisions += part.collisions;
		sum.damages += part.damages;
	}
	return sum;
}

/* the columns of synastry_cache_statistics(): two texts, then numbers */
#define TEXT_COLUMNS	2
#define MEMORY_COLUMNS	(TEXT_COLUMNS + 14)
#define ALL_COLUMNS		(MEMORY_COLUMNS + 8)

static void
put_memory_row(ReturnSetInfo *rsinfo)
{
	Arena	   *arena = cache_arena();
	ArenaStatistics statistics = {0};
	Datum		values[ALL_COLUMNS] = {0};
	bool		nulls[ALL_COLUMNS] = {false};

	if (arena != NULL)
		statistics = memory_statistics(arena);
	values[0] = CStringGetTextDatum("memory");
	values[1] = CStringGetTextDatum(arena == NULL ? "off" : cache_is_shared() ? "shared" : "local");
	values[2] = Int64GetDatum(statistics.entries);
	values[3] = Int64GetDatum(statistics.dirty);
	values[4] = Int64GetDatum(statistics.bytes);
	values[5] = Int64GetDatum(statistics.capacity);
	values[6] = Int64GetDatum(statistics.hits);
	values[7] = Int64GetDatum(statistics.misses);
	values[8] = Int64GetDatum(statistics.inserts);
	values[9] = Int64GetDatum(statistics.skipped);
	values[10] = Int64GetDatum(statistics.refused);
	values[11] = Int64GetDatum(statistics.evictions);
	values[12] = Int64GetDatum(statistics.evictions_dirty);
	values[13] = Int64GetDatum(statistics.expirations);
	values[14] = Int64GetDatum(statistics.collisions);
	values[15] = Int64GetDatum(statistics.damages);
	for (int i = MEMORY_COLUMNS; i < ALL_COLUMNS; i++)
		nulls[i] = true;
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

static void
put_persistent_row(ReturnSetInfo *rsinfo)
{
	StoreStatistics statistics;
	Datum		values[ALL_COLUMNS] = {0};
	bool		nulls[ALL_COLUMNS] = {false};

	if (!store_statistics(MyDatabaseId, &statistics))
		return;
	values[0] = CStringGetTextDatum("persistent");
	values[1] = CStringGetTextDatum(store_persist ? "table" : "off");
	values[2] = Int64GetDatum(statistics.entries);
	nulls[3] = true;
	values[4] = Int64GetDatum(statistics.bytes);
	values[5] = Int64GetDatum(statistics.capacity);
	values[6] = Int64GetDatum(statistics.hits);
	values[7] = Int64GetDatum(statistics.misses);
	values[8] = Int64GetDatum(statistics.flushed_entries);
	nulls[9] = nulls[10] = true;
	values[11] = Int64GetDatum(statistics.evictions);
	nulls[12] = true;
	values[13] = Int64GetDatum(statistics.expirations);
	nulls[14] = true;
	values[15] = Int64GetDatum(statistics.corrupt_rows);
	values[16] = Int64GetDatum(statistics.flushes);
	values[17] = Int64GetDatum(statistics.flush_errors);
	values[18] = Int64GetDatum(statistics.loads);
	values[19] = Int64GetDatum(statistics.loaded_entries);
	values[20] = Int64GetDatum(statistics.missing_tables);
	values[21] = Int64GetDatum(statistics.read_errors);
	values[22] = Int64GetDatum(statistics.launch_failures);
	values[23] = TimestampTzGetDatum(statistics.last_flush);
	nulls[23] = statistics.last_flush == 0;
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* synastry_cache_statistics(): a row for each tier */
Datum
synastry_cache_statistics(PG_FUNCTION_ARGS)
{
	InitMaterializedSRF(fcinfo, 0);
	put_memory_row((ReturnSetInfo *) fcinfo->resultinfo);
	put_persistent_row((ReturnSetInfo *) fcinfo->resultinfo);
	return (Datum) 0;
}
