/*
 * bound.c
 *		Upper bounds of scores, prepared for one left chart; see bound.h.
 *
 * Called once per score table, and once per left chart and kind of right
 * charts.  What takes time is left to the kernel in use: whole numbers of 16
 * bits, so that every kernel makes the same tables.
 *
 * Why a bound is one.  A cell of weight w > 0 is worth fl(v * w), rounded to
 * the nearest integer, where v is one of the floats ((float) rest * slope +
 * base) that its rules may give, or 0.  Rounding keeps order and v rises or
 * falls with the orb, so that the largest v of a window is at one of its ends
 * and is known exactly.  Then
 *
 *		cell <= w * v + |w| * magnitude * 2^-24 + 1/2
 *
 * The rest is done upwards: v in steps above the least, w as a factor in
 * 2^-16, the product cut off and 1 added, the sums of a column cut off to a
 * byte and one added.  The ones are the same for all codes and are part of
 * the base.  For what the doubles in here lose, less than 2^-40 of what they
 * add up, the base has 2^-23 instead of 2^-24.  A weight below 0 asks for the
 * smallest v, in steps below the largest.
 */
#include <math.h>
#include <stdlib.h>

#include "bound.h"

#define PHASE_SHIFT		(BOUND_CODE_SHIFT - 4)
#define PART_PHASES		(BOUND_PHASES / BOUND_PARTS)
#define WINDOWS			(BOUND_CODES * BOUND_PHASES)

/* relative to what a cell may be worth: see above */
#define ROUNDING		(1.0 / (1 << 23))

_Static_assert(BOUND_PHASES << PHASE_SHIFT == 1 << BOUND_CODE_SHIFT,
			   "phases are sixteenths of a code");

/* An arc of separations, ends included, and what cells in it may be worth. */
typedef struct Window
{
	int64_t		begin;
	int64_t		end;
	float		least;
	float		most;
	bool		empty;			/* nothing is known of its worth so far */
	bool		covered;		/* a rule matches all of it */
} Window;

/*
 * Window k is that of a left longitude in phase k and a right longitude in
 * the first part of code 0: the differences are less than a phase above that
 * of the begins, and less than a part below it.
 *
 * Folded where the circle closes or at its half, both sides overlap and the
 * larger of them is the window.
 */
static Window
window_of(int k)
{
	const int64_t half = HALF_TURN;
	int64_t		begin = (int64_t) (k - PART_PHASES) * (1 << PHASE_SHIFT) + 1;
	int64_t		end = (int64_t) (k + 1) * (1 << PHASE_SHIFT) - 1;
	Window		window = {.empty = true};

	if (begin <= 0 && end >= 0)
		window.end = -begin > end ? -begin : end;
	else if (begin <= half && end >= half)
	{
		window.begin = begin < 2 * half - end ? begin : 2 * half - end;
		window.end = half;
	}
	else
	{
		window.begin = end < half ? begin : 2 * half - end;
		window.end = end < half ? end : 2 * half - begin;
	}

	return window;
}

static void
admit(Window *window, float worth)
{
	if (window->empty || worth < window->least)
		window->least = worth;
	if (window->empty || worth > window->most)
		window->most = worth;
	window->empty = false;
}

/*
 * Limits by cell: the cell with the largest one has the largest share of the
 * worth at any orb, but for those of a max orb of 0, which are worth all at an
 * orb of 1.  Rounding the two numbers of a share and the share itself costs
 * less than this, relatively.
 */
#define SHARE_ROUNDING	(1.0f / (1 << 20))

static float
most_of_share(const ScoreTable *table, int rule, int64_t orb)
{
	int64_t		max_orb = table->max_orb[rule] > 1 ? table->max_orb[rule] : 1;
	float		share = orb <= 1 ? 1 : orb < max_orb ?
	(float) (max_orb - orb) / (float) max_orb * (1 + SHARE_ROUNDING) : 0;

	return share * table->falling[rule] + table->base[rule];
}

/* per unit of weight, as the kernels compute it */
static float
worth_of_orb(const ScoreTable *table, int rule, int64_t orb)
{
	int64_t		max_orb = table->max_orb[rule];
	int32_t		rest = (int32_t) (orb < max_orb ? max_orb - orb : 0);

	if (table->aspects.groups > 0)
		return most_of_share(table, rule, orb);
	return (float) rest * table->slope[rule] + table->base[rule];
}

