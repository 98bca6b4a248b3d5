/*
 * walk.c
 *		All charts of an index, page by page, in no order.
 *
 * Pages are copied, so that nothing is pinned or locked while the charts of a
 * page go their way, however long that takes.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "index/pages.h"
#include "index/walk.h"

struct Walk
{
	Relation	index;
	const IndexMeta *meta;
	const IndexLayout *layout;
	int			source;
	int			last;

	/* the page of the directory, or of the chain, that comes next */
	bool		begun;			/* the source */
	BlockNumber next;
	BlockNumber steps;			/* more than blocks: the list is a circle */
	BlockNumber blocks;

	int			entries;		/* of the directory page */
	int			entry;
	int			leaves;			/* of the code page */
	int			leaf;
	BlockNumber *leaf_blocks;

	PGAlignedBlock directory;
	PGAlignedBlock page;
};

IndexPageKind
chain_pages(IndexChainKind kind)
{
	return kind == CHAIN_TAIL ? PAGE_TAIL : kind == CHAIN_SPARSE ? PAGE_SPARSE : PAGE_NULLS;
}

Walk *
walk_begin(Relation index, const IndexMeta *meta, const IndexLayout *layout, int first, int last)
{
	Walk	   *walk = palloc0(sizeof(Walk));

	walk->index = index;
	walk->meta = meta;
	walk->layout = layout;
	walk->source = first;
	walk->last = last;
	walk->blocks = RelationGetNumberOfBlocks(index);
	walk->leaf_blocks = palloc(layout->page_leaves * sizeof(BlockNumber));
	return walk;
}

void
walk_end(Walk *walk)
{
	pfree(walk->leaf_blocks);
	pfree(walk);
}

static void
copy_page(Walk *walk, BlockNumber block, IndexPageKind kind, char *copy)
{
	Buffer		buffer = index_read_page(walk->index, walk->layout, block, kind,
										 source_owner(walk->meta, walk->source),
										 BUFFER_LOCK_SHARE);

	memcpy(copy, BufferGetPage(buffer), BLCKSZ);
	UnlockReleaseBuffer(buffer);
}

/* The next page of the list that a source is. */
static void
copy_next(Walk *walk, IndexPageKind kind, char *copy)
{
	BlockNumber block = walk->next;

	if (++walk->steps > walk->blocks &&
		walk->steps > (walk->blocks = RelationGetNumberOfBlocks(walk->index)))
		report_corruption(walk->index, block, "Pages follow each other in a circle.");
	copy_page(walk, block, kind, copy);
	walk->next = page_special(copy)->next;
}

/* The leaves of the next code page. */
static void
read_leaves(Walk *walk)
{
	DirectoryEntry *entry = directory_entry(walk->layout, walk->directory.data, walk->entry++);
	Buffer		buffer = index_read_page(walk->index, walk->layout, entry->code_page, PAGE_CODE,
										 source_owner(walk->meta, walk->source),
										 BUFFER_LOCK_SHARE);
	Page		page = BufferGetPage(buffer);
	int			leaf_charts = walk->layout->leaf_charts;

	walk->leaf = 0;
	walk->leaves = (page_special(page)->count + leaf_charts - 1) / leaf_charts;
	memcpy(walk->leaf_blocks, code_page_leaves(page), walk->leaves * sizeof(BlockNumber));
	UnlockReleaseBuffer(buffer);
}

static bool
next_of_segment(Walk *walk)
{
	if (!walk->begun)
	{
		walk->next = walk->meta->segments[walk->source].directory;
		walk->entries = walk->entry = walk->leaves = walk->leaf = 0;
	}
	walk->begun = true;
	for (;;)
	{
		CHECK_FOR_INTERRUPTS();
		if (walk->leaf < walk->leaves)
		{
			copy_page(walk, walk->leaf_blocks[walk->leaf++], PAGE_LEAF, walk->page.data);
			return true;
		}
		if (walk->entry < walk->entries)
			read_leaves(walk);
		else if (walk->next != InvalidBlockNumber)
		{
			copy_next(walk, PAGE_DIRECTORY, walk->directory.data);
			walk->entry = 0;
			walk->entries = page_special(walk->directory.data)->count;
		}
		else
			return false;
	}
}

static bool
next_of_chain(Walk *walk)
{
	const IndexChain *chain = source_chain(walk->meta, walk->source);

	CHECK_FOR_INTERRUPTS();
	if (!walk->begun)
		walk->next = chain->owner == 0 ? InvalidBlockNumber : chain->first;
	walk->begun = true;
	if (walk->next == InvalidBlockNumber)
		return false;
	copy_next(walk, chain_pages(source_chain_kind(walk->source)), walk->page.data);
	return true;
}

Page
walk_next(Walk *walk)
{
	while (walk->source <= walk->last)
	{
		bool		is_chain = walk->source >= SOURCE_CHAINS;

		if (is_chain ? next_of_chain(walk) :
			(walk->source < (int) walk->meta->n_segments && next_of_segment(walk)))
			return walk->page.data;
		walk->source++;
		walk->begun = false;
		walk->steps = 0;
	}
	return NULL;
}
