/*
 * aspect_tally_text.c
 *		Text of aspect tallies: a JSON object that reads back.
 *
 * {"aspects": "trine 8, ...", "a": ["sun", ...], "b": [...],
 *	"cells": [[[pairs, count, orbs, count, orbs, ...], ...], ...]}
 *
 * with one row for each body of A and in it one cell for each body of B.  Sums
 * of orbs are whole units of 360/2^32 degrees: a tally must come back exactly.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"

#include "types/aspect_tally.h"

PG_FUNCTION_INFO_V1(aspect_tally_in);
PG_FUNCTION_INFO_V1(aspect_tally_out);

static void
append_names(StringInfo text, const char *key, const uint16 *ids, int n)
{
	appendStringInfo(text, ", \"%s\": [", key);
	for (int i = 0; i < n; i++)
		appendStringInfo(text, "%s\"%s\"", i == 0 ? "" : ", ", body_name(ids[i]));
	appendStringInfoChar(text, ']');
}

Datum
aspect_tally_out(PG_FUNCTION_ARGS)
{
	TallyView	view;
	StringInfoData text;
	const uint64 *number;

	tally_view(PG_GETARG_ASPECT_TALLY(0), &view);
	initStringInfo(&text);

	/* names of aspects are plain words: nothing needs escaping */
	appendStringInfoString(&text, "{\"aspects\": \"");
	aspect_set_to_text(view.set, &text);
	appendStringInfoChar(&text, '"');
	if (view.unordered)
		appendStringInfoString(&text, ", \"unordered\": true");
	append_names(&text, "a", view.ids[SIDE_A], view.n);
	append_names(&text, "b", view.ids[SIDE_B], view.m);

	appendStringInfoString(&text, ", \"cells\": [");
	number = view.cells;
	for (int i = 0; i < view.n; i++)
	{
		appendStringInfoString(&text, i == 0 ? "[" : ", [");
		for (int j = 0; j < view.m; j++)
		{
			appendStringInfoString(&text, j == 0 ? "[" : ", [");
			for (int k = 0; k < cell_numbers(view.set); k++)
				appendStringInfo(&text, "%s" UINT64_FORMAT, k == 0 ? "" : ", ",
								 *number++);
			appendStringInfoChar(&text, ']');
		}
		appendStringInfoChar(&text, ']');
	}
	appendStringInfoString(&text, "]}");
	PG_RETURN_CSTRING(text.data);
}

/*
 * Input
 */

static bool
malformed(const char *detail, Node *escontext)
{
	ereturn(escontext, false,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type aspect_tally"),
			 errdetail("%s", detail)));
}

static bool
is_array(const JsonbValue *value)
{
	return value->type == jbvBinary && JsonContainerIsArray(value->val.binary.data) &&
		!JsonContainerIsScalar(value->val.binary.data);
}

/* The array under a key of the document, NULL (and an error) if there is none. */
static JsonbContainer *
member_array(JsonbContainer *document, const char *key, Node *escontext)
{
	JsonbValue	value;

	if (getKeyJsonValueFromContainer(document, key, strlen(key), &value) == NULL ||
		!is_array(&value))
		ereturn(escontext, NULL,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type aspect_tally"),
				 errdetail("The array \"%s\" is missing.", key)));
	return value.val.binary.data;
}

/* Element i of an array, which must be an array of this length. */
static JsonbContainer *
element_array(JsonbContainer *array, int i, int length, Node *escontext)
{
	JsonbValue *element = getIthJsonbValueFromContainer(array, i);

	if (is_array(element) &&
		JsonContainerSize(element->val.binary.data) == length)
		return element->val.binary.data;
	(void) malformed("Cells are a row for each body of \"a\", in it a cell for each body of \"b\", in it the pairs and two numbers for each aspect.",
					 escontext);
	return NULL;
}

static bool
read_names(JsonbContainer *names, uint16 *ids, Node *escontext)
{
	for (int i = 0; i < JsonContainerSize(names); i++)
	{
		JsonbValue *name = getIthJsonbValueFromContainer(names, i);
		int			id;

		if (name->type != jbvString)
			return malformed("A body is not a string.", escontext);
		id = body_lookup(name->val.string.val, name->val.string.len);
		if (id < 0)
		{
			report_unknown_body(name->val.string.val, name->val.string.len, escontext);
			return false;
		}
		ids[i] = id;
	}
	return true;
}

