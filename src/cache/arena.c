/*
 * arena.c
 *		The arena of the cache: its shape, and what happens to one key.
 *
 * The bytes, the lock rules and the accepted races stand in arena_layout.h.
 */
#include <string.h>

#include "arena_layout.h"

/* Partitions are so large at least that a large value finds admission. */
#define MIN_PARTITION_SIZE	(UINT64_C(4) << 20)

/* An entry is at most this part of a partition. */
#define LARGEST_PART		16

/* The lengths of keys and values then fit 32 bits. */
#define MAX_CHUNKS			(UINT32_C(1) << 28)

/*
 * Shape
 */

/*
 * One entry for two chunks: less than 64 bytes of key and value are not worth
 * an entry, let alone on average.
 */
static uint32_t
entries_for(uint32_t chunks)
{
	return chunks / 2;
}

static uint32_t
buckets_for(uint32_t chunks)
{
	uint32_t	buckets = 1;

	while (buckets < entries_for(chunks))
		buckets *= 2;

	return buckets;
}

/* Sets the offsets of the arrays and returns the size of a partition. */
static uint64_t
lay_out(Arena *arena, uint32_t chunks)
{
	arena->buckets = ALIGN_LINE(sizeof(Partition));
	arena->links = ALIGN_LINE(arena->buckets + (uint64_t) buckets_for(chunks) * sizeof(uint32_t));
	arena->stamps = ALIGN_LINE(arena->links + (uint64_t) chunks * sizeof(uint32_t));
	arena->heap = ALIGN_LINE(arena->stamps + (uint64_t) entries_for(chunks) * sizeof(uint64_t));
	arena->chunks = ALIGN_LINE(arena->heap + (uint64_t) entries_for(chunks) * sizeof(uint32_t));
	return arena->chunks + (uint64_t) chunks * CHUNK_SIZE;
}

/* As many chunks as a partition of that size can have. */
static uint32_t
chunks_for(uint64_t partition_size)
{
	uint32_t	fits = 0;
	Arena		scratch;

	for (uint32_t step = MAX_CHUNKS; step > 0; step /= 2)
	{
		if (fits + step <= MAX_CHUNKS && lay_out(&scratch, fits + step) <= partition_size)
			fits += step;
	}

	return fits;
}

/*
 * The largest power of two that leaves every partition 4 MB, between 1 and
 * 128.
 */
static uint32_t
partitions_for(uint64_t size)
{
	uint32_t	partitions = 1;

	while (partitions < ARENA_MAX_PARTITIONS && size / (partitions * 2) >= MIN_PARTITION_SIZE)
		partitions *= 2;

	return partitions;
}

ArenaShape
arena_shape(size_t size)
{
	uint64_t	header = ALIGN_LINE(sizeof(Arena));
	ArenaShape	shape = {0};

	if (size <= header)
		return shape;

	/* 64 MB are 16 partitions, although the header comes out of them */
	shape.partitions = partitions_for(size);
	shape.partition_size = (size - header) / shape.partitions / 128 * 128;
	shape.chunks = chunks_for(shape.partition_size);
	if (shape.chunks < LARGEST_PART)
		return (ArenaShape)
	{
		0
	};

	shape.entries = entries_for(shape.chunks);
	shape.buckets = buckets_for(shape.chunks);
	shape.largest = shape.chunks / LARGEST_PART * CHUNK_SIZE - (uint32_t) sizeof(EntryHeader);
	return shape;
}

Arena *
arena_init(void *block, size_t size)
{
	Arena	   *arena = block;
	ArenaShape	shape = arena_shape(size);

	if (shape.partitions == 0)
		return NULL;

	memset(arena, 0, sizeof(Arena));
	arena->shape = shape;
	while (UINT32_C(1) << arena->partition_bits < shape.partitions)
		arena->partition_bits++;
	lay_out(arena, shape.chunks);

	for (uint32_t partition = 0; partition < shape.partitions; partition++)
	{
		PartitionView view = view_partition(arena, partition);

		memset(view.head, 0, sizeof(Partition));
		arena_empty(&view);
	}

	return arena;
}

