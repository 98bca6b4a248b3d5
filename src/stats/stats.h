/*
 * stats.h
 *		What was done, how often and how fast: counters that are always on.
 *
 * An operation tells when it begins and when it ends:
 *
 *		StatCall	call;
 *
 *		stat_begin(&call, STAT_SCORE);
 *		...
 *		stat_end_pair(&call, cells, CACHE_BYPASSED);
 *
 * Operations that take a microsecond or more are always timed: they begin by
 * stat_begin_timed(), set members of the call and end by stat_end().  The
 * others are with synastry.track_timing only, for reading the clock twice
 * takes longer than a score.  An operation that runs queries of others, in
 * which there may be operations, begins by stat_begin_outer() and ends by
 * stat_end_outer().  Errors need no call.
 *
 * stats.c says where the figures are and who may read them.
 */
#ifndef SYNASTRY_STATS_H
#define SYNASTRY_STATS_H

#include "postgres.h"

#include "nodes/execnodes.h"
#include "portability/instr_time.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "stats/histogram.h"

/* in the order of the view; stats.c has the names */
typedef enum StatOperation
{
	STAT_SCORE,
	STAT_SCORE_CELLS,
	STAT_MATRIX,
	STAT_ASPECTS,
	STAT_TALLY,
	STAT_REPORT,
	STAT_GROUP,
	STAT_BATCH,
	STAT_CROSS,
	STAT_SEARCH,
	STAT_OPERATIONS
} StatOperation;

#define STAT_NONE	STAT_OPERATIONS

/* counts of an operation */
typedef enum StatCount
{
	COUNT_CALLS,				/* that came to their end */
	COUNT_ERRORS,				/* that did not */
	COUNT_PAIRS,				/* of charts */
	COUNT_CELLS,				/* of pairs: bodies of A times bodies of B */
	COUNT_ROWS,					/* returned */
	COUNT_PAGES,				/* of indexes, read */
	COUNT_HITS,					/* found in the cache */
	COUNT_MISSES,				/* looked for in vain */
	STAT_COUNTS
} StatCount;

/*
 * The figures of an operation.  Times are in ns; of what was not timed there
 * are counts only.
 */
typedef struct StatTotals
{
	uint64		counts[STAT_COUNTS];
	uint64		peak_memory;	/* bytes, of one call */
	uint64		timed;			/* calls */
	uint64		total;
	uint64		least;			/* meaningless if none is timed, as is most */
	uint64		most;
	double		mean;
	double		squares;		/* sum of (time - mean)^2 */
	uint64		buckets[HISTOGRAM_BUCKETS];
} StatTotals;

/* The figures of one process; see stats.c. */
typedef struct StatSlot
{
	uint32		generation;		/* 0: nothing of this counts */
	Oid			database;		/* InvalidOid: nobody's */
	StatTotals	totals[STAT_OPERATIONS];
} StatSlot;

typedef struct StatOperationKind
{
	const char *name;
	bool		always_timed;
	bool		is_cached;		/* some of its results are */
	bool		reads_index;
	bool		returns_rows;
	bool		per_pair;		/* calls differ much: pairs have a typical
								 * time */
} StatOperationKind;

extern const StatOperationKind stat_operations[STAT_OPERATIONS];

/* settings */
typedef enum StatTrack
{
	TRACK_NONE,
	TRACK_ALL
} StatTrack;

extern int	stat_track;
extern bool stat_track_timing;
extern int	stat_log_min_duration;	/* ms; -1: never */

/* of this process: its slot if it has one already, and what runs in it */
extern StatSlot *stat_slot;
extern const uint32 *stat_generation;
extern StatOperation stat_running;

/* was the result looked for in the cache? */
typedef enum StatCached
{
	CACHE_BYPASSED,
	CACHE_HIT,
	CACHE_MISS
} StatCached;

typedef struct StatCall
{
	StatOperation operation;
	bool		timed;
	instr_time	start;
	int			depth;			/* operations that this one runs in */

	/* of the caller, before it ends */
	StatCached	cached;
	uint64		pairs;
	uint64		cells;
	uint64		rows;
	uint64		pages;
	uint64		memory;			/* bytes; 0: not known */
} StatCall;