/* A whole number between 0 and 2^63 - 1, exactly. */
static bool
read_count(const JsonbValue *value, uint64 *count, Node *escontext)
{
	static const char *detail = "A count is not a whole number between 0 and 9223372036854775807.";
	const char *digits;
	double		magnitude;

	if (value->type != jbvNumeric)
		return malformed(detail, escontext);

	/* a number of a thousand digits need not be printed */
	magnitude = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow,
												   NumericGetDatum(value->val.numeric)));
	if (!(magnitude >= 0 && magnitude < 1e19))
		return malformed(detail, escontext);
	digits = DatumGetCString(DirectFunctionCall1(numeric_out,
												 NumericGetDatum(value->val.numeric)));
	*count = 0;
	for (; *digits != '\0'; digits++)
	{
		/* magnitude is below 2^64 / 10 * 6: at most 19 digits */
		if (*digits < '0' || *digits > '9' || *count > PG_INT64_MAX / 10)
			return malformed(detail, escontext);
		*count = *count * 10 + (*digits - '0');
	}
	if (*count > PG_INT64_MAX)
		return malformed(detail, escontext);
	return true;
}

static bool
read_cells(JsonbContainer *document, TallyView *view, Node *escontext)
{
	JsonbContainer *rows = member_array(document, "cells", escontext);
	int			numbers = cell_numbers(view->set);
	uint64	   *number = view->cells;

	if (rows == NULL)
		return false;
	if (JsonContainerSize(rows) != view->n)
		return malformed("Cells must have a row for each body of \"a\".", escontext);
	for (int i = 0; i < view->n; i++)
	{
		JsonbContainer *row = element_array(rows, i, view->m, escontext);

		if (row == NULL)
			return false;
		for (int j = 0; j < view->m; j++)
		{
			JsonbContainer *cell = element_array(row, j, numbers, escontext);

			if (cell == NULL)
				return false;
			for (int k = 0; k < numbers; k++)
				if (!read_count(getIthJsonbValueFromContainer(cell, k), number++,
								escontext))
					return false;
		}
	}
	return true;
}

/* "unordered": true, or not there at all */
static bool
read_unordered(JsonbContainer *document, bool *unordered, Node *escontext)
{
	JsonbValue	value;

	*unordered = false;
	if (getKeyJsonValueFromContainer(document, "unordered", strlen("unordered"),
									 &value) == NULL)
		return true;
	if (value.type != jbvBool)
		return malformed("\"unordered\" is neither true nor false.", escontext);
	*unordered = value.val.boolean;
	return true;
}

static AspectTally *
tally_from_document(JsonbContainer *document, Node *escontext)
{
	JsonbValue	set_text;
	JsonbContainer *names[2];
	AspectSet  *set;
	AspectTally *tally;
	TallyView	view;
	bool		unordered;

	if (!JsonContainerIsObject(document) ||
		getKeyJsonValueFromContainer(document, "aspects", strlen("aspects"),
									 &set_text) == NULL ||
		set_text.type != jbvString)
	{
		(void) malformed("It is not an object with an aspect set under \"aspects\".",
						 escontext);
		return NULL;
	}
	set = aspect_set_from_text(set_text.val.string.val, set_text.val.string.len,
							   escontext);
	if (set == NULL || !read_unordered(document, &unordered, escontext) ||
		(names[SIDE_A] = member_array(document, "a", escontext)) == NULL ||
		(names[SIDE_B] = member_array(document, "b", escontext)) == NULL)
		return NULL;
	if (JsonContainerSize(names[SIDE_A]) > BODY_IDS ||
		JsonContainerSize(names[SIDE_B]) > BODY_IDS)
	{
		(void) malformed("It has more bodies than there are.", escontext);
		return NULL;
	}

	tally = tally_allocate(set, unordered, JsonContainerSize(names[SIDE_A]),
						   JsonContainerSize(names[SIDE_B]), &view);
	if (!read_names(names[SIDE_A], view.ids[SIDE_A], escontext) ||
		!read_names(names[SIDE_B], view.ids[SIDE_B], escontext) ||
		!read_cells(document, &view, escontext) ||
		!tally_check(&view, ERRCODE_INVALID_TEXT_REPRESENTATION, escontext))
		return NULL;
	return tally;
}

Datum
aspect_tally_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	Datum		document;

	if (!input_function_call_safe(jsonb_in, text, fcinfo->context, &document))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(tally_from_document(&DatumGetJsonbP(document)->root,
										  fcinfo->context));
}
