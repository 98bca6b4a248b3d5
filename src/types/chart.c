/*
 * chart.c
 *		The chart: building, viewing, comparing, binary input and output.
 */
#include "postgres.h"

#include <math.h>

#include "common/hashfn.h"
#include "libpq/pqformat.h"

#include "types/chart.h"
#include "types/decimal.h"

const uint16 planet_ids[PLANETS] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

/* bytes of the ids of n bodies, padded to the alignment of what follows */
static inline Size
ids_size(int n)
{
	return INTALIGN(n * sizeof(uint16));
}

void
chart_view(const Chart *chart, ChartView *view)
{
	const char *next = (const char *) (chart->longitudes + chart->n);
	Size		column = chart->n * sizeof(int32);

	memset(view, 0, sizeof(*view));
	view->n = chart->n;
	view->longitudes = chart->longitudes;
	view->ids = chart_ids(chart);
	if (chart->flags & CHART_HAS_IDS)
		next += ids_size(chart->n);
	if (chart->flags & CHART_HAS_SPEEDS)
	{
		view->speeds = (const int32 *) next;
		next += column;
	}
	if (chart->flags & CHART_HAS_DECLINATIONS)
	{
		view->declinations = (const int32 *) next;
		next += column;
	}
	if (chart->flags & CHART_HAS_CUSPS)
	{
		view->cusps = (const binary_angle *) next;
		next += HOUSES * sizeof(binary_angle);
	}
	if (chart->flags & CHART_HAS_UNCERTAINTY)
		view->uncertainty = *(const uint32 *) next;
}

int
chart_find(const Chart *chart, int id)
{
	const uint16 *ids = chart_ids(chart);

	for (int i = 0; i < chart->n && ids[i] <= id; i++)
		if (ids[i] == id)
			return i;
	return -1;
}

int
house_of(const binary_angle *cusps, binary_angle longitude)
{
	for (int house = 0; house < HOUSES; house++)
	{
		binary_angle width = cusps[(house + 1) % HOUSES] - cusps[house];

		if (longitude - cusps[house] < width)
			return house + 1;
	}

	/* only if all cusps are the same point: the circle is one house */
	return 1;
}

/*
 * Building
 */

void
chart_builder_init(ChartBuilder *builder)
{
	builder->n = 0;
	builder->has_cusps = false;
	builder->uncertainty = 0;
	memset(builder->present, 0, sizeof(builder->present));
}

void
chart_builder_load(ChartBuilder *builder, const Chart *chart)
{
	ChartView	view;

	chart_view(chart, &view);
	for (int i = 0; i < view.n; i++)
	{
		int			id = view.ids[i];

		builder->n += !builder->present[id];
		builder->present[id] = true;
		builder->bodies[id].longitude = view.longitudes[i];
		builder->bodies[id].speed = view.speeds ? view.speeds[i] : UNKNOWN;
		builder->bodies[id].declination =
			view.declinations ? view.declinations[i] : UNKNOWN;
	}
	if (view.cusps)
	{
		builder->has_cusps = true;
		memcpy(builder->cusps, view.cusps, sizeof(builder->cusps));
	}
	if (view.uncertainty != 0)
		builder->uncertainty = view.uncertainty;
}

/* Error: a body has two values of the same kind. */
static void
report_conflict(int id, const char *what, const char *first,
				const char *second, Node *escontext)
{
	errsave(escontext,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("body \"%s\" occurs twice with different values",
					body_name(id)),
			 errdetail("The %s is %s and %s.", what, first, second)));
}

/* Fill in a speed or declination that was unknown; false if both differ. */
static bool
merge_value(int32 *value, int32 other, int places, int id, const char *what,
			Node *escontext)
{
	if (*value == UNKNOWN)
		*value = other;
	else if (other != UNKNOWN && other != *value)
	{
		char		first[SCALED_TEXT_SIZE];
		char		second[SCALED_TEXT_SIZE];

		scaled_to_text(*value, places, first);
		scaled_to_text(other, places, second);
		report_conflict(id, what, first, second, escontext);
		return false;
	}
	return true;
}

bool
chart_builder_add(ChartBuilder *builder, int id, const ChartBody *body,
				  Node *escontext)
{
	ChartBody  *known = &builder->bodies[id];

	if (!builder->present[id])
	{
		builder->present[id] = true;
		builder->n++;
		*known = *body;
		return true;
	}
	if (known->longitude != body->longitude)
	{
		char		first[ANGLE_TEXT_SIZE];
		char		second[ANGLE_TEXT_SIZE];

		angle_to_text(known->longitude, first);
		angle_to_text(body->longitude, second);
		report_conflict(id, "longitude", first, second, escontext);
		return false;
	}
	return merge_value(&known->speed, body->speed, SPEED_PLACES,
					   id, "speed", escontext) &&
		merge_value(&known->declination, body->declination, DECLINATION_PLACES,
					id, "declination", escontext);
}

