/*
 * aspects.c
 *		The aspects of a pair: aspect_matrix(), and the rows of aspects(),
 *		natal_aspects() and transits().
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"

#include "functions/cached.h"
#include "functions/certainty.h"
#include "functions/moving.h"
#include "functions/prepared.h"
#include "stats/stats.h"

PG_FUNCTION_INFO_V1(aspect_matrix);
PG_FUNCTION_INFO_V1(aspects_of_charts);
PG_FUNCTION_INFO_V1(aspects_of_matrix);
PG_FUNCTION_INFO_V1(natal_aspects);
PG_FUNCTION_INFO_V1(transits);

/* Any charts, any set. */
static AspectMatrix *
matrix_of_selections(const PreparedSet *prepared, const Selection *a, const Selection *b)
{
	MatrixView	view;
	AspectMatrix *matrix = matrix_allocate(prepared->set, a->n, b->n, &view);

	memcpy(view.ids[SIDE_A], a->ids, a->n * sizeof(uint16));
	memcpy(view.ids[SIDE_B], b->ids, b->n * sizeof(uint16));
	find_cells(prepared, a, b, view.codes, view.deviations);
	return matrix;
}

/* The same out of the cache, or into it. */
static AspectMatrix *
find_matrix(const PreparedSet *prepared, const Chart *chart_a, const Chart *chart_b,
			const Selection *a, const Selection *b, StatCached *cached)
{
	CacheKey	key;
	AspectMatrix *matrix;

	cache_key_begin(&key, CACHED_MATRIX, MATRIX_VERSION);
	cache_key_add_value(&key, prepared->set);
	cache_key_add_value(&key, chart_a);
	cache_key_add_value(&key, chart_b);
	cache_key_finish(&key);
	matrix = cache_get_value(&key, false);
	*cached = matrix != NULL ? CACHE_HIT : CACHE_MISS;
	if (matrix == NULL)
	{
		matrix = matrix_of_selections(prepared, a, b);
		cache_put(&key, matrix, VARSIZE(matrix));
	}
	cache_key_free(&key);
	return matrix;
}

/*
 * Each aspect of a set whose orbs overlap is tried for every cell.  With so
 * many, making a matrix takes three times as long as finding it, measured with
 * the fastest kernel.  Where one look-up tells the aspect of a cell, all cells
 * are done before the cache has answered.
 */
#define CACHED_ASPECTS	8

static bool
is_dear(const PreparedSet *prepared, int cells)
{
	return cells >= cache_min_cells && !prepared->table.bucketed &&
		prepared->table.n >= CACHED_ASPECTS;
}

/* Any charts, any set. */
static pg_noinline AspectMatrix *
matrix_of_any(const PreparedSet *prepared, const Chart *chart_a,
			  const Chart *chart_b, StatCached *cached)
{
	Selection	a;
	Selection	b;

	select_for_set(prepared, SIDE_A, chart_a, &a);
	select_for_set(prepared, SIDE_B, chart_b, &b);
	if (is_dear(prepared, a.n * b.n) && cache_is_on)
		return find_matrix(prepared, chart_a, chart_b, &a, &b, cached);
	return matrix_of_selections(prepared, &a, &b);
}

static inline AspectMatrix *
make_matrix(const PreparedSet *prepared, const Chart *a, const Chart *b, StatCached *cached)
{
	AspectMatrix *matrix;
	MatrixView	view;

	*cached = CACHE_BYPASSED;
	if (unlikely(prepared->planets == NULL ||
				 (a->flags & CHART_HAS_IDS) || (b->flags & CHART_HAS_IDS)))
		return matrix_of_any(prepared, a, b, cached);

	matrix = matrix_allocate_like(prepared->planets, &view);
	if (unlikely(prepared->planet_table->groups > 0))
		current_kernel->matrix_by_cell(prepared->planet_table, prepared->planet_shortfalls,
									   a->longitudes, PLANETS, b->longitudes, PLANETS,
									   view.codes, view.deviations);
	else
		current_kernel->matrix(prepared->planet_table, a->longitudes, PLANETS,
							   b->longitudes, PLANETS, view.codes, view.deviations);
	return matrix;
}

AspectMatrix *
matrix_of_pair(const PreparedSet *prepared, const Chart *a, const Chart *b)
{
	StatCached	cached;

	return make_matrix(prepared, a, b, &cached);
}

