/*
 * order.c
 *		The order of charts in a segment: similar ones side by side.
 *
 * Most charts are moments of one sky, and come in the order of time; see
 * moment.h.  Others, and all of an index without the planets that tell the
 * time, are divided in two by the longitude of one body, the halves again by
 * that of another, and so on down to the groups of a code page: a k-d tree on
 * circles.  The body is the one whose arc is the largest in proportion to its
 * speed: moments whose time is not known lie along a curve, which slow bodies
 * divide into years.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "index/order.h"
#include "types/bodies.h"

/* so many charts tell how far a set extends */
#define EXTENT_SAMPLE	2048

/* so many charts tell where a quantile lies */
#define PIVOT_SAMPLE	15

/*
 * What an arc of a body weighs: about the square root of how many days it
 * takes for a degree, and less for the fast ones, whose arcs are too long for
 * a bound in whatever order.  Those of the planets were tried out on the
 * births of seventy years.
 */
static const struct
{
	int			first;
	int			last;			/* ids */
	double		weight;
}			body_weights[] =

{
	{0, 0, 1},					/* Sun */
	{1, 1, 0.08},				/* Moon */
	{2, 2, 0.3},				/* Mercury */
	{3, 3, 0.2},				/* Venus */
	{4, 4, 1.4},				/* Mars */
	{5, 5, 5},					/* Jupiter */
	{6, 6, 5.5},				/* Saturn */
	{7, 7, 9},					/* Uranus */
	{8, 8, 13},					/* Neptune */
	{9, 9, 16},					/* Pluto */
	{10, 13, 4.3},				/* nodes */
	{14, 14, 7},				/* Chiron */
	{15, 15, 3},				/* mean Lilith */
	{16, 16, 0.3},				/* true Lilith, which swings by 30 degrees */
	{17, 22, 0.02},				/* angles, vertex */
	{23, 23, 1},				/* Earth */
	{24, 26, 9},				/* Pholus, Nessus, Chariklo */
	{27, 35, 2.2},				/* asteroids */
	{36, 44, 17},				/* beyond Pluto */
	{45, 48, 0.02},				/* lots */
	{49, 52, 2},				/* apogees, perigees */
	{53, 53, 2.7},				/* white Moon */
	{54, 61, 20},				/* Uranian planets */
	{62, 65, 0.02},				/* east point and others that turn daily */
	{66, 66, 1},				/* prenatal syzygy */
	{67, 200, 30},				/* fixed points, stars */
};

void
order_prepare(ChartOrder *order, const IndexLayout *layout, const uint16 *bodies)
{
	order->n = layout->n;
	moment_find_bodies(&order->moments, bodies, layout->n);
	order->record_size = MAXALIGN(layout->n * sizeof(binary_angle) + sizeof(ItemPointerData));
	order->parts[0] = layout->page_charts;
	order->parts[1] = layout->leaf_charts;
	order->parts[2] = layout->group_charts;
	for (int j = 0; j < layout->n; j++)
	{
		order->weights[j] = 1;
		for (int i = 0; i < lengthof(body_weights); i++)
			if (bodies[j] >= body_weights[i].first && bodies[j] <= body_weights[i].last)
				order->weights[j] = body_weights[i].weight;
	}
}

/* What is not in the arc is the longest gap. */
CodeArc
arc_of_codes(const bool *present)
{
	int			first = 0;
	int			last;
	int			gap = 0;
	int			gap_end;
	CodeArc		arc;

	while (!present[first])
		first++;
	last = gap_end = first;
	for (int code = first + 1; code < first + BOUND_CODES + 1; code++)
		if (present[code % BOUND_CODES])
		{
			if (code - last - 1 > gap)
			{
				gap = code - last - 1;
				gap_end = code;
			}
			last = code;
		}

	arc.first = (uint8) gap_end;
	arc.length = (uint8) (BOUND_CODES - 1 - gap);
	return arc;
}

/* the body to divide by, and where its arc starts; limit is left to the caller */
static ChartSplit
choose_body(const ChartOrder *order, char *records, Size count)
{
	bool		present[INDEX_MAX_BODIES][BOUND_CODES];
	Size		step = count / EXTENT_SAMPLE + 1;
	ChartSplit	split = {.body = -1};
	double		longest = 0;

	memset(present, 0, order->n * sizeof(present[0]));
	for (Size i = 0; i < count; i += step)
	{
		const binary_angle *row = record_row(order, records, i);

		for (int j = 0; j < order->n; j++)
			present[j][bound_code(row[j])] = true;
	}

	for (int j = 0; j < order->n; j++)
	{
		CodeArc		arc = arc_of_codes(present[j]);

		if (arc.length * order->weights[j] > longest)
		{
			longest = arc.length * order->weights[j];
			split.body = j;
			split.start = (binary_angle) arc.first << BOUND_CODE_SHIFT;
		}
	}
	return split;
}

static inline binary_angle
key_of(const ChartOrder *order, char *records, Size i, const ChartSplit *split)
{
	return record_row(order, records, i)[split->body] - split->start;
}

static inline void
swap_records(const ChartOrder *order, char *records, Size i, Size j)
{
	uint64	   *a = (uint64 *) record_row(order, records, i);
	uint64	   *b = (uint64 *) record_row(order, records, j);

	for (Size word = 0; word < order->record_size / sizeof(uint64); word++)
	{
		uint64		swapped = a[word];

		a[word] = b[word];
		b[word] = swapped;
	}
}

