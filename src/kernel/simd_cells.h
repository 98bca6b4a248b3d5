/*
 * simd_cells.h
 *		The loops of a vector kernel where limits depend on the cell.
 *
 * Part of simd_kernel.h, which includes it: the vocabulary is the same.  What a
 * cell lacks of the largest limit is looked up as bucket and place are, if there
 * is one look-up, or rule by rule; see AspectTable.
 */
#ifndef SYNASTRY_SIMD_CELLS_H
#define SYNASTRY_SIMD_CELLS_H

/* what is looked up; what a rule's group is, as masks */
typedef struct CellLookUps
{
	Places		places;
	LookUp		angle;
	LookUp		bound;
	CodeLookUp	code;			/* of a matrix */
	LookUp		max_orb;		/* of a score, as falling */
	LookUp		falling;
	LookUp		in_group[BUCKET_GROUPS];
} CellLookUps;

/*
 * The shortfalls of a vector of cells lie a stride apart for each group; of the
 * last vector of a short row there may be fewer than LANES.
 */
typedef struct Shortfalls
{
	const uint32_t *first;
	size_t		stride;
	int			count;
} Shortfalls;

ALWAYS_INLINE Cells
load_shortfalls(Shortfalls shortfalls, int group)
{
	const uint32_t *p = shortfalls.first + (size_t) group * shortfalls.stride;

	return shortfalls.count >= LANES ? load(p) : load_some(p, shortfalls.count);
}

/* instead of a number of groups: one, to which every rule belongs */
#define ONE_FOR_ALL		0

/* what the only candidate of each cell lacks there */
ALWAYS_INLINE Cells
shortfall_in_buckets(const CellLookUps *look_ups, int groups, Cells place,
					 Shortfalls shortfalls)
{
	Cells		sum = both(look_up(look_ups->in_group[0], place),
						   load_shortfalls(shortfalls, 0));

	for (int group = 1; group < groups; group++)
		sum = add(sum, both(look_up(look_ups->in_group[group], place),
							load_shortfalls(shortfalls, group)));
	return sum;
}

ALWAYS_INLINE Cells
shortfall_of_rule(const AspectTable *table, int rule, Shortfalls shortfalls)
{
	return table->group[rule] == 0 ? splat(0) :
		load_shortfalls(shortfalls, table->group[rule] - 1);
}

/* an orb is at most 2^31, so that one more is no less */
ALWAYS_INLINE Truth
is_below(Cells orb, Cells bound)
{
	return at_most(add(orb, splat(1)), bound);
}

/*
 * Matrix
 */

/*
 * Signed, all numbers being less than 2^31 here: what has no candidate has a
 * bound of 0, and less with a shortfall.
 */
ALWAYS_INLINE Cells
find_in_cell_buckets(const CellLookUps *look_ups, int groups, Cells difference,
					 Shortfalls shortfalls, Codes *codes)
{
	Cells		bucket = bucket_of(difference);
	Cells		place = place_of(look_ups->places, bucket);
	Cells		deviation = subtract(magnitude(difference),
									 look_up(look_ups->angle, place));
	Cells		bound = add(look_up(look_ups->bound, place), groups == ONE_FOR_ALL ?
							load_shortfalls(shortfalls, 0) :
							shortfall_in_buckets(look_ups, groups, place, shortfalls));
	Truth		found = is_less(magnitude(deviation), bound);

	*codes = look_up_codes(look_ups->code, bucket, found);
	return keep(found, deviation);
}

ALWAYS_INLINE Cells
find_in_cell_rules(const AspectTable *table, Cells difference, Shortfalls shortfalls,
				   Codes *codes)
{
	Cells		separation = magnitude(difference);
	Cells		best = splat(UINT32_MAX);
	Cells		deviation = splat(0);
	Cells		code = splat(0);

	for (int attempt = 0; attempt < table->n; attempt++)
	{
		int			rule = rule_to_try(table, attempt);
		Cells		candidate = subtract(separation, splat(table->angle[rule]));
		Cells		orb = magnitude(candidate);
		Cells		bound = add(splat(table->bound[rule]),
								shortfall_of_rule(table, rule, shortfalls));
		Truth		refused = offer_orb(table, is_below(orb, bound), orb, &best);

		deviation = choose(refused, deviation, candidate);
		code = choose(refused, code, splat(table->code[rule]));
	}

	*codes = narrow(code);
	return deviation;
}

