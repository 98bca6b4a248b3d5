/*
 * thread_test.c
 *		Many threads on one arena under pressure, with a lock for each
 *		partition, as backends do; every value is a function of its key.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

#define SIZE		(9 << 20)
#define THREADS		4
#define KEYS		20000
#define MAX_VALUE	12000

typedef struct Worker
{
	pthread_t	thread;
	Random		source;
	long		operations;
	const char *problem;
	uint64_t	hits;
	uint64_t	misses;
	uint64_t	inserts;
	uint64_t	skipped;
	uint64_t	buffer[2 * MAX_VALUE / 8];
	uint64_t	value[MAX_VALUE / 8];
} Worker;

static Arena *arena;
static ArenaShape shape;
static pthread_rwlock_t locks[ARENA_MAX_PARTITIONS];

/* the value of a key: some words, each of them from the key and its place */
static uint32_t
value_words(uint64_t id)
{
	return (uint32_t) (id * 2654435761U % 64 == 0 ? MAX_VALUE / 8 : 1 + id * 40503 % 120);
}

static uint64_t
value_word(uint64_t id, uint32_t word)
{
	return (id + 1) * UINT64_C(0x9E3779B97F4A7C15) + word;
}

static void
verify(Worker *worker, uint64_t id, const uint64_t *value, uint32_t length)
{
	if (length != value_words(id) * 8)
		worker->problem = "a value of another length";
	for (uint32_t word = 0; word < length / 8; word++)
	{
		if (value[word] != value_word(id, word))
			worker->problem = "a value of another key";
	}
}

static void
get_or_insert(Worker *worker, uint64_t id)
{
	ArenaKey	key = {&id, sizeof(id), arena_hash(&id, sizeof(id))};
	ArenaLabel	label = {.tag = (uint32_t) (id % 100),.dirty = id % 3 == 0};
	uint32_t	partition = arena_partition(arena, key.hash);
	uint32_t	length;
	ArenaResult result;

	pthread_rwlock_rdlock(&locks[partition]);
	result = arena_get(arena, &key, ARENA_ANY_AGE, worker->buffer, sizeof(worker->buffer), &length);
	pthread_rwlock_unlock(&locks[partition]);
	if (result == ARENA_HIT)
	{
		verify(worker, id, worker->buffer, length);
		worker->hits++;
		return;
	}

	worker->misses++;
	for (uint32_t word = 0; word < value_words(id); word++)
		worker->value[word] = value_word(id, word);
	if (pthread_rwlock_trywrlock(&locks[partition]) != 0)
	{
		arena_count_skipped(arena, key.hash);
		worker->skipped++;
		return;
	}
	result = arena_insert(arena, &key, ARENA_ANY_AGE, worker->value, value_words(id) * 8, &label);
	pthread_rwlock_unlock(&locks[partition]);
	worker->inserts += result == ARENA_INSERTED;
}

/* In batches, with the lock released between reading and marking. */
static void
flush(Worker *worker, uint32_t partition)
{
	uint32_t	cursor = 0;
	bool		more = true;

	while (more)
	{
		ArenaItem	batch[32];
		int			count = 0;

		pthread_rwlock_rdlock(&locks[partition]);
		while (count < 32 && (more = arena_next(arena, partition, &cursor, &batch[count])))
		{
			uint64_t	id;

			if (!batch[count].label.dirty)
				continue;
			if (!arena_copy(arena, partition, &batch[count], &id, worker->buffer))
				worker->problem = "an item that is not there";
			verify(worker, id, worker->buffer, batch[count].value_length);
			count++;
		}
		pthread_rwlock_unlock(&locks[partition]);

		for (int i = 0; i < count; i++)
		{
			pthread_rwlock_rdlock(&locks[partition]);
			arena_mark_clean(arena, partition, &batch[i]);
			pthread_rwlock_unlock(&locks[partition]);
		}
	}
}

