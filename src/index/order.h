/*
 * order.h
 *		The order of charts in a segment: similar ones side by side.
 *
 * Works on arrays of records: the longitudes of the bodies of the index, then
 * the TID.  Called by the spool, which holds as many of them as memory allows.
 */
#ifndef SYNASTRY_INDEX_ORDER_H
#define SYNASTRY_INDEX_ORDER_H

#include "postgres.h"

#include "index/layout.h"
#include "index/moment.h"
#include "kernel/bound.h"

typedef struct ChartOrder
{
	int			n;				/* bodies */
	Size		record_size;
	int			parts[3];		/* charts of a code page, a leaf, a group */
	MomentBodies moments;
	double		weights[INDEX_MAX_BODIES];
} ChartOrder;

/* bytes that ordering takes for each chart, beside its record */
#define ORDER_OVERHEAD	sizeof(uint64)

/*
 * Where a set of charts is divided: those whose body stands less than so far
 * behind the start go to the left.
 */
typedef struct ChartSplit
{
	int			body;			/* of the index; -1: all charts are alike */
	binary_angle start;
	binary_angle limit;
} ChartSplit;

extern void order_prepare(ChartOrder *order, const IndexLayout *layout, const uint16 *bodies);

/* in place; all parts but the last ones of each size are full */
extern void order_charts(const ChartOrder *order, char *records, Size count);

/*
 * For charts that memory does not hold: so many parts, a power of two, made
 * of a sample.  splits has room for as many; part_of_chart() tells where a
 * chart goes, and parts that follow each other hold similar charts.
 */
extern void order_sample(const ChartOrder *order, char *records, Size count,
						 ChartSplit *splits, int parts);
extern int	part_of_chart(const ChartSplit *splits, int parts, const binary_angle *row);

/* the shortest arc that holds all codes that are present, of which there are some */
extern CodeArc arc_of_codes(const bool *present);

static inline binary_angle *
record_row(const ChartOrder *order, char *records, Size i)
{
	return (binary_angle *) (records + i * order->record_size);
}

static inline ItemPointer
record_tid(const ChartOrder *order, char *records, Size i)
{
	return (ItemPointer) (record_row(order, records, i) + order->n);
}

#endif							/* SYNASTRY_INDEX_ORDER_H */
