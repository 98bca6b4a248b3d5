/*
 * nearest.c
 *		The best matches of a chart in a relation, by an index on it.
 *
 * A query of ours, planned and run with the caller's rights, orders the
 * relation by <~>.  If the planner would not do so by an index, the caller
 * does better without us.
 */
#include "postgres.h"

#include "access/relation.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "nodes/plannodes.h"
#include "storage/bufmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/plancache.h"
#include "utils/portal.h"

#include "batch/nearest.h"
#include "batch/scorer.h"
#include "stats/stats.h"
#include "types/score_query.h"

/* rows that are fetched, and that the limit allows, beyond the best */
#define MORE_ROWS		16
#define MORE_LIMIT		64

/* if that is not enough */
#define LIMIT_FACTOR	64

/*
 * A search of charts without any structure reads a fifth of the index; one
 * that pays far less.
 */
#define MOST_READ		0.1
#define FEW_PAGES		64

struct Nearest
{
	const PreparedModel *model;
	char	   *query;			/* without a limit */
	Oid			argument_type;	/* score_query */
	int64		limit;
	int			fetched;		/* rows at a time */
	SPIPlanPtr	plan;
	Oid			index;			/* that the plan uses */

	/* what the searches so far have taken */
	int64		searches;
	uint64		pages;
	uint64		pairs;
};

/* The query, which names types and operators in their schema. */
static char *
make_query(const Call *call, Oid relation)
{
	Oid			schema = get_func_namespace(call->fcinfo->flinfo->fn_oid);

	return psprintf("SELECT id, chart OPERATOR(%s.<~>) $1 FROM %s WHERE chart IS NOT NULL "
					"ORDER BY chart OPERATOR(%s.<~>) $1",
					quote_identifier(get_namespace_name(schema)),
					quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)),
											   get_rel_name(relation)),
					quote_identifier(get_namespace_name(schema)));
}

static void
prepare(Nearest *nearest)
{
	MemoryContext caller = CurrentMemoryContext;
	char	   *query = psprintf("%s LIMIT " INT64_FORMAT, nearest->query, nearest->limit);

	nearest->plan = SPI_prepare_cursor(query, 1, &nearest->argument_type,
									   CURSOR_OPT_NO_SCROLL | CURSOR_OPT_GENERIC_PLAN);
	if (nearest->plan == NULL)
		elog(ERROR, "SPI_prepare_cursor failed: %s", SPI_result_code_string(SPI_result));
	MemoryContextSwitchTo(caller);
	pfree(query);
}

/* The index in whose order the rows come, if that is how the plan is. */
static Oid
find_index(SPIPlanPtr plan)
{
	CachedPlan *cached = SPI_plan_get_cached_plan(plan);
	const		Plan *tree;
	Oid			index = InvalidOid;

	if (cached == NULL)
		return InvalidOid;
	tree = linitial_node(PlannedStmt, cached->stmt_list)->planTree;
	while (tree != NULL && (IsA(tree, Limit) || IsA(tree, Result)))
		tree = tree->lefttree;
	if (tree != NULL && IsA(tree, IndexScan) && ((const IndexScan *) tree)->indexorderby != NIL)
		index = ((const IndexScan *) tree)->indexid;

	/* a plan that is not saved has no owner */
	ReleaseCachedPlan(cached, NULL);
	return index;
}

Nearest *
nearest_prepare(const Call *call, int argno, const PreparedModel *model, int best)
{
	Oid			relation;
	Nearest    *nearest;

	/* the right chart of a cross is side B; of the operator it is side A */
	if (call->argument_types[argno] != REGCLASSOID || aspect_set_is_one_sided(model->set))
		return NULL;

	relation = DatumGetObjectId(call->fcinfo->args[argno].value);
	nearest = palloc0(sizeof(Nearest));
	nearest->model = model;
	nearest->query = make_query(call, relation);
	nearest->argument_type = call_find_type(call, "score_query");
	nearest->fetched = best < PG_INT16_MAX ? best + MORE_ROWS : PG_INT16_MAX;
	nearest->limit = (int64) best + MORE_LIMIT;
	prepare(nearest);
	nearest->index = find_index(nearest->plan);
	if (OidIsValid(nearest->index))
		return nearest;
	nearest_end(nearest);
	return NULL;
}

/* Hands over what was fetched; false when no more is wanted. */
static bool
consume(const SPITupleTable * table, uint64 rows, MatchConsumer consumer, void *state)
{
	for (uint64 i = 0; i < rows; i++)
	{
		HeapTuple	tuple = table->vals[i];
		char	   *id = SPI_getvalue(tuple, table->tupdesc, 1);
		bool		isnull;
		Datum		mismatch = SPI_getbinval(tuple, table->tupdesc, 2, &isnull);
		int64		score = isnull ? NULL_SCORE : (int64) -(DatumGetFloat8(mismatch) * SCORE_ONE);

		if (!consumer(state, id != NULL ? cstring_to_text(id) : NULL, score))
			return false;
	}
	return true;
}

/* The rows within the limit; returns whether that was all that was wanted. */
static bool
read_matches(const Nearest *nearest, Datum query, MatchConsumer consumer, void *state)
{
	MemoryContext caller = CurrentMemoryContext;
	Portal		portal = SPI_cursor_open(NULL, nearest->plan, &query, NULL, true);
	int64		read = 0;
	bool		wanted = true;
	bool		at_end = false;

	PinPortal(portal);
	while (wanted && !at_end)
	{
		SPITupleTable *table;

		SPI_cursor_fetch(portal, true, nearest->fetched);
		MemoryContextSwitchTo(caller);
		table = SPI_tuptable;
		wanted = consume(table, table->numvals, consumer, state);
		at_end = table->numvals < nearest->fetched;
		read += table->numvals;
		SPI_freetuptable(table);
	}
	UnpinPortal(portal);
	SPI_cursor_close(portal);
	MemoryContextSwitchTo(caller);
	return !wanted || read < nearest->limit;
}

bool
nearest_find(Nearest *nearest, const Chart *chart, MatchConsumer consumer, void *state)
{
	Datum		query = DirectFunctionCall2(score_query_make, PointerGetDatum(chart),
											PointerGetDatum(nearest->model->value));
	uint64		pages = stat_counted(STAT_SEARCH, COUNT_PAGES);
	uint64		pairs = stat_counted(STAT_SEARCH, COUNT_PAIRS);
	bool		done = read_matches(nearest, query, consumer, state);

	nearest->searches++;
	nearest->pages += stat_counted(STAT_SEARCH, COUNT_PAGES) - pages;
	nearest->pairs += stat_counted(STAT_SEARCH, COUNT_PAIRS) - pairs;
	if (done)
		return true;

	/* very many are as good as each other */
	nearest->limit *= LIMIT_FACTOR;
	SPI_freeplan(nearest->plan);
	prepare(nearest);
	return false;
}

bool
nearest_pays(const Nearest *nearest)
{
	Relation	index = relation_open(nearest->index, AccessShareLock);
	double		most = Max(MOST_READ * RelationGetNumberOfBlocks(index), FEW_PAGES);

	relation_close(index, AccessShareLock);
	return nearest->pages <= most * nearest->searches;
}

uint64
nearest_pairs(const Nearest *nearest)
{
	return nearest->pairs;
}

void
nearest_end(Nearest *nearest)
{
	SPI_freeplan(nearest->plan);
	pfree(nearest->query);
	pfree(nearest);
}
