/*
 * fold.c
 *		Folding the tail into segments, which VACUUM does now and then.
 *
 * Charts that were inserted lie in the tail, which every search reads to its
 * end.  A fold makes a segment of them, together with all segments that are
 * not much larger, so that there are few segments and each chart is written
 * again some times only, as many as the logarithm of their number; and with
 * segments of which much is dead.
 *
 *	1. One WAL record ends the tail and begins a new one: inserts go there.
 *	   What was the tail is "frozen".  Owners of what we will write are taken
 *	   in the same record, so that no crash gives them to others.
 *	2. The charts that live are collected, ordered and written.
 *	3. One record lists the new segment instead of the old ones and of the
 *	   frozen tail, and notes these as retired.
 *
 * Who ends between 1 and 3, by a cancel or a crash, leaves a frozen tail,
 * which searches read and the next VACUUM folds, and pages that nobody lists,
 * which the next VACUUM frees.
 *
 * The chains of incomplete charts and of NULLs stay chains.  If much in them
 * is dead they are copied while inserts go on, up to what is left on the last
 * pages; that is copied with the meta page locked, which keeps inserts off.
 */
#include "postgres.h"

#include "access/generic_xlog.h"
#include "access/transam.h"
#include "commands/vacuum.h"
#include "miscadmin.h"
#include "postmaster/autovacuum.h"

#include "compat.h"
#include "index/fold.h"
#include "index/pages.h"
#include "index/spool.h"
#include "index/write.h"

/* a segment is not much larger than the charts to be folded up to so many times */
#define SEGMENT_RATIO	2

/* "much is dead": one chart in so many */
#define DEAD_SHARE		4

typedef struct Fold
{
	Relation	index;
	IndexLayout layout;
	IndexMeta	meta;
	PageSink	sink;
	bool		folds_tail;
	bool		chosen[INDEX_MAX_SEGMENTS];
	int			n_chosen;
	double		charts;			/* expected to live */
	uint32		owner;			/* of the new segment */
} Fold;

void
survey_chain(Relation index, const IndexLayout *layout, const IndexChain *chain,
			 IndexChainKind kind, ChainSurvey *survey)
{
	BlockNumber block = chain->first;

	if (chain->owner == 0)
		return;
	while (block != InvalidBlockNumber)
	{
		Buffer		buffer = index_read_page(index, layout, block, chain_page_kind(kind),
											 chain->owner, BUFFER_LOCK_SHARE);
		Page		page = BufferGetPage(buffer);
		ItemPointer tids = index_page_tids(layout, page);

		survey->pages++;
		survey->charts += page_special(page)->count;
		for (int i = 0; i < page_special(page)->count; i++)
			survey->dead += !ItemPointerIsValid(&tids[i]);
		block = page_special(page)->next;
		UnlockReleaseBuffer(buffer);
		if (survey->pages > RelationGetNumberOfBlocks(index))
			report_corruption(index, chain->first, "A chain of pages leads back to itself.");
		vacuum_delay();
	}
}

static uint64
live_charts(const IndexSegment *segment)
{
	return segment->charts - segment->dead;
}

/* the smallest segment that is not chosen yet; -1 if all are */
static int
smallest_segment(const Fold *fold)
{
	int			smallest = -1;

	for (int i = 0; i < fold->meta.n_segments; i++)
		if (!fold->chosen[i] &&
			(smallest < 0 ||
			 live_charts(&fold->meta.segments[i]) < live_charts(&fold->meta.segments[smallest])))
			smallest = i;
	return smallest;
}

static void
choose_segment(Fold *fold, int i)
{
	fold->chosen[i] = true;
	fold->n_chosen++;
	fold->charts += (double) live_charts(&fold->meta.segments[i]);
}

