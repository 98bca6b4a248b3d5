/*
 * chart_sum.c
 *		Sums of the unit vectors of many charts: layout, text and binary form.
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"

#include "types/chart_sum.h"

PG_FUNCTION_INFO_V1(chart_sum_in);
PG_FUNCTION_INFO_V1(chart_sum_out);
PG_FUNCTION_INFO_V1(chart_sum_recv);
PG_FUNCTION_INFO_V1(chart_sum_send);

ChartSum *
chart_sum_allocate(int n, uint64 charts)
{
	Size		size = offsetof(ChartSum, sums) + n * (sizeof(UnitVector) + sizeof(uint16));
	ChartSum   *sum = palloc(size);

	SET_VARSIZE(sum, size);
	sum->version = CHART_SUM_VERSION;
	sum->reserved = 0;
	sum->n = n;
	sum->charts = charts;
	return sum;
}

/* Could charts have added up to this? */
static bool
check_sum(const ChartSum *sum, int sqlstate, Node *escontext)
{
	const uint16 *ids = chart_sum_ids(sum);
	int64		limit;
	const char *fault = NULL;

	if (sum->charts == 0 || sum->charts > MAX_SUMMED_CHARTS)
		ereturn(escontext, false,
				(errcode(sqlstate),
				 errmsg("invalid sum of charts"),
				 errdetail("The number of charts is out of range.")));
	limit = (int64) sum->charts * UNIT_LENGTH;
	for (int i = 0; i < sum->n; i++)
	{
		if (!body_exists(ids[i]))
			fault = "A body is not in the registry.";
		else if (i > 0 && ids[i] <= ids[i - 1])
			fault = "The bodies are not in the order of the registry.";
		else if (sum->sums[i].x > limit || sum->sums[i].x < -limit ||
				 sum->sums[i].y > limit || sum->sums[i].y < -limit)
			fault = "A sum is larger than so many charts allow.";
	}
	if (fault == NULL)
		return true;
	ereturn(escontext, false,
			(errcode(sqlstate),
			 errmsg("invalid sum of charts"),
			 errdetail("%s", fault)));
}

/*
 * Text: {"charts": 2, "bodies": ["sun", ...], "sums": [[x, y], ...]}
 */
Datum
chart_sum_out(PG_FUNCTION_ARGS)
{
	const ChartSum *sum = (const ChartSum *) PG_GETARG_VARLENA_P(0);
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfo(&text, "{\"charts\": " UINT64_FORMAT ", \"bodies\": [", sum->charts);
	for (int i = 0; i < sum->n; i++)
		appendStringInfo(&text, "%s\"%s\"", i == 0 ? "" : ", ",
						 body_name(chart_sum_ids(sum)[i]));
	appendStringInfoString(&text, "], \"sums\": [");
	for (int i = 0; i < sum->n; i++)
		appendStringInfo(&text, "%s[" INT64_FORMAT ", " INT64_FORMAT "]",
						 i == 0 ? "" : ", ", (int64) sum->sums[i].x,
						 (int64) sum->sums[i].y);
	appendStringInfoString(&text, "]}");
	PG_RETURN_CSTRING(text.data);
}

static ChartSum *
malformed(const char *detail, Node *escontext)
{
	ereturn(escontext, NULL,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type chart_sum"),
			 errdetail("%s", detail)));
}

/* A whole number within 63 bits, exactly; false if it is none. */
static bool
read_whole(const JsonbValue *value, int64 *number)
{
	const double limit = 9223372032559808512.0; /* 2^63 - 2^32 */
	double		magnitude;
	char	   *end;

	if (value == NULL || value->type != jbvNumeric)
		return false;
	magnitude = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow,
												   NumericGetDatum(value->val.numeric)));
	if (!(magnitude >= -limit && magnitude <= limit))
		return false;
	*number = strtoll(DatumGetCString(DirectFunctionCall1(numeric_out,
														  NumericGetDatum(value->val.numeric))),
					  &end, 10);
	return *end == '\0';
}

