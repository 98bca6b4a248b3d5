/*
 * search_pages.c
 *		What a search does with the pages of an index; see search_state.h.
 *
 * At most one page is locked at a time, in share mode: the charts of a code
 * page are chosen while it is locked, and scored when it is no more.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "index/pages.h"
#include "index/search_state.h"

/* no chart remains */
#define NO_REST		(-1)

/*
 * Which charts of a page or group are scored: those with sums of worths from
 * "least" to "most"; if nothing is known of what is good, just the best one.
 */
typedef struct Range
{
	bool		best_only;
	uint32		least;
	uint32		most;
} Range;

/* Locks a page, instead of what was pinned before. */
static Page
lock_page(Search *search, Buffer * pinned, BlockNumber block, IndexPageKind kind, int source)
{
	/* asking for the size is a system call */
	if (unlikely(block >= search->blocks))
		search->blocks = RelationGetNumberOfBlocks(search->index);
	if (unlikely(block >= search->blocks))
		report_corruption(search->index, block, "A page leads to one that there is not.");
	*pinned = ReleaseAndReadBuffer(*pinned, search->index, block);
	index_lock_page(search->index, &search->layout, *pinned, kind,
					source_owner(&search->meta, source), BUFFER_LOCK_SHARE);
	return BufferGetPage(*pinned);
}

static inline void
unlock_page(Buffer buffer)
{
	LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
}

void
search_release_pins(Search *search)
{
	if (BufferIsValid(search->code_buffer))
		ReleaseBuffer(search->code_buffer);
	if (BufferIsValid(search->leaf_buffer))
		ReleaseBuffer(search->leaf_buffer);
	search->code_buffer = search->leaf_buffer = InvalidBuffer;
}

/* is there a score that charts have to reach? */
static inline bool
has_floor(const Search *search)
{
	return search->best.n == search->best.size;
}

/* of what comes out of the queue with this key */
static Range
range_of(const Search *search, int64 key)
{
	Range		range;

	range.best_only = !has_floor(search);
	range.most = key == PG_INT64_MAX ? PG_UINT32_MAX :
		matcher_least_sum(&search->matcher, key);
	range.least = range.best_only ? 0 :
		matcher_least_sum(&search->matcher, search->best.scores[0]);
	range.least = Min(range.least, range.most);
	return range;
}

/* the largest of the sums that are not too large */
static int
largest_in_range(const Search *search, int count, const Range *range)
{
	int			largest = NO_REST;

	for (int i = 0; i < count; i++)
	{
		int			sum = search->sums[i];

		largest = sum <= range->most ? Max(largest, sum) : largest;
	}
	return largest;
}

/*
 * Chooses from some charts; returns the largest sum of those that remain.
 * The code of body j of chart i is codes[j * stride + i].
 */
static int
choose(Search *search, const uint8 *codes, int stride, int count, int first, const Range *range)
{
	const uint16 *sums = search->sums;
	const Matcher *matcher = &search->matcher;
	int			largest = matcher->kernel->sums(matcher->table, codes, stride, count, search->sums);
	int			rest = NO_REST;
	int			least = (int) range->least;

	search->counters.charts_bounded += count;
	if (count == 0 || largest > range->most)
		largest = largest_in_range(search, count, range);
	if (largest == NO_REST)
		return NO_REST;
	if (range->best_only)
		least = largest;
	if (largest < least)
		return largest;

	for (int i = 0; i < count; i++)
	{
		if (sums[i] > range->most)
			continue;
		if (sums[i] >= least)
			search->chosen[search->n_chosen++] = (uint16) (first + i);
		else
			rest = Max(rest, sums[i]);
	}
	return rest;
}

static inline void
add_chart(Search *search, int64 score, ItemPointer tid)
{
	queue_push(&search->queue, score, place_of_chart(tid));
	best_scores_offer(&search->best, score);
}

