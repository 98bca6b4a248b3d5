/*
 * baseline.c
 *		What the bench compares with: a function that does next to nothing.
 *
 * It is called like synastry_score() and reads the chart like it, so the rest
 * of the time is that of the executor.
 */
#include "postgres.h"

#include "fmgr.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(bench_trivial);

PGDLLEXPORT Datum bench_trivial(PG_FUNCTION_ARGS);

/* trivial(chart, chart): something of both charts */
Datum
bench_trivial(PG_FUNCTION_ARGS)
{
	struct varlena *a = PG_DETOAST_DATUM(PG_GETARG_DATUM(0));
	struct varlena *b = PG_DETOAST_DATUM(PG_GETARG_DATUM(1));

	PG_RETURN_FLOAT8((double) VARDATA(a)[4] + VARDATA(b)[4]);
}
