/*
 * composite.c
 *		composite(): the chart of the midpoints of two charts, or of points that
 *		are nearer to one of them.
 *
 * Between two points are taken in 64 bits, a turn of 2^64, and rounded once to
 * units of angle, half a unit up.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "functions/composite.h"

PG_FUNCTION_INFO_V1(composite);
PG_FUNCTION_INFO_V1(composite_weighted);

/* the names of the anchors, in the order of CompositeAnchor */
static const char *const anchor_names[] = {"midheaven", "ascendant", "none"};

/* the cusps at the anchors, counted from 0 */
static const int anchor_cusps[] = {9, 0};

static inline binary_angle
round_point(uint64 point)
{
	return (binary_angle) ((point + (UINT64_C(1) << 31)) >> 32);
}

/* So far from a to b, forwards, as the share says. */
static inline uint64
point_on_arc(binary_angle a, binary_angle b, uint64 share)
{
	return ((uint64) a << 32) + (binary_angle) (b - a) * share;
}

/*
 * Between two longitudes on the shorter arc, whichever comes first.  Opposite
 * ones have two such arcs, and the smaller longitude is taken.
 */
static uint64
point_between(binary_angle a, binary_angle b, uint64 share)
{
	uint64		from_a = point_on_arc(a, b, share);
	uint64		from_b = point_on_arc(b, a, WHOLE_SHARE - share);

	if ((binary_angle) (b - a) != HALF_TURN)
		return (binary_angle) (b - a) < HALF_TURN ? from_a : from_b;
	if (round_point(from_a) == round_point(from_b))
		return Min(from_a, from_b);
	return round_point(from_a) < round_point(from_b) ? from_a : from_b;
}

binary_angle
nearer_midpoint(binary_angle a, binary_angle b)
{
	return round_point(point_between(a, b, HALF_SHARE));
}

/* Are there two points, one on either side? */
static bool
is_ambiguous(binary_angle a, binary_angle b, uint64 share)
{
	return a - b == HALF_TURN && share != 0 && share != WHOLE_SHARE;
}

/* The mean by shares, rounded away from zero as all decimals are. */
static int32
mean_speed(int32 a, int32 b, uint64 share)
{
	int64		sum;
	int64		half = INT64CONST(1) << 31;

	if (a == UNKNOWN || b == UNKNOWN)
		return UNKNOWN;
	sum = a * (int64) (WHOLE_SHARE - share) + b * (int64) share;
	return (int32) ((sum < 0 ? sum - half : sum + half) / (int64) WHOLE_SHARE);
}

/*
 * Cusps from an anchor: between both cusps there, and from there on the mean of
 * the arcs from that cusp in either chart.  So each is between its cusps on one
 * of the two arcs, and the houses follow each other.  Astrolog anchors them, at
 * the midheaven; sorting nearer midpoints instead, as Kerykeion 5 does, numbers
 * the houses by where the smallest happens to be.
 */
static void
anchored_cusps(const binary_angle *a, const binary_angle *b, int anchor,
			   uint64 share, binary_angle *cusps)
{
	uint64		first = point_between(a[anchor], b[anchor], share);

	for (int i = 0; i < HOUSES; i++)
		cusps[i] = round_point(first +
							   (binary_angle) (a[i] - a[anchor]) * (WHOLE_SHARE - share) +
							   (binary_angle) (b[i] - b[anchor]) * share);
}

/* The cusps of a composite; false if they are unknown. */
static bool
composite_cusps(const ChartView *a, const ChartView *b,
				const CompositeOptions *options, binary_angle *cusps)
{
	bool		anchored = options->anchor != ANCHOR_NONE;

	if (view_houses(a) == NULL || view_houses(b) == NULL)
		return false;
	for (int i = 0; i < HOUSES; i++)
	{
		if (anchored && i != anchor_cusps[options->anchor])
			continue;
		if (options->opposed_unknown && is_ambiguous(a->cusps[i], b->cusps[i], options->share))
			return false;
		cusps[i] = round_point(point_between(a->cusps[i], b->cusps[i], options->share));
	}
	if (anchored)
		anchored_cusps(a->cusps, b->cusps, anchor_cusps[options->anchor],
					   options->share, cusps);
	return true;
}

Chart *
composite_of(const ChartView *a, const ChartView *b, const CompositeOptions *options)
{
	ChartBuilder builder;
	uint64		share = options->share;
	bool		angles = view_has_angles(a) && view_has_angles(b);
	int			j = 0;

	chart_builder_init(&builder);
	for (int i = 0; i < a->n; i++)
	{
		ChartBody	body = {0, UNKNOWN, UNKNOWN};

		while (j < b->n && b->ids[j] < a->ids[i])
			j++;
		if (j == b->n || b->ids[j] != a->ids[i])
			continue;
		if (!angles && body_turns_daily(a->ids[i]))
			continue;
		if (options->opposed_unknown &&
			is_ambiguous(a->longitudes[i], b->longitudes[j], share))
			continue;
		body.longitude = round_point(point_between(a->longitudes[i], b->longitudes[j], share));
		if (a->speeds && b->speeds)
			body.speed = mean_speed(a->speeds[i], b->speeds[j], share);
		(void) chart_builder_add(&builder, a->ids[i], &body, NULL);
	}
	builder.has_cusps = composite_cusps(a, b, options, builder.cusps);
	return chart_builder_finish(&builder, NULL);
}

static CompositeAnchor
anchor_from_text(text * name)
{
	for (int anchor = 0; anchor < lengthof(anchor_names); anchor++)
		if (VARSIZE_ANY_EXHDR(name) == strlen(anchor_names[anchor]) &&
			memcmp(VARDATA_ANY(name), anchor_names[anchor], VARSIZE_ANY_EXHDR(name)) == 0)
			return anchor;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown anchor of the houses: \"%s\"", text_to_cstring(name)),
			 errhint("The anchor is \"midheaven\", \"ascendant\" or \"none\".")));
}

/* The share of b, to the nearest of 2^32. */
static uint64
share_from_weight(float8 weight)
{
	if (!(weight >= 0 && weight <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("weight of the second chart is not between 0 and 1: %g", weight),
				 errhint("0 is the first chart, 1 the second, and 0.5 halfway between them.")));
	return (uint64) (weight * WHOLE_SHARE + 0.5);
}

static Chart *
composite_of_arguments(const Chart *chart_a, const Chart *chart_b,
					   const CompositeOptions *options)
{
	ChartView	a;
	ChartView	b;

	chart_view(chart_a, &a);
	chart_view(chart_b, &b);
	return composite_of(&a, &b, options);
}

/* composite(chart, chart, opposed_unknown, anchor) */
Datum
composite(PG_FUNCTION_ARGS)
{
	CompositeOptions options = {
		.share = HALF_SHARE,
		.opposed_unknown = PG_GETARG_BOOL(2),
		.anchor = anchor_from_text(PG_GETARG_TEXT_PP(3))
	};

	PG_RETURN_POINTER(composite_of_arguments(PG_GETARG_CHART(0), PG_GETARG_CHART(1),
											 &options));
}

/* composite(chart, chart, weight, opposed_unknown, anchor) */
Datum
composite_weighted(PG_FUNCTION_ARGS)
{
	CompositeOptions options = {
		.share = share_from_weight(PG_GETARG_FLOAT8(2)),
		.opposed_unknown = PG_GETARG_BOOL(3),
		.anchor = anchor_from_text(PG_GETARG_TEXT_PP(4))
	};

	PG_RETURN_POINTER(composite_of_arguments(PG_GETARG_CHART(0), PG_GETARG_CHART(1),
											 &options));
}
