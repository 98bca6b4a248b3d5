/*
 * simd_kernel.h
 *		The loops of a vector kernel, written once for every instruction set.
 *
 * The file of a variant defines LANES and a vocabulary of types and small
 * functions for its instruction set, and then includes this file:
 *
 *	Cells		LANES unsigned 32-bit integers
 *	Floats		LANES single-precision numbers
 *	Truth		LANES truth values
 *	Codes		LANES aspect codes, a byte each
 *	LookUp		a 32-bit value for each place; CodeLookUp, a code for each bucket
 *	Places		what turns a bucket into a place, where they differ
 *
 * Loads and stores touch no byte outside the arrays: charts end where pages
 * end, and results where other memory begins.
 *
 * The matrix goes row by row: one angle of A against a vector of B's.  What
 * is left of a row is reached by stepping back, so that the last vector
 * computes some cells again; a row shorter than a vector writes on into the
 * next one, which is computed later.
 *
 * The score, which writes nothing, leaves no lane idle: the columns are split
 * into groups of LANES, LANES / 2, ... 1, and a vector of a group takes as
 * many rows as fit.  With 10 columns and 8 lanes:
 *
 *		columns 0..7	row 0 | row 1 | ... | row 9				10 vectors
 *		columns 8..9	rows 0..3 | rows 4..7 | rows 8..9		 3 vectors
 *
 * The weights lie in this order; see arrange_weights().  Where limits depend on
 * the cell, each vector of weights is followed by the shortfalls of its cells,
 * a vector a group.
 */
#ifndef SYNASTRY_SIMD_KERNEL_H
#define SYNASTRY_SIMD_KERNEL_H

/* what is looked up when has_look_ups() says that a bucket decides alone */
typedef struct AspectLookUps
{
	Places		places;
	LookUp		angle;
	LookUp		limit;
	CodeLookUp	code;
} AspectLookUps;

typedef struct ScoreLookUps
{
	Places		places;
	LookUp		angle;
	LookUp		limit;
	LookUp		max_orb;
	LookUp		slope;
	LookUp		base;
} ScoreLookUps;

/* how score() finds what a cell is worth; see ScoreTable */
typedef enum ScoreMethod
{
	LINEAR_BUCKETS,
	ANY_BUCKETS,
	RULES,
	LINEAR_CELLS,
	CELL_BUCKETS,
	CELL_RULES
} ScoreMethod;

/* sums of contributions, by lane until they might overflow */
typedef struct Sum
{
	int64_t		total;
	Cells		lanes;
	int			room;			/* vectors that may still be added */
} Sum;

/*
 * Rules are tried upwards for something closer, or, if the first one wins,
 * downwards so that it comes last and replaces the others.
 */
ALWAYS_INLINE int
rule_to_try(const AspectTable *table, int attempt)
{
	return table->first ? table->n - 1 - attempt : attempt;
}

/*
 * Offers the orb of a rule to each cell; returns where it is refused.
 *
 * The next rule waits for the best orb only, so that takes one instruction:
 * an orb beyond the limit counts as the largest number there is.
 */
ALWAYS_INLINE Truth
offer_orb(const AspectTable *table, Truth within, Cells orb, Cells *best)
{
	Cells		nothing = splat(UINT32_MAX);
	Cells		offered = choose(within, orb, nothing);
	Truth		refused = at_most(table->first ? nothing : *best, offered);

	*best = table->first ? choose(refused, *best, offered) : smaller(*best, offered);
	return refused;
}

ALWAYS_INLINE Truth
offer_rule(const AspectTable *table, int rule, Cells orb, Cells *best)
{
	return offer_orb(table, at_most(orb, splat(table->limit[rule])), orb, best);
}

/*
 * A group of columns: lane k is in row k / width of those in the vector, and
 * in column k % width of the group.
 */
ALWAYS_INLINE Cells
repeat_columns(const binary_angle *b, int width)
{
	return width == LANES ? load(b) : permute(load_group(b, width), lane_modulo(width));
}

ALWAYS_INLINE Cells
spread_rows(Cells rows, int width)
{
	return width == LANES ? rows : permute(rows, lane_divided(width));
}

/*
 * Matrix
 */

