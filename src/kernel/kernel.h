/*
 * kernel.h
 *		What the kernels offer: the aspects of one pair of charts, and its score.
 *
 * The kernels know neither PostgreSQL nor charts: they compare an array of n
 * binary angles (side A, the rows) with an array of m (side B, the columns).
 * An aspect table says which separations are aspects; a score table says what
 * they are worth.  Both are prepared once and only read afterwards, so they
 * may be shared, copied and kept as long as one likes.
 *
 * Every variant gives the same bits as the plain C one (scalar.c), which
 * defines the result:
 *
 *	matrix	for each cell the separation s of the two angles; among the
 *			aspects with |s - angle| <= limit the one with the smallest orb (the
 *			lower angle if two are equally close), or, if the table says so, the
 *			one that comes first.  The cell gets its code and the deviation
 *			s - angle in units, modulo 2^32; both are 0 where there is none.
 *
 *	score	for each cell with an aspect, in single precision and in this order,
 *
 *				rest  = max_orb - min(orb, max_orb)			(integer units)
 *				value = ((float) rest * slope + base) * weight
 *
 *			rounded to the nearest integer, ties to even; the sum of these
 *			integers over all cells is exact, so that the order of summation
 *			does not matter.  Where max_orb depends on the cell no slope can be
 *			prepared, and
 *
 *				share = (float) rest / (float) max_orb		(1 if max_orb is 0)
 *				value = (share * falling + base) * weight
 */
#ifndef SYNASTRY_KERNEL_H
#define SYNASTRY_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "angle.h"

/* most aspects in a table, most bodies on a side */
#define MAX_ASPECTS		32
#define MAX_BODIES		128

/*
 * Buckets of 11.25 degrees.  Bucket k is the closed arc from k to k + 1 times
 * 2^27 units, so a separation exactly on a border may be looked up in either.
 */
#define BUCKETS			16
#define BUCKET_SHIFT	27

/* a table of more groups of rules is never bucketed; see AspectTable */
#define BUCKET_GROUPS	4

/* contributions and scores are integers in units of 2^-16 */
#define SCORE_ONE		65536

/* no cell may contribute more than this (in points); see SCORE_LANE_CELLS */
#define MAX_CELL_SCORE	1000

/*
 * So many cells may be added in a signed 32-bit lane without overflow:
 * 32 * 1000 * 65536 < 2^31.  A row of MAX_BODIES cells is 32 vectors of the
 * narrowest kind (4 lanes).
 */
#define SCORE_LANE_CELLS	32

/* One aspect, as the caller describes it. */
typedef struct AspectRule
{
	binary_angle angle;			/* exact separation, 0 .. HALF_TURN */
	binary_angle max_orb;		/* largest orb, 0 .. HALF_TURN */
	uint8_t		code;			/* 1 .. MAX_ASPECTS, what the matrix reports */
	double		worth;			/* points of an exact aspect; only for scores */
} AspectRule;

typedef struct AspectTableOptions
{
	bool		strict;			/* orb < max_orb, not orb <= max_orb */
	bool		first;			/* the first rule that matches wins, not the
								 * tightest */
} AspectTableOptions;

/*
 * Which separations are aspects.
 *
 * The rules stand in the order in which they are tried.  Bounds are inclusive
 * to the last digit a person types: rounding four decimals (two longitudes,
 * angle, max orb) to units moves a bound by at most one unit, so limit is
 * max_orb + 1, or max_orb - 2 if the bound is strict.  A rule that a strict
 * bound leaves without any separation is left out.
 *
 * If no bucket is touched by the windows of two rules the table is
 * "bucketed": one look-up finds the only candidate.  The look-up arrays are
 * filled in that case only; a bucket without aspect has code 0 and a limit
 * and max_orb of 0 with an angle that lies outside the bucket.
 */