static void
administer(Worker *worker, uint32_t choice)
{
	uint32_t	partition = random_below(&worker->source, shape.partitions);
	uint64_t	id = random_below(&worker->source, KEYS);
	ArenaKey	key = {&id, sizeof(id), arena_hash(&id, sizeof(id))};

	if (choice == 0)
	{
		flush(worker, partition);
		return;
	}
	if (choice == 1)
	{
		pthread_rwlock_rdlock(&locks[partition]);
		if (arena_statistics(arena, partition).entries > shape.entries)
			worker->problem = "statistics that cannot be";
		pthread_rwlock_unlock(&locks[partition]);
		return;
	}

	if (choice == 2)
		partition = arena_partition(arena, key.hash);
	pthread_rwlock_wrlock(&locks[partition]);
	if (choice == 2)
		arena_remove(arena, &key);
	else
		arena_purge(arena, partition, random_below(&worker->source, 100));
	pthread_rwlock_unlock(&locks[partition]);
}

static void *
work(void *argument)
{
	Worker	   *worker = argument;

	for (long i = 0; i < worker->operations && worker->problem == NULL; i++)
	{
		uint32_t	id = random_below(&worker->source, KEYS);
		uint32_t	choice = random_below(&worker->source, 4000);

		if (choice < 4)
			administer(worker, choice);

		/* some keys are everybody's */
		if (choice % 2 == 0)
			id = random_below(&worker->source, 1 + id / 100);
		get_or_insert(worker, id);
	}

	return NULL;
}

/* The counters of all partitions must be what the threads have counted. */
static const char *
compare_counts(const Worker *workers)
{
	ArenaStatistics sum = {0};

	for (uint32_t partition = 0; partition < shape.partitions; partition++)
	{
		ArenaStatistics one = arena_statistics(arena, partition);

		sum.hits += one.hits;
		sum.misses += one.misses;
		sum.inserts += one.inserts;
		sum.skipped += one.skipped;
		sum.evictions += one.evictions;
		sum.damages += one.damages;
	}
	printf("         %d threads: %llu hits, %llu misses, %llu inserts, %llu skipped, %llu evictions\n",
		   THREADS, (unsigned long long) sum.hits, (unsigned long long) sum.misses,
		   (unsigned long long) sum.inserts, (unsigned long long) sum.skipped,
		   (unsigned long long) sum.evictions);
	if (sum.evictions == 0)
		return "nothing was evicted";

	for (int i = 0; i < THREADS; i++)
	{
		sum.hits -= workers[i].hits;
		sum.misses -= workers[i].misses;
		sum.inserts -= workers[i].inserts;
		sum.skipped -= workers[i].skipped;
	}
	return sum.hits == 0 && sum.misses == 0 && sum.inserts == 0 && sum.skipped == 0 &&
		sum.damages == 0 ? NULL : "other counts";
}

void
test_threads(void)
{
	Worker	   *workers = allocate(THREADS * sizeof(Worker));
	const char *problem = NULL;

	memset(workers, 0, THREADS * sizeof(Worker));
	arena = arena_init(allocate(SIZE), SIZE);
	shape = arena_shape(SIZE);
	for (uint32_t partition = 0; partition < shape.partitions; partition++)
		pthread_rwlock_init(&locks[partition], NULL);

	for (int i = 0; i < THREADS; i++)
	{
		workers[i].source.state = (uint64_t) i + 1;
		workers[i].operations = (long) (1000000 * scale);
		pthread_create(&workers[i].thread, NULL, work, &workers[i]);
	}
	for (int i = 0; i < THREADS; i++)
	{
		pthread_join(workers[i].thread, NULL);
		if (workers[i].problem != NULL)
			problem = workers[i].problem;
	}

	report("threads", "every value is that of its key", problem);
	report("threads", "the counters have counted everything", compare_counts(workers));
	report("threads", "the arena is in order", check_all(arena, shape));
	free(arena);
	free(workers);
}
