/*
 * aspect_tally.c
 *		The aspect tally: layout, the expanded form in which it is counted,
 *		binary form.
 */
#include "postgres.h"

#include "libpq/pqformat.h"
#include "utils/memutils.h"

#include "types/aspect_tally.h"
#include "types/orbs.h"

PG_FUNCTION_INFO_V1(aspect_tally_recv);
PG_FUNCTION_INFO_V1(aspect_tally_send);

/* bytes before the embedded set */
#define TALLY_HEADER	offsetof(AspectTally, set)

/* Bytes before the cells. */
static inline Size
head_size(Size set_size, int n, int m)
{
	return TYPEALIGN(sizeof(uint64), TALLY_HEADER + INTALIGN(set_size) +
					 (n + m) * sizeof(uint16));
}

void
tally_view(const AspectTally *tally, TallyView *view)
{
	char	   *start = (char *) tally;

	view->unordered = (tally->flags & ASPECT_TALLY_UNORDERED) != 0;
	view->n = tally->n;
	view->m = tally->m;
	view->set = (const AspectSet *) tally->set;
	view->ids[SIDE_A] = (uint16 *) (start + TALLY_HEADER + INTALIGN(tally->set_size));
	view->ids[SIDE_B] = view->ids[SIDE_A] + view->n;
	view->cells = (uint64 *) (start + head_size(tally->set_size, view->n, view->m));
}

static Size
cells_size(const AspectSet *set, int n, int m)
{
	return (Size) n * m * cell_numbers(set) * sizeof(uint64);
}

static Size
tally_size(const AspectSet *set, int n, int m)
{
	return head_size(VARSIZE(set), n, m) + cells_size(set, n, m);
}

/* Writes all but ids and cells into zeroed memory. */
static void
write_head(AspectTally *tally, const AspectSet *set, bool unordered, int n, int m)
{
	SET_VARSIZE(tally, tally_size(set, n, m));
	tally->version = ASPECT_TALLY_VERSION;
	tally->flags = unordered ? ASPECT_TALLY_UNORDERED : 0;
	tally->n = n;
	tally->m = m;
	tally->set_size = VARSIZE(set);
	memcpy(tally->set, set, VARSIZE(set));
}

AspectTally *
tally_allocate(const AspectSet *set, bool unordered, int n, int m,
			   TallyView *view)
{
	AspectTally *tally = palloc0(tally_size(set, n, m));

	write_head(tally, set, unordered, n, m);
	tally_view(tally, view);
	return tally;
}

/*
 * Is this a tally that counting could have made?
 */

static const char *
check_ids(const TallyView *view, Side side, int n)
{
	const uint16 *ids = view->ids[side];
	const uint16 *listed[2] = {
		aspect_set_bodies(view->set, SIDE_A), aspect_set_bodies(view->set, SIDE_B)
	};

	for (int i = 0; i < n; i++)
	{
		bool		takes_part = false;

		if (!body_exists(ids[i]))
			return "A body is not in the registry.";
		if (i > 0 && ids[i] <= ids[i - 1])
			return "The bodies of a side are not in the order of the registry.";
		for (Side s = SIDE_A; s <= SIDE_B; s++)
		{
			/* a body of a group may have stood on either side */
			if (s != side && !view->unordered)
				continue;
			takes_part |= (listed[s] == NULL);
			for (int k = 0; listed[s] != NULL && k < view->set->n_bodies[s]; k++)
				takes_part |= (listed[s][k] == ids[i]);
		}
		if (!takes_part)
			return "A body does not take part in the aspect set.";
	}
	return NULL;
}

/* One cell; below: it is below the diagonal of an unordered tally. */
static const char *
check_cell(const AspectSet *set, const OrbLimits *limits, int id_a, int id_b,
		   const uint64 *cell, bool below)
{
	uint64		rest = cell[CELL_PAIRS];

	for (int i = 0; i < cell_numbers(set); i++)
	{
		if (cell[i] > PG_INT64_MAX)
			return "A number is out of range.";
		if (below && cell[i] != 0)
			return "A cell below the diagonal of an unordered tally is not zero.";
	}
	for (int i = 0; i < set->n; i++)
	{
		uint64		count = cell[CELL_COUNT(i)];
		uint64		orbs = cell[CELL_ORBS(i)];
		binary_angle max_orb = cell_max_orb(set, limits, id_a, id_b, i + 1);
		uint64		limit = (uint64) max_orb + 1;

		if (max_orb == NO_ASPECT && count > 0)
			return "A cell has an aspect that its bodies do not make.";
		if (count > rest)
			return "A cell has more aspects than pairs.";
		rest -= count;
		/* no more than the limit on average, without multiplying */
		if (count == 0
			? orbs != 0
			: orbs / count > limit || (orbs / count == limit && orbs % count != 0))
			return "A sum of orbs is larger than the aspect allows.";
	}
	return NULL;
}

