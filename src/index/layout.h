/*
 * layout.h
 *		The pages of an index: what lies where.
 *
 * An index holds, of every chart, the longitudes of some bodies (the ten
 * planets unless the option "bodies" says otherwise), never scores: one index
 * serves every model.  Pages are of these kinds:
 *
 *	meta		page 0: what the index consists of (IndexMeta)
 *
 *	A segment holds complete charts, those that have all bodies of the index,
 *	in an order that puts similar ones side by side.  It never changes, but
 *	for charts that die.
 *
 *	leaf		charts: their longitudes row by row, and their TIDs
 *	code		what the search reads first: of the charts of a few leaves the
 *				"codes" (kernel/bound.h), column by column, in groups of up to
 *				64 charts; and for each group and body the arc of the circle
 *				in which all codes of the group lie
 *	directory	for each code page its number and its arcs
 *
 *	A chain is a list of pages to which charts are appended.
 *
 *	tail		complete charts that were inserted: rows, TIDs, and codes
 *	sparse		charts that lack some body of the index, scored one by one
 *	nulls		TIDs of rows whose chart is NULL
 *
 * Whoever wants all charts of the index visits the segments and the chains
 * that the meta page lists.  VACUUM marks what is dead by making the TID
 * invalid, and now and then folds segments and tails into new segments: it
 * writes new pages, then has the meta page list them instead of the old ones.
 * A search that has read the meta page before goes on reading the old pages.
 * They stay as they are until no snapshot of that time is left, on the
 * primary; on a standby, which does not know, the owner of each page is
 * compared with that of the segment or chain that led to it, and the search
 * ends with a serialization failure if they differ.  What the meta page does
 * not list is either retired, which it says, or left by a VACUUM that did not
 * get to its end: then nobody ever read it.
 *
 * All changes are WAL-logged by generic records; a page's pd_lower is the end
 * of what it holds.
 */
#ifndef SYNASTRY_INDEX_LAYOUT_H
#define SYNASTRY_INDEX_LAYOUT_H

#include "postgres.h"

#include "access/transam.h"
#include "storage/block.h"
#include "storage/bufpage.h"
#include "storage/itemptr.h"

#include "kernel/angle.h"

#define INDEX_MAGIC			0x53594e41	/* "SYNA" */
#define INDEX_VERSION		1

/* what tells our pages from those of other access methods */
#define INDEX_PAGE_ID		0xFF53

#define INDEX_META_BLOCK	0

/* most bodies that an index may hold; most that its meta page lists */
#define INDEX_MAX_BODIES	32
#define INDEX_MAX_SEGMENTS	64
#define INDEX_MAX_RETIRED	128

/* codes of a body in a group lie so many bytes apart */
#define GROUP_LANES			64

typedef enum IndexPageKind
{
	PAGE_META = 1,
	PAGE_LEAF,
	PAGE_CODE,
	PAGE_DIRECTORY,
	PAGE_TAIL,
	PAGE_SPARSE,
	PAGE_NULLS,
	PAGE_DELETED				/* may be reused */
} IndexPageKind;

/* the last page of a chain that gets no more charts */
#define PAGE_FROZEN			0x01

/* the special space of every page */
typedef struct IndexPageSpecial
{
	uint32		owner;			/* of the segment or chain; 0: meta, deleted */
	BlockNumber next;			/* of a chain or directory; InvalidBlockNumber */
	uint16		count;			/* charts, TIDs or entries, dead ones included */
	uint8		kind;
	uint8		flags;
	uint16		reserved;
	uint16		page_id;		/* INDEX_PAGE_ID, where pg_filedump looks */
} IndexPageSpecial;

#define INDEX_PAGE_ROOM \
	(BLCKSZ - MAXALIGN(SizeOfPageHeaderData) - MAXALIGN(sizeof(IndexPageSpecial)))

typedef struct IndexSegment
{
	uint32		owner;
	BlockNumber directory;		/* its first page */
	uint64		charts;			/* as it was made, before any died */
	uint64		dead;			/* of them, when VACUUM last looked */
} IndexSegment;

/* A segment or chain that is not listed any more, but may still be read. */
typedef struct IndexRetired
{
	FullTransactionId since;	/* the next one when it was retired */
	uint32		owner;
	uint32		reserved;
} IndexRetired;

typedef struct IndexChain
{
	uint32		owner;			/* 0: there is none */
	BlockNumber first;			/* InvalidBlockNumber: empty */
	BlockNumber last;
} IndexChain;

typedef enum IndexChainKind
{
	CHAIN_TAIL,
	CHAIN_SPARSE,
	CHAIN_NULLS,
	CHAIN_KINDS
} IndexChainKind;

