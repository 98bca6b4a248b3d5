/*
 * search_state.h
 *		A search under way: what search.c and search_pages.c share.
 *
 * The queue holds pages and groups of charts, by the bound of the charts of
 * theirs that have not been scored, and charts that have been, by their score.
 * Whoever is first in the queue is taken out:
 *
 *	a chart		is the next one of the result: nothing can come before it;
 *	a page		those of its charts are scored that have any prospect, and it
 *				goes back into the queue by the largest bound of those that
 *				remain; of a page of codes only the groups are looked at whose
 *				arcs have prospects;
 *	a group		the same; a page is divided into groups in the queue as long as
 *				nothing is known of prospects.
 *
 * So the key of a group or page also tells which of its charts have been
 * scored: those whose bounds are larger.
 *
 * A chart has prospects if its bound reaches the "floor": the score that the
 * worst of the best few charts has.  As many are asked for as have been
 * found useful so far (search.c: raise_number_wanted).
 */
#ifndef SYNASTRY_INDEX_SEARCH_STATE_H
#define SYNASTRY_INDEX_SEARCH_STATE_H

#include "postgres.h"

#include "storage/bufmgr.h"

#include "index/matcher.h"
#include "index/queue.h"
#include "index/search.h"
#include "index/walk.h"

/*
 * What lies in the queue, in the order in which entries of equal keys come: a
 * chart after everything that may hold one as good.
 */
typedef enum EntryKind
{
	ENTRY_CODE_PAGE,
	ENTRY_GROUP,
	ENTRY_TAIL_PAGE,
	ENTRY_SPARSE_PAGE,
	ENTRY_CHART
} EntryKind;

/* the place of an entry: kind, source, block, group; or kind, block, offset */
#define KIND_SHIFT		60
#define SOURCE_SHIFT	48
#define BLOCK_SHIFT		16

typedef enum SearchPhase
{
	SEARCH_BEST_FIRST,
	SEARCH_SORTED,				/* all that remains is scored and sorted */
	SEARCH_NULLS,				/* rows without a score */
	SEARCH_ENDED
} SearchPhase;

struct Search
{
	Relation	index;
	IndexMeta	meta;
	IndexLayout layout;
	BlockNumber blocks;			/* at least so many there are */
	SearchPhase phase;
	bool		has_query;
	Matcher		matcher;
	SearchCounters counters;

	/* best first */
	Queue		queue;
	BestScores	best;
	uint64		emitted;
	uint64		next_raise;		/* when so many are emitted */
	QueueEntry	last;			/* what was emitted last */
	Buffer		code_buffer;	/* pinned: most often the next one is the same */
	Buffer		leaf_buffer;

	/* for one page: */
	uint16	   *sums;
	uint16	   *chosen;			/* numbers of charts */
	int			n_chosen;
	int64	   *scores;
	BlockNumber *leaf_blocks;

	/* sorted */
	struct Tuplesortstate *sort;
	struct TupleTableSlot *slot;

	/* nulls */
	Walk	   *walk;
	Page		page;
	int			chart;			/* the next one of the page */
};

static inline uint64
place_of_page(EntryKind kind, int source, BlockNumber block, int group)
{
	return (uint64) kind << KIND_SHIFT | (uint64) source << SOURCE_SHIFT |
		(uint64) block << BLOCK_SHIFT | (uint64) group;
}

static inline uint64
place_of_chart(ItemPointer tid)
{
	return (uint64) ENTRY_CHART << KIND_SHIFT |
		(uint64) ItemPointerGetBlockNumberNoCheck(tid) << BLOCK_SHIFT |
		ItemPointerGetOffsetNumberNoCheck(tid);
}

static inline EntryKind
place_kind(uint64 place)
{
	return (EntryKind) (place >> KIND_SHIFT);
}

static inline int
place_source(uint64 place)
{
	return (int) (place >> SOURCE_SHIFT & 0xfff);
}

static inline BlockNumber
place_block(uint64 place)
{
	return (BlockNumber) (place >> BLOCK_SHIFT);
}

static inline int
place_group(uint64 place)
{
	return (int) (place & 0xffff);
}

static inline void
place_tid(uint64 place, ItemPointer tid)
{
	ItemPointerSet(tid, place_block(place), (OffsetNumber) (place & 0xffff));
}

/* Fills the queue with what the meta page leads to. */
extern void search_load(Search *search);

/* Opens what comes out of the queue and is not a chart. */
extern void search_open(Search *search, QueueEntry entry);

extern void search_release_pins(Search *search);

#endif							/* SYNASTRY_INDEX_SEARCH_STATE_H */
