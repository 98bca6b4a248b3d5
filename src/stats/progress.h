/*
 * progress.h
 *		The progress of a long batch, for other sessions to see.
 *
 * The caller sets fields and calls progress_report() whenever it likes; the
 * numbers mean what the columns of pg_stat_progress_synastry say.
 */
#ifndef SYNASTRY_PROGRESS_H
#define SYNASTRY_PROGRESS_H

/* the view shows these numbers as text: progress.c has the names */
typedef enum ProgressCommand
{
	PROGRESS_BATCH,
	PROGRESS_CROSS
} ProgressCommand;

/* a BATCH has one query, and reading either side of it is "reading" */
typedef enum ProgressPhase
{
	PROGRESS_READING_LEFT,
	PROGRESS_READING_RIGHT,
	PROGRESS_COMPUTING,
	PROGRESS_RETURNING
} ProgressPhase;

#define PROGRESS_UNKNOWN	(-1)	/* a total, as long as it is not known */

typedef struct Progress
{
	/* of progress.c */
	bool		reporting;		/* false: another command shows its progress */
	int64		serial;			/* which batch of this backend, from 1 */

	/* of the caller */
	ProgressCommand command;
	ProgressPhase phase;
	int64		charts_total;
	int64		charts_done;
	int64		pairs_total;
	int64		pairs_done;
	int64		memory_bytes;
	int64		peak_memory_bytes;
} Progress;

/* sets all fields (totals unknown, the rest 0) and reports them */
extern void progress_begin(Progress *progress, ProgressCommand command);

/* for every chunk or tile: some ten nanoseconds */
extern void progress_report(Progress *progress);

/*
 * For every row that a query returns, whose functions may have had the slot
 * cleared: publishes the last figures again if so.
 */
extern void progress_restore(Progress *progress);

/* errors need no call: the server clears what it aborts */
extern void progress_end(Progress *progress);

#endif							/* SYNASTRY_PROGRESS_H */
