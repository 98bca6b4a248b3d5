/*
 * cells_document.c
 *		Values with cells as JSON: what aspect matrices and tallies have in
 *		common.
 */
#include "postgres.h"

#include "utils/fmgrprotos.h"

#include "types/cells_document.h"

/* Names of aspects and bodies are plain words: nothing needs escaping. */
void
cells_begin_text(StringInfo text, const AspectSet *set)
{
	appendStringInfoString(text, "{\"aspects\": \"");
	aspect_set_to_text(set, text);
	appendStringInfoChar(text, '"');
}

void
cells_append_names(StringInfo text, const char *key, const uint16 *ids, int n)
{
	appendStringInfo(text, ", \"%s\": [", key);
	for (int i = 0; i < n; i++)
		appendStringInfo(text, "%s\"%s\"", i == 0 ? "" : ", ", body_name(ids[i]));
	appendStringInfoChar(text, ']');
}

bool
cells_malformed(const CellsDocument *document, const char *detail)
{
	ereturn(document->escontext, false,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type %s", document->type),
			 errdetail("%s", detail)));
}

static bool
is_array(const JsonbValue *value)
{
	return value->type == jbvBinary && JsonContainerIsArray(value->val.binary.data) &&
		!JsonContainerIsScalar(value->val.binary.data);
}

JsonbContainer *
cells_array(const CellsDocument *document, const char *key)
{
	JsonbValue	value;

	if (getKeyJsonValueFromContainer(document->root, key, strlen(key), &value) == NULL ||
		!is_array(&value))
	{
		(void) cells_malformed(document, psprintf("The array \"%s\" is missing.", key));
		return NULL;
	}
	return value.val.binary.data;
}

JsonbContainer *
cells_row(const CellsDocument *document, JsonbContainer *array, int i, int length,
		  const char *detail)
{
	JsonbValue *element = getIthJsonbValueFromContainer(array, i);

	if (is_array(element) && JsonContainerSize(element->val.binary.data) == length)
		return element->val.binary.data;
	(void) cells_malformed(document, detail);
	return NULL;
}

bool
cells_open(CellsDocument *document, const char *type, char *text, Node *escontext)
{
	Datum		jsonb;
	JsonbValue	set;

	document->type = type;
	document->escontext = escontext;
	if (!input_function_call_safe(jsonb_in, text, escontext, &jsonb))
		return false;
	document->root = &DatumGetJsonbP(jsonb)->root;
	if (!JsonContainerIsObject(document->root) ||
		getKeyJsonValueFromContainer(document->root, "aspects", strlen("aspects"), &set) == NULL ||
		set.type != jbvString)
		return cells_malformed(document,
							   "It is not an object with an aspect set under \"aspects\".");
	document->set = aspect_set_from_text(set.val.string.val, set.val.string.len, escontext);
	if (document->set == NULL)
		return false;

	for (Side side = SIDE_A; side <= SIDE_B; side++)
	{
		document->names[side] = cells_array(document, side == SIDE_A ? "a" : "b");
		if (document->names[side] == NULL)
			return false;
		document->n[side] = JsonContainerSize(document->names[side]);
	}
	return true;
}

bool
cells_read_names(const CellsDocument *document, Side side, uint16 *ids)
{
	for (int i = 0; i < document->n[side]; i++)
	{
		JsonbValue *name = getIthJsonbValueFromContainer(document->names[side], i);
		int			id;

		if (name->type != jbvString)
			return cells_malformed(document, "A body is not a string.");
		id = body_lookup(name->val.string.val, name->val.string.len);
		if (id < 0)
		{
			report_unknown_body(name->val.string.val, name->val.string.len,
								document->escontext);
			return false;
		}
		ids[i] = id;
	}
	return true;
}
