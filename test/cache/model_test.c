/*
 * model_test.c
 *		Random operations on an arena, and the same on a plain model of it.
 *
 * The model is an exact LRU of each partition: a list in order of use, and
 * the number of chunks that are free.  Every answer, every victim of an
 * eviction and all counters must be equal.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena_layout.h"
#include "check.h"

#define MAX_KEYS		60000
#define POOL_SIZE		(4 << 20)
#define MAX_VALUE		300000
#define NOBODY			(-1)

/* An arena under test, and what is done to it. */
typedef struct Setting
{
	const char *name;
	size_t		size;
	int			keys;
	uint32_t	key_length;		/* up to */
	uint32_t	value_length;	/* mostly up to */
	uint32_t	long_value;		/* now and then up to */
	uint32_t	hashes;			/* different ones; 0: those of XXH3 */
	double		operations;
} Setting;

static const Setting settings[] = {
	{"the smallest arena", 3 << 10, 40, 20, 100, 400, 0, 1e6},
	{"8 kB, entries of one chunk", 8 << 10, 200, 16, 40, 60, 0, 3e6},
	{"64 kB, small values", 64 << 10, 1500, 40, 200, 3000, 0, 6e6},
	{"1 MB, all sizes", 1 << 20, 3000, 600, 1500, 70000, 0, 5e6},
	{"1 MB, all hashes equal", 1 << 20, 60, 100, 40000, 60000, 1, 3e5},
	{"128 kB, five hashes", 128 << 10, 100, 60, 3000, 8000, 5, 1e6},
	{"4 MB, tiny values: as many entries as may be", 4 << 20, 60000, 12, 30, 100, 0, 2e6},
	{"8 MB, two partitions", 8 << 20, 20000, 300, 1500, 20000, 0, 2e6},
	{"20 MB, four partitions, long values", 20 << 20, 20000, 700, 3000, MAX_VALUE, 0, 1e6},
};

/* What the model knows of a key. */
typedef struct ModelEntry
{
	ArenaKey	key;
	uint32_t	partition;
	bool		present;
	int			newer;			/* in order of use */
	int			older;
	uint64_t	chunks;
	const char *value;
	uint32_t	value_length;
	uint64_t	inserted;		/* when, in inserts */
	ArenaLabel	label;
} ModelEntry;

typedef struct ModelPartition
{
	int			newest;
	int			oldest;
	uint64_t	free_chunks;
	ArenaStatistics counts;
} ModelPartition;

static Setting setting;
static Arena *arena;
static ArenaShape shape;
static Random source;
static char *pool;				/* random bytes: keys and values */
static char *buffer;
static ModelEntry model[MAX_KEYS];
static ModelPartition partitions[ARENA_MAX_PARTITIONS];
static uint64_t inserts;
static int	victims[MAX_KEYS];
static int	victim_count;
static const char *problem;

static void
fail(const char *what)
{
	if (problem == NULL)
		problem = what;
}

/*
 * The model
 */

static void
unlink_entry(ModelEntry *entry)
{
	ModelPartition *partition = &partitions[entry->partition];

	*(entry->newer == NOBODY ? &partition->newest : &model[entry->newer].older) = entry->older;
	*(entry->older == NOBODY ? &partition->oldest : &model[entry->older].newer) = entry->newer;
}

static void
link_newest(ModelEntry *entry)
{
	ModelPartition *partition = &partitions[entry->partition];
	int			id = (int) (entry - model);

	entry->newer = NOBODY;
	entry->older = partition->newest;
	*(partition->newest == NOBODY ? &partition->oldest : &model[partition->newest].newer) = id;
	partition->newest = id;
}

static void
drop(ModelEntry *entry)
{
	ModelPartition *partition = &partitions[entry->partition];

	unlink_entry(entry);
	entry->present = false;
	partition->free_chunks += entry->chunks;
	partition->counts.entries--;
	partition->counts.dirty -= entry->label.dirty;
}

