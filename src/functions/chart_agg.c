/*
 * chart_agg.c
 *		chart_agg(): charts out of tables with one row per position.
 */
#include "postgres.h"

#include "functions/aggregate.h"
#include "types/chart_draft.h"

PG_FUNCTION_INFO_V1(chart_agg_accum);
PG_FUNCTION_INFO_V1(chart_agg_combine);

/* An argument that may be left out. */
static inline bool
has_argument(FunctionCallInfo fcinfo, int argno)
{
	return PG_NARGS() > argno && !PG_ARGISNULL(argno);
}

/* chart_agg(body, longitude[, speed[, declination]]): a position */
Datum
chart_agg_accum(PG_FUNCTION_ARGS)
{
	MemoryContext context = state_context(fcinfo);
	ChartBody	body = {0, UNKNOWN, UNKNOWN};
	ChartDraft *draft;
	int			id;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		return same_state(fcinfo);
	id = body_argument(fcinfo, 1);
	(void) check_longitude(PG_GETARG_FLOAT8(2), body_name(id), &body.longitude, NULL);
	if (has_argument(fcinfo, 3))
		(void) check_speed(PG_GETARG_FLOAT8(3), body_name(id), &body.speed, NULL);
	if (has_argument(fcinfo, 4))
		(void) check_declination(PG_GETARG_FLOAT8(4), body_name(id),
								 &body.declination, NULL);

	draft = PG_ARGISNULL(0) ? chart_draft_begin(context)
		: chart_draft_for_update(PG_GETARG_DATUM(0), context);
	draft_add(&draft->content, id, &body, draft->header.eoh_context);
	return EOHPGetRWDatum(&draft->header);
}

Datum
chart_agg_combine(PG_FUNCTION_ARGS)
{
	ChartDraft *draft = chart_draft_for_update(PG_GETARG_DATUM(0),
											   state_context(fcinfo));

	draft_add_chart(&draft->content, PG_GETARG_CHART(1), draft->header.eoh_context);
	return EOHPGetRWDatum(&draft->header);
}
