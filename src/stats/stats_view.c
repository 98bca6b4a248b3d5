/*
 * stats_view.c
 *		What pg_stat_synastry and pg_stat_synastry_info show, and the reset.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "cache/cache.h"
#include "cache/store.h"
#include "compat.h"
#include "stats/stats.h"
#include "synastry.h"

PG_FUNCTION_INFO_V1(synastry_statistics);
PG_FUNCTION_INFO_V1(synastry_info);
PG_FUNCTION_INFO_V1(pg_stat_synastry_reset);

/* the columns of synastry_statistics() */
enum
{
	COLUMN_DATID,
	COLUMN_OPERATION,
	COLUMN_CALLS,
	COLUMN_PAIRS,
	COLUMN_CELLS,
	COLUMN_ROWS,
	COLUMN_PAGES,
	COLUMN_CACHE_HITS,
	COLUMN_CACHE_MISSES,
	COLUMN_CACHE_BYPASSED,
	COLUMN_ERRORS,
	COLUMN_TIMED_CALLS,
	COLUMN_TOTAL_TIME,
	COLUMN_MIN_TIME,
	COLUMN_MAX_TIME,
	COLUMN_MEAN_TIME,
	COLUMN_STDDEV_TIME,
	COLUMN_P50,
	COLUMN_P95,
	COLUMN_P99,
	COLUMN_PEAK_MEMORY,
	COLUMN_STATS_RESET,
	N_COLUMNS
};

typedef struct Row
{
	Datum		values[N_COLUMNS];
	bool		nulls[N_COLUMNS];
} Row;

static void
set_count(Row *row, int column, uint64 count)
{
	row->values[column] = Int64GetDatum((int64) count);
	row->nulls[column] = false;
}

static void
set_time(Row *row, int column, double nanoseconds)
{
	row->values[column] = Float8GetDatum(nanoseconds / 1e6);
	row->nulls[column] = false;
}

/* A percentile lies in its bucket, but never beyond what was measured. */
static void
set_percentile(Row *row, int column, const StatTotals *totals, double share)
{
	double		nanoseconds = histogram_percentile(totals->buckets, share);

	set_time(row, column, Min(Max(nanoseconds, totals->least), totals->most));
}

/* What an operation does not have is null. */
static void
set_counts(Row *row, const StatOperationKind *kind, const StatTotals *totals)
{
	const uint64 *counts = totals->counts;
	uint64		asked = counts[COUNT_HITS] + counts[COUNT_MISSES];

	set_count(row, COLUMN_CALLS, counts[COUNT_CALLS]);
	set_count(row, COLUMN_PAIRS, counts[COUNT_PAIRS]);
	set_count(row, COLUMN_CELLS, counts[COUNT_CELLS]);
	if (kind->returns_rows)
		set_count(row, COLUMN_ROWS, counts[COUNT_ROWS]);
	if (kind->reads_index)
		set_count(row, COLUMN_PAGES, counts[COUNT_PAGES]);
	if (kind->is_cached)
	{
		set_count(row, COLUMN_CACHE_HITS, counts[COUNT_HITS]);
		set_count(row, COLUMN_CACHE_MISSES, counts[COUNT_MISSES]);
		set_count(row, COLUMN_CACHE_BYPASSED,
				  counts[COUNT_CALLS] > asked ? counts[COUNT_CALLS] - asked : 0);
	}
	set_count(row, COLUMN_ERRORS, counts[COUNT_ERRORS]);
	if (totals->peak_memory > 0)
		set_count(row, COLUMN_PEAK_MEMORY, totals->peak_memory);
}

static void
set_times(Row *row, const StatTotals *totals)
{
	set_count(row, COLUMN_TIMED_CALLS, totals->timed);
	set_time(row, COLUMN_TOTAL_TIME, totals->total);
	if (totals->timed == 0)
		return;
	set_time(row, COLUMN_MIN_TIME, totals->least);
	set_time(row, COLUMN_MAX_TIME, totals->most);
	set_time(row, COLUMN_MEAN_TIME, (double) totals->total / totals->timed);
	set_time(row, COLUMN_STDDEV_TIME, sqrt(Max(totals->squares, 0) / totals->timed));
	set_percentile(row, COLUMN_P50, totals, 0.50);
	set_percentile(row, COLUMN_P95, totals, 0.95);
	set_percentile(row, COLUMN_P99, totals, 0.99);
}

/* A row for each operation; those of no database are the cluster's. */
static void
put_operations(ReturnSetInfo *rsinfo, const Oid *database, const StatTotals *totals,
			   TimestampTz since)
{
	for (int operation = 0; operation < STAT_OPERATIONS; operation++)
	{
		Row			row;

		memset(row.nulls, true, sizeof(row.nulls));
		if (database != NULL)
			row.values[COLUMN_DATID] = ObjectIdGetDatum(*database);
		row.nulls[COLUMN_DATID] = (database == NULL);
		row.values[COLUMN_OPERATION] = CStringGetTextDatum(stat_operations[operation].name);
		row.nulls[COLUMN_OPERATION] = false;
		set_counts(&row, &stat_operations[operation], &totals[operation]);
		set_times(&row, &totals[operation]);
		row.values[COLUMN_STATS_RESET] = TimestampTzGetDatum(since);
		row.nulls[COLUMN_STATS_RESET] = false;
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, row.values, row.nulls);
	}
}

/*
 * synastry_statistics(by_database): a row for each operation of each database
 * in which there was any, or of the cluster
 */
Datum
synastry_statistics(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	TimestampTz since;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_GETARG_BOOL(0))
	{
		StatDatabase *databases = stat_collect(&since);

		for (int i = 0; i < STAT_PLACES; i++)
			if (databases[i].last_use != 0)
				put_operations(rsinfo, &databases[i].oid, databases[i].totals, since);
	}
	else
	{
		StatTotals *totals = palloc(STAT_OPERATIONS * sizeof(StatTotals));

		stat_collect_cluster(totals, &since);
		put_operations(rsinfo, NULL, totals, since);
	}
	return (Datum) 0;
}

/* synastry_info(): how this server runs the library */
Datum
synastry_info(PG_FUNCTION_ARGS)
{
	TupleDesc	descriptor;
	TimestampTz since;
	Datum		values[7];
	bool		nulls[7] = {false};

	if (get_call_result_type(fcinfo, NULL, &descriptor) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	pfree(stat_collect(&since));
	values[0] = CStringGetTextDatum(SYNASTRY_VERSION);
	values[1] = CStringGetTextDatum(current_kernel->name);
	values[2] = BoolGetDatum(stat_is_shared());
	values[3] = CStringGetTextDatum(cache_arena() == NULL ? "off" :
									cache_is_shared() ? "shared memory" : "this session");
	values[4] = CStringGetTextDatum(stat_track == TRACK_NONE ? "off" :
									stat_is_shared() ? "cluster" : "this session");
	values[5] = TimestampTzGetDatum(since);
	nulls[5] = (since == 0);
	values[6] = BoolGetDatum(store_state != NULL && store_persist);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor), values, nulls)));
}

/*
 * pg_stat_synastry_reset(): all figures of all databases, those of the cache
 * too, begin anew; the history stays
 */
Datum
pg_stat_synastry_reset(PG_FUNCTION_ARGS)
{
	cache_reset_statistics();
	PG_RETURN_TIMESTAMPTZ(stat_reset());
}
