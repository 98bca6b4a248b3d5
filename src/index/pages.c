/*
 * pages.c
 *		Reading the pages of an index, with checks.
 *
 * What is read is not trusted: numbers that would lead out of a page are
 * found here, so that nobody behind has to look.
 */
#include "postgres.h"

#include "access/xlog.h"
#include "catalog/pg_am.h"

#include "index/pages.h"
#include "types/bodies.h"

int
index_page_capacity(const IndexLayout *layout, IndexPageKind kind)
{
	switch (kind)
	{
		case PAGE_LEAF:
			return layout->leaf_charts;
		case PAGE_CODE:
			return layout->page_charts;
		case PAGE_DIRECTORY:
			return layout->directory_entries;
		case PAGE_TAIL:
			return layout->tail_charts;
		case PAGE_SPARSE:
			return layout->sparse_charts;
		case PAGE_NULLS:
			return layout->null_tids;
		case PAGE_META:
		case PAGE_DELETED:
			break;
	}
	return 0;
}

bool
index_page_is_valid(Page page)
{
	return !PageIsNew(page) &&
		PageGetSpecialSize(page) == MAXALIGN(sizeof(IndexPageSpecial)) &&
		page_special(page)->page_id == INDEX_PAGE_ID;
}

bool
index_tid_is_beyond(Relation table, const ItemPointerData * tid,
					BlockNumber * blocks)
{
	BlockNumber block = ItemPointerGetBlockNumberNoCheck(tid);

	if (block < *blocks || table->rd_rel->relam != HEAP_TABLE_AM_OID)
		return false;
	*blocks = RelationGetNumberOfBlocks(table);
	return block >= *blocks;
}

void
report_corruption(Relation index, BlockNumber block, const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INDEX_CORRUPTED),
			 errmsg("index \"%s\" is corrupted at block %u",
					RelationGetRelationName(index), block),
			 errdetail("%s", detail),
			 errhint("REINDEX it.")));
}

static bool
meta_is_valid(const IndexMeta *meta)
{
	if (meta->n_bodies == 0 || meta->n_bodies > INDEX_MAX_BODIES ||
		meta->n_segments > INDEX_MAX_SEGMENTS || meta->n_retired > INDEX_MAX_RETIRED)
		return false;
	for (int j = 0; j < meta->n_bodies; j++)
		if (!body_exists(meta->bodies[j]) || (j > 0 && meta->bodies[j] <= meta->bodies[j - 1]))
			return false;
	return true;
}

Buffer
index_lock_meta(Relation index, IndexLayout *layout, int lock)
{
	Buffer		buffer = ReadBuffer(index, INDEX_META_BLOCK);
	Page		page = BufferGetPage(buffer);
	const IndexMeta *meta;

	LockBuffer(buffer, lock);
	meta = page_meta(page);
	if (!index_page_is_valid(page) || page_special(page)->kind != PAGE_META ||
		meta->magic != INDEX_MAGIC)
		report_corruption(index, INDEX_META_BLOCK,
						  "The page is not the first one of an index of this access method.");
	if (meta->version != INDEX_VERSION)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("index \"%s\" has version %u, this library reads version %u",
						RelationGetRelationName(index), meta->version, INDEX_VERSION),
				 errhint("REINDEX it.")));
	if (!meta_is_valid(meta))
		report_corruption(index, INDEX_META_BLOCK, "The page contradicts itself.");
	index_layout(layout, meta->n_bodies);
	return buffer;
}

void
index_read_meta(Relation index, IndexMeta *meta, IndexLayout *layout)
{
	Buffer		buffer = index_lock_meta(index, layout, BUFFER_LOCK_SHARE);

	*meta = *page_meta(BufferGetPage(buffer));
	UnlockReleaseBuffer(buffer);
}

/* The page is not what led to it says: see layout.h. */
static void
report_strange_page(Relation index, BlockNumber block)
{
	if (!RecoveryInProgress())
		report_corruption(index, block, "The page is not the one that other pages say it is.");
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("canceling statement due to conflict with recovery"),
			 errdetail("Pages of index \"%s\" were reused on the primary while they were searched.",
					   RelationGetRelationName(index)),
			 errhint("Repeat the statement; hot_standby_feedback avoids this.")));
}

void
index_lock_page(Relation index, const IndexLayout *layout, Buffer buffer,
				IndexPageKind kind, uint32 owner, int lock)
{
	Page		page = BufferGetPage(buffer);
	IndexPageSpecial *special;

	LockBuffer(buffer, lock);
	if (!index_page_is_valid(page))
		report_corruption(index, BufferGetBlockNumber(buffer),
						  "The page is not one of this access method.");
	special = page_special(page);
	if (special->kind != kind || special->owner != owner)
		report_strange_page(index, BufferGetBlockNumber(buffer));
	if (special->count > index_page_capacity(layout, kind))
		report_corruption(index, BufferGetBlockNumber(buffer),
						  "The page claims to hold more than fits.");
}

Buffer
index_read_page(Relation index, const IndexLayout *layout, BlockNumber block,
				IndexPageKind kind, uint32 owner, int lock)
{
	Buffer		buffer;

	/* reading beyond the end would be an error without our hint */
	if (block == INDEX_META_BLOCK || block >= RelationGetNumberOfBlocks(index))
		report_corruption(index, block, "A page leads to one that there is not.");
	buffer = ReadBuffer(index, block);
	index_lock_page(index, layout, buffer, kind, owner, lock);
	return buffer;
}
