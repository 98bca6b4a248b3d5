/*
 * bound_arc.c
 *		Bounds of many charts at once; see bound_arc.h.
 */
#include <string.h>

#include "bound_arc.h"

/* of runs half as long: which one begins, and which one ends, a longer run */
static void
join_runs(uint8_t *restrict most, const uint8_t *restrict halves, int half)
{
	for (int code = 0; code < BOUND_CODES - half; code++)
		most[code] = halves[code] > halves[code + half] ? halves[code] : halves[code + half];
	for (int code = BOUND_CODES - half; code < BOUND_CODES; code++)
	{
		uint8_t		wrapped = halves[code + half - BOUND_CODES];

		most[code] = halves[code] > wrapped ? halves[code] : wrapped;
	}
}

void
bound_maxima_prepare(BoundMaxima *maxima, const BoundTable *table)
{
	maxima->m = table->m;
	for (int j = 0; j < table->m; j++)
	{
		memcpy(maxima->most[j][0], table->worth[j], BOUND_CODES);
		for (int run = 1; run < BOUND_RUNS; run++)
			join_runs(maxima->most[j][run], maxima->most[j][run - 1], 1 << (run - 1));
	}
}
