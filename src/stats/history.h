/*
 * history.h
 *		What was done in each of the last intervals: a ring in shared memory.
 */
#ifndef SYNASTRY_HISTORY_H
#define SYNASTRY_HISTORY_H

#include "postgres.h"

#include "stats/stats.h"

/* settings */
extern int	history_interval;	/* seconds */
extern int	history_size;		/* intervals */

/* Of one operation in one interval, in the whole cluster; times in ns. */
typedef struct HistoryFigures
{
	uint64		calls;
	uint64		errors;
	uint64		pairs;
	uint64		hits;
	uint64		misses;
	uint64		timed;
	uint64		total;
	uint64		p95;
} HistoryFigures;

/* Intervals in which nothing happened are left out. */
typedef struct HistoryInterval
{
	TimestampTz begin;
	TimestampTz end;
	HistoryFigures figures[STAT_OPERATIONS];
} HistoryInterval;

extern void history_define_settings(void);
extern void history_shmem_request(void);
extern void history_shmem_startup(void);

/* the process that ends an interval and begins the next */
extern void history_register_worker(void);

/*
 * The intervals, the oldest first, in the current memory context.  Fails
 * (55000) if the library is not preloaded.
 */
extern HistoryInterval *history_read(int *count);

/*
 * For the file: the same in the postmaster, where nobody else is left, the
 * running interval included; and back.
 */
extern const HistoryInterval *history_interval_at(int i);
extern int	history_count(void);
extern void history_end_interval(TimestampTz now);
extern void history_restore(const HistoryInterval *interval);

/* What is counted from now on belongs to a new interval. */
extern void history_begin(TimestampTz now);

#endif							/* SYNASTRY_HISTORY_H */
