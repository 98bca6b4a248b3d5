/*
 * check.h
 *		What the cache's tests share: results that are counted, numbers that
 *		look random and are the same in every run, memory for arenas.
 */
#ifndef SYNASTRY_CACHE_CHECK_H
#define SYNASTRY_CACHE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

/* how long to test, 1 for `make check` */
extern double scale;

/* one line of the report; problem is NULL if there is none */
extern void report(const char *subject, const char *test, const char *problem);

/* a generator of random numbers, one for each thread */
typedef struct Random
{
	uint64_t	state;
} Random;

extern uint32_t random_bits(Random *source);

/* 0 <= x < limit */
extern uint32_t random_below(Random *source, uint32_t limit);

/* Memory of exactly that size at a multiple of 128, never NULL. */
extern void *allocate(size_t size);

/* The first problem of all partitions of an arena, or NULL. */
extern const char *check_all(const Arena *arena, ArenaShape shape);

extern void test_model(void);
extern void test_edges(void);
extern void test_damage(void);
extern void test_threads(void);

#endif							/* SYNASTRY_CACHE_CHECK_H */
