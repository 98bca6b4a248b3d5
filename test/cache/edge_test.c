/*
 * edge_test.c
 *		The arena at its limits, one at a time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

#define SIZE	(1 << 20)

static Arena *arena;
static ArenaShape shape;
static char *value;
static char *buffer;

static void
begin(size_t size)
{
	arena = arena_init(allocate(size), size);
	shape = arena_shape(size);
}

static void
end(const char *test, bool ok)
{
	const char *problem = check_all(arena, shape);

	report("edge", test, problem != NULL ? problem : ok ? NULL : "not so");
	free(arena);
}

/* A key from a text, with its true hash. */
static ArenaKey
key_of(const char *text)
{
	uint32_t	length = (uint32_t) strlen(text);

	return (ArenaKey)
	{
		text, length, arena_hash(text, length)
	};
}

static ArenaResult
insert(const char *text, uint32_t length, int64_t time)
{
	ArenaKey	key = key_of(text);
	ArenaLabel	label = {.time = time,.dirty = true};

	return arena_insert(arena, &key, time, value, length, &label);
}

static ArenaResult
get(const char *text, int64_t not_before, uint32_t capacity, uint32_t *length)
{
	ArenaKey	key = key_of(text);

	return arena_get(arena, &key, not_before, buffer, capacity, length);
}

/* Every size is used to less than a chunk's worth, and none is overrun. */
static void
test_shapes(void)
{
	bool		ok = arena_shape(0).partitions == 0 && arena_shape(2000).partitions == 0 &&
	arena_init(value, 2000) == NULL;
	static const struct
	{
		size_t		megabytes;
		uint32_t	partitions;
	}			expected[] = {{1, 1}, {7, 1}, {8, 2}, {63, 8}, {64, 16}, {512, 128}, {65536, 128}};

	for (size_t size = 3 << 10; size < 100 << 10; size += 129)
	{
		begin(size);
		memset(value, 1, 64);
		ok = ok && shape.partitions == 1 && (uint64_t) shape.chunks * 150 > shape.partition_size - 1200 &&
			insert("a", shape.largest - 1, 0) == ARENA_INSERTED &&
			insert("b", shape.largest, 0) == ARENA_REFUSED && check_all(arena, shape) == NULL;
		free(arena);
	}
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
	{
		shape = arena_shape(expected[i].megabytes << 20);
		ok = ok && shape.partitions == expected[i].partitions &&
			shape.partition_size * shape.partitions <= expected[i].megabytes << 20 &&
			shape.buckets >= shape.entries;
	}

	begin(SIZE);
	end("shapes: all sizes, number of partitions", ok);
}

static void
test_sizes(void)
{
	uint32_t	length = 77;
	bool		ok;

	begin(SIZE);
	ok = insert("", 0, 0) == ARENA_INSERTED && get("", 0, 0, &length) == ARENA_HIT && length == 0;
	end("an empty key with an empty value", ok);

	begin(SIZE);
	ok = insert("k", shape.largest, 0) == ARENA_REFUSED &&
		insert("k", UINT32_MAX, 0) == ARENA_REFUSED &&
		arena_statistics(arena, 0).refused == 2 && arena_statistics(arena, 0).entries == 0 &&
		insert("k", shape.largest - 1, 0) == ARENA_INSERTED &&
		get("k", 0, shape.largest, &length) == ARENA_HIT && length == shape.largest - 1 &&
		memcmp(buffer, value, length) == 0;
	end("the largest value, and one byte more", ok);

	begin(SIZE);
	ok = insert("k", 1000, 0) == ARENA_INSERTED &&
		get("k", 0, 999, &length) == ARENA_BUFFER_TOO_SMALL && length == 1000 &&
		arena_statistics(arena, 0).hits == 0 && arena_statistics(arena, 0).misses == 0 &&
		get("k", 0, 1000, &length) == ARENA_HIT && arena_statistics(arena, 0).hits == 1;
	end("a buffer that is too small", ok);
}

static void
test_ages(void)
{
	uint32_t	length;
	bool		ok;

	begin(SIZE);
	ok = insert("k", 10, 100) == ARENA_INSERTED && get("k", 100, 99, &length) == ARENA_HIT &&
		get("k", 101, 99, &length) == ARENA_MISS && insert("k", 20, 100) == ARENA_PRESENT &&
		insert("k", 20, 101) == ARENA_INSERTED && get("k", 101, 99, &length) == ARENA_HIT &&
		length == 20 && arena_statistics(arena, 0).expirations == 1 &&
		arena_expire(arena, 0, 101) == 0 && arena_expire(arena, 0, 102) == 1 &&
		arena_statistics(arena, 0).expirations == 2;
	end("what is too old is missing and is replaced", ok);
}

