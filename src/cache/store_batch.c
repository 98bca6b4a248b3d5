/*
 * store_batch.c
 *		Copies of entries on their way from the arena into the table.
 *
 * Called by flushers and by backends that flush.  Entries are copied under
 * the shared lock of their partition, which is held for a few of them at a
 * time and never while a table is touched.  An entry that is evicted or
 * replaced meanwhile is written nevertheless, and nothing is marked clean for
 * it: its generation has gone.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "cache/cache.h"
#include "cache/store.h"

/* entries looked at while a lock is held */
#define STEPS		256

StoreBatch *
store_batch_begin(Oid database)
{
	StoreBatch *batch = palloc0(sizeof(StoreBatch));

	batch->database = database;
	batch->allocated = Max(STORE_BATCH_BYTES, cache_largest());
	batch->bytes = MemoryContextAllocHuge(CurrentMemoryContext, batch->allocated);
	return batch;
}

void
store_batch_free(StoreBatch *batch)
{
	pfree(batch->bytes);
	pfree(batch);
}

static int
compare_entries(const void *a, const void *b)
{
	const ArenaHash *x = &((const StoreBatchEntry *) a)->hash;
	const ArenaHash *y = &((const StoreBatchEntry *) b)->hash;

	if (x->low != y->low)
		return x->low < y->low ? -1 : 1;
	return x->high < y->high ? -1 : x->high > y->high ? 1 : 0;
}

/*
 * The next entries, those that are dirty with their values or those that are
 * clean without, in the order in which all lock their rows; false if there
 * are none any more.
 */
bool
store_batch_collect(StoreBatch *batch, bool dirty)
{
	Arena	   *arena = cache_arena();
	uint32		partitions = cache_partitions();
	StoreCursor *cursor = &batch->cursor;
	Size		used = 0;
	bool		full = false;

	batch->count = 0;
	while (arena != NULL && !full && cursor->partition < partitions)
	{
		bool		ended = false;

		CHECK_FOR_INTERRUPTS();
		cache_lock(cursor->partition, LW_SHARED);
		if (dirty && cursor->entry == 0 &&
			arena_statistics(arena, cursor->partition).dirty == 0)
			ended = true;
		for (int step = 0; !full && !ended && step < STEPS; step++)
		{
			uint32		here = cursor->entry;
			StoreBatchEntry *entry = &batch->entries[batch->count];
			Size		size;

			if (!arena_next(arena, cursor->partition, &cursor->entry, &entry->item))
				ended = true;
			else if (entry->item.label.tag == batch->database && entry->item.label.dirty == dirty)
			{
				size = (Size) entry->item.key_length + (dirty ? entry->item.value_length : 0);
				if (size > batch->allocated)
					continue;
				if (size > batch->allocated - used)
				{
					cursor->entry = here;
					full = true;
				}
				else if (arena_copy(arena, cursor->partition, &entry->item, batch->bytes + used,
									dirty ? batch->bytes + used + entry->item.key_length : NULL))
				{
					entry->partition = cursor->partition;
					entry->offset = used;
					used += size;
					full = ++batch->count == STORE_BATCH_ENTRIES;
				}
			}
		}
		cache_unlock(cursor->partition);
		if (ended)
		{
			cursor->partition++;
			cursor->entry = 0;
		}
	}

	for (int i = 0; i < batch->count; i++)
	{
		StoreBatchEntry *entry = &batch->entries[i];

		entry->hash = arena_hash(batch->bytes + entry->offset, entry->item.key_length);
	}
	qsort(batch->entries, batch->count, sizeof(StoreBatchEntry), compare_entries);
	return batch->count > 0;
}

/* After the transaction that wrote them has committed. */
void
store_batch_mark_clean(const StoreBatch *batch)
{
	Arena	   *arena = cache_arena();

	for (int i = 0; arena != NULL && i < batch->count; i++)
	{
		const StoreBatchEntry *entry = &batch->entries[i];

		cache_lock(entry->partition, LW_SHARED);
		(void) arena_mark_clean(arena, entry->partition, &entry->item);
		cache_unlock(entry->partition);
	}
}
