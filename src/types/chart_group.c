/*
 * chart_group.c
 *		Charts and an aspect set in one value: layout, the two expanded forms in
 *		which it grows, text and binary form.
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"

#include "types/aspect_tally.h"
#include "types/chart_group.h"

PG_FUNCTION_INFO_V1(chart_group_in);
PG_FUNCTION_INFO_V1(chart_group_out);
PG_FUNCTION_INFO_V1(chart_group_recv);
PG_FUNCTION_INFO_V1(chart_group_send);

/* chart.c */
extern Datum chart_recv(PG_FUNCTION_ARGS);
extern Datum chart_send(PG_FUNCTION_ARGS);

static inline Size
head_size(const AspectSet *set)
{
	return offsetof(ChartGroup, set) + INTALIGN(VARSIZE(set));
}

/* Writes all but the charts. */
static void
write_head(ChartGroup *group, const AspectSet *set, uint32 n, Size charts_size)
{
	memset(group, 0, head_size(set));
	SET_VARSIZE(group, head_size(set) + charts_size);
	group->version = CHART_GROUP_VERSION;
	group->set_size = VARSIZE(set);
	group->n = n;
	memcpy(group->set, set, VARSIZE(set));
}

static AspectSet *
copy_set(const AspectSet *set, MemoryContext context)
{
	AspectSet  *copy = MemoryContextAlloc(context, VARSIZE(set));

	memcpy(copy, set, VARSIZE(set));
	return copy;
}

/*
 * A list of charts
 */

static Size
get_list_size(ExpandedObjectHeader * header)
{
	ChartList  *list = (ChartList *) header;

	return head_size(list->set) + list->size;
}

static void
flatten_list(ExpandedObjectHeader * header, void *result, Size allocated_size)
{
	ChartList  *list = (ChartList *) header;

	Assert(allocated_size == get_list_size(header));
	write_head(result, list->set, list->n, list->size);
	memcpy((char *) result + head_size(list->set), list->charts, list->size);
}

static const ExpandedObjectMethods list_methods = {get_list_size, flatten_list};

ChartList *
chart_list_begin(const AspectSet *set, MemoryContext parent)
{
	MemoryContext context = AllocSetContextCreate(parent, "synastry chart list",
												  ALLOCSET_START_SMALL_SIZES);
	ChartList  *list = MemoryContextAllocZero(context, sizeof(ChartList));

	EOH_init_header(&list->header, &list_methods, context);
	list->set = copy_set(set, context);
	list->allocated = 1024;
	list->charts = MemoryContextAlloc(context, list->allocated);
	return list;
}

void
chart_list_add(ChartList *list, const void *charts, uint32 n, Size size)
{
	/* the flat value must fit as well */
	if (size > MaxAllocSize - head_size(list->set) - list->size)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("group of charts is too large"),
				 errdetail("The charts of a group take less than 1 GB; there are %u before this one.",
						   list->n)));
	if (list->size + size > list->allocated)
	{
		list->allocated = Max(list->size + size, Min(2 * list->allocated, MaxAllocSize));
		list->charts = repalloc(list->charts, list->allocated);
	}
	memcpy(list->charts + list->size, charts, size);
	list->size += size;
	list->n += n;
}

ChartList *
chart_list_for_update(Datum datum, MemoryContext parent)
{
	ChartList  *list;
	ChartGroupView view;

	if (VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(datum)))
	{
		list = (ChartList *) DatumGetEOHP(datum);
		if (list->header.eoh_methods == &list_methods)
			return list;
	}
	chart_group_view(datum, &view);
	list = chart_list_begin(view.set, parent);
	chart_list_add(list, view.charts, view.n, view.charts_size);
	return list;
}

void
chart_group_view(Datum datum, ChartGroupView *view)
{
	const ChartGroup *group;

	/* a long list is read where it is */
	if (VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(datum)))
	{
		const ChartList *list = (const ChartList *) DatumGetEOHP(datum);

		if (list->header.eoh_methods == &list_methods)
		{
			view->set = list->set;
			view->n = list->n;
			view->charts = list->charts;
			view->charts_size = list->size;
			return;
		}
	}
	group = (const ChartGroup *) PG_DETOAST_DATUM(datum);
	view->set = (const AspectSet *) group->set;
	view->n = group->n;
	view->charts = (const char *) group + head_size(view->set);
	view->charts_size = VARSIZE(group) - head_size(view->set);
}

/*
 * A pair of charts
 */