static void
test_order(void)
{
	char		text[20];
	uint32_t	length;
	uint32_t	fits = 0;
	bool		ok;

	begin(SIZE);
	while (arena_statistics(arena, 0).evictions == 0)
	{
		snprintf(text, sizeof(text), "%u", fits++);
		insert(text, 10000, 0);
	}
	ok = get("0", 0, SIZE, &length) == ARENA_MISS && get("1", 0, SIZE, &length) == ARENA_HIT;

	/* all but two are used again: these two go first, in their order */
	for (uint32_t i = 4; i < fits; i++)
	{
		snprintf(text, sizeof(text), "%u", i);
		ok = ok && get(text, 0, SIZE, &length) == ARENA_HIT;
	}
	insert("x", 10000, 0);
	ok = ok && get("3", 0, 0, &length) == ARENA_BUFFER_TOO_SMALL && get("2", 0, SIZE, &length) == ARENA_MISS;
	insert("y", 10000, 0);
	ok = ok && get("3", 0, SIZE, &length) == ARENA_MISS && get("1", 0, SIZE, &length) == ARENA_HIT &&
		arena_statistics(arena, 0).evictions == 3 && arena_statistics(arena, 0).evictions_dirty == 3;
	end("the least recently used goes first", ok);
}

/* What hits the entry that is the newest already leaves its line alone. */
static void
test_clock(void)
{
	uint32_t	length;
	bool		ok;

	begin(SIZE);
	insert("a", 10, 0);
	insert("b", 10, 0);
	for (int i = 0; i < 10; i++)
		get("b", 0, 10, &length);
	ok = arena_statistics(arena, 0).clock == 2 && arena_statistics(arena, 0).hits == 10;
	get("a", 0, 10, &length);
	ok = ok && arena_statistics(arena, 0).clock == 3;
	end("hits of the newest entry take no tick", ok);
}

static void
test_move(void)
{
	Arena	   *first;
	uint32_t	length;
	bool		ok;

	begin(SIZE);
	insert("k", 5000, 0);
	first = arena;
	arena = memcpy(allocate(SIZE), first, SIZE);
	memset(first, 0xAA, SIZE);
	ok = get("k", 0, 5000, &length) == ARENA_HIT && memcmp(buffer, value, 5000) == 0 &&
		insert("l", 5000, 0) == ARENA_INSERTED && get("l", 0, 5000, &length) == ARENA_HIT;
	free(first);
	end("the same block at another address", ok);
}

/* Keys of one hash that differ in a length or a byte are not each other. */
static void
test_collisions(void)
{
	static const char *const texts[] = {"", "a", "ab", "abc", "abd", "bbc"};
	const int	count = 6;
	uint32_t	length;
	ArenaLabel	label = {0};
	ArenaKey	key = {0};
	bool		ok = true;

	begin(SIZE);
	for (int i = 0; i < count; i++)
	{
		key.bytes = texts[i];
		key.length = (uint32_t) strlen(texts[i]);
		ok = ok && arena_get(arena, &key, 0, buffer, SIZE, &length) == ARENA_MISS &&
			arena_statistics(arena, 0).collisions == (uint64_t) i * i &&
			arena_insert(arena, &key, 0, value, (uint32_t) i, &label) == ARENA_INSERTED;
	}
	for (int i = 0; i < count; i++)
	{
		key.bytes = texts[i];
		key.length = (uint32_t) strlen(texts[i]);
		ok = ok && arena_get(arena, &key, 0, buffer, SIZE, &length) == ARENA_HIT &&
			length == (uint32_t) i;
	}

	/* half a hash in common is no collision */
	key.hash.high = 1;
	length = (uint32_t) arena_statistics(arena, 0).collisions;
	ok = ok && arena_remove(arena, &key) == false &&
		arena_statistics(arena, 0).collisions == length;
	end("no key answers for another of the same hash", ok);
}

/* What comes to the place of an item is not the item. */
static void
test_generations(void)
{
	ArenaKey	key = key_of("k");
	ArenaItem	old;
	ArenaItem	new;
	uint32_t	cursor = 0;
	bool		ok;

	begin(SIZE);
	insert("k", 10, 0);
	ok = arena_next(arena, 0, &cursor, &old) && arena_remove(arena, &key);
	insert("k", 10, 0);
	cursor = 0;
	ok = ok && arena_next(arena, 0, &cursor, &new) && old.entry == new.entry &&
		!arena_mark_clean(arena, 0, &old) && !arena_copy(arena, 0, &old, buffer, buffer) &&
		arena_statistics(arena, 0).dirty == 1 && arena_mark_clean(arena, 0, &new) &&
		arena_mark_clean(arena, 0, &new) && arena_statistics(arena, 0).dirty == 0;
	end("an item that was replaced stays dirty", ok);
}

static void
test_skipped(void)
{
	ArenaHash	highest = {.high = UINT64_MAX};
	ArenaHash	low = {.low = UINT64_MAX,.high = UINT64_MAX >> 4};

	begin(64 << 20);
	arena_count_skipped(arena, highest);
	end("skipped inserts; the high bits choose the partition",
		arena_statistics(arena, shape.partitions - 1).skipped == 1 &&
		arena_partition(arena, low) == 0);
}

void
test_edges(void)
{
	value = allocate(SIZE);
	buffer = allocate(SIZE);
	for (int i = 0; i < SIZE; i++)
		value[i] = (char) (i * 7 + i / 251);

	test_shapes();
	test_sizes();
	test_ages();
	test_order();
	test_clock();
	test_move();
	test_collisions();
	test_generations();
	test_skipped();

	free(value);
	free(buffer);
}
