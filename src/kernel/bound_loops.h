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

/*
 * BOUND_ROWS rows of two columns at once, so that both windows and sums are
 * seldom loaded: windows begin anywhere, and many loads of them are of two
 * cache lines.  The sums begin with these rows if they are "fresh".
 */
ALWAYS_INLINE void
add_rows(uint16_t *restrict left, uint16_t *restrict right,
		 const BoundRow *rows, int part, bool fresh)
{
	const uint16_t *windows[BOUND_ROWS];
	uint16_t	factors[BOUND_ROWS][2];

	for (int i = 0; i < BOUND_ROWS; i++)
	{
		windows[i] = rows[i].windows[part];
		factors[i][0] = rows[i].factor[0];
		factors[i][1] = rows[i].factor[1];
	}

	for (int code = 0; code < BOUND_CODES; code++)
	{
		uint16_t	first = windows[0][code];
		uint16_t	second = windows[1][code];
		uint16_t	third = windows[2][code];
		uint16_t	fourth = windows[3][code];
		uint16_t	fifth = windows[4][code];

		left[code] = (uint16_t) ((fresh ? 0 : left[code]) +
								 multiply_high(first, factors[0][0]) +
								 multiply_high(second, factors[1][0]) +
								 multiply_high(third, factors[2][0]) +
								 multiply_high(fourth, factors[3][0]) +
								 multiply_high(fifth, factors[4][0]));
		right[code] = (uint16_t) ((fresh ? 0 : right[code]) +
								  multiply_high(first, factors[0][1]) +
								  multiply_high(second, factors[1][1]) +
								  multiply_high(third, factors[2][1]) +
								  multiply_high(fourth, factors[3][1]) +
								  multiply_high(fifth, factors[4][1]));
	}
}

/* the sums of one part */
ALWAYS_INLINE void
sum_part(uint16_t (*sums)[BOUND_CODES], const BoundRow *rows, int count, int part)
{
	if (count == 0)
	{
		memset(sums, 0, 2 * sizeof(*sums));
		return;
	}

	add_rows(sums[0], sums[1], rows, part, true);
	for (int i = BOUND_ROWS; i < count; i += BOUND_ROWS)
		add_rows(sums[0], sums[1], rows + i, part, false);
}

/* the larger of the sums of two parts, and the range of what comes out */
ALWAYS_INLINE void
join_parts(uint16_t *restrict sums, const uint16_t *restrict others,
		   uint16_t *least, uint16_t *most)
{
	uint16_t	low = UINT16_MAX;
	uint16_t	high = 0;

	for (int code = 0; code < BOUND_CODES; code++)
	{
		uint16_t	sum = sums[code] > others[code] ? sums[code] : others[code];

		sums[code] = sum;
		low = sum < low ? sum : low;
		high = sum > high ? sum : high;
	}
	*least = low;
	*most = high;
}

ALWAYS_INLINE void
find_sums(const BoundRow *rows, int count, uint16_t (*sums)[BOUND_CODES],
		  uint16_t *least, uint16_t *most)
{
	uint16_t	others[2][BOUND_CODES];

	_Static_assert(BOUND_PARTS == 2, "sums and others");
	sum_part(sums, rows, count, 0);
	sum_part(others, rows, count, 1);
	for (int column = 0; column < 2; column++)
		join_parts(sums[column], others[column], &least[column], &most[column]);
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
variant##_sum_windows(const BoundRow *rows, int count, uint16_t (*sums)[BOUND_CODES], \
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
