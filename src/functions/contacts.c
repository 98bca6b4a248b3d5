/*
 * contacts.c
 *		What joins two charts besides aspects in longitude: parallels of
 *		declination, antiscia, and bodies on midpoints.
 *
 * declination_aspects(), antiscia() and midpoint_contacts().  Everything is
 * counted in integers: declinations in 1e-7 degrees, longitudes in binary
 * angles.  A body whose declination is not known makes no row.
 */
#include "postgres.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "functions/arguments.h"
#include "functions/cached.h"
#include "functions/composite.h"
#include "stats/stats.h"
#include "types/chart.h"

PG_FUNCTION_INFO_V1(declination_aspects);
PG_FUNCTION_INFO_V1(antiscia);
PG_FUNCTION_INFO_V1(midpoint_contacts);

/* 1 degree in the units of declinations */
#define DECLINATION_DEGREE	10000000

/*
 * Declinations are decimals, so an orb of as many places is compared exactly;
 * one with more is rounded to them.
 */
static int32
declination_limit(float8 orb)
{
	return (int32) (orb * DECLINATION_DEGREE + 0.5);
}

static inline Datum
declination_datum(int32 declination)
{
	return Float8GetDatum((double) declination / DECLINATION_DEGREE);
}

/*
 * A parallel is the same declination on the same side of the equator, a
 * contraparallel the same on the other side (so Astrolog; Stellium and
 * kerykeion 6 have the orb of 1 degree, inclusive).
 * Near the equator two bodies may be within the orb of both: the tighter one
 * counts, and of two equal ones (a body on the equator) the parallel.  The
 * difference is the tighter one exactly when both are on the same side, so
 * this is the rule of hemispheres and that of the nearest in one.
 */
