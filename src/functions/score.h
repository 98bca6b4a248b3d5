/*
 * score.h
 *		The score of a pair, for those who have the model prepared.
 */
#ifndef SYNASTRY_FUNCTIONS_SCORE_H
#define SYNASTRY_FUNCTIONS_SCORE_H

#include "postgres.h"

#include "functions/prepared.h"

/* score_pair() for any charts and any model */
extern bool score_any(const PreparedModel *prepared, const Chart *a,
					  const Chart *b, int64 *score);

/* The score in units of 1 / SCORE_ONE; false if no cell scores. */
static inline bool
score_pair(const PreparedModel *prepared, const Chart *a, const Chart *b,
		   int64 *score)
{
	if (likely(prepared->planets && chart_has_all_planets(a) &&
			   chart_has_all_planets(b)))
	{
		*score = prepared->kernel->score(&prepared->table,
										 a->longitudes, PLANETS,
										 b->longitudes, PLANETS,
										 prepared->arranged);
		return true;
	}
	return score_any(prepared, a, b, score);
}

#endif							/* SYNASTRY_FUNCTIONS_SCORE_H */
