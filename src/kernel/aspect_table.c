/*
 * aspect_table.c
 *		Aspect rules and their worth, prepared for the kernels.
 *
 * Called once per aspect set or score model, never per pair.
 */
#include <string.h>

#include "kernel.h"

/*
 * The bounds in units (see AspectTable): an inclusive bound gains the unit
 * that rounding may have taken, a strict one loses it, and the bound itself.
 */
static uint32_t
rule_limit(const AspectRule *rule, bool strict)
{
	return strict ? rule->max_orb - 2 : rule->max_orb + 1;
}

/*
 * Put the rules in the order in which they are tried and leave out those that
 * a strict bound empties; returns how many remain.
 *
 * The tightest aspect is found by going upwards and changing only for
 * something closer, which gives a tie to the lower angle.
 */
static int
order_rules(const AspectRule *rules, int n, AspectTableOptions options,
			AspectRule *ordered)
{
	int			count = 0;

	for (int i = 0; i < n; i++)
	{
		int			place = count;

		if (options.strict && rules[i].max_orb < 2)
			continue;

		if (!options.first)
		{
			while (place > 0 && ordered[place - 1].angle > rules[i].angle)
				place--;
		}

		memmove(&ordered[place + 1], &ordered[place],
				(size_t) (count - place) * sizeof(AspectRule));
		ordered[place] = rules[i];
		count++;
	}

	return count;
}

/*
 * The closed buckets that a rule's window touches.  A border belongs to the
 * bucket on either side.
 */
static void
touched_buckets(uint32_t angle, uint32_t limit, int *first, int *last)
{
	uint32_t	low = angle > limit ? angle - limit : 0;
	uint32_t	high = limit < HALF_TURN - angle ? angle + limit : HALF_TURN;

	*first = low == 0 ? 0 : (int) ((low - 1) >> BUCKET_SHIFT);
	*last = high == HALF_TURN ? BUCKETS - 1 : (int) (high >> BUCKET_SHIFT);
}

static bool
bucket_is_empty(const AspectTable *table, int bucket)
{
	return table->bucket_begin[bucket] == table->n;
}

/*
 * For each bucket the range of rules that may be found in it; true if no
 * bucket is touched by two.  An empty bucket has the empty range at the end.
 */
static bool
find_candidates(AspectTable *table)
{
	bool		single = true;

	for (int bucket = 0; bucket < BUCKETS; bucket++)
	{
		table->bucket_begin[bucket] = (uint8_t) table->n;
		table->bucket_end[bucket] = (uint8_t) table->n;
	}

	for (int i = 0; i < table->n; i++)
	{
		int			first;
		int			last;

		touched_buckets(table->angle[i], table->limit[i], &first, &last);
		for (int bucket = first; bucket <= last; bucket++)
		{
			if (bucket_is_empty(table, bucket))
				table->bucket_begin[bucket] = (uint8_t) i;
			else
				single = false;
			table->bucket_end[bucket] = (uint8_t) (i + 1);
		}
	}

	return single;
}

/*
 * An empty bucket gets the far end of the scale as its angle, which nothing in
 * the bucket reaches with an orb of 0.  With limits by cell it has a bound of 0,
 * and the middle of the scale, from which no orb is as large as 2^31.
 */
static void
fill_buckets(AspectTable *table)
{
	for (int bucket = 0; bucket < BUCKETS; bucket++)
	{
		int			rule = table->bucket_begin[bucket];

		if (!bucket_is_empty(table, bucket))
		{
			table->bucket_angle[bucket] = table->angle[rule];
			table->bucket_limit[bucket] = table->limit[rule];
			table->bucket_code[bucket] = table->code[rule];
			table->bucket_bound[bucket] = table->bound[rule];
			for (int group = 0; group < table->groups; group++)
				table->bucket_in_group[group][bucket] = table->in_group[group][rule];
		}
		else if (table->groups > 0)
			table->bucket_angle[bucket] = HALF_TURN / 2;
		else
			table->bucket_angle[bucket] = bucket < BUCKETS / 2 ? HALF_TURN : 0;
	}
}

/*
 * Limits by cell
 */

