/*
 * chart_document.c
 *		Charts from the documents that applications write.
 *
 * Where a document says something about a chart it is understood or refused,
 * never guessed at and never dropped; everything else in it is left alone.
 * One walk over the document does it; chart_problems() is the same walk with
 * another ear for errors.  The rules, for each key of an object in this order:
 *
 *	a body			The key is a name of the registry: the value is its position
 *					(position.c).  Null is not known.
 *	a house			"first_house", "house_1": the position of its cusp.  All
 *					twelve, or none.
 *	cusps			"cusps", "houses": twelve positions, an array or an object
 *					by number.  Anything else there is no list of cusps, but
 *					bodies that stand in a house are found.
 *	uncertainty		Seconds, an integer.
 *	a wrapper		"planets", "points", "subject": the walk goes in.
 *	other matters	Who, where, when, aspects, settings: ignored.
 *	not known		An object that has the name of a body and a position is that
 *					body.  Anything else that looks like a position is an error,
 *					since it may be a body with its name misspelt.  The rest is
 *					ignored.
 *
 * An array holds such objects, or the longitudes of the ten planets.  The same
 * body may occur twice if the values are the same.  A document in which no
 * position is found, though it is not empty, is an error.
 */
#include "postgres.h"

#include <math.h>

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "types/chart.h"
#include "types/chart_keys.h"
#include "types/document.h"
#include "types/position.h"

PG_FUNCTION_INFO_V1(jsonb_to_chart);
PG_FUNCTION_INFO_V1(chart_problems);

/* wrappers within wrappers */
#define MAX_DEPTH	16

typedef struct Import
{
	ChartBuilder builder;
	Chart	   *chart;			/* at the end */

	bool		has_uncertainty;

	/* cusps that came one by one */
	bool		has_cusp[HOUSES];
	binary_angle cusps[HOUSES];

	bool		recognised;		/* something in the document is of a chart */

	/* who hears of errors: the caller, or the rows of chart_problems() */
	Node	   *escontext;
	ReturnSetInfo *problems;
} Import;

/*
 * A step is what may fail without harm to the rest: one body, all cusps.  It
 * returns false after a soft error.
 */
typedef bool (*Step) (Import *import, const DocumentNode *node, int argument);

/*
 * Problems
 */

static void
add_problem(Import *import, const DocumentNode *node, const char *problem,
			const char *severity, const char *hint)
{
	Datum		values[4];
	bool		nulls[4] = {false};
	StringInfoData path;

	initStringInfo(&path);
	append_document_path(&path, node);
	values[0] = CStringGetTextDatum(path.data);
	values[1] = CStringGetTextDatum(problem);
	values[2] = CStringGetTextDatum(severity);
	if (hint)
		values[3] = CStringGetTextDatum(hint);
	else
		nulls[3] = true;
	tuplestore_putvalues(import->problems->setResult,
						 import->problems->setDesc, values, nulls);
}

static void
add_ignored(Import *import, const DocumentNode *node, const char *problem)
{
	const char *meant = NULL;

	if (import->problems == NULL || node->kind == DOCUMENT_NULL)
		return;
	if (node->key)
		meant = body_suggestion(node->key, node->key_length);
	add_problem(import, node, problem, "ignored",
				meant ? psprintf("Perhaps you meant \"%s\".", meant) : NULL);
}

/* The error of a step becomes a row; anything but bad data is thrown on. */
static void
add_refused(Import *import, const DocumentNode *node)
{
	ErrorData  *error = CopyErrorData();
	const char *problem = error->message;

	FlushErrorState();
	if (ERRCODE_TO_CATEGORY(error->sqlerrcode) != ERRCODE_DATA_EXCEPTION &&
		error->sqlerrcode != ERRCODE_PROGRAM_LIMIT_EXCEEDED)
		ReThrowError(error);
	if (error->detail)
		problem = psprintf("%s (%s)", error->message, error->detail);
	add_problem(import, node, problem, "refused", error->hint);
	FreeErrorData(error);
}

/*
 * Takes a step.  An error of it is caught without a subtransaction: steps read
 * memory and fill the builder, so there is nothing to undo.
 */
static bool
attempt(Import *import, Step step, const DocumentNode *node, int argument)
{
	MemoryContext context = CurrentMemoryContext;

	if (import->problems == NULL)
		return step(import, node, argument);

	PG_TRY();
	{
		(void) step(import, node, argument);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		add_refused(import, node);
	}
	PG_END_TRY();
	return true;
}

