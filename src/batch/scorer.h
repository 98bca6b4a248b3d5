/*
 * scorer.h
 *		Scores of one left chart against the charts of a tile.
 */
#ifndef SYNASTRY_SCORER_H
#define SYNASTRY_SCORER_H

#include "postgres.h"

#include "batch/tile_store.h"
#include "functions/prepared.h"

/* instead of a score: the charts have no common body that scores */
#define NULL_SCORE	PG_INT64_MIN

/* below every score: all pairs are wanted, without a score too */
#define NO_THRESHOLD	PG_INT64_MIN

/* a left chart: the bodies that the model scores on side A */
typedef struct ScoredChart
{
	int			n;
	const uint8 *rows;			/* in the weights of the model */
	const binary_angle *longitudes;
} ScoredChart;

/*
 * Gets the chart of a tile, by its number in it, and a score that reaches the
 * threshold; returns the threshold from then on, which never falls.
 */
typedef int64 (*ScoreConsumer) (void *state, int chart, int64 score);

typedef struct Scorer Scorer;

/* capacity: charts of a tile */
extern Scorer *scorer_create(const PreparedModel *model, int capacity);

/* columns of a model, for the tiles */
extern int	scorer_columns(const PreparedModel *model);

/* Tells which tile the scores are asked for; see TileRun. */
extern void scorer_set_run(Scorer *scorer, const Tile *tile, const TileRun *run);

/*
 * Hands over all charts of the run whose score reaches the threshold, in
 * their order.
 */
extern void scorer_score(Scorer *scorer, const ScoredChart *left, int64 threshold,
						 ScoreConsumer consumer, void *state);

#endif							/* SYNASTRY_SCORER_H */
