/*
 * composite.c
 *		composite(): the chart of the midpoints of two charts.
 */
#include "postgres.h"

#include "functions/composite.h"

PG_FUNCTION_INFO_V1(composite);

/*
 * The shorter arc between them has a beginning, and half of it is added to
 * that.
 */
binary_angle
nearer_midpoint(binary_angle a, binary_angle b)
{
	binary_angle arc = b - a;

	if (arc == HALF_TURN)
	{
		binary_angle one = a + HALF_TURN / 2;
		binary_angle other = a - HALF_TURN / 2;

		return Min(one, other);
	}
	return arc < HALF_TURN ? a + (arc + 1) / 2 : b + (binary_angle) (a - b + 1) / 2;
}

/* The mean, rounded away from zero as all decimals are. */
static int32
mean_speed(int32 a, int32 b)
{
	int64		sum = (int64) a + b;

	if (a == UNKNOWN || b == UNKNOWN)
		return UNKNOWN;
	return (int32) ((sum + (sum > 0) - (sum < 0)) / 2);
}

/*
 * Cusps: the midpoint of both first cusps, and from there the mean of the arcs
 * from the first cusp in either chart.  So each is one of the two midpoints of
 * its cusps, and the houses follow each other.
 */
static void
composite_cusps(const binary_angle *a, const binary_angle *b,
				binary_angle *cusps)
{
	binary_angle first = nearer_midpoint(a[0], b[0]);

	/* a half unit that the midpoint was rounded up by, to round only once */
	uint64		half = (a[0] - b[0]) & 1;

	for (int i = 0; i < HOUSES; i++)
	{
		uint64		arcs = (uint64) (binary_angle) (a[i] - a[0]) +
		(binary_angle) (b[i] - b[0]);

		cusps[i] = first + (binary_angle) ((arcs + 1 - half) / 2);
	}
}

Chart *
composite_of(const ChartView *a, const ChartView *b, bool opposed_unknown)
{
	ChartBuilder builder;
	int			j = 0;

	chart_builder_init(&builder);
	for (int i = 0; i < a->n; i++)
	{
		ChartBody	body = {0, UNKNOWN, UNKNOWN};

		while (j < b->n && b->ids[j] < a->ids[i])
			j++;
		if (j == b->n || b->ids[j] != a->ids[i])
			continue;
		if (opposed_unknown && a->longitudes[i] - b->longitudes[j] == HALF_TURN)
			continue;
		body.longitude = nearer_midpoint(a->longitudes[i], b->longitudes[j]);
		if (a->speeds && b->speeds)
			body.speed = mean_speed(a->speeds[i], b->speeds[j]);
		(void) chart_builder_add(&builder, a->ids[i], &body, NULL);
	}
	if (a->cusps && b->cusps &&
		!(opposed_unknown && a->cusps[0] - b->cusps[0] == HALF_TURN))
	{
		composite_cusps(a->cusps, b->cusps, builder.cusps);
		builder.has_cusps = true;
	}
	return chart_builder_finish(&builder, NULL);
}

/* composite(chart, chart, opposed_unknown) */
Datum
composite(PG_FUNCTION_ARGS)
{
	ChartView	a;
	ChartView	b;

	chart_view(PG_GETARG_CHART(0), &a);
	chart_view(PG_GETARG_CHART(1), &b);
	PG_RETURN_POINTER(composite_of(&a, &b, PG_GETARG_BOOL(2)));
}
