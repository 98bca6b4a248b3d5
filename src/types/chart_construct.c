/*
 * chart_construct.c
 *		Charts from arrays and columns, and charts from charts.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "types/chart.h"

PG_FUNCTION_INFO_V1(chart_from_float8_array);
PG_FUNCTION_INFO_V1(chart_from_arrays);
PG_FUNCTION_INFO_V1(chart_from_columns);
PG_FUNCTION_INFO_V1(chart_with_cusps);
PG_FUNCTION_INFO_V1(chart_concat);
PG_FUNCTION_INFO_V1(chart_without);

/* A one-dimensional array, taken apart; n is 0 and values NULL for no array. */
typedef struct ArrayParts
{
	Datum	   *values;
	bool	   *nulls;
	int			n;
} ArrayParts;

static void
take_apart(PG_FUNCTION_ARGS, int argno, const char *what, ArrayParts *parts)
{
	ArrayType  *array;
	Oid			type;

	memset(parts, 0, sizeof(*parts));
	if (PG_ARGISNULL(argno))
		return;
	array = PG_GETARG_ARRAYTYPE_P(argno);
	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("array of %s must have one dimension", what),
				 errdetail("It has %d.", ARR_NDIM(array))));
	type = ARR_ELEMTYPE(array);
	if (type == FLOAT8OID)
		deconstruct_array(array, type, sizeof(float8), FLOAT8PASSBYVAL,
						  TYPALIGN_DOUBLE, &parts->values, &parts->nulls,
						  &parts->n);
	else
		deconstruct_array(array, type, -1, false, TYPALIGN_INT,
						  &parts->values, &parts->nulls, &parts->n);
}

static inline bool
is_known(const ArrayParts *parts, int i)
{
	return parts->values != NULL && !parts->nulls[i];
}

/* Twelve cusps, all known. */
static void
add_cusps(ChartBuilder *builder, const ArrayParts *cusps)
{
	if (cusps->n != HOUSES)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("wrong number of house cusps: %d", cusps->n),
				 errhint("Give the cusps of the houses 1 to 12, or NULL.")));
	for (int house = 0; house < HOUSES; house++)
	{
		char		whose[16];

		snprintf(whose, sizeof(whose), "cusp %d", house + 1);
		if (!is_known(cusps, house))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("house cusps must not contain nulls"),
					 errdetail("The cusp of house %d is null.", house + 1),
					 errhint("Give the cusps of the houses 1 to 12, or NULL for the whole array.")));
		(void) check_longitude(DatumGetFloat8(cusps->values[house]), whose,
							   &builder->cusps[house], NULL);
	}
	builder->has_cusps = true;
}

/* Error unless the array is as long as the array of bodies. */
static void
check_length(const ArrayParts *parts, int n, const char *what)
{
	if (parts->values != NULL && parts->n != n)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("arrays of a chart have different lengths"),
				 errdetail("There are %d bodies and %d %s.", n, parts->n, what)));
}

/* float8[] -> chart: the longitudes of the ten planets, NULL where not known */
Datum
chart_from_float8_array(PG_FUNCTION_ARGS)
{
	ArrayParts	longitudes;
	ChartBuilder builder;

	take_apart(fcinfo, 0, "longitudes", &longitudes);
	if (longitudes.n != PLANETS)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("wrong number of longitudes: %d", longitudes.n),
				 errhint("An array that is cast to a chart holds the ten planets, Sun to Pluto; for other bodies use chart(bodies, longitudes).")));
	chart_builder_init(&builder);
	for (int id = 0; id < PLANETS; id++)
	{
		ChartBody	body = {0, UNKNOWN, UNKNOWN};

		if (!is_known(&longitudes, id))
			continue;
		(void) check_longitude(DatumGetFloat8(longitudes.values[id]),
							   body_name(id), &body.longitude, NULL);
		(void) chart_builder_add(&builder, id, &body, NULL);
	}
	PG_RETURN_POINTER(chart_builder_finish(&builder, NULL));
}