/* aspect_matrix(chart, chart, aspect_set) */
Datum
aspect_matrix(PG_FUNCTION_ARGS)
{
	const Chart *a = PG_GETARG_CHART(0);
	const Chart *b = PG_GETARG_CHART(1);
	StatCall	call;
	StatCached	cached;
	AspectMatrix *matrix;

	stat_begin(&call, STAT_MATRIX);
	matrix = make_matrix(prepare_set(fcinfo, 2), a, b, &cached);
	stat_end_pair(&call, a->n * b->n, cached);
	PG_RETURN_POINTER(matrix);
}

/*
 * Do the signs of two bodies stand as the aspect wants (a trine four signs
 * apart)?  NULL where the angle is not a whole number of signs.
 */
static Datum
out_of_sign(binary_angle angle, binary_angle a, binary_angle b, bool *isnull)
{
	int			signs = angle_whole_signs(angle);

	*isnull = (signs < 0);
	return *isnull ? (Datum) 0 : BoolGetDatum(angle_signs_apart(a, b) != signs);
}

/* columns that all have: body_a .. nature */
#define MATRIX_COLUMNS	9
/* and with the longitudes: longitude_a, longitude_b, out_of_sign */
#define CHART_COLUMNS	(MATRIX_COLUMNS + 3)
/* and with speeds: phase, days_to_exact */
#define MOTION_COLUMNS	(CHART_COLUMNS + 2)
/* with charts, certain comes after all of these */

static void
fill_aspect(Datum *values, const AspectSet *set, binary_angle max_orb,
			int id_a, int id_b, uint8 code, int32 deviation)
{
	const SetAspect *aspect = &set->aspects[code - 1];
	binary_angle orb = cell_orb(deviation);

	values[0] = CStringGetTextDatum(body_name(id_a));
	values[1] = CStringGetTextDatum(body_name(id_b));
	values[2] = CStringGetTextDatum(aspect_set_name(set, code - 1));
	values[3] = Float8GetDatum(angle_to_degrees(aspect->angle));
	values[4] = Float8GetDatum(arc_to_degrees(cell_separation(set, code, deviation)));
	values[5] = Float8GetDatum(arc_to_degrees(orb));
	values[6] = Float8GetDatum(angle_to_degrees(max_orb));
	values[7] = Float8GetDatum(cell_strength(orb, max_orb));
	values[8] = CStringGetTextDatum(aspect_nature_name(aspect_set_nature(set, code - 1)));
}

/* longitude_a, longitude_b, out_of_sign */
static void
fill_longitudes(Datum *values, bool *nulls, const AspectSet *set, uint8 code,
				binary_angle a, binary_angle b)
{
	values[MATRIX_COLUMNS] = Float8GetDatum(angle_to_degrees(a));
	values[MATRIX_COLUMNS + 1] = Float8GetDatum(angle_to_degrees(b));
	values[MATRIX_COLUMNS + 2] = out_of_sign(set->aspects[code - 1].angle, a, b,
											 &nulls[MATRIX_COLUMNS + 2]);
}

/* phase, days_to_exact; NULL where a speed is not known */
static void
fill_motion(Datum *values, bool *nulls, const Mover *a, const Mover *b,
			int32 deviation)
{
	Motion		motion;

	nulls[CHART_COLUMNS] = nulls[CHART_COLUMNS + 1] = true;
	if (a->speed == UNKNOWN || b->speed == UNKNOWN)
		return;
	motion = aspect_motion(a, b, deviation);
	nulls[CHART_COLUMNS] = false;
	values[CHART_COLUMNS] = CStringGetTextDatum(phase_name(motion.phase));
	nulls[CHART_COLUMNS + 1] = !motion.has_days;
	values[CHART_COLUMNS + 1] = Float8GetDatum(motion.days_to_exact);
}

/* certain, the last column */
static void
fill_certainty(Datum *value, bool *isnull, Certainty certainty)
{
	*isnull = (certainty == CERTAINTY_UNKNOWN);
	*value = BoolGetDatum(certainty == CERTAIN);
}

/* All cells of two selections, in memory of the caller's context. */
typedef struct Cells
{
	uint8	   *codes;
	int32	   *deviations;
} Cells;

static Cells
allocate_cells(const Selection *a, const Selection *b)
{
	Cells		cells;

	cells.codes = palloc(a->n * b->n + 1);
	cells.deviations = palloc(a->n * b->n * sizeof(int32) + 1);
	return cells;
}

static Cells
compute_cells(const PreparedSet *prepared, const Selection *a,
			  const Selection *b)
{
	Cells		cells = allocate_cells(a, b);

	find_cells(prepared, a, b, cells.codes, cells.deviations);
	return cells;
}

/* A body of a selection with its speed in the chart. */
static Mover
mover_of(const ChartView *view, const Selection *selection, int i)
{
	Mover		mover = {selection->ids[i], selection->longitudes[i], UNKNOWN};
	int			place = 0;

	if (view->speeds == NULL)
		return mover;
	while (view->ids[place] != mover.id)
		place++;
	mover.speed = view->speeds[place];
	return mover;
}