void
chart_builder_remove(ChartBuilder *builder, int id)
{
	builder->n -= builder->present[id];
	builder->present[id] = false;
}

/* The optional parts that the finished chart will have. */
static uint8
builder_flags(const ChartBuilder *builder)
{
	uint8		flags = 0;
	int			planets = 0;

	for (int id = 0; id < BODY_IDS; id++)
	{
		if (!builder->present[id])
			continue;
		if (id < PLANETS)
			planets++;
		if (builder->bodies[id].speed != UNKNOWN)
			flags |= CHART_HAS_SPEEDS;
		if (builder->bodies[id].declination != UNKNOWN)
			flags |= CHART_HAS_DECLINATIONS;
	}
	if (planets != PLANETS || builder->n != PLANETS)
		flags |= CHART_HAS_IDS;
	if (builder->has_cusps)
		flags |= CHART_HAS_CUSPS;
	if (builder->uncertainty != 0)
		flags |= CHART_HAS_UNCERTAINTY;
	return flags;
}

static Size
chart_size(int n, uint8 flags)
{
	Size		size = offsetof(Chart, longitudes) + n * sizeof(binary_angle);

	if (flags & CHART_HAS_IDS)
		size += ids_size(n);
	if (flags & CHART_HAS_SPEEDS)
		size += n * sizeof(int32);
	if (flags & CHART_HAS_DECLINATIONS)
		size += n * sizeof(int32);
	if (flags & CHART_HAS_CUSPS)
		size += HOUSES * sizeof(binary_angle);
	if (flags & CHART_HAS_UNCERTAINTY)
		size += sizeof(uint32);
	return size;
}

Chart *
chart_builder_finish(const ChartBuilder *builder, Node *escontext)
{
	uint8		flags = builder_flags(builder);
	Size		size = chart_size(builder->n, flags);
	Chart	   *chart;
	ChartView	view;
	int			i = 0;

	if (builder->n > MAX_BODIES)
		ereturn(escontext, NULL,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("chart has too many bodies"),
				 errdetail("It has %d, and at most %d are allowed.",
						   builder->n, MAX_BODIES)));

	chart = palloc0(size);
	SET_VARSIZE(chart, size);
	chart->version = CHART_VERSION;
	chart->flags = flags;
	chart->n = builder->n;
	chart_view(chart, &view);

	for (int id = 0; id < BODY_IDS; id++)
	{
		const ChartBody *body = &builder->bodies[id];

		if (!builder->present[id])
			continue;
		chart->longitudes[i] = body->longitude;
		if (flags & CHART_HAS_IDS)
			((uint16 *) view.ids)[i] = id;
		if (view.speeds)
			((int32 *) view.speeds)[i] = body->speed;
		if (view.declinations)
			((int32 *) view.declinations)[i] = body->declination;
		i++;
	}
	if (view.cusps)
		memcpy((binary_angle *) view.cusps, builder->cusps,
			   sizeof(builder->cusps));
	if (flags & CHART_HAS_UNCERTAINTY)
		memcpy((char *) chart + size - sizeof(uint32), &builder->uncertainty,
			   sizeof(uint32));
	return chart;
}

Chart *
chart_of_planets(const binary_angle *longitudes)
{
	Size		size = offsetof(Chart, longitudes) + PLANETS * sizeof(binary_angle);
	Chart	   *chart = palloc(size);

	SET_VARSIZE(chart, size);
	chart->version = CHART_VERSION;
	chart->flags = 0;
	chart->n = PLANETS;
	chart->reserved = 0;
	memcpy(chart->longitudes, longitudes, PLANETS * sizeof(binary_angle));
	return chart;
}

/*
 * Checks of what comes in
 */

static void
report_not_finite(double value, const char *what, const char *whose,
				  Node *escontext)
{
	errsave(escontext,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("%s of \"%s\" is not a finite number", what, whose),
			 errdetail("The value is %s.",
					   isnan(value) ? "NaN" : value < 0 ? "-Infinity" : "Infinity"),
			 errhint("What is not known is null, or left out.")));
}

