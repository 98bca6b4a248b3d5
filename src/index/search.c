/*
 * search.c
 *		The charts of an index by falling score, as many as are asked for.
 *
 * A search is best-first, see search_state.h.  Nobody says how many rows will
 * be asked for: it goes on from where it is.  The queue may take work_mem.
 * Who asks for so many rows that this does not suffice will probably want all
 * of them, and all that has not been returned is scored and sorted, on disk if
 * need be.
 */
#include "postgres.h"

#include "access/tupdesc.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "miscadmin.h"
#include "utils/tuplesort.h"

#include "index/pages.h"
#include "index/search_state.h"

/* how many good charts are looked for at first */
#define FIRST_WANTED	16

/* their scores take at most this part of work_mem, beside the queue */
#define WANTED_SHARE	4

/* entries of a new queue */
#define FIRST_ENTRIES	1024

static void
allocate(Search *search)
{
	const IndexLayout *layout = &search->layout;
	int			charts = Max(Max(layout->tail_charts, layout->page_charts), GROUP_LANES);

	search->sums = palloc(charts * sizeof(uint16));
	search->chosen = palloc(charts * sizeof(uint16));
	search->scores = palloc(layout->sparse_charts * sizeof(int64));
	search->leaf_blocks = palloc(layout->page_leaves * sizeof(BlockNumber));
	search->best.scores = palloc(FIRST_WANTED * sizeof(int64));
	queue_init(&search->queue, FIRST_ENTRIES);
}

static void
begin_best_first(Search *search, const SearchModel *model, const Chart *query)
{
	matcher_prepare(&search->matcher, model, query, search->meta.bodies, search->layout.n);
	allocate(search);
	search->best.size = FIRST_WANTED;
	search->next_raise = FIRST_WANTED;
	search->last.key = PG_INT64_MAX;
	search->phase = SEARCH_BEST_FIRST;
	search_load(search);
}

/* Rows without a score; all of them, if there is no query. */
static void
begin_nulls(Search *search)
{
	int			first = search->has_query && search->matcher.scores_complete ?
	SOURCE_CHAINS + 2 * CHAIN_SPARSE : 0;

	search->walk = walk_begin(search->index, &search->meta, &search->layout, first, SOURCES - 1);
	search->page = NULL;
	search->phase = SEARCH_NULLS;
}

Search *
search_begin(Relation index, const SearchModel *model, const Chart *query)
{
	Search	   *search = palloc0(sizeof(Search));

	search->index = index;
	search->has_query = query != NULL;
	index_read_meta(index, &search->meta, &search->layout);
	if (query != NULL)
		begin_best_first(search, model, query);
	else
		begin_nulls(search);
	return search;
}

void
search_end(Search *search)
{
	search_release_pins(search);
	if (search->sort != NULL)
	{
		ExecDropSingleTupleTableSlot(search->slot);
		tuplesort_end(search->sort);
	}
	search->sort = NULL;
	search->phase = SEARCH_ENDED;
}

const SearchCounters *
search_counters(const Search *search)
{
	return &search->counters;
}

int
search_pair_cells(const Search *search)
{
	return search->matcher.n * search->matcher.query.n;
}

/*
 * Best first
 */

static Size
memory(void)
{
	return work_mem * (Size) 1024;
}

/*
 * As many rows were returned as were wanted, so that as many again will be:
 * those that lie ready say which score the charts have to reach from now on.
 */
static void
raise_number_wanted(Search *search)
{
	Size		most = memory() / WANTED_SHARE / sizeof(int64);
	Size		wanted = Min(search->emitted, Min(most, PG_INT32_MAX));

	search->best.scores = repalloc_huge(search->best.scores, wanted * sizeof(int64));
	search->best.n = 0;
	search->best.size = (int) wanted;
	search->next_raise = search->emitted + wanted;
	for (Size i = 0; i < search->queue.n; i++)
	{
		const QueueEntry *entry = &search->queue.entries[i];

		if (place_kind(entry->place) == ENTRY_CHART)
			best_scores_offer(&search->best, entry->key);
	}
}

static void
return_chart(Search *search, int64 score, uint64 place, SearchMatch *match)
{
	place_tid(place, &match->tid);
	match->is_null = false;
	match->recheck = search->matcher.inexact;
	match->distance = (double) -(score + search->matcher.most_outside) / SCORE_ONE;
}

static void begin_sorted(Search *search);

/* The next chart; false if another phase has to go on. */
static bool
next_of_queue(Search *search, SearchMatch *match)
{
	while (search->queue.n > 0)
	{
		QueueEntry	entry = queue_pop(&search->queue);

		if (place_kind(entry.place) == ENTRY_CHART)
		{
			search->last = entry;
			if (++search->emitted == search->next_raise)
				raise_number_wanted(search);
			return_chart(search, entry.key, entry.place, match);
			search_release_pins(search);
			return true;
		}
		CHECK_FOR_INTERRUPTS();
		search_open(search, entry);
		if (search->queue.n > memory() / sizeof(QueueEntry))
		{
			begin_sorted(search);
			return false;
		}
	}
	search_release_pins(search);
	begin_nulls(search);
	return false;
}

/*
 * All that remains, sorted
 */

