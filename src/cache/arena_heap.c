/*
 * arena_heap.c
 *		Which entry of a partition was not used for longest.
 *
 * A binary heap of all entries by the stamp that was last seen of them.  Hits
 * raise the stamp of an entry and leave the heap alone, so that what is
 * recorded in it is a lower bound; only when an entry comes to the root is
 * its true stamp looked at.  If that is not higher, all others have higher
 * ones: the root is the entry that was not used for longest, exactly.
 *
 * All under the exclusive lock of the partition.
 */
#include "arena_layout.h"

static void
put(const PartitionView *view, uint32_t position, uint32_t entry, uint64_t stamp)
{
	view->heap[position] = entry;
	view->stamps[position] = stamp;
	if (entry < view->shape->chunks)
		entry_header(view, entry)->heap_position = position;
}

static void
sift_up(const PartitionView *view, uint32_t position, uint32_t entry, uint64_t stamp)
{
	while (position > 0)
	{
		uint32_t	parent = (position - 1) / 2;

		if (view->stamps[parent] <= stamp)
			break;
		put(view, position, view->heap[parent], view->stamps[parent]);
		position = parent;
	}

	put(view, position, entry, stamp);
}

static void
sift_down(const PartitionView *view, uint32_t position, uint32_t entry, uint64_t stamp)
{
	uint32_t	count = view->head->entries;

	for (;;)
	{
		uint32_t	child = 2 * position + 1;

		if (child >= count)
			break;
		if (child + 1 < count && view->stamps[child + 1] < view->stamps[child])
			child++;
		if (stamp <= view->stamps[child])
			break;
		put(view, position, view->heap[child], view->stamps[child]);
		position = child;
	}

	put(view, position, entry, stamp);
}

/* An entry that was just used: no recorded stamp is above its own. */
void
arena_heap_append(const PartitionView *view, uint32_t entry)
{
	put(view, view->head->entries++, entry,
		atomic_read(&entry_header(view, entry)->last_used));
}

bool
arena_heap_contains(const PartitionView *view, uint32_t entry)
{
	uint32_t	position = entry_header(view, entry)->heap_position;

	return position < count_entries(view) && view->heap[position] == entry;
}

void
arena_heap_remove(const PartitionView *view, uint32_t entry)
{
	uint32_t	position = entry_header(view, entry)->heap_position;
	uint32_t	last = --view->head->entries;
	uint64_t	stamp = view->stamps[last];

	if (position == last)
		return;
	if (position > 0 && stamp < view->stamps[(position - 1) / 2])
		sift_up(view, position, view->heap[last], stamp);
	else
		sift_down(view, position, view->heap[last], stamp);
}

/*
 * The entry that was not used for longest; NONE if there are none or the heap
 * is damaged.  Every step but the last pays for at least one hit: each entry
 * is refreshed at most once, since there are no hits meanwhile.
 */
uint32_t
arena_heap_oldest(const PartitionView *view)
{
	uint32_t	steps = count_entries(view);

	for (uint32_t step = 0; step <= steps && steps > 0; step++)
	{
		uint32_t	entry = view->heap[0];
		uint64_t	stamp;

		if (!is_entry(view, entry))
			return NONE;
		stamp = atomic_read(&entry_header(view, entry)->last_used);
		if (stamp <= view->stamps[0])
			return entry;
		sift_down(view, 0, entry, stamp);
	}

	return NONE;
}