static const char *
check_cells(const TallyView *view)
{
	const uint64 *cell = view->cells;
	const OrbLimits *limits = orb_limits_create(view->set);

	for (int i = 0; i < view->n; i++)
		for (int j = 0; j < view->m; j++)
		{
			const char *fault = check_cell(view->set, limits, view->ids[SIDE_A][i],
										   view->ids[SIDE_B][j], cell,
										   view->unordered && i > j);

			if (fault != NULL)
				return fault;
			cell += cell_numbers(view->set);
		}
	return NULL;
}

bool
tally_check(const TallyView *view, int sqlstate, Node *escontext)
{
	const char *fault = check_ids(view, SIDE_A, view->n);

	if (fault == NULL)
		fault = check_ids(view, SIDE_B, view->m);
	if (fault == NULL && view->unordered &&
		(view->n != view->m || memcmp(view->ids[SIDE_A], view->ids[SIDE_B],
									  view->n * sizeof(uint16)) != 0))
		fault = "The sides of an unordered tally differ.";
	if (fault == NULL)
		fault = check_cells(view);
	if (fault == NULL)
		return true;
	ereturn(escontext, false,
			(errcode(sqlstate),
			 errmsg("invalid aspect tally"),
			 errdetail("%s", fault)));
}

/*
 * The expanded form
 */

static Size
get_flat_size(ExpandedObjectHeader * header)
{
	TallyState *state = (TallyState *) header;

	return tally_size(state->set, state->n[SIDE_A], state->n[SIDE_B]);
}

static void
flatten_into(ExpandedObjectHeader * header, void *result, Size allocated_size)
{
	TallyState *state = (TallyState *) header;
	int			n = state->n[SIDE_A];
	int			m = state->n[SIDE_B];
	AspectTally *tally = result;
	TallyView	view;

	Assert(allocated_size == get_flat_size(header));
	tally_settle(state);
	memset(tally, 0, head_size(VARSIZE(state->set), n, m));
	write_head(tally, state->set, state->unordered, n, m);
	tally_view(tally, &view);
	memcpy(view.ids[SIDE_A], state->ids[SIDE_A], n * sizeof(uint16));
	memcpy(view.ids[SIDE_B], state->ids[SIDE_B], m * sizeof(uint16));
	if (state->cells != NULL)
		memcpy(view.cells, state->cells, cells_size(state->set, n, m));
}

static const ExpandedObjectMethods tally_methods = {get_flat_size, flatten_into};

TallyState *
tally_begin(const AspectSet *set, bool unordered, MemoryContext parent)
{
	MemoryContext context = AllocSetContextCreate(parent, "synastry aspect tally",
												  ALLOCSET_START_SMALL_SIZES);
	TallyState *state = MemoryContextAllocZero(context, sizeof(TallyState));
	AspectSet  *copy = MemoryContextAlloc(context, VARSIZE(set));

	EOH_init_header(&state->header, &tally_methods, context);
	memcpy(copy, set, VARSIZE(set));
	state->set = copy;
	state->unordered = unordered;
	state->codes = MemoryContextAllocZero(context, sizeof(uint64));
	return state;
}

TallyState *
tally_for_update(Datum datum, MemoryContext parent)
{
	TallyState *state;
	TallyView	view;

	if (VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(datum)))
	{
		state = (TallyState *) DatumGetEOHP(datum);
		if (state->header.eoh_methods == &tally_methods)
			return state;
	}
	tally_view(DatumGetAspectTally(datum), &view);
	state = tally_begin(view.set, view.unordered, parent);
	tally_add_tally(state, &view);
	return state;
}

static void
report_overflow(const TallyState *state, int row, int column)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("aspect tally is full"),
			 errdetail("Pairs, or orbs in units of 360/2^32 degrees, between \"%s\" and \"%s\" add up to 2^63 or more.",
					   body_name(state->ids[SIDE_A][row]),
					   body_name(state->ids[SIDE_B][column]))));
}

/* Adds to a number of a cell. */
static inline void
add_checked(const TallyState *state, int row, int column, uint64 *number,
			uint64 more)
{
	/* neither is above 2^63, so their sum does not wrap */
	if (unlikely(*number + more > PG_INT64_MAX))
		report_overflow(state, row, column);
	*number += more;
}