bool
check_longitude(double degrees, const char *whose, binary_angle *result,
				Node *escontext)
{
	if (!isfinite(degrees))
	{
		report_not_finite(degrees, "longitude", whose, escontext);
		return false;
	}
	*result = angle_from_degrees(degrees);
	return true;
}

/* The nearest multiple of 10^-places, within +- limit of them. */
static bool
check_scaled(double value, int places, int32 limit, const char *what,
			 const char *whose, const char *hint, int32 *result,
			 Node *escontext)
{
	double		scale = (places == SPEED_PLACES) ? 1e6 : 1e7;
	double		scaled = value * scale;

	if (!isfinite(value))
	{
		report_not_finite(value, what, whose, escontext);
		return false;
	}
	scaled = (scaled < 0) ? scaled - 0.5 : scaled + 0.5;
	if (!(scaled > -(double) limit - 1 && scaled < (double) limit + 1))
		ereturn(escontext, false,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s of \"%s\" is out of range: %.15g", what, whose, value),
				 errhint("%s", hint)));
	*result = (int32) scaled;
	return true;
}

bool
check_speed(double degrees_a_day, const char *whose, int32 *result,
			Node *escontext)
{
	return check_scaled(degrees_a_day, SPEED_PLACES, PG_INT32_MAX, "speed", whose,
						"Speeds are degrees a day, between -2147 and 2147.",
						result, escontext);
}

bool
check_declination(double degrees, const char *whose, int32 *result,
				  Node *escontext)
{
	return check_scaled(degrees, DECLINATION_PLACES, MAX_DECLINATION,
						"declination", whose,
						"Declinations are degrees between -90 and 90.",
						result, escontext);
}

/*
 * Binary input and output: the layout in network order, without the length
 * word and without padding.
 */

PG_FUNCTION_INFO_V1(chart_recv);
PG_FUNCTION_INFO_V1(chart_send);

static void
refuse_binary(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid binary representation of a chart"),
			 errdetail("%s", detail)));
}

/* Ids: omitted for the ten planets, else ascending and known. */
static void
receive_ids(StringInfo message, uint8 flags, int n, uint16 *ids)
{
	if (!(flags & CHART_HAS_IDS))
	{
		if (n != PLANETS)
			refuse_binary("The ids are missing.");
		memcpy(ids, planet_ids, sizeof(planet_ids));
		return;
	}
	for (int i = 0; i < n; i++)
	{
		ids[i] = pq_getmsgint(message, 2);
		if (!body_exists(ids[i]))
			refuse_binary("A body has an id that is not in the registry.");
		if (i > 0 && ids[i] <= ids[i - 1])
			refuse_binary("The ids are not ascending.");
	}
}

Datum
chart_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgbyte(message);
	uint8		flags = pq_getmsgbyte(message);
	int			n = pq_getmsgbyte(message);
	int			reserved = pq_getmsgbyte(message);
	binary_angle longitudes[MAX_BODIES];
	uint16		ids[MAX_BODIES];
	ChartBuilder builder;

	if (version != CHART_VERSION)
		refuse_binary("The version of the layout is not known.");
	if ((flags & ~CHART_FLAGS) != 0 || reserved != 0)
		refuse_binary("Reserved bits are set.");
	if (n > MAX_BODIES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("chart has too many bodies"),
				 errdetail("It has %d, and at most %d are allowed.",
						   n, MAX_BODIES)));

	chart_builder_init(&builder);
	for (int i = 0; i < n; i++)
		longitudes[i] = pq_getmsgint(message, 4);
	receive_ids(message, flags, n, ids);
	for (int i = 0; i < n; i++)
	{
		ChartBody	body = {longitudes[i], UNKNOWN, UNKNOWN};

		chart_builder_add(&builder, ids[i], &body, NULL);
	}
	if (flags & CHART_HAS_SPEEDS)
		for (int i = 0; i < n; i++)
			builder.bodies[ids[i]].speed = (int32) pq_getmsgint(message, 4);
	if (flags & CHART_HAS_DECLINATIONS)
		for (int i = 0; i < n; i++)
		{
			int32		declination = (int32) pq_getmsgint(message, 4);

			if (declination != UNKNOWN &&
				(declination > MAX_DECLINATION || declination < -MAX_DECLINATION))
				refuse_binary("A declination is beyond 90 degrees.");
			builder.bodies[ids[i]].declination = declination;
		}
	if (flags & CHART_HAS_CUSPS)
	{
		builder.has_cusps = true;
		for (int i = 0; i < HOUSES; i++)
			builder.cusps[i] = pq_getmsgint(message, 4);
	}
	if (flags & CHART_HAS_UNCERTAINTY)
	{
		builder.uncertainty = pq_getmsgint(message, 4);
		if (builder.uncertainty > MAX_UNCERTAINTY)
			refuse_binary("The uncertainty is longer than a year.");
	}

	/* equal charts are equal bytes: nothing may be there that says nothing */
	if (builder_flags(&builder) != flags)
		refuse_binary("The flags do not fit the content.");
	PG_RETURN_POINTER(chart_builder_finish(&builder, NULL));
}

