/*
 * selection.c
 *		Which bodies of a chart take part, and what lies between those of two.
 */
#include "postgres.h"

#include "functions/prepared.h"

/*
 * The bodies
 */

static void
select_start(Selection *selection)
{
	selection->n = 0;
	selection->longitudes = selection->selected_longitudes;
	selection->ids = selection->selected_ids;
}

static void
select_body(Selection *selection, const Chart *chart, const uint16 *ids, int i)
{
	selection->selected_longitudes[selection->n] = chart->longitudes[i];
	selection->selected_ids[selection->n] = ids[i];
	selection->n++;
}

void
select_all(const Chart *chart, Selection *selection)
{
	if (!chart_has_angles(chart))
	{
		const uint16 *ids = chart_ids(chart);

		select_start(selection);
		for (int i = 0; i < chart->n; i++)
			if (!body_turns_daily(ids[i]))
				select_body(selection, chart, ids, i);
		return;
	}
	selection->n = chart->n;
	selection->longitudes = chart->longitudes;
	selection->ids = chart_ids(chart);
}

void
select_for_set(const PreparedSet *prepared, Side side, const Chart *chart,
			   Selection *selection)
{
	const uint16 *ids = chart_ids(chart);
	bool		angles;

	if (!prepared->listed[side])
	{
		select_all(chart, selection);
		return;
	}
	angles = chart_has_angles(chart);
	select_start(selection);
	for (int i = 0; i < chart->n; i++)
		if (prepared->takes_part[side][ids[i]] && (angles || !body_turns_daily(ids[i])))
			select_body(selection, chart, ids, i);
}

void
select_for_model(const PreparedModel *prepared, Side side, const Chart *chart,
				 Selection *selection)
{
	const uint16 *ids = chart_ids(chart);
	bool		angles = chart_has_angles(chart);

	select_start(selection);
	for (int i = 0; i < chart->n; i++)
		if (prepared->place[side][ids[i]] >= 0 && (angles || !body_turns_daily(ids[i])))
			select_body(selection, chart, ids, i);
}

/*
 * The cells of a model
 */

/*
 * The cells
 */

/* What the cells of two selections lack, by the classes of their bodies. */
static uint32 *
select_shortfalls(const PreparedSet *prepared, const Selection *a, const Selection *b)
{
	int			classes = orb_classes(prepared->limits);
	int			groups = prepared->table.groups;
	uint32	   *shortfalls = palloc(Max(1, groups * a->n * b->n) * sizeof(uint32));
	uint32	   *next = shortfalls;

	for (int group = 0; group < groups; group++)
		for (int i = 0; i < a->n; i++)
		{
			const uint32 *row = prepared->shortfalls +
			(group * classes + orb_class(prepared->limits, a->ids[i])) * classes;

			for (int j = 0; j < b->n; j++)
				*next++ = row[orb_class(prepared->limits, b->ids[j])];
		}
	return shortfalls;
}

static void
find_by_cell(const AspectTable *table, const uint32 *shortfalls, const Selection *a,
			 const Selection *b, uint8 *codes, int32 *deviations)
{
	if (table->groups > 0)
		current_kernel->matrix_by_cell(table, shortfalls, a->longitudes, a->n,
									   b->longitudes, b->n, codes, deviations);
	else
		current_kernel->matrix(table, a->longitudes, a->n, b->longitudes, b->n,
							   codes, deviations);
}

void
find_cells(const PreparedSet *prepared, const Selection *a, const Selection *b,
		   uint8 *codes, int32 *deviations)
{
	uint32	   *shortfalls;

	if (likely(prepared->table.groups == 0))
	{
		find_by_cell(&prepared->table, NULL, a, b, codes, deviations);
		return;
	}
	shortfalls = select_shortfalls(prepared, a, b);
	find_by_cell(&prepared->table, shortfalls, a, b, codes, deviations);
	pfree(shortfalls);
}

void
find_natal_cells(const PreparedSet *prepared, const Selection *all,
				 uint8 *codes, int32 *deviations)
{
	AspectTable table;
	uint32	   *shortfalls;

	if (prepared->limits == NULL || !orb_limits_have_sides(prepared->limits))
	{
		find_cells(prepared, all, all, codes, deviations);
		return;
	}
	shortfalls = prepare_combinations(&table, prepared->set, prepared->limits,
									  all->ids, all->n, true);
	find_by_cell(&table, shortfalls, all, all, codes, deviations);
	pfree(shortfalls);
}

bool
model_cells(const PreparedModel *prepared, const uint8 *rows, int n,
			const uint8 *columns, int m, float *weights, uint32 *shortfalls)
{
	int			all_columns = prepared->n[SIDE_B];
	int			all_cells = prepared->n[SIDE_A] * all_columns;
	bool		any = false;

	for (int i = 0; i < n; i++)
		for (int j = 0; j < m; j++)
		{
			*weights = prepared->weights[rows[i] * all_columns + columns[j]];
			any |= (*weights++ != 0);
		}
	for (int group = 0; group < prepared->table.aspects.groups; group++)
		for (int i = 0; i < n; i++)
			for (int j = 0; j < m; j++)
				*shortfalls++ = prepared->shortfalls[group * all_cells +
													 rows[i] * all_columns + columns[j]];
	return any;
}

/* What the cells of two selections lack. */
static uint32 *
select_model_shortfalls(const PreparedModel *prepared, const Selection *a, const Selection *b)
{
	int			groups = prepared->table.aspects.groups;
	int			all_cells = prepared->n[SIDE_A] * prepared->n[SIDE_B];
	uint32	   *shortfalls = palloc(Max(1, groups * a->n * b->n) * sizeof(uint32));
	uint32	   *next = shortfalls;

	for (int group = 0; group < groups; group++)
		for (int i = 0; i < a->n; i++)
		{
			const uint32 *row = prepared->shortfalls + group * all_cells +
			prepared->place[SIDE_A][a->ids[i]] * prepared->n[SIDE_B];

			for (int j = 0; j < b->n; j++)
				*next++ = row[prepared->place[SIDE_B][b->ids[j]]];
		}
	return shortfalls;
}

void
find_model_cells(const PreparedModel *prepared, const Selection *a, const Selection *b,
				 uint8 *codes, int32 *deviations)
{
	uint32	   *shortfalls = NULL;

	if (prepared->table.aspects.groups > 0)
		shortfalls = select_model_shortfalls(prepared, a, b);
	find_by_cell(&prepared->table.aspects, shortfalls, a, b, codes, deviations);
	if (shortfalls != NULL)
		pfree(shortfalls);
}
