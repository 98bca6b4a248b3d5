/*
 * pages.h
 *		Reading the pages of an index, with checks.
 */
#ifndef SYNASTRY_INDEX_PAGES_H
#define SYNASTRY_INDEX_PAGES_H

#include "postgres.h"

#include "storage/bufmgr.h"
#include "utils/rel.h"

#include "compat.h"
#include "index/layout.h"

/* A copy of the meta page, checked, and the layout of the index. */
extern void index_read_meta(Relation index, IndexMeta *meta, IndexLayout *layout);

/* The same page, checked and locked. */
extern Buffer index_lock_meta(Relation index, IndexLayout *layout, int lock);

/*
 * A page of this kind and owner, locked as bufmgr.h says (BUFFER_LOCK_SHARE or
 * BUFFER_LOCK_EXCLUSIVE).  If it is not, the index is corrupted, which is an
 * error; on a standby it may have been reused meanwhile, which is a
 * serialization failure.
 */
extern Buffer index_read_page(Relation index, const IndexLayout *layout, BlockNumber block,
							  IndexPageKind kind, uint32 owner, int lock);

/*
 * The same for a page that is pinned already: locks it, and checks it.  Used
 * by searches, which keep pins of pages that they look at again and again.
 */
extern void index_lock_page(Relation index, const IndexLayout *layout, Buffer buffer,
							IndexPageKind kind, uint32 owner, int lock);

/* Is it a page of ours at all?  For VACUUM, which visits all of them. */
extern bool index_page_is_valid(Page page);

/*
 * Whether a row number leads beyond the end of a table that is locked, so that
 * nobody cuts it short; *blocks is what was known of its size, 0 at first.
 * The server would fail without our hint or, given the largest number, append
 * a page.  Tables of another access method than heap have row numbers of their
 * own: nothing is known of them.
 */
extern bool index_tid_is_beyond(Relation table, const ItemPointerData * tid,
								BlockNumber * blocks);

/* most charts, TIDs or entries that a page of this kind may hold */
extern int	index_page_capacity(const IndexLayout *layout, IndexPageKind kind);

/* The error, with a sentence that says what is wrong. */
pg_noreturn extern void report_corruption(Relation index, BlockNumber block,
										  const char *detail);

#endif							/* SYNASTRY_INDEX_PAGES_H */
