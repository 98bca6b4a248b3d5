/*
 * cache.c
 *		What is dear, kept: the memory tier of the cache.
 *
 * Shared memory holds one arena for the whole cluster and, as the named
 * tranche "synastry_cache", a lock for each of its partitions.  Both are made
 * by the postmaster; arena_layout.h says what the locks protect.  A process
 * has one of them at most at a time, and does nothing under it but compare
 * and copy bytes.  Who gets waits for the lock; who puts does not.
 *
 * shared_arena and locks are set by the startup hook, in the postmaster and,
 * where backends do not inherit its memory, in each of them.  All else here
 * belongs to one process.
 */
#include "postgres.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "storage/s_lock.h"
#include "storage/shmem.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "cache/cache.h"
#include "cache/store.h"

#define LOCK_TRANCHE	"synastry_cache"

/* larger buffers come from the system and go back to it, page by page */
#define MAX_EXPECTED	(64 * 1024)

/* together some microseconds */
#define LOOK_TRIES		100

int			cache_size;
int			local_cache_size;
bool		cache_is_on;
int			cache_min_cells;
int			cache_ttl;

static Arena *shared_arena = NULL;
static LWLockPadded * locks = NULL;

static Arena *local_arena = NULL;
static int	local_arena_size = 0;	/* kB; what it was made for */
static TimestampTz local_since = 0;

/*
 * Settings
 */

