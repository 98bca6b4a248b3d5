/*
 * arena.h
 *		Keys and values in one block of memory of fixed size, the least
 *		recently used of which make room for new ones.
 *
 * Bytes in, bytes out: nothing of PostgreSQL or astrology is known here.  The
 * block may be shared memory, mapped anywhere, or memory of one process.
 *
 * The arena takes no locks, its caller does: one for each partition, shared
 * or exclusive as each function says, and none where only one thread has the
 * arena.  Nothing here allocates, waits or throws, so that all of it may be
 * called while a lock is held.
 */
#ifndef SYNASTRY_ARENA_H
#define SYNASTRY_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARENA_MAX_PARTITIONS	128

/* the entries of every age */
#define ARENA_ANY_AGE			INT64_MIN

/* The block itself; aligned to 8 bytes, best to a cache line. */
typedef struct Arena Arena;

/* What a block of some size holds.  All but the first are of one partition. */
typedef struct ArenaShape
{
	uint32_t	partitions;		/* a power of two; 0: the block is too small */
	uint32_t	chunks;			/* of 128 bytes */
	uint32_t	entries;		/* at most */
	uint32_t	buckets;		/* a power of two */
	uint32_t	largest;		/* bytes of key and value, at most */
	uint64_t	partition_size; /* bytes, all included */
} ArenaShape;

typedef struct ArenaHash
{
	uint64_t	low;
	uint64_t	high;
} ArenaHash;

/* The same bytes always come with the same hash. */
typedef struct ArenaKey
{
	const void *bytes;
	uint32_t	length;
	ArenaHash	hash;
} ArenaKey;

/* What an entry carries for its owners, besides key and value. */
typedef struct ArenaLabel
{
	uint32_t	tag;			/* what arena_purge() goes by */
	int64_t		time;			/* what ages go by; in any unit */
	bool		dirty;			/* is still to be written elsewhere */
} ArenaLabel;

typedef enum ArenaResult
{
	ARENA_HIT,
	ARENA_MISS,
	ARENA_BUFFER_TOO_SMALL,		/* found, but neither copied nor counted */
	ARENA_INSERTED,
	ARENA_PRESENT,				/* was there, and stays as it is */
	ARENA_REFUSED				/* larger than the largest */
} ArenaResult;

/* An entry as arena_next() sees it. */
typedef struct ArenaItem
{
	uint32_t	entry;			/* where it is */
	uint32_t	generation;		/* another one for what is there later */
	uint32_t	key_length;
	uint32_t	value_length;
	uint64_t	last_used;		/* on the clock of the partition */
	ArenaLabel	label;
} ArenaItem;

/* Counts since arena_init(), except where it says now. */
typedef struct ArenaStatistics
{
	uint64_t	entries;		/* now */
	uint64_t	dirty;			/* entries, now */
	uint64_t	bytes;			/* in chunks that entries have, now */
	uint64_t	capacity;		/* bytes in all chunks */
	uint64_t	clock;			/* the last use of all, now */
	uint64_t	hits;
	uint64_t	misses;
	uint64_t	inserts;
	uint64_t	skipped;		/* by arena_count_skipped() */
	uint64_t	refused;		/* were too large */
	uint64_t	evictions;		/* to make room */
	uint64_t	evictions_dirty;	/* those of them never written elsewhere */
	uint64_t	expirations;
	uint64_t	collisions;		/* met another key with the same hash */
	uint64_t	damages;		/* was found damaged, and emptied */
} ArenaStatistics;

/* of an entry and the caller's context; may call arena_copy() */
typedef bool (*ArenaPredicate) (const Arena *arena, uint32_t partition,
								const ArenaItem *item, void *context);

/*
 * Setting up.  The shape depends on the size alone.  arena_init() makes an
 * empty arena, or returns NULL if the block is too small.
 */
extern ArenaShape arena_shape(size_t size);
extern Arena *arena_init(void *block, size_t size);

/* XXH3-128 of xxHash */
extern ArenaHash arena_hash(const void *bytes, size_t length);

/* Whose lock an operation on a key needs.  No lock. */
extern uint32_t arena_partition(const Arena *arena, ArenaHash hash);

/*
 * Copies the value of a key into the buffer and makes the entry the most
 * recently used.  What is older than not_before counts as missing.  Sets
 * *length if the value was found, also if the buffer is too small for it.
 * Lock: shared.
 */
extern ArenaResult arena_get(Arena *arena, const ArenaKey *key,
							 int64_t not_before, void *buffer,
							 uint32_t capacity, uint32_t *length);

/*
 * Evicts what was not used for longest until the new entry has room.  An
 * entry of that key stays, unless it is older than not_before: then it has
 * expired and is replaced.  Lock: exclusive, best taken only if nobody has
 * it; arena_count_skipped(), which needs none, counts when somebody has.
 */
extern ArenaResult arena_insert(Arena *arena, const ArenaKey *key,
								int64_t not_before, const void *value,
								uint32_t length, const ArenaLabel *label);
extern void arena_count_skipped(Arena *arena, ArenaHash hash);

/* Whether it was there.  Lock: exclusive. */
extern bool arena_remove(Arena *arena, const ArenaKey *key);

/*
 * Removing many of one partition: those with a tag, those older than a time
 * (which are counted as expired), those that a predicate chooses, all.
 * Return how many.  Lock: exclusive.
 */
extern uint32_t arena_purge(Arena *arena, uint32_t partition, uint32_t tag);
extern uint32_t arena_expire(Arena *arena, uint32_t partition,
							 int64_t not_before);
extern uint32_t arena_forget(Arena *arena, uint32_t partition,
							 ArenaPredicate predicate, void *context);
extern uint32_t arena_reset(Arena *arena, uint32_t partition);

/*
 * Walks over the entries of a partition: *cursor is 0 at first; false after
 * the last.  The lock may be released between two calls: what is there all
 * the time comes exactly once.  Lock: shared.
 */
extern bool arena_next(const Arena *arena, uint32_t partition,
					   uint32_t *cursor, ArenaItem *item);

/*
 * Copies key and value, each unless NULL, if the item is still there.
 * Lock: shared.
 */
extern bool arena_copy(const Arena *arena, uint32_t partition,
					   const ArenaItem *item, void *key, void *value);

/* Takes the mark of an item that is still there.  Lock: shared. */
extern bool arena_mark_clean(Arena *arena, uint32_t partition,
							 const ArenaItem *item);

/* Lock: shared. */
extern ArenaStatistics arena_statistics(const Arena *arena,
										uint32_t partition);

/* What was counted so far is forgotten.  Lock: exclusive. */
extern void arena_reset_statistics(Arena *arena, uint32_t partition);

/*
 * For tests: what is wrong with a partition, NULL if nothing is.  marks is a
 * byte for each chunk, of any content.  Lock: exclusive.
 */
extern const char *arena_check(const Arena *arena, uint32_t partition,
							   uint8_t *marks);

#endif							/* SYNASTRY_ARENA_H */
