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
#include "functions/arguments.h"
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
 *
 * The table goes before memory: from then on nobody reads it, so that what is
 * removed does not come back.
 */

/* synastry_cache_flush(): writes what is new; returns rows written */
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

/* the columns of synastry_cache_statistics() */
enum
{
	COLUMN_TIER,
	COLUMN_STORAGE,
	COLUMN_ENTRIES,
	COLUMN_DIRTY_ENTRIES,
	COLUMN_BYTES,
	COLUMN_CAPACITY,
	COLUMN_HITS,
	COLUMN_MISSES,
	COLUMN_INSERTS,
	COLUMN_SKIPPED,
	COLUMN_REFUSED,
	COLUMN_EVICTIONS,
	COLUMN_EVICTIONS_DIRTY,
	COLUMN_EXPIRATIONS,
	COLUMN_COLLISIONS,
	COLUMN_DAMAGES,
	COLUMN_FLUSHES,
	COLUMN_FLUSH_ERRORS,
	COLUMN_LOADS,
	COLUMN_LOADED_ENTRIES,
	COLUMN_MISSING_TABLES,
	COLUMN_READ_ERRORS,
	COLUMN_LAUNCH_FAILURES,
	COLUMN_LAST_FLUSH,
	COLUMN_STATS_RESET,
	N_COLUMNS
};

typedef struct Row
{
	Datum		values[N_COLUMNS];
	bool		nulls[N_COLUMNS];
} Row;

/* a row in which all but the names is null */
static void
begin_row(Row *row, const char *tier, const char *storage)
{
	memset(row->nulls, true, sizeof(row->nulls));
	row->values[COLUMN_TIER] = CStringGetTextDatum(tier);
	row->values[COLUMN_STORAGE] = CStringGetTextDatum(storage);
	row->nulls[COLUMN_TIER] = row->nulls[COLUMN_STORAGE] = false;
}

static void
set_count(Row *row, int column, uint64 count)
{
	row->values[column] = Int64GetDatum((int64) count);
	row->nulls[column] = false;
}

static void
put_row(ReturnSetInfo *rsinfo, Row *row)
{
	TimestampTz since = cache_statistics_since();

	row->values[COLUMN_STATS_RESET] = TimestampTzGetDatum(since);
	row->nulls[COLUMN_STATS_RESET] = (since == 0);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, row->values, row->nulls);
}

static void
put_memory_row(ReturnSetInfo *rsinfo)
{
	Arena	   *arena = cache_arena();
	ArenaStatistics statistics = {0};
	Row			row;

	if (arena != NULL)
		statistics = memory_statistics(arena);
	begin_row(&row, "memory", arena == NULL ? "off" : cache_is_shared() ? "shared" : "local");
	set_count(&row, COLUMN_ENTRIES, statistics.entries);
	set_count(&row, COLUMN_DIRTY_ENTRIES, statistics.dirty);
	set_count(&row, COLUMN_BYTES, statistics.bytes);
	set_count(&row, COLUMN_CAPACITY, statistics.capacity);
	set_count(&row, COLUMN_HITS, statistics.hits);
	set_count(&row, COLUMN_MISSES, statistics.misses);
	set_count(&row, COLUMN_INSERTS, statistics.inserts);
	set_count(&row, COLUMN_SKIPPED, statistics.skipped);
	set_count(&row, COLUMN_REFUSED, statistics.refused);
	set_count(&row, COLUMN_EVICTIONS, statistics.evictions);
	set_count(&row, COLUMN_EVICTIONS_DIRTY, statistics.evictions_dirty);
	set_count(&row, COLUMN_EXPIRATIONS, statistics.expirations);
	set_count(&row, COLUMN_COLLISIONS, statistics.collisions);
	set_count(&row, COLUMN_DAMAGES, statistics.damages);
	put_row(rsinfo, &row);
}

/* There is none if the library is not preloaded. */
static void
put_persistent_row(ReturnSetInfo *rsinfo)
{
	StoreStatistics statistics;
	Row			row;

	if (!store_statistics(MyDatabaseId, &statistics))
		return;
	begin_row(&row, "persistent", store_persist ? "table" : "off");
	set_count(&row, COLUMN_ENTRIES, statistics.entries);
	set_count(&row, COLUMN_BYTES, statistics.bytes);
	set_count(&row, COLUMN_CAPACITY, statistics.capacity);
	set_count(&row, COLUMN_HITS, statistics.hits);
	set_count(&row, COLUMN_MISSES, statistics.misses);
	set_count(&row, COLUMN_INSERTS, statistics.flushed_entries);
	set_count(&row, COLUMN_EVICTIONS, statistics.evictions);
	set_count(&row, COLUMN_EXPIRATIONS, statistics.expirations);
	set_count(&row, COLUMN_DAMAGES, statistics.corrupt_rows);
	set_count(&row, COLUMN_FLUSHES, statistics.flushes);
	set_count(&row, COLUMN_FLUSH_ERRORS, statistics.flush_errors);
	set_count(&row, COLUMN_LOADS, statistics.loads);
	set_count(&row, COLUMN_LOADED_ENTRIES, statistics.loaded_entries);
	set_count(&row, COLUMN_MISSING_TABLES, statistics.missing_tables);
	set_count(&row, COLUMN_READ_ERRORS, statistics.read_errors);
	set_count(&row, COLUMN_LAUNCH_FAILURES, statistics.launch_failures);
	row.values[COLUMN_LAST_FLUSH] = TimestampTzGetDatum(statistics.last_flush);
	row.nulls[COLUMN_LAST_FLUSH] = (statistics.last_flush == 0);
	put_row(rsinfo, &row);
}

/* synastry_cache_statistics(): a row for each tier */
Datum
synastry_cache_statistics(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	put_memory_row(rsinfo);
	put_persistent_row(rsinfo);
	return (Datum) 0;
}