/* does a cell know the aspect at all? */
static bool
has_aspect(uint32_t max_orb, bool strict)
{
	return max_orb != NO_ASPECT && !(strict && max_orb < 2);
}

/* the kernels convert the max orb of a cell as a signed integer */
static uint32_t
signed_orb(uint32_t max_orb)
{
	return max_orb < INT32_MAX ? max_orb : INT32_MAX;
}

/*
 * The rules that any cell knows, with the largest of their max orbs; returns
 * how many there are.
 */
static int
largest_rules(const AspectRule *rules, int n, bool strict, const CellOrbs *orbs,
			  AspectRule *largest)
{
	int			count = 0;

	for (int i = 0; i < n; i++)
	{
		bool		known = false;

		largest[count] = rules[i];
		largest[count].max_orb = 0;
		for (int cell = 0; cell < orbs->cells; cell++)
		{
			uint32_t	max_orb = orbs->max_orbs[(size_t) cell * (size_t) n + (size_t) i];

			if (!has_aspect(max_orb, strict))
				continue;
			known = true;
			if (signed_orb(max_orb) > largest[count].max_orb)
				largest[count].max_orb = signed_orb(max_orb);
		}
		count += known;
	}

	return count;
}

/* what the cells of one rule lack; true if any of them lacks something */
static bool
find_shortfalls(const AspectRule *rule, int i, int n, bool strict, const CellOrbs *orbs,
				uint32_t *shortfalls)
{
	bool		any = false;

	for (int cell = 0; cell < orbs->cells; cell++)
	{
		uint32_t	max_orb = orbs->max_orbs[(size_t) cell * (size_t) n + (size_t) i];

		shortfalls[cell] = has_aspect(max_orb, strict) ?
			signed_orb(max_orb) - rule->max_orb : -(rule_limit(rule, strict) + 1);
		any |= shortfalls[cell] != 0;
	}

	return any;
}

static int
rule_of_code(const AspectRule *rules, uint8_t code)
{
	int			i = 0;

	while (rules[i].code != code)
		i++;

	return i;
}

/* the group, counted from 1, of the shortfalls that lie behind the others */
static int
find_group(const CellOrbs *orbs, int groups)
{
	size_t		cells = (size_t) orbs->cells;
	const uint32_t *last = orbs->shortfalls + (size_t) groups * cells;
	int			group = 0;

	while (group < groups &&
		   memcmp(orbs->shortfalls + (size_t) group * cells, last,
				  cells * sizeof(uint32_t)) != 0)
		group++;

	return group + 1;
}

/* rules whose cells lack the same share a group */
static void
group_rules(AspectTable *table, const AspectRule *ordered, int count,
			const AspectRule *rules, int n, bool strict, const CellOrbs *orbs)
{
	table->one_for_all = true;
	for (int k = 0; k < count; k++)
	{
		uint32_t   *shortfalls = orbs->shortfalls +
		(size_t) table->groups * (size_t) orbs->cells;

		if (!find_shortfalls(&ordered[k], rule_of_code(rules, ordered[k].code), n, strict,
							 orbs, shortfalls))
		{
			table->one_for_all = false;
			continue;
		}
		table->group[k] = (uint8_t) find_group(orbs, table->groups);
		if (table->group[k] > table->groups)
			table->groups++;
		if (table->group[k] <= BUCKET_GROUPS)
			table->in_group[table->group[k] - 1][k] = UINT32_MAX;
	}
	table->one_for_all &= table->groups == 1;
}

/* every cell has every aspect, with a max orb above 0 */
static bool
known_by_all(int n, bool strict, const CellOrbs *orbs)
{
	for (size_t i = 0; i < (size_t) orbs->cells * (size_t) n; i++)
		if (orbs->max_orbs[i] == 0 || !has_aspect(orbs->max_orbs[i], strict))
			return false;

	return true;
}

/* with limits by cell the kernels compare them, and orbs, as signed integers */
static bool
bounds_are_signed(const AspectTable *table)
{
	for (int i = 0; i < table->n; i++)
		if (table->bound[i] >= HALF_TURN)
			return false;

	return true;
}