/*
 * Steps
 */

static bool
import_body(Import *import, const DocumentNode *node, int id)
{
	ChartBody	body;
	bool		known;

	import->recognised = true;
	if (!read_position(node, body_name(id), &known, &body, import->escontext))
		return false;
	return !known ||
		chart_builder_add(&import->builder, id, &body, import->escontext);
}

/* An array of numbers, but not of the ten planets. */
static bool
refuse_longitudes(Import *import, const DocumentNode *node, int argument)
{
	ereturn(import->escontext, false,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("wrong number of longitudes: %d", node->n),
			 errhint("An array of longitudes holds the ten planets, Sun to Pluto, with null for one that is not known.")));
}

/* So many cusps are not all of them. */
static bool
report_cusps(Import *import, int n)
{
	ereturn(import->escontext, false,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("wrong number of house cusps: %d", n),
			 errhint("Give the cusps of the houses 1 to 12, or null.")));
}

/* The position of a cusp; not known if it is null. */
static bool
read_cusp(Import *import, const DocumentNode *node, int house, bool *known,
		  binary_angle *cusp)
{
	ChartBody	position;
	char		whose[16];

	snprintf(whose, sizeof(whose), "cusp %d", house);
	if (!read_position(node, whose, known, &position, import->escontext))
		return false;
	*cusp = position.longitude;
	return true;
}

/* Cusps may come twice, like bodies. */
static bool
set_cusps(Import *import, const binary_angle *cusps)
{
	ChartBuilder *builder = &import->builder;

	if (builder->has_cusps &&
		memcmp(builder->cusps, cusps, sizeof(builder->cusps)) != 0)
		ereturn(import->escontext, false,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("house cusps occur twice with different values")));
	builder->has_cusps = true;
	memcpy(builder->cusps, cusps, sizeof(builder->cusps));
	return true;
}

/* The cusp of one house, beside the bodies. */
static bool
import_cusp(Import *import, const DocumentNode *node, int house)
{
	bool		known;
	binary_angle cusp;

	import->recognised = true;
	if (!read_cusp(import, node, house, &known, &cusp))
		return false;
	if (!known)
		return true;
	if (import->has_cusp[house - 1] && import->cusps[house - 1] != cusp)
		ereturn(import->escontext, false,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cusp %d occurs twice with different values", house)));
	import->has_cusp[house - 1] = true;
	import->cusps[house - 1] = cusp;
	return true;
}

/* All cusps together. */
static bool
import_cusps(Import *import, const DocumentNode *node, int argument)
{
	binary_angle cusps[HOUSES];
	bool		seen[HOUSES] = {false};
	int			n = 0;

	import->recognised = true;
	foreach_child(child, node)
	{
		int			house = number_of_house(child);
		bool		known = false;
		binary_angle cusp = 0;

		if (house == 0 || child->kind == DOCUMENT_NULL)
			continue;
		if (!read_cusp(import, child, house, &known, &cusp))
			return false;
		if (!known)
			continue;
		n++;
		if (house > HOUSES)
			continue;
		if (seen[house - 1])
			ereturn(import->escontext, false,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("cusp %d occurs twice", house)));
		seen[house - 1] = true;
		cusps[house - 1] = cusp;
	}
	if (n == 0)
		return true;
	return (n == HOUSES) ? set_cusps(import, cusps) : report_cusps(import, n);
}

static bool
import_uncertainty(Import *import, const DocumentNode *node, int argument)
{
	double		seconds = 0;

	import->recognised = true;
	if (node->kind == DOCUMENT_NULL)
		return true;
	if (!read_document_number(node, &seconds) ||
		!(seconds >= 0 && seconds <= MAX_UNCERTAINTY) || seconds != floor(seconds))
		ereturn(import->escontext, false,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid uncertainty of the birth time: %s",
						show_document_value(node)),
				 errhint("Give whole seconds, from 0 to %d.", MAX_UNCERTAINTY)));
	if (import->has_uncertainty && import->builder.uncertainty != seconds)
		ereturn(import->escontext, false,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("uncertainty of the birth time occurs twice with different values")));
	import->has_uncertainty = true;
	import->builder.uncertainty = (uint32) seconds;
	return true;
}