static void
put_declination_aspect(ReturnSetInfo *rsinfo, int id_a, int id_b, int32 a,
					   int32 b, int32 limit)
{
	int32		difference = abs(a - b);
	int32		sum = abs(a + b);
	bool		parallel = difference <= sum;
	int32		orb = parallel ? difference : sum;
	Datum		values[6];
	bool		nulls[6] = {false};

	if (orb > limit)
		return;
	values[0] = CStringGetTextDatum(body_name(id_a));
	values[1] = CStringGetTextDatum(body_name(id_b));
	values[2] = CStringGetTextDatum(parallel ? "parallel" : "contraparallel");
	values[3] = declination_datum(a);
	values[4] = declination_datum(b);
	values[5] = declination_datum(orb);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* declination_aspects(chart, chart, orb) */
Datum
declination_aspects(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	int32		limit = declination_limit(orb_argument(fcinfo, 2));
	ChartView	a;
	ChartView	b;
	StatCall	call;

	stat_begin(&call, STAT_ASPECTS);
	InitMaterializedSRF(fcinfo, 0);
	chart_view(PG_GETARG_CHART(0), &a);
	chart_view(PG_GETARG_CHART(1), &b);
	for (int i = 0; a.declinations && b.declinations && i < a.n; i++)
		for (int j = 0; j < b.n; j++)
			if (a.declinations[i] != UNKNOWN && b.declinations[j] != UNKNOWN)
				put_declination_aspect(rsinfo, a.ids[i], b.ids[j],
									   a.declinations[i], b.declinations[j], limit);
	stat_end_rows(&call, a.n * b.n, rows_returned(rsinfo));
	return (Datum) 0;
}

/*
 * The largest orb that counts, in units of longitude: as in the kernels, one
 * unit more than the orb, because rounding the decimals (two longitudes or
 * three, the orb) to units moves a bound by no more.
 */
static binary_angle
longitude_limit(float8 orb)
{
	return angle_from_arc(orb) + 1;
}

/*
 * The antiscion of a longitude is its mirror image in the axis of the
 * solstices, where days are as long, the contra-antiscion that in the axis of
 * the equinoxes, where one's day is as long as the other's night (Lilly,
 * "Christian Astrology"; flatlib and Stellium).  They are opposite, so only
 * with an orb of 90 degrees is a body within reach of both: the tighter one
 * counts, and of two equal ones the antiscion.
 */
static void
put_antiscion(ReturnSetInfo *rsinfo, int id_a, int id_b, binary_angle a,
			  binary_angle b, binary_angle limit)
{
	binary_angle direct = angle_separation(HALF_TURN - a, b);
	binary_angle contra = angle_separation(-a, b);
	bool		is_direct = direct <= contra;
	binary_angle orb = is_direct ? direct : contra;
	Datum		values[4];
	bool		nulls[4] = {false};

	if (orb > limit)
		return;
	values[0] = CStringGetTextDatum(body_name(id_a));
	values[1] = CStringGetTextDatum(body_name(id_b));
	values[2] = CStringGetTextDatum(is_direct ? "antiscion" : "contra_antiscion");
	values[3] = Float8GetDatum(arc_to_degrees(orb));
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* antiscia(chart, chart, orb) */
Datum
antiscia(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	binary_angle limit = longitude_limit(orb_argument(fcinfo, 2));
	ChartView	a;
	ChartView	b;
	StatCall	call;

	stat_begin(&call, STAT_ASPECTS);
	InitMaterializedSRF(fcinfo, 0);
	chart_view(PG_GETARG_CHART(0), &a);
	chart_view(PG_GETARG_CHART(1), &b);
	for (int i = 0; i < a.n; i++)
		for (int j = 0; j < b.n; j++)
			put_antiscion(rsinfo, a.ids[i], b.ids[j], a.longitudes[i],
						  b.longitudes[j], limit);
	stat_end_rows(&call, a.n * b.n, rows_returned(rsinfo));
	return (Datum) 0;
}

/*
 * What midpoint_contacts() says of one chart's bodies on the midpoints of the
 * other's.  Two charts of 128 bodies have two million contacts within 90
 * degrees: texts are made once, and rows go to a tuplestore that spills.
 */
typedef struct MidpointSearch
{
	ReturnSetInfo *rsinfo;
	binary_angle limit;
	Datum		whose;			/* "a" or "b": the chart of the bodies */
	const ChartView *chart;		/* the bodies */
	const ChartView *other;		/* the pairs */
	Datum		names[MAX_BODIES];
	Datum		other_names[MAX_BODIES];
	Datum		conjunction;
	Datum		opposition;
} MidpointSearch;

/*
 * A body and the midpoints of two others, which are opposite to each other: a
 * conjunction with the nearer midpoint of the two or an opposition to it,
 * whichever is tighter (Ebertin, "The Combination of Stellar Influences";
 * Astrolog lists them across charts, too).  The orb is counted in half units, so that halving the
 * arc rounds nothing.  Two bodies exactly opposite have two nearer midpoints,
 * so either is a conjunction.
 */
static void
put_midpoint_contact(const MidpointSearch *search, int body, int first,
					 int second)
{
	binary_angle longitude = search->chart->longitudes[body];
	binary_angle one = search->other->longitudes[first];
	binary_angle two = search->other->longitudes[second];
	binary_angle half_units = angle_separation(2 * longitude, one + two);
	binary_angle orb = half_units / 2 + half_units % 2;
	binary_angle away = angle_separation(longitude, nearer_midpoint(one, two));
	bool		conjunction = away <= HALF_TURN / 2 || two - one == HALF_TURN;
	Datum		values[6];
	bool		nulls[6] = {false};

	if (orb > search->limit)
		return;
	values[0] = search->whose;
	values[1] = search->names[body];
	values[2] = search->other_names[first];
	values[3] = search->other_names[second];
	values[4] = conjunction ? search->conjunction : search->opposition;
	values[5] = Float8GetDatum(arc_to_degrees(orb));
	tuplestore_putvalues(search->rsinfo->setResult, search->rsinfo->setDesc, values, nulls);
}

static void
find_midpoint_contacts(const MidpointSearch *search)
{
	for (int body = 0; body < search->chart->n; body++)
		for (int first = 0; first < search->other->n; first++)
		{
			CHECK_FOR_INTERRUPTS();
			for (int second = first + 1; second < search->other->n; second++)
				put_midpoint_contact(search, body, first, second);
		}
}

static void
name_bodies(const ChartView *chart, Datum *names)
{
	for (int i = 0; i < chart->n; i++)
		names[i] = CStringGetTextDatum(body_name(chart->ids[i]));
}

/* pairs of n bodies */
static inline uint64
count_pairs(int n)
{
	return n * (n - 1) / 2;
}

/* midpoint_contacts(chart, chart, orb): bodies of A first, then those of B */
Datum
midpoint_contacts(PG_FUNCTION_ARGS)
{
	MidpointSearch search;
	ChartView	a;
	ChartView	b;
	StatCall	call;

	search.rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	search.limit = longitude_limit(orb_argument(fcinfo, 2));
	stat_begin(&call, STAT_ASPECTS);
	InitMaterializedSRF(fcinfo, 0);
	chart_view(PG_GETARG_CHART(0), &a);
	chart_view(PG_GETARG_CHART(1), &b);
	search.conjunction = CStringGetTextDatum("conjunction");
	search.opposition = CStringGetTextDatum("opposition");

	search.whose = CStringGetTextDatum("a");
	search.chart = &a;
	search.other = &b;
	name_bodies(&a, search.names);
	name_bodies(&b, search.other_names);
	find_midpoint_contacts(&search);

	search.whose = CStringGetTextDatum("b");
	search.chart = &b;
	search.other = &a;
	name_bodies(&b, search.names);
	name_bodies(&a, search.other_names);
	find_midpoint_contacts(&search);
	stat_end_rows(&call, a.n * count_pairs(b.n) + b.n * count_pairs(a.n),
				  rows_returned(search.rsinfo));
	return (Datum) 0;
}
