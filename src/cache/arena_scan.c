/*
 * arena_scan.c
 *		What happens to many entries of a partition: walks, removals, counts.
 *
 * The bytes, the lock rules and the accepted races stand in arena_layout.h.
 */
#include "arena_layout.h"

bool
arena_next(const Arena *arena, uint32_t partition, uint32_t *cursor, ArenaItem *item)
{
	PartitionView view = view_partition(arena, partition);

	/* entries stay at their chunk for life, so it can serve as the place */
	for (uint32_t entry = *cursor; entry < view.shape->chunks; entry++)
	{
		if (is_entry(&view, entry))
		{
			const EntryHeader *header = entry_header(&view, entry);
			uint32_t	flags = __atomic_load_n(&header->flags, __ATOMIC_RELAXED);

			*item = (ArenaItem)
			{
				.entry = entry,
					.generation = header->generation,
					.key_length = header->key_length,
					.value_length = header->value_length,
					.last_used = atomic_read(&header->last_used),
					.label =
				{
					header->tag, header->time, (flags & ENTRY_DIRTY) != 0
				}
			};
			*cursor = entry + 1;

			/* nothing longer was ever admitted: the memory is damaged */
			if ((uint64_t) item->key_length + item->value_length <= view.shape->largest)
				return true;
		}
	}

	*cursor = view.shape->chunks;
	return false;
}

static bool
is_still_there(const PartitionView *view, const ArenaItem *item)
{
	return is_entry(view, item->entry) &&
		entry_header(view, item->entry)->generation == item->generation;
}

bool
arena_copy(const Arena *arena, uint32_t partition, const ArenaItem *item, void *key,
		   void *value)
{
	PartitionView view = view_partition(arena, partition);
	EntryPlace	place = entry_begin(item->entry);

	if (!is_still_there(&view, item))
		return false;

	if (key != NULL)
	{
		if (!arena_read(&view, &place, key, item->key_length))
			return false;
	}
	else
	{
		uint32_t	length;

		for (uint32_t left = item->key_length; left > 0; left -= length)
		{
			if (entry_piece(&view, &place, left, &length) == NULL)
				return false;
		}
	}

	return value == NULL || arena_read(&view, &place, value, item->value_length);
}

bool
arena_mark_clean(Arena *arena, uint32_t partition, const ArenaItem *item)
{
	PartitionView view = view_partition(arena, partition);
	EntryHeader *header;

	if (!is_still_there(&view, item))
		return false;

	/* of two that do so at the same time one counts */
	header = entry_header(&view, item->entry);
	if (__atomic_fetch_and(&header->flags, ~ENTRY_DIRTY, __ATOMIC_RELAXED) & ENTRY_DIRTY)
		__atomic_fetch_sub(&view.head->dirty, 1, __ATOMIC_RELAXED);
	return true;
}

uint32_t
arena_forget(Arena *arena, uint32_t partition, ArenaPredicate predicate, void *context)
{
	PartitionView view = view_partition(arena, partition);
	uint32_t	removed = 0;
	uint32_t	cursor = 0;
	ArenaItem	item;

	while (arena_next(arena, partition, &cursor, &item))
	{
		if (!predicate(arena, partition, &item, context))
			continue;
		removed++;
		if (!arena_release(&view, item.entry))
		{
			arena_mend(&view);
			break;
		}
	}

	return removed;
}

static bool
has_tag(const Arena *arena, uint32_t partition, const ArenaItem *item, void *context)
{
	(void) arena;
	(void) partition;
	return item->label.tag == *(const uint32_t *) context;
}

static bool
is_older(const Arena *arena, uint32_t partition, const ArenaItem *item, void *context)
{
	(void) arena;
	(void) partition;
	return item->label.time < *(const int64_t *) context;
}

uint32_t
arena_purge(Arena *arena, uint32_t partition, uint32_t tag)
{
	return arena_forget(arena, partition, has_tag, &tag);
}

uint32_t
arena_expire(Arena *arena, uint32_t partition, int64_t not_before)
{
	PartitionView view = view_partition(arena, partition);
	uint32_t	removed = arena_forget(arena, partition, is_older, &not_before);

	view.head->expirations += removed;
	return removed;
}

uint32_t
arena_reset(Arena *arena, uint32_t partition)
{
	PartitionView view = view_partition(arena, partition);
	uint32_t	removed = view.head->entries;

	arena_empty(&view);
	return removed;
}

ArenaStatistics
arena_statistics(const Arena *arena, uint32_t partition)
{
	PartitionView view = view_partition(arena, partition);
	const Partition *head = view.head;
	uint64_t	used = view.shape->chunks - head->free_chunks;

	return (ArenaStatistics)
	{
		.entries = head->entries,
			.dirty = atomic_read(&head->dirty),
			.bytes = used * CHUNK_SIZE,
			.capacity = (uint64_t) view.shape->chunks * CHUNK_SIZE,
			.clock = atomic_read(&head->clock),
			.hits = atomic_read(&head->hits),
			.misses = atomic_read(&head->misses),
			.inserts = head->inserts,
			.skipped = atomic_read(&head->skipped),
			.refused = head->refused,
			.evictions = head->evictions,
			.evictions_dirty = head->evictions_dirty,
			.expirations = head->expirations,
			.collisions = atomic_read(&head->collisions),
			.damages = head->damages
	};
}

void
arena_reset_statistics(Arena *arena, uint32_t partition)
{
	Partition  *head = view_partition(arena, partition).head;

	atomic_write(&head->hits, 0);
	atomic_write(&head->misses, 0);
	atomic_write(&head->collisions, 0);
	atomic_write(&head->skipped, 0);
	head->inserts = 0;
	head->refused = 0;
	head->evictions = 0;
	head->evictions_dirty = 0;
	head->expirations = 0;
	head->damages = 0;
}
