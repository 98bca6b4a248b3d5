/*
 * davison.c
 *		davison(): the moment and the place in the middle of two births, for
 *		which an ephemeris then makes a chart.
 *
 * The Davison chart (R. C. Davison, "Synastry", 1977) is that of a real moment
 * at a real place: halfway between two births.  It is not the composite chart,
 * whose bodies are midpoints.  The place is the middle of the shorter way on
 * the sphere, as Stellium has it: means of longitudes end up on the wrong side
 * of the Earth for two births on either side of the date line.
 *
 * Places are added as vectors in the integers of unit_vector.h; what follows is
 * multiplication, addition and a square root in double precision, which IEEE
 * 754 rounds the same way everywhere.  So no mathematical library takes part
 * and the function is IMMUTABLE in earnest.
 */
#include "postgres.h"

#include <math.h>

#include "funcapi.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "kernel/unit_vector.h"

PG_FUNCTION_INFO_V1(davison);

/*
 * Degrees of latitude or longitude on Earth, which are never folded: a
 * latitude of 91 is a mistake, probably an exchange of both.
 */
static binary_angle
place_argument(FunctionCallInfo fcinfo, int argno, const char *name,
			   const char *what, int limit)
{
	float8		degrees = PG_GETARG_FLOAT8(argno);

	if (!(degrees >= -limit && degrees <= limit))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s is out of range: %.15g", name, degrees),
				 errhint("%s are degrees between -%d and %d.", what, limit, limit)));
	return angle_from_degrees(degrees);
}

static TimestampTz
time_argument(FunctionCallInfo fcinfo, int argno, const char *name)
{
	TimestampTz time = PG_GETARG_TIMESTAMPTZ(argno);

	if (TIMESTAMP_NOT_FINITE(time))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("%s is infinite", name),
				 errhint("A time that is not known is null.")));
	return time;
}

/* The sum of two times may be more than 64 bits hold; half a microsecond is cut. */
static TimestampTz
mean_time(TimestampTz a, TimestampTz b)
{
	return a / 2 + b / 2 + (a % 2 + b % 2) / 2;
}

/* A place as seen from the centre of the Earth, of this length */
#define PLACE_LENGTH	((double) UNIT_LENGTH * UNIT_LENGTH)

typedef struct PlaceVector
{
	double		x;				/* towards latitude 0, longitude 0 */
	double		y;				/* towards latitude 0, longitude 90 */
	double		z;				/* towards the north pole */
} PlaceVector;

static PlaceVector
place_vector(binary_angle latitude, binary_angle longitude)
{
	UnitVector	up = unit_vector(latitude);
	UnitVector	around = unit_vector(longitude);
	PlaceVector place;

	place.x = (double) up.x * (double) around.x;
	place.y = (double) up.x * (double) around.y;
	place.z = (double) up.y * UNIT_LENGTH;
	return place;
}

/*
 * The direction of a vector in a plane, with components up to twice the length
 * of a place, which just do not fit 64 bits.
 */
static binary_angle
direction(double x, double y)
{
	return vector_direction((int64) (x / 8), (int64) (y / 8));
}

/*
 * The direction halfway between two places is that of their sum: exact to 1e-6
 * degrees as long as they are less than 170 degrees apart.  Towards antipodes
 * it hangs on less and less of the places, which are known to a unit of angle:
 * 2e-5 degrees at 179.  Antipodes have no middle; within a dozen metres of them
 * it is unknown, by the same bound as in composite_agg().  On a pole, where all
 * longitudes meet, longitude is 0.
 */
static bool
middle(PlaceVector a, PlaceVector b, binary_angle *latitude, binary_angle *longitude)
{
	double		x = a.x + b.x;
	double		y = a.y + b.y;
	double		z = a.z + b.z;
	double		shortest = 2 * PLACE_LENGTH / (1 << 20);
	double		across = sqrt(x * x + y * y);

	if (fabs(x) < shortest && fabs(y) < shortest && fabs(z) < shortest)
		return false;
	*latitude = direction(across, z);
	*longitude = across < 8 ? 0 : direction(x, y);
	return true;
}

/* degrees, negative to the south and to the west, never minus zero */
static Datum
signed_degrees_datum(binary_angle angle)
{
	return Float8GetDatum(angle <= HALF_TURN ? arc_to_degrees(angle)
						  : 0 - arc_to_degrees(-angle));
}

/* The row type of the result, found once for all calls. */
static TupleDesc
result_row(FunctionCallInfo fcinfo)
{
	FmgrInfo   *function = fcinfo->flinfo;

	if (function->fn_extra == NULL)
	{
		MemoryContext caller = MemoryContextSwitchTo(function->fn_mcxt);
		TupleDesc	row;

		if (get_call_result_type(fcinfo, NULL, &row) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		function->fn_extra = row;
		MemoryContextSwitchTo(caller);
	}
	return function->fn_extra;
}

/* davison(time, latitude, longitude, time, latitude, longitude) */
Datum
davison(PG_FUNCTION_ARGS)
{
	TimestampTz time_a = time_argument(fcinfo, 0, "time_a");
	binary_angle latitude_a = place_argument(fcinfo, 1, "latitude_a", "Latitudes", 90);
	binary_angle longitude_a = place_argument(fcinfo, 2, "longitude_a", "Longitudes", 180);
	TimestampTz time_b = time_argument(fcinfo, 3, "time_b");
	binary_angle latitude_b = place_argument(fcinfo, 4, "latitude_b", "Latitudes", 90);
	binary_angle longitude_b = place_argument(fcinfo, 5, "longitude_b", "Longitudes", 180);
	binary_angle latitude = 0;
	binary_angle longitude = 0;
	Datum		values[3] = {0};
	bool		nulls[3] = {false};

	values[0] = TimestampTzGetDatum(mean_time(time_a, time_b));
	if (middle(place_vector(latitude_a, longitude_a),
			   place_vector(latitude_b, longitude_b), &latitude, &longitude))
	{
		values[1] = signed_degrees_datum(latitude);
		values[2] = signed_degrees_datum(longitude);
	}
	else
		nulls[1] = nulls[2] = true;
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(result_row(fcinfo), values, nulls)));
}
