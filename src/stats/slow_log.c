/*
 * slow_log.c
 *		A line of JSON in the server log for each slow operation.
 *
 * It tells what was done and for whom, never of which charts: neither
 * statement nor context follow.
 */
#include "postgres.h"

#include "commands/dbcommands.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/guc.h"
#include "utils/json.h"

#include "stats/slow_log.h"

static void
append_string(StringInfo json, const char *key, const char *value)
{
	appendStringInfo(json, ", \"%s\": ", key);
	if (value != NULL)
		escape_json(json, value);
	else
		appendStringInfoString(json, "null");
}

void
log_slow_operation(const StatCall *call, uint64 nanoseconds)
{
	const StatOperationKind *kind = &stat_operations[call->operation];
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfo(&json, "{\"operation\": \"%s\", \"duration_ms\": " UINT64_FORMAT ".%06u, "
					 "\"pairs\": " UINT64_FORMAT,
					 kind->name, nanoseconds / 1000000, (unsigned int) (nanoseconds % 1000000),
					 call->pairs);
	if (call->memory > 0)
		appendStringInfo(&json, ", \"memory_bytes\": " UINT64_FORMAT, call->memory);
	else
		appendStringInfoString(&json, ", \"memory_bytes\": null");
	appendStringInfo(&json, ", \"cached\": %s",
					 !kind->is_cached ? "null" : call->cached == CACHE_HIT ? "true" : "false");
	append_string(&json, "database", get_database_name(MyDatabaseId));
	append_string(&json, "application_name", application_name);
	appendStringInfoChar(&json, '}');

	ereport(LOG,
			(errmsg_internal("%s", json.data),
			 errhidestmt(true),
			 errhidecontext(true)));
	pfree(json.data);
}
