/*
 * history.c
 *		What was done in each of the last intervals, and what became slower.
 *
 * A worker collects the figures of the cluster at the end of each interval
 * and keeps the difference to those of the interval before.  It runs on
 * standbys, too.
 *
 * intervals and count are written by the worker under the lock (exclusive),
 * and by the postmaster when no other process is there; read by all under the
 * lock (shared).  begin, since and previous are the worker's alone.
 */
#include "postgres.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"

#include "compat.h"
#include "stats/history.h"

#define LOCK_TRANCHE	"synastry_history"

/* seconds */
#define RESTART_TIME	10

PG_FUNCTION_INFO_V1(synastry_history);
PG_FUNCTION_INFO_V1(synastry_regressions);

PGDLLEXPORT void synastry_history_worker(Datum argument);

int			history_interval;
int			history_size;

typedef struct History
{
	LWLock	   *lock;
	int			size;
	TimestampTz begin;			/* of the running interval */
	TimestampTz since;			/* of the statistics */
	StatTotals	previous[STAT_OPERATIONS];
	uint64		count;			/* of all intervals so far */
	HistoryInterval intervals[FLEXIBLE_ARRAY_MEMBER];	/* a ring */
} History;

static History *history = NULL;

void
history_define_settings(void)
{
	DefineCustomIntVariable("synastry.history_interval",
							"Time that a row of pg_stat_synastry_history stands for.",
							NULL, &history_interval, 300, 1, SECS_PER_DAY,
							PGC_SIGHUP, GUC_UNIT_S, NULL, NULL, NULL);

	/* a setting of the postmaster cannot be defined after its start */
	DefineCustomIntVariable("synastry.history_size",
							"Intervals that pg_stat_synastry_history keeps.",
							"Takes effect with shared_preload_libraries only; 0 keeps none.",
							&history_size, 288, 0, 100000,
							process_shared_preload_libraries_in_progress ? PGC_POSTMASTER : PGC_SIGHUP,
							0, NULL, NULL, NULL);
}

/*
 * Shared memory
 */

static Size
shared_size(void)
{
	return add_size(offsetof(History, intervals),
					mul_size(history_size, sizeof(HistoryInterval)));
}

void
history_shmem_request(void)
{
	if (history_size == 0)
		return;
	RequestAddinShmemSpace(shared_size());
	RequestNamedLWLockTranche(LOCK_TRANCHE, 1);
}

void
history_shmem_startup(void)
{
	bool		found;

	history = NULL;
	if (history_size == 0)
		return;
	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	history = ShmemInitStruct("synastry history", shared_size(), &found);
	if (!found)
	{
		memset(history, 0, shared_size());
		history->lock = &GetNamedLWLockTranche(LOCK_TRANCHE)->lock;
		history->size = history_size;
		history_begin(GetCurrentTimestamp());
	}
	LWLockRelease(AddinShmemInitLock);
}

int
history_count(void)
{
	return history == NULL ? 0 : (int) Min(history->count, history->size);
}

const HistoryInterval *
history_interval_at(int i)
{
	uint64		first = history->count - history_count();

	return &history->intervals[(first + i) % history->size];
}

void
history_restore(const HistoryInterval *interval)
{
	if (history != NULL)
		history->intervals[history->count++ % history->size] = *interval;
}

/*
 * Intervals
 */

static uint64
difference(uint64 now, uint64 before)
{
	return now > before ? now - before : 0;
}

static HistoryFigures
figures_since(const StatTotals *now, const StatTotals *before)
{
	uint64		buckets[HISTOGRAM_BUCKETS];

	for (int i = 0; i < HISTOGRAM_BUCKETS; i++)
		buckets[i] = difference(now->buckets[i], before->buckets[i]);
	return (HistoryFigures)
	{
		.calls = difference(now->counts[COUNT_CALLS], before->counts[COUNT_CALLS]),
			.errors = difference(now->counts[COUNT_ERRORS], before->counts[COUNT_ERRORS]),
			.pairs = difference(now->counts[COUNT_PAIRS], before->counts[COUNT_PAIRS]),
			.hits = difference(now->counts[COUNT_HITS], before->counts[COUNT_HITS]),
			.misses = difference(now->counts[COUNT_MISSES], before->counts[COUNT_MISSES]),
			.timed = difference(now->timed, before->timed),
			.total = difference(now->total, before->total),
			.p95 = (uint64) histogram_percentile(buckets, 0.95)
	};
}

