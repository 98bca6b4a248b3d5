/*
 * bound_scalar.c
 *		Bounds for any CPU: a byte is looked up for each body of a chart.
 */
#include "bound_loops.h"

/* charts whose sums are made together: 1 kB of sums */
#define BLOCK	512

/* columns that are added at once: sums are seldom loaded and stored */
#define COLUMNS	5

DEFINE_BOUND_LOOPS(scalar)

/* adds the worths of COLUMNS columns; by name, or compilers would not unroll them */
ALWAYS_INLINE void
add_columns(uint16_t *restrict sums, const uint8_t (*worth)[BOUND_CODES],
			const uint8_t *codes, size_t stride, int count)
{
	const uint8_t *second = codes + stride;
	const uint8_t *third = second + stride;
	const uint8_t *fourth = third + stride;
	const uint8_t *fifth = fourth + stride;

	for (int p = 0; p < count; p++)
		sums[p] = (uint16_t) (sums[p] + worth[0][codes[p]] + worth[1][second[p]] +
							  worth[2][third[p]] + worth[3][fourth[p]] + worth[4][fifth[p]]);
}

ALWAYS_INLINE void
add_column(uint16_t *restrict sums, const uint8_t *worth, const uint8_t *codes, int count)
{
	for (int p = 0; p < count; p++)
		sums[p] = (uint16_t) (sums[p] + worth[codes[p]]);
}

static void
sum_worths(uint16_t *restrict sums, const BoundTable *table,
		   const uint8_t *codes, size_t stride, int count)
{
	int			j = 0;

	memset(sums, 0, (size_t) count * sizeof(uint16_t));
	for (; j + COLUMNS <= table->m; j += COLUMNS)
		add_columns(sums, table->worth + j, codes + (size_t) j * stride, stride, count);
	for (; j < table->m; j++)
		add_column(sums, table->worth[j], codes + (size_t) j * stride, count);
}

uint16_t
scalar_sums(const BoundTable *table, const uint8_t *codes, size_t stride, int count,
			uint16_t *sums)
{
	uint16_t	largest = 0;

	sum_worths(sums, table, codes, stride, count);
	for (int p = 0; p < count; p++)
		largest = sums[p] > largest ? sums[p] : largest;
	return largest;
}

/* what is passed is overwritten by the next one: nothing here is guessed */
int
scalar_candidates(const BoundTable *table, const uint8_t *codes, size_t stride, int count,
				  int64_t threshold, uint16_t *candidates)
{
	uint32_t	least = bound_least_sum(table, threshold);
	int			found = 0;

	if (least == 0)
		return list_all(count, candidates);
	if (least > (uint32_t) table->m * UINT8_MAX)
		return 0;

	for (int begin = 0; begin < count; begin += BLOCK)
	{
		uint16_t	sums[BLOCK];
		int			size = count - begin < BLOCK ? count - begin : BLOCK;

		sum_worths(sums, table, codes + begin, stride, size);
		for (int p = 0; p < size; p++)
		{
			candidates[found] = (uint16_t) (begin + p);
			found += sums[p] >= least;
		}
	}

	return found;
}