/* the deviations of a vector of cells; their codes are returned beside them */
ALWAYS_INLINE Cells
find_in_buckets(const AspectLookUps *look_ups, Cells difference, Codes *codes)
{
	Cells		bucket = bucket_of(difference);
	Cells		place = place_of(look_ups->places, bucket);
	Cells		deviation = subtract(magnitude(difference),
									 look_up(look_ups->angle, place));
	Truth		found = at_most(magnitude(deviation),
								look_up(look_ups->limit, place));

	*codes = look_up_codes(look_ups->code, bucket, found);
	return keep(found, deviation);
}

ALWAYS_INLINE Cells
find_in_rules(const AspectTable *table, Cells difference, Codes *codes)
{
	Cells		separation = magnitude(difference);
	Cells		best = splat(UINT32_MAX);
	Cells		deviation = splat(0);
	Cells		code = splat(0);

	for (int attempt = 0; attempt < table->n; attempt++)
	{
		int			rule = rule_to_try(table, attempt);
		Cells		candidate = subtract(separation, splat(table->angle[rule]));
		Truth		refused = offer_rule(table, rule, magnitude(candidate), &best);

		deviation = choose(refused, deviation, candidate);
		code = choose(refused, code, splat(table->code[rule]));
	}

	*codes = narrow(code);
	return deviation;
}

ALWAYS_INLINE Cells
find_aspects(const AspectTable *table, const AspectLookUps *look_ups,
			 Cells difference, Codes *codes)
{
	return look_ups != NULL ? find_in_buckets(look_ups, difference, codes) :
		find_in_rules(table, difference, codes);
}

/* rows of at least one vector */
ALWAYS_INLINE void
fill_long_rows(const AspectTable *table, const AspectLookUps *look_ups,
			   const binary_angle *a, int n, const binary_angle *b, int m,
			   uint8_t *code, int32_t *deviation)
{
	for (int i = 0; i < n; i++)
	{
		Cells		row = splat(a[i]);

		for (int next = 0; next < m; next += LANES)
		{
			int			j = next + LANES <= m ? next : m - LANES;
			Codes		codes;

			store(deviation + j, find_aspects(table, look_ups,
											  subtract(row, load(b + j)), &codes));
			store_codes(code + j, codes);
		}

		code += m;
		deviation += m;
	}
}

/* rows of less than a vector */
ALWAYS_INLINE void
fill_short_rows(const AspectTable *table, const AspectLookUps *look_ups,
				const binary_angle *a, int n, const binary_angle *b, int m,
				uint8_t *code, int32_t *deviation)
{
	Cells		columns = load_some(b, m);

	for (int i = 0; i < n; i++)
	{
		Codes		codes;
		Cells		cells = find_aspects(table, look_ups,
										 subtract(splat(a[i]), columns), &codes);

		if ((n - i) * m >= LANES)
		{
			store(deviation, cells);
			store_codes(code, codes);
		}
		else
		{
			store_some(deviation, cells, m);
			store_some_codes(code, codes, m);
		}

		code += m;
		deviation += m;
	}
}

ALWAYS_INLINE void
fill_rows(const AspectTable *table, const AspectLookUps *look_ups,
		  const binary_angle *a, int n, const binary_angle *b, int m,
		  uint8_t *code, int32_t *deviation)
{
	if (m >= LANES)
		fill_long_rows(table, look_ups, a, n, b, m, code, deviation);
	else if (m > 0)
		fill_short_rows(table, look_ups, a, n, b, m, code, deviation);
}

static void
simd_matrix(const AspectTable *table,
			const binary_angle *a, int n, const binary_angle *b, int m,
			uint8_t *code, int32_t *deviation)
{
	if (has_look_ups(table))
	{
		AspectLookUps look_ups;

		look_ups.places = places_from(table);
		look_ups.angle = look_up_from(table->bucket_angle, table->angle);
		look_ups.limit = look_up_from(table->bucket_limit, table->limit);
		look_ups.code = code_look_up_from(table->bucket_code);
		fill_rows(table, &look_ups, a, n, b, m, code, deviation);
	}
	else
		fill_rows(table, NULL, a, n, b, m, code, deviation);
}

/*
 * Score
 */

ALWAYS_INLINE Floats
worth_of_rest(Cells orb, Cells max_orb, Cells slope)
{
	Cells		rest = subtract(max_orb, smaller(orb, max_orb));

	return multiply(to_floats(rest), as_floats(slope));
}

