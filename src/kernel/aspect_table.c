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
 * the bucket reaches with an orb of 0.
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
		}
		else
			table->bucket_angle[bucket] = bucket < BUCKETS / 2 ? HALF_TURN : 0;
	}
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
		table->code[i] = ordered[i].code;
	}

	table->bucketed = find_candidates(table);
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

void
score_table_prepare(ScoreTable *table, const AspectRule *rules, int n,
					AspectTableOptions options, bool constant)
{
	AspectRule	ordered[MAX_ASPECTS];

	memset(table, 0, sizeof(ScoreTable));

	n = order_rules(rules, n, options, ordered);
	prepare_ordered(&table->aspects, ordered, n, options);

	table->linear = !options.strict;
	for (int i = 0; i < n; i++)
	{
		prepare_worth(table, i, &ordered[i], constant);
		if (table->base[i] != 0)
			table->linear = false;
	}

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

			arc->middle = table->aspects.angle[rule];
			arc->max_orb = table->max_orb[rule];
			arc->slope = table->slope[rule];
			*mirrored = *arc;
			mirrored->middle = -arc->middle;
		}
	}
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
 * column.
 */
void
arrange_weights(const Kernel *kernel, const float *weights, int n, int m,
				float *arranged)
{
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

				*arranged++ = i < n ? weights[(size_t) i * (size_t) m + (size_t) j] : 0;
			}
		}
	}
}
