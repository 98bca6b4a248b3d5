/*
 * chart_sum.h
 *		Sums of the unit vectors of many charts: the state of composite_agg().
 *
 * The layout is described in README.md.
 */
#ifndef SYNASTRY_CHART_SUM_H
#define SYNASTRY_CHART_SUM_H

#include "postgres.h"

#include "fmgr.h"

#include "kernel/unit_vector.h"
#include "types/chart.h"

#define CHART_SUM_VERSION	1

/* so many vectors of length 2^32 add up to less than 2^63 */
#define MAX_SUMMED_CHARTS	PG_INT32_MAX

typedef struct ChartSum
{
	int32		vl_len_;
	uint8		version;
	uint8		reserved;
	uint16		n;				/* bodies that all charts have */
	uint64		charts;
	UnitVector	sums[FLEXIBLE_ARRAY_MEMBER];
	/* then the ids */
} ChartSum;

static inline uint16 *
chart_sum_ids(const ChartSum *sum)
{
	return (uint16 *) (sum->sums + sum->n);
}

/* for n bodies; all but the header is for the caller to fill */
extern ChartSum *chart_sum_allocate(int n, uint64 charts);

#endif							/* SYNASTRY_CHART_SUM_H */
