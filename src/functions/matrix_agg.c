/*
 * matrix_agg.c
 *		aspect_matrix_agg(): an aspect matrix straight from rows that hold the
 *		longitudes of a body in two charts.
 */
#include "postgres.h"

#include "functions/aggregate.h"
#include "functions/prepared.h"
#include "types/aspect_tally.h"
#include "types/chart_group.h"

PG_FUNCTION_INFO_V1(aspect_matrix_agg_accum);
PG_FUNCTION_INFO_V1(aspect_matrix_agg_combine);
PG_FUNCTION_INFO_V1(aspect_matrix_agg_final);

/* aspect_matrix_agg(body, longitude_a, longitude_b[, aspect_set]): a body */
Datum
aspect_matrix_agg_accum(PG_FUNCTION_ARGS)
{
	const PreparedSet *prepared;
	ChartPair  *pair;
	int			id;

	if (PG_ARGISNULL(1) || (PG_ARGISNULL(2) && PG_ARGISNULL(3)) ||
		(PG_NARGS() > 4 && PG_ARGISNULL(4)))
		return same_state(fcinfo);
	prepared = PG_NARGS() > 4 ? prepare_set(fcinfo, 4) : prepare_default_set(fcinfo);
	pair = PG_ARGISNULL(0)
		? chart_pair_begin(prepared->set, state_context(fcinfo))
		: chart_pair_for_update(PG_GETARG_DATUM(0), state_context(fcinfo));
	check_same_set(pair->set, prepared->set, "an aspect matrix");

	id = body_argument(fcinfo, 1);
	for (Side side = SIDE_A; side <= SIDE_B; side++)
	{
		ChartBody	body = {0, UNKNOWN, UNKNOWN};

		if (PG_ARGISNULL(2 + side))
			continue;
		(void) check_longitude(PG_GETARG_FLOAT8(2 + side), body_name(id),
							   &body.longitude, NULL);
		draft_add(&pair->sides[side], id, &body, pair->header.eoh_context);
	}
	return EOHPGetRWDatum(&pair->header);
}

Datum
aspect_matrix_agg_combine(PG_FUNCTION_ARGS)
{
	ChartPair  *pair = chart_pair_for_update(PG_GETARG_DATUM(0),
											 state_context(fcinfo));
	ChartGroupView other;

	chart_group_view(PG_GETARG_DATUM(1), &other);
	chart_pair_add(pair, &other);
	return EOHPGetRWDatum(&pair->header);
}

Datum
aspect_matrix_agg_final(PG_FUNCTION_ARGS)
{
	ChartGroupView group;
	const Chart *a;

	chart_group_view(PG_GETARG_DATUM(0), &group);
	if (group.n != 2)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the state of aspect_matrix_agg() has two charts, not %u",
						group.n)));
	a = (const Chart *) group.charts;
	PG_RETURN_POINTER(matrix_of_pair(prepare_set_once(group.set), a, next_chart(a)));
}