/* Whether to fold, and what; see above. */
static bool
choose(Fold *fold)
{
	IndexMeta  *meta = &fold->meta;
	ChainSurvey tail = {0};
	int			i;

	survey_chain(fold->index, &fold->layout, &meta->frozen[CHAIN_TAIL], CHAIN_TAIL, &tail);
	survey_chain(fold->index, &fold->layout, &meta->chains[CHAIN_TAIL], CHAIN_TAIL, &tail);

	for (i = 0; i < meta->n_segments; i++)
		if (meta->segments[i].dead > 0 &&
			meta->segments[i].dead * DEAD_SHARE >= meta->segments[i].charts)
			choose_segment(fold, i);
	fold->folds_tail = fold->n_chosen > 0 || meta->frozen[CHAIN_TAIL].owner != 0 ||
		tail.charts >= fold->layout.page_charts ||
		(tail.pages > 1 && tail.dead * DEAD_SHARE >= tail.charts);
	if (!fold->folds_tail)
		return false;
	fold->charts += (double) (tail.charts - tail.dead);

	while ((i = smallest_segment(fold)) >= 0 &&
		   (live_charts(&meta->segments[i]) <= SEGMENT_RATIO * fold->charts ||
			meta->n_segments - fold->n_chosen >= INDEX_MAX_SEGMENTS))
		choose_segment(fold, i);

	/* snapshots that never end keep pages from being reused: wait for them */
	return meta->n_retired + fold->n_chosen + 1 <= INDEX_MAX_RETIRED;
}

/* An owner that nobody had, durably before the first page of it. */
static uint32
take_owner(Relation index, IndexLayout *layout)
{
	Buffer		buffer = index_lock_meta(index, layout, BUFFER_LOCK_EXCLUSIVE);
	GenericXLogState *state = GenericXLogStart(index);
	IndexMeta  *meta = page_meta(GenericXLogRegisterBuffer(state, buffer, 0));
	uint32		owner = meta->next_owner++;

	GenericXLogFinish(state);
	UnlockReleaseBuffer(buffer);
	return owner;
}

/* Unless there is a frozen tail already, which then is folded alone. */
static void
freeze_tail(Fold *fold)
{
	Buffer		buffer = index_lock_meta(fold->index, &fold->layout, BUFFER_LOCK_EXCLUSIVE);
	IndexMeta  *meta = page_meta(BufferGetPage(buffer));
	Buffer		last = InvalidBuffer;

	if (meta->frozen[CHAIN_TAIL].owner == 0 &&
		meta->chains[CHAIN_TAIL].last != InvalidBlockNumber)
	{
		GenericXLogState *state = GenericXLogStart(fold->index);

		last = index_read_page(fold->index, &fold->layout, meta->chains[CHAIN_TAIL].last,
							   PAGE_TAIL, meta->chains[CHAIN_TAIL].owner, BUFFER_LOCK_EXCLUSIVE);
		page_special(GenericXLogRegisterBuffer(state, last, 0))->flags |= PAGE_FROZEN;
		meta = page_meta(GenericXLogRegisterBuffer(state, buffer, 0));
		meta->frozen[CHAIN_TAIL] = meta->chains[CHAIN_TAIL];
		meta->chains[CHAIN_TAIL] = (IndexChain)
		{
			meta->next_owner++, InvalidBlockNumber, InvalidBlockNumber
		};
		GenericXLogFinish(state);
		UnlockReleaseBuffer(last);
	}
	fold->meta.frozen[CHAIN_TAIL] = page_meta(BufferGetPage(buffer))->frozen[CHAIN_TAIL];
	UnlockReleaseBuffer(buffer);
}

/* Those that live, of a leaf or a page of the tail; returns the next page. */
static BlockNumber
collect_page(Fold *fold, Spool *spool, BlockNumber block, IndexPageKind kind, uint32 owner)
{
	Buffer		buffer = index_read_page(fold->index, &fold->layout, block, kind, owner,
										 BUFFER_LOCK_SHARE);
	Page		page = BufferGetPage(buffer);
	ItemPointer tids = index_page_tids(&fold->layout, page);
	BlockNumber next = page_special(page)->next;

	for (int i = 0; i < page_special(page)->count; i++)
		if (ItemPointerIsValid(&tids[i]))
			spool_add(spool, page_row(&fold->layout, page, i), &tids[i]);
	UnlockReleaseBuffer(buffer);
	vacuum_delay();
	return next;
}

