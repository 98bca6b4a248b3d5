/*
 * arguments.c
 *		Arguments that several functions have.
 */
#include "postgres.h"

#include "functions/arguments.h"

float8
orb_argument(FunctionCallInfo fcinfo, int argno)
{
	float8		orb = PG_ARGISNULL(argno) ? 8 : PG_GETARG_FLOAT8(argno);

	if (!(orb >= 0 && orb <= 180))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("orb is out of range: %.15g", orb),
				 errhint("Orbs are degrees between 0 and 180.")));
	return orb;
}