/* Every chunk is free; counters and clock go on. */
void
arena_empty(const PartitionView *view)
{
	uint32_t	chunks = view->shape->chunks;

	for (uint32_t bucket = 0; bucket < view->shape->buckets; bucket++)
		view->buckets[bucket] = NONE;
	for (uint32_t chunk = 0; chunk < chunks; chunk++)
		view->links[chunk] = chunk + 1 < chunks ? chunk + 1 : NONE;

	view->head->first_free = 0;
	view->head->free_chunks = chunks;
	view->head->entries = 0;
	__atomic_store_n(&view->head->dirty, 0, __ATOMIC_RELAXED);
}

/* Something has written over the partition: nothing in it can be trusted. */
void
arena_mend(const PartitionView *view)
{
	arena_empty(view);
	view->head->damages++;
}

/* The high bits choose the partition, the low ones the bucket in it. */
uint32_t
arena_partition(const Arena *arena, ArenaHash hash)
{
	/* in two steps: a shift by 64 is undefined */
	return (uint32_t) (hash.high >> 1 >> (63 - arena->partition_bits));
}

/*
 * Bytes of entries
 */

/*
 * Chunks are asked for so many ahead of the one that is read: from memory a
 * chunk takes about as long as copying this many.
 */
#define CHUNKS_AHEAD	24

/* The chunk that follows, asked for; NONE at the end, and if there is none. */
static uint32_t
fetch_next(const PartitionView *view, uint32_t chunk)
{
	uint32_t	next;

	if (chunk >= view->shape->chunks)
		return NONE;
	next = view->links[chunk] & ~FIRST_OF_ENTRY;
	if (next < view->shape->chunks)
	{
		const char *bytes = view->chunks + (uint64_t) next * CHUNK_SIZE;

		__builtin_prefetch(bytes);
		__builtin_prefetch(bytes + CHUNK_SIZE / 2);
	}
	return next;
}

bool
arena_read(const PartitionView *view, EntryPlace *place, void *buffer, uint32_t length)
{
	char	   *to = buffer;
	uint32_t	ahead = place->chunk;

	for (int i = 0; i < CHUNKS_AHEAD && (uint32_t) i * CHUNK_SIZE < length; i++)
		ahead = fetch_next(view, ahead);

	while (length > 0)
	{
		uint32_t	piece_length;
		const char *piece = entry_piece(view, place, length, &piece_length);

		if (piece == NULL)
			return false;
		ahead = fetch_next(view, ahead);

		/* of a known length it is a few moves */
		if (piece_length == CHUNK_SIZE)
			memcpy(to, piece, CHUNK_SIZE);
		else
			memcpy(to, piece, piece_length);
		to += piece_length;
		length -= piece_length;
	}

	return true;
}

static bool
write_bytes(const PartitionView *view, EntryPlace *place, const void *bytes, uint32_t length)
{
	const char *from = bytes;

	while (length > 0)
	{
		uint32_t	piece_length;
		char	   *piece = entry_piece(view, place, length, &piece_length);

		if (piece == NULL)
			return false;
		memcpy(piece, from, piece_length);
		from += piece_length;
		length -= piece_length;
	}

	return true;
}

static bool
equal_bytes(const PartitionView *view, EntryPlace *place, const void *bytes, uint32_t length)
{
	const char *other = bytes;

	while (length > 0)
	{
		uint32_t	piece_length;
		const char *piece = entry_piece(view, place, length, &piece_length);

		if (piece == NULL || memcmp(piece, other, piece_length) != 0)
			return false;
		other += piece_length;
		length -= piece_length;
	}

	return true;
}

/*
 * Finding and removing
 */

/* The entry of a key, or NONE; sets where its value begins. */
uint32_t
arena_find(const PartitionView *view, const ArenaKey *key, EntryPlace *value)
{
	uint32_t	entry = *bucket_of(view, key->hash);

	for (uint32_t steps = count_entries(view); steps > 0 && is_entry(view, entry); steps--)
	{
		const EntryHeader *header = entry_header(view, entry);

		if (header->hash.low == key->hash.low && header->hash.high == key->hash.high)
		{
			*value = entry_begin(entry);
			if (header->key_length == key->length &&
				equal_bytes(view, value, key->bytes, key->length))
				return entry;
			atomic_count(&view->head->collisions);
		}
		entry = header->next_in_bucket;
	}

	return NONE;
}