void
cache_define_settings(void)
{
	/* a setting of the postmaster cannot be defined after its start */
	DefineCustomIntVariable("synastry.cache_size",
							"Shared memory for the cache of reports, group tallies and large matrices.",
							"Takes effect with shared_preload_libraries only; 0 disables the shared cache.",
							&cache_size, 64 * 1024, 0, MAX_KILOBYTES,
							process_shared_preload_libraries_in_progress ? PGC_POSTMASTER : PGC_SIGHUP,
							GUC_UNIT_KB, NULL, NULL, NULL);
	DefineCustomIntVariable("synastry.local_cache_size",
							"Memory for the cache of a session when the library is not preloaded.",
							"Taken at first use; 0 disables it.",
							&local_cache_size, 4 * 1024, 0, MAX_KILOBYTES,
							PGC_USERSET, GUC_UNIT_KB, NULL, NULL, NULL);
	DefineCustomBoolVariable("synastry.cache",
							 "Looks results up in the cache, and keeps them there.",
							 NULL, &cache_is_on, true, PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("synastry.cache_min_cells",
							"Cells that a matrix must have to be cached.",
							"Only matrices of eight and more aspects whose orbs overlap are; all others are made faster than found.",
							&cache_min_cells, 1000, 1, 128 * 128,
							PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("synastry.cache_ttl",
							"Time for which a result is kept after it was computed.",
							"0 means without limit.",
							&cache_ttl, 0, 0, INT_MAX,
							PGC_SIGHUP, GUC_UNIT_S, NULL, NULL, NULL);
}

/*
 * Shared memory
 */

static Size
shared_size(void)
{
	return (Size) cache_size * 1024;
}

void
cache_shmem_request(void)
{
	ArenaShape	shape = arena_shape(shared_size());

	if (shape.partitions == 0)
		return;
	RequestAddinShmemSpace(shared_size());
	RequestAddinShmemSpace(MAXALIGN(sizeof(LWLockPadded *)));
	RequestAddinShmemSpace(store_shmem_size());
	RequestNamedLWLockTranche(LOCK_TRANCHE, shape.partitions);
}

void
cache_shmem_startup(void)
{
	bool		found;
	void	   *block;
	LWLockPadded **shared_locks;
	void	   *state;

	shared_arena = NULL;
	locks = NULL;
	store_shmem_init(NULL, false);
	if (arena_shape(shared_size()).partitions == 0)
		return;
	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	block = ShmemInitStruct("synastry cache", shared_size(), &found);
	shared_arena = found ? block : arena_init(block, shared_size());

	/* only the postmaster may ask by name, if it does not fork (EXEC_BACKEND) */
	shared_locks = ShmemInitStruct("synastry cache locks", sizeof(LWLockPadded *), &found);
	if (!found)
		*shared_locks = GetNamedLWLockTranche(LOCK_TRANCHE);
	locks = *shared_locks;

	state = ShmemInitStruct("synastry cache store", store_shmem_size(), &found);
	store_shmem_init(state, found);
	LWLockRelease(AddinShmemInitLock);
}

/*
 * The arena and its locks
 */

/* That of this process, made when it is first needed; NULL without memory. */
static Arena *
find_local_arena(void)
{
	static void *block = NULL;

	if (local_arena_size == local_cache_size)
		return local_arena;
	if (block != NULL)
		pfree(block);
	block = NULL;
	local_arena = NULL;
	local_arena_size = local_cache_size;
	if (arena_shape((Size) local_cache_size * 1024).partitions == 0)
		return NULL;
	block = MemoryContextAllocExtended(TopMemoryContext, (Size) local_cache_size * 1024,
									   MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM);
	if (block != NULL)
		local_arena = arena_init(block, (Size) local_cache_size * 1024);
	local_since = GetCurrentTimestamp();
	return local_arena;
}

Arena *
cache_arena(void)
{
	return shared_arena != NULL ? shared_arena : find_local_arena();
}

bool
cache_is_shared(void)
{
	return shared_arena != NULL;
}

static ArenaShape
current_shape(void)
{
	return arena_shape(shared_arena != NULL ? shared_size() :
					   (Size) local_arena_size * 1024);
}

int
cache_partitions(void)
{
	return current_shape().partitions;
}

Size
cache_largest(void)
{
	return current_shape().largest;
}

void
cache_lock(uint32 partition, LWLockMode mode)
{
	if (locks != NULL)
		LWLockAcquire(&locks[partition].lock, mode);
}

bool
cache_lock_conditional(uint32 partition, LWLockMode mode)
{
	return locks == NULL || LWLockConditionalAcquire(&locks[partition].lock, mode);
}

void
cache_unlock(uint32 partition)
{
	if (locks != NULL)
		LWLockRelease(&locks[partition].lock);
}

/*
 * Statistics
 */

TimestampTz
cache_statistics_since(void)
{
	if (cache_arena() == NULL)
		return 0;
	return cache_is_shared()
		? (TimestampTz) pg_atomic_read_u64(&store_state->since) : local_since;
}

void
cache_reset_statistics(void)
{
	Arena	   *arena = cache_arena();

	for (int partition = 0; arena != NULL && partition < cache_partitions(); partition++)
	{
		cache_lock(partition, LW_EXCLUSIVE);
		arena_reset_statistics(arena, partition);
		cache_unlock(partition);
	}
	store_reset_statistics();
	local_since = GetCurrentTimestamp();
}

/*
 * Keys
 */

void
cache_key_add(CacheKey *key, const void *bytes, Size size)
{
	if (size > key->allocated - key->used)
	{
		Size		allocated = Max(2 * key->allocated, key->used + size);
		char	   *larger = MemoryContextAllocHuge(CurrentMemoryContext, allocated);

		memcpy(larger, key->bytes, key->used);
		cache_key_free(key);
		key->bytes = larger;
		key->allocated = allocated;
	}
	memcpy(key->bytes + key->used, bytes, size);
	key->used += size;
}

void
cache_key_begin(CacheKey *key, uint8 operation, uint8 version)
{
	uint8		purpose[] = {operation, version, 0, 0};

	key->bytes = key->inline_bytes;
	key->used = 0;
	key->allocated = sizeof(key->inline_bytes);
	cache_key_add(key, &MyDatabaseId, sizeof(MyDatabaseId));
	cache_key_add(key, purpose, sizeof(purpose));
}

void
cache_key_finish(CacheKey *key)
{
	key->key.bytes = key->bytes;
	key->key.length = Min(key->used, PG_UINT32_MAX);
	key->key.hash = arena_hash(key->bytes, key->key.length);
}

void
cache_key_free(CacheKey *key)
{
	if (key->bytes != key->inline_bytes)
		pfree(key->bytes);
	key->bytes = key->inline_bytes;
}

/*
 * Getting and putting
 */

int64
cache_not_before(void)
{
	TimestampTz now = GetCurrentStatementStartTimestamp();

	if (cache_ttl == 0)
		return ARENA_ANY_AGE;
	return (now != 0 ? now : GetCurrentTimestamp()) - (int64) cache_ttl * USECS_PER_SEC;
}

/*
 * Who puts a value holds the lock for some microseconds, but when other
 * processes take the processor from him, for milliseconds.
 */
static bool
lock_to_look(uint32 partition, bool worth_waiting)
{
	if (worth_waiting)
	{
		cache_lock(partition, LW_SHARED);
		return true;
	}
	for (int tries = 0; tries < LOOK_TRIES; tries++)
	{
		if (cache_lock_conditional(partition, LW_SHARED))
			return true;
		SPIN_DELAY();
	}
	return false;
}

void *
cache_get(const CacheKey *key, Size *size, bool worth_waiting)
{
	/* what the next value will probably take, unless that is very much */
	static uint32 expected = 16 * 1024;

	Arena	   *arena = cache_arena();
	int64		not_before = cache_not_before();
	uint32		allocated = expected;
	uint32		partition;
	void	   *value;

	if (arena == NULL)
		return NULL;
	partition = arena_partition(arena, key->key.hash);
	value = palloc(allocated);
	for (;;)
	{
		ArenaResult result;
		uint32		length;

		if (!lock_to_look(partition, worth_waiting))
		{
			pfree(value);
			return NULL;
		}
		result = arena_get(arena, &key->key, not_before, value, allocated, &length);
		cache_unlock(partition);

		if (result == ARENA_HIT)
		{
			*size = length;
			return value;
		}
		pfree(value);
		if (result != ARENA_BUFFER_TOO_SMALL)
		{
			store_note_use(MyDatabaseId);
			return NULL;
		}
		/* another value may be there by then, so it may happen again */
		allocated = length;
		if (length <= MAX_EXPECTED)
			expected = length;
		value = MemoryContextAllocHuge(CurrentMemoryContext, allocated);
	}
}

bool
cache_put_at(const ArenaKey *key, Oid database, const void *value, Size size,
			 TimestampTz made, bool dirty)
{
	Arena	   *arena = cache_arena();
	ArenaLabel	label = {.tag = database,.time = made,.dirty = dirty};
	uint32		partition;
	ArenaResult result;

	if (arena == NULL || size > PG_UINT32_MAX)
		return false;
	partition = arena_partition(arena, key->hash);
	if (!cache_lock_conditional(partition, LW_EXCLUSIVE))
	{
		arena_count_skipped(arena, key->hash);
		return false;
	}
	result = arena_insert(arena, key, cache_not_before(), value, (uint32) size, &label);
	cache_unlock(partition);
	return result != ARENA_REFUSED;
}

void
cache_put(const CacheKey *key, const void *value, Size size)
{
	if (key->used <= PG_UINT32_MAX)
		(void) cache_put_at(&key->key, MyDatabaseId, value, size, GetCurrentTimestamp(),
							cache_is_shared());
}
