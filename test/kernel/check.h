/*
 * check.h
 *		What the kernel's tests share: results that are counted, and numbers
 *		that look random and are the same in every run.
 */
#ifndef SYNASTRY_KERNEL_CHECK_H
#define SYNASTRY_KERNEL_CHECK_H

#include <stdbool.h>
#include <stdint.h>

/* one line of the report */
extern void report(const char *subject, const char *test, bool ok);

extern uint32_t random_bits(void);

/* 0 <= x < limit */
extern uint32_t random_below(uint32_t limit);

/* how long to test, 1 by default; and so many tries of what is tried at random */
extern double scale;
extern int	scaled(int tries);

/* the name of the variant that this machine has to choose, or NULL */
extern const char *expected_best;

extern void test_angles(void);
extern void test_variants(void);
extern void test_cells(void);
extern void test_tallies(void);
extern void test_bounds(void);

#endif							/* SYNASTRY_KERNEL_CHECK_H */
