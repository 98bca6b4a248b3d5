/*
 * results.h
 *		The rows that a batch returns, and the memory that it works in.
 */
#ifndef SYNASTRY_RESULTS_H
#define SYNASTRY_RESULTS_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/tuplestore.h"

/*
 * The results go to a store that spills to disk at work_mem and outlives the
 * batch.  Everything else that the batch allocates is below the context.
 */
typedef struct Results
{
	MemoryContext context;
	Tuplestorestate *store;
	MemoryContext store_context;	/* of all calls of the query */
	TupleDesc	descriptor;

	/* ids leave as they came, as text, or as values of this type */
	Oid			id_type;		/* InvalidOid: text */
	FmgrInfo	id_input;
	Oid			id_parameter;
	MemoryContext row_context;
} Results;

/* id_type: the type that ids have, or InvalidOid for text */
extern void results_begin(Results *results, FunctionCallInfo fcinfo, Oid id_type);

/* a row; ids are the numbers of the columns that hold ids, as text */
extern void results_put(Results *results, Datum *values, bool *nulls,
						const int *ids, int n_ids);

/* memory of the whole batch in bytes, results included */
extern int64 results_memory(const Results *results);

extern void results_end(Results *results);

/*
 * What a batch may use for charts, besides its results: half of the memory
 * of a hash table (work_mem * hash_mem_multiplier), so that it takes with its
 * results about as much as that.  In bytes.
 */
extern Size batch_budget(void);

#endif							/* SYNASTRY_RESULTS_H */