/* Other keys of that hash that the arena meets on its way: the later ones. */
static void
count_collisions(const ModelEntry *entry)
{
	if (setting.hashes == 0)
		return;
	for (int i = 0; i < setting.keys; i++)
	{
		const ModelEntry *other = &model[i];

		if (other != entry && other->present && other->key.hash.low == entry->key.hash.low &&
			(!entry->present || other->inserted > entry->inserted))
			partitions[entry->partition].counts.collisions++;
	}
}

static ArenaResult
model_get(ModelEntry *entry, int64_t not_before, uint32_t capacity)
{
	ArenaStatistics *counts = &partitions[entry->partition].counts;

	count_collisions(entry);
	if (!entry->present || entry->label.time < not_before)
	{
		counts->misses++;
		return ARENA_MISS;
	}
	if (entry->value_length > capacity)
		return ARENA_BUFFER_TOO_SMALL;
	counts->hits++;
	unlink_entry(entry);
	link_newest(entry);
	return ARENA_HIT;
}

static ArenaResult
model_insert(ModelEntry *entry, int64_t not_before, const char *value, uint32_t length,
			 const ArenaLabel *label)
{
	ModelPartition *partition = &partitions[entry->partition];
	uint64_t	chunks = (64 + entry->key.length + length + 127) / 128;

	if (chunks > shape.chunks / 16)
	{
		partition->counts.refused++;
		return ARENA_REFUSED;
	}
	count_collisions(entry);
	if (entry->present)
	{
		if (entry->label.time >= not_before)
			return ARENA_PRESENT;
		drop(entry);
		partition->counts.expirations++;
	}

	while (partition->free_chunks < chunks || partition->counts.entries == shape.entries)
	{
		ModelEntry *victim = &model[partition->oldest];

		partition->counts.evictions++;
		partition->counts.evictions_dirty += victim->label.dirty;
		victims[victim_count++] = partition->oldest;
		drop(victim);
	}

	entry->present = true;
	entry->chunks = chunks;
	entry->value = value;
	entry->value_length = length;
	entry->label = *label;
	entry->inserted = ++inserts;
	link_newest(entry);
	partition->free_chunks -= chunks;
	partition->counts.inserts++;
	partition->counts.entries++;
	partition->counts.dirty += label->dirty;
	return ARENA_INSERTED;
}

/*
 * Operations on both
 */

/* in units that the arena does not know: the number of the insert */
static int64_t
random_age(void)
{
	if (random_below(&source, 8) != 0)
		return ARENA_ANY_AGE;
	return (int64_t) inserts - (int64_t) random_below(&source, (uint32_t) setting.keys * 4);
}

static void
try_get(ModelEntry *entry)
{
	int64_t		not_before = random_age();
	uint32_t	capacity = random_below(&source, 16) == 0 ?
	random_below(&source, setting.value_length) : MAX_VALUE;
	uint32_t	length = 0;
	ArenaResult expected = model_get(entry, not_before, capacity);

	if (arena_get(arena, &entry->key, not_before, buffer, capacity, &length) != expected)
		fail("arena_get: another result");
	if (expected != ARENA_MISS && length != entry->value_length)
		fail("arena_get: another length");
	if (expected == ARENA_HIT && memcmp(buffer, entry->value, length) != 0)
		fail("arena_get: another value");
}

