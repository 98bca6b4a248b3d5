/*
 * call.h
 *		The arguments that all functions of a batch share.
 *
 * Each has overloads: a query may be text or a regclass, and an argument "id"
 * of any type, right after the queries, types the ids.  The options follow.
 */
#ifndef SYNASTRY_CALL_H
#define SYNASTRY_CALL_H

#include "postgres.h"

#include "fmgr.h"

#include "batch/source.h"
#include "functions/prepared.h"

typedef struct Call
{
	FunctionCallInfo fcinfo;
	const char *function;		/* its name, for messages */
	Oid		   *argument_types;
	int			first_option;	/* number of the argument */
	Oid			id_type;		/* InvalidOid: text */
	Oid			chart_type;
} Call;

extern void call_begin(Call *call, FunctionCallInfo fcinfo, const char *function,
					   int n_queries);

/* a type of the extension by its name */
extern Oid	call_find_type(const Call *call, const char *name);

/* Prepares the query that an argument gives; connected to SPI. */
extern void call_prepare_source(const Call *call, int argno, const char *role,
								const MemberColumns *columns, int n_members,
								Source *source);

/* the model of an option, which may be a text; the default one if it is null */
extern PreparedModel *call_model(const Call *call, int option);

/* likewise the aspect set; that of the model if it is null */
extern const PreparedSet *call_set(const Call *call, int option,
								   const PreparedModel *model);

static inline bool
call_has_option(const Call *call, int option)
{
	return !call->fcinfo->args[call->first_option + option].isnull;
}

static inline Datum
call_option(const Call *call, int option)
{
	return call->fcinfo->args[call->first_option + option].value;
}

#endif							/* SYNASTRY_CALL_H */