/* groups: of the look-ups; without look-ups they are those of the table */
ALWAYS_INLINE Cells
find_by_cell(const AspectTable *table, const CellLookUps *look_ups, int groups,
			 Cells difference, Shortfalls shortfalls, Codes *codes)
{
	return look_ups != NULL ?
		find_in_cell_buckets(look_ups, groups, difference, shortfalls, codes) :
		find_in_cell_rules(table, difference, shortfalls, codes);
}

/* as fill_long_rows() and fill_short_rows() */
ALWAYS_INLINE void
fill_rows_by_cell(const AspectTable *table, const CellLookUps *look_ups, int groups,
				  const uint32_t *shortfalls,
				  const binary_angle *a, int n, const binary_angle *b, int m,
				  uint8_t *code, int32_t *deviation)
{
	size_t		stride = (size_t) n * (size_t) m;
	Cells		columns = m < LANES ? load_some(b, m) : splat(0);

	for (int i = 0; i < n; i++)
	{
		Cells		row = splat(a[i]);

		for (int next = 0; next < m && m >= LANES; next += LANES)
		{
			int			j = next + LANES <= m ? next : m - LANES;
			Shortfalls	cells = {shortfalls + j, stride, LANES};
			Codes		codes;

			store(deviation + j, find_by_cell(table, look_ups, groups,
											  subtract(row, load(b + j)), cells, &codes));
			store_codes(code + j, codes);
		}
		if (m < LANES && (n - i) * m >= LANES)
		{
			Shortfalls	cells = {shortfalls, stride, LANES};
			Codes		codes;

			store(deviation, find_by_cell(table, look_ups, groups,
										  subtract(row, columns), cells, &codes));
			store_codes(code, codes);
		}
		else if (m < LANES)
		{
			Shortfalls	cells = {shortfalls, stride, m};
			Codes		codes;

			store_some(deviation, find_by_cell(table, look_ups, groups,
											   subtract(row, columns), cells, &codes), m);
			store_some_codes(code, codes, m);
		}

		shortfalls += m;
		code += m;
		deviation += m;
	}
}

ALWAYS_INLINE void
look_up_groups(CellLookUps *look_ups, const AspectTable *table, int groups)
{
	look_ups->places = places_from(table);
	look_ups->angle = look_up_from(table->bucket_angle, table->angle);
	look_ups->bound = look_up_from(table->bucket_bound, table->bound);
	for (int group = 0; group < groups; group++)
		look_ups->in_group[group] = look_up_from(table->bucket_in_group[group],
												 table->in_group[group]);
}

ALWAYS_INLINE void
fill_buckets_by_cell(const AspectTable *table, int groups, const uint32_t *shortfalls,
					 const binary_angle *a, int n, const binary_angle *b, int m,
					 uint8_t *code, int32_t *deviation)
{
	CellLookUps look_ups;

	look_up_groups(&look_ups, table, groups);
	look_ups.code = code_look_up_from(table->bucket_code);
	fill_rows_by_cell(table, &look_ups, groups, shortfalls, a, n, b, m, code, deviation);
}

/* one group is what most sets have */
static void
simd_matrix_by_cell(const AspectTable *table, const uint32_t *shortfalls,
					const binary_angle *a, int n, const binary_angle *b, int m,
					uint8_t *code, int32_t *deviation)
{
	if (m == 0)
		return;
	if (!has_look_ups(table))
		fill_rows_by_cell(table, NULL, 0, shortfalls, a, n, b, m, code, deviation);
	else if (table->one_for_all)
		fill_buckets_by_cell(table, ONE_FOR_ALL, shortfalls, a, n, b, m, code, deviation);
	else if (table->groups == 1)
		fill_buckets_by_cell(table, 1, shortfalls, a, n, b, m, code, deviation);
	else if (table->groups == 2)
		fill_buckets_by_cell(table, 2, shortfalls, a, n, b, m, code, deviation);
	else
		fill_buckets_by_cell(table, table->groups, shortfalls, a, n, b, m, code, deviation);
}

