#include "postgres.h"
#include "fmgr.h"
#include "compat.h"
PG_FUNCTION_INFO_V1(synastry_index_statistics);
PG_FUNCTION_INFO_V1(synastry_index_check);
Datum
synastry_index_statistics(PG_FUNCTION_ARGS)
{
	PG_RETURN_NULL();
}

Datum
synastry_index_check(PG_FUNCTION_ARGS)
{
	PG_RETURN_VOID();
}
