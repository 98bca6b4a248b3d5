/*
 * chart_draft.h
 *		A chart that is put together row by row: the expanded form of the type
 *		while an aggregate works on it.
 *
 * A ChartBuilder has a place for every body of the registry.  A draft has room
 * for the bodies that came, because there is one for each group of a query.
 */
#ifndef SYNASTRY_CHART_DRAFT_H
#define SYNASTRY_CHART_DRAFT_H

#include "postgres.h"

#include "utils/expandeddatum.h"

#include "types/chart.h"

/* the bodies of a draft, in the order in which they came */
typedef struct DraftBodies
{
	int			n;
	int			capacity;
	uint16	   *ids;
	ChartBody  *bodies;
} DraftBodies;

/*
 * Adds a body, as chart_builder_add() does; an error if that makes more than a
 * chart may have.  Memory comes from this context.
 */
extern void draft_add(DraftBodies *draft, int id, const ChartBody *body,
					  MemoryContext context);
extern void draft_add_chart(DraftBodies *draft, const Chart *chart,
							MemoryContext context);
extern Chart *draft_to_chart(const DraftBodies *draft);

typedef struct ChartDraft
{
	ExpandedObjectHeader header;
	DraftBodies content;
	Chart	   *flat;			/* the chart as it is now, NULL if not made */
} ChartDraft;

extern ChartDraft *chart_draft_begin(MemoryContext parent);

/* the draft that a datum is, if it may be changed in place; else a copy */
extern ChartDraft *chart_draft_for_update(Datum datum, MemoryContext parent);

#endif							/* SYNASTRY_CHART_DRAFT_H */