/* About the k-th smallest key of some charts: that of one of them. */
static binary_angle
choose_pivot(const ChartOrder *order, char *records, Size count, Size k,
			 const ChartSplit *split)
{
	binary_angle sample[PIVOT_SAMPLE];
	int			n = count < 8 * PIVOT_SAMPLE ? 3 : PIVOT_SAMPLE;
	uint64		random = count * UINT64CONST(0x9E3779B97F4A7C15) + k;

	for (int i = 0; i < n; i++)
	{
		binary_angle key;
		int			place = i;

		random = random * UINT64CONST(6364136223846793005) + UINT64CONST(1442695040888963407);
		key = key_of(order, records, (random >> 33) % count, split);
		for (; place > 0 && sample[place - 1] > key; place--)
			sample[place] = sample[place - 1];
		sample[place] = key;
	}
	return sample[k * n / count];
}

/* The charts with the k smallest keys come first. */
static void
divide_at(const ChartOrder *order, char *records, Size count, Size k, const ChartSplit *split)
{
	while (count > 1)
	{
		binary_angle pivot = choose_pivot(order, records, count, k, split);
		int64		i = 0;
		int64		j = (int64) count - 1;

		while (i <= j)
		{
			while (key_of(order, records, i, split) < pivot)
				i++;
			while (key_of(order, records, j, split) > pivot)
				j--;
			if (i <= j)
				swap_records(order, records, i++, j--);
		}

		if ((int64) k <= j)
			count = (Size) (j + 1);
		else if ((int64) k >= i)
		{
			records += i * order->record_size;
			count -= i;
			k -= i;
		}
		else
			return;
	}
}

/* the largest part that there is more than one of; 0 if one group holds all */
static Size
part_to_divide(const ChartOrder *order, Size count)
{
	for (int i = 0; i < lengthof(order->parts); i++)
		if (count > order->parts[i])
			return order->parts[i];
	return 0;
}

static void
divide_charts(const ChartOrder *order, char *records, Size count)
{
	Size		part;

	while ((part = part_to_divide(order, count)) > 0)
	{
		Size		parts = (count + part - 1) / part;
		Size		left = parts / 2 * part;
		ChartSplit	split = choose_body(order, records, count);

		CHECK_FOR_INTERRUPTS();
		if (split.body < 0)
			return;
		divide_at(order, records, count, left, &split);
		divide_charts(order, records, left);
		records += left * order->record_size;
		count -= left;
	}
}

#define ST_SORT sort_keys
#define ST_ELEMENT_TYPE uint64
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_SCOPE static
#define ST_DEFINE
#define ST_CHECK_FOR_INTERRUPTS
#include "lib/sort_template.h"

#define MAX_RECORD_SIZE \
	MAXALIGN(INDEX_MAX_BODIES * sizeof(binary_angle) + sizeof(ItemPointerData))

/* Record i becomes what was record keys[i]; keys are used up. */
static void
arrange_records(const ChartOrder *order, char *records, Size count, uint64 *keys)
{
	uint64		first[MAX_RECORD_SIZE / sizeof(uint64)];
	Size		size = order->record_size;

	Assert(size <= sizeof(first));
	for (Size start = 0; start < count; start++)
	{
		Size		place = start;

		if ((uint32) keys[start] == start)
			continue;
		memcpy(first, records + start * size, size);
		for (;;)
		{
			Size		from = (uint32) keys[place];

			keys[place] = place;
			if (from == start)
				break;
			memcpy(records + place * size, records + from * size, size);
			place = from;
		}
		memcpy(records + place * size, first, size);
	}
}

/*
 * Charts that are moments come first, in the order of time; returns how many
 * code pages of them are full, in charts.
 */
static Size
order_moments(const ChartOrder *order, char *records, Size count)
{
	uint64	   *keys = MemoryContextAllocHuge(CurrentMemoryContext,
											  Max(count, 1) * sizeof(uint64));
	Size		moments = 0;

	for (Size i = 0; i < count; i++)
	{
		uint32		moment;

		if (moment_of_chart(&order->moments, record_row(order, records, i), &moment))
			moments++;
		else
			moment = PG_UINT32_MAX;
		keys[i] = (uint64) moment << 32 | i;
	}
	moments -= moments % order->parts[0];
	if (moments > 0)
	{
		sort_keys(keys, count);
		arrange_records(order, records, count, keys);
	}
	pfree(keys);
	return moments;
}

void
order_charts(const ChartOrder *order, char *records, Size count)
{
	Size		moments = 0;

	if (order->moments.complete && count <= PG_UINT32_MAX)
		moments = order_moments(order, records, count);
	divide_charts(order, records + moments * order->record_size, count - moments);
}

/* Split i has the charts of split i / 2 that lie on one side of it. */
static void
split_sample(const ChartOrder *order, char *records, Size count, ChartSplit *splits,
			 int parts, int i)
{
	ChartSplit *split = &splits[i];
	Size		left = count / 2;

	if (i >= parts)
		return;
	*split = (ChartSplit)
	{
		.body = -1
	};
	if (count > 1)
		*split = choose_body(order, records, count);
	if (split->body >= 0)
	{
		divide_at(order, records, count, left, split);
		split->limit = key_of(order, records, left, split);
	}
	split_sample(order, records, left, splits, parts, 2 * i);
	split_sample(order, records + left * order->record_size, count - left, splits,
				 parts, 2 * i + 1);
}

void
order_sample(const ChartOrder *order, char *records, Size count, ChartSplit *splits,
			 int parts)
{
	split_sample(order, records, count, splits, parts, 1);
}

int
part_of_chart(const ChartSplit *splits, int parts, const binary_angle *row)
{
	int			i = 1;

	while (i < parts)
	{
		const ChartSplit *split = &splits[i];
		bool		right = split->body >= 0 && row[split->body] - split->start >= split->limit;

		i = 2 * i + right;
	}
	return i - parts;
}
