/*
 * group_tally.c
 *		group_tally(): what the members of a group have in common, each two
 *		compared once.
 *
 * The state collects the charts; comparing all of them is the work of the
 * final function.  Two members of a group have no first and second, so that
 * the result cannot depend on the order in which they came: "i of one, j of
 * the other" and "j of one, i of the other" are counted in the same cell.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "functions/aggregate.h"
#include "functions/cached.h"
#include "functions/tally.h"
#include "stats/stats.h"
#include "types/chart_group.h"

PG_FUNCTION_INFO_V1(group_tally_accum);
PG_FUNCTION_INFO_V1(group_tally_combine);
PG_FUNCTION_INFO_V1(group_tally_final);

/* pairs between two looks for a cancelled query: a millisecond */
#define PAIRS_UNINTERRUPTED	4096

/* group_tally(chart[, aspect_set]): a member; what is null is skipped */
Datum
group_tally_accum(PG_FUNCTION_ARGS)
{
	const PreparedSet *prepared;
	const Chart *chart;
	ChartList  *list;

	if (PG_ARGISNULL(1) || (PG_NARGS() > 2 && PG_ARGISNULL(2)))
		return same_state(fcinfo);
	prepared = PG_NARGS() > 2 ? prepare_set(fcinfo, 2) : prepare_default_set(fcinfo);
	list = PG_ARGISNULL(0)
		? chart_list_begin(prepared->set, state_context(fcinfo))
		: chart_list_for_update(PG_GETARG_DATUM(0), state_context(fcinfo));
	check_same_set(list->set, prepared->set, "the tally of a group");
	chart = PG_GETARG_CHART(1);
	chart_list_add(list, chart, 1, VARSIZE(chart));
	return EOHPGetRWDatum(&list->header);
}

Datum
group_tally_combine(PG_FUNCTION_ARGS)
{
	ChartList  *list = chart_list_for_update(PG_GETARG_DATUM(0),
											 state_context(fcinfo));
	ChartGroupView other;

	chart_group_view(PG_GETARG_DATUM(1), &other);
	check_same_set(list->set, other.set, "the tally of a group");
	chart_list_add(list, other.charts, other.n, other.charts_size);
	return EOHPGetRWDatum(&list->header);
}

/*
 * Compares each two charts.  If the sides of the set differ, either may be the
 * first.
 */
static TallyState *
tally_pairs(const ChartGroupView *group, bool one_sided)
{
	const PreparedSet *prepared = prepare_set_once(group->set);
	TallyState *state = tally_begin(group->set, false, CurrentMemoryContext);
	const Chart **charts = palloc(Max(group->n, 1) * sizeof(Chart *));
	const Chart *chart = (const Chart *) group->charts;
	int			uninterrupted = 0;

	for (uint32 i = 0; i < group->n; i++)
	{
		charts[i] = chart;
		chart = next_chart(chart);
	}
	for (uint32 i = 0; i < group->n; i++)
		for (uint32 j = i + 1; j < group->n; j++)
		{
			tally_count(state, prepared, charts[i], charts[j]);
			if (one_sided)
				tally_count(state, prepared, charts[j], charts[i]);
			if (++uninterrupted == PAIRS_UNINTERRUPTED)
			{
				CHECK_FOR_INTERRUPTS();
				uninterrupted = 0;
			}
		}
	tally_settle(state);
	pfree(charts);
	return state;
}

/* The bodies of both sides, ascending; and where in them a body stands. */
static int
unite_sides(const TallyState *state, uint16 *ids, int *places)
{
	bool		present[BODY_IDS] = {false};
	int			n = 0;

	for (Side side = SIDE_A; side <= SIDE_B; side++)
		for (int i = 0; i < state->n[side]; i++)
			present[state->ids[side][i]] = true;
	for (int id = 0; id < BODY_IDS; id++)
		if (present[id])
		{
			places[id] = n;
			ids[n++] = id;
		}
	return n;
}

static bool
takes_part(const AspectSet *set, Side side, int id)
{
	const uint16 *ids = aspect_set_bodies(set, side);

	if (ids == NULL)
		return true;
	for (int i = 0; i < set->n_bodies[side]; i++)
		if (ids[i] == id)
			return true;
	return false;
}

/*
 * Both directions of a pair in one cell.  With a one-sided set every two
 * charts were compared twice; what two bodies that take part on both sides
 * have in common was then counted twice.
 */