static Size
get_pair_size(ExpandedObjectHeader * header)
{
	ChartPair  *pair = (ChartPair *) header;

	if (pair->flat == NULL)
	{
		MemoryContext caller = MemoryContextSwitchTo(header->eoh_context);
		Chart	   *a = draft_to_chart(&pair->sides[SIDE_A]);
		Chart	   *b = draft_to_chart(&pair->sides[SIDE_B]);
		char	   *charts;

		pair->flat = palloc(head_size(pair->set) + VARSIZE(a) + VARSIZE(b));
		write_head(pair->flat, pair->set, 2, VARSIZE(a) + VARSIZE(b));
		charts = (char *) pair->flat + head_size(pair->set);
		memcpy(charts, a, VARSIZE(a));
		memcpy(charts + VARSIZE(a), b, VARSIZE(b));
		pfree(a);
		pfree(b);
		MemoryContextSwitchTo(caller);
	}
	return VARSIZE(pair->flat);
}

static void
flatten_pair(ExpandedObjectHeader * header, void *result, Size allocated_size)
{
	ChartPair  *pair = (ChartPair *) header;

	/* made by get_pair_size() */
	Assert(pair->flat != NULL && VARSIZE(pair->flat) == allocated_size);
	memcpy(result, pair->flat, allocated_size);
}

static const ExpandedObjectMethods pair_methods = {get_pair_size, flatten_pair};

ChartPair *
chart_pair_begin(const AspectSet *set, MemoryContext parent)
{
	MemoryContext context = AllocSetContextCreate(parent, "synastry chart pair",
												  ALLOCSET_SMALL_SIZES);
	ChartPair  *pair = MemoryContextAllocZero(context, sizeof(ChartPair));

	EOH_init_header(&pair->header, &pair_methods, context);
	pair->set = copy_set(set, context);
	return pair;
}

ChartPair *
chart_pair_for_update(Datum datum, MemoryContext parent)
{
	ChartPair  *pair;
	ChartGroupView view;

	if (VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(datum)))
	{
		pair = (ChartPair *) DatumGetEOHP(datum);
		if (pair->header.eoh_methods == &pair_methods)
		{
			if (pair->flat != NULL)
			{
				pfree(pair->flat);
				pair->flat = NULL;
			}
			return pair;
		}
	}
	chart_group_view(datum, &view);
	pair = chart_pair_begin(view.set, parent);
	chart_pair_add(pair, &view);
	return pair;
}

void
chart_pair_add(ChartPair *pair, const ChartGroupView *other)
{
	const Chart *a = (const Chart *) other->charts;

	if (other->n != 2)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the state of aspect_matrix_agg() has two charts, not %u",
						other->n)));
	check_same_set(pair->set, other->set, "an aspect matrix");
	draft_add_chart(&pair->sides[SIDE_A], a, pair->header.eoh_context);
	draft_add_chart(&pair->sides[SIDE_B], next_chart(a), pair->header.eoh_context);
}

/*
 * Text: {"aspects": "trine 8, ...", "charts": [{"sun": 196.27}, ...]}
 */
Datum
chart_group_out(PG_FUNCTION_ARGS)
{
	ChartGroupView view;
	const Chart *chart;
	StringInfoData text;

	chart_group_view(PG_GETARG_DATUM(0), &view);
	initStringInfo(&text);
	appendStringInfoString(&text, "{\"aspects\": \"");
	aspect_set_to_text(view.set, &text);
	appendStringInfoString(&text, "\", \"charts\": [");
	chart = (const Chart *) view.charts;
	for (uint32 i = 0; i < view.n; i++)
	{
		if (i > 0)
			appendStringInfoString(&text, ", ");
		chart_to_text(chart, &text);
		chart = next_chart(chart);
	}
	appendStringInfoString(&text, "]}");
	PG_RETURN_CSTRING(text.data);
}

static ChartList *
malformed(const char *detail, Node *escontext)
{
	ereturn(escontext, NULL,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type chart_group"),
			 errdetail("%s", detail)));
}