typedef struct AspectTable
{
	int			n;
	bool		first;
	bool		bucketed;
	uint32_t	angle[MAX_ASPECTS];
	uint32_t	limit[MAX_ASPECTS];
	uint8_t		code[MAX_ASPECTS];

	/* the rules that may match in a bucket, begin <= i < end; n, n if none */
	uint8_t		bucket_begin[BUCKETS];
	uint8_t		bucket_end[BUCKETS];

	uint32_t	bucket_angle[BUCKETS];
	uint32_t	bucket_limit[BUCKETS];
	uint8_t		bucket_code[BUCKETS];

	/*
	 * Limits by cell: limit and max_orb are the largest of all cells, and a
	 * cell's own are less by its shortfall in the group of the rule: numbers
	 * modulo 2^32 to be added, in as many arrays as there are groups.  A rule
	 * of group 0 has the same limit everywhere, those of group g use array g
	 * - 1.  bound is one more than the limit, so that a shortfall of -bound
	 * leaves nothing.  Without groups nothing of this is looked at.
	 */
	int			groups;
	bool		one_for_all;	/* one group, of all rules */
	bool		known_by_all;	/* every cell has every aspect, with a max orb
								 * above 0 */
	uint8_t		group[MAX_ASPECTS];
	uint32_t	bound[MAX_ASPECTS];
	uint32_t	in_group[BUCKET_GROUPS][MAX_ASPECTS];	/* masks */
	uint32_t	bucket_bound[BUCKETS];
	uint32_t	bucket_in_group[BUCKET_GROUPS][BUCKETS];
} AspectTable;

/*
 * What the aspects of a table are worth; slopes and bases include SCORE_ONE.
 *
 * "linear" is true when bounds are inclusive and every rule has a base of 0: a
 * cell without an aspect then has rest 0 and is worth 0 without being asked.
 * With limits by cell every cell must be known_by_all for that.  "based" is true
 * when a rule has a base.
 */
/*
 * A bucket and its mirror image, for those who look up one difference at a
 * time: an arc of 11.25 degrees of the whole circle, and its only candidate.
 */
typedef struct ScoreArc
{
	uint32_t	middle;			/* the difference that is exact */
	uint32_t	max_orb;
	float		slope;
	uint32_t	padding;
} ScoreArc;

typedef struct ScoreTable
{
	AspectTable aspects;
	bool		linear;
	bool		based;
	uint32_t	max_orb[MAX_ASPECTS];	/* at most INT32_MAX */
	float		slope[MAX_ASPECTS];
	float		base[MAX_ASPECTS];
	float		falling[MAX_ASPECTS];	/* worth that falls with the orb, by
										 * cell */

	uint32_t	bucket_max_orb[BUCKETS];
	float		bucket_slope[BUCKETS];
	float		bucket_base[BUCKETS];
	float		bucket_falling[BUCKETS];
	ScoreArc	arcs[2 * BUCKETS];	/* by the leading bits of a difference */
} ScoreTable;

extern void aspect_table_prepare(AspectTable *table, const AspectRule *rules,
								 int n, AspectTableOptions options);

/*
 * constant: an aspect is worth the same whatever its orb; otherwise worth
 * falls linearly from the exact aspect to 0 at max_orb.  A max_orb of 0 is
 * always worth all.
 */
extern void score_table_prepare(ScoreTable *table, const AspectRule *rules,
								int n, AspectTableOptions options,
								bool constant);

/*
 * Max orbs that differ between cells.  max_orbs has for each cell, in any
 * order, one number a rule, in the order of the rules; NO_ASPECT where the
 * cell knows no such aspect.  Those of the rules themselves are not looked at,
 * and their codes must differ.
 */
#define NO_ASPECT	UINT32_MAX

typedef struct CellOrbs
{
	int			cells;
	const uint32_t *max_orbs;	/* cells x rules */
	uint32_t   *shortfalls;		/* result: groups x cells, room for rules x
								 * cells */
} CellOrbs;

extern void aspect_table_prepare_by_cell(AspectTable *table, const AspectRule *rules,
										 int n, AspectTableOptions options,
										 const CellOrbs *orbs);
extern void score_table_prepare_by_cell(ScoreTable *table, const AspectRule *rules,
										int n, AspectTableOptions options,
										bool constant, const CellOrbs *orbs);

/*
 * What one left chart makes of many right ones; see bound.h.  The code of a
 * longitude is one of so many.
 */
#define BOUND_CODES	256

typedef struct BoundTable BoundTable;
typedef struct BoundRow BoundRow;

/*
 * One implementation.
 *
 * Weights are handed to score() in the order in which it reads them, which
 * arrange_weights() makes from a dense n x m array of rows: lanes of cells
 * with padding of weight 0.  weights_size() says how many floats that takes.
 * A table with limits by cell has behind each vector of weights those of the
 * shortfalls of the same cells, group by group; arrange_cells() and
 * arranged_size() are the same for any table.
 */