/*
 * The worth of a rule wherever it might match in the window.  Where rules
 * overlap another one may win, which makes the bound less tight.
 */
static void
admit_rule(Window *window, const ScoreTable *table, int rule)
{
	int64_t		angle = table->aspects.angle[rule];
	int64_t		limit = table->aspects.limit[rule];
	int64_t		begin = window->begin > angle - limit ? window->begin : angle - limit;
	int64_t		end = window->end < angle + limit ? window->end : angle + limit;

	if (begin > end)
		return;
	/* with limits by cell there may be one that does not match */
	if (begin == window->begin && end == window->end && table->aspects.groups == 0)
		window->covered = true;

	admit(window, worth_of_orb(table, rule, llabs(begin - angle)));
	admit(window, worth_of_orb(table, rule, llabs(end - angle)));
	if (begin <= angle && angle <= end)
		admit(window, worth_of_orb(table, rule, 0));
}

/* the rules that may match in its buckets; twice does no harm */
static void
admit_rules(Window *window, const ScoreTable *table)
{
	int			last = (int) (window->end >> BUCKET_SHIFT);

	if (last == BUCKETS)
		last = BUCKETS - 1;
	for (int bucket = (int) (window->begin >> BUCKET_SHIFT); bucket <= last; bucket++)
		for (int rule = table->aspects.bucket_begin[bucket];
			 rule < table->aspects.bucket_end[bucket]; rule++)
			admit_rule(window, table, rule);
}

/* the least and the most of every window, and over all of them */
static void
find_windows(float *least, float *most, const ScoreTable *table, BoundShape *shape,
			 Window *all)
{
	*all = (Window)
	{
		.empty = true
	};
	for (int k = 0; k < WINDOWS; k++)
	{
		Window		window = window_of(k);

		admit_rules(&window, table);
		if (!window.covered)
			admit(&window, 0);
		least[k] = window.least;
		most[k] = window.most;

		admit(all, window.least);
		admit(all, window.most);
		shape->low = k == 0 || window.most < shape->low ? window.most : shape->low;
		shape->high = k == 0 || window.least > shape->high ? window.least : shape->high;
	}
}

static uint16_t
steps_up(double worth, double step)
{
	int			steps = worth > 0 ? (int) (worth / step) + 1 : 0;

	return (uint16_t) (steps < UINT16_MAX ? steps : UINT16_MAX);
}

void
bound_shape_prepare(BoundShape *shape, const ScoreTable *table)
{
	float		least[WINDOWS];
	float		most[WINDOWS];
	Window		all;

	find_windows(least, most, table, shape, &all);
	shape->magnitude = fmax(fabs((double) all.least), fabs((double) all.most));
	shape->step = fmax(all.most - shape->low, shape->high - all.least) / UINT16_MAX;

	for (int k = 0; k < WINDOWS; k++)
	{
		int			phase = k % BOUND_PHASES;
		int			code = -(k / BOUND_PHASES) & (BOUND_CODES - 1);

		shape->above_low[phase][code] = shape->above_low[phase][code + BOUND_CODES] =
			steps_up(most[k] - shape->low, shape->step);
		shape->below_high[phase][code] = shape->below_high[phase][code + BOUND_CODES] =
			steps_up(shape->high - least[k], shape->step);
	}
}

/*
 * The largest sum of weights in a column, which decides how fine the sums
 * are.
 */
static double
largest_column(const float *weights, int n, int m)
{
	double		sums[MAX_BODIES] = {0};
	double		largest = 0;

	for (int i = 0; i < n; i++)
		for (int j = 0; j < m; j++)
			sums[j] += fabs((double) weights[i * m + j]);
	for (int j = 0; j < m; j++)
		largest = fmax(largest, sums[j]);

	return largest;
}

/* how far a weight may be rounded up, and what it adds to the base */
static uint16_t
factor_of(double weight, double scale, const BoundShape *shape, double *base)
{
	*base += weight * (weight > 0 ? shape->low : shape->high) +
		fabs(weight) * shape->magnitude * ROUNDING + 0.5;
	return (uint16_t) ((int) (fabs(weight) * scale) + 1);
}

