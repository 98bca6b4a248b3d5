/*
 * bound_arc.h
 *		Bounds of many charts at once, of which only arcs are known.
 *
 * The codes of a body, in a group of charts, lie in an arc: a first code and
 * how many follow it, upwards, where 255 is followed by 0.  What the best of
 * these codes is worth, summed over the bodies, is a bound of all charts of
 * the group, and stands for the sum of a chart in bound.h.
 *
 * Maxima over every run of 1, 2, 4 .. 128 codes are made in advance: any arc
 * is covered by two of them.
 */
#ifndef SYNASTRY_BOUND_ARC_H
#define SYNASTRY_BOUND_ARC_H

#include "bound.h"

/* runs of 2^0 .. 2^7 codes */
#define BOUND_RUNS	8

typedef struct BoundMaxima
{
	int			m;				/* bodies */
	uint8_t		most[][BOUND_RUNS][BOUND_CODES];	/* by the first code */
} BoundMaxima;

static inline size_t
bound_maxima_size(int m)
{
	return sizeof(BoundMaxima) + (size_t) m * BOUND_RUNS * BOUND_CODES;
}

extern void bound_maxima_prepare(BoundMaxima *maxima, const BoundTable *table);

/*
 * The sum of a group.  arcs: first and length of each body, m pairs; a length
 * of 255 is the whole circle.
 */
static inline uint32_t
bound_arc_sum(const BoundMaxima *maxima, const uint8_t *arcs)
{
	uint32_t	sum = 0;

	for (int j = 0; j < maxima->m; j++)
	{
		unsigned	first = arcs[2 * j];
		unsigned	codes = arcs[2 * j + 1] + 1u;
		int			run = 31 - __builtin_clz(codes < BOUND_CODES ? codes : BOUND_CODES - 1);
		const uint8_t *most = maxima->most[j][run];
		uint8_t		begin = most[first];
		uint8_t		end = most[(first + codes - (1u << run)) % BOUND_CODES];

		sum += begin > end ? begin : end;
	}

	return sum;
}

#endif							/* SYNASTRY_BOUND_ARC_H */