static inline void
score_chart(Search *search, const binary_angle *row, ItemPointer tid)
{
	/* VACUUM leaves the rows of the dead */
	if (!ItemPointerIsValid(tid))
		return;
	add_chart(search, matcher_score(&search->matcher, row), tid);
	search->counters.charts_scored++;
}

static void
push_rest(Search *search, int rest, EntryKind kind, int source, BlockNumber block, int group)
{
	if (rest != NO_REST)
		queue_push(&search->queue, matcher_bound(&search->matcher, (uint32) rest),
				   place_of_page(kind, source, block, group));
}

/* The charts of a leaf that were chosen, from a number of the list on. */
static int
score_leaf(Search *search, int source, int leaf, int i)
{
	const IndexLayout *layout = &search->layout;
	int			begin = leaf * layout->leaf_charts;
	int			end = begin + layout->leaf_charts;
	Page		page = lock_page(search, &search->leaf_buffer, search->leaf_blocks[leaf],
								 PAGE_LEAF, source);
	ItemPointer tids = leaf_tids(layout, page);
	int			count = page_special(page)->count;

	search->counters.leaves++;
	for (; i < search->n_chosen && search->chosen[i] < end; i++)
	{
		int			chart = search->chosen[i] - begin;

		if (chart >= count)
			report_corruption(search->index, search->leaf_blocks[leaf],
							  "The page holds less charts than its code page.");
		score_chart(search, page_row(layout, page, chart), &tids[chart]);
	}
	unlock_page(search->leaf_buffer);
	return i;
}

static void
score_chosen(Search *search, int source)
{
	for (int i = 0; i < search->n_chosen;)
	{
		CHECK_FOR_INTERRUPTS();
		i = score_leaf(search, source, search->chosen[i] / search->layout.leaf_charts, i);
	}
	search->n_chosen = 0;
}

static inline int64
group_bound(const Search *search, Page page, int group)
{
	const CodeArc *arcs = code_page_arcs(&search->layout, page, group);

	return matcher_bound(&search->matcher,
						 bound_arc_sum(search->matcher.maxima, (const uint8 *) arcs));
}

/* Chooses from a group of the code page; returns the sum that remains. */
static int
choose_from_group(Search *search, Page page, int group, const Range *range)
{
	const IndexLayout *layout = &search->layout;
	int			first = group * layout->group_charts;
	int			count = Min(page_special(page)->count - first, layout->group_charts);

	search->counters.groups++;
	return choose(search, code_page_codes(layout, page, group), GROUP_LANES, count, first, range);
}

/*
 * Nothing is known of what is good so far: groups whose bound is at least that
 * of whatever is next need not wait, the others go into the queue.
 */
static void
open_first_groups(Search *search, Page page, int groups, QueueEntry entry, const Range *range)
{
	int			source = place_source(entry.place);
	BlockNumber block = place_block(entry.place);
	int64		next = queue_first_key(&search->queue);

	for (int group = 0; group < groups; group++)
	{
		int64		bound = Min(group_bound(search, page, group), entry.key);
		uint64		place = place_of_page(ENTRY_GROUP, source, block, group);
		int			rest;

		if (bound < next)
		{
			queue_push(&search->queue, bound, place);
			continue;
		}
		rest = choose_from_group(search, page, group, range);
		if (rest != NO_REST)
			queue_push(&search->queue, matcher_bound(&search->matcher, (uint32) rest), place);
	}
}

/*
 * Charts that reach the floor are chosen wherever they are; what remains of
 * the page, which is all below it, goes back into the queue as one.
 */
static void
open_all_groups(Search *search, Page page, int groups, QueueEntry entry, const Range *range)
{
	int64		least = matcher_bound(&search->matcher, range->least);
	int64		rest = PG_INT64_MIN;

	for (int group = 0; group < groups; group++)
	{
		int64		bound = Min(group_bound(search, page, group), entry.key);

		if (bound >= least)
		{
			int			sum = choose_from_group(search, page, group, range);

			bound = sum == NO_REST ? PG_INT64_MIN :
				matcher_bound(&search->matcher, (uint32) sum);
		}
		rest = Max(rest, bound);
	}
	if (rest != PG_INT64_MIN)
		queue_push(&search->queue, rest, entry.place);
}