/* Something that looks like a position, but of what? */
static bool
refuse_body(Import *import, const DocumentNode *node, int argument)
{
	int			id;
	const DocumentNode *name = find_name(node, &id);
	const char *text = name ? name->text : node->key;
	int			length = name ? name->length : node->key_length;

	import->recognised = true;
	if (text != NULL)
	{
		report_unknown_body(text, length, import->escontext);
		return false;
	}
	ereturn(import->escontext, false,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("position without the name of a body: %s",
					show_document_value(node)),
			 errhint("In an array, bodies are objects that have a name.")));
}

static bool
refuse_depth(Import *import, const DocumentNode *node, int argument)
{
	import->recognised = true;
	ereturn(import->escontext, false,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("chart document is nested too deeply"),
			 errdetail("At most %d levels are searched for bodies.", MAX_DEPTH)));
}

static bool
refuse_size(Import *import, const DocumentNode *node, int argument)
{
	ereturn(import->escontext, false,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("chart document is too large"),
			 errdetail("It has more than %d values.", MAX_DOCUMENT_NODES)));
}

static bool
refuse_scalar(Import *import, const DocumentNode *node, int argument)
{
	ereturn(import->escontext, false,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("invalid chart document: %s",
					show_document_value(node)),
			 errhint("A chart is an object such as {\"sun\": 196.27, \"moon\": 303.55}, an array of objects that have a name, or an array of ten longitudes.")));
}

/* When all is read. */
static bool
finish(Import *import, const DocumentNode *root, int argument)
{
	int			n = 0;

	if (!import->recognised)
		ereturn(import->escontext, false,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("no position in the chart document"),
				 errhint("Bodies are found by their names, also under \"planets\", \"points\", \"subject\" and the like; chart_problems() lists what was ignored.")));
	for (int house = 0; house < HOUSES; house++)
		n += import->has_cusp[house];
	if (n > 0 &&
		!(n == HOUSES ? set_cusps(import, import->cusps) : report_cusps(import, n)))
		return false;
	import->chart = chart_builder_finish(&import->builder, import->escontext);
	return import->chart != NULL;
}

/*
 * The walk
 */

static bool import_container(Import *import, const DocumentNode *node, int depth);

/* Is this an array of numbers, or of what stands for them? */
static bool
is_list_of_longitudes(const DocumentNode *array)
{
	bool		all_null = (array->n > 0);

	foreach_child(child, array)
	{
		if (child->kind == DOCUMENT_ARRAY || child->kind == DOCUMENT_OBJECT)
			return false;
		if (child->kind == DOCUMENT_NUMBER || looks_like_position(child, false))
			return true;
		all_null &= (child->kind == DOCUMENT_NULL);
	}
	return all_null;
}

static bool
import_planets(Import *import, const DocumentNode *array)
{
	import->recognised = true;
	if (array->n != PLANETS)
		return attempt(import, refuse_longitudes, array, 0);
	foreach_child(child, array)
	{
		if (!attempt(import, import_body, child, child->index))
			return false;
	}
	return true;
}

/* Is there nothing here, or does one of these look like a cusp? */
static bool
is_list_of_cusps(const DocumentNode *node)
{
	bool		all_null = true;

	if (node->kind != DOCUMENT_ARRAY && node->kind != DOCUMENT_OBJECT)
		return node->kind == DOCUMENT_NULL;
	foreach_child(child, node)
	{
		if (number_of_house(child) > 0 &&
			(child->kind == DOCUMENT_NUMBER || looks_like_position(child, true)))
			return true;
		all_null &= (child->kind == DOCUMENT_NULL);
	}
	return all_null;
}

/*
 * What stands under "houses": cusps, perhaps with the bodies in each house, or
 * an object around both.
 */
static bool
import_houses(Import *import, const DocumentNode *node, int depth)
{
	bool		found = false;

	if (depth > MAX_DEPTH)
		return attempt(import, refuse_depth, node, 0);
	if (is_list_of_cusps(node))
	{
		found = true;
		if (!attempt(import, import_cusps, node, 0))
			return false;
	}
	foreach_child(child, node)
	{
		if (chart_key(child) == CUSPS)
		{
			found = true;
			if (!import_houses(import, child, depth + 1))
				return false;
		}
		foreach_child(member, child)
		{
			if (chart_key(member) == WRAPPER &&
				!import_container(import, member, depth + 1))
				return false;
		}
	}
	if (!found)
		add_ignored(import, node, "not a list of house cusps");
	return true;
}