/* What points to an entry in the chain of its bucket, or NULL. */
static uint32_t *
pointer_to(const PartitionView *view, uint32_t entry)
{
	uint32_t   *pointer = bucket_of(view, entry_header(view, entry)->hash);

	for (uint32_t steps = count_entries(view); steps > 0; steps--)
	{
		if (*pointer == entry)
			return pointer;
		if (!is_entry(view, *pointer))
			break;
		pointer = &entry_header(view, *pointer)->next_in_bucket;
	}

	return NULL;
}

/* The last chunk of an entry that has so many, or NONE. */
static uint32_t
last_chunk(const PartitionView *view, uint32_t entry, uint64_t chunks)
{
	uint32_t	chunk = entry;

	if (chunks > view->shape->chunks)
		return NONE;
	for (uint64_t step = 1; step < chunks; step++)
	{
		chunk = view->links[chunk] & ~FIRST_OF_ENTRY;
		if (chunk >= view->shape->chunks)
			return NONE;
	}

	return (view->links[chunk] & ~FIRST_OF_ENTRY) == NONE ? chunk : NONE;
}

/*
 * Gives the chunks of an entry back.  False, and nothing happens, if the
 * partition is damaged.
 */
bool
arena_release(const PartitionView *view, uint32_t entry)
{
	Partition  *head = view->head;
	EntryHeader *header = entry_header(view, entry);
	uint64_t	chunks = chunks_needed(header->key_length, header->value_length);
	uint32_t	last = last_chunk(view, entry, chunks);
	uint32_t   *pointer = pointer_to(view, entry);

	if (last == NONE || pointer == NULL || !arena_heap_contains(view, entry))
		return false;

	*pointer = header->next_in_bucket;
	arena_heap_remove(view, entry);
	if (header->flags & ENTRY_DIRTY)
		__atomic_fetch_sub(&head->dirty, 1, __ATOMIC_RELAXED);

	view->links[entry] &= ~FIRST_OF_ENTRY;
	view->links[last] = head->first_free;
	head->first_free = entry;
	head->free_chunks += (uint32_t) chunks;
	return true;
}

bool
arena_remove(Arena *arena, const ArenaKey *key)
{
	PartitionView view = view_partition(arena, arena_partition(arena, key->hash));
	EntryPlace	value;
	uint32_t	entry = arena_find(&view, key, &value);

	if (entry == NONE)
		return false;
	if (!arena_release(&view, entry))
		arena_mend(&view);
	return true;
}

/*
 * Getting
 */

/*
 * Makes an entry the most recently used, unless it is already: what everybody
 * asks for alone is then only read.
 */
static void
touch(Partition *head, EntryHeader *header)
{
	uint64_t	last_used = atomic_read(&header->last_used);
	uint64_t	stamp;

	if (last_used == atomic_read(&head->clock))
		return;

	/* who was overtaken meanwhile leaves the higher stamp alone */
	stamp = __atomic_add_fetch(&head->clock, 1, __ATOMIC_RELAXED);
	if (atomic_read(&header->last_used) < stamp)
		__atomic_store_n(&header->last_used, stamp, __ATOMIC_RELAXED);
}

ArenaResult
arena_get(Arena *arena, const ArenaKey *key, int64_t not_before, void *buffer,
		  uint32_t capacity, uint32_t *length)
{
	PartitionView view = view_partition(arena, arena_partition(arena, key->hash));
	EntryPlace	value;
	uint32_t	entry = arena_find(&view, key, &value);

	if (entry != NONE && entry_header(&view, entry)->time >= not_before)
	{
		EntryHeader *header = entry_header(&view, entry);

		*length = header->value_length;
		if (*length > view.shape->largest)
			entry = NONE;
		else if (*length > capacity)
			return ARENA_BUFFER_TOO_SMALL;
		else if (arena_read(&view, &value, buffer, *length))
		{
			touch(view.head, header);
			atomic_count(&view.head->hits);
			return ARENA_HIT;
		}
	}

	atomic_count(&view.head->misses);
	return ARENA_MISS;
}