typedef struct Kernel
{
	const char *name;			/* "scalar", "avx2", "avx512", "neon" */
	int			lanes;			/* cells in a vector */
	bool		(*supported) (void);	/* may this machine run it? */

	/* code and deviation: n x m, row by row, no padding */
	void		(*matrix) (const AspectTable *table,
						   const binary_angle *a, int n,
						   const binary_angle *b, int m,
						   uint8_t *code, int32_t *deviation);

	/* the same for a table with groups: shortfalls are groups x n x m */
	void		(*matrix_by_cell) (const AspectTable *table, const uint32_t *shortfalls,
								   const binary_angle *a, int n,
								   const binary_angle *b, int m,
								   uint8_t *code, int32_t *deviation);

	/* the sum of all contributions, in units of 1 / SCORE_ONE */
	int64_t		(*score) (const ScoreTable *table,
						  const binary_angle *a, int n,
						  const binary_angle *b, int m,
						  const float *weights);

	/*
	 * The aspects of TALLY_PAIRS pairs at once, for a table that can_tally():
	 * body i of side A of pair p is a[i * TALLY_STRIDE + p].  What is found
	 * in cell (i, j) with code c is added to packed[(i * m + j) * codes + c -
	 * 1]: the sum of the orbs, and the count times TALLY_ONE.
	 */
	void		(*tally) (const AspectTable *table,
						  const binary_angle *a, int n,
						  const binary_angle *b, int m,
						  int codes, uint64_t *packed);

	/*
	 * Which of count right charts, at most MAX_CANDIDATES, may reach the
	 * threshold (inclusive, in 1 / SCORE_ONE)?  The code of body j of chart p
	 * is codes[j * stride + p].  Their numbers are written ascending to
	 * candidates, which has room for all of them; returns how many there are.
	 */
	int			(*candidates) (const BoundTable *table,
							   const uint8_t *codes, size_t stride, int count,
							   int64_t threshold, uint16_t *candidates);

	/*
	 * The bounds of count right charts, which lie as above: for each the sum
	 * of worths, as described in bound.h.  Returns the largest, 0 if there
	 * are none.
	 */
	uint16_t	(*sums) (const BoundTable *table,
						 const uint8_t *codes, size_t stride, int count,
						 uint16_t *sums);

	/*
	 * For bound_table_prepare(): of two columns, for each code the larger of
	 * the sums in both parts, and the least and the most of these; and sums
	 * without the least of them, as bytes.
	 */
	void		(*sum_windows) (const BoundRow *rows, int count,
								uint16_t (*sums)[BOUND_CODES],
								uint16_t *least, uint16_t *most);
	void		(*narrow_sums) (const uint16_t *sums, uint16_t least,
								uint16_t factor, uint8_t *worth);
} Kernel;

/* their numbers have 16 bits */
#define MAX_CANDIDATES	65536

#define TALLY_PAIRS		256

/* a little more, so that bodies do not compete for the same cache lines */
#define TALLY_STRIDE	(TALLY_PAIRS + 16)

/* an orb is at most 2^31, so 2^13 - 1 of them fit below the count */
#define TALLY_ORB_BITS	44
#define TALLY_ONE		(UINT64_C(1) << TALLY_ORB_BITS)

/* so many orbs below 11.25 degrees may be added in a signed 32-bit lane:
 * 16 * (2^27 - 1) < 2^31 */
#define TALLY_LANE_ORBS	16

/* is at most one aspect possible at any separation, with such an orb? */
static inline bool
can_tally(const AspectTable *table)
{
	for (int rule = 0; rule < table->n; rule++)
		if (table->limit[rule] >> BUCKET_SHIFT != 0)
			return false;
	return table->bucketed && table->groups == 0;
}

extern size_t weights_size(const Kernel *kernel, int n, int m);
extern void arrange_weights(const Kernel *kernel, const float *weights,
							int n, int m, float *arranged);

/* shortfalls: groups x n x m, not looked at if the table has no groups */
extern size_t arranged_size(const Kernel *kernel, const ScoreTable *table, int n, int m);
extern void arrange_cells(const Kernel *kernel, const ScoreTable *table,
						  const float *weights, const uint32_t *shortfalls,
						  int n, int m, float *arranged);

/*
 * What score() adds for one cell with this code and orb, for explanations; the
 * max orb of the cell counts only if the table has groups.
 */
extern int32_t score_cell(const ScoreTable *table, uint8_t code, uint32_t orb,
						  uint32_t max_orb, float weight);

/*
 * All variants of this build, best first, ending with the scalar one and
 * NULL.  Some may not be supported by the machine at hand.
 */
extern const Kernel *const kernels[];

/* the best that this machine supports; asks the CPU and the operating system */
extern const Kernel *kernel_best(void);

/* by name; NULL if this build or this machine does not have it */
extern const Kernel *kernel_by_name(const char *name);

#endif							/* SYNASTRY_KERNEL_H */