static void
collect_code_page(Fold *fold, Spool *spool, BlockNumber block, uint32 owner)
{
	Buffer		buffer = index_read_page(fold->index, &fold->layout, block, PAGE_CODE, owner,
										 BUFFER_LOCK_SHARE);
	PGAlignedBlock copy;
	BlockNumber *leaf;

	memcpy(copy.data, BufferGetPage(buffer), BLCKSZ);
	UnlockReleaseBuffer(buffer);
	leaf = code_page_leaves((Page) copy.data);
	for (int i = 0; i < page_special((Page) copy.data)->count; i += fold->layout.leaf_charts)
		collect_page(fold, spool, *leaf++, PAGE_LEAF, owner);
}

static void
collect_segment(Fold *fold, Spool *spool, const IndexSegment *segment)
{
	BlockNumber block = segment->directory;
	uint64		charts = 0;

	while (block != InvalidBlockNumber)
	{
		Buffer		buffer = index_read_page(fold->index, &fold->layout, block, PAGE_DIRECTORY,
											 segment->owner, BUFFER_LOCK_SHARE);
		PGAlignedBlock copy;
		Page		page = (Page) copy.data;

		memcpy(page, BufferGetPage(buffer), BLCKSZ);
		UnlockReleaseBuffer(buffer);
		for (int i = 0; i < page_special(page)->count; i++)
		{
			const DirectoryEntry *entry = directory_entry(&fold->layout, page, i);

			charts += entry->charts;
			collect_code_page(fold, spool, entry->code_page, segment->owner);
		}
		if (page_special(page)->count == 0 || charts > segment->charts)
			report_corruption(fold->index, block, "A directory leads to more than its segment holds.");
		block = page_special(page)->next;
	}
}

static void
retire(IndexMeta *meta, uint32 owner, FullTransactionId since)
{
	Assert(meta->n_retired < INDEX_MAX_RETIRED);
	meta->retired[meta->n_retired++] = (IndexRetired)
	{
		.since = since,.owner = owner
	};
}

/*
 * The lock is held when the transaction id is read: whoever reads the meta
 * page afterwards sees what is new, and the snapshots of all others are not
 * younger.
 */
static void
list_segment(Fold *fold, const IndexSegment *segment)
{
	Buffer		buffer = index_lock_meta(fold->index, &fold->layout, BUFFER_LOCK_EXCLUSIVE);
	FullTransactionId since = ReadNextFullTransactionId();
	GenericXLogState *state = GenericXLogStart(fold->index);
	IndexMeta  *meta = page_meta(GenericXLogRegisterBuffer(state, buffer, 0));
	int			n = 0;

	for (int i = 0; i < meta->n_segments; i++)
		if (fold->chosen[i])
			retire(meta, meta->segments[i].owner, since);
		else
			meta->segments[n++] = meta->segments[i];
	if (segment->charts > 0)
		meta->segments[n++] = *segment;
	meta->n_segments = n;
	if (meta->frozen[CHAIN_TAIL].owner != 0)
		retire(meta, meta->frozen[CHAIN_TAIL].owner, since);
	meta->frozen[CHAIN_TAIL] = (IndexChain)
	{
		0, InvalidBlockNumber, InvalidBlockNumber
	};
	GenericXLogFinish(state);
	UnlockReleaseBuffer(buffer);
}

static Size
fold_memory(void)
{
	if (IsAutoVacuumWorkerProcess() && autovacuum_work_mem != -1)
		return (Size) autovacuum_work_mem * 1024;
	return (Size) maintenance_work_mem * 1024;
}

static void
fold_segments(Fold *fold)
{
	Spool	   *spool;
	SegmentWriter *writer;
	IndexSegment segment;
	BlockNumber block;

	freeze_tail(fold);
	writer = segment_begin(&fold->sink, take_owner(fold->index, &fold->layout));
	spool = spool_begin(&fold->layout, fold->meta.bodies, fold_memory(), fold->charts);

	block = fold->meta.frozen[CHAIN_TAIL].first;
	while (fold->meta.frozen[CHAIN_TAIL].owner != 0 && block != InvalidBlockNumber)
		block = collect_page(fold, spool, block, PAGE_TAIL, fold->meta.frozen[CHAIN_TAIL].owner);
	for (int i = 0; i < fold->meta.n_segments; i++)
		if (fold->chosen[i])
			collect_segment(fold, spool, &fold->meta.segments[i]);

	spool_finish(spool, writer);
	segment = segment_finish(writer);
	list_segment(fold, &segment);
	pfree(writer);
}

