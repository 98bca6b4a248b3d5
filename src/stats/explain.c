/*
 * explain.c
 *		EXPLAIN (ANALYZE, SYNASTRY): what a statement had the library do.
 *
 * The figures of this process are kept when the option is read, before
 * anything is planned or run, and compared when the plan is printed.  What
 * parallel workers did is in the statistics only.
 */
#include "postgres.h"

#include "compat.h"
#include "stats/explain.h"
#include "stats/stats.h"

#ifdef HAVE_EXPLAIN_EXTENSIONS

#include "commands/defrem.h"
#include "commands/explain.h"
#include "commands/explain_format.h"
#include "commands/explain_state.h"

static int	extension_id;
static explain_per_plan_hook_type previous_per_plan_hook = NULL;

/* Counts of this process before the statement. */
typedef struct Before
{
	uint64		counts[STAT_OPERATIONS][STAT_COUNTS];
} Before;

static void
read_counts(Before *counts)
{
	memset(counts, 0, sizeof(*counts));
	for (int operation = 0; operation < STAT_OPERATIONS; operation++)
	{
		const StatTotals *totals = stat_totals(operation);

		if (totals != NULL)
			memcpy(counts->counts[operation], totals->counts, sizeof(totals->counts));
	}
}

static void
take_option(ExplainState * es, DefElem * option, ParseState * pstate)
{
	Before	   *before = NULL;

	if (defGetBoolean(option))
	{
		before = palloc(sizeof(Before));
		read_counts(before);
	}
	SetExplainExtensionState(es, extension_id, before);
}

static void
show_operation(ExplainState * es, const StatOperationKind *kind, const uint64 *now,
			   const uint64 *before)
{
	static const struct
	{
		StatCount	count;
		const char *label;		/* of formats for machines */
		const char *name;		/* of text */
	}			shown[] = {
		{COUNT_CALLS, "Calls", "calls"},
		{COUNT_PAIRS, "Pairs", "pairs"},
		{COUNT_CELLS, "Cells", "cells"},
		{COUNT_ROWS, "Rows", "rows"},
		{COUNT_PAGES, "Pages", "pages"},
		{COUNT_HITS, "Cache Hits", "hits"},
		{COUNT_MISSES, "Cache Misses", "misses"}
	};
	bool		any = false;

	for (int i = 0; i < lengthof(shown); i++)
		any |= (now[shown[i].count] != before[shown[i].count]);
	if (!any)
		return;

	if (es->format == EXPLAIN_FORMAT_TEXT)
	{
		ExplainIndentText(es);
		appendStringInfo(es->str, "Synastry %s:", kind->name);
	}
	else
	{
		ExplainOpenGroup("Operation", NULL, true, es);
		ExplainPropertyText("Operation", kind->name, es);
	}
	for (int i = 0; i < lengthof(shown); i++)
	{
		int64		difference = (int64) (now[shown[i].count] - before[shown[i].count]);

		if (es->format != EXPLAIN_FORMAT_TEXT)
			ExplainPropertyInteger(shown[i].label, NULL, difference, es);
		else if (difference != 0)
			appendStringInfo(es->str, " %s=" INT64_FORMAT, shown[i].name, difference);
	}
	if (es->format == EXPLAIN_FORMAT_TEXT)
		appendStringInfoChar(es->str, '\n');
	else
		ExplainCloseGroup("Operation", NULL, true, es);
}

static void
show_counts(PlannedStmt * plannedstmt, IntoClause * into, ExplainState * es,
			const char *queryString, ParamListInfo params, QueryEnvironment * queryEnv)
{
	const Before *before = GetExplainExtensionState(es, extension_id);
	Before		now;

	if (previous_per_plan_hook)
		previous_per_plan_hook(plannedstmt, into, es, queryString, params, queryEnv);
	if (before == NULL || !es->analyze)
		return;
	read_counts(&now);
	ExplainOpenGroup("Synastry", "Synastry", false, es);
	for (int operation = 0; operation < STAT_OPERATIONS; operation++)
		show_operation(es, &stat_operations[operation], now.counts[operation],
					   before->counts[operation]);
	ExplainCloseGroup("Synastry", "Synastry", false, es);
}

void
explain_install(void)
{
	extension_id = GetExplainExtensionId("synastry");
	RegisterExtensionExplainOption("synastry", take_option);
	previous_per_plan_hook = explain_per_plan_hook;
	explain_per_plan_hook = show_counts;
}

#else

void
explain_install(void)
{
}

#endif
