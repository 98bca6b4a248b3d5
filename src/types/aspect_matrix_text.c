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

PG_FUNCTION_INFO_V1(aspect_matrix_in);
PG_FUNCTION_INFO_V1(aspect_matrix_out);

/*
 * Output
 */

static void
append_names(StringInfo text, const char *key, const uint16 *ids, int n)
{
	appendStringInfo(text, ", \"%s\": [", key);
	for (int i = 0; i < n; i++)
		appendStringInfo(text, "%s\"%s\"", i == 0 ? "" : ", ", body_name(ids[i]));
	appendStringInfoChar(text, ']');
}

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

	/* names of aspects are plain words: nothing needs escaping */
	appendStringInfoString(&text, "{\"aspects\": \"");
	aspect_set_to_text(view.set, &text);
	appendStringInfoChar(&text, '"');
	append_names(&text, "a", view.ids[SIDE_A], view.n);
	append_names(&text, "b", view.ids[SIDE_B], view.m);

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

/*
 * Input
 */

static bool
malformed(const char *detail, Node *escontext)
{
	ereturn(escontext, false,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type aspect_matrix"),
			 errdetail("%s", detail)));
}

/* The array under a key of the document, NULL (and an error) if there is none. */
static JsonbContainer *
member_array(JsonbContainer *document, const char *key, Node *escontext)
{
	JsonbValue	value;

	if (getKeyJsonValueFromContainer(document, key, strlen(key), &value) == NULL ||
		value.type != jbvBinary || !JsonContainerIsArray(value.val.binary.data) ||
		JsonContainerIsScalar(value.val.binary.data))
	{
		ereturn(escontext, NULL,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type aspect_matrix"),
				 errdetail("The array \"%s\" is missing.", key)));
	}
	return value.val.binary.data;
}

static bool
read_names(JsonbContainer *names, uint16 *ids, Node *escontext)
{
	for (int i = 0; i < JsonContainerSize(names); i++)
	{
		JsonbValue *name = getIthJsonbValueFromContainer(names, i);
		int			id = -1;

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

/* Row i, which must be an array of m elements. */
static JsonbContainer *
row_of(JsonbContainer *rows, int i, int m, Node *escontext)
{
	JsonbValue *row = getIthJsonbValueFromContainer(rows, i);

	if (row->type == jbvBinary && JsonContainerIsArray(row->val.binary.data) &&
		JsonContainerSize(row->val.binary.data) == m)
		return row->val.binary.data;
	(void) malformed("A row must have an element for each body of \"b\".", escontext);
	return NULL;
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
read_cell(const JsonbValue *code_value, const JsonbValue *deviation_value,
		  uint8 *code, int32 *deviation, Node *escontext)
{
	double		number;

	if (!read_number(code_value, &number) ||
		!(number >= 0 && number <= MAX_ASPECTS) || number != floor(number))
		return malformed("A code is not a whole number between 0 and 32.", escontext);
	*code = (uint8) number;
	*deviation = 0;
	if (*code == 0)
	{
		if (deviation_value->type != jbvNull)
			return malformed("A cell without aspect has a deviation.", escontext);
		return true;
	}
	if (!read_number(deviation_value, &number) ||
		!(number >= -180 && number <= 180))
		return malformed("A deviation is not a number between -180 and 180.", escontext);
	*deviation = (int32) (number < 0
						  ? -angle_from_arc(-number)
						  : angle_from_arc(number));
	return true;
}

static bool
read_cells(JsonbContainer *document, MatrixView *view, Node *escontext)
{
	JsonbContainer *codes;
	JsonbContainer *deviations;

	if ((codes = member_array(document, "codes", escontext)) == NULL ||
		(deviations = member_array(document, "deviations", escontext)) == NULL)
		return false;
	if (JsonContainerSize(codes) != view->n ||
		JsonContainerSize(deviations) != view->n)
		return malformed("Codes and deviations must have a row for each body of \"a\".",
						 escontext);
	for (int i = 0; i < view->n; i++)
	{
		JsonbContainer *code_row;
		JsonbContainer *deviation_row;

		if ((code_row = row_of(codes, i, view->m, escontext)) == NULL ||
			(deviation_row = row_of(deviations, i, view->m, escontext)) == NULL)
			return false;
		for (int j = 0; j < view->m; j++)
			if (!read_cell(getIthJsonbValueFromContainer(code_row, j),
						   getIthJsonbValueFromContainer(deviation_row, j),
						   &view->codes[i * view->m + j],
						   &view->deviations[i * view->m + j], escontext))
				return false;
	}
	return true;
}

static AspectMatrix *
matrix_from_document(JsonbContainer *document, Node *escontext)
{
	JsonbValue	set_text;
	JsonbContainer *names[2];
	AspectSet  *set;
	AspectMatrix *matrix;
	MatrixView	view;

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
	if (set == NULL ||
		(names[SIDE_A] = member_array(document, "a", escontext)) == NULL ||
		(names[SIDE_B] = member_array(document, "b", escontext)) == NULL)
		return NULL;
	if (JsonContainerSize(names[SIDE_A]) > MAX_BODIES ||
		JsonContainerSize(names[SIDE_B]) > MAX_BODIES)
		ereturn(escontext, NULL,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("aspect matrix has too many bodies"),
				 errdetail("At most %d are allowed on each side.", MAX_BODIES)));

	matrix = matrix_allocate(set, JsonContainerSize(names[SIDE_A]),
							 JsonContainerSize(names[SIDE_B]), &view);
	if (!read_names(names[SIDE_A], view.ids[SIDE_A], escontext) ||
		!read_names(names[SIDE_B], view.ids[SIDE_B], escontext) ||
		!read_cells(document, &view, escontext) ||
		!matrix_check(&view, ERRCODE_INVALID_PARAMETER_VALUE, escontext))
		return NULL;
	return matrix;
}

Datum
aspect_matrix_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	Datum		document;

	if (!input_function_call_safe(jsonb_in, text, fcinfo->context, &document))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(matrix_from_document(&DatumGetJsonbP(document)->root,
										   fcinfo->context));
}
