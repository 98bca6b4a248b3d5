/*
 * aspects.c
 *		The aspects of a pair: aspect_matrix() and the rows of aspects().
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"

#include "functions/prepared.h"

PG_FUNCTION_INFO_V1(aspect_matrix);
PG_FUNCTION_INFO_V1(aspects_of_charts);
PG_FUNCTION_INFO_V1(aspects_of_matrix);

/* Any charts, any set. */
pg_noinline AspectMatrix *
matrix_of_any(const PreparedSet *prepared, const Chart *chart_a,
			  const Chart *chart_b)
{
	Selection	a;
	Selection	b;
	AspectMatrix *matrix;
	MatrixView	view;

	select_for_set(prepared, SIDE_A, chart_a, &a);
	select_for_set(prepared, SIDE_B, chart_b, &b);
	matrix = matrix_allocate(prepared->set, a.n, b.n, &view);
	memcpy(view.ids[SIDE_A], a.ids, a.n * sizeof(uint16));
	memcpy(view.ids[SIDE_B], b.ids, b.n * sizeof(uint16));
	current_kernel->matrix(&prepared->table, a.longitudes, a.n,
						   b.longitudes, b.n, view.codes, view.deviations);
	return matrix;
}

/* aspect_matrix(chart, chart, aspect_set) */
Datum
aspect_matrix(PG_FUNCTION_ARGS)
{
	const PreparedSet *prepared = prepare_set(fcinfo, 2);
	const Chart *a = PG_GETARG_CHART(0);
	const Chart *b = PG_GETARG_CHART(1);
	AspectMatrix *matrix;
	MatrixView	view;

	if (unlikely(prepared->planets == NULL ||
				 (a->flags & CHART_HAS_IDS) || (b->flags & CHART_HAS_IDS)))
		PG_RETURN_POINTER(matrix_of_any(prepared, a, b));

	matrix = matrix_allocate_like(prepared->planets, &view);
	current_kernel->matrix(&prepared->table, a->longitudes, PLANETS,
						   b->longitudes, PLANETS, view.codes, view.deviations);
	PG_RETURN_POINTER(matrix);
}

/*
 * Do the signs of two bodies stand as the aspect wants (a trine four signs
 * apart)?  NULL where the angle is not a whole number of signs.
 */
static Datum
out_of_sign(binary_angle angle, binary_angle a, binary_angle b, bool *isnull)
{
	static const int degrees_per_sign = 360 / SIGNS;
	int			apart = abs(angle_sign(a) - angle_sign(b));

	for (int signs = 0; signs <= SIGNS / 2; signs++)
		if (angle == angle_from_arc(signs * degrees_per_sign))
			return BoolGetDatum(Min(apart, SIGNS - apart) != signs);
	*isnull = true;
	return (Datum) 0;
}

/* columns that both forms have: body_a .. nature */
#define ASPECT_COLUMNS	9

static void
fill_aspect(Datum *values, const AspectSet *set, int id_a, int id_b,
			uint8 code, int32 deviation)
{
	const SetAspect *aspect = &set->aspects[code - 1];
	binary_angle orb = cell_orb(deviation);

	values[0] = CStringGetTextDatum(body_name(id_a));
	values[1] = CStringGetTextDatum(body_name(id_b));
	values[2] = CStringGetTextDatum(aspect_set_name(set, code - 1));
	values[3] = Float8GetDatum(angle_to_degrees(aspect->angle));
	values[4] = Float8GetDatum(arc_to_degrees(cell_separation(set, code, deviation)));
	values[5] = Float8GetDatum(arc_to_degrees(orb));
	values[6] = Float8GetDatum(angle_to_degrees(aspect->max_orb));
	values[7] = Float8GetDatum(cell_strength(orb, aspect->max_orb));
	values[8] = CStringGetTextDatum(aspect_nature_name(aspect_set_nature(set, code - 1)));
}

/* aspects(chart, chart, aspect_set) */
Datum
aspects_of_charts(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	const PreparedSet *prepared = prepare_set(fcinfo, 2);
	const AspectSet *set = prepared->set;
	Selection	a;
	Selection	b;
	uint8	   *codes;
	int32	   *deviations;

	InitMaterializedSRF(fcinfo, 0);
	select_for_set(prepared, SIDE_A, PG_GETARG_CHART(0), &a);
	select_for_set(prepared, SIDE_B, PG_GETARG_CHART(1), &b);
	codes = palloc(a.n * b.n + 1);
	deviations = palloc(a.n * b.n * sizeof(int32) + 1);
	current_kernel->matrix(&prepared->table, a.longitudes, a.n,
						   b.longitudes, b.n, codes, deviations);

	for (int i = 0; i < a.n; i++)
		for (int j = 0; j < b.n; j++)
		{
			int			cell = i * b.n + j;
			Datum		values[ASPECT_COLUMNS + 3];
			bool		nulls[ASPECT_COLUMNS + 3] = {false};

			if (codes[cell] == 0)
				continue;
			fill_aspect(values, set, a.ids[i], b.ids[j], codes[cell], deviations[cell]);
			values[9] = Float8GetDatum(angle_to_degrees(a.longitudes[i]));
			values[10] = Float8GetDatum(angle_to_degrees(b.longitudes[j]));
			values[11] = out_of_sign(set->aspects[codes[cell] - 1].angle,
									 a.longitudes[i], b.longitudes[j], &nulls[11]);
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		}
	return (Datum) 0;
}

/* aspects(aspect_matrix) */
Datum
aspects_of_matrix(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	MatrixView	view;

	InitMaterializedSRF(fcinfo, 0);
	matrix_view(PG_GETARG_ASPECT_MATRIX(0), &view);
	for (int i = 0; i < view.n; i++)
		for (int j = 0; j < view.m; j++)
		{
			int			cell = i * view.m + j;
			Datum		values[ASPECT_COLUMNS];
			bool		nulls[ASPECT_COLUMNS] = {false};

			if (view.codes[cell] == 0)
				continue;
			fill_aspect(values, view.set, view.ids[SIDE_A][i], view.ids[SIDE_B][j],
						view.codes[cell], view.deviations[cell]);
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		}
	return (Datum) 0;
}
