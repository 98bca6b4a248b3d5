/*
 * histogram.h
 *		Durations in buckets that grow with them, four to a doubling.
 *
 * Bucket 0 holds what is shorter than 64 ns, the last one what takes an hour
 * or more; a duration and the bounds of its bucket differ by a quarter at
 * most.  Adding a duration is a few instructions, and percentiles cost
 * nothing to keep.
 */
#ifndef SYNASTRY_HISTOGRAM_H
#define SYNASTRY_HISTOGRAM_H

#include "postgres.h"

#include "port/pg_bitutils.h"

#define HISTOGRAM_FIRST_BIT		6
#define HISTOGRAM_LAST_BIT		42
#define HISTOGRAM_BUCKETS		((HISTOGRAM_LAST_BIT - HISTOGRAM_FIRST_BIT) * 4 + 2)

static inline int
histogram_bucket(uint64 nanoseconds)
{
	int			bit;

	if (nanoseconds < UINT64CONST(1) << HISTOGRAM_FIRST_BIT)
		return 0;
	bit = pg_leftmost_one_pos64(nanoseconds);
	if (bit >= HISTOGRAM_LAST_BIT)
		return HISTOGRAM_BUCKETS - 1;
	return (bit - HISTOGRAM_FIRST_BIT) * 4 + (int) ((nanoseconds >> (bit - 2)) & 3) + 1;
}

/* where a bucket begins, in ns */
extern uint64 histogram_begin(int bucket);

/*
 * The duration, in ns, that the share (0 .. 1) of all durations does not
 * exceed, somewhere in its bucket; 0 if there are none.
 */
extern double histogram_percentile(const uint64 *buckets, double share);

#endif							/* SYNASTRY_HISTOGRAM_H */