/* chart(bodies, longitudes, speeds, declinations, cusps) */
Datum
chart_from_arrays(PG_FUNCTION_ARGS)
{
	ArrayParts	names,
				longitudes,
				speeds,
				declinations,
				cusps;
	ChartBuilder builder;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	take_apart(fcinfo, 0, "bodies", &names);
	take_apart(fcinfo, 1, "longitudes", &longitudes);
	take_apart(fcinfo, 2, "speeds", &speeds);
	take_apart(fcinfo, 3, "declinations", &declinations);
	take_apart(fcinfo, 4, "cusps", &cusps);
	check_length(&longitudes, names.n, "longitudes");
	check_length(&speeds, names.n, "speeds");
	check_length(&declinations, names.n, "declinations");

	chart_builder_init(&builder);
	for (int i = 0; i < names.n; i++)
	{
		ChartBody	body = {0, UNKNOWN, UNKNOWN};
		struct varlena *name;
		int			id;

		if (!is_known(&names, i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("name of a body must not be null"),
					 errdetail("Element %d of the array of bodies is null.", i + 1)));
		name = DatumGetTextPP(names.values[i]);
		id = body_lookup(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
		if (id < 0)
			report_unknown_body(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), NULL);
		if (!is_known(&longitudes, i))
			continue;
		(void) check_longitude(DatumGetFloat8(longitudes.values[i]),
							   body_name(id), &body.longitude, NULL);
		if (is_known(&speeds, i))
			(void) check_speed(DatumGetFloat8(speeds.values[i]),
							   body_name(id), &body.speed, NULL);
		if (is_known(&declinations, i))
			(void) check_declination(DatumGetFloat8(declinations.values[i]),
									 body_name(id), &body.declination, NULL);
		(void) chart_builder_add(&builder, id, &body, NULL);
	}
	if (cusps.values != NULL)
		add_cusps(&builder, &cusps);
	PG_RETURN_POINTER(chart_builder_finish(&builder, NULL));
}

/*
 * chart(sun, moon, ..., imum_coeli, cusps): one column per body.  The arguments
 * stand in the order of these ids: the planets, four nodes, two Liliths,
 * Chiron, four angles.
 */
static const uint8 column_ids[] = {
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 14, 17, 18, 19, 20
};

/* The longitudes of the planets, if nothing else is given. */
static bool
only_planets(PG_FUNCTION_ARGS, binary_angle *longitudes)
{
	for (int i = 0; i < PG_NARGS(); i++)
		if (PG_ARGISNULL(i) != (i >= PLANETS))
			return false;
	for (int i = 0; i < PLANETS; i++)
		(void) check_longitude(PG_GETARG_FLOAT8(i), body_name(i),
							   &longitudes[i], NULL);
	return true;
}

Datum
chart_from_columns(PG_FUNCTION_ARGS)
{
	binary_angle longitudes[PLANETS];
	ArrayParts	cusps;
	ChartBuilder builder;

	Assert(PG_NARGS() == lengthof(column_ids) + 1);
	if (only_planets(fcinfo, longitudes))
		PG_RETURN_POINTER(chart_of_planets(longitudes));

	chart_builder_init(&builder);
	for (int i = 0; i < lengthof(column_ids); i++)
	{
		ChartBody	body = {0, UNKNOWN, UNKNOWN};
		int			id = column_ids[i];

		if (PG_ARGISNULL(i))
			continue;
		(void) check_longitude(PG_GETARG_FLOAT8(i), body_name(id),
							   &body.longitude, NULL);
		(void) chart_builder_add(&builder, id, &body, NULL);
	}
	take_apart(fcinfo, lengthof(column_ids), "cusps", &cusps);
	if (cusps.values != NULL)
		add_cusps(&builder, &cusps);
	PG_RETURN_POINTER(chart_builder_finish(&builder, NULL));
}

/* with_cusps(chart, float8[]): other cusps, or with NULL none */
Datum
chart_with_cusps(PG_FUNCTION_ARGS)
{
	ArrayParts	cusps;
	ChartBuilder builder;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	chart_builder_init(&builder);
	chart_builder_load(&builder, PG_GETARG_CHART(0));
	builder.has_cusps = false;
	take_apart(fcinfo, 1, "cusps", &cusps);
	if (cusps.values != NULL)
		add_cusps(&builder, &cusps);
	PG_RETURN_POINTER(chart_builder_finish(&builder, NULL));
}

/* chart || chart: what both have is taken from the right one */
Datum
chart_concat(PG_FUNCTION_ARGS)
{
	ChartBuilder builder;

	chart_builder_init(&builder);
	chart_builder_load(&builder, PG_GETARG_CHART(0));
	chart_builder_load(&builder, PG_GETARG_CHART(1));
	PG_RETURN_POINTER(chart_builder_finish(&builder, NULL));
}

/* chart - text[]: without these bodies, or groups of bodies */
Datum
chart_without(PG_FUNCTION_ARGS)
{
	ArrayParts	names;
	ChartBuilder builder;
	bool		listed[BODY_IDS] = {false};

	take_apart(fcinfo, 1, "bodies", &names);
	for (int i = 0; i < names.n; i++)
	{
		struct varlena *name;

		if (!is_known(&names, i))
			continue;
		name = DatumGetTextPP(names.values[i]);
		(void) mark_bodies(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), listed, NULL);
	}

	chart_builder_init(&builder);
	chart_builder_load(&builder, PG_GETARG_CHART(0));
	for (int id = 0; id < BODY_IDS; id++)
		if (listed[id])
			chart_builder_remove(&builder, id);
	PG_RETURN_POINTER(chart_builder_finish(&builder, NULL));
}
