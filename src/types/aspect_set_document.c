/*
 * aspect_set_document.c
 *		aspect_set(jsonb): the aspects as kerykeion's settings list them.
 *
 *		[{"name": "conjunction", "orb": 10}, {"name": "semi-sextile", "orb": 1}]
 *
 * or an object with this list as "active_aspects" (kerykeion 4 to 6, chart data
 * and settings alike).  kerykeion tries the aspects by rising angle, whatever
 * the order of the list, and the first one within its orb counts
 * (aspects_utils.py), so the set is "first" in that order.  Other keys of an
 * entry (degree, color, is_major) say nothing about what counts.
 */
#include "postgres.h"

#include "fmgr.h"

#include "types/aspect_set.h"
#include "types/decimal.h"
#include "types/document.h"

PG_FUNCTION_INFO_V1(jsonb_to_aspect_set);

enum
{
	LIST_OF_ASPECTS = 1,
	NAME_OF_ASPECT,
	ORB_OF_ASPECT
};

static const KeyList key_lists[] = {
	{LIST_OF_ASPECTS, "active_aspects aspects"},
	{NAME_OF_ASPECT, "name"},
	{ORB_OF_ASPECT, "orb"}
};

static KeyTable keys = KEY_TABLE(key_lists);

/* the error is at a node, where the document has one */
static void
report_document(const DocumentNode *node, const char *detail)
{
	StringInfoData path;

	initStringInfo(&path);
	if (node != NULL)
		append_document_path(&path, node);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 node != NULL
			 ? errmsg("invalid list of aspects at %s", path.data)
			 : errmsg("invalid list of aspects"),
			 errdetail("%s", detail),
			 errhint("Write, for example, [{\"name\": \"trine\", \"orb\": 8}].")));
}

static const DocumentNode *
find_child(const DocumentNode *node, int role)
{
	foreach_child(child, node)
	{
		if (key_role(&keys, child) == role)
			return child;
	}
	return NULL;
}

static void
read_name(const DocumentNode *node, AspectDraft *aspect)
{
	const char *suggestion;

	aspect->id = aspect_lookup(node->text, node->length);
	if (aspect->id >= 0)
	{
		aspect->angle = aspect_angle(aspect->id);
		return;
	}
	suggestion = aspect_suggestion(node->text, node->length);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown aspect %s", show_document_value(node)),
			 suggestion
			 ? errhint("Perhaps you meant \"%s\".", suggestion)
			 : errhint("Aspects are those of longitude; for parallels there is declination_aspects().")));
}

static void
read_orb(const DocumentNode *node, AspectDraft *aspect)
{
	if (node->kind != DOCUMENT_NUMBER ||
		!parse_decimal(node->text, node->length, &aspect->max_orb) ||
		!(aspect->max_orb >= 0 && aspect->max_orb <= 180))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("max orb of \"%s\" is out of range: %s",
						aspect_names[aspect->id].name, show_document_value(node)),
				 errhint("Orbs are degrees between 0 and 180.")));
}

/* {"name": ..., "orb": ...}, put where its angle belongs */
static void
read_aspect(const DocumentNode *node, AspectDraft *aspects, int n)
{
	const DocumentNode *name = find_child(node, NAME_OF_ASPECT);
	const DocumentNode *orb = find_child(node, ORB_OF_ASPECT);
	AspectDraft aspect = {0};
	int			place = n;

	if (node->kind != DOCUMENT_OBJECT || name == NULL || orb == NULL ||
		name->kind != DOCUMENT_STRING)
		report_document(node, "An aspect is an object with a name and an orb.");
	read_name(name, &aspect);
	read_orb(orb, &aspect);
	for (int i = 0; i < n; i++)
		if (aspects[i].id == aspect.id)
			report_document(node, psprintf("Aspect \"%s\" is listed twice.",
										   aspect_names[aspect.id].name));
	if (n == MAX_ASPECTS)
		report_document(node, psprintf("There are more than %d aspects.", MAX_ASPECTS));
	for (; place > 0 && aspects[place - 1].angle > aspect.angle; place--)
		aspects[place] = aspects[place - 1];
	aspects[place] = aspect;
}

/* aspect_set(jsonb), and the cast */
Datum
jsonb_to_aspect_set(PG_FUNCTION_ARGS)
{
	const DocumentNode *list = document_from_jsonb(PG_GETARG_JSONB_P(0));
	AspectDraft aspects[MAX_ASPECTS];
	int			n = 0;

	if (list != NULL && list->kind == DOCUMENT_OBJECT)
		list = find_child(list, LIST_OF_ASPECTS);
	if (list == NULL || list->kind != DOCUMENT_ARRAY || list->n == 0)
		report_document(list, "A list of aspects is expected.");
	foreach_child(child, list)
		read_aspect(child, aspects, n++);
	PG_RETURN_POINTER(aspect_set_build(aspects, n, ASPECT_SET_FIRST, NULL, NULL, NULL, NULL));
}