/* how far a chain has been copied */
typedef struct CopyPosition
{
	BlockNumber block;
	int			charts;			/* of the page */
} CopyPosition;

/* One page, or what has come to it since; false: it was the last one. */
static bool
copy_page(Fold *fold, ChainWriter *writer, IndexChainKind kind, uint32 owner,
		  CopyPosition *position)
{
	const IndexLayout *layout = &fold->layout;
	Buffer		buffer = index_read_page(fold->index, layout, position->block,
										 chain_page_kind(kind), owner, BUFFER_LOCK_SHARE);
	PGAlignedBlock copy;
	Page		page = (Page) copy.data;
	ItemPointer tids;

	memcpy(page, BufferGetPage(buffer), BLCKSZ);
	UnlockReleaseBuffer(buffer);
	tids = index_page_tids(layout, page);
	for (; position->charts < page_special(page)->count; position->charts++)
		if (ItemPointerIsValid(&tids[position->charts]))
			chain_add(writer, kind == CHAIN_NULLS ? NULL : page_row(layout, page, position->charts),
					  kind == CHAIN_SPARSE ? sparse_present(layout, page)[position->charts] : 0,
					  &tids[position->charts]);
	if (page_special(page)->next == InvalidBlockNumber)
		return false;
	*position = (CopyPosition)
	{
		page_special(page)->next, 0
	};
	return true;
}

static void
copy_chain(Fold *fold, IndexChainKind kind)
{
	IndexChain	old = fold->meta.chains[kind];
	ChainWriter *writer = chain_begin(&fold->sink, kind,
									  take_owner(fold->index, &fold->layout));
	CopyPosition position = {old.first, 0};
	FullTransactionId since;
	GenericXLogState *state;
	IndexMeta  *meta;
	IndexChain	chain;
	Buffer		buffer;

	while (copy_page(fold, writer, kind, old.owner, &position))
		vacuum_delay();

	buffer = index_lock_meta(fold->index, &fold->layout, BUFFER_LOCK_EXCLUSIVE);
	while (copy_page(fold, writer, kind, old.owner, &position))
		;
	chain = chain_finish(writer);
	since = ReadNextFullTransactionId();
	state = GenericXLogStart(fold->index);
	meta = page_meta(GenericXLogRegisterBuffer(state, buffer, 0));
	meta->chains[kind] = chain;
	retire(meta, old.owner, since);
	GenericXLogFinish(state);
	UnlockReleaseBuffer(buffer);
	pfree(writer);
}

static void
fold_chain(Fold *fold, IndexChainKind kind)
{
	ChainSurvey survey = {0};

	index_read_meta(fold->index, &fold->meta, &fold->layout);
	survey_chain(fold->index, &fold->layout, &fold->meta.chains[kind], kind, &survey);
	if (survey.pages > 1 && survey.dead * DEAD_SHARE >= survey.charts &&
		fold->meta.n_retired < INDEX_MAX_RETIRED)
		copy_chain(fold, kind);
}

/* A tail that was frozen already is folded alone, then what came since. */
void
index_fold(Relation index)
{
	Fold	   *fold = palloc(sizeof(Fold));
	bool		again = true;

	while (again)
	{
		memset(fold, 0, sizeof(Fold));
		fold->index = index;
		index_read_meta(index, &fold->meta, &fold->layout);
		fold->sink = (PageSink)
		{
			.index = index,.layout = &fold->layout
		};
		again = fold->meta.frozen[CHAIN_TAIL].owner != 0;
		if (choose(fold))
			fold_segments(fold);
		else
			again = false;
	}
	fold_chain(fold, CHAIN_SPARSE);
	fold_chain(fold, CHAIN_NULLS);
	pfree(fold);
}