void
tally_settle(TallyState *state)
{
	int			aspects = state->set->n;
	uint64	   *cell = state->cells;
	uint64	   *packed = state->packed;

	if (state->n_waiting > 0)
		state->count_waiting(state);
	if (state->pending == 0)
		return;
	for (int i = 0; i < state->n[SIDE_A]; i++)
		for (int j = 0; j < state->n[SIDE_B]; j++)
		{
			add_checked(state, i, j, &cell[CELL_PAIRS], state->pending_complete);
			for (int k = 0; k < aspects; k++)
			{
				add_checked(state, i, j, &cell[CELL_COUNT(k)],
							packed[k] >> TALLY_ORB_BITS);
				add_checked(state, i, j, &cell[CELL_ORBS(k)],
							packed[k] & (TALLY_ONE - 1));
				packed[k] = 0;
			}
			cell += cell_numbers(state->set);
			packed += aspects;
		}
	state->pending = 0;
	state->pending_complete = 0;
}

/* Merges ascending ids into those of a side; returns how many there are. */
static int
merge_ids(const TallyState *state, Side side, const uint16 *ids, int n,
		  uint16 *merged)
{
	int			i = 0;
	int			j = 0;
	int			k = 0;

	while (i < state->n[side] || j < n)
	{
		uint16		known = i < state->n[side] ? state->ids[side][i] : PG_UINT16_MAX;
		uint16		added = j < n ? ids[j] : PG_UINT16_MAX;

		merged[k++] = Min(known, added);
		i += (known <= added);
		j += (added <= known);
	}
	return k;
}

/* Replaces an array of the state, which may be NULL. */
static void *
replace_array(const TallyState *state, void *old, Size size)
{
	if (old != NULL)
		pfree(old);
	return MemoryContextAllocZero(state->header.eoh_context, Max(size, 1));
}

/* The places of some of the ids among all of them. */
static void
find_places(const uint16 *ids, int n, const uint16 *all, int *places)
{
	int			place = 0;

	for (int i = 0; i < n; i++)
	{
		while (all[place] != ids[i])
			place++;
		places[i] = place;
	}
}

void
tally_add_bodies(TallyState *state, Side side, const uint16 *ids, int n)
{
	uint16		merged[BODY_IDS];
	int			n_merged = merge_ids(state, side, ids, n, merged);
	int			old_n[2] = {state->n[SIDE_A], state->n[SIDE_B]};
	int			places[2][BODY_IDS];
	int			numbers = cell_numbers(state->set);
	uint64	   *old_cells = state->cells;
	Size		n_cells;

	if (n_merged == state->n[side])
		return;
	tally_settle(state);
	for (Side s = SIDE_A; s <= SIDE_B; s++)
		find_places(state->ids[s], old_n[s], s == side ? merged : state->ids[s],
					places[s]);
	memcpy(state->ids[side], merged, n_merged * sizeof(uint16));
	state->n[side] = n_merged;

	n_cells = (Size) state->n[SIDE_A] * state->n[SIDE_B];
	state->cells = replace_array(state, NULL, n_cells * numbers * sizeof(uint64));
	for (int i = 0; i < old_n[SIDE_A]; i++)
		for (int j = 0; j < old_n[SIDE_B]; j++)
			memcpy(state->cells + numbers * (places[SIDE_A][i] * state->n[SIDE_B] +
											 places[SIDE_B][j]),
				   old_cells + numbers * (i * old_n[SIDE_B] + j),
				   numbers * sizeof(uint64));
	if (old_cells != NULL)
		pfree(old_cells);
	state->packed = replace_array(state, state->packed,
								  n_cells * state->set->n * sizeof(uint64));
	state->deviations = replace_array(state, state->deviations,
									  n_cells * sizeof(int32));

	/* made again when enough pairs came */
	for (Side s = SIDE_A; s <= SIDE_B; s++)
		if (state->waiting[s] != NULL)
		{
			pfree(state->waiting[s]);
			state->waiting[s] = NULL;
		}

	/* may be read in words of 8 bytes */
	state->codes = replace_array(state, state->codes, n_cells + sizeof(uint64));
}

void
check_same_set(const AspectSet *set, const AspectSet *other, const char *what)
{
	StringInfoData ours;
	StringInfoData theirs;

	if (likely(aspect_sets_equal(set, other)))
		return;
	initStringInfo(&ours);
	initStringInfo(&theirs);
	aspect_set_to_text(set, &ours);
	aspect_set_to_text(other, &theirs);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("%s must have the same aspect set throughout", what),
			 errdetail("One set is \"%s\", another is \"%s\".", ours.data, theirs.data)));
}

