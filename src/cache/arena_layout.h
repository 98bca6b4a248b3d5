/*
 * arena_layout.h
 *		The bytes of an arena; for the files of the arena and its tests only.
 *
 *	block:		Arena | partition 0 | partition 1 | ...
 *	partition:	Partition | buckets | links | stamps | heap | chunks
 *
 * buckets[]	first entry of each hash chain, or NONE
 * links[]		for each chunk the one that follows it in its entry or in the
 *				free list, NONE at the end; with FIRST_OF_ENTRY where an entry
 *				begins
 * stamps[], heap[]		a binary heap of all entries, smallest stamp first
 * chunks[]		of 128 bytes; an entry is a chain of them, named by its first:
 *				EntryHeader, key, value, without gaps
 *
 * Only indexes and offsets, no pointers.  The links stand apart from the
 * chunks so that the chunks of a long value are fetched side by side and not
 * one after the other.  Every index is checked before it is used and every
 * walk is bounded, so that damaged memory makes misses, not crashes or loops.
 *
 * Locks.  The caller has one lock for each partition.
 *
 * - Arena: written by arena_init() alone, before anybody else sees it.
 * - clock, hits, misses, collisions, dirty; last_used and flags of an entry:
 *   atomic, written under at least the shared lock.
 * - skipped: atomic, no lock.
 * - All else in Partition, all arrays, all other bytes of an entry: written
 *   under the exclusive lock, read under the shared one.
 *
 * Accepted races.  Two hits on an entry at the same time may store their
 * stamps in either order: an entry may then appear as used a moment earlier
 * than it was, at worst as long as one process holds the shared lock, and be
 * evicted that much too early.  A stamp is never below the one recorded in
 * the heap, which dates from before the lock was shared.  Statistics are read
 * while hits go on: their counts are each true, but of slightly different
 * moments.
 */
#ifndef SYNASTRY_ARENA_LAYOUT_H
#define SYNASTRY_ARENA_LAYOUT_H

#include "arena.h"

#define CHUNK_SIZE			128
#define FIRST_OF_ENTRY		UINT32_C(0x80000000)
#define NONE				UINT32_C(0x7FFFFFFF)

/* flags of an entry */
#define ENTRY_DIRTY			UINT32_C(1)

/* To the alignment of a cache line, and of PostgreSQL's shared memory. */
#define ALIGN_LINE(size)	(((uint64_t) (size) + 127) / 128 * 128)

struct Arena
{
	ArenaShape	shape;
	uint32_t	partition_bits;

	/* offsets within a partition */
	uint64_t	buckets;
	uint64_t	links;
	uint64_t	stamps;
	uint64_t	heap;
	uint64_t	chunks;
};

typedef struct Partition
{
	/* what hits write, on a cache line of its own */
	uint64_t	clock;			/* ticks at every use; the last one given out */
	uint64_t	hits;
	uint64_t	misses;
	uint64_t	collisions;
	uint64_t	dirty;			/* entries now */
	uint64_t	skipped;
	char		padding[80];

	uint32_t	entries;		/* in the heap */
	uint32_t	free_chunks;
	uint32_t	first_free;
	uint32_t	generation;		/* the last one given out */
	uint64_t	inserts;
	uint64_t	refused;
	uint64_t	evictions;
	uint64_t	evictions_dirty;
	uint64_t	expirations;
	uint64_t	damages;
} Partition;

typedef struct EntryHeader
{
	ArenaHash	hash;
	uint64_t	last_used;
	int64_t		time;
	uint32_t	key_length;
	uint32_t	value_length;
	uint32_t	next_in_bucket;
	uint32_t	heap_position;
	uint32_t	tag;
	uint32_t	generation;
	uint32_t	flags;
	uint32_t	reserved;
} EntryHeader;

/* One partition, with the addresses of this process. */
typedef struct PartitionView
{
	Partition  *head;
	uint32_t   *buckets;
	uint32_t   *links;
	uint64_t   *stamps;
	uint32_t   *heap;
	char	   *chunks;
	const ArenaShape *shape;
} PartitionView;