static void
prepare_ordered(AspectTable *table, const AspectRule *ordered, int n,
				AspectTableOptions options)
{
	table->n = n;
	table->first = options.first;

	for (int i = 0; i < n; i++)
	{
		table->angle[i] = ordered[i].angle;
		table->limit[i] = rule_limit(&ordered[i], options.strict);
		table->bound[i] = table->limit[i] + 1;
		table->code[i] = ordered[i].code;
	}

	table->bucketed = find_candidates(table);
	if (table->groups > 0)
	{
		table->bucketed &= table->groups <= BUCKET_GROUPS && bounds_are_signed(table);
		if (n < MAX_ASPECTS)
			table->angle[n] = HALF_TURN / 2;
	}
	if (table->bucketed)
		fill_buckets(table);
}

void
aspect_table_prepare(AspectTable *table, const AspectRule *rules, int n,
					 AspectTableOptions options)
{
	AspectRule	ordered[MAX_ASPECTS];

	/* unused entries are zero, so that equal tables are equal bytes */
	memset(table, 0, sizeof(AspectTable));

	n = order_rules(rules, n, options, ordered);
	prepare_ordered(table, ordered, n, options);
}

/* the same with limits by cell; returns how many rules remain, in order */
static int
prepare_by_cell(AspectTable *table, const AspectRule *rules, int n,
				AspectTableOptions options, const CellOrbs *orbs, AspectRule *ordered)
{
	AspectRule	largest[MAX_ASPECTS + 1];
	int			count = largest_rules(rules, n, options.strict, orbs, largest);

	count = order_rules(largest, count, options, ordered);
	group_rules(table, ordered, count, rules, n, options.strict, orbs);
	table->known_by_all = known_by_all(n, options.strict, orbs);
	prepare_ordered(table, ordered, count, options);
	return count;
}

void
aspect_table_prepare_by_cell(AspectTable *table, const AspectRule *rules, int n,
							 AspectTableOptions options, const CellOrbs *orbs)
{
	AspectRule	ordered[MAX_ASPECTS];

	memset(table, 0, sizeof(AspectTable));
	(void) prepare_by_cell(table, rules, n, options, orbs, ordered);
}

/* worth by orb; a line that cannot fall, or may not, is a base alone */
static void
prepare_worth(ScoreTable *table, int i, const AspectRule *rule, bool constant)
{
	double		worth = rule->worth * SCORE_ONE;

	/* the kernels convert the rest of the orb as a signed integer */
	table->max_orb[i] = rule->max_orb < INT32_MAX ? rule->max_orb : INT32_MAX;

	if (constant || rule->max_orb == 0)
		table->base[i] = (float) worth;
	else
		table->slope[i] = (float) (worth / table->max_orb[i]);
}

/* a cell may have a max orb of 0 where others have not: see kernel.h */
static void
prepare_worth_by_cell(ScoreTable *table, int i, const AspectRule *rule, bool constant)
{
	float		worth = (float) (rule->worth * SCORE_ONE);

	table->max_orb[i] = rule->max_orb;
	table->base[i] = constant ? worth : 0;
	table->falling[i] = constant ? 0 : worth;
}

static void
fill_score_buckets(ScoreTable *table)
{
	for (int bucket = 0; bucket < BUCKETS && table->aspects.bucketed; bucket++)
	{
		int			rule = table->aspects.bucket_begin[bucket];

		if (!bucket_is_empty(&table->aspects, bucket))
		{
			ScoreArc   *arc = &table->arcs[bucket];
			ScoreArc   *mirrored = &table->arcs[2 * BUCKETS - 1 - bucket];

			table->bucket_max_orb[bucket] = table->max_orb[rule];
			table->bucket_slope[bucket] = table->slope[rule];
			table->bucket_base[bucket] = table->base[rule];
			table->bucket_falling[bucket] = table->falling[rule];

			arc->middle = table->aspects.angle[rule];
			arc->max_orb = table->max_orb[rule];
			arc->slope = table->slope[rule];
			*mirrored = *arc;
			mirrored->middle = -arc->middle;
		}
		else if (table->aspects.groups > 0)
			table->bucket_max_orb[bucket] = INT32_MAX;
	}
}