void
check_same_order(bool unordered, bool other)
{
	if (unordered != other)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("cannot add up the tally of a group and one of ordered pairs"),
				 errdetail("In a group, a pair of charts has no first and second.")));
}

void
tally_add_tally(TallyState *state, const TallyView *other)
{
	int			numbers = cell_numbers(state->set);
	int			places[2][BODY_IDS];
	const uint64 *from = other->cells;

	check_same_set(state->set, other->set, "an aspect tally");
	check_same_order(state->unordered, other->unordered);
	tally_add_bodies(state, SIDE_A, other->ids[SIDE_A], other->n);
	tally_add_bodies(state, SIDE_B, other->ids[SIDE_B], other->m);
	find_places(other->ids[SIDE_A], other->n, state->ids[SIDE_A], places[SIDE_A]);
	find_places(other->ids[SIDE_B], other->m, state->ids[SIDE_B], places[SIDE_B]);
	for (int i = 0; i < other->n; i++)
		for (int j = 0; j < other->m; j++)
		{
			int			row = places[SIDE_A][i];
			int			column = places[SIDE_B][j];
			uint64	   *to = state->cells +
			numbers * (row * state->n[SIDE_B] + column);

			for (int k = 0; k < numbers; k++)
				add_checked(state, row, column, &to[k], *from++);
		}
}

/*
 * Binary form: version, flags, n, m, the number of aspects, a reserved byte;
 * the ids of both sides; the numbers of all cells; the set as its text.
 */
Datum
aspect_tally_send(PG_FUNCTION_ARGS)
{
	TallyView	view;
	StringInfoData text;
	StringInfoData message;

	tally_view(PG_GETARG_ASPECT_TALLY(0), &view);
	initStringInfo(&text);
	aspect_set_to_text(view.set, &text);

	pq_begintypsend(&message);
	pq_sendint8(&message, ASPECT_TALLY_VERSION);
	pq_sendint8(&message, view.unordered ? ASPECT_TALLY_UNORDERED : 0);
	pq_sendint16(&message, view.n);
	pq_sendint16(&message, view.m);
	pq_sendint8(&message, view.set->n);
	pq_sendint8(&message, 0);
	for (int i = 0; i < view.n + view.m; i++)
		pq_sendint16(&message, view.ids[SIDE_A][i]);
	for (Size i = 0; i < (Size) view.n * view.m * cell_numbers(view.set); i++)
		pq_sendint64(&message, view.cells[i]);
	pq_sendtext(&message, text.data, text.len);
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

static void
refuse_binary(const char *detail)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 errmsg("invalid binary representation of an aspect tally"),
			 errdetail("%s", detail)));
}

/* The set, which follows the cells. */
static AspectSet *
receive_set(const StringInfo message, Size cells)
{
	StringInfoData rest = *message;
	char	   *text;
	int			length;

	if (cells > rest.len - rest.cursor)
		refuse_binary("Numbers are missing.");
	(void) pq_getmsgbytes(&rest, cells);
	text = pq_getmsgtext(&rest, rest.len - rest.cursor, &length);
	return aspect_set_from_text(text, length, NULL);
}

Datum
aspect_tally_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			version = pq_getmsgbyte(message);
	int			flags = pq_getmsgbyte(message);
	int			n = pq_getmsgint(message, 2);
	int			m = pq_getmsgint(message, 2);
	int			aspects = pq_getmsgbyte(message);
	int			reserved = pq_getmsgbyte(message);
	AspectSet  *set;
	AspectTally *tally;
	TallyView	view;
	Size		n_numbers;

	if (version != ASPECT_TALLY_VERSION || reserved != 0 ||
		(flags & ~ASPECT_TALLY_UNORDERED) != 0)
		refuse_binary("The header is not that of this version.");
	if (n > BODY_IDS || m > BODY_IDS || aspects > MAX_ASPECTS)
		refuse_binary("It has more bodies or aspects than there can be.");

	n_numbers = (Size) n * m * (1 + 2 * aspects);
	set = receive_set(message, (n + m) * sizeof(uint16) + n_numbers * sizeof(uint64));
	if (set->n != aspects)
		refuse_binary("The number of aspects is not that of the set.");
	tally = tally_allocate(set, flags != 0, n, m, &view);
	for (int i = 0; i < n + m; i++)
		view.ids[SIDE_A][i] = pq_getmsgint(message, 2);
	for (Size i = 0; i < n_numbers; i++)
		view.cells[i] = pq_getmsgint64(message);
	message->cursor = message->len; /* receive_set() read the rest */
	(void) tally_check(&view, ERRCODE_INVALID_BINARY_REPRESENTATION, NULL);
	PG_RETURN_POINTER(tally);
}
