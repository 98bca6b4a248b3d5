/*
 * damage_test.c
 *		An arena that something has written over ends no process and holds
 *		none up, and comes into order when it is reset.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena_layout.h"
#include "check.h"

#define SIZE	(32 << 10)
#define KEYS	150

static Random source = {12345};
static char buffer[SIZE];

static ArenaKey
key_of(uint32_t *id)
{
	*id = random_below(&source, KEYS);
	return (ArenaKey)
	{
		id, sizeof(*id), arena_hash(id, sizeof(*id))
	};
}

static bool
is_odd(const Arena *arena, uint32_t partition, const ArenaItem *item, void *context)
{
	(void) context;
	return arena_copy(arena, partition, item, buffer, NULL) && (buffer[0] & 1) != 0;
}

static void
use(Arena *arena, int operations)
{
	for (int i = 0; i < operations; i++)
	{
		ArenaLabel	label = {.tag = random_below(&source, 3),.dirty = true};
		uint32_t	id;
		ArenaKey	key = key_of(&id);
		uint32_t	cursor = 0;
		uint32_t	length;
		ArenaItem	item;

		switch (random_below(&source, 40))
		{
			case 0:
				arena_remove(arena, &key);
				break;
			case 1:
				arena_purge(arena, 0, label.tag);
				break;
			case 2:
				arena_forget(arena, 0, is_odd, NULL);
				break;
			case 3:
				while (arena_next(arena, 0, &cursor, &item))
				{
					arena_copy(arena, 0, &item, buffer, buffer + item.key_length);
					arena_mark_clean(arena, 0, &item);
				}
				break;
			default:
				if (random_below(&source, 2) == 0)
					arena_get(arena, &key, ARENA_ANY_AGE, buffer, sizeof(buffer), &length);
				else
					arena_insert(arena, &key, ARENA_ANY_AGE, buffer,
								 random_below(&source, 1200), &label);
		}
	}
}

/* One word in any place, with a number that may look right. */
static void
damage(Arena *arena)
{
	uint32_t	begin = ALIGN_LINE(sizeof(Arena));
	uint32_t	words = (uint32_t) arena->shape.partition_size / 4;
	uint32_t	word;

	/* mostly where the structure is, not in values */
	if (random_below(&source, 2) == 0)
		word = random_below(&source, (uint32_t) arena->chunks / 4);
	else if (random_below(&source, 2) == 0)
		word = (uint32_t) arena->chunks / 4 + random_below(&source, arena->shape.chunks) * 32 +
			random_below(&source, 16);
	else
		word = random_below(&source, words);

	((uint32_t *) ((char *) arena + begin))[word] =
		random_below(&source, 3) == 0 ? random_bits(&source) :
		random_below(&source, 2) == 0 ? random_below(&source, arena->shape.chunks) :
		random_below(&source, arena->shape.chunks) | FIRST_OF_ENTRY;
}

/* The chain of a hash and the chunks of an entry lead back to themselves. */
static void
test_cycles(void)
{
	Arena	   *arena = arena_init(allocate(SIZE), SIZE);
	PartitionView view = view_partition(arena, 0);
	ArenaLabel	label = {0};
	ArenaKey	first = {"first", 5, {7, 7}};
	ArenaKey	other = {"other", 5, {7, 7}};
	EntryPlace	place;
	uint32_t	entry;
	uint32_t	length;
	bool		ok;

	arena_insert(arena, &first, ARENA_ANY_AGE, buffer, 1000, &label);
	entry = arena_find(&view, &first, &place);
	entry_header(&view, entry)->next_in_bucket = entry;
	ok = arena_get(arena, &other, ARENA_ANY_AGE, buffer, SIZE, &length) == ARENA_MISS;

	view.links[entry] = FIRST_OF_ENTRY | entry;
	ok = ok && arena_get(arena, &first, ARENA_ANY_AGE, buffer, SIZE, &length) == ARENA_HIT &&
		arena_remove(arena, &first) && arena_statistics(arena, 0).damages == 1 &&
		check_all(arena, arena->shape) == NULL;

	report("damage", "chains that lead back to themselves", ok ? NULL : "not so");
	free(arena);
}

void
test_damage(void)
{
	const char *problem = NULL;
	uint64_t	mended = 0;
	int			rounds = (int) (20000 * scale);

	/* whoever hangs is ended */
	alarm(120);
	test_cycles();
	for (int round = 0; round < rounds && problem == NULL; round++)
	{
		/* what is damaged leads to bytes that nobody has written yet */
		Arena	   *arena = arena_init(memset(allocate(SIZE), 0xA5, SIZE), SIZE);
		uint32_t	times = 1 + random_below(&source, 20);

		use(arena, 300);
		for (uint32_t i = 0; i < times; i++)
		{
			damage(arena);
			use(arena, 10);
		}
		use(arena, 100);
		mended += arena_statistics(arena, 0).damages > 0;

		/* counters may have been hit, so that only the order counts */
		arena_reset(arena, 0);
		view_partition(arena, 0).head->clock = 0;
		problem = check_all(arena, arena->shape);
		use(arena, 100);
		if (problem == NULL)
			problem = check_all(arena, arena->shape);
		free(arena);
	}
	alarm(0);

	report("damage", "words written over at random", problem);
	report("damage", "most of it is noticed", mended > (uint64_t) rounds / 2 ? NULL : "it is not");
}
