/*
 * aggregate.h
 *		What the transition functions of aggregates have in common.
 */
#ifndef SYNASTRY_AGGREGATE_H
#define SYNASTRY_AGGREGATE_H

#include "postgres.h"

#include "fmgr.h"

#include "compat.h"
#include "types/bodies.h"

/*
 * Memory for what a state grows by: that of the aggregate, or of the caller if
 * there is none.
 */
static inline MemoryContext
state_context(FunctionCallInfo fcinfo)
{
	MemoryContext context;

	return AggCheckCallContext(fcinfo, &context) ? context : CurrentMemoryContext;
}

/* The state as it is: there is nothing to add to it. */
static inline Datum
same_state(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_DATUM(PG_GETARG_DATUM(0));
}

/* the id of the body that an argument names; an error if there is none */
static inline int
body_argument(FunctionCallInfo fcinfo, int argno)
{
	struct varlena *name = PG_GETARG_TEXT_PP(argno);
	int			id = body_lookup(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));

	if (id < 0)
		report_unknown_body(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name), NULL);
	return id;
}

#endif							/* SYNASTRY_AGGREGATE_H */
