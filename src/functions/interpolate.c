/*
 * interpolate.c
 *		chart_interpolate(): the chart of a moment between two rows of an
 *		ephemeris.
 *
 * Where both rows know the speed of a body its longitude is a cubic Hermite
 * polynomial, which between two days is within 2 arc seconds of the ephemeris
 * for every planet; else it is linear along the shorter way.  Only +, -, * and
 * / on doubles are used, so that every machine gives the same bits.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "types/chart.h"

PG_FUNCTION_INFO_V1(chart_interpolate);

#define DEGREES_PER_UNIT	(360.0 / 4294967296.0)

/* The interval: its length in days, and the place in it, 0 .. 1. */
typedef struct Moment
{
	double		days;
	double		fraction;
} Moment;

static Moment
place_moment(TimestampTz t0, TimestampTz t1, TimestampTz at)
{
	Moment		moment;

	if (TIMESTAMP_NOT_FINITE(t0) || TIMESTAMP_NOT_FINITE(t1) ||
		TIMESTAMP_NOT_FINITE(at))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("cannot interpolate at an infinite time")));
	if (t0 >= t1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the first time must be before the second"),
				 errdetail("The times are %s and %s.",
						   pstrdup(timestamptz_to_str(t0)),
						   pstrdup(timestamptz_to_str(t1)))));
	if (at < t0 || at > t1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the time to interpolate at is not between the two times"),
				 errdetail("The time is %s.", timestamptz_to_str(at)),
				 errhint("Choose the rows of the ephemeris before and after it.")));
	moment.days = (double) (t1 - t0) / USECS_PER_DAY;
	moment.fraction = (double) (at - t0) / (double) (t1 - t0);
	return moment;
}

/*
 * The way of a body in degrees from the first time to the second: the shorter
 * one, or with whole turns more if that is nearer to what the speeds say.
 */
static double
total_way(binary_angle from, binary_angle to, const double *expected)
{
	double		way = (int32) (to - from) * DEGREES_PER_UNIT;
	double		turns;

	if (expected == NULL)
		return way;
	turns = (*expected - way) / 360;
	return way + 360.0 * (double) (int64) (turns < 0 ? turns - 0.5 : turns + 0.5);
}

/* Linear along the shorter way; of speeds nothing is known. */
static void
interpolate_linearly(const ChartBody *b0, const ChartBody *b1, Moment moment,
					 ChartBody *result)
{
	double		way = total_way(b0->longitude, b1->longitude, NULL);

	result->longitude = b0->longitude + angle_from_degrees(way * moment.fraction);
	result->speed = UNKNOWN;
}

/* The cubic with the longitudes and speeds of both ends. */
static void
interpolate_cubic(const ChartBody *b0, const ChartBody *b1, Moment moment,
				  ChartBody *result)
{
	double		f = moment.fraction;
	double		v0 = b0->speed / 1e6 * moment.days;
	double		v1 = b1->speed / 1e6 * moment.days;
	double		expected = (v0 + v1) / 2;
	double		way = total_way(b0->longitude, b1->longitude, &expected);
	double		square = 3 * way - 2 * v0 - v1;
	double		cube = v0 + v1 - 2 * way;
	double		travelled = ((cube * f + square) * f + v0) * f;
	double		speed = ((3 * cube * f + 2 * square) * f + v0) / moment.days;

	result->longitude = b0->longitude + angle_from_degrees(travelled);

	/* beyond what a chart can hold only if the rows contradict themselves */
	speed = speed * 1e6 + (speed < 0 ? -0.5 : 0.5);
	result->speed = (speed > -PG_INT32_MAX && speed < PG_INT32_MAX)
		? (int32) speed : UNKNOWN;
}

/* chart_interpolate(c0, t0, c1, t1, at): the bodies that both charts have */
Datum
chart_interpolate(PG_FUNCTION_ARGS)
{
	Moment		moment = place_moment(PG_GETARG_TIMESTAMPTZ(1),
									  PG_GETARG_TIMESTAMPTZ(3),
									  PG_GETARG_TIMESTAMPTZ(4));
	ChartBuilder c0;
	ChartBuilder c1;
	ChartBuilder result;

	chart_builder_init(&c0);
	chart_builder_init(&c1);
	chart_builder_init(&result);
	chart_builder_load(&c0, PG_GETARG_CHART(0));
	chart_builder_load(&c1, PG_GETARG_CHART(2));

	for (int id = 0; id < BODY_IDS; id++)
	{
		const ChartBody *b0 = &c0.bodies[id];
		const ChartBody *b1 = &c1.bodies[id];
		ChartBody	body;

		if (!c0.present[id] || !c1.present[id])
			continue;
		if (b0->speed != UNKNOWN && b1->speed != UNKNOWN)
			interpolate_cubic(b0, b1, moment, &body);
		else
			interpolate_linearly(b0, b1, moment, &body);
		body.declination = UNKNOWN;
		if (b0->declination != UNKNOWN && b1->declination != UNKNOWN)
		{
			double		way = (double) b1->declination - b0->declination;

			body.declination = b0->declination +
				(int32) (way * moment.fraction + (way < 0 ? -0.5 : 0.5));
		}
		(void) chart_builder_add(&result, id, &body, NULL);
	}
	PG_RETURN_POINTER(chart_builder_finish(&result, NULL));
}
