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
#include "types/cells_document.h"

PG_FUNCTION_INFO_V1(aspect_tally_in);
PG_FUNCTION_INFO_V1(aspect_tally_out);

Datum
aspect_tally_out(PG_FUNCTION_ARGS)
{
	TallyView	view;
	StringInfoData text;
	const uint64 *number;

	tally_view(PG_GETARG_ASPECT_TALLY(0), &view);
	initStringInfo(&text);
	cells_begin_text(&text, view.set);
	if (view.unordered)
		appendStringInfoString(&text, ", \"unordered\": true");
	cells_append_names(&text, "a", view.ids[SIDE_A], view.n);
	cells_append_names(&text, "b", view.ids[SIDE_B], view.m);

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

/* A whole number between 0 and 2^63 - 1, exactly. */
static bool
read_count(const CellsDocument *document, const JsonbValue *value, uint64 *count)
{
	static const char *detail = "A count is not a whole number between 0 and 9223372036854775807.";
	const char *digits;
	double		magnitude;

	if (value->type != jbvNumeric)
		return cells_malformed(document, detail);

	/* a number of a thousand digits need not be printed */
	magnitude = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow,
												   NumericGetDatum(value->val.numeric)));
	if (!(magnitude >= 0 && magnitude < 1e19))
		return cells_malformed(document, detail);
	digits = DatumGetCString(DirectFunctionCall1(numeric_out,
												 NumericGetDatum(value->val.numeric)));
	*count = 0;
	for (; *digits != '\0'; digits++)
	{
		/* magnitude is below 2^64 / 10 * 6: at most 19 digits */
		if (*digits < '0' || *digits > '9' || *count > PG_INT64_MAX / 10)
			return cells_malformed(document, detail);
		*count = *count * 10 + (*digits - '0');
	}
	if (*count > PG_INT64_MAX)
		return cells_malformed(document, detail);
	return true;
}

static bool
read_cells(const CellsDocument *document, TallyView *view)
{
	static const char *detail = "Cells are a row for each body of \"a\", in it a cell for each body of \"b\", in it the pairs and two numbers for each aspect.";
	JsonbContainer *rows = cells_array(document, "cells");
	int			numbers = cell_numbers(view->set);
	uint64	   *number = view->cells;

	if (rows == NULL)
		return false;
	if (JsonContainerSize(rows) != view->n)
		return cells_malformed(document, "Cells must have a row for each body of \"a\".");
	for (int i = 0; i < view->n; i++)
	{
		JsonbContainer *row = cells_row(document, rows, i, view->m, detail);

		if (row == NULL)
			return false;
		for (int j = 0; j < view->m; j++)
		{
			JsonbContainer *cell = cells_row(document, row, j, numbers, detail);

			if (cell == NULL)
				return false;
			for (int k = 0; k < numbers; k++)
				if (!read_count(document, getIthJsonbValueFromContainer(cell, k), number++))
					return false;
		}
	}
	return true;
}

/* "unordered": true, or not there at all */
static bool
read_unordered(const CellsDocument *document, bool *unordered)
{
	JsonbValue	value;

	*unordered = false;
	if (getKeyJsonValueFromContainer(document->root, "unordered", strlen("unordered"),
									 &value) == NULL)
		return true;
	if (value.type != jbvBool)
		return cells_malformed(document, "\"unordered\" is neither true nor false.");
	*unordered = value.val.boolean;
	return true;
}

Datum
aspect_tally_in(PG_FUNCTION_ARGS)
{
	CellsDocument document;
	AspectTally *tally;
	TallyView	view;
	bool		unordered;

	if (!cells_open(&document, "aspect_tally", PG_GETARG_CSTRING(0), fcinfo->context) ||
		!read_unordered(&document, &unordered))
		PG_RETURN_NULL();
	if (document.n[SIDE_A] > BODY_IDS || document.n[SIDE_B] > BODY_IDS)
	{
		(void) cells_malformed(&document, "It has more bodies than there are.");
		PG_RETURN_NULL();
	}

	tally = tally_allocate(document.set, unordered, document.n[SIDE_A], document.n[SIDE_B],
						   &view);
	if (!cells_read_names(&document, SIDE_A, view.ids[SIDE_A]) ||
		!cells_read_names(&document, SIDE_B, view.ids[SIDE_B]) ||
		!read_cells(&document, &view) ||
		!tally_check(&view, ERRCODE_INVALID_TEXT_REPRESENTATION, fcinfo->context))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(tally);
}