Datum
chart_send(PG_FUNCTION_ARGS)
{
	const Chart *chart = PG_GETARG_CHART(0);
	ChartView	view;
	StringInfoData message;

	chart_view(chart, &view);
	pq_begintypsend(&message);
	pq_sendint8(&message, chart->version);
	pq_sendint8(&message, chart->flags);
	pq_sendint8(&message, chart->n);
	pq_sendint8(&message, 0);
	for (int i = 0; i < view.n; i++)
		pq_sendint32(&message, view.longitudes[i]);
	if (chart->flags & CHART_HAS_IDS)
		for (int i = 0; i < view.n; i++)
			pq_sendint16(&message, view.ids[i]);
	if (view.speeds)
		for (int i = 0; i < view.n; i++)
			pq_sendint32(&message, view.speeds[i]);
	if (view.declinations)
		for (int i = 0; i < view.n; i++)
			pq_sendint32(&message, view.declinations[i]);
	if (view.cusps)
		for (int i = 0; i < HOUSES; i++)
			pq_sendint32(&message, view.cusps[i]);
	if (view.uncertainty != 0)
		pq_sendint32(&message, view.uncertainty);
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

/*
 * Order and hash
 */

PG_FUNCTION_INFO_V1(chart_eq);
PG_FUNCTION_INFO_V1(chart_ne);
PG_FUNCTION_INFO_V1(chart_lt);
PG_FUNCTION_INFO_V1(chart_le);
PG_FUNCTION_INFO_V1(chart_gt);
PG_FUNCTION_INFO_V1(chart_ge);
PG_FUNCTION_INFO_V1(chart_cmp);
PG_FUNCTION_INFO_V1(chart_hash);
PG_FUNCTION_INFO_V1(chart_hash_extended);

static bool
charts_equal(const Chart *a, const Chart *b)
{
	return VARSIZE(a) == VARSIZE(b) &&
		memcmp(VARDATA(a), VARDATA(b), VARSIZE(a) - VARHDRSZ) == 0;
}

/* By 32-bit words, then by length; every chart is a multiple of 4 bytes. */
static int
compare_charts(const Chart *a, const Chart *b)
{
	const uint32 *words_a = (const uint32 *) VARDATA(a);
	const uint32 *words_b = (const uint32 *) VARDATA(b);
	Size		n_a = (VARSIZE(a) - VARHDRSZ) / sizeof(uint32);
	Size		n_b = (VARSIZE(b) - VARHDRSZ) / sizeof(uint32);

	for (Size i = 0; i < Min(n_a, n_b); i++)
		if (words_a[i] != words_b[i])
			return words_a[i] < words_b[i] ? -1 : 1;
	return (n_a > n_b) - (n_a < n_b);
}

Datum
chart_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(charts_equal(PG_GETARG_CHART(0), PG_GETARG_CHART(1)));
}

Datum
chart_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!charts_equal(PG_GETARG_CHART(0), PG_GETARG_CHART(1)));
}

Datum
chart_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_charts(PG_GETARG_CHART(0), PG_GETARG_CHART(1)) < 0);
}

Datum
chart_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_charts(PG_GETARG_CHART(0), PG_GETARG_CHART(1)) <= 0);
}

Datum
chart_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_charts(PG_GETARG_CHART(0), PG_GETARG_CHART(1)) > 0);
}

Datum
chart_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_charts(PG_GETARG_CHART(0), PG_GETARG_CHART(1)) >= 0);
}

Datum
chart_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_charts(PG_GETARG_CHART(0), PG_GETARG_CHART(1)));
}

Datum
chart_hash(PG_FUNCTION_ARGS)
{
	const Chart *chart = PG_GETARG_CHART(0);

	return hash_any((const unsigned char *) VARDATA(chart),
					VARSIZE(chart) - VARHDRSZ);
}

Datum
chart_hash_extended(PG_FUNCTION_ARGS)
{
	const Chart *chart = PG_GETARG_CHART(0);

	return hash_any_extended((const unsigned char *) VARDATA(chart),
							 VARSIZE(chart) - VARHDRSZ, PG_GETARG_INT64(1));
}
