/*
 * results.c
 *		The rows that a batch returns, and the memory that it works in.
 */
#include "postgres.h"

#include "executor/nodeHash.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "batch/results.h"

Size
batch_budget(void)
{
	return get_hash_memory_limit() / 2;
}

/*
 * As InitMaterializedSRF() does it, but in a context of our own, so that the
 * memory of the store can be told.
 */
void
results_begin(Results *results, FunctionCallInfo fcinfo, Oid id_type)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext caller;
	Oid			input;

	if (rsinfo == NULL || !IsA(rsinfo, ReturnSetInfo) ||
		(rsinfo->allowedModes & SFRM_Materialize) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("set-valued function called in context that cannot accept a set")));

	results->context = AllocSetContextCreate(rsinfo->econtext->ecxt_per_query_memory,
											 "synastry batch", ALLOCSET_DEFAULT_SIZES);
	caller = MemoryContextSwitchTo(rsinfo->econtext->ecxt_per_query_memory);
	if (get_call_result_type(fcinfo, NULL, &results->descriptor) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	rsinfo->setDesc = results->descriptor;
	rsinfo->returnMode = SFRM_Materialize;

	/*
	 * The store outlives the batch, and its context the store: one for all
	 * the calls of a query, of which there may be millions.
	 */
	if (fcinfo->flinfo->fn_extra == NULL)
		fcinfo->flinfo->fn_extra = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt,
														 "synastry batch results",
														 ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(fcinfo->flinfo->fn_extra);
	rsinfo->setResult = tuplestore_begin_heap((rsinfo->allowedModes & SFRM_Materialize_Random) != 0,
											  false, work_mem);
	results->store = rsinfo->setResult;
	results->store_context = CurrentMemoryContext;
	MemoryContextSwitchTo(caller);

	results->row_context = AllocSetContextCreate(results->context, "synastry batch row",
												 ALLOCSET_SMALL_SIZES);
	results->id_type = id_type == TEXTOID ? InvalidOid : id_type;
	if (OidIsValid(results->id_type))
	{
		getTypeInputInfo(id_type, &input, &results->id_parameter);
		fmgr_info_cxt(input, &results->id_input, results->context);
	}
}

void
results_put(Results *results, Datum *values, bool *nulls, const int *ids, int n_ids)
{
	MemoryContext caller;

	CHECK_FOR_INTERRUPTS();
	if (!OidIsValid(results->id_type))
	{
		tuplestore_putvalues(results->store, results->descriptor, values, nulls);
		return;
	}
	caller = MemoryContextSwitchTo(results->row_context);
	for (int i = 0; i < n_ids; i++)
		if (!nulls[ids[i]])
			values[ids[i]] = InputFunctionCall(&results->id_input,
											   TextDatumGetCString(values[ids[i]]),
											   results->id_parameter, -1);
	tuplestore_putvalues(results->store, results->descriptor, values, nulls);
	MemoryContextSwitchTo(caller);
	MemoryContextReset(results->row_context);
}

int64
results_memory(const Results *results)
{
	return MemoryContextMemAllocated(results->context, true) +
		MemoryContextMemAllocated(results->store_context, true);
}

void
results_end(Results *results)
{
	MemoryContextDelete(results->context);
}
