/*
 * cached.h
 *		What is kept in the cache, and under which keys.
 *
 * A result is cached where finding it takes at most a third of making it: a
 * report, a tally of a group, a large matrix of a set whose orbs overlap.
 * Keys hold whole charts, so that synastry_cache_forget() finds them.
 */
#ifndef SYNASTRY_CACHED_H
#define SYNASTRY_CACHED_H

#include "postgres.h"

#include "miscadmin.h"

#include "cache/cache.h"
#include "cache/store.h"
#include "functions/prepared.h"

/* ids are never used for anything else later */
enum
{
	CACHED_REPORT = 1,
	CACHED_GROUP_TALLY = 2,
	CACHED_MATRIX = 3
};

/* raised whenever the function gives another value for the same arguments */
#define REPORT_VERSION		2
#define GROUP_TALLY_VERSION	1
#define MATRIX_VERSION		1

static inline void
cache_key_add_value(CacheKey *key, const void *value)
{
	cache_key_add(key, value, VARSIZE(value));
}

/* a cached value of variable length, NULL if it is not there or not whole */
static inline void *
cache_get_value(const CacheKey *key, bool worth_waiting)
{
	Size		size;
	void	   *value = cache_get(key, &size, worth_waiting);

	if (value != NULL && (size < VARHDRSZ || VARSIZE(value) != size))
	{
		pfree(value);
		return NULL;
	}
	return value;
}

/*
 * The same from the persistent tier, and from now on in memory, too.  For
 * what takes a hundred microseconds and more to make; reading a row takes
 * some forty.
 */
static inline void *
store_get_value(const CacheKey *key)
{
	Size		size;
	TimestampTz made;
	void	   *value = store_get(&key->key, &size, &made);

	if (value != NULL && (size < VARHDRSZ || VARSIZE(value) != size))
	{
		pfree(value);
		return NULL;
	}
	if (value != NULL)
		(void) cache_put_at(&key->key, MyDatabaseId, value, size, made, false);
	return value;
}

/* report.c: has the report that synastry() returns for these charts made */
extern void warm_report(const Chart *a, const Chart *b, const PreparedSet *set,
						const PreparedModel *model);

#endif							/* SYNASTRY_CACHED_H */