static inline PartitionView
view_partition(const Arena *arena, uint32_t partition)
{
	char	   *base = (char *) arena + ALIGN_LINE(sizeof(Arena)) +
	partition * arena->shape.partition_size;

	return (PartitionView)
	{
		.head = (Partition *) base,
			.buckets = (uint32_t *) (base + arena->buckets),
			.links = (uint32_t *) (base + arena->links),
			.stamps = (uint64_t *) (base + arena->stamps),
			.heap = (uint32_t *) (base + arena->heap),
			.chunks = base + arena->chunks,
			.shape = &arena->shape
	};
}

/* No walk over entries is longer. */
static inline uint32_t
count_entries(const PartitionView *view)
{
	return view->head->entries <= view->shape->entries ? view->head->entries : 0;
}

/* Whether an entry begins there; of any number. */
static inline bool
is_entry(const PartitionView *view, uint32_t chunk)
{
	return chunk < view->shape->chunks && (view->links[chunk] & FIRST_OF_ENTRY) != 0;
}

static inline EntryHeader *
entry_header(const PartitionView *view, uint32_t entry)
{
	return (EntryHeader *) (view->chunks + (uint64_t) entry * CHUNK_SIZE);
}

static inline uint64_t
chunks_needed(uint32_t key_length, uint32_t value_length)
{
	return (sizeof(EntryHeader) + (uint64_t) key_length + value_length +
			CHUNK_SIZE - 1) / CHUNK_SIZE;
}

static inline uint32_t *
bucket_of(const PartitionView *view, ArenaHash hash)
{
	return &view->buckets[hash.low & (view->shape->buckets - 1)];
}

/* order between threads comes from the locks */
static inline uint64_t
atomic_read(const uint64_t *counter)
{
	return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

static inline void
atomic_write(uint64_t *counter, uint64_t value)
{
	__atomic_store_n(counter, value, __ATOMIC_RELAXED);
}

static inline void
atomic_count(uint64_t *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

/* A place in the bytes of an entry. */
typedef struct EntryPlace
{
	uint32_t	chunk;
	uint32_t	offset;			/* in the chunk */
} EntryPlace;

static inline EntryPlace
entry_begin(uint32_t entry)
{
	return (EntryPlace)
	{
		entry, sizeof(EntryHeader)
	};
}

/*
 * The next bytes that lie side by side: at most wanted, which is not 0.
 * Sets *length and moves on; NULL if the chain breaks off.
 */
static inline char *
entry_piece(const PartitionView *view, EntryPlace *place, uint32_t wanted, uint32_t *length)
{
	char	   *piece;

	if (place->offset == CHUNK_SIZE)
	{
		uint32_t	next = view->links[place->chunk] & ~FIRST_OF_ENTRY;

		if (next >= view->shape->chunks)
			return NULL;
		place->chunk = next;
		place->offset = 0;
	}

	piece = view->chunks + (uint64_t) place->chunk * CHUNK_SIZE + place->offset;
	*length = CHUNK_SIZE - place->offset;
	if (*length > wanted)
		*length = wanted;
	place->offset += *length;
	return piece;
}

/* arena.c */
extern uint32_t arena_find(const PartitionView *view, const ArenaKey *key, EntryPlace *value);
extern bool arena_read(const PartitionView *view, EntryPlace *place, void *buffer,
					   uint32_t length);
extern bool arena_release(const PartitionView *view, uint32_t entry);
extern void arena_empty(const PartitionView *view);
extern void arena_mend(const PartitionView *view);

/* arena_heap.c */
extern void arena_heap_append(const PartitionView *view, uint32_t entry);
extern bool arena_heap_contains(const PartitionView *view, uint32_t entry);
extern void arena_heap_remove(const PartitionView *view, uint32_t entry);
extern uint32_t arena_heap_oldest(const PartitionView *view);

#endif							/* SYNASTRY_ARENA_LAYOUT_H */