static AspectTally *
fold(const TallyState *state, bool one_sided)
{
	const AspectSet *set = state->set;
	int			numbers = cell_numbers(set);
	const uint64 *from = state->cells;
	uint16		ids[BODY_IDS];
	int			places[BODY_IDS];
	int			n = unite_sides(state, ids, places);
	bool		both[BODY_IDS];
	TallyView	view;
	AspectTally *tally = tally_allocate(set, true, n, n, &view);

	memcpy(view.ids[SIDE_A], ids, n * sizeof(uint16));
	memcpy(view.ids[SIDE_B], ids, n * sizeof(uint16));
	for (int i = 0; i < n; i++)
		both[i] = takes_part(set, SIDE_A, ids[i]) && takes_part(set, SIDE_B, ids[i]);

	for (int i = 0; i < state->n[SIDE_A]; i++)
		for (int j = 0; j < state->n[SIDE_B]; j++)
		{
			int			a = places[state->ids[SIDE_A][i]];
			int			b = places[state->ids[SIDE_B][j]];
			uint64	   *to = view.cells + numbers * (Min(a, b) * n + Max(a, b));

			for (int k = 0; k < numbers; k++)
				to[k] += *from++;
		}
	for (int a = 0; one_sided && a < n; a++)
		for (int b = a; b < n; b++)
			if (both[a] && both[b])
				for (int k = 0; k < numbers; k++)
					view.cells[numbers * (a * n + b) + k] /= 2;
	return tally;
}

static AspectTally *
tally_group(const ChartGroupView *group)
{
	bool		one_sided = aspect_set_is_one_sided(group->set);
	const OrbLimits *limits = orb_limits_create(group->set);
	AspectTally *tally;
	TallyState *state;

	/* nobody is first in a group */
	if (limits != NULL && orb_limits_have_sides(limits))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("the aspect set of a group cannot tell who casts an aspect from who receives it"),
				 errdetail("The members of a group are compared without an order."),
				 errhint("Leave out \"casts\" and \"receives\", or say \"none\" of these aspects.")));
	state = tally_pairs(group, one_sided);
	tally = fold(state, one_sided);

	DeleteExpandedObject(EOHPGetRWDatum(&state->header));
	return tally;
}

/*
 * The cache
 */

/* smaller groups are tallied about as fast as found */
#define CACHED_GROUP	64

static int
compare_charts(const void *a, const void *b)
{
	const Chart *x = *(const Chart *const *) a;
	const Chart *y = *(const Chart *const *) b;

	if (VARSIZE(x) != VARSIZE(y))
		return VARSIZE(x) < VARSIZE(y) ? -1 : 1;
	return memcmp(x, y, VARSIZE(x));
}

/* The set, and the charts in an order that does not depend on theirs. */
static void
make_key(const ChartGroupView *group, CacheKey *key)
{
	const Chart **charts = MemoryContextAllocHuge(CurrentMemoryContext,
												  group->n * sizeof(Chart *));
	const Chart *chart = (const Chart *) group->charts;

	for (uint32 i = 0; i < group->n; i++)
	{
		charts[i] = chart;
		chart = next_chart(chart);
	}
	qsort(charts, group->n, sizeof(Chart *), compare_charts);

	cache_key_begin(key, CACHED_GROUP_TALLY, GROUP_TALLY_VERSION);
	cache_key_add_value(key, group->set);
	for (uint32 i = 0; i < group->n; i++)
		cache_key_add_value(key, charts[i]);
	cache_key_finish(key);
	pfree(charts);
}

/* The same out of the cache, or into it. */
static AspectTally *
find_group(const ChartGroupView *group, StatCached *cached)
{
	CacheKey	key;
	AspectTally *tally;

	make_key(group, &key);
	tally = cache_get_value(&key, true);
	if (tally == NULL)
		tally = store_get_value(&key);
	*cached = tally != NULL ? CACHE_HIT : CACHE_MISS;
	if (tally == NULL)
	{
		tally = tally_group(group);
		cache_put(&key, tally, VARSIZE(tally));
	}
	cache_key_free(&key);
	return tally;
}

/* Cells of all pairs: half of what remains of (sum n)^2 without the squares. */
static uint64
count_cells(const ChartGroupView *group)
{
	const Chart *chart = (const Chart *) group->charts;
	uint64		sum = 0;
	uint64		squares = 0;

	for (uint32 i = 0; i < group->n; i++)
	{
		sum += chart->n;
		squares += chart->n * chart->n;
		chart = next_chart(chart);
	}
	return (sum * sum - squares) / 2;
}

Datum
group_tally_final(PG_FUNCTION_ARGS)
{
	ChartGroupView group;
	StatCall	call;
	AspectTally *tally;

	stat_begin_timed(&call, STAT_GROUP);
	chart_group_view(PG_GETARG_DATUM(0), &group);
	tally = cache_is_on && group.n >= CACHED_GROUP
		? find_group(&group, &call.cached)
		: tally_group(&group);
	call.pairs = (uint64) group.n * (group.n - 1) / 2;
	call.cells = count_cells(&group);
	stat_end(&call);
	PG_RETURN_POINTER(tally);
}