/* The table of a set for two bodies, which may have orbs of their own. */
static const AspectTable *
table_of_cell(const PreparedSet *prepared, int id_a, int id_b, bool either_way,
			  AspectTable *table)
{
	AspectRule	rules[MAX_ASPECTS];
	int			n = aspect_set_rules(prepared->set, rules);
	int			allowed = 0;

	if (prepared->limits == NULL)
		return &prepared->table;
	for (int i = 0; i < n; i++)
	{
		int			k = rules[i].code - 1;

		if (!orb_allowed(prepared->limits, id_a, id_b, k) &&
			!(either_way && orb_allowed(prepared->limits, id_b, id_a, k)))
			continue;
		rules[i].max_orb = orb_limit(prepared->limits, id_a, id_b, k);
		if (rules[i].max_orb != NO_ASPECT)
			rules[allowed++] = rules[i];
	}
	aspect_table_prepare(table, rules, allowed, aspect_set_options(prepared->set));
	return table;
}

/* Two charts whose bodies are early or late each by its own uncertainty. */
static Certainty
certainty_of_pair(const PreparedSet *prepared, uint8 code,
				  const ChartView *chart_a, const Selection *a, int i,
				  const ChartView *chart_b, const Selection *b, int j)
{
	AspectTable table;
	Mover		first;
	Mover		second;

	if (likely(chart_a->uncertainty == 0 && chart_b->uncertainty == 0))
		return CERTAIN;
	first = mover_of(chart_a, a, i);
	second = mover_of(chart_b, b, j);
	return certainty_between(table_of_cell(prepared, first.id, second.id, false, &table), code,
							 &first, chart_a->uncertainty, &second, chart_b->uncertainty);
}

/* the bodies of one chart */
static Certainty
certainty_inside(const PreparedSet *prepared, uint8 code, const Mover *a,
				 const Mover *b, uint32 uncertainty)
{
	AspectTable table;

	if (likely(uncertainty == 0))
		return CERTAIN;
	return certainty_within(table_of_cell(prepared, a->id, b->id, true, &table), code, a, b,
							uncertainty);
}

/* aspects(chart, chart, aspect_set) */
Datum
aspects_of_charts(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	const PreparedSet *prepared;
	ChartView	view_a;
	ChartView	view_b;
	Selection	a;
	Selection	b;
	Cells		cells;
	StatCall	call;

	stat_begin(&call, STAT_ASPECTS);
	prepared = prepare_set(fcinfo, 2);
	InitMaterializedSRF(fcinfo, 0);
	chart_view(PG_GETARG_CHART(0), &view_a);
	chart_view(PG_GETARG_CHART(1), &view_b);
	select_for_set(prepared, SIDE_A, PG_GETARG_CHART(0), &a);
	select_for_set(prepared, SIDE_B, PG_GETARG_CHART(1), &b);
	cells = compute_cells(prepared, &a, &b);

	for (int i = 0; i < a.n; i++)
		for (int j = 0; j < b.n; j++)
		{
			uint8		code = cells.codes[i * b.n + j];
			Datum		values[CHART_COLUMNS + 1];
			bool		nulls[CHART_COLUMNS + 1] = {false};

			if (code == 0)
				continue;
			fill_aspect(values, prepared->set,
						cell_max_orb(prepared->set, prepared->limits, a.ids[i], b.ids[j], code),
						a.ids[i], b.ids[j], code, cells.deviations[i * b.n + j]);
			fill_longitudes(values, nulls, prepared->set, code,
							a.longitudes[i], b.longitudes[j]);
			fill_certainty(&values[CHART_COLUMNS], &nulls[CHART_COLUMNS],
						   certainty_of_pair(prepared, code, &view_a, &a, i, &view_b, &b, j));
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		}
	stat_end_rows(&call, a.n * b.n, rows_returned(rsinfo));
	return (Datum) 0;
}