/*
 * Score
 */

/* the share of its worth that an aspect has at this orb */
ALWAYS_INLINE Floats
share_of_orb(Cells orb, Cells max_orb)
{
	Cells		whole = larger(max_orb, splat(1));
	Cells		rest = subtract(whole, smaller(orb, max_orb));

	return divide(to_floats(rest), to_floats(whole));
}

/* the numbers are weights, and behind them the shortfalls of the groups */
ALWAYS_INLINE Shortfalls
shortfalls_behind(const float *numbers)
{
	Shortfalls	shortfalls = {(const uint32_t *) (const void *) numbers + LANES, LANES, LANES};

	return shortfalls;
}

/*
 * Outside its orb a cell has no rest, and is worth 0 without being asked: every
 * cell knows every rule, with a max orb that is not 0.  Where there is no rule
 * max_orb is the largest there is, so that nothing is divided by 0.
 */
ALWAYS_INLINE Cells
score_in_linear_cells(const CellLookUps *look_ups, int groups, Cells difference,
					  const float *numbers)
{
	Cells		bucket = bucket_of(difference);
	Cells		place = place_of(look_ups->places, bucket);
	Cells		orb = magnitude(subtract(magnitude(difference),
										 look_up(look_ups->angle, place)));
	Shortfalls	shortfalls = shortfalls_behind(numbers);
	Cells		max_orb = add(look_up(look_ups->max_orb, place), groups == ONE_FOR_ALL ?
							  load_shortfalls(shortfalls, 0) :
							  shortfall_in_buckets(look_ups, groups, place, shortfalls));
	Cells		rest = subtract(max_orb, smaller(orb, max_orb));
	Floats		share = divide(to_floats(rest), to_floats(max_orb));
	Floats		worth = multiply(share, as_floats(look_up(look_ups->falling, place)));

	return to_integers(multiply(worth, load_floats(numbers)));
}

/* without a base: what does not fall with the orb goes by the rules */
ALWAYS_INLINE Cells
score_in_cell_buckets(const CellLookUps *look_ups, int groups, Cells difference,
					  const float *numbers)
{
	Cells		bucket = bucket_of(difference);
	Cells		place = place_of(look_ups->places, bucket);
	Cells		orb = magnitude(subtract(magnitude(difference),
										 look_up(look_ups->angle, place)));
	Cells		shortfall = shortfall_in_buckets(look_ups, groups, place,
												 shortfalls_behind(numbers));
	Truth		found = is_less(orb, add(look_up(look_ups->bound, place), shortfall));
	Floats		worth = multiply(share_of_orb(orb, add(look_up(look_ups->max_orb, place),
													   shortfall)),
								 as_floats(look_up(look_ups->falling, place)));

	return keep(found, to_integers(multiply(worth, load_floats(numbers))));
}

ALWAYS_INLINE Cells
score_in_cell_rules(const ScoreTable *table, Cells difference, const float *numbers)
{
	const AspectTable *aspects = &table->aspects;
	Cells		separation = magnitude(difference);
	Cells		best = splat(UINT32_MAX);
	Cells		max_orb = splat(0);
	Cells		falling = splat(0);
	Cells		base = splat(0);

	for (int attempt = 0; attempt < aspects->n; attempt++)
	{
		int			rule = rule_to_try(aspects, attempt);
		Cells		orb = magnitude(subtract(separation, splat(aspects->angle[rule])));
		Cells		shortfall = shortfall_of_rule(aspects, rule, shortfalls_behind(numbers));
		Truth		within = is_below(orb, add(splat(aspects->bound[rule]), shortfall));
		Truth		refused = offer_orb(aspects, within, orb, &best);

		max_orb = choose(refused, max_orb, add(splat(table->max_orb[rule]), shortfall));
		falling = choose(refused, falling, as_cells(splat_float(table->falling[rule])));
		base = choose(refused, base, as_cells(splat_float(table->base[rule])));
	}

	return to_integers(multiply(add_floats(multiply(share_of_orb(best, max_orb),
													as_floats(falling)),
										   as_floats(base)), load_floats(numbers)));
}

#endif							/* SYNASTRY_SIMD_CELLS_H */
