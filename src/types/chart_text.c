/*
 * chart_text.c
 *		Text of charts: a JSON object, or for bulk loading the positional form.
 *
 * Out: {"sun": 196.2678939, "moon": {"longitude": 303.5466256, "speed":
 * 12.529094}, "cusps": [...], "uncertainty": 3600}.  In: that, whatever
 * applications write (chart_document.c), or {196.27,303.55,NULL,...}, the
 * longitudes of the ten planets.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "types/chart.h"
#include "types/decimal.h"

PG_FUNCTION_INFO_V1(chart_in);
PG_FUNCTION_INFO_V1(chart_out);

/* One element of the positional form: a number, or NULL. */
static const char *
read_element(const char *p, const char *end, int id, bool *known,
			 binary_angle *longitude, Node *escontext)
{
	const char *after;
	double		degrees;

	p = skip_space(p, end);
	if (end - p >= 4 && pg_strncasecmp(p, "null", 4) == 0)
	{
		*known = false;
		return skip_space(p + 4, end);
	}
	after = read_decimal(p, end, &degrees);
	if (after == NULL)
		ereturn(escontext, NULL,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type chart"),
				 errdetail("The longitude of \"%s\" is not a number: \"%.*s\".",
						   body_name(id), pg_mbcliplen(p, end - p, 20), p)));
	*known = true;
	if (!check_longitude(degrees, body_name(id), longitude, escontext))
		return NULL;
	return skip_space(after, end);
}

/* {196.27,303.55,NULL,...} */
static Chart *
chart_from_positions(const char *text, const char *end, Node *escontext)
{
	binary_angle longitudes[PLANETS];
	bool		known[PLANETS];
	int			n = 0;
	bool		complete = true;
	const char *p = text;
	ChartBuilder builder;

	/* text stands at the opening brace */
	do
	{
		if (n == PLANETS)
			break;
		p = read_element(p + 1, end, n, &known[n], &longitudes[n], escontext);
		if (p == NULL)
			return NULL;
		complete &= known[n++];
	} while (p < end && *p == ',');

	if (n != PLANETS || p == end || *p != '}' || skip_space(p + 1, end) != end)
		ereturn(escontext, NULL,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type chart"),
				 errdetail("The positional form is ten longitudes between braces, Sun to Pluto, separated by commas."),
				 errhint("Write NULL for a planet that is not known; write {\"sun\": 196.27, ...} for other bodies.")));
	if (complete)
		return chart_of_planets(longitudes);

	chart_builder_init(&builder);
	for (int id = 0; id < PLANETS; id++)
	{
		ChartBody	body = {longitudes[id], UNKNOWN, UNKNOWN};

		if (known[id])
			chart_builder_add(&builder, id, &body, escontext);
	}
	return chart_builder_finish(&builder, escontext);
}

Chart *
chart_from_text(const char *text, Node *escontext)
{
	const char *end = text + strlen(text);
	const char *p = skip_space(text, end);

	if (*p == '{')
	{
		const char *next = skip_space(p + 1, end);

		if (*next != '"' && *next != '}')
			return chart_from_positions(p, end, escontext);
	}
	else if (*p != '[')
		ereturn(escontext, NULL,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type chart: \"%.*s\"",
						pg_mbcliplen(p, end - p, 40), p),
				 errhint("A chart is written {\"sun\": 196.27, \"moon\": 303.55} or, for the ten planets, {196.27,303.55,NULL,...}.")));
	return chart_from_json(p, end - p, escontext);
}

static void
append_scaled(StringInfo text, int32 scaled, int places)
{
	char		number[SCALED_TEXT_SIZE];

	appendBinaryStringInfo(text, number, scaled_to_text(scaled, places, number));
}

static void
append_angle(StringInfo text, binary_angle angle)
{
	char		number[ANGLE_TEXT_SIZE];

	appendBinaryStringInfo(text, number, angle_to_text(angle, number));
}

/* "sun": 196.27, or an object where more is known than the longitude */
static void
append_body(StringInfo text, const ChartView *view, int i)
{
	int32		speed = view->speeds ? view->speeds[i] : UNKNOWN;
	int32		declination = view->declinations ? view->declinations[i] : UNKNOWN;

	appendStringInfo(text, "\"%s\": ", body_name(view->ids[i]));
	if (speed == UNKNOWN && declination == UNKNOWN)
	{
		append_angle(text, view->longitudes[i]);
		return;
	}
	appendStringInfoString(text, "{\"longitude\": ");
	append_angle(text, view->longitudes[i]);
	if (speed != UNKNOWN)
	{
		appendStringInfoString(text, ", \"speed\": ");
		append_scaled(text, speed, SPEED_PLACES);
	}
	if (declination != UNKNOWN)
	{
		appendStringInfoString(text, ", \"declination\": ");
		append_scaled(text, declination, DECLINATION_PLACES);
	}
	appendStringInfoChar(text, '}');
}

void
chart_to_text(const Chart *chart, StringInfo text)
{
	ChartView	view;
	const char *separator = "";

	chart_view(chart, &view);
	appendStringInfoChar(text, '{');
	for (int i = 0; i < view.n; i++)
	{
		appendStringInfoString(text, separator);
		append_body(text, &view, i);
		separator = ", ";
	}
	if (view.cusps)
	{
		appendStringInfo(text, "%s\"cusps\": [", separator);
		for (int i = 0; i < HOUSES; i++)
		{
			if (i > 0)
				appendStringInfoString(text, ", ");
			append_angle(text, view.cusps[i]);
		}
		appendStringInfoChar(text, ']');
		separator = ", ";
	}
	if (view.uncertainty != 0)
		appendStringInfo(text, "%s\"uncertainty\": %u", separator,
						 view.uncertainty);
	appendStringInfoChar(text, '}');
}

Datum
chart_in(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(chart_from_text(PG_GETARG_CSTRING(0), fcinfo->context));
}

Datum
chart_out(PG_FUNCTION_ARGS)
{
	StringInfoData text;

	initStringInfo(&text);
	chart_to_text(PG_GETARG_CHART(0), &text);
	PG_RETURN_CSTRING(text.data);
}

/*
 * chart -> jsonb: the object that the text shows.
 */
PG_FUNCTION_INFO_V1(chart_to_jsonb);

Datum
chart_to_jsonb(PG_FUNCTION_ARGS)
{
	StringInfoData text;

	initStringInfo(&text);
	chart_to_text(PG_GETARG_CHART(0), &text);
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(text.data));
}
