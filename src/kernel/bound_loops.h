/*
 * bound_loops.h
 *		The loops over windows and right charts, for any instruction set.
 *
 * Plain C for the compiler to vectorise: a file that includes this is
 * compiled with the flags of its instruction set and gives the same numbers.
 */
#ifndef SYNASTRY_BOUND_LOOPS_H
#define SYNASTRY_BOUND_LOOPS_H

#include <string.h>

#include "bound.h"
#include "variants.h"

/* unsigned 16-bit numbers; the upper half of their product */
ALWAYS_INLINE uint16_t
multiply_high(uint16_t x, uint16_t y)
{
	return (uint16_t) ((uint32_t) x * y >> 16);
}

/* BOUND_ROWS rows at once, so that sums are seldom loaded and stored */
ALWAYS_INLINE void
add_rows(uint16_t *restrict sums, const BoundRow *rows, int part)
{
	const uint16_t *first = rows[0].windows[part];
	const uint16_t *second = rows[1].windows[part];
	const uint16_t *third = rows[2].windows[part];
	const uint16_t *fourth = rows[3].windows[part];
	uint16_t	factors[BOUND_ROWS];

	for (int i = 0; i < BOUND_ROWS; i++)
		factors[i] = rows[i].factor;

	for (int code = 0; code < BOUND_CODES; code++)
		sums[code] = (uint16_t) (sums[code] +
								 multiply_high(first[code], factors[0]) +
								 multiply_high(second[code], factors[1]) +
								 multiply_high(third[code], factors[2]) +
								 multiply_high(fourth[code], factors[3]));
}

ALWAYS_INLINE void
find_sums(const BoundRow *rows, int count, uint16_t *restrict sums,
		  uint16_t *least, uint16_t *most)
{
	uint16_t	others[BOUND_CODES];
	uint16_t	low = UINT16_MAX;
	uint16_t	high = 0;

	memset(sums, 0, BOUND_CODES * sizeof(uint16_t));
	for (int i = 0; i < count; i += BOUND_ROWS)
		add_rows(sums, rows + i, 0);

	for (int part = 1; part < BOUND_PARTS; part++)
	{
		memset(others, 0, sizeof(others));
		for (int i = 0; i < count; i += BOUND_ROWS)
			add_rows(others, rows + i, part);
		for (int code = 0; code < BOUND_CODES; code++)
			sums[code] = sums[code] > others[code] ? sums[code] : others[code];
	}

	for (int code = 0; code < BOUND_CODES; code++)
	{
		low = sums[code] < low ? sums[code] : low;
		high = sums[code] > high ? sums[code] : high;
	}
	*least = low;
	*most = high;
}

ALWAYS_INLINE void
narrow_to_bytes(const uint16_t *restrict sums, uint16_t least, uint16_t factor,
				uint8_t *restrict worth)
{
	for (int code = 0; code < BOUND_CODES; code++)
		worth[code] = (uint8_t) multiply_high((uint16_t) (sums[code] - least), factor);
}

/* the two functions of a kernel that are made of these loops */
#define DEFINE_BOUND_LOOPS(variant) \
void \
variant##_sum_windows(const BoundRow *rows, int count, uint16_t *sums, \
					  uint16_t *least, uint16_t *most) \
{ \
	find_sums(rows, count, sums, least, most); \
} \
\
void \
variant##_narrow_sums(const uint16_t *sums, uint16_t least, uint16_t factor, uint8_t *worth) \
{ \
	narrow_to_bytes(sums, least, factor, worth); \
}

/* every chart may reach the threshold */
ALWAYS_INLINE int
list_all(int count, uint16_t *candidates)
{
	for (int p = 0; p < count; p++)
		candidates[p] = (uint16_t) p;
	return count;
}

#endif							/* SYNASTRY_BOUND_LOOPS_H */
