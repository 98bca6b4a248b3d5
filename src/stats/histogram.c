/*
 * histogram.c
 *		Percentiles of durations that were counted in buckets.
 */
#include "postgres.h"

#include "stats/histogram.h"

uint64
histogram_begin(int bucket)
{
	int			bit = HISTOGRAM_FIRST_BIT + (bucket - 1) / 4;

	if (bucket == 0)
		return 0;
	return (UINT64CONST(4) + (bucket - 1) % 4) << (bit - 2);
}

double
histogram_percentile(const uint64 *buckets, double share)
{
	uint64		total = 0;
	uint64		before = 0;
	double		wanted;
	int			bucket = 0;

	for (int i = 0; i < HISTOGRAM_BUCKETS; i++)
		total += buckets[i];
	if (total == 0)
		return 0;

	/* the bucket in which the wanted one is, counted from 1 */
	wanted = Max(share * total, 1);
	while (bucket < HISTOGRAM_BUCKETS - 1 && before + buckets[bucket] < wanted)
		before += buckets[bucket++];

	/* as if those in a bucket were spread evenly */
	if (bucket == HISTOGRAM_BUCKETS - 1 || buckets[bucket] == 0)
		return histogram_begin(bucket);
	return histogram_begin(bucket) +
		(wanted - before) / buckets[bucket] * (histogram_begin(bucket + 1) - histogram_begin(bucket));
}