static void
put_moving_aspect(ReturnSetInfo *rsinfo, const PreparedSet *prepared,
				  const Mover *a, const Mover *b, uint8 code, int32 deviation,
				  Certainty certainty)
{
	Datum		values[MOTION_COLUMNS + 1];
	bool		nulls[MOTION_COLUMNS + 1] = {false};

	fill_aspect(values, prepared->set, moving_max_orb(prepared, a, b, code, deviation),
				a->id, b->id, code, deviation);
	fill_longitudes(values, nulls, prepared->set, code, a->longitude, b->longitude);
	fill_motion(values, nulls, a, b, deviation);
	fill_certainty(&values[MOTION_COLUMNS], &nulls[MOTION_COLUMNS], certainty);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* transits(sky, natal, aspect_set): the sky moves, the birth chart stands */
Datum
transits(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	const PreparedSet *prepared;
	ChartView	sky;
	ChartView	natal;
	Selection	a;
	Selection	b;
	Cells		cells;
	StatCall	call;

	stat_begin(&call, STAT_ASPECTS);
	prepared = prepare_set(fcinfo, 2);
	InitMaterializedSRF(fcinfo, 0);
	chart_view(PG_GETARG_CHART(0), &sky);
	chart_view(PG_GETARG_CHART(1), &natal);
	select_for_set(prepared, SIDE_A, PG_GETARG_CHART(0), &a);
	select_for_set(prepared, SIDE_B, PG_GETARG_CHART(1), &b);
	cells = compute_cells(prepared, &a, &b);

	for (int i = 0; i < a.n; i++)
	{
		Mover		moving = mover_of(&sky, &a, i);

		for (int j = 0; j < b.n; j++)
		{
			Mover		standing = {b.ids[j], b.longitudes[j], 0};
			uint8		code = cells.codes[i * b.n + j];
			int32		deviation = cells.deviations[i * b.n + j];

			if (motion_matters(prepared, &moving, &standing))
				code = find_moving_aspect(prepared, &moving, &standing, false, &deviation);
			if (code != 0)
				put_moving_aspect(rsinfo, prepared, &moving, &standing, code, deviation,
								  certainty_of_pair(prepared, code, &sky, &a, i, &natal, &b, j));
		}
	}
	stat_end_rows(&call, a.n * b.n, rows_returned(rsinfo));
	return (Datum) 0;
}

/*
 * natal_aspects(chart, aspect_set): inside one chart, each pair once.  If the
 * set has a list for each side, one body must be on one and the other on the
 * other, whichever comes first.
 */
Datum
natal_aspects(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	const Chart *chart = PG_GETARG_CHART(0);
	const PreparedSet *prepared;
	const bool	(*takes_part)[BODY_IDS];
	ChartView	view;
	Selection	all;
	Cells		cells;
	StatCall	call;

	stat_begin(&call, STAT_ASPECTS);
	prepared = prepare_set(fcinfo, 1);
	takes_part = prepared->takes_part;
	InitMaterializedSRF(fcinfo, 0);
	chart_view(chart, &view);
	select_all(chart, &all);
	cells = allocate_cells(&all, &all);
	find_natal_cells(prepared, &all, cells.codes, cells.deviations);

	for (int i = 0; i < all.n; i++)
		for (int j = i + 1; j < all.n; j++)
		{
			int			cell = i * all.n + j;
			int			first = all.ids[i];
			int			second = all.ids[j];
			Mover		a;
			Mover		b;
			uint8		code = cells.codes[cell];
			int32		deviation = cells.deviations[cell];

			if (!((takes_part[SIDE_A][first] && takes_part[SIDE_B][second]) ||
				  (takes_part[SIDE_A][second] && takes_part[SIDE_B][first])))
				continue;
			a = mover_of(&view, &all, i);
			b = mover_of(&view, &all, j);
			if (motion_matters(prepared, &a, &b))
				code = find_moving_aspect(prepared, &a, &b, true, &deviation);
			if (code != 0)
				put_moving_aspect(rsinfo, prepared, &a, &b, code, deviation,
								  certainty_inside(prepared, code, &a, &b, view.uncertainty));
		}
	stat_end_rows(&call, all.n * (all.n - 1) / 2, rows_returned(rsinfo));
	return (Datum) 0;
}

/* aspects(aspect_matrix) */
Datum
aspects_of_matrix(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	MatrixView	view;
	const OrbLimits *limits;

	InitMaterializedSRF(fcinfo, 0);
	matrix_view(PG_GETARG_ASPECT_MATRIX(0), &view);
	limits = orb_limits_create(view.set);
	for (int i = 0; i < view.n; i++)
		for (int j = 0; j < view.m; j++)
		{
			int			cell = i * view.m + j;
			Datum		values[MATRIX_COLUMNS];
			bool		nulls[MATRIX_COLUMNS] = {false};

			if (view.codes[cell] == 0)
				continue;
			fill_aspect(values, view.set,
						cell_max_orb(view.set, limits, view.ids[SIDE_A][i],
									 view.ids[SIDE_B][j], view.codes[cell]),
						view.ids[SIDE_A][i], view.ids[SIDE_B][j],
						view.codes[cell], view.deviations[cell]);
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		}
	return (Datum) 0;
}