/* outside its orb a cell has no rest, and is worth 0 without being asked */
ALWAYS_INLINE Cells
score_in_linear_buckets(const ScoreLookUps *look_ups, Cells difference, Floats weights)
{
	Cells		bucket = bucket_of(difference);
	Cells		place = place_of(look_ups->places, bucket);
	Cells		orb = magnitude(subtract(magnitude(difference),
										 look_up(look_ups->angle, place)));
	Floats		worth = worth_of_rest(orb, look_up(look_ups->max_orb, place),
									  look_up(look_ups->slope, place));

	return to_integers(multiply(worth, weights));
}

ALWAYS_INLINE Cells
score_in_buckets(const ScoreLookUps *look_ups, Cells difference, Floats weights)
{
	Cells		bucket = bucket_of(difference);
	Cells		place = place_of(look_ups->places, bucket);
	Cells		orb = magnitude(subtract(magnitude(difference),
										 look_up(look_ups->angle, place)));
	Truth		found = at_most(orb, look_up(look_ups->limit, place));
	Floats		worth = add_floats(worth_of_rest(orb, look_up(look_ups->max_orb, place),
												 look_up(look_ups->slope, place)),
								   as_floats(look_up(look_ups->base, place)));

	return keep(found, to_integers(multiply(worth, weights)));
}

ALWAYS_INLINE Cells
score_in_rules(const ScoreTable *table, Cells difference, Floats weights)
{
	const AspectTable *aspects = &table->aspects;
	Cells		separation = magnitude(difference);
	Cells		best = splat(UINT32_MAX);
	Cells		max_orb = splat(0);
	Cells		slope = splat(0);
	Cells		base = splat(0);

	for (int attempt = 0; attempt < aspects->n; attempt++)
	{
		int			rule = rule_to_try(aspects, attempt);
		Cells		orb = magnitude(subtract(separation, splat(aspects->angle[rule])));
		Truth		refused = offer_rule(aspects, rule, orb, &best);

		max_orb = choose(refused, max_orb, splat(table->max_orb[rule]));
		slope = choose(refused, slope, as_cells(splat_float(table->slope[rule])));
		base = choose(refused, base, as_cells(splat_float(table->base[rule])));
	}

	return to_integers(multiply(add_floats(worth_of_rest(best, max_orb, slope),
										   as_floats(base)), weights));
}

#include "simd_cells.h"

ALWAYS_INLINE void
add_to_sum(Sum *sum, Cells contributions)
{
	sum->lanes = add(sum->lanes, contributions);
	if (--sum->room == 0)
	{
		sum->total += sum_of_lanes(sum->lanes);
		sum->lanes = splat(0);
		sum->room = SCORE_LANE_CELLS;
	}
}

/* the look-ups are those of the method */
typedef struct ScoreTools
{
	const ScoreTable *table;
	const ScoreLookUps *look_ups;
	const CellLookUps *cell_look_ups;
	ScoreMethod method;
	int			groups;
	int			step;			/* from the numbers of a vector to the next */
} ScoreTools;

ALWAYS_INLINE void
score_vector(ScoreTools tools, Cells difference, const float *numbers, Sum *sum)
{
	if (tools.method == LINEAR_BUCKETS)
		add_to_sum(sum, score_in_linear_buckets(tools.look_ups, difference,
												load_floats(numbers)));
	else if (tools.method == ANY_BUCKETS)
		add_to_sum(sum, score_in_buckets(tools.look_ups, difference, load_floats(numbers)));
	else if (tools.method == LINEAR_CELLS)
		add_to_sum(sum, score_in_linear_cells(tools.cell_look_ups, tools.groups,
											  difference, numbers));
	else if (tools.method == CELL_BUCKETS)
		add_to_sum(sum, score_in_cell_buckets(tools.cell_look_ups, tools.groups,
											  difference, numbers));
	else if (tools.method == CELL_RULES)
		add_to_sum(sum, score_in_cell_rules(tools.table, difference, numbers));
	else
		add_to_sum(sum, score_in_rules(tools.table, difference, load_floats(numbers)));
}

/* one group of columns; returns where the numbers of the next one begin */
ALWAYS_INLINE const float *
score_group(ScoreTools tools, const binary_angle *a, int n, const binary_angle *b, int width,
			const float *numbers, Sum *sum)
{
	int			height = LANES / width;
	Cells		columns = repeat_columns(b, width);
	int			i = 0;

	for (; i + height <= n; i += height)
	{
		Cells		rows = spread_rows(load_group(a + i, height), width);

		score_vector(tools, subtract(rows, columns), numbers, sum);
		numbers += tools.step;
	}

	if (i < n)
	{
		Cells		rows = spread_rows(load_some(a + i, n - i), width);

		score_vector(tools, subtract(rows, columns), numbers, sum);
		numbers += tools.step;
	}

	return numbers;
}

