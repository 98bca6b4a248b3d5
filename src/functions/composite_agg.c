/*
 * composite_agg.c
 *		composite_agg(): the chart of circular means of many charts.
 *
 * A longitude is added up as a vector of length one, in exact integers, so
 * that neither the order of the charts nor how they were shared out to workers
 * can be seen in the result.
 *
 * The state is small and flat.  It is changed in place when the executor says
 * that an aggregate is running: its state then belongs to the aggregate.
 */
#include "postgres.h"

#include "functions/aggregate.h"
#include "functions/prepared.h"
#include "types/chart_sum.h"

PG_FUNCTION_INFO_V1(composite_agg_accum);
PG_FUNCTION_INFO_V1(composite_agg_combine);
PG_FUNCTION_INFO_V1(composite_agg_final);

/*
 * A mean vector both of whose components are shorter than 2^-20 has no
 * direction: 0, 120 and 240 degrees are not exactly these as binary angles.
 */
#define MIN_RESULTANT	(UNIT_LENGTH >> 20)

/* The first argument, to be changed. */
static ChartSum *
sum_for_update(FunctionCallInfo fcinfo)
{
	struct varlena *argument = (struct varlena *) PG_GETARG_POINTER(0);
	struct varlena *sum = PG_DETOAST_DATUM(PointerGetDatum(argument));
	ChartSum   *copy;

	if (sum != argument || AggCheckCallContext(fcinfo, NULL))
		return (ChartSum *) sum;
	copy = palloc(VARSIZE(sum));
	memcpy(copy, sum, VARSIZE(sum));
	return copy;
}

/*
 * Adds vectors of some bodies, ascending by id, of so many charts.  What either
 * side does not have is not known of all and falls out.
 */
static ChartSum *
add_vectors(ChartSum *sum, uint64 charts, const uint16 *ids,
			const UnitVector *vectors, int n)
{
	UnitVector	kept[MAX_BODIES];
	uint16		kept_ids[MAX_BODIES];
	int			n_kept = 0;
	int			j = 0;
	ChartSum   *result = sum;

	if (sum->charts + charts > MAX_SUMMED_CHARTS)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("too many charts for a composite"),
				 errdetail("At most %d can be added up.", MAX_SUMMED_CHARTS)));
	for (int i = 0; i < sum->n; i++)
	{
		int			id = chart_sum_ids(sum)[i];

		while (j < n && ids[j] < id)
			j++;
		if (j == n || ids[j] != id)
			continue;
		kept[n_kept].x = sum->sums[i].x + vectors[j].x;
		kept[n_kept].y = sum->sums[i].y + vectors[j].y;
		kept_ids[n_kept++] = id;
	}
	if (n_kept < sum->n)
		result = chart_sum_allocate(n_kept, sum->charts);
	result->charts += charts;
	memcpy(result->sums, kept, n_kept * sizeof(UnitVector));
	memcpy(chart_sum_ids(result), kept_ids, n_kept * sizeof(uint16));
	return result;
}

/* composite_agg(chart): a chart; null is skipped */
Datum
composite_agg_accum(PG_FUNCTION_ARGS)
{
	const Chart *chart;
	Selection	bodies_known;
	UnitVector	vectors[MAX_BODIES];
	ChartSum   *sum;
	int			n;

	if (PG_ARGISNULL(1))
		return same_state(fcinfo);
	chart = PG_GETARG_CHART(1);
	select_all(chart, &bodies_known);
	n = bodies_known.n;
	for (int i = 0; i < n; i++)
		vectors[i] = unit_vector(bodies_known.longitudes[i]);
	if (!PG_ARGISNULL(0))
		PG_RETURN_POINTER(add_vectors(sum_for_update(fcinfo), 1, bodies_known.ids,
									  vectors, n));

	sum = chart_sum_allocate(n, 1);
	memcpy(sum->sums, vectors, n * sizeof(UnitVector));
	memcpy(chart_sum_ids(sum), bodies_known.ids, n * sizeof(uint16));
	PG_RETURN_POINTER(sum);
}

Datum
composite_agg_combine(PG_FUNCTION_ARGS)
{
	const ChartSum *other = (const ChartSum *) PG_GETARG_VARLENA_P(1);

	PG_RETURN_POINTER(add_vectors(sum_for_update(fcinfo), other->charts,
								  chart_sum_ids(other), other->sums, other->n));
}

Datum
composite_agg_final(PG_FUNCTION_ARGS)
{
	const ChartSum *sum = (const ChartSum *) PG_GETARG_VARLENA_P(0);
	int64		least = (int64) sum->charts * MIN_RESULTANT;
	ChartBuilder builder;

	chart_builder_init(&builder);
	for (int i = 0; i < sum->n; i++)
	{
		ChartBody	body = {0, UNKNOWN, UNKNOWN};
		int64		x = sum->sums[i].x;
		int64		y = sum->sums[i].y;

		if (x > -least && x < least && y > -least && y < least)
			continue;
		body.longitude = vector_direction(x, y);
		(void) chart_builder_add(&builder, chart_sum_ids(sum)[i], &body, NULL);
	}
	PG_RETURN_POINTER(chart_builder_finish(&builder, NULL));
}
