/*
 * top_k.h
 *		The best matches of a left chart so far: a bounded heap.
 *
 * Better is the higher score; then the id that comes first bytewise, null
 * last; then the chart that was read first.  A null score is below all others.
 */
#ifndef SYNASTRY_TOP_K_H
#define SYNASTRY_TOP_K_H

#include "postgres.h"

#include "batch/scorer.h"
#include "batch/tile_store.h"

typedef struct Match
{
	int64		score;			/* in units of 1 / SCORE_ONE */
	uint64		id_prefix;		/* the first bytes of the id; see id_prefix() */
	uint64		chart;			/* its number in the store */
} Match;

/* a heap with the worst match at its root */
typedef struct TopK
{
	int			n;
	Match	   *matches;		/* room for k */
} TopK;

/* bytes of an id as a number that sorts like them, filled up with zeros */
extern uint64 id_prefix(const text * id);

/* bytewise, null last */
extern int	compare_id_bytes(const text * x, const text * y);

/* the score that a chart must reach to have a chance among the best k */
static inline int64
top_k_threshold(const TopK *best, int k)
{
	return best->n < k ? NO_THRESHOLD : best->matches[0].score;
}

extern void top_k_offer(TopK *best, int k, TileStore *store, const Match *match);

/* best first; nothing can be offered afterwards */
extern void top_k_sort(TopK *best, TileStore *store);

#endif							/* SYNASTRY_TOP_K_H */