ALWAYS_INLINE int64_t
score_groups(ScoreTools tools, const binary_angle *a, int n, const binary_angle *b, int m,
			 const float *numbers)
{
	Sum			sum = {0, splat(0), SCORE_LANE_CELLS};

#define SCORE_GROUP(width) \
	do { \
		numbers = score_group(tools, a, n, b, width, numbers, &sum); \
		b += width; \
	} while (0)

	for (; m >= LANES; m -= LANES)
		SCORE_GROUP(LANES);
#if LANES > 8
	if (m & 8)
		SCORE_GROUP(8);
#endif
#if LANES > 4
	if (m & 4)
		SCORE_GROUP(4);
#endif
	if (m & 2)
		SCORE_GROUP(2);
	if (m & 1)
		SCORE_GROUP(1);

#undef SCORE_GROUP

	return sum.total + sum_of_lanes(sum.lanes);
}

/* functions of their own, so that each has the registers to itself */
static NEVER_INLINE int64_t
score_by_linear_buckets(const ScoreTable *table,
						const binary_angle *a, int n, const binary_angle *b, int m,
						const float *weights)
{
	ScoreLookUps look_ups;
	ScoreTools	tools = {table, &look_ups, NULL, LINEAR_BUCKETS, 0, LANES};

	look_ups.places = places_from(&table->aspects);
	look_ups.angle = look_up_from(table->aspects.bucket_angle, table->aspects.angle);
	look_ups.max_orb = look_up_from(table->bucket_max_orb, table->max_orb);
	look_ups.slope = look_up_from_floats(table->bucket_slope, table->slope);
	return score_groups(tools, a, n, b, m, weights);
}

static NEVER_INLINE int64_t
score_by_buckets(const ScoreTable *table,
				 const binary_angle *a, int n, const binary_angle *b, int m,
				 const float *weights)
{
	ScoreLookUps look_ups;
	ScoreTools	tools = {table, &look_ups, NULL, ANY_BUCKETS, 0, LANES};

	look_ups.places = places_from(&table->aspects);
	look_ups.angle = look_up_from(table->aspects.bucket_angle, table->aspects.angle);
	look_ups.limit = look_up_from(table->aspects.bucket_limit, table->aspects.limit);
	look_ups.max_orb = look_up_from(table->bucket_max_orb, table->max_orb);
	look_ups.slope = look_up_from_floats(table->bucket_slope, table->slope);
	look_ups.base = look_up_from_floats(table->bucket_base, table->base);
	return score_groups(tools, a, n, b, m, weights);
}

static NEVER_INLINE int64_t
score_by_rules(const ScoreTable *table,
			   const binary_angle *a, int n, const binary_angle *b, int m,
			   const float *weights)
{
	ScoreTools	tools = {table, NULL, NULL, RULES, 0, LANES};

	return score_groups(tools, a, n, b, m, weights);
}

/* limits by cell, by buckets; arrays: of shortfalls behind the weights */
ALWAYS_INLINE int64_t
score_cell_groups(const ScoreTable *table, ScoreMethod method, int groups, int arrays,
				  const binary_angle *a, int n, const binary_angle *b, int m,
				  const float *numbers)
{
	CellLookUps look_ups;
	ScoreTools	tools = {table, NULL, &look_ups, method, groups, LANES * (1 + arrays)};

	look_up_groups(&look_ups, &table->aspects, groups);
	look_ups.max_orb = look_up_from(table->bucket_max_orb, table->max_orb);
	look_ups.falling = look_up_from_floats(table->bucket_falling, table->falling);
	return score_groups(tools, a, n, b, m, numbers);
}

static NEVER_INLINE int64_t
score_by_linear_cells_of_one(const ScoreTable *table,
							 const binary_angle *a, int n, const binary_angle *b, int m,
							 const float *numbers)
{
	return score_cell_groups(table, LINEAR_CELLS, ONE_FOR_ALL, 1,
							 a, n, b, m, numbers);
}

static NEVER_INLINE int64_t
score_by_linear_cells(const ScoreTable *table,
					  const binary_angle *a, int n, const binary_angle *b, int m,
					  const float *numbers)
{
	return score_cell_groups(table, LINEAR_CELLS, 1, 1,
							 a, n, b, m, numbers);
}

