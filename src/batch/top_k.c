/*
 * top_k.c
 *		The best matches of a left chart so far: a bounded heap.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "port/pg_bswap.h"

#include "batch/top_k.h"
#include "compat.h"

/*
 * A text has no zero byte, so of ids shorter than the prefix no two different
 * ones have the same.
 */
uint64
id_prefix(const text * id)
{
	uint64		prefix = 0;

	if (id == NULL)
		return PG_UINT64_MAX;
	memcpy(&prefix, VARDATA_ANY(id), Min(VARSIZE_ANY_EXHDR(id), sizeof(prefix)));
	return pg_ntoh64(prefix);
}

static inline bool
is_whole_id(uint64 prefix)
{
	return (prefix & 0xff) == 0;
}

int
compare_id_bytes(const text * x, const text * y)
{
	Size		x_length;
	Size		y_length;
	int			order;

	if (x == NULL || y == NULL)
		return (x == NULL) - (y == NULL);
	x_length = VARSIZE_ANY_EXHDR(x);
	y_length = VARSIZE_ANY_EXHDR(y);
	order = memcmp(VARDATA_ANY(x), VARDATA_ANY(y), Min(x_length, y_length));
	if (order != 0)
		return order;
	return (x_length > y_length) - (x_length < y_length);
}

/* Asked for the few that are as good as each other. */
static int
compare_ids(TileStore *store, uint64 a, uint64 b)
{
	return compare_id_bytes(tile_store_id(store, a), tile_store_id(store, b));
}

static bool
is_better(TileStore *store, const Match *a, const Match *b)
{
	int			order;

	if (a->score != b->score)
		return a->score > b->score;
	if (a->id_prefix != b->id_prefix)
		return a->id_prefix < b->id_prefix;
	order = is_whole_id(a->id_prefix) ? 0 : compare_ids(store, a->chart, b->chart);
	return order != 0 ? order < 0 : a->chart < b->chart;
}

static void
sift_up(TopK *best, TileStore *store, int place, const Match *match)
{
	while (place > 0)
	{
		int			parent = (place - 1) / 2;

		if (!is_better(store, &best->matches[parent], match))
			break;
		best->matches[place] = best->matches[parent];
		place = parent;
	}
	best->matches[place] = *match;
}

/* Puts a match at the root of a heap of n, whose old root is gone. */
static void
sift_down(TopK *best, TileStore *store, int n, const Match *match)
{
	int			place = 0;

	for (;;)
	{
		int			child = 2 * place + 1;

		if (child >= n)
			break;
		if (child + 1 < n &&
			is_better(store, &best->matches[child], &best->matches[child + 1]))
			child++;
		if (!is_better(store, match, &best->matches[child]))
			break;
		best->matches[place] = best->matches[child];
		place = child;
	}
	best->matches[place] = *match;
}

void
top_k_offer(TopK *best, int k, TileStore *store, const Match *match)
{
	if (best->n < k)
		sift_up(best, store, best->n++, match);
	else if (is_better(store, match, &best->matches[0]))
		sift_down(best, store, k, match);
}

/* Heap sort: again and again the worst goes to the end. */
void
top_k_sort(TopK *best, TileStore *store)
{
	for (int n = best->n - 1; n > 0; n--)
	{
		Match		last = best->matches[n];

		CHECK_FOR_INTERRUPTS();
		best->matches[n] = best->matches[0];
		sift_down(best, store, n, &last);
	}
}
