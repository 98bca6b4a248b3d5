/*
 * baseline.c
 *		What the bench compares with: functions that do next to nothing.
 *
 * bench_trivial() is called like synastry_score() and reads the chart like it,
 * so the rest of the time is that of the executor; bench_rows() returns rows
 * like those of synastry_cross().
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"

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

PG_FUNCTION_INFO_V1(bench_rows);

PGDLLEXPORT Datum bench_rows(PG_FUNCTION_ARGS);

/* rows(n): n rows of (text, text, float8, int8) */
Datum
bench_rows(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum		values[4];
	bool		nulls[4] = {false, false, false, true};

	InitMaterializedSRF(fcinfo, 0);
	values[0] = CStringGetTextDatum("1234");
	values[1] = CStringGetTextDatum("5678");
	for (int i = 0; i < PG_GETARG_INT32(0); i++)
	{
		values[2] = Float8GetDatum(i);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