static NEVER_INLINE int64_t
score_by_linear_cells_of_two(const ScoreTable *table,
							 const binary_angle *a, int n, const binary_angle *b, int m,
							 const float *numbers)
{
	return score_cell_groups(table, LINEAR_CELLS, 2, 2,
							 a, n, b, m, numbers);
}

static NEVER_INLINE int64_t
score_by_linear_cells_of_many(const ScoreTable *table,
							  const binary_angle *a, int n, const binary_angle *b, int m,
							  const float *numbers)
{
	return score_cell_groups(table, LINEAR_CELLS, table->aspects.groups, table->aspects.groups,
							 a, n, b, m, numbers);
}

static NEVER_INLINE int64_t
score_by_cells(const ScoreTable *table,
			   const binary_angle *a, int n, const binary_angle *b, int m,
			   const float *numbers)
{
	return score_cell_groups(table, CELL_BUCKETS, table->aspects.groups, table->aspects.groups,
							 a, n, b, m, numbers);
}

static NEVER_INLINE int64_t
score_by_cell_rules(const ScoreTable *table,
					const binary_angle *a, int n, const binary_angle *b, int m,
					const float *numbers)
{
	int			groups = table->aspects.groups;

	ScoreTools	tools = {table, NULL, NULL, CELL_RULES, groups, LANES * (1 + groups)};

	return score_groups(tools, a, n, b, m, numbers);
}

static NEVER_INLINE int64_t
score_by_cell(const ScoreTable *table,
			  const binary_angle *a, int n, const binary_angle *b, int m,
			  const float *numbers)
{
	int			groups = table->aspects.groups;

	if (!has_look_ups(&table->aspects) || table->based)
		return score_by_cell_rules(table, a, n, b, m, numbers);
	else if (!table->linear)
		return score_by_cells(table, a, n, b, m, numbers);
	else if (table->aspects.one_for_all)
		return score_by_linear_cells_of_one(table, a, n, b, m, numbers);
	else if (groups == 1)
		return score_by_linear_cells(table, a, n, b, m, numbers);
	else if (groups == 2)
		return score_by_linear_cells_of_two(table, a, n, b, m, numbers);
	else
		return score_by_linear_cells_of_many(table, a, n, b, m, numbers);
}

static int64_t
simd_score(const ScoreTable *table,
		   const binary_angle *a, int n, const binary_angle *b, int m,
		   const float *weights)
{
	if (table->aspects.groups > 0)
		return score_by_cell(table, a, n, b, m, weights);
	else if (!has_look_ups(&table->aspects))
		return score_by_rules(table, a, n, b, m, weights);
	else if (table->linear)
		return score_by_linear_buckets(table, a, n, b, m, weights);
	else
		return score_by_buckets(table, a, n, b, m, weights);
}

/*
 * Tally: a cell of many pairs in a vector.  Rules do not overlap, so each can
 * be asked for itself.
 */

ALWAYS_INLINE void
tally_rule(const binary_angle *separations, Cells angle, Cells limit, uint64_t *packed)
{
	for (int p = 0; p < TALLY_PAIRS; p += TALLY_LANE_ORBS * LANES)
	{
		uint64_t	count = 0;
		Cells		orbs = splat(0);

		for (int q = p; q < p + TALLY_LANE_ORBS * LANES && q < TALLY_PAIRS; q += LANES)
		{
			Cells		orb = magnitude(subtract(load(separations + q), angle));
			Truth		found = at_most(orb, limit);

			count += count_found(found);
			orbs = add_where(found, orbs, orb);
		}
		*packed += (uint64_t) sum_of_lanes(orbs) + count * TALLY_ONE;
	}
}

static void
simd_tally(const AspectTable *table,
		   const binary_angle *a, int n, const binary_angle *b, int m,
		   int codes, uint64_t *packed)
{
	binary_angle separations[TALLY_PAIRS];

	for (int i = 0; i < n; i++)
		for (int j = 0; j < m; j++)
		{
			for (int p = 0; p < TALLY_PAIRS; p += LANES)
				store((int32_t *) separations + p,
					  magnitude(subtract(load(a + i * TALLY_STRIDE + p),
										 load(b + j * TALLY_STRIDE + p))));
			for (int rule = 0; rule < table->n; rule++)
				tally_rule(separations, splat(table->angle[rule]),
						   splat(table->limit[rule]),
						   &packed[table->code[rule] - 1]);
			packed += codes;
		}
}

#endif							/* SYNASTRY_SIMD_KERNEL_H */