/* The figures of the cluster now; forgets those before a reset. */
static StatTotals *
collect(void)
{
	StatTotals *totals = palloc(STAT_OPERATIONS * sizeof(StatTotals));
	TimestampTz since;

	stat_collect_cluster(totals, &since);
	if (since != history->since)
		memset(history->previous, 0, sizeof(history->previous));
	history->since = since;
	return totals;
}

void
history_begin(TimestampTz now)
{
	StatTotals *totals;

	if (history == NULL)
		return;
	totals = collect();
	memcpy(history->previous, totals, sizeof(history->previous));
	history->begin = now;
	pfree(totals);
}

void
history_end_interval(TimestampTz now)
{
	StatTotals *totals;
	HistoryInterval interval;
	bool		any = false;

	if (history == NULL)
		return;
	totals = collect();
	interval.begin = Min(history->begin, now);
	interval.end = now;
	for (int operation = 0; operation < STAT_OPERATIONS; operation++)
	{
		HistoryFigures *figures = &interval.figures[operation];

		*figures = figures_since(&totals[operation], &history->previous[operation]);
		any |= (figures->calls > 0 || figures->errors > 0);
	}
	memcpy(history->previous, totals, sizeof(history->previous));
	history->begin = now;
	pfree(totals);

	if (!any)
		return;
	LWLockAcquire(history->lock, LW_EXCLUSIVE);
	history_restore(&interval);
	LWLockRelease(history->lock);
}

/*
 * The worker
 */

void
history_register_worker(void)
{
	BackgroundWorker worker = {
		.bgw_name = "synastry statistics",
		.bgw_type = "synastry statistics",
		.bgw_flags = BGWORKER_SHMEM_ACCESS,
		.bgw_start_time = BgWorkerStart_ConsistentState,
		.bgw_restart_time = RESTART_TIME,
		.bgw_library_name = "synastry",
		.bgw_function_name = "synastry_history_worker"
	};

	if (history_size > 0 && !IsBinaryUpgrade)
		RegisterBackgroundWorker(&worker);
}

void
synastry_history_worker(Datum argument)
{
	pqsignal(SIGTERM, SignalHandlerForShutdownRequest);
	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	BackgroundWorkerUnblockSignals();

	while (!ShutdownRequestPending)
	{
		TimestampTz now = GetCurrentTimestamp();
		TimestampTz end = history->begin + (int64) history_interval * USECS_PER_SEC;
		long		wait;

		/* or the clock was set back */
		if (now >= end || now < history->begin)
		{
			history_end_interval(now);
			end = history->begin + (int64) history_interval * USECS_PER_SEC;
		}

		wait = TimestampDifferenceMilliseconds(now, end);
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH,
						 Max(wait, 1), extension_wait_event("SynastryHistory"));
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
		if (ConfigReloadPending)
		{
			ConfigReloadPending = false;
			ProcessConfigFile(PGC_SIGHUP);
		}
	}

	/* with 0 it would not be started again after pg_terminate_backend() */
	proc_exit(1);
}

/*
 * SQL
 */

HistoryInterval *
history_read(int *count)
{
	HistoryInterval *intervals;

	if (history == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("there is no history of statistics"),
				 stat_is_shared()
				 ? errhint("Set synastry.history_size to the number of intervals to keep, and restart the server.")
				 : errhint("Add synastry to shared_preload_libraries and restart the server.")));

	intervals = MemoryContextAllocHuge(CurrentMemoryContext,
									   history->size * sizeof(HistoryInterval));
	LWLockAcquire(history->lock, LW_SHARED);
	*count = history_count();
	for (int i = 0; i < *count; i++)
		intervals[i] = *history_interval_at(i);
	LWLockRelease(history->lock);
	return intervals;
}

static double
milliseconds(double nanoseconds)
{
	return nanoseconds / 1e6;
}

