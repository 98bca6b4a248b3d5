/*
 * compat.h
 *		What differs between the PostgreSQL versions that we support, 15 to 18.
 *
 * The only place that asks for PG_VERSION_NUM.
 */
#ifndef SYNASTRY_COMPAT_H
#define SYNASTRY_COMPAT_H

#include "postgres.h"

#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "nodes/nodes.h"
#include "portability/instr_time.h"
#include "storage/proc.h"
#include "utils/backend_status.h"
#include "utils/jsonfuncs.h"
#include "utils/wait_event.h"

/* 16 took the access to values of variable length out of postgres.h */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

/*
 * Soft errors came with 16.  Before, an input function has no error context
 * and every error is thrown.
 */
#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#else
#define errsave(context, ...) \
	do { (void) (context); ereport(ERROR, __VA_ARGS__); } while (0)
#define ereturn(context, value, ...) \
	do { errsave(context, __VA_ARGS__); return value; } while (0)
#endif

/*
 * Calls another input function with the error context of this one; false if
 * there was a soft error.
 */
static inline bool
input_function_call_safe(PGFunction function, char *text, Node *escontext,
						 Datum *result)
{
#if PG_VERSION_NUM >= 160000
	return DirectInputFunctionCallSafe(function, text, InvalidOid, -1,
									   escontext, result);
#else
	*result = DirectFunctionCall1(function, CStringGetDatum(text));
	return true;
#endif
}

/*
 * The JSON parser: since 16 its actions have a result and its errors may be
 * soft, since 17 the lexer may stand in memory of the caller's.
 */
#if PG_VERSION_NUM >= 160000
typedef JsonParseErrorType JsonActionResult;
#define JSON_ACTION_RETURN() return JSON_SUCCESS
#else
typedef void JsonActionResult;
#define JSON_ACTION_RETURN() return
#define pg_parse_json_or_errsave(lexer, actions, context) \
	((void) (context), pg_parse_json_or_ereport(lexer, actions), true)
#endif

/* a lexer of a text in the server's encoding, whose strings come unescaped */
static inline JsonLexContext *
make_json_lexer(const char *json, int length)
{
#if PG_VERSION_NUM >= 170000
	return makeJsonLexContextCstringLen(NULL, json, length,
										GetDatabaseEncoding(), true);
#else
	return makeJsonLexContextCstringLen(unconstify(char *, json), length,
										GetDatabaseEncoding(), true);
#endif
}

/* what VACUUM does in its loops: a cancel is heeded, and others get their turn */
#if PG_VERSION_NUM >= 180000
#define vacuum_delay() vacuum_delay_point(false)
#else
#define vacuum_delay() vacuum_delay_point()
#endif

/* the next of sorted values that are passed by value: 16 may copy others */
#if PG_VERSION_NUM >= 160000
#define sorted_value(sort, value, null) tuplesort_getdatum(sort, true, false, value, null, NULL)
#else
#define sorted_value(sort, value, null) tuplesort_getdatum(sort, true, value, null, NULL)
#endif

#if PG_VERSION_NUM >= 170000
#define IsAutoVacuumWorkerProcess() AmAutoVacuumWorkerProcess()
#endif

/* one of the backends that run, from 1: 16 gave it a name that says so */
#if PG_VERSION_NUM < 160000
#define pgstat_get_local_beentry_by_index(index) \
	pgstat_fetch_stat_local_beentry(index)
#endif

/* the place of this process among all: 17 made it a variable */
static inline int
my_proc_number(void)
{
#if PG_VERSION_NUM >= 170000
	return MyProcNumber;
#else
	return MyProc->pgprocno;
#endif
}

/* 16 counts in ns whatever the clock */
static inline uint64
instr_time_nanoseconds(instr_time duration)
{
#ifdef INSTR_TIME_GET_NANOSEC
	return INSTR_TIME_GET_NANOSEC(duration);
#else
	return (uint64) duration.tv_sec * 1000000000 + duration.tv_nsec;
#endif
}

/* 18 counts the searches of an index scan for EXPLAIN */
#if PG_VERSION_NUM >= 180000
#define count_index_search(scan) \
	do { if ((scan)->instrument) (scan)->instrument->nsearches++; } while (0)
#else
#define count_index_search(scan) ((void) 0)
#endif

/* the wait of a process of ours: 17 gave such waits names */
static inline uint32
extension_wait_event(const char *name)
{
#if PG_VERSION_NUM >= 170000
	static uint32 event = 0;

	if (event == 0)
		event = WaitEventExtensionNew(name);
	return event;
#else
	return PG_WAIT_EXTENSION;
#endif
}

/*
 * The library is built with hidden visibility, as 16 and later do by
 * themselves; before, the macro did not export the function that it declares.
 */
#if PG_VERSION_NUM < 160000
#undef PG_FUNCTION_INFO_V1
#define PG_FUNCTION_INFO_V1(funcname) \
extern PGDLLEXPORT Datum funcname(PG_FUNCTION_ARGS); \
extern PGDLLEXPORT const Pg_finfo_record *CppConcat(pg_finfo_, funcname) (void); \
const Pg_finfo_record * \
CppConcat(pg_finfo_, funcname) (void) \
{ \
	static const Pg_finfo_record my_finfo = {1}; \
	return &my_finfo; \
} \
extern int no_such_variable
#endif

/* a function that does not return: 18 says so in front of it */
#ifndef pg_noreturn
#define pg_noreturn pg_attribute_noreturn()
#endif

/* 18 lets extensions add options to EXPLAIN */
#if PG_VERSION_NUM >= 180000
#define HAVE_EXPLAIN_EXTENSIONS
#endif

/* 18 takes the name and version of a module */
#ifndef PG_MODULE_MAGIC_EXT
#define PG_MODULE_MAGIC_EXT(...) PG_MODULE_MAGIC
#endif

#endif							/* SYNASTRY_COMPAT_H */
