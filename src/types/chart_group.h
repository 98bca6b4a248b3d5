/*
 * chart_group.h
 *		Charts and an aspect set in one value: the state of aggregates that can
 *		only compare when they have all charts.
 *
 * The layout is described in README.md.
 */
#ifndef SYNASTRY_CHART_GROUP_H
#define SYNASTRY_CHART_GROUP_H

#include "postgres.h"

#include "utils/expandeddatum.h"

#include "types/aspect_set.h"
#include "types/chart.h"
#include "types/chart_draft.h"

#define CHART_GROUP_VERSION	1

typedef struct ChartGroup
{
	int32		vl_len_;
	uint8		version;
	uint8		reserved[3];
	uint32		set_size;
	uint32		n;				/* charts */
	char		set[FLEXIBLE_ARRAY_MEMBER];
	/* then the charts */
} ChartGroup;

/* Where everything is, in a flat value or in one that still grows. */
typedef struct ChartGroupView
{
	const AspectSet *set;
	uint32		n;
	const char *charts;			/* one after the other */
	Size		charts_size;	/* bytes */
} ChartGroupView;

extern void chart_group_view(Datum datum, ChartGroupView *view);

static inline const Chart *
next_chart(const Chart *chart)
{
	return (const Chart *) ((const char *) chart + VARSIZE(chart));
}

/* the charts of any number: the expanded form for group_tally() */
typedef struct ChartList
{
	ExpandedObjectHeader header;
	const AspectSet *set;		/* our copy */
	uint32		n;
	Size		size;			/* bytes in use */
	Size		allocated;
	char	   *charts;
} ChartList;

extern ChartList *chart_list_begin(const AspectSet *set, MemoryContext parent);
extern ChartList *chart_list_for_update(Datum datum, MemoryContext parent);

/* adds charts that stand one after the other */
extern void chart_list_add(ChartList *list, const void *charts, uint32 n,
						   Size size);

/* two charts put together row by row: that for aspect_matrix_agg() */
typedef struct ChartPair
{
	ExpandedObjectHeader header;
	const AspectSet *set;		/* our copy */
	DraftBodies sides[2];
	ChartGroup *flat;			/* NULL if not made */
} ChartPair;

extern ChartPair *chart_pair_begin(const AspectSet *set, MemoryContext parent);
extern ChartPair *chart_pair_for_update(Datum datum, MemoryContext parent);

/* adds the charts of another pair; an error if it is not one */
extern void chart_pair_add(ChartPair *pair, const ChartGroupView *other);

#endif							/* SYNASTRY_CHART_GROUP_H */
