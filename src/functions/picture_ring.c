/*
 * picture_ring.c
 *		Bodies side by side on a ring: who moves aside, and how far.
 *
 * Bodies stand in the order of their longitudes, none closer to the next one
 * than their width allows, and the sum of the squares of their displacements
 * is the smallest possible.  With the widths taken out (each longitude less
 * those before it) that is a regression by a sequence that does not
 * descend: neighbours that would descend form a block at their mean (pool adjacent violators; Barlow and
 * others, Statistical Inference under Order Restrictions, 1972).
 */
#include "postgres.h"

#include "functions/picture.h"
#include "types/chart.h"

#define TURN			(INT64CONST(1) << 32)
/* how much of the ring may be full */
#define FULL			(TURN / 100 * 98)
/* an arc as long as its radius */
#define RADIAN			INT64CONST(683565276)
#define FULL_SCALE		1000

typedef struct BodyBlock
{
	int			n;
	int64		sum;			/* of longitudes less widths */
} BodyBlock;

/* Is the level of a block above that of another one, raised so much? */
static bool
is_above(const BodyBlock *block, const BodyBlock *other, int64 raised)
{
	return block->sum * other->n > (other->sum + raised * other->n) * block->n;
}

binary_angle
ring_angle(int width, int radius, int scale)
{
	return (binary_angle) (width * RADIAN / radius * scale / FULL_SCALE);
}

/*
 * The blocks of a ring that is cut open before its first body, of levels that
 * rise; the level of a block is its mean.
 */
static int
find_blocks(const int64 *reduced, int n, BodyBlock *blocks)
{
	int			n_blocks = 0;

	for (int i = 0; i < n; i++)
	{
		blocks[n_blocks].n = 1;
		blocks[n_blocks++].sum = reduced[i];
		while (n_blocks > 1 && is_above(&blocks[n_blocks - 2], &blocks[n_blocks - 1], 0))
		{
			blocks[n_blocks - 2].n += blocks[n_blocks - 1].n;
			blocks[n_blocks - 2].sum += blocks[n_blocks - 1].sum;
			n_blocks--;
		}
	}
	return n_blocks;
}

/*
 * Places for n bodies of this width whose longitudes ascend.  Returns the scale
 * in 1/1000 at which they all have room.
 *
 * A ring that is cut open between two blocks is solved as a line.  There is
 * such a gap wherever the blocks are, because the ring is not full, and it is
 * found by trying: the last block must not run into the first one.
 */
int
ring_spread(const binary_angle *longitudes, int n, int width, int radius,
			binary_angle *places)
{
	int64		all = n * (int64) ring_angle(width, radius, FULL_SCALE);
	int			scale = all <= FULL ? FULL_SCALE : (int) (FULL * FULL_SCALE / all);
	int64		step = ring_angle(width, radius, scale);
	int64		reduced[2 * MAX_BODIES];

	for (int i = 0; i < n; i++)
	{
		reduced[i] = longitudes[i] - i * step;
		reduced[i + n] = longitudes[i] + TURN - (i + n) * step;
	}

	for (int cut = 0; cut < n; cut++)
	{
		BodyBlock	blocks[MAX_BODIES];
		int			n_blocks = find_blocks(reduced + cut, n, blocks);
		int			i = cut;

		if (is_above(&blocks[n_blocks - 1], &blocks[0], TURN - n * step))
			continue;
		for (int block = 0; block < n_blocks; block++)
			for (int k = 0; k < blocks[block].n; k++, i++)
				places[i % n] = (binary_angle) (blocks[block].sum / blocks[block].n + i * step);
		return scale;
	}
	Assert(n == 0);
	return scale;
}
