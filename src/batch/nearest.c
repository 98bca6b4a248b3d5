/*
 * nearest.c
 *		The best matches of a chart in a relation, by an index on it.
 *
 * A query of ours, planned and run with the caller's rights, orders the
 * relation by <~>.  If the planner would not do so by an index, the caller
 * does better without us.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "nodes/plannodes.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/plancache.h"
#include "utils/portal.h"

#include "batch/nearest.h"
#include "batch/scorer.h"
#include "types/score_query.h"

/* rows that are fetched, and that the limit allows, beyond the best */
#define MORE_ROWS		16
#define MORE_LIMIT		64

/* if that is not enough */
#define LIMIT_FACTOR	64

struct Nearest
{
	const PreparedModel *model;
	char	   *query;			/* without a limit */
	Oid			argument_type;	/* score_query */
	int64		limit;
	int			fetched;		/* rows at a time */
	SPIPlanPtr	plan;
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

/* Is it a scan of one index in its order, limited? */
static bool
plan_orders_by_index(SPIPlanPtr plan)
{
	CachedPlan *cached = SPI_plan_get_cached_plan(plan);
	const		Plan *tree;
	bool		ordered;

	if (cached == NULL)
		return false;
	tree = linitial_node(PlannedStmt, cached->stmt_list)->planTree;
	while (tree != NULL && (IsA(tree, Limit) || IsA(tree, Result)))
		tree = tree->lefttree;
	ordered = tree != NULL && IsA(tree, IndexScan) &&
		((const IndexScan *) tree)->indexorderby != NIL;
	/* a plan that is not saved has no owner */
	ReleaseCachedPlan(cached, NULL);
	return ordered;
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
	if (plan_orders_by_index(nearest->plan))
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

	if (read_matches(nearest, query, consumer, state))
		return true;

	/* very many are as good as each other */
	nearest->limit *= LIMIT_FACTOR;
	SPI_freeplan(nearest->plan);
	prepare(nearest);
	return false;
}

void
nearest_end(Nearest *nearest)
{
	SPI_freeplan(nearest->plan);
	pfree(nearest->query);
	pfree(nearest);
}