static void
try_insert(ModelEntry *entry)
{
	int64_t		not_before = random_age();
	uint32_t	limit = random_below(&source, 100) == 0 ? setting.long_value : setting.value_length;
	uint32_t	length = random_below(&source, limit + 1);
	const char *value = pool + random_below(&source, POOL_SIZE - MAX_VALUE);
	ArenaLabel	label = {
		.tag = random_below(&source, 5),
		.time = (int64_t) inserts,
		.dirty = random_below(&source, 3) == 0
	};
	PartitionView view = view_partition(arena, entry->partition);
	uint64_t	collisions;

	victim_count = 0;
	if (arena_insert(arena, &entry->key, not_before, value, length, &label) !=
		model_insert(entry, not_before, value, length, &label))
		fail("arena_insert: another result");

	/*
	 * As many are gone as should be: if the model's victims are, they are the
	 * ones.  Looking for them shall not count.
	 */
	if (view.head->entries != partitions[entry->partition].counts.entries)
		fail("arena_insert: another number of victims");
	collisions = view.head->collisions;
	for (int i = 0; i < victim_count; i++)
	{
		EntryPlace	place;

		if (!model[victims[i]].present &&
			arena_find(&view, &model[victims[i]].key, &place) != NONE)
			fail("arena_insert: another victim");
	}
	view.head->collisions = collisions;
}

static void
try_remove(ModelEntry *entry)
{
	count_collisions(entry);
	if (arena_remove(arena, &entry->key) != entry->present)
		fail("arena_remove: another result");
	if (entry->present)
		drop(entry);
}

/* chooses by the key: its bytes must be the ones of the model */
static bool
is_of_seventh(const Arena *one, uint32_t partition, const ArenaItem *item, void *context)
{
	uint32_t	id;

	if (!arena_copy(one, partition, item, buffer, NULL))
		fail("arena_forget: no key");
	memcpy(&id, buffer, sizeof(id));
	return id % 7 == *(uint32_t *) context;
}

typedef enum Removal
{
	PURGE, EXPIRE, FORGET, RESET, REMOVALS
} Removal;

static void
try_removal(void)
{
	Removal		removal = (Removal) random_below(&source, REMOVALS);
	uint32_t	partition = random_below(&source, shape.partitions);
	uint32_t	choice = random_below(&source, 7);
	int64_t		not_before = (int64_t) inserts - (int64_t) random_below(&source, (uint32_t) setting.keys);
	uint32_t	expected = 0;
	uint32_t	removed;

	for (int id = 0; id < setting.keys; id++)
	{
		ModelEntry *entry = &model[id];

		if (!entry->present || entry->partition != partition ||
			(removal == PURGE && entry->label.tag != choice) ||
			(removal == EXPIRE && entry->label.time >= not_before) ||
			(removal == FORGET && (uint32_t) id % 7 != choice))
			continue;
		drop(entry);
		expected++;
		if (removal == EXPIRE)
			partitions[partition].counts.expirations++;
	}

	if (removal == PURGE)
		removed = arena_purge(arena, partition, choice);
	else if (removal == EXPIRE)
		removed = arena_expire(arena, partition, not_before);
	else if (removal == FORGET)
		removed = arena_forget(arena, partition, is_of_seventh, &choice);
	else
		removed = arena_reset(arena, partition);
	if (removed != expected)
		fail("a removal of many: another number");
}

/* What a flusher does; on the way every entry is compared. */
static void
try_flush(void)
{
	uint32_t	partition = random_below(&source, shape.partitions);
	uint32_t	cursor = 0;
	uint64_t	seen = 0;
	ArenaItem	item;

	while (arena_next(arena, partition, &cursor, &item))
	{
		const ModelEntry *expected;
		uint32_t	id;

		if (!arena_copy(arena, partition, &item, buffer, buffer + item.key_length))
			fail("arena_copy: not there");
		memcpy(&id, buffer, sizeof(id));
		expected = &model[id % (uint32_t) setting.keys];
		seen++;
		if (!expected->present || expected->partition != partition ||
			item.key_length != expected->key.length ||
			item.value_length != expected->value_length ||
			item.label.tag != expected->label.tag || item.label.time != expected->label.time ||
			item.label.dirty != expected->label.dirty)
			fail("arena_next: another item");
		else if (memcmp(buffer, expected->key.bytes, item.key_length) != 0 ||
				 memcmp(buffer + item.key_length, expected->value, item.value_length) != 0)
			fail("arena_copy: other bytes");

		if (random_below(&source, 2) == 0)
		{
			if (!arena_mark_clean(arena, partition, &item))
				fail("arena_mark_clean: not there");
			partitions[partition].counts.dirty -= expected->label.dirty;
			model[id].label.dirty = false;
		}
		item.generation++;
		if (arena_mark_clean(arena, partition, &item) ||
			arena_copy(arena, partition, &item, NULL, NULL))
			fail("an item of another generation was found");
	}

	if (seen != partitions[partition].counts.entries)
		fail("arena_next: another number of items");
}

