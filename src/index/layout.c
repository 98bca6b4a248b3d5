/*
 * layout.c
 *		How many charts fit on a page.
 */
#include "postgres.h"

#include "index/layout.h"

/*
 * A leaf takes as many charts as fit; they are divided into groups of equal
 * size, so that no group has to look for its charts on two leaves.
 */
void
index_layout(IndexLayout *layout, int n)
{
	Size		row = n * sizeof(binary_angle);
	int			fitting = INDEX_PAGE_ROOM / (row + sizeof(ItemPointerData));
	int			leaf_groups = (fitting + GROUP_LANES - 1) / GROUP_LANES;
	Size		group_size = n * (GROUP_LANES + sizeof(CodeArc)) + sizeof(BlockNumber);

	Assert(n > 0 && n <= INDEX_MAX_BODIES);

	layout->n = n;
	layout->group_charts = fitting / leaf_groups;
	layout->leaf_charts = layout->group_charts * leaf_groups;
	layout->page_leaves = INDEX_PAGE_ROOM / group_size / leaf_groups;
	layout->page_groups = layout->page_leaves * leaf_groups;
	layout->page_charts = layout->page_groups * layout->group_charts;
	layout->tail_charts = INDEX_PAGE_ROOM / (row + sizeof(ItemPointerData) + n);
	layout->sparse_charts = INDEX_PAGE_ROOM / (row + sizeof(uint32) + sizeof(ItemPointerData));
	layout->null_tids = INDEX_PAGE_ROOM / sizeof(ItemPointerData);
	layout->directory_entries = INDEX_PAGE_ROOM / DIRECTORY_ENTRY_SIZE(n);
}
