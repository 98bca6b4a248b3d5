/*
 * write.h
 *		New pages, and what build, insert and vacuum have in common.
 */
#ifndef SYNASTRY_INDEX_WRITE_H
#define SYNASTRY_INDEX_WRITE_H

#include "postgres.h"

#include "index/layout.h"
#include "storage/bufmgr.h"
#include "types/chart.h"
#include "utils/rel.h"

/* a meta page of an index without charts */
extern void index_init_meta(Page page, const uint16 *bodies, int n_bodies);

/* an empty page; and one that holds so many charts, TIDs or entries */
extern void index_init_page(Page page, IndexPageKind kind, uint32 owner);
extern void index_set_count(const IndexLayout *layout, Page page, int count);

/*
 * A page that may be overwritten, exclusively locked: a free one, or one at
 * the end of the index.
 */
extern Buffer index_allocate(Relation index);
extern Buffer index_extend(Relation index);

/* how many pages there are, none of them being added just now */
extern BlockNumber index_pages(Relation index);

/*
 * Where a chart belongs.  row gets the longitudes of the bodies of the index,
 * 0 where the chart lacks one; present gets bit j for each that it has.
 */
extern IndexChainKind index_row(const uint16 *bodies, int n_bodies, const Chart *chart,
								binary_angle *row, uint32 *present);

/* Appends to a page of a chain, which has room for it. */
extern void index_append(const IndexLayout *layout, Page page, const binary_angle *row,
						 uint32 present, ItemPointer tid);

static inline IndexPageKind
chain_page_kind(IndexChainKind chain)
{
	return (IndexPageKind) (PAGE_TAIL + (int) chain);
}

/* the TIDs of a page that has some, NULL of one that has none */
extern ItemPointer index_page_tids(const IndexLayout *layout, Page page);

#endif							/* SYNASTRY_INDEX_WRITE_H */