static void
compare_statistics(void)
{
	for (uint32_t partition = 0; partition < shape.partitions; partition++)
	{
		ArenaStatistics expected = partitions[partition].counts;
		ArenaStatistics found = arena_statistics(arena, partition);

		expected.bytes = (shape.chunks - partitions[partition].free_chunks) * 128;
		expected.capacity = (uint64_t) shape.chunks * 128;
		expected.clock = found.clock;
		if (memcmp(&expected, &found, sizeof(found)) != 0)
			fail("other statistics");
	}
	if (check_all(arena, shape) != NULL)
		fail(check_all(arena, shape));
}

/*
 * The test
 */

/* Half of the choices are among the first keys. */
static ModelEntry *
random_entry(void)
{
	uint32_t	id = random_below(&source, (uint32_t) setting.keys);

	if (random_below(&source, 2) == 0)
		id = random_below(&source, id / 8 + 1);
	return &model[id];
}

static void
set_up(void)
{
	arena = arena_init(allocate(setting.size), setting.size);
	shape = arena_shape(setting.size);
	problem = NULL;
	inserts = 0;

	for (uint32_t partition = 0; partition < shape.partitions; partition++)
		partitions[partition] = (ModelPartition)
	{
		.newest = NOBODY,.oldest = NOBODY,.free_chunks = shape.chunks
	};

	for (int id = 0; id < setting.keys; id++)
	{
		uint32_t	length = 4 + random_below(&source, setting.key_length - 3);
		char	   *bytes = malloc(length);
		ArenaHash	hash;

		memcpy(bytes, pool + random_below(&source, POOL_SIZE - length), length);
		memcpy(bytes, &id, sizeof(id));
		hash = arena_hash(bytes, length);
		if (setting.hashes > 0)
			hash.low = hash.high = (uint64_t) id % setting.hashes;

		model[id] = (ModelEntry)
		{
			.key =
			{
				bytes, length, hash
			},
				.partition = arena_partition(arena, hash)
		};
	}
}

static void
tear_down(void)
{
	for (int id = 0; id < setting.keys; id++)
		free((void *) model[id].key.bytes);
	free(arena);
}

static void
run_operations(void)
{
	long		operations = (long) (setting.operations * scale);

	/* what looks at all keys is as rare as there are many */
	uint32_t	rare = (uint32_t) setting.keys * 20;

	for (long i = 0; i < operations && problem == NULL; i++)
	{
		uint32_t	choice = random_below(&source, 100);

		if (choice < 55)
			try_get(random_entry());
		else if (choice < 97)
			try_insert(random_entry());
		else
			try_remove(random_entry());

		if (random_below(&source, rare) == 0)
			try_removal();
		if (random_below(&source, rare) == 0)
			try_flush();
		if (random_below(&source, rare) == 0)
			compare_statistics();
	}
	compare_statistics();

	/* a test without evictions has tested little */
	if (arena_statistics(arena, 0).evictions == 0)
		fail("nothing was evicted");
}

void
test_model(void)
{
	source.state = UINT64_C(0x9E3779B97F4A7C15);
	pool = allocate(POOL_SIZE);
	buffer = allocate(2 * MAX_VALUE);
	for (int i = 0; i < POOL_SIZE; i++)
		pool[i] = (char) random_bits(&source);

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
	{
		setting = settings[i];
		set_up();
		run_operations();
		tear_down();
		report("model", setting.name, problem);
	}

	free(pool);
	free(buffer);
}
