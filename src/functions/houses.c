/*
 * houses.c
 *		Houses: cusps(), those that follow from the angles, and the houses of
 *		one chart in which the bodies of another fall.
 *
 * What is reckoned is reckoned in the decimals that a chart prints, integers of
 * 1e-8 degrees, and each cusp becomes the unit nearest to its decimal.  So an
 * ascendant of 196.27 has a second equal cusp of 226.27, and a body written as
 * 226.27 is in the second house.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "types/chart.h"

PG_FUNCTION_INFO_V1(chart_cusps);
PG_FUNCTION_INFO_V1(equal_cusps);
PG_FUNCTION_INFO_V1(house_overlay);
PG_FUNCTION_INFO_V1(porphyry_cusps);
PG_FUNCTION_INFO_V1(whole_sign_cusps);

/* 1e-8 degrees */
#define HALF_CIRCLE		(6 * ANGLE_SIGN_DECIMAL)
#define CIRCLE			(12 * ANGLE_SIGN_DECIMAL)

/* the houses that the cusps 10, 1, 4 and 7 open, counted from 0 */
#define MIDHEAVEN_CUSP	9
#define ASCENDANT_CUSP	0
#define QUADRANT		3

static ArrayType *
cusps_array(const binary_angle *cusps)
{
	Datum		values[HOUSES];

	for (int house = 0; house < HOUSES; house++)
		values[house] = Float8GetDatum(angle_to_degrees(cusps[house]));
	return construct_array(values, HOUSES, FLOAT8OID, sizeof(float8),
						   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE);
}

/* cusps(chart): the cusps of houses 1 .. 12, or NULL */
Datum
chart_cusps(PG_FUNCTION_ARGS)
{
	ChartView	view;

	chart_view(PG_GETARG_CHART(0), &view);
	if (view.cusps == NULL)
		PG_RETURN_NULL();
	PG_RETURN_ARRAYTYPE_P(cusps_array(view.cusps));
}

/* An angle of the chart in 1e-8 degrees; false if the chart does not have it. */
static bool
find_angle(const Chart *chart, int id, uint64 *decimal)
{
	int			i = chart_find(chart, id);

	if (i < 0)
		return false;
	*decimal = angle_to_decimal(chart->longitudes[i]);
	return true;
}

/* Twelve houses of 30 degrees from a point in 1e-8 degrees. */
static ArrayType *
houses_from(uint64 first)
{
	binary_angle cusps[HOUSES];

	for (int house = 0; house < HOUSES; house++)
		cusps[house] = angle_from_decimal((first + house * ANGLE_SIGN_DECIMAL) % CIRCLE);
	return cusps_array(cusps);
}

/* equal_cusps(chart): from the ascendant */
Datum
equal_cusps(PG_FUNCTION_ARGS)
{
	uint64		ascendant;

	if (!find_angle(PG_GETARG_CHART(0), ASCENDANT, &ascendant))
		PG_RETURN_NULL();
	PG_RETURN_ARRAYTYPE_P(houses_from(ascendant));
}

/* whole_sign_cusps(chart): from the beginning of the ascendant's sign */
Datum
whole_sign_cusps(PG_FUNCTION_ARGS)
{
	const Chart *chart = PG_GETARG_CHART(0);
	int			i = chart_find(chart, ASCENDANT);

	if (i < 0)
		PG_RETURN_NULL();
	PG_RETURN_ARRAYTYPE_P(houses_from(angle_sign(chart->longitudes[i]) * ANGLE_SIGN_DECIMAL));
}

/* Three houses over an arc below 180 degrees, and the three opposite ones. */
static void
divide_quadrant(binary_angle *cusps, int house, uint64 begin, uint64 arc)
{
	for (int third = 0; third < QUADRANT; third++)
	{
		/* thirds are never halfway between two decimals */
		uint64		cusp = begin + (2 * third * arc + QUADRANT) / (2 * QUADRANT);

		cusps[house + third] = angle_from_decimal(cusp % CIRCLE);
		cusps[(house + third + HOUSES / 2) % HOUSES] =
			angle_from_decimal((cusp + HALF_CIRCLE) % CIRCLE);
	}
}

/* Signs rise after the one that culminates: the ascendant is less than half a turn on. */
static void
refuse_angles(const Chart *chart)
{
	char		ascendant[ANGLE_TEXT_SIZE];
	char		midheaven[ANGLE_TEXT_SIZE];

	angle_to_text(chart->longitudes[chart_find(chart, ASCENDANT)], ascendant);
	angle_to_text(chart->longitudes[chart_find(chart, MIDHEAVEN)], midheaven);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("ascendant and midheaven do not belong together"),
			 errdetail("The ascendant is %s, the midheaven %s: the arc from the midheaven on to the ascendant is not below 180 degrees.",
					   ascendant, midheaven),
			 errhint("Within the polar circles it may be the opposite point that culminates above the horizon: exchange midheaven and imum coeli, or ascendant and descendant.")));
}

/*
 * porphyry_cusps(chart): the quadrants between the angles, divided in three
 * (Porphyry, Introduction to the Tetrabiblos of Ptolemy).
 */
Datum
porphyry_cusps(PG_FUNCTION_ARGS)
{
	const Chart *chart = PG_GETARG_CHART(0);
	binary_angle cusps[HOUSES];
	uint64		ascendant;
	uint64		midheaven;
	uint64		arc;

	if (!find_angle(chart, ASCENDANT, &ascendant) ||
		!find_angle(chart, MIDHEAVEN, &midheaven))
		PG_RETURN_NULL();
	arc = (ascendant + CIRCLE - midheaven) % CIRCLE;
	if (arc >= HALF_CIRCLE)
		refuse_angles(chart);
	divide_quadrant(cusps, MIDHEAVEN_CUSP, midheaven, arc);
	divide_quadrant(cusps, ASCENDANT_CUSP, ascendant, HALF_CIRCLE - arc);
	PG_RETURN_ARRAYTYPE_P(cusps_array(cusps));
}

/* house_overlay(guest, host): body, longitude, house of the host */
Datum
house_overlay(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	ChartView	guest;
	ChartView	host;
	const binary_angle *houses;

	InitMaterializedSRF(fcinfo, 0);
	chart_view(PG_GETARG_CHART(0), &guest);
	chart_view(PG_GETARG_CHART(1), &host);
	houses = view_houses(&host);
	if (houses == NULL)
		return (Datum) 0;
	for (int i = 0; i < guest.n; i++)
	{
		Datum		values[3];
		bool		nulls[3] = {false};

		if (!view_has_angles(&guest) && body_turns_daily(guest.ids[i]))
			continue;

		values[0] = CStringGetTextDatum(body_name(guest.ids[i]));
		values[1] = Float8GetDatum(angle_to_degrees(guest.longitudes[i]));
		values[2] = Int32GetDatum(house_of(houses, guest.longitudes[i]));
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