static ChartList *
group_from_document(JsonbContainer *document, Node *escontext)
{
	JsonbValue	value;
	AspectSet  *set;
	ChartList  *list;
	JsonbContainer *charts;

	if (!JsonContainerIsObject(document) ||
		getKeyJsonValueFromContainer(document, "aspects", strlen("aspects"),
									 &value) == NULL || value.type != jbvString)
		return malformed("It is not an object with an aspect set under \"aspects\".",
						 escontext);
	set = aspect_set_from_text(value.val.string.val, value.val.string.len, escontext);
	if (set == NULL)
		return NULL;
	if (getKeyJsonValueFromContainer(document, "charts", strlen("charts"),
									 &value) == NULL || value.type != jbvBinary ||
		!JsonContainerIsArray(value.val.binary.data))
		return malformed("The array \"charts\" is missing.", escontext);

	charts = value.val.binary.data;
	list = chart_list_begin(set, CurrentMemoryContext);
	for (uint32 i = 0; i < JsonContainerSize(charts); i++)
	{
		JsonbValue *element = getIthJsonbValueFromContainer(charts, i);
		Chart	   *chart;

		if (element->type != jbvBinary)
			return malformed("A chart is not an object.", escontext);
		chart = chart_from_jsonb(JsonbValueToJsonb(element), escontext);
		if (chart == NULL)
			return NULL;
		chart_list_add(list, chart, 1, VARSIZE(chart));
	}
	return list;
}

Datum
chart_group_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	Datum		document;
	ChartList  *list;

	if (!input_function_call_safe(jsonb_in, text, fcinfo->context, &document))
		PG_RETURN_NULL();
	list = group_from_document(&DatumGetJsonbP(document)->root, fcinfo->context);
	if (list == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(PG_DETOAST_DATUM(EOHPGetRODatum(&list->header)));
}

/*
 * Binary form: version, the number of charts and each as a length and the
 * bytes that chart_send() makes; the set as its text.
 */
Datum
chart_group_send(PG_FUNCTION_ARGS)
{
	ChartGroupView view;
	const Chart *chart;
	StringInfoData text;
	StringInfoData message;

	chart_group_view(PG_GETARG_DATUM(0), &view);
	pq_begintypsend(&message);
	pq_sendint8(&message, CHART_GROUP_VERSION);
	pq_sendint32(&message, view.n);
	chart = (const Chart *) view.charts;
	for (uint32 i = 0; i < view.n; i++)
	{
		bytea	   *bytes = DatumGetByteaP(DirectFunctionCall1(chart_send,
															   PointerGetDatum(chart)));

		pq_sendint32(&message, VARSIZE(bytes) - VARHDRSZ);
		pq_sendbytes(&message, VARDATA(bytes), VARSIZE(bytes) - VARHDRSZ);
		pfree(bytes);
		chart = next_chart(chart);
	}
	initStringInfo(&text);
	aspect_set_to_text(view.set, &text);
	pq_sendtext(&message, text.data, text.len);
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

static void
refuse_binary(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid binary representation of a chart group"),
			 errdetail("%s", detail)));
}

/* One chart, which has to take all of its bytes. */
static const Chart *
receive_chart(StringInfo message)
{
	int			length = pq_getmsgint(message, 4);
	StringInfoData bytes;
	Datum		chart;

	if (length < 0 || length > message->len - message->cursor)
		refuse_binary("A chart is longer than what was sent.");
	initStringInfo(&bytes);
	appendBinaryStringInfo(&bytes, pq_getmsgbytes(message, length), length);
	chart = DirectFunctionCall1(chart_recv, PointerGetDatum(&bytes));
	if (bytes.cursor != bytes.len)
		refuse_binary("A chart is shorter than its length says.");
	pfree(bytes.data);
	return DatumGetChart(chart);
}

Datum
chart_group_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgbyte(message);
	uint32		n = pq_getmsgint(message, 4);
	int			charts = message->cursor;
	ChartList  *list;
	char	   *text;
	int			length;

	if (version != CHART_GROUP_VERSION)
		refuse_binary("The version of the layout is not known.");

	/* the set follows the charts */
	for (uint32 i = 0; i < n; i++)
	{
		length = pq_getmsgint(message, 4);
		if (length < 0 || length > message->len - message->cursor)
			refuse_binary("A chart is longer than what was sent.");
		(void) pq_getmsgbytes(message, length);
	}
	text = pq_getmsgtext(message, message->len - message->cursor, &length);
	list = chart_list_begin(aspect_set_from_text(text, length, NULL),
							CurrentMemoryContext);

	message->cursor = charts;
	for (uint32 i = 0; i < n; i++)
	{
		const Chart *chart = receive_chart(message);

		chart_list_add(list, chart, 1, VARSIZE(chart));
		pfree(unconstify(Chart *, chart));
	}
	message->cursor = message->len;
	PG_RETURN_POINTER(PG_DETOAST_DATUM(EOHPGetRODatum(&list->header)));
}