static void
open_code_page(Search *search, QueueEntry entry)
{
	const IndexLayout *layout = &search->layout;
	int			source = place_source(entry.place);
	Page		page = lock_page(search, &search->code_buffer, place_block(entry.place), PAGE_CODE,
								 source);
	int			groups = (page_special(page)->count + layout->group_charts - 1) /
	layout->group_charts;
	Range		range = range_of(search, entry.key);

	search->counters.code_pages++;
	memcpy(search->leaf_blocks, code_page_leaves(page),
		   layout->page_leaves * sizeof(BlockNumber));
	if (range.best_only)
		open_first_groups(search, page, groups, entry, &range);
	else
		open_all_groups(search, page, groups, entry, &range);
	unlock_page(search->code_buffer);
	score_chosen(search, source);
}

static void
open_group(Search *search, QueueEntry entry)
{
	int			source = place_source(entry.place);
	int			group = place_group(entry.place);
	BlockNumber block = place_block(entry.place);
	Page		page = lock_page(search, &search->code_buffer, block, PAGE_CODE, source);
	Range		range = range_of(search, entry.key);
	int			rest;

	search->counters.code_pages++;
	memcpy(search->leaf_blocks, code_page_leaves(page),
		   search->layout.page_leaves * sizeof(BlockNumber));
	rest = choose_from_group(search, page, group, &range);
	unlock_page(search->code_buffer);

	push_rest(search, rest, ENTRY_GROUP, source, block, group);
	score_chosen(search, source);
}

/* Returns the page that follows. */
static BlockNumber
open_tail_page(Search *search, int source, BlockNumber block, int64 key)
{
	const IndexLayout *layout = &search->layout;
	Page		page = lock_page(search, &search->code_buffer, block, PAGE_TAIL, source);
	BlockNumber next = page_special(page)->next;
	ItemPointer tids = tail_tids(layout, page);
	int			count = page_special(page)->count;
	Range		range = range_of(search, key);
	int			rest;

	search->counters.chain_pages++;
	rest = choose(search, tail_codes(layout, page, 0), layout->tail_charts, count, 0, &range);
	push_rest(search, rest, ENTRY_TAIL_PAGE, source, block, 0);
	for (int i = 0; i < search->n_chosen; i++)
	{
		int			chart = search->chosen[i];

		score_chart(search, page_row(layout, page, chart), &tids[chart]);
	}
	search->n_chosen = 0;
	unlock_page(search->code_buffer);
	return next;
}

/*
 * Scores all charts of a sparse page; returns the largest score of those that
 * do not come before the key, PG_INT64_MIN if there is none.
 */
static int64
score_sparse_page(Search *search, Page page, int64 key)
{
	const IndexLayout *layout = &search->layout;
	const uint32 *present = sparse_present(layout, page);
	ItemPointer tids = sparse_tids(layout, page);
	int64		largest = PG_INT64_MIN;

	for (int chart = 0; chart < page_special(page)->count; chart++)
	{
		int64	   *score = &search->scores[chart];

		*score = PG_INT64_MIN;
		if (!ItemPointerIsValid(&tids[chart]) ||
			!matcher_scores_partial(&search->matcher, present[chart]))
			continue;
		*score = matcher_score_partial(&search->matcher, page_row(layout, page, chart),
									   present[chart]);
		search->counters.charts_scored++;
		if (*score > key)
			*score = PG_INT64_MIN;
		largest = Max(largest, *score);
	}
	return largest;
}

