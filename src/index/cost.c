/*
 * cost.c
 *		What a search costs, for the planner.
 *
 * A search reads the directory, then some of the code pages and the leaves of
 * the best charts, before it has a first row: that is the startup cost.  Each
 * further row takes its part of the rest.  Who asks for all rows has all
 * charts scored and sorted, and reads the table in that order.
 */
#include "postgres.h"

#include <math.h>

#include "optimizer/optimizer.h"
#include "utils/float.h"
#include "utils/selfuncs.h"
#include "utils/spccache.h"

#include "index/layout.h"
#include "index/scan.h"
#include "types/bodies.h"

/*
 * Of the code pages of a large index so many are opened: measured with the
 * births of seventy years.  Of a small one some are in any case.
 */
#define OPENED_SHARE	0.1
#define OPENED_PAGES	3

/* leaves that are opened for a few rows */
#define OPENED_LEAVES	10

/* the score of a pair, in operators; see the operator's function */
#define SCORE_OPERATORS	10

/* the bounds of a code page, or of some charts, likewise */
#define PAGE_OPERATORS	20

/*
 * A row that comes by index, in tuples of a sequential scan: a queue is kept,
 * and tuples are read one by one from all over the table.  Measured with
 * tables that memory holds.
 */
#define ROW_TUPLES		50

void
index_search_cost(PlannerInfo * root, IndexPath * path, double loop_count,
				  Cost * startup, Cost * total, Selectivity * selectivity,
				  double *correlation, double *pages)
{
	IndexOptInfo *index = path->indexinfo;
	double		charts = Max(index->tuples, 1);
	double		random_page_cost;
	double		code_pages;
	double		opened;
	double		compare;
	IndexLayout layout;

	*selectivity = 1;
	*correlation = 0;
	*pages = index->pages;
	if (path->indexorderbys == NIL)
	{
		/* it has no order of its own, and finds nothing */
		*startup = *total = get_float8_infinity();
		return;
	}

	index_layout(&layout, PLANETS);
	get_tablespace_page_costs(index->reltablespace, &random_page_cost, NULL);
	code_pages = ceil(charts / layout.page_charts);
	opened = Min(code_pages, OPENED_PAGES + code_pages * OPENED_SHARE) +
		Min(ceil(charts / layout.leaf_charts), OPENED_LEAVES) +
		2 + floor(code_pages / layout.directory_entries);
	opened = Min(opened, index->pages);

	*startup = opened * random_page_cost +
		code_pages * cpu_operator_cost * PAGE_OPERATORS;

	/* as costsize.c has it for sorts */
	compare = 2.0 * cpu_operator_cost * log2(Max(charts, 2));
	*total = *startup + Max(index->pages - opened, 0) * random_page_cost +
		charts * (compare + cpu_operator_cost * SCORE_OPERATORS + cpu_index_tuple_cost +
				  cpu_tuple_cost * ROW_TUPLES);
}
