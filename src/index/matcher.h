/*
 * matcher.h
 *		What a query is worth to the charts of an index: scores and bounds.
 *
 * The indexed chart is side A of the score model, the chart of the query is
 * side B.  Scores and bounds are of the bodies of the index alone, in units of
 * 1 / SCORE_ONE.
 */
#ifndef SYNASTRY_INDEX_MATCHER_H
#define SYNASTRY_INDEX_MATCHER_H

#include "postgres.h"

#include "index/layout.h"
#include "index/search_model.h"
#include "kernel/bound_arc.h"
#include "synastry.h"

typedef struct Matcher
{
	const Kernel *kernel;
	const PreparedModel *model;
	int			n;				/* bodies of the index */
	Selection	query;			/* the bodies of the query's chart that score */

	/*
	 * The model weighs bodies that the index does not hold: a chart's score
	 * is that of the index and between nothing and this much more.
	 */
	bool		inexact;
	int64		most_outside;

	/* does a chart that has all bodies of the index have a score? */
	bool		scores_complete;
	float	   *weights;		/* bodies of the index x bodies of the query */
	uint32	   *shortfalls;		/* of the same cells; see AspectTable */
	float	   *arranged;		/* both as the kernel reads them */

	/* charts that lack bodies: for those that have these, as bits */
	uint32		present;
	bool		scores_partial;
	float	   *partial;
	float	   *arranged_partial;

	BoundTable *table;
	BoundMaxima *maxima;
} Matcher;

/* allocates in the current memory context */
extern void matcher_prepare(Matcher *matcher, const SearchModel *model, const Chart *query,
							const uint16 *ids, int n);

/* that of a chart that has all bodies of the index, if these have scores */
static inline int64
matcher_score(const Matcher *matcher, const binary_angle *row)
{
	return matcher->kernel->score(&matcher->model->table, row, matcher->n,
								  matcher->query.longitudes, matcher->query.n,
								  matcher->arranged);
}

/* Does a chart that has only these bodies have a score? */
extern bool matcher_scores_partial(Matcher *matcher, uint32 present);

/* its score, if it does */
extern int64 matcher_score_partial(Matcher *matcher, const binary_angle *row, uint32 present);

/* the bound of a sum of worths, and the least sum that reaches a score */
static inline int64
matcher_bound(const Matcher *matcher, uint32 sum)
{
	return matcher->table->base + matcher->table->unit * (int64) sum;
}

static inline uint32
matcher_least_sum(const Matcher *matcher, int64 score)
{
	return bound_least_sum(matcher->table, score);
}

#endif							/* SYNASTRY_INDEX_MATCHER_H */
