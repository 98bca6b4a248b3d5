/*
 * scan.c
 *		The search as the access method knows it.
 *
 * ORDER BY chart <~> $1: one order-by key and no others.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "pgstat.h"
#include "storage/bufmgr.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "index/scan.h"
#include "index/search.h"
#include "stats/stats.h"

/* the operators by their strategies, as the operator class has them */
#define STRATEGY_CHART	1
#define STRATEGY_QUERY	2

typedef struct SearchScan
{
	MemoryContext context;		/* of the search, emptied by a rescan */
	Search	   *search;			/* NULL: not begun */
	BlockNumber table_pages;	/* known to be in the table */

	/* of this search, for the statistics */
	StatCall	call;
	uint64		nanoseconds;
} SearchScan;

IndexScanDesc
index_search_begin(Relation index, int nkeys, int norderbys)
{
	IndexScanDesc scan = RelationGetIndexScan(index, nkeys, norderbys);
	SearchScan *state = palloc0(sizeof(SearchScan));

	state->context = AllocSetContextCreate(CurrentMemoryContext, "synastry index search",
										   ALLOCSET_DEFAULT_SIZES);
	scan->opaque = state;
	if (norderbys > 0)
	{
		scan->xs_orderbyvals = palloc0(norderbys * sizeof(Datum));
		scan->xs_orderbynulls = palloc0(norderbys * sizeof(bool));
	}
	return scan;
}

/* Counts what was done since the step before. */
static void
end_step(SearchScan *state, StatCall *step, bool found)
{
	const SearchCounters *counters = search_counters(state->search);
	StatCall   *call = &state->call;
	instr_time	duration;

	step->pairs = counters->charts_scored - call->pairs;
	step->cells = step->pairs * search_pair_cells(state->search);
	step->pages = search_pages_read(counters) - call->pages;
	step->rows = found;
	stat_end_step(step);

	call->pairs += step->pairs;
	call->pages += step->pages;
	INSTR_TIME_SET_CURRENT(duration);
	INSTR_TIME_SUBTRACT(duration, step->start);
	state->nanoseconds += instr_time_nanoseconds(duration);
}

static void
forget_search(SearchScan *state)
{
	if (state->search != NULL)
	{
		search_end(state->search);
		stat_end_steps(&state->call, state->nanoseconds);
	}
	state->search = NULL;
	MemoryContextReset(state->context);
}

void
index_search_rescan(IndexScanDesc scan, ScanKey keys, int nkeys, ScanKey orderbys, int norderbys)
{
	forget_search(scan->opaque);
	if (keys != NULL && scan->numberOfKeys > 0)
		memmove(scan->keyData, keys, scan->numberOfKeys * sizeof(ScanKeyData));
	if (orderbys != NULL && scan->numberOfOrderBys > 0)
		memmove(scan->orderByData, orderbys, scan->numberOfOrderBys * sizeof(ScanKeyData));
}

void
index_search_end(IndexScanDesc scan)
{
	SearchScan *state = scan->opaque;

	forget_search(state);
	MemoryContextDelete(state->context);
	pfree(state);
}

/* A copy in this memory context, plain. */
static void *
copy_value(Datum value)
{
	return PG_DETOAST_DATUM_COPY(value);
}

static Search *
begin_by_key(Relation index, ScanKey key)
{
	if (key->sk_flags & SK_ISNULL)
		return search_begin(index, NULL, NULL);
	if (key->sk_strategy == STRATEGY_CHART)
		return search_begin(index, search_default_model(), copy_value(key->sk_argument));
	if (key->sk_strategy == STRATEGY_QUERY)
	{
		const ScoreQuery *query = copy_value(key->sk_argument);

		return search_begin(index,
							search_model(score_query_model(query), CurrentMemoryContext),
							score_query_chart(query));
	}
	elog(ERROR, "unknown strategy number %d", key->sk_strategy);
}

static void
begin(IndexScanDesc scan)
{
	SearchScan *state = scan->opaque;
	MemoryContext caller;

	if (scan->numberOfOrderBys != 1 || scan->numberOfKeys != 0)
		elog(ERROR, "a synastry index is searched for the order of one operator");

	/* without pins a row may be another one by the time that it is read */
	if (!IsMVCCSnapshot(scan->xs_snapshot))
		elog(ERROR, "non-MVCC snapshots are not supported by synastry indexes");

	pgstat_count_index_scan(scan->indexRelation);
	count_index_search(scan);
	state->call = (StatCall)
	{
		.operation = STAT_SEARCH
	};
	state->nanoseconds = 0;
	caller = MemoryContextSwitchTo(state->context);
	state->search = begin_by_key(scan->indexRelation, scan->orderByData);
	MemoryContextSwitchTo(caller);
}

/* A damaged page may name a row far away, which would be looked for in a file that there is not. */
static void
check_row(IndexScanDesc scan, SearchScan *state, const ItemPointerData * tid)
{
	BlockNumber block = ItemPointerGetBlockNumberNoCheck(tid);

	if (block < state->table_pages)
		return;
	state->table_pages = RelationGetNumberOfBlocks(scan->heapRelation);
	if (block >= state->table_pages)
		ereport(ERROR,
				(errcode(ERRCODE_INDEX_CORRUPTED),
				 errmsg("index \"%s\" is corrupted",
						RelationGetRelationName(scan->indexRelation)),
				 errdetail("It leads to block %u of a table of %u blocks.",
						   block, state->table_pages),
				 errhint("REINDEX it.")));
}

bool
index_search_next(IndexScanDesc scan, ScanDirection direction)
{
	SearchScan *state = scan->opaque;
	Oid			type = FLOAT8OID;
	IndexOrderByDistance distance;
	MemoryContext caller;
	SearchMatch match;
	StatCall	step;
	bool		found;

	Assert(ScanDirectionIsForward(direction));
	stat_begin_timed(&step, STAT_SEARCH);
	if (state->search == NULL)
		begin(scan);

	caller = MemoryContextSwitchTo(state->context);
	found = search_next(state->search, &match);
	MemoryContextSwitchTo(caller);
	end_step(state, &step, found);
	if (!found)
		return false;

	check_row(scan, state, &match.tid);
	scan->xs_heaptid = match.tid;
	scan->xs_recheck = false;
	distance.value = match.distance;
	distance.isnull = match.is_null;
	index_store_float8_orderby_distances(scan, &type, &distance, match.recheck);
	return true;
}
