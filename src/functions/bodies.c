/*
 * bodies.c
 *		What is in a chart: bodies(), longitude(); and what the registries hold:
 *		synastry_bodies(), synastry_aspect_sets().
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "types/aspect_set.h"
#include "types/chart.h"
#include "types/zodiac_text.h"

PG_FUNCTION_INFO_V1(chart_bodies);
PG_FUNCTION_INFO_V1(chart_longitude);
PG_FUNCTION_INFO_V1(synastry_bodies);
PG_FUNCTION_INFO_V1(synastry_aspect_sets);

/* a speed or declination as the decimal that was meant, NULL if unknown */
static Datum
scaled_datum(const int32 *values, int i, double scale, bool *isnull)
{
	if (values == NULL || values[i] == UNKNOWN)
	{
		*isnull = true;
		return (Datum) 0;
	}
	return Float8GetDatum(values[i] / scale);
}

/*
 * The mean obliquity of the ecliptic at J2000, 84381.406 seconds of arc (IAU
 * 2006 precession), in units of declinations.
 */
#define OBLIQUITY	234392794

/*
 * Bodies that are on the ecliptic by what they are.  Their declination is the
 * obliquity at most, but that of their day: in 1900 it was 0.013 degrees more
 * than at J2000, and so was the Sun's declination at the solstice.
 */
static bool
is_on_ecliptic(int id)
{
	switch (id)
	{
		case 0:					/* sun */
		case 21:				/* vertex */
		case 22:				/* anti_vertex */
		case 23:				/* earth */
		case 62:				/* east_point */
		case 63:				/* west_point */
		case 64:				/* polar_ascendant */
		case 65:				/* co_ascendant */
		case 68:				/* aries_point */
			return true;
		default:
			return (bodies[id].groups & (IN_NODES | IN_ANGLES | IN_LOTS)) != 0;
	}
}

/*
 * Is the declination beyond what the Sun ever reaches?  A chart does not say
 * when it is, so the obliquity is that of J2000.
 */
static Datum
out_of_bounds_datum(const ChartView *view, int i, bool *isnull)
{
	*isnull = (view->declinations == NULL || view->declinations[i] == UNKNOWN);
	return *isnull ? (Datum) 0
		: BoolGetDatum(abs(view->declinations[i]) > OBLIQUITY &&
					   !is_on_ecliptic(view->ids[i]));
}

/* bodies(chart) */
Datum
chart_bodies(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	ChartView	view;
	const binary_angle *houses;

	InitMaterializedSRF(fcinfo, 0);
	chart_view(PG_GETARG_CHART(0), &view);
	houses = view_houses(&view);
	for (int i = 0; i < view.n; i++)
	{
		binary_angle longitude = view.longitudes[i];
		Datum		values[9];
		bool		nulls[9] = {false};

		values[0] = CStringGetTextDatum(body_name(view.ids[i]));
		values[1] = Float8GetDatum(angle_to_degrees(longitude));
		values[2] = CStringGetTextDatum(sign_names[angle_sign(longitude)]);
		values[3] = Float8GetDatum(angle_sign_degree(longitude));
		values[5] = scaled_datum(view.speeds, i, 1e6, &nulls[5]);
		values[4] = nulls[5] ? (Datum) 0 : BoolGetDatum(view.speeds[i] < 0);
		nulls[4] = nulls[5];
		values[6] = scaled_datum(view.declinations, i, 1e7, &nulls[6]);
		nulls[7] = (houses == NULL);
		values[7] = nulls[7] ? (Datum) 0 : Int32GetDatum(house_of(houses, longitude));
		values[8] = out_of_bounds_datum(&view, i, &nulls[8]);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* longitude(chart, body): NULL if the chart does not have the body */
Datum
chart_longitude(PG_FUNCTION_ARGS)
{
	const Chart *chart = PG_GETARG_CHART(0);
	struct varlena *name = PG_GETARG_TEXT_PP(1);
	int			id = body_lookup(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));
	int			i;

	if (id < 0)
		report_unknown_body(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), NULL);
	i = chart_find(chart, id);
	if (i < 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(angle_to_degrees(chart->longitudes[i]));
}

/* the words of a list separated by spaces, as text[] */
static Datum
words_datum(const char *words)
{
	List	   *list = NIL;
	Datum	   *elements;
	int			n = 0;
	ListCell   *cell;

	while (*words != '\0')
	{
		size_t		length = strcspn(words, " ");

		list = lappend(list, cstring_to_text_with_len(words, length));
		words += length;
		words += strspn(words, " ");
	}
	elements = palloc(Max(1, list_length(list)) * sizeof(Datum));
	foreach(cell, list)
		elements[n++] = PointerGetDatum(lfirst(cell));
	return PointerGetDatum(construct_array(elements, n, TEXTOID, -1, false, TYPALIGN_INT));
}

/* synastry_bodies(): the registry of bodies */
Datum
synastry_bodies(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	bool		utf8 = GetDatabaseEncoding() == PG_UTF8;

	InitMaterializedSRF(fcinfo, 0);
	for (int id = 0; id < BODY_IDS; id++)
	{
		Datum		values[4];
		bool		nulls[4] = {false};

		if (!body_exists(id))
			continue;
		values[0] = Int32GetDatum(id);
		values[1] = CStringGetTextDatum(body_name(id));
		values[2] = CStringGetTextDatum(utf8 ? bodies[id].glyph : bodies[id].abbreviation);
		values[3] = words_datum(bodies[id].aliases);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}

/* synastry_aspect_sets(): the presets */
Datum
synastry_aspect_sets(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < n_aspect_presets; i++)
	{
		const AspectPreset *preset = &aspect_presets[i];
		Datum		values[3];
		bool		nulls[3] = {false};

		values[0] = CStringGetTextDatum(preset->name);
		values[1] = PointerGetDatum(aspect_set_from_text(preset->set,
														 strlen(preset->set), NULL));
		values[2] = CStringGetTextDatum(preset->source);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