static Tuplesortstate *
make_sort(TupleDesc row)
{
	AttrNumber	columns[] = {1, 2};
	Oid			operators[] = {Int8LessOperator, Int8LessOperator};
	Oid			collations[] = {InvalidOid, InvalidOid};
	bool		nulls_first[] = {false, false};

	return tuplesort_begin_heap(row, lengthof(columns), columns, operators, collations,
								nulls_first, work_mem, NULL, TUPLESORT_NONE);
}

/* Hands a chart to the sort, unless it has been returned. */
static void
sort_chart(Search *search, TupleTableSlot * slot, int64 score, ItemPointer tid)
{
	uint64		place = place_of_chart(tid);

	if (score > search->last.key || (score == search->last.key && place <= search->last.place))
		return;
	ExecClearTuple(slot);
	slot->tts_values[0] = Int64GetDatum(-score);
	slot->tts_values[1] = Int64GetDatum((int64) place);
	slot->tts_isnull[0] = slot->tts_isnull[1] = false;
	ExecStoreVirtualTuple(slot);
	tuplesort_puttupleslot(search->sort, slot);
	search->counters.charts_scored++;
}

static void
sort_page(Search *search, TupleTableSlot * slot, Page page)
{
	const IndexLayout *layout = &search->layout;
	IndexPageKind kind = page_special(page)->kind;
	ItemPointer tids = kind == PAGE_LEAF ? leaf_tids(layout, page) :
	kind == PAGE_TAIL ? tail_tids(layout, page) : sparse_tids(layout, page);

	for (int chart = 0; chart < page_special(page)->count; chart++)
	{
		const binary_angle *row = page_row(layout, page, chart);

		if (!ItemPointerIsValid(&tids[chart]))
			continue;
		if (kind != PAGE_SPARSE)
			sort_chart(search, slot, matcher_score(&search->matcher, row), &tids[chart]);
		else if (matcher_scores_partial(&search->matcher, sparse_present(layout, page)[chart]))
			sort_chart(search, slot,
					   matcher_score_partial(&search->matcher, row,
											 sparse_present(layout, page)[chart]),
					   &tids[chart]);
	}
}

static void
begin_sorted(Search *search)
{
	TupleDesc	row = CreateTemplateTupleDesc(2);
	int			first = search->matcher.scores_complete ? 0 : SOURCE_CHAINS + 2 * CHAIN_SPARSE;
	Walk	   *walk = walk_begin(search->index, &search->meta, &search->layout, first,
								  SOURCE_CHAINS + 2 * CHAIN_NULLS - 1);
	TupleTableSlot *slot;
	Page		page;

	search_release_pins(search);
	queue_end(&search->queue);
	TupleDescInitEntry(row, 1, "mismatch", INT8OID, -1, 0);
	TupleDescInitEntry(row, 2, "place", INT8OID, -1, 0);
	search->sort = make_sort(row);
	search->slot = MakeSingleTupleTableSlot(row, &TTSOpsMinimalTuple);
	slot = MakeSingleTupleTableSlot(row, &TTSOpsVirtual);
	while ((page = walk_next(walk)) != NULL)
	{
		sort_page(search, slot, page);
		search->counters.leaves++;
	}
	walk_end(walk);
	ExecDropSingleTupleTableSlot(slot);
	tuplesort_performsort(search->sort);
	search->phase = SEARCH_SORTED;
}

static bool
next_of_sorted(Search *search, SearchMatch *match)
{
	bool		null;
	int64		mismatch;
	uint64		place;

	if (!tuplesort_gettupleslot(search->sort, true, false, search->slot, NULL))
	{
		begin_nulls(search);
		return false;
	}
	mismatch = DatumGetInt64(slot_getattr(search->slot, 1, &null));
	place = (uint64) DatumGetInt64(slot_getattr(search->slot, 2, &null));
	return_chart(search, -mismatch, place, match);
	return true;
}

/*
 * Rows without a score
 */

static ItemPointer
page_tids(const Search *search)
{
	switch ((IndexPageKind) page_special(search->page)->kind)
	{
		case PAGE_LEAF:
			return leaf_tids(&search->layout, search->page);
		case PAGE_TAIL:
			return tail_tids(&search->layout, search->page);
		case PAGE_SPARSE:
			return sparse_tids(&search->layout, search->page);
		default:
			return null_tids(search->page);
	}
}

static bool
has_no_score(Search *search, int chart)
{
	return page_special(search->page)->kind != PAGE_SPARSE || !search->has_query ||
		!matcher_scores_partial(&search->matcher,
								sparse_present(&search->layout, search->page)[chart]);
}

static bool
next_of_nulls(Search *search, SearchMatch *match)
{
	for (;;)
	{
		ItemPointer tid;

		if (search->page == NULL || search->chart >= page_special(search->page)->count)
		{
			search->page = walk_next(search->walk);
			search->chart = 0;
			if (search->page == NULL)
			{
				search->phase = SEARCH_ENDED;
				return false;
			}
			continue;
		}
		tid = page_tids(search) + search->chart++;
		if (ItemPointerIsValid(tid) && has_no_score(search, search->chart - 1))
		{
			match->tid = *tid;
			match->is_null = true;
			match->recheck = false;
			match->distance = 0;
			return true;
		}
	}
}

bool
search_next(Search *search, SearchMatch *match)
{
	while (search->phase != SEARCH_ENDED)
	{
		if (search->phase == SEARCH_BEST_FIRST ? next_of_queue(search, match) :
			search->phase == SEARCH_SORTED ? next_of_sorted(search, match) :
			next_of_nulls(search, match))
			return true;
	}
	return false;
}
