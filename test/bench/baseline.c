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

/*
 * rows(n, width): n rows of (text, text, float8, bytea), the last one of so
 * many bytes, or null
 */
Datum
bench_rows(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	int			width = PG_GETARG_INT32(1);
	Datum		values[4];
	bool		nulls[4] = {false};
	bytea	   *bytes = palloc0(VARHDRSZ + width);

	InitMaterializedSRF(fcinfo, 0);
	SET_VARSIZE(bytes, VARHDRSZ + width);
	values[0] = CStringGetTextDatum("1234");
	values[1] = CStringGetTextDatum("5678");
	values[3] = PointerGetDatum(bytes);
	nulls[3] = (width == 0);
	for (int i = 0; i < PG_GETARG_INT32(0); i++)
	{
		values[2] = Float8GetDatum(i);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
