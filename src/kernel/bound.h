/*
 * bound.h
 *		One chart against many: which of them may reach a score at all?
 *
 * Who compares one left chart with thousands of right ones, and wants only
 * the best, would rather not compute every score.  Of a right chart it is
 * enough to know the upper eight bits of each longitude, its "codes": a table
 * for each of its bodies, made for the left chart, says by code what all the
 * cells of the body are worth together at most.  The sum over its bodies
 * bounds the score, and most charts are excluded by it.
 *
 * In three steps, each made from the one before:
 *
 *	BoundShape	once for a score table: the most and the least that a cell may
 *				be worth by the difference of longitudes, per unit of weight
 *	BoundTable	once for a left chart and the bodies of right charts
 *	candidates	for any number of right charts; see Kernel
 *
 * A bound is never less than the score that any kernel computes, to the last
 * unit of 1 / SCORE_ONE.  What is added for safety is described in bound.c.
 */
#ifndef SYNASTRY_BOUND_H
#define SYNASTRY_BOUND_H

#include "kernel.h"

/* codes are arcs of 360 / BOUND_CODES = 1.40625 degrees */
#define BOUND_CODE_SHIFT	24

/*
 * The longitude of a left body is known to a sixteenth of a code.  Right
 * longitudes are taken in two halves of a code: the cells of a column have
 * their maxima in different places, and both halves must be reached by the
 * sum, not by each cell alone.
 */
#define BOUND_PHASES		16
#define BOUND_PARTS			2

/*
 * The windows of differences are BOUND_CODES a phase, by falling difference,
 * that is by rising right longitude; twice, so that one may begin anywhere
 * and read BOUND_CODES of them.
 */
typedef struct BoundShape
{
	double		low;			/* least of the maxima, in 1 / SCORE_ONE */
	double		high;			/* largest of the minima */
	double		step;			/* what one step of the arrays is worth */
	double		magnitude;		/* no cell is worth more or less than that */
	uint16_t	above_low[BOUND_PHASES][2 * BOUND_CODES];	/* weights > 0 */
	uint16_t	below_high[BOUND_PHASES][2 * BOUND_CODES];	/* weights < 0 */
} BoundShape;

/* no score is more than base + unit * (the sum of worth[j][code of body j]) */
struct BoundTable
{
	int			m;				/* bodies of the right charts */
	int64_t		base;			/* in 1 / SCORE_ONE, as is unit */
	int64_t		unit;			/* > 0 */
	uint8_t		worth[MAX_BODIES][BOUND_CODES];
};

/*
 * A row of two columns that are summed: windows by part, by code of the
 * columns; and a factor in 2^-16 for each column.
 */
struct BoundRow
{
	const uint16_t *windows[BOUND_PARTS];
	uint16_t	factor[2];
};

/* rows are summed so many at a time; what is missing has factors of 0 */
#define BOUND_ROWS			5

static inline uint8_t
bound_code(binary_angle longitude)
{
	return (uint8_t) (longitude >> BOUND_CODE_SHIFT);
}

/*
 * The least sum of worths with which a chart may reach the threshold; one
 * more than there can be (at most 128 * 255 + 1) if none may.
 */
static inline uint32_t
bound_least_sum(const BoundTable *table, int64_t threshold)
{
	uint64_t	most = (uint64_t) table->m * UINT8_MAX;
	uint64_t	unit = (uint64_t) table->unit;
	uint64_t	missing = (uint64_t) threshold - (uint64_t) table->base;
	uint64_t	sum;

	if (threshold <= table->base)
		return 0;

	sum = missing / unit + (missing % unit != 0);
	return (uint32_t) (sum <= most ? sum : most + 1);
}

extern void bound_shape_prepare(BoundShape *shape, const ScoreTable *table);

/*
 * weights: a dense n x m array of rows, in no other order, for which no cell
 * is worth more than MAX_CELL_SCORE.
 */
extern void bound_table_prepare(const Kernel *kernel, BoundTable *table,
								const BoundShape *shape,
								const binary_angle *a, int n,
								const float *weights, int m);

#endif							/* SYNASTRY_BOUND_H */