/* synastry_history(): a row for each interval and operation with calls */
Datum
synastry_history(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	int			count;
	HistoryInterval *intervals = history_read(&count);

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int operation = 0; operation < STAT_OPERATIONS; operation++)
		{
			const HistoryFigures *figures = &intervals[i].figures[operation];
			uint64		asked = figures->hits + figures->misses;
			Datum		values[9];
			bool		nulls[9] = {false};

			if (figures->calls == 0 && figures->errors == 0)
				continue;
			values[0] = TimestampTzGetDatum(intervals[i].begin);
			values[1] = TimestampTzGetDatum(intervals[i].end);
			values[2] = CStringGetTextDatum(stat_operations[operation].name);
			values[3] = Int64GetDatum((int64) figures->calls);
			values[4] = Int64GetDatum((int64) figures->pairs);
			values[5] = Float8GetDatum(figures->timed == 0 ? 0 :
									   milliseconds((double) figures->total / figures->timed));
			values[6] = Float8GetDatum(milliseconds(figures->p95));
			nulls[5] = nulls[6] = (figures->timed == 0);
			values[7] = Float8GetDatum(asked == 0 ? 0 : (double) figures->hits / asked);
			nulls[7] = (asked == 0);
			values[8] = Int64GetDatum((int64) figures->errors);
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		}
	}
	return (Datum) 0;
}

/*
 * What became slower
 *
 * Time is taken per call or, where calls differ much, per pair.  The newest
 * quarter of the intervals in which the operation was timed, at most
 * RECENT_INTERVALS, is compared with the median of the others.
 */

#define RECENT_INTERVALS	12
#define LEAST_INTERVALS		4

/* newest and the one before differ by less: stable */
#define STEADY				1.1

/* An operation through all intervals in which it was timed. */
typedef struct Course
{
	int			count;
	double	   *times;			/* ns per unit */
	double	   *units;			/* calls or pairs */
} Course;

static void
follow(Course *course, const HistoryInterval *intervals, int count, int operation)
{
	course->count = 0;
	for (int i = 0; i < count; i++)
	{
		const HistoryFigures *figures = &intervals[i].figures[operation];
		uint64		units = stat_operations[operation].per_pair ? figures->pairs : figures->timed;

		if (figures->timed == 0 || units == 0)
			continue;
		course->times[course->count] = (double) figures->total / units;
		course->units[course->count++] = units;
	}
}

static int
compare_times(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

static double
median(double *times, int count)
{
	qsort(times, count, sizeof(double), compare_times);
	return (times[(count - 1) / 2] + times[count / 2]) / 2;
}

/* of some intervals, by the number of units in each */
static double
mean_time(const Course *course, int first)
{
	double		total = 0;
	double		units = 0;

	for (int i = first; i < course->count; i++)
	{
		total += course->times[i] * course->units[i];
		units += course->units[i];
	}
	return total / units;
}

/* synastry_regressions(factor): timed operations that became slower */
Datum
synastry_regressions(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	float8		factor = PG_GETARG_FLOAT8(0);
	int			count;
	HistoryInterval *intervals;
	Course		course;

	if (!(factor >= 1 && factor <= 1e6))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("factor is out of range: %.15g", factor),
				 errhint("It says how many times the usual time is too slow: 1.5 for half as much again.")));
	intervals = history_read(&count);

	InitMaterializedSRF(fcinfo, 0);
	course.times = palloc_extended(Max(count, 1) * sizeof(double), MCXT_ALLOC_HUGE);
	course.units = palloc_extended(Max(count, 1) * sizeof(double), MCXT_ALLOC_HUGE);
	for (int operation = 0; operation < STAT_OPERATIONS; operation++)
	{
		const StatOperationKind *kind = &stat_operations[operation];
		int			older;
		double		recent;
		double		change;
		double		baseline;
		Datum		values[7];
		bool		nulls[7] = {false};

		follow(&course, intervals, count, operation);
		if (course.count < LEAST_INTERVALS)
			continue;
		older = course.count - Min(course.count / 4, RECENT_INTERVALS);
		recent = mean_time(&course, older);
		change = course.times[course.count - 1] / course.times[course.count - 2];
		baseline = median(course.times, older);
		if (recent <= factor * baseline)
			continue;

		values[0] = CStringGetTextDatum(kind->name);
		values[1] = CStringGetTextDatum(kind->per_pair ? "pair" : "call");
		values[2] = Float8GetDatum(milliseconds(baseline));
		values[3] = Float8GetDatum(milliseconds(recent));
		values[4] = Float8GetDatum(recent / baseline);
		values[5] = CStringGetTextDatum(change > STEADY ? "degrading" :
										change < 1 / STEADY ? "improving" : "stable");
		values[6] = Int32GetDatum(course.count);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
