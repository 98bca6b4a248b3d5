/*
 * bench.c
 *		How long a hit, a miss and an insert take, hashing included, locks not.
 *
 * Hot: a hundred entries.  Cold: all of an arena of 64 MB in random order,
 * after evictions have scattered their chunks.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arena.h"

#define SIZE			((size_t) 64 << 20)
#define KEY_LENGTH		112
#define RUNS			21
#define OPERATIONS		2000

static Arena *arena;
static char value[20000];
static uint64_t next_id;

static double
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double) time.tv_sec * 1e9 + (double) time.tv_nsec;
}

static ArenaKey
key_of(uint64_t id, char *bytes)
{
	memset(bytes, 'k', KEY_LENGTH);
	memcpy(bytes, &id, sizeof(id));
	return (ArenaKey)
	{
		bytes, KEY_LENGTH, arena_hash(bytes, KEY_LENGTH)
	};
}

static double
time_inserts(uint32_t length, int count)
{
	ArenaLabel	label = {.dirty = false};
	char		bytes[KEY_LENGTH];
	double		begin = now();

	for (int i = 0; i < count; i++)
	{
		ArenaKey	key = key_of(next_id++, bytes);

		arena_insert(arena, &key, ARENA_ANY_AGE, value, length, &label);
	}
	return (now() - begin) / count;
}

/* among the newest keys, or, where there are none, misses */
static double
time_gets(uint64_t newest, uint32_t among)
{
	static char buffer[sizeof(value)];
	char		bytes[KEY_LENGTH];
	uint32_t	length;
	double		begin = now();

	for (int i = 0; i < OPERATIONS; i++)
	{
		ArenaKey	key = key_of(newest - 1 - (uint64_t) random() % among, bytes);

		arena_get(arena, &key, ARENA_ANY_AGE, buffer, sizeof(buffer), &length);
	}
	return (now() - begin) / OPERATIONS;
}

static int
compare_doubles(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

static void
print_result(bool csv, uint32_t length, const char *operation, double *times)
{
	if (csv)
	{
		for (int run = 0; run < RUNS; run++)
			printf("\"%u bytes\",arena,%s,%d,%.1f\n", length, operation, run, times[run]);
		return;
	}

	qsort(times, RUNS, sizeof(double), compare_doubles);
	printf("%6u bytes  %-24s %8.1f ns\n", length, operation, times[RUNS / 2]);
}

static void
measure(bool csv, uint32_t length)
{
	static double hot[RUNS];
	static double cold[RUNS];
	static double miss[RUNS];
	static double insert[RUNS];
	uint32_t	entries = 0;
	ArenaShape	shape = arena_shape(SIZE);

	arena = arena_init(arena, SIZE);

	/* full twice over, with other sizes first, so that chunks lie about */
	for (int i = 0; i < 200000; i++)
		time_inserts((uint32_t) random() % 2000, 1);
	time_inserts(length, (int) (2 * SIZE / (length + KEY_LENGTH + 100)));
	for (uint32_t partition = 0; partition < shape.partitions; partition++)
		entries += (uint32_t) arena_statistics(arena, partition).entries;

	for (int run = 0; run < RUNS; run++)
	{
		/* nearly all of the newest are there: partitions differ a little */
		cold[run] = time_gets(next_id, entries / 10 * 9);
		time_gets(next_id, 100);
		hot[run] = time_gets(next_id, 100);
		miss[run] = time_gets(next_id + 1000000000, 1000000);
		insert[run] = time_inserts(length, OPERATIONS);
	}

	print_result(csv, length, "hit (hot)", hot);
	print_result(csv, length, "hit (cold)", cold);
	print_result(csv, length, "miss", miss);
	print_result(csv, length, "insert with eviction", insert);
}

/* --csv: every run, for those who compute; else a table of medians */
int
main(int argc, char **argv)
{
	bool		csv = argc > 1 && strcmp(argv[1], "--csv") == 0;
	void	   *block;

	if (posix_memalign(&block, 128, SIZE) != 0)
		return 1;
	arena = block;
	measure(csv, 200);
	measure(csv, 11000);
	return 0;
}
