/*
 * arena_check.c
 *		Whether a partition of an arena is in order; for tests.
 *
 * Everything is looked at from two sides: chunks through the chains of the
 * entries and through the free list, entries through the heap, the buckets
 * and the links.
 */
#include <string.h>

#include "arena_layout.h"

/* what a chunk was seen as, in marks; bits */
enum
{
	SEEN_FREE = 1, SEEN_IN_ENTRY = 2, SEEN_IN_BUCKET = 4
};

static const char *
check_free_list(const PartitionView *view, uint8_t *marks)
{
	uint32_t	chunk = view->head->first_free;

	for (uint32_t step = 0; step < view->head->free_chunks; step++)
	{
		if (chunk >= view->shape->chunks)
			return "the free list is shorter than its count, or leads astray";
		if (marks[chunk] != 0)
			return "a chunk is in the free list twice";
		marks[chunk] = SEEN_FREE;
		chunk = view->links[chunk];
	}

	return chunk == NONE ? NULL : "the free list is longer than its count";
}

static const char *
check_chain(const PartitionView *view, uint32_t entry, uint8_t *marks, uint32_t *chunks)
{
	const EntryHeader *header = entry_header(view, entry);
	uint64_t	count = chunks_needed(header->key_length, header->value_length);
	uint32_t	chunk = entry;

	if ((uint64_t) header->key_length + header->value_length > view->shape->largest)
		return "an entry is larger than the largest";
	for (uint64_t step = 0; step < count; step++)
	{
		if (chunk >= view->shape->chunks)
			return "an entry is shorter than its lengths, or leads astray";
		if (marks[chunk] != 0)
			return "a chunk is in two places";
		if (step > 0 && (view->links[chunk] & FIRST_OF_ENTRY))
			return "an entry runs into another";
		marks[chunk] = SEEN_IN_ENTRY;
		chunk = view->links[chunk] & ~FIRST_OF_ENTRY;
	}

	*chunks += (uint32_t) count;
	return chunk == NONE ? NULL : "an entry is longer than its lengths";
}

static const char *
check_heap(const PartitionView *view, uint8_t *marks)
{
	const Partition *head = view->head;
	uint32_t	used = 0;
	uint64_t	dirty = 0;

	if (head->entries > view->shape->entries)
		return "there are more entries than there may be";
	for (uint32_t position = 0; position < head->entries; position++)
	{
		uint32_t	entry = view->heap[position];
		const EntryHeader *header;
		const char *problem;

		if (!is_entry(view, entry))
			return "something in the heap is no entry";
		header = entry_header(view, entry);
		if (header->heap_position != position)
			return "an entry does not know its place in the heap";
		if (position > 0 && view->stamps[(position - 1) / 2] > view->stamps[position])
			return "the heap is out of order";
		if (view->stamps[position] > header->last_used)
			return "a recorded stamp is no lower bound";
		if (header->last_used > head->clock)
			return "a stamp is ahead of the clock";
		problem = check_chain(view, entry, marks, &used);
		if (problem != NULL)
			return problem;
		dirty += header->flags & ENTRY_DIRTY;
	}

	if (used + head->free_chunks != view->shape->chunks)
		return "chunks used and free are not all";
	return dirty == head->dirty ? NULL : "the count of dirty entries is wrong";
}

static const char *
check_buckets(const PartitionView *view, uint8_t *marks)
{
	uint32_t	found = 0;

	for (uint32_t bucket = 0; bucket < view->shape->buckets; bucket++)
	{
		uint32_t	entry = view->buckets[bucket];

		while (entry != NONE)
		{
			if (!is_entry(view, entry) || marks[entry] != SEEN_IN_ENTRY)
				return "something in a bucket is no entry, or is there twice";
			if (bucket_of(view, entry_header(view, entry)->hash) != &view->buckets[bucket])
				return "an entry is in another's bucket";
			marks[entry] |= SEEN_IN_BUCKET;
			found++;
			entry = entry_header(view, entry)->next_in_bucket;
		}
	}

	return found == view->head->entries ? NULL : "an entry is in no bucket";
}

static const char *
check_partition_of_keys(const Arena *arena, uint32_t partition, const PartitionView *view)
{
	for (uint32_t chunk = 0; chunk < view->shape->chunks; chunk++)
	{
		if (is_entry(view, chunk) &&
			arena_partition(arena, entry_header(view, chunk)->hash) != partition)
			return "an entry is in another's partition";
	}

	return NULL;
}

static const char *
check_beginnings(const PartitionView *view)
{
	uint32_t	beginnings = 0;

	for (uint32_t chunk = 0; chunk < view->shape->chunks; chunk++)
		beginnings += is_entry(view, chunk);

	return beginnings == view->head->entries ? NULL : "an entry is not in the heap";
}

const char *
arena_check(const Arena *arena, uint32_t partition, uint8_t *marks)
{
	PartitionView view = view_partition(arena, partition);
	const char *problem;

	memset(marks, 0, view.shape->chunks);
	problem = check_free_list(&view, marks);
	if (problem == NULL)
		problem = check_heap(&view, marks);
	if (problem == NULL)
		problem = check_buckets(&view, marks);
	if (problem == NULL)
		problem = check_beginnings(&view);
	if (problem == NULL)
		problem = check_partition_of_keys(arena, partition, &view);
	return problem;
}
