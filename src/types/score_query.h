/*
 * score_query.h
 *		A chart and a score model: the right side of <~>.
 *
 * The layout is described in README.md.
 */
#ifndef SYNASTRY_SCORE_QUERY_H
#define SYNASTRY_SCORE_QUERY_H

#include "postgres.h"

#include "types/chart.h"
#include "types/score_model.h"

#define SCORE_QUERY_VERSION	1

typedef struct ScoreQuery
{
	int32		vl_len_;
	uint8		version;
	uint8		reserved[3];
	uint32		chart_size;
	char		chart[FLEXIBLE_ARRAY_MEMBER];	/* a multiple of 4 bytes */
	/* then the score model */
} ScoreQuery;

#define DatumGetScoreQuery(datum)	((const ScoreQuery *) PG_DETOAST_DATUM(datum))
#define PG_GETARG_SCORE_QUERY(n)	DatumGetScoreQuery(PG_GETARG_DATUM(n))

/* score_query(chart, score_model) */
extern Datum score_query_make(PG_FUNCTION_ARGS);

static inline const Chart *
score_query_chart(const ScoreQuery *query)
{
	return (const Chart *) query->chart;
}

static inline const ScoreModel *
score_query_model(const ScoreQuery *query)
{
	return (const ScoreModel *) (query->chart + query->chart_size);
}

#endif							/* SYNASTRY_SCORE_QUERY_H */
