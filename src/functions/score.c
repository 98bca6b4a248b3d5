/*
 * score.c
 *		Scores of pairs: synastry_score(), score_cells(), <~>.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"

#include "functions/score.h"
#include "stats/stats.h"

PG_FUNCTION_INFO_V1(synastry_score);
PG_FUNCTION_INFO_V1(chart_mismatch);
PG_FUNCTION_INFO_V1(chart_query_mismatch);
PG_FUNCTION_INFO_V1(score_cells);

/* the rows or columns of a selection in the weights of the model */
static void
place_selection(const PreparedModel *prepared, Side side, const Selection *selection,
				uint8 *places)
{
	for (int i = 0; i < selection->n; i++)
		places[i] = prepared->place[side][selection->ids[i]];
}

/* Two selections that have a body each: false if no cell scores. */
static bool
score_selections(const PreparedModel *prepared, const Selection *a, const Selection *b,
				 int64 *score)
{
	int			groups = prepared->table.aspects.groups;
	float	   *weights = palloc(a->n * b->n * sizeof(float));
	uint32	   *shortfalls = groups > 0
	? palloc(groups * a->n * b->n * sizeof(uint32)) : NULL;
	uint8		rows[MAX_BODIES];
	uint8		columns[MAX_BODIES];
	bool		any;

	place_selection(prepared, SIDE_A, a, rows);
	place_selection(prepared, SIDE_B, b, columns);
	any = model_cells(prepared, rows, a->n, columns, b->n, weights, shortfalls);
	if (any)
	{
		float	   *arranged = palloc(arranged_size(current_kernel, &prepared->table,
													a->n, b->n) * sizeof(float));

		arrange_cells(current_kernel, &prepared->table, weights, shortfalls, a->n, b->n,
					  arranged);
		*score = current_kernel->score(&prepared->table, a->longitudes, a->n,
									   b->longitudes, b->n, arranged);
		pfree(arranged);
	}
	if (shortfalls != NULL)
		pfree(shortfalls);
	pfree(weights);
	return any;
}

/* Any charts, any model: false if no cell scores. */
pg_noinline bool
score_any(const PreparedModel *prepared, const Chart *a, const Chart *b,
		  int64 *score)
{
	Selection	selection_a;
	Selection	selection_b;

	select_for_model(prepared, SIDE_A, a, &selection_a);
	select_for_model(prepared, SIDE_B, b, &selection_b);
	return selection_a.n > 0 && selection_b.n > 0 &&
		score_selections(prepared, &selection_a, &selection_b, score);
}

/* score_pair(), counted */
static inline bool
score_and_count(const PreparedModel *prepared, const Chart *a, const Chart *b,
				const StatCall *call, int64 *score)
{
	bool		scored = score_pair(prepared, a, b, score);

	stat_end_pair(call, a->n * b->n, CACHE_BYPASSED);
	return scored;
}

/* synastry_score(chart, chart, score_model) */
Datum
synastry_score(PG_FUNCTION_ARGS)
{
	PreparedModel *prepared;
	StatCall	call;
	int64		score;

	stat_begin(&call, STAT_SCORE);
	prepared = prepare_model(fcinfo, 2);
	if (!score_and_count(prepared, PG_GETARG_CHART(0), PG_GETARG_CHART(1), &call, &score))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((double) score / SCORE_ONE);
}

/* chart <~> chart: minus the score by the default model */
Datum
chart_mismatch(PG_FUNCTION_ARGS)
{
	PreparedModel *prepared;
	StatCall	call;
	int64		score;

	stat_begin(&call, STAT_SCORE);
	prepared = prepare_preset_model(fcinfo, "personal");
	if (!score_and_count(prepared, PG_GETARG_CHART(0), PG_GETARG_CHART(1), &call, &score))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((double) -score / SCORE_ONE);
}

/* chart <~> score_query: minus the score by the model of the query */
Datum
chart_query_mismatch(PG_FUNCTION_ARGS)
{
	const Chart *query_chart;
	PreparedModel *prepared;
	StatCall	call;
	int64		score;

	stat_begin(&call, STAT_SCORE);
	prepared = prepare_query(fcinfo, 1, &query_chart);
	if (!score_and_count(prepared, PG_GETARG_CHART(0), query_chart, &call, &score))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8((double) -score / SCORE_ONE);
}

/*
 * score_cells(chart, chart, score_model): every cell with an aspect that
 * scores, and what it adds.  The contributions sum up to the score exactly:
 * they are multiples of 1 / SCORE_ONE.
 */
Datum
score_cells(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	PreparedModel *prepared;
	Selection	a;
	Selection	b;
	uint8	   *codes;
	int32	   *deviations;
	StatCall	call;

	stat_begin(&call, STAT_SCORE_CELLS);
	prepared = prepare_model(fcinfo, 2);
	InitMaterializedSRF(fcinfo, 0);
	select_for_model(prepared, SIDE_A, PG_GETARG_CHART(0), &a);
	select_for_model(prepared, SIDE_B, PG_GETARG_CHART(1), &b);
	codes = palloc(a.n * b.n + 1);
	deviations = palloc(a.n * b.n * sizeof(int32) + 1);
	find_model_cells(prepared, &a, &b, codes, deviations);

	for (int i = 0; i < a.n; i++)
		for (int j = 0; j < b.n; j++)
		{
			int			cell = i * b.n + j;
			float		weight = prepared_weight(prepared, a.ids[i], b.ids[j]);
			binary_angle orb = cell_orb(deviations[cell]);
			binary_angle max_orb;
			Datum		values[5];
			bool		nulls[5] = {false};

			if (codes[cell] == 0 || weight == 0)
				continue;
			max_orb = cell_max_orb(prepared->set, prepared->limits, a.ids[i], b.ids[j],
								   codes[cell]);
			values[0] = CStringGetTextDatum(body_name(a.ids[i]));
			values[1] = CStringGetTextDatum(body_name(b.ids[j]));
			values[2] = CStringGetTextDatum(aspect_set_name(prepared->set, codes[cell] - 1));
			values[3] = Float8GetDatum(arc_to_degrees(orb));
			values[4] = Float8GetDatum((double) score_cell(&prepared->table, codes[cell],
														   orb, max_orb, weight) / SCORE_ONE);
			tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		}
	stat_end_rows(&call, a.n * b.n, rows_returned(rsinfo));
	return (Datum) 0;
}
