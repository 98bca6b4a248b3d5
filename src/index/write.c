/*
 * write.c
 *		New pages, and what build, insert and vacuum have in common.
 */
#include "postgres.h"

#include "storage/indexfsm.h"
#include "storage/lmgr.h"

#include "index/pages.h"
#include "index/write.h"
#include "kernel/bound.h"

StaticAssertDecl(sizeof(IndexMeta) <= INDEX_PAGE_ROOM, "the meta page has room for its lists");
StaticAssertDecl(PAGE_TAIL + CHAIN_NULLS == PAGE_NULLS, "page kinds of chains in their order");

void
index_init_page(Page page, IndexPageKind kind, uint32 owner)
{
	IndexPageSpecial *special;

	PageInit(page, BLCKSZ, sizeof(IndexPageSpecial));
	special = page_special(page);
	special->owner = owner;
	special->next = InvalidBlockNumber;
	special->kind = (uint8) kind;
	special->page_id = INDEX_PAGE_ID;
}

void
index_init_meta(Page page, const uint16 *bodies, int n_bodies)
{
	IndexMeta  *meta = page_meta(page);

	index_init_page(page, PAGE_META, 0);
	meta->magic = INDEX_MAGIC;
	meta->version = INDEX_VERSION;
	meta->n_bodies = (uint16) n_bodies;
	memcpy(meta->bodies, bodies, n_bodies * sizeof(uint16));
	meta->next_owner = 1;
	for (int kind = 0; kind < CHAIN_KINDS; kind++)
	{
		meta->chains[kind] = (IndexChain)
		{
			meta->next_owner++, InvalidBlockNumber, InvalidBlockNumber
		};
		meta->frozen[kind] = (IndexChain)
		{
			0, InvalidBlockNumber, InvalidBlockNumber
		};
	}
	((PageHeader) page)->pd_lower = (char *) (meta + 1) - (char *) page;
}

/* the end of what a page holds */
static char *
page_end(const IndexLayout *layout, Page page, int count)
{
	switch ((IndexPageKind) page_special(page)->kind)
	{
		case PAGE_LEAF:
			return (char *) (leaf_tids(layout, page) + count);
		case PAGE_CODE:
			return (char *) code_page_codes(layout, page,
											(count + layout->group_charts - 1) / layout->group_charts);
		case PAGE_DIRECTORY:
			return (char *) directory_entry(layout, page, count);
		case PAGE_TAIL:
			return (char *) tail_codes(layout, page, layout->n);
		case PAGE_SPARSE:
			return (char *) (sparse_tids(layout, page) + count);
		case PAGE_NULLS:
			return (char *) (null_tids(page) + count);
		case PAGE_META:
		case PAGE_DELETED:
			break;
	}
	elog(ERROR, "no page to be counted: kind %d", page_special(page)->kind);
	return NULL;
}

void
index_set_count(const IndexLayout *layout, Page page, int count)
{
	page_special(page)->count = (uint16) count;
	((PageHeader) page)->pd_lower = page_end(layout, page, count) - (char *) page;
}

ItemPointer
index_page_tids(const IndexLayout *layout, Page page)
{
	switch ((IndexPageKind) page_special(page)->kind)
	{
		case PAGE_LEAF:
			return leaf_tids(layout, page);
		case PAGE_TAIL:
			return tail_tids(layout, page);
		case PAGE_SPARSE:
			return sparse_tids(layout, page);
		case PAGE_NULLS:
			return null_tids(page);
		case PAGE_META:
		case PAGE_CODE:
		case PAGE_DIRECTORY:
		case PAGE_DELETED:
			break;
	}
	return NULL;
}

/*
 * The page is locked before anybody else may know of it: VACUUM, which looks
 * for pages that were never filled, asks for their number under this lock.
 */
Buffer
index_extend(Relation index)
{
	bool		shared = !RELATION_IS_LOCAL(index);
	Buffer		buffer;

	if (shared)
		LockRelationForExtension(index, ExclusiveLock);
	buffer = ReadBuffer(index, P_NEW);
	LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
	if (shared)
		UnlockRelationForExtension(index, ExclusiveLock);
	return buffer;
}

BlockNumber
index_pages(Relation index)
{
	bool		shared = !RELATION_IS_LOCAL(index);
	BlockNumber pages;

	if (shared)
		LockRelationForExtension(index, ExclusiveLock);
	pages = RelationGetNumberOfBlocks(index);
	if (shared)
		UnlockRelationForExtension(index, ExclusiveLock);
	return pages;
}

/*
 * The free space map is a hint: after a crash it may name pages that are in
 * use, or that do not exist.
 */
Buffer
index_allocate(Relation index)
{
	BlockNumber block;

	while ((block = GetFreeIndexPage(index)) != InvalidBlockNumber)
	{
		Buffer		buffer;
		Page		page;

		if (block >= RelationGetNumberOfBlocks(index))
			continue;
		buffer = ReadBuffer(index, block);
		if (!ConditionalLockBuffer(buffer))
		{
			ReleaseBuffer(buffer);
			continue;
		}
		page = BufferGetPage(buffer);
		if (PageIsNew(page) ||
			(index_page_is_valid(page) && page_special(page)->kind == PAGE_DELETED))
			return buffer;
		UnlockReleaseBuffer(buffer);
	}
	return index_extend(index);
}

/* Both ids ascend.  What does not count in scores is not there. */
IndexChainKind
index_row(const uint16 *bodies, int n_bodies, const Chart *chart, binary_angle *row,
		  uint32 *present)
{
	const uint16 *ids = chart_ids(chart);
	bool		angles = chart_has_angles(chart);
	int			found = 0;
	int			i = 0;

	*present = 0;
	for (int j = 0; j < n_bodies; j++)
	{
		while (i < chart->n && ids[i] < bodies[j])
			i++;
		row[j] = 0;
		if (i == chart->n || ids[i] != bodies[j] ||
			(!angles && body_turns_daily(ids[i])))
			continue;
		row[j] = chart->longitudes[i];
		*present |= (uint32) 1 << j;
		found++;
	}
	return found == n_bodies ? CHAIN_TAIL : CHAIN_SPARSE;
}

void
index_append(const IndexLayout *layout, Page page, const binary_angle *row, uint32 present,
			 ItemPointer tid)
{
	int			i = page_special(page)->count;

	Assert(i < index_page_capacity(layout, (IndexPageKind) page_special(page)->kind));
	index_set_count(layout, page, i + 1);
	index_page_tids(layout, page)[i] = *tid;
	if (page_special(page)->kind == PAGE_NULLS)
		return;
	memcpy(page_row(layout, page, i), row, layout->n * sizeof(binary_angle));
	if (page_special(page)->kind == PAGE_SPARSE)
		sparse_present(layout, page)[i] = present;
	else
		for (int j = 0; j < layout->n; j++)
			tail_codes(layout, page, j)[i] = bound_code(row[j]);
}