extern StatTotals *stat_find_totals(StatOperation operation);
extern void stat_end_timed_pair(StatOperation operation, instr_time start, StatCached cached);

/* of this process and database, to be written; NULL if nothing is tracked */
static inline StatTotals *
stat_totals(StatOperation operation)
{
	if (unlikely(stat_slot == NULL || stat_slot->generation != *stat_generation))
		return stat_find_totals(operation);
	return &stat_slot->totals[operation];
}

/* what this process has counted so far; 0 if it does not */
static inline uint64
stat_counted(StatOperation operation, StatCount count)
{
	const StatTotals *totals = stat_totals(operation);

	return totals != NULL ? totals->counts[count] : 0;
}

static inline void
stat_begin(StatCall *call, StatOperation operation)
{
	stat_running = operation;
	call->operation = operation;
	call->timed = stat_track_timing;
	if (unlikely(call->timed))
		INSTR_TIME_SET_CURRENT(call->start);
}

/* the operation was one pair of charts */
static inline void
stat_end_pair(const StatCall *call, uint64 cells, StatCached cached)
{
	StatTotals *totals = stat_totals(call->operation);

	stat_running = STAT_NONE;
	if (likely(totals != NULL))
	{
		totals->counts[COUNT_CALLS]++;
		totals->counts[COUNT_PAIRS]++;
		totals->counts[COUNT_CELLS] += cells;
		if (unlikely(cached != CACHE_BYPASSED))
			totals->counts[cached == CACHE_HIT ? COUNT_HITS : COUNT_MISSES]++;
	}
	if (unlikely(call->timed))
		stat_end_timed_pair(call->operation, call->start, cached);
}

/* rows that a function has put into its result */
static inline uint64
rows_returned(ReturnSetInfo *rsinfo)
{
	return tuplestore_tuple_count(rsinfo->setResult);
}

/* the same, and it returned rows */
extern void stat_end_rows(const StatCall *call, uint64 cells, uint64 rows);

/* an operation that is always timed */
extern void stat_begin_timed(StatCall *call, StatOperation operation);
extern void stat_end(const StatCall *call);

/*
 * An operation in steps, with other things in between: counts what each step
 * did, and at the end the call, which did that and took so long in all.
 */
extern void stat_end_step(const StatCall *step);
extern void stat_end_steps(const StatCall *call, uint64 nanoseconds);

/* one that is always timed, if queries of others run meanwhile */
extern void stat_begin_outer(StatCall *call, StatOperation operation);
extern void stat_end_outer(const StatCall *call);

/* synastry.c: settings and hooks */
extern void stat_define_settings(void);
extern void stat_shmem_request(void);
extern bool stat_shmem_startup(void);	/* was it there before? */
extern void stat_register_callbacks(void);

/*
 * For the views, the history and the file.
 */

/* are the figures those of the cluster, or only of this process? */
extern bool stat_is_shared(void);

/* of one database; InvalidOid: of those for which there was no place left */
typedef struct StatDatabase
{
	Oid			oid;
	uint64		last_use;		/* the higher the later; 0: never */
	StatTotals	totals[STAT_OPERATIONS];
} StatDatabase;

#define STAT_DATABASES	64

/* the last one is of all for which there is no other place */
#define STAT_PLACES		(STAT_DATABASES + 1)

/* Adds figures to others. */
extern void stat_add(StatTotals *to, const StatTotals *from);

/*
 * The figures of all that run and have run, by database, in the current
 * memory context; and since when.
 */
extern StatDatabase *stat_collect(TimestampTz * since);

/* the same, whatever the database */
extern void stat_collect_cluster(StatTotals *totals, TimestampTz * since);

extern TimestampTz stat_reset(void);

/* the figures of those that have ended, for who writes them to a file */
extern StatDatabase *stat_retired(void);
extern TimestampTz * stat_since(void);

#endif							/* SYNASTRY_STATS_H */