/* A node whose key says nothing, or that has none. */
static bool
import_unknown(Import *import, const DocumentNode *node)
{
	int			id;
	const DocumentNode *name = find_name(node, &id);
	int			house = name ? house_lookup(name->text, name->length, false) : 0;

	if (!looks_like_position(node, id >= 0 || house > 0))
	{
		add_ignored(import, node, node->key ? "unknown key" : "not a body");
		return true;
	}
	if (id >= 0)
		return attempt(import, import_body, node, id);
	if (house > 0)
		return attempt(import, import_cusp, node, house);
	return attempt(import, refuse_body, node, 0);
}

static bool
import_member(Import *import, const DocumentNode *node, int depth)
{
	int			id = body_lookup(node->key, node->key_length);
	int			house = house_lookup(node->key, node->key_length, false);

	if (id >= 0)
		return attempt(import, import_body, node, id);
	if (house > 0 &&
		(node->kind == DOCUMENT_NULL || looks_like_position(node, true)))
		return attempt(import, import_cusp, node, house);

	switch (chart_key(node))
	{
		case CUSPS:
			return import_houses(import, node, depth);
		case UNCERTAINTY:
			return attempt(import, import_uncertainty, node, 0);
		case WRAPPER:
			return import_container(import, node, depth + 1);
		case OTHER_MATTERS:
			return true;
		case NOT_KNOWN:
			break;
	}
	return import_unknown(import, node);
}

/*
 * An object in an array is a body, by its name, or a container of others.
 */
static bool
import_element(Import *import, const DocumentNode *node, int depth)
{
	int			id;

	(void) find_name(node, &id);
	if (id >= 0)
		return attempt(import, import_body, node, id);
	if (node->kind == DOCUMENT_OBJECT && !looks_like_position(node, false))
		return import_container(import, node, depth + 1);
	return import_unknown(import, node);
}

static bool
import_container(Import *import, const DocumentNode *node, int depth)
{
	if (depth > MAX_DEPTH)
		return attempt(import, refuse_depth, node, 0);
	switch (node->kind)
	{
		case DOCUMENT_OBJECT:
			import->recognised |= (node->n == 0);
			foreach_child(child, node)
			{
				CHECK_FOR_INTERRUPTS();
				if (!import_member(import, child, depth))
					return false;
			}
			return true;
		case DOCUMENT_ARRAY:
			import->recognised |= (node->n == 0);
			if (is_list_of_longitudes(node))
				return import_planets(import, node);
			foreach_child(child, node)
			{
				CHECK_FOR_INTERRUPTS();
				if (!import_element(import, child, depth))
					return false;
			}
			return true;
		default:
			add_ignored(import, node, "holds no bodies");
			return true;
	}
}

static bool
import_document(Import *import, const DocumentNode *root)
{
	chart_builder_init(&import->builder);
	if (root == NULL)
		return attempt(import, refuse_size, root, 0);
	if (root->kind != DOCUMENT_OBJECT && root->kind != DOCUMENT_ARRAY)
		return attempt(import, refuse_scalar, root, 0);
	return import_container(import, root, 0) &&
		attempt(import, finish, root, 0);
}

/*
 * Doors
 */

static Chart *
chart_from_document(const DocumentNode *root, Node *escontext)
{
	Import		import = {0};

	import.escontext = escontext;
	return import_document(&import, root) ? import.chart : NULL;
}

Chart *
chart_from_json(const char *json, int length, Node *escontext)
{
	DocumentNode *root;

	if (!document_from_json(json, length, &root, escontext))
		return NULL;
	return chart_from_document(root, escontext);
}

Chart *
chart_from_jsonb(Jsonb *jsonb, Node *escontext)
{
	return chart_from_document(document_from_jsonb(jsonb), escontext);
}

/* chart(jsonb), and the cast */
Datum
jsonb_to_chart(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(chart_from_jsonb(PG_GETARG_JSONB_P(0), fcinfo->context));
}

/*
 * chart_problems(jsonb): what would be ignored or refused, in the order of the
 * document.
 */
Datum
chart_problems(PG_FUNCTION_ARGS)
{
	Import		import = {0};

	InitMaterializedSRF(fcinfo, 0);
	import.problems = (ReturnSetInfo *) fcinfo->resultinfo;
	(void) import_document(&import, document_from_jsonb(PG_GETARG_JSONB_P(0)));
	return (Datum) 0;
}