/*
 * Inserting
 */

/* Takes so many chunks from the free list; NONE if it is damaged. */
static uint32_t
take_chunks(const PartitionView *view, uint32_t chunks)
{
	Partition  *head = view->head;
	uint32_t	first = head->first_free;
	uint32_t	last = first;

	if (first >= view->shape->chunks)
		return NONE;
	for (uint32_t step = 1; step < chunks; step++)
	{
		last = view->links[last];
		if (last >= view->shape->chunks)
			return NONE;
	}

	head->first_free = view->links[last];
	head->free_chunks -= chunks;
	view->links[last] = NONE;
	view->links[first] |= FIRST_OF_ENTRY;
	return first;
}

/* False if the partition is damaged. */
static bool
evict(const PartitionView *view)
{
	uint32_t	entry = arena_heap_oldest(view);
	bool		dirty;

	if (entry == NONE)
		return false;
	dirty = (entry_header(view, entry)->flags & ENTRY_DIRTY) != 0;
	if (!arena_release(view, entry))
		return false;

	view->head->evictions++;
	if (dirty)
		view->head->evictions_dirty++;
	return true;
}

static bool
make_room(const PartitionView *view, uint32_t chunks)
{
	const Partition *head = view->head;

	while (head->free_chunks < chunks || head->entries >= view->shape->entries)
	{
		if (!evict(view))
			return false;
	}

	return true;
}

static bool
store(const PartitionView *view, const ArenaKey *key, const void *value, uint32_t length,
	  const ArenaLabel *label)
{
	Partition  *head = view->head;
	uint32_t	entry = take_chunks(view, (uint32_t) chunks_needed(key->length, length));
	uint32_t   *bucket = bucket_of(view, key->hash);
	EntryPlace	place = entry_begin(entry);

	if (entry == NONE)
		return false;

	*entry_header(view, entry) = (EntryHeader)
	{
		.hash = key->hash,
			.last_used = __atomic_add_fetch(&head->clock, 1, __ATOMIC_RELAXED),
			.time = label->time,
			.key_length = key->length,
			.value_length = length,
			.next_in_bucket = *bucket,
			.tag = label->tag,
			.generation = ++head->generation,
			.flags = label->dirty ? ENTRY_DIRTY : 0
	};
	if (!write_bytes(view, &place, key->bytes, key->length) ||
		!write_bytes(view, &place, value, length))
		return false;

	*bucket = entry;
	arena_heap_append(view, entry);
	if (label->dirty)
		atomic_count(&head->dirty);
	head->inserts++;
	return true;
}

ArenaResult
arena_insert(Arena *arena, const ArenaKey *key, int64_t not_before, const void *value,
			 uint32_t length, const ArenaLabel *label)
{
	PartitionView view = view_partition(arena, arena_partition(arena, key->hash));
	uint32_t	found;
	EntryPlace	place;

	if ((uint64_t) key->length + length > view.shape->largest)
	{
		view.head->refused++;
		return ARENA_REFUSED;
	}

	found = arena_find(&view, key, &place);
	if (found != NONE)
	{
		if (entry_header(&view, found)->time >= not_before)
			return ARENA_PRESENT;
		if (!arena_release(&view, found))
			arena_mend(&view);
		view.head->expirations++;
	}

	/* an empty partition has room for everything that is admitted */
	if (!make_room(&view, (uint32_t) chunks_needed(key->length, length)) ||
		!store(&view, key, value, length, label))
	{
		arena_mend(&view);
		store(&view, key, value, length, label);
	}
	return ARENA_INSERTED;
}

void
arena_count_skipped(Arena *arena, ArenaHash hash)
{
	PartitionView view = view_partition(arena, arena_partition(arena, hash));

	atomic_count(&view.head->skipped);
}