typedef struct IndexMeta
{
	uint32		magic;
	uint16		version;
	uint16		n_bodies;
	uint16		bodies[INDEX_MAX_BODIES];	/* ids, ascending */
	uint32		next_owner;
	uint32		n_segments;
	IndexChain	chains[CHAIN_KINDS];	/* to which inserts append */
	IndexChain	frozen[CHAIN_KINDS];	/* which VACUUM folds, or was about to */
	IndexSegment segments[INDEX_MAX_SEGMENTS];
	uint32		n_retired;
	uint32		reserved;
	IndexRetired retired[INDEX_MAX_RETIRED];
} IndexMeta;

/*
 * How many charts fit where, for so many bodies.
 *
 *	leaf	binary_angle[leaf_charts][n], ItemPointerData[leaf_charts]
 *	code	BlockNumber leaves[page_leaves]
 *			uint8 arcs[page_groups][n][2]
 *			uint8 codes[page_groups][n][GROUP_LANES]
 *	tail	binary_angle[tail_charts][n], ItemPointerData[tail_charts],
 *			uint8 codes[n][tail_charts]
 *	sparse	binary_angle[sparse_charts][n], uint32 present[sparse_charts] (bit
 *			j: body j of the index), ItemPointerData[sparse_charts]
 *	nulls	ItemPointerData[null_tids]
 *	directory	entries of DIRECTORY_ENTRY_SIZE(n)
 *	deleted	nothing
 *
 * The charts of a code page fill its groups, and thereby its leaves, from the
 * first on; only the last ones of a segment are less than full.  Chart i of a
 * code page is in group i / group_charts, in leaf i / leaf_charts; leaf_charts
 * is a multiple of group_charts.  Lanes beyond the charts of a group repeat
 * the last one.
 */
typedef struct IndexLayout
{
	int			n;				/* bodies */
	int			group_charts;	/* at most GROUP_LANES */
	int			leaf_charts;
	int			page_groups;	/* of a code page */
	int			page_leaves;
	int			page_charts;
	int			tail_charts;
	int			sparse_charts;
	int			null_tids;
	int			directory_entries;
} IndexLayout;

/*
 * An arc of codes: the first, and how many follow it: 255 is the whole circle.
 * Codes count upwards and wrap.
 */
typedef struct CodeArc
{
	uint8		first;
	uint8		length;
} CodeArc;

typedef struct DirectoryEntry
{
	BlockNumber code_page;
	uint16		charts;			/* of the code page */
	uint16		reserved;
	CodeArc		arcs[FLEXIBLE_ARRAY_MEMBER];	/* n */
} DirectoryEntry;

#define DIRECTORY_ENTRY_SIZE(n) \
	MAXALIGN(offsetof(DirectoryEntry, arcs) + (n) * sizeof(CodeArc))

extern void index_layout(IndexLayout *layout, int n);

static inline IndexPageSpecial *
page_special(Page page)
{
	return (IndexPageSpecial *) PageGetSpecialPointer(page);
}

static inline IndexMeta *
page_meta(Page page)
{
	return (IndexMeta *) PageGetContents(page);
}

/* rows of leaf, tail and sparse pages */
static inline binary_angle *
page_row(const IndexLayout *layout, Page page, int chart)
{
	return (binary_angle *) PageGetContents(page) + chart * layout->n;
}

static inline ItemPointer
leaf_tids(const IndexLayout *layout, Page page)
{
	return (ItemPointer) page_row(layout, page, layout->leaf_charts);
}

static inline ItemPointer
tail_tids(const IndexLayout *layout, Page page)
{
	return (ItemPointer) page_row(layout, page, layout->tail_charts);
}

/* the codes of body j; those of the next body are tail_charts bytes further */
static inline uint8 *
tail_codes(const IndexLayout *layout, Page page, int j)
{
	return (uint8 *) (tail_tids(layout, page) + layout->tail_charts) +
		j * layout->tail_charts;
}

static inline uint32 *
sparse_present(const IndexLayout *layout, Page page)
{
	return (uint32 *) page_row(layout, page, layout->sparse_charts);
}

static inline ItemPointer
sparse_tids(const IndexLayout *layout, Page page)
{
	return (ItemPointer) (sparse_present(layout, page) + layout->sparse_charts);
}

static inline ItemPointer
null_tids(Page page)
{
	return (ItemPointer) PageGetContents(page);
}

static inline BlockNumber *
code_page_leaves(Page page)
{
	return (BlockNumber *) PageGetContents(page);
}

/* n of them for each group */
static inline CodeArc *
code_page_arcs(const IndexLayout *layout, Page page, int group)
{
	return (CodeArc *) (code_page_leaves(page) + layout->page_leaves) +
		group * layout->n;
}

/* body by body, GROUP_LANES each */
static inline uint8 *
code_page_codes(const IndexLayout *layout, Page page, int group)
{
	return (uint8 *) code_page_arcs(layout, page, layout->page_groups) +
		group * layout->n * GROUP_LANES;
}

static inline DirectoryEntry *
directory_entry(const IndexLayout *layout, Page page, int i)
{
	return (DirectoryEntry *) (PageGetContents(page) +
							   i * DIRECTORY_ENTRY_SIZE(layout->n));
}

#endif							/* SYNASTRY_INDEX_LAYOUT_H */