/* Here scores are the bounds.  Returns the page that follows. */
static BlockNumber
open_sparse_page(Search *search, int source, BlockNumber block, int64 key)
{
	Page		page = lock_page(search, &search->code_buffer, block, PAGE_SPARSE, source);
	BlockNumber next = page_special(page)->next;
	ItemPointer tids = sparse_tids(&search->layout, page);
	int64		least = score_sparse_page(search, page, key);
	int64		rest = PG_INT64_MIN;

	search->counters.chain_pages++;
	if (has_floor(search))
		least = Min(key, search->best.scores[0]);
	for (int chart = 0; chart < page_special(page)->count; chart++)
	{
		int64		score = search->scores[chart];

		if (score != PG_INT64_MIN && score >= least)
			add_chart(search, score, &tids[chart]);
		else
			rest = Max(rest, score);
	}
	if (rest != PG_INT64_MIN)
		queue_push(&search->queue, rest, place_of_page(ENTRY_SPARSE_PAGE, source, block, 0));
	unlock_page(search->code_buffer);
	return next;
}

void
search_open(Search *search, QueueEntry entry)
{
	int			source = place_source(entry.place);
	BlockNumber block = place_block(entry.place);

	switch (place_kind(entry.place))
	{
		case ENTRY_CODE_PAGE:
			open_code_page(search, entry);
			break;
		case ENTRY_GROUP:
			open_group(search, entry);
			break;
		case ENTRY_TAIL_PAGE:
			(void) open_tail_page(search, source, block, entry.key);
			break;
		case ENTRY_SPARSE_PAGE:
			(void) open_sparse_page(search, source, block, entry.key);
			break;
		case ENTRY_CHART:
			Assert(false);
			break;
	}
}

/*
 * The beginning
 */

/* More pages than there are?  Then they follow each other in a circle. */
static void
check_steps(Search *search, BlockNumber steps, BlockNumber block)
{
	CHECK_FOR_INTERRUPTS();
	if (steps >= search->blocks)
		search->blocks = RelationGetNumberOfBlocks(search->index);
	if (steps >= search->blocks)
		report_corruption(search->index, block, "Pages follow each other in a circle.");
}

static BlockNumber
load_directory_page(Search *search, int segment, BlockNumber block)
{
	const IndexLayout *layout = &search->layout;
	Page		page = lock_page(search, &search->code_buffer, block, PAGE_DIRECTORY, segment);
	BlockNumber next = page_special(page)->next;

	search->counters.directory_pages++;
	for (int i = 0; i < page_special(page)->count; i++)
	{
		DirectoryEntry *entry = directory_entry(layout, page, i);
		uint32		sum = bound_arc_sum(search->matcher.maxima, (const uint8 *) entry->arcs);

		queue_append(&search->queue, matcher_bound(&search->matcher, sum),
					 place_of_page(ENTRY_CODE_PAGE, segment, entry->code_page, 0));
	}
	unlock_page(search->code_buffer);
	return next;
}

static void
load_segment(Search *search, int segment)
{
	BlockNumber block = search->meta.segments[segment].directory;

	for (BlockNumber steps = 0; block != InvalidBlockNumber; steps++)
	{
		check_steps(search, steps, block);
		block = load_directory_page(search, segment, block);
	}
}

/* Looks at every page of a chain, as if it had come out of the queue. */
static void
load_chain(Search *search, int source)
{
	const IndexChain *chain = source_chain(&search->meta, source);
	BlockNumber block = chain->owner == 0 ? InvalidBlockNumber : chain->first;

	for (BlockNumber steps = 0; block != InvalidBlockNumber; steps++)
	{
		check_steps(search, steps, block);
		block = source_chain_kind(source) == CHAIN_TAIL ?
			open_tail_page(search, source, block, PG_INT64_MAX) :
			open_sparse_page(search, source, block, PG_INT64_MAX);
	}
}

void
search_load(Search *search)
{
	if (search->matcher.scores_complete)
		for (int segment = 0; segment < (int) search->meta.n_segments; segment++)
			load_segment(search, segment);
	queue_order(&search->queue);

	for (int source = SOURCE_CHAINS; source < SOURCES; source++)
	{
		IndexChainKind kind = source_chain_kind(source);

		if (kind == CHAIN_SPARSE || (kind == CHAIN_TAIL && search->matcher.scores_complete))
			load_chain(search, source);
	}
}
