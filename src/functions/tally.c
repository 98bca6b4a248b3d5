/*
 * tally.c
 *		What a population of pairs has in common: the aggregate aspect_tally(),
 *		sums of tallies, and tally_rows().
 */
#include "postgres.h"

#include "funcapi.h"
#include "port/pg_bitutils.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"

#include "functions/aggregate.h"
#include "functions/tally.h"
#include "stats/stats.h"

PG_FUNCTION_INFO_V1(aspect_tally_accum);
PG_FUNCTION_INFO_V1(aspect_tally_combine);
PG_FUNCTION_INFO_V1(tally_rows);

/*
 * Counting
 */

/* Which of the 64 codes from here on are not zero, as bits. */
static inline uint64
cells_with_aspect(const uint8 *codes, int n)
{
	uint64		mask = 0;

	for (int i = 0; i < n; i += sizeof(uint64))
	{
		uint64		word;

		memcpy(&word, codes + i, sizeof(word));
#ifdef WORDS_BIGENDIAN
		word = pg_bswap64(word);
#endif
		/* codes are below 128: the highest bit of each byte, then one byte */
		word = ((word + UINT64CONST(0x7f7f7f7f7f7f7f7f)) >> 7) &
			UINT64CONST(0x0101010101010101);
		mask |= ((word * UINT64CONST(0x0102040810204080)) >> 56) << i;
	}
	return mask;
}

/*
 * Adds what the kernel found.  Most cells have no aspect, and cost next to
 * nothing.  places says where the cells are in the state, NULL if in this
 * order.
 */
static inline void
add_findings(TallyState *state, int n, const int *places)
{
	int			aspects = state->set->n;
	uint8	   *codes = state->codes;
	const int32 *deviations = state->deviations;
	uint64	   *packed = state->packed;

	/* whole words are read */
	memset(codes + n, 0, sizeof(uint64));
	for (int start = 0; start < n; start += 64)
	{
		uint64		mask = cells_with_aspect(codes + start, Min(64, n - start));

		while (mask != 0)
		{
			int			cell = start + pg_rightmost_one_pos64(mask);
			int			place = places ? places[cell] : cell;
			int32		deviation = deviations[cell];
			uint32		orb = deviation < 0 ? -(uint32) deviation : (uint32) deviation;

			packed[place * aspects + codes[cell] - 1] += TALLY_ONE + orb;
			mask &= mask - 1;
		}
	}
}

static inline bool
has_bodies(const TallyState *state, Side side, const Selection *selection)
{
	/* the same without a call for just the planets: ids ascend */
	if (selection->n == PLANETS && state->n[side] == PLANETS &&
		selection->ids[PLANETS - 1] == PLANETS - 1)
		return state->ids[side][PLANETS - 1] == PLANETS - 1;
	return selection->n == state->n[side] &&
		memcmp(selection->ids, state->ids[side], selection->n * sizeof(uint16)) == 0;
}

/* Not all bodies of the state are known, or others are. */
static pg_noinline void
count_some(TallyState *state, const PreparedSet *prepared, const Selection *a,
		   const Selection *b)
{
	int			places[MAX_BODIES * MAX_BODIES];
	int			row = 0;
	int		   *place = places;

	tally_add_bodies(state, SIDE_A, a->ids, a->n);
	tally_add_bodies(state, SIDE_B, b->ids, b->n);
	for (int i = 0; i < a->n; i++)
	{
		int			column = 0;

		while (state->ids[SIDE_A][row] != a->ids[i])
			row++;
		for (int j = 0; j < b->n; j++)
		{
			while (state->ids[SIDE_B][column] != b->ids[j])
				column++;
			*place = row * state->n[SIDE_B] + column;
			state->cells[*place * cell_numbers(state->set) + CELL_PAIRS]++;
			place++;
		}
	}
	find_cells(prepared, a, b, state->codes, state->deviations);
	add_findings(state, a->n * b->n, places);
}

/* so many pairs are counted one by one before room is made for many at once */
#define PAIRS_BEFORE_BATCHES	64

/* The pairs that wait: all at once if they are as many as the kernel takes. */
static void
count_waiting(TallyState *state)
{
	int			n = state->n[SIDE_A];
	int			m = state->n[SIDE_B];
	int			pairs = state->n_waiting;

	state->n_waiting = 0;
	if (pairs == TALLY_PAIRS)
	{
		current_kernel->tally(state->table, state->waiting[SIDE_A], n,
							  state->waiting[SIDE_B], m, state->set->n, state->packed);
		return;
	}
	for (int p = 0; p < pairs; p++)
	{
		binary_angle a[BODY_IDS];
		binary_angle b[BODY_IDS];

		for (int i = 0; i < n; i++)
			a[i] = state->waiting[SIDE_A][i * TALLY_STRIDE + p];
		for (int j = 0; j < m; j++)
			b[j] = state->waiting[SIDE_B][j * TALLY_STRIDE + p];
		current_kernel->matrix(state->table, a, n, b, m, state->codes, state->deviations);
		add_findings(state, n * m, NULL);
	}
}

/* Makes room for pairs that wait, if their table allows it. */
static pg_noinline void
make_room_to_wait(TallyState *state, const PreparedSet *prepared)
{
	MemoryContext context = state->header.eoh_context;

	if (!can_tally(&prepared->table))
		return;
	if (state->table == NULL)
	{
		AspectTable *table = MemoryContextAlloc(context, sizeof(AspectTable));

		*table = prepared->table;
		state->table = table;
	}
	for (Side side = SIDE_A; side <= SIDE_B; side++)
		state->waiting[side] = MemoryContextAlloc(context, Max(state->n[side], 1) *
												  TALLY_STRIDE * sizeof(binary_angle));
	state->count_waiting = count_waiting;
}