/* a row as seen by a longitude, of weights above 0 or below, without factors */
static void
place_row(BoundRow *row, const uint16_t (*windows)[2 * BOUND_CODES], binary_angle longitude)
{
	for (int part = 0; part < BOUND_PARTS; part++)
	{
		uint32_t	k = ((longitude >> PHASE_SHIFT) - (uint32_t) (part * PART_PHASES)) % WINDOWS;

		row->windows[part] = windows[k % BOUND_PHASES] + (-(k / BOUND_PHASES) & (BOUND_CODES - 1));
	}
	row->factor[0] = row->factor[1] = 0;
}

/*
 * The rows of up to two columns that have any weight; those of both signs
 * come twice.  Adds the cells to their base, and for each column to counts.
 */
static int
collect_rows(BoundRow *rows, const BoundShape *shape, const binary_angle *a, int n,
			 const float *weights, int m, int columns, double scale,
			 double *base, int64_t *counts)
{
	int			count = 0;

	for (int i = 0; i < n; i++, weights += m)
	{
		double		left = weights[0];
		double		right = columns > 1 ? weights[1] : 0;

		for (int sign = 0; sign < 2; sign++, left = -left, right = -right)
		{
			double		negate = sign == 0 ? 1 : -1;

			if (!(left > 0 || right > 0))
				continue;
			place_row(&rows[count], sign == 0 ? shape->above_low : shape->below_high, a[i]);
			if (left > 0)
			{
				rows[count].factor[0] = factor_of(left * negate, scale, shape, base);
				*counts += 1;
			}
			if (right > 0)
			{
				rows[count].factor[1] = factor_of(right * negate, scale, shape, base);
				*counts += 1;
			}
			count++;
		}
	}

	return count;
}

/* a number of rows that sum_windows() takes */
static int
fill_up_rows(BoundRow *rows, int count)
{
	for (; count % BOUND_ROWS != 0; count++)
	{
		rows[count] = rows[count - 1];
		rows[count].factor[0] = rows[count].factor[1] = 0;
	}

	return count;
}

void
bound_table_prepare(const Kernel *kernel, BoundTable *table, const BoundShape *shape,
					const binary_angle *a, int n, const float *weights, int m)
{
	uint16_t	sums[MAX_BODIES][BOUND_CODES];
	uint16_t	least[MAX_BODIES];
	double		largest = largest_column(weights, n, m);
	double		base = 0;
	double		unit;
	double		scale;
	int64_t		counts = 0;		/* of the units of the sums */
	uint32_t	range = 1;
	uint32_t	narrowing;

	/* factors are rounded up, n times, and their sum fits 16 bits */
	scale = largest > 0 ? (UINT16_MAX - n) / largest : 0;
	unit = largest > 0 ? shape->step * (UINT16_MAX + 1) / scale : 0;

	for (int j = 0; j < m; j += 2)
	{
		BoundRow	rows[2 * MAX_BODIES + BOUND_ROWS];
		int			columns = m - j < 2 ? 1 : 2;
		int			count = collect_rows(rows, shape, a, n, weights + j, m, columns, scale,
										 &base, &counts);
		uint16_t	most[2];

		kernel->sum_windows(rows, fill_up_rows(rows, count), &sums[j], &least[j], most);
		for (int column = 0; column < columns; column++)
		{
			counts += least[j + column];
			if (most[column] - least[j + column] > (int) range)
				range = (uint32_t) (most[column] - least[j + column]);
		}
	}

	/* the largest factor in 2^-16 that leaves a byte of every sum */
	narrowing = ((1u << 24) - 1) / range;
	if (narrowing > UINT16_MAX)
		narrowing = UINT16_MAX;
	for (int j = 0; j < m; j++)
		kernel->narrow_sums(sums[j], least[j], (uint16_t) narrowing, table->worth[j]);

	base += unit * (double) counts;
	unit *= (double) (UINT16_MAX + 1) / narrowing;
	table->m = m;
	table->unit = unit > 1 ? (int64_t) ceil(unit) : 1;
	table->base = (int64_t) ceil(base + unit * m);
}