static JsonbContainer *
array_of(const JsonbValue *value)
{
	return value != NULL && value->type == jbvBinary &&
		JsonContainerIsArray(value->val.binary.data) ? value->val.binary.data : NULL;
}

static JsonbValue *
member(JsonbContainer *document, const char *key)
{
	return getKeyJsonValueFromContainer(document, key, strlen(key), NULL);
}

static ChartSum *
sum_from_document(JsonbContainer *document, Node *escontext)
{
	bool		is_object = JsonContainerIsObject(document);
	JsonbContainer *names = is_object ? array_of(member(document, "bodies")) : NULL;
	JsonbContainer *sums = is_object ? array_of(member(document, "sums")) : NULL;
	int64		charts;
	ChartSum   *result;

	if (names == NULL || sums == NULL || !read_whole(member(document, "charts"), &charts) ||
		JsonContainerSize(names) != JsonContainerSize(sums) ||
		JsonContainerSize(names) > MAX_BODIES)
		return malformed("It is not an object with a number of \"charts\", \"bodies\" and as many \"sums\".",
						 escontext);

	result = chart_sum_allocate(JsonContainerSize(names), charts);
	for (int i = 0; i < result->n; i++)
	{
		JsonbValue *name = getIthJsonbValueFromContainer(names, i);
		JsonbContainer *sum = array_of(getIthJsonbValueFromContainer(sums, i));
		int64		x;
		int64		y;
		int			id;

		if (name->type != jbvString || sum == NULL || JsonContainerSize(sum) != 2 ||
			!read_whole(getIthJsonbValueFromContainer(sum, 0), &x) ||
			!read_whole(getIthJsonbValueFromContainer(sum, 1), &y))
			return malformed("A body is not a string, or a sum not two whole numbers.",
							 escontext);
		id = body_lookup(name->val.string.val, name->val.string.len);
		if (id < 0)
		{
			report_unknown_body(name->val.string.val, name->val.string.len, escontext);
			return NULL;
		}
		chart_sum_ids(result)[i] = id;
		result->sums[i] = (UnitVector)
		{
			x, y
		};
	}
	return check_sum(result, ERRCODE_INVALID_TEXT_REPRESENTATION, escontext) ? result : NULL;
}

Datum
chart_sum_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	Datum		document;

	if (!input_function_call_safe(jsonb_in, text, fcinfo->context, &document))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(sum_from_document(&DatumGetJsonbP(document)->root,
										fcinfo->context));
}

/*
 * Binary form: version, a reserved byte, n, charts; the ids; the sums.
 */
Datum
chart_sum_send(PG_FUNCTION_ARGS)
{
	const ChartSum *sum = (const ChartSum *) PG_GETARG_VARLENA_P(0);
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendint8(&message, CHART_SUM_VERSION);
	pq_sendint8(&message, 0);
	pq_sendint16(&message, sum->n);
	pq_sendint64(&message, sum->charts);
	for (int i = 0; i < sum->n; i++)
		pq_sendint16(&message, chart_sum_ids(sum)[i]);
	for (int i = 0; i < sum->n; i++)
	{
		pq_sendint64(&message, sum->sums[i].x);
		pq_sendint64(&message, sum->sums[i].y);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

Datum
chart_sum_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgbyte(message);
	int			reserved = pq_getmsgbyte(message);
	int			n = pq_getmsgint(message, 2);
	ChartSum   *sum;

	if (version != CHART_SUM_VERSION || reserved != 0 || n > MAX_BODIES)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary representation of a sum of charts"),
				 errdetail("The header is not that of version %d.", CHART_SUM_VERSION)));
	sum = chart_sum_allocate(n, pq_getmsgint64(message));
	for (int i = 0; i < n; i++)
		chart_sum_ids(sum)[i] = pq_getmsgint(message, 2);
	for (int i = 0; i < n; i++)
	{
		sum->sums[i].x = pq_getmsgint64(message);
		sum->sums[i].y = pq_getmsgint64(message);
	}
	(void) check_sum(sum, ERRCODE_INVALID_BINARY_REPRESENTATION, NULL);
	PG_RETURN_POINTER(sum);
}
