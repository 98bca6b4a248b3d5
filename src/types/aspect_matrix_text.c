/*
 * aspect_matrix_text.c
 *		Text of aspect matrices: a JSON object that reads back.
 *
 * {"aspects": "trine 8, ...", "a": ["sun", ...], "b": [...],
 *	"codes": [[0, 1, ...], ...], "deviations": [[null, -1.25, ...], ...]}
 *
 * with one row for each body of A.  Deviations are the shortest decimals that
 * read back, null where there is no aspect.
 */
#include "postgres.h"

#include <math.h>

#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"

#include "types/aspect_matrix.h"
#include "types/cells_document.h"

PG_FUNCTION_INFO_V1(aspect_matrix_in);
PG_FUNCTION_INFO_V1(aspect_matrix_out);

static void
append_deviation(StringInfo text, uint8 code, int32 deviation)
{
	char		number[ANGLE_TEXT_SIZE];

	if (code == 0)
	{
		appendStringInfoString(text, "null");
		return;
	}
	if (deviation < 0)
		appendStringInfoChar(text, '-');
	appendBinaryStringInfo(text, number,
						   angle_to_text(cell_orb(deviation), number));
}

Datum
aspect_matrix_out(PG_FUNCTION_ARGS)
{
	MatrixView	view;
	StringInfoData text;

	matrix_view(PG_GETARG_ASPECT_MATRIX(0), &view);
	initStringInfo(&text);
	cells_begin_text(&text, view.set);
	cells_append_names(&text, "a", view.ids[SIDE_A], view.n);
	cells_append_names(&text, "b", view.ids[SIDE_B], view.m);

	appendStringInfoString(&text, ", \"codes\": [");
	for (int i = 0; i < view.n; i++)
	{
		appendStringInfoString(&text, i == 0 ? "[" : ", [");
		for (int j = 0; j < view.m; j++)
			appendStringInfo(&text, "%s%d", j == 0 ? "" : ", ",
							 view.codes[i * view.m + j]);
		appendStringInfoChar(&text, ']');
	}
	appendStringInfoString(&text, "], \"deviations\": [");
	for (int i = 0; i < view.n; i++)
	{
		appendStringInfoString(&text, i == 0 ? "[" : ", [");
		for (int j = 0; j < view.m; j++)
		{
			if (j > 0)
				appendStringInfoString(&text, ", ");
			append_deviation(&text, view.codes[i * view.m + j],
							 view.deviations[i * view.m + j]);
		}
		appendStringInfoChar(&text, ']');
	}
	appendStringInfoString(&text, "]}");
	PG_RETURN_CSTRING(text.data);
}

static bool
read_number(const JsonbValue *value, double *number)
{
	if (value->type != jbvNumeric)
		return false;
	/* infinite if too large, without an error that shows all its digits */
	*number = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow,
												 NumericGetDatum(value->val.numeric)));
	return true;
}

static bool
read_cell(const CellsDocument *document, const JsonbValue *code_value,
		  const JsonbValue *deviation_value, uint8 *code, int32 *deviation)
{
	double		number;

	if (!read_number(code_value, &number) ||
		!(number >= 0 && number <= MAX_ASPECTS) || number != floor(number))
		return cells_malformed(document, "A code is not a whole number between 0 and 32.");
	*code = (uint8) number;
	*deviation = 0;
	if (*code == 0)
	{
		if (deviation_value->type != jbvNull)
			return cells_malformed(document, "A cell without aspect has a deviation.");
		return true;
	}
	if (!read_number(deviation_value, &number) ||
		!(number >= -180 && number <= 180))
		return cells_malformed(document, "A deviation is not a number between -180 and 180.");
	*deviation = (int32) (number < 0
						  ? -angle_from_arc(-number)
						  : angle_from_arc(number));
	return true;
}

static bool
read_cells(const CellsDocument *document, MatrixView *view)
{
	static const char *detail = "A row must have an element for each body of \"b\".";
	JsonbContainer *codes;
	JsonbContainer *deviations;

	if ((codes = cells_array(document, "codes")) == NULL ||
		(deviations = cells_array(document, "deviations")) == NULL)
		return false;
	if (JsonContainerSize(codes) != view->n || JsonContainerSize(deviations) != view->n)
		return cells_malformed(document,
							   "Codes and deviations must have a row for each body of \"a\".");
	for (int i = 0; i < view->n; i++)
	{
		JsonbContainer *code_row;
		JsonbContainer *deviation_row;

		if ((code_row = cells_row(document, codes, i, view->m, detail)) == NULL ||
			(deviation_row = cells_row(document, deviations, i, view->m, detail)) == NULL)
			return false;
		for (int j = 0; j < view->m; j++)
			if (!read_cell(document, getIthJsonbValueFromContainer(code_row, j),
						   getIthJsonbValueFromContainer(deviation_row, j),
						   &view->codes[i * view->m + j],
						   &view->deviations[i * view->m + j]))
				return false;
	}
	return true;
}

Datum
aspect_matrix_in(PG_FUNCTION_ARGS)
{
	CellsDocument document;
	AspectMatrix *matrix;
	MatrixView	view;

	if (!cells_open(&document, "aspect_matrix", PG_GETARG_CSTRING(0), fcinfo->context))
		PG_RETURN_NULL();
	if (document.n[SIDE_A] > MAX_BODIES || document.n[SIDE_B] > MAX_BODIES)
		ereturn(fcinfo->context, (Datum) 0,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("aspect matrix has too many bodies"),
				 errdetail("At most %d are allowed on each side.", MAX_BODIES)));

	matrix = matrix_allocate(document.set, document.n[SIDE_A], document.n[SIDE_B], &view);
	if (!cells_read_names(&document, SIDE_A, view.ids[SIDE_A]) ||
		!cells_read_names(&document, SIDE_B, view.ids[SIDE_B]) ||
		!read_cells(&document, &view) ||
		!matrix_check(&view, ERRCODE_INVALID_PARAMETER_VALUE, fcinfo->context))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(matrix);
}
