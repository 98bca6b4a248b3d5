/*
 * call.c
 *		The arguments that all functions of a batch share.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "batch/call.h"

/* Types of the extension are in the schema of its functions. */
Oid
call_find_type(const Call *call, const char *name)
{
	Oid			function = call->fcinfo->flinfo->fn_oid;
	Oid			type = GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
									   CStringGetDatum(name),
									   ObjectIdGetDatum(get_func_namespace(function)));

	if (!OidIsValid(type))
		elog(ERROR, "type %s is not in the schema of function %u", name, function);
	return type;
}

void
call_begin(Call *call, FunctionCallInfo fcinfo, const char *function, int n_queries)
{
	Oid			function_oid = fcinfo->flinfo->fn_oid;
	int			n_arguments;

	call->fcinfo = fcinfo;
	call->function = function;
	(void) get_func_signature(function_oid, &call->argument_types, &n_arguments);
	call->chart_type = call_find_type(call, "chart");
	call->id_type = InvalidOid;
	call->first_option = n_queries;
	if (call->argument_types[n_queries] == ANYELEMENTOID)
	{
		call->id_type = get_fn_expr_argtype(fcinfo->flinfo, n_queries);
		if (!OidIsValid(call->id_type))
			elog(ERROR, "could not determine the type of the ids");
		call->first_option++;
	}
}

void
call_prepare_source(const Call *call, int argno, const char *role,
					const MemberColumns *columns, int n_members, Source *source)
{
	if (call->fcinfo->args[argno].isnull)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the %s of %s is null", role, call->function)));
	memset(source, 0, sizeof(Source));
	source->function = call->function;
	source->role = role;
	source->columns = columns;
	source->n_members = n_members;
	source->id_type = call->id_type;
	source_prepare(source,
				   source_query(call->fcinfo->args[argno].value,
								call->argument_types[argno], columns, n_members),
				   call->chart_type);
}

static bool
option_is_text(const Call *call, int option)
{
	return call->argument_types[call->first_option + option] == TEXTOID;
}

PreparedModel *
call_model(const Call *call, int option)
{
	const char *spelling = "personal";

	if (call_has_option(call, option))
	{
		if (!option_is_text(call, option))
			return prepare_model_once(DatumGetScoreModel(call_option(call, option)));
		spelling = TextDatumGetCString(call_option(call, option));
	}
	return prepare_model_once(score_model_from_text(spelling, strlen(spelling), NULL));
}

const PreparedSet *
call_set(const Call *call, int option, const PreparedModel *model)
{
	const char *spelling;

	if (!call_has_option(call, option))
		return prepare_set_once(model->set);
	if (!option_is_text(call, option))
		return prepare_set_once(DatumGetAspectSet(call_option(call, option)));
	spelling = TextDatumGetCString(call_option(call, option));
	return prepare_set_once(aspect_set_from_text(spelling, strlen(spelling), NULL));
}