/* the rules in their order; the aspects are prepared */
static void
prepare_worths(ScoreTable *table, const AspectRule *ordered, int n,
			   AspectTableOptions options, bool constant)
{
	for (int i = 0; i < n; i++)
	{
		if (table->aspects.groups > 0)
			prepare_worth_by_cell(table, i, &ordered[i], constant);
		else
			prepare_worth(table, i, &ordered[i], constant);
		if (table->base[i] != 0)
			table->based = true;
	}
	table->linear = !options.strict && !table->based &&
		(table->aspects.groups == 0 || table->aspects.known_by_all);

	/* what divides where there is no rule; see score_in_linear_cells() */
	if (table->aspects.groups > 0 && n < MAX_ASPECTS)
		table->max_orb[n] = INT32_MAX;
	fill_score_buckets(table);
}

void
score_table_prepare(ScoreTable *table, const AspectRule *rules, int n,
					AspectTableOptions options, bool constant)
{
	AspectRule	ordered[MAX_ASPECTS];

	memset(table, 0, sizeof(ScoreTable));

	n = order_rules(rules, n, options, ordered);
	prepare_ordered(&table->aspects, ordered, n, options);
	prepare_worths(table, ordered, n, options, constant);
}

void
score_table_prepare_by_cell(ScoreTable *table, const AspectRule *rules, int n,
							AspectTableOptions options, bool constant,
							const CellOrbs *orbs)
{
	AspectRule	ordered[MAX_ASPECTS];

	memset(table, 0, sizeof(ScoreTable));
	n = prepare_by_cell(&table->aspects, rules, n, options, orbs, ordered);
	prepare_worths(table, ordered, n, options, constant);
}

/* the next group of columns: a vector, or the widest part of one that fits */
static int
group_width(int lanes, int columns)
{
	int			width = lanes;

	while (width > columns)
		width /= 2;

	return width;
}

size_t
weights_size(const Kernel *kernel, int n, int m)
{
	int			lanes = kernel->lanes;
	size_t		vectors = 0;

	while (m > 0)
	{
		int			width = group_width(lanes, m);
		int			height = lanes / width;

		vectors += (size_t) ((n + height - 1) / height);
		m -= width;
	}

	return vectors * (size_t) lanes;
}

/*
 * The order of simd_kernel.h: the columns in groups, and for each group
 * vectors of as many rows as fit.  A kernel with one lane reads column by
 * column.  One of several arrays whose vectors take turns; all have numbers
 * of 32 bits, and those of padding are 0.
 */
static void
arrange_array(const Kernel *kernel, const void *array, int n, int m,
			  float *arranged, int arrays)
{
	const char *numbers = array;
	int			width;

	for (int column = 0; column < m; column += width)
	{
		int			height;

		width = group_width(kernel->lanes, m - column);
		height = kernel->lanes / width;

		for (int top = 0; top < n; top += height)
		{
			for (int lane = 0; lane < kernel->lanes; lane++)
			{
				int			i = top + lane / width;
				int			j = column + lane % width;

				if (i < n)
					memcpy(&arranged[lane],
						   numbers + ((size_t) i * (size_t) m + (size_t) j) * sizeof(float),
						   sizeof(float));
				else
					memset(&arranged[lane], 0, sizeof(float));
			}
			arranged += arrays * kernel->lanes;
		}
	}
}

void
arrange_weights(const Kernel *kernel, const float *weights, int n, int m,
				float *arranged)
{
	arrange_array(kernel, weights, n, m, arranged, 1);
}

size_t
arranged_size(const Kernel *kernel, const ScoreTable *table, int n, int m)
{
	return weights_size(kernel, n, m) * (size_t) (1 + table->aspects.groups);
}

void
arrange_cells(const Kernel *kernel, const ScoreTable *table, const float *weights,
			  const uint32_t *shortfalls, int n, int m, float *arranged)
{
	int			groups = table->aspects.groups;

	arrange_array(kernel, weights, n, m, arranged, 1 + groups);
	for (int group = 0; group < groups; group++)
		arrange_array(kernel, shortfalls + (size_t) group * (size_t) n * (size_t) m, n, m,
					  arranged + (1 + group) * kernel->lanes, 1 + groups);
}
