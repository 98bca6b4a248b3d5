/*
 * cache.h
 *		What is dear, kept: the memory tier of the cache.
 *
 * Bytes in, bytes out.  The arena is in shared memory if the library is
 * preloaded, else in memory of the backend's own, made at first use; with a
 * size of 0 there is none.  Everybody may be without it at any time: a get
 * that fails is a miss, and a put that fails does nothing.
 */
#ifndef SYNASTRY_CACHE_H
#define SYNASTRY_CACHE_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "storage/lwlock.h"

#include "cache/arena.h"

/* settings */
extern int	cache_size;			/* kB; of the shared arena */
extern int	local_cache_size;	/* kB */
extern bool cache_is_on;		/* synastry.cache */
extern int	cache_min_cells;
extern int	cache_ttl;			/* seconds; 0: for ever */

/*
 * A key in the making: what it is for, then all that the value depends on, in
 * a form in which equal inputs are equal bytes.  The database comes first, so
 * that no two ever share an entry.
 */
#define CACHE_KEY_INLINE	2048

typedef struct CacheKey
{
	ArenaKey	key;			/* once it is finished */
	char	   *bytes;
	Size		used;
	Size		allocated;
	char		inline_bytes[CACHE_KEY_INLINE];
} CacheKey;

/*
 * The operation, and the version of what it computes: a new version never
 * meets values of an old one.
 */
extern void cache_key_begin(CacheKey *key, uint8 operation, uint8 version);
extern void cache_key_add(CacheKey *key, const void *bytes, Size size);
extern void cache_key_finish(CacheKey *key);
extern void cache_key_free(CacheKey *key);

/*
 * A copy of the value in the current memory context, NULL if there is none.
 * What is made anew in microseconds is not worth waiting for while others put
 * values, and counts as not there.
 */
extern void *cache_get(const CacheKey *key, Size *size, bool worth_waiting);

/*
 * Offers a value that was computed.  It is dirty, to be written to the
 * persistent tier, if that is there.
 */
extern void cache_put(const CacheKey *key, const void *value, Size size);

/*
 * For the persistent tier, administration and statistics: the arena and its
 * locks, as arena.h wants them.  NULL: there is no arena; no lock is needed
 * for a local one, which the locking functions know.
 */
extern Arena *cache_arena(void);
extern bool cache_is_shared(void);
extern int	cache_partitions(void);
extern Size cache_largest(void);	/* bytes of key and value, at most */
extern void cache_lock(uint32 partition, LWLockMode mode);
extern bool cache_lock_conditional(uint32 partition, LWLockMode mode);
extern void cache_unlock(uint32 partition);

/* since when the arena counts, 0 if there is none; begins anew */
extern TimestampTz cache_statistics_since(void);
extern void cache_reset_statistics(void);

/* entries made before have expired: ARENA_ANY_AGE if they never do */
extern int64 cache_not_before(void);

/*
 * Puts what was read from the persistent tier, or somebody else computed at
 * that time (a TimestampTz), clean or dirty; whether it is there now.
 */
extern bool cache_put_at(const ArenaKey *key, Oid database, const void *value,
						 Size size, TimestampTz made, bool dirty);

/* synastry.c: settings and hooks */
extern void cache_define_settings(void);
extern void cache_shmem_request(void);
extern void cache_shmem_startup(void);

#endif							/* SYNASTRY_CACHE_H */