static inline void
let_wait(TallyState *state, Side side, const Selection *selection)
{
	binary_angle *place = state->waiting[side] + state->n_waiting;

	const binary_angle *longitude = selection->longitudes;
	const binary_angle *end = longitude + selection->n;

	for (; longitude < end; longitude++)
	{
		*place = *longitude;
		place += TALLY_STRIDE;
	}
}

/* All bodies of the state are known, and no others. */
static inline void
count_complete(TallyState *state, const PreparedSet *prepared,
			   const Selection *a, const Selection *b)
{
	state->pending_complete++;
	if (likely(state->waiting[SIDE_A] != NULL))
	{
		let_wait(state, SIDE_A, a);
		let_wait(state, SIDE_B, b);
		if (++state->n_waiting == TALLY_PAIRS)
			count_waiting(state);
		return;
	}
	find_cells(prepared, a, b, state->codes, state->deviations);
	add_findings(state, a->n * b->n, NULL);
	if (state->pending_complete == PAIRS_BEFORE_BATCHES)
		make_room_to_wait(state, prepared);
}

void
tally_count(TallyState *state, const PreparedSet *prepared,
			const Chart *chart_a, const Chart *chart_b)
{
	Selection	a;
	Selection	b;

	select_for_set(prepared, SIDE_A, chart_a, &a);
	select_for_set(prepared, SIDE_B, chart_b, &b);
	if (unlikely(state->pending == MAX_PENDING))
		tally_settle(state);
	if (likely(has_bodies(state, SIDE_A, &a) && has_bodies(state, SIDE_B, &b)))
		count_complete(state, prepared, &a, &b);
	else
		count_some(state, prepared, &a, &b);

	/* at the end: new bodies settle what is pending */
	state->pending++;
}

/* aspect_tally(chart, chart[, aspect_set]): a pair; what is null is skipped */
Datum
aspect_tally_accum(PG_FUNCTION_ARGS)
{
	const PreparedSet *prepared;
	const Chart *a;
	const Chart *b;
	TallyState *state;
	StatCall	call;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || (PG_NARGS() > 3 && PG_ARGISNULL(3)))
		return same_state(fcinfo);
	stat_begin(&call, STAT_TALLY);
	a = PG_GETARG_CHART(1);
	b = PG_GETARG_CHART(2);
	prepared = PG_NARGS() > 3 ? prepare_set(fcinfo, 3) : prepare_default_set(fcinfo);
	if (PG_ARGISNULL(0))
		state = tally_begin(prepared->set, false, state_context(fcinfo));
	else
		state = tally_for_update(PG_GETARG_DATUM(0), state_context(fcinfo));
	if (unlikely(state->checked != prepared->serial))
	{
		check_same_set(state->set, prepared->set, "an aspect tally");
		check_same_order(state->unordered, false);
		state->checked = prepared->serial;
	}
	tally_count(state, prepared, a, b);
	stat_end_pair(&call, a->n * b->n, CACHE_BYPASSED);
	return EOHPGetRWDatum(&state->header);
}

/* aspect_tally + aspect_tally; also puts the states of an aggregate together */
Datum
aspect_tally_combine(PG_FUNCTION_ARGS)
{
	TallyState *state = tally_for_update(PG_GETARG_DATUM(0), state_context(fcinfo));
	TallyView	other;

	tally_view(PG_GETARG_ASPECT_TALLY(1), &other);
	tally_add_tally(state, &other);
	return EOHPGetRWDatum(&state->header);
}

/*
 * Rows
 */

/*
 * The mean of some orbs in degrees, rounded to 6 decimals: whole units, and of
 * the rest of the division what matters.
 */
static double
mean_orb(uint64 sum, uint64 count)
{
	const uint64 scale = 360 * UINT64CONST(1000000);
	uint64		whole = sum / count * scale;
	uint64		rest = (uint64) ((double) (sum % count) / (double) count * scale);

	return (double) ((whole + rest + (UINT64CONST(1) << 31)) >> 32) / 1e6;
}

/* tally_rows(aspect_tally): a row for each cell and aspect that was found */
Datum
tally_rows(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	TallyView	view;
	const uint64 *cell;
	Datum		names[MAX_ASPECTS];

	InitMaterializedSRF(fcinfo, 0);
	tally_view(PG_GETARG_ASPECT_TALLY(0), &view);
	for (int k = 0; k < view.set->n; k++)
		names[k] = CStringGetTextDatum(aspect_set_name(view.set, k));

	cell = view.cells;
	for (int i = 0; i < view.n; i++)
		for (int j = 0; j < view.m; j++)
		{
			for (int k = 0; k < view.set->n; k++)
			{
				uint64		count = cell[CELL_COUNT(k)];
				Datum		values[7];
				bool		nulls[7] = {false};

				if (count == 0)
					continue;
				values[0] = CStringGetTextDatum(body_name(view.ids[SIDE_A][i]));
				values[1] = CStringGetTextDatum(body_name(view.ids[SIDE_B][j]));
				values[2] = names[k];
				values[3] = Int64GetDatum((int64) cell[CELL_PAIRS]);
				values[4] = Int64GetDatum((int64) count);
				values[5] = Float8GetDatum((double) count / (double) cell[CELL_PAIRS]);
				values[6] = Float8GetDatum(mean_orb(cell[CELL_ORBS(k)], count));
				tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
			}
			cell += cell_numbers(view.set);
		}
	return (Datum) 0;
}
