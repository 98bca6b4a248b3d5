/*
 * alloc.h
 *		Puts a step before every call of the library that may run out of
 *		memory; test/suites/oom includes it in front of each of its files.
 *
 * Functions of the server that allocate within count as well: what the
 * library holds when an error leaves them is the question.  Their headers are
 * read before their names become macros.
 */
#ifndef OOM_ALLOC_H
#define OOM_ALLOC_H

#include "postgres.h"

/* the server's name of a function in SQL, and one of ours in a file */
#define repeat server_repeat
#include "utils/builtins.h"
#undef repeat

#include "access/genam.h"
#include "access/generic_xlog.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "commands/dbcommands.h"
#include "commands/extension.h"
#include "common/jsonapi.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "nodes/pg_list.h"
#include "storage/buffile.h"
#include "storage/bufmgr.h"
#include "storage/lmgr.h"
#include "tcop/pquery.h"
#include "utils/array.h"
#include "utils/hsearch.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/jsonfuncs.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/portal.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"
#include "utils/tuplesort.h"
#include "utils/tuplestore.h"

/* Raises the server's error of memory that is gone when its turn has come. */
extern void oom_step(void);

/* The same for calls that may be told to return NULL instead. */
extern bool oom_denies(int flags);

#define palloc(...) (oom_step(), palloc(__VA_ARGS__))
#define palloc0(...) (oom_step(), palloc0(__VA_ARGS__))
#define palloc_extended(size, flags) \
	(oom_denies(flags) ? NULL : palloc_extended(size, flags))
#define repalloc(...) (oom_step(), repalloc(__VA_ARGS__))
#define repalloc_huge(...) (oom_step(), repalloc_huge(__VA_ARGS__))
#define pstrdup(...) (oom_step(), pstrdup(__VA_ARGS__))
#define pnstrdup(...) (oom_step(), pnstrdup(__VA_ARGS__))
#define psprintf(...) (oom_step(), psprintf(__VA_ARGS__))
#define MemoryContextAlloc(...) (oom_step(), MemoryContextAlloc(__VA_ARGS__))
#define MemoryContextAllocZero(...) (oom_step(), MemoryContextAllocZero(__VA_ARGS__))
#define MemoryContextAllocHuge(...) (oom_step(), MemoryContextAllocHuge(__VA_ARGS__))
#define MemoryContextAllocExtended(context, size, flags) \
	(oom_denies(flags) ? NULL : MemoryContextAllocExtended(context, size, flags))
#define AllocSetContextCreateInternal(...) \
	(oom_step(), AllocSetContextCreateInternal(__VA_ARGS__))
#define GenerationContextCreate(...) (oom_step(), GenerationContextCreate(__VA_ARGS__))

#define initStringInfo(...) (oom_step(), initStringInfo(__VA_ARGS__))
#define enlargeStringInfo(...) (oom_step(), enlargeStringInfo(__VA_ARGS__))
#define appendStringInfo(...) (oom_step(), appendStringInfo(__VA_ARGS__))
#define appendStringInfoString(...) (oom_step(), appendStringInfoString(__VA_ARGS__))
#define appendStringInfoChar(...) (oom_step(), appendStringInfoChar(__VA_ARGS__))
#define appendStringInfoSpaces(...) (oom_step(), appendStringInfoSpaces(__VA_ARGS__))
#define appendBinaryStringInfo(...) (oom_step(), appendBinaryStringInfo(__VA_ARGS__))
#define escape_json(...) (oom_step(), escape_json(__VA_ARGS__))
#define pq_begintypsend(...) (oom_step(), pq_begintypsend(__VA_ARGS__))
#define pq_sendbytes(...) (oom_step(), pq_sendbytes(__VA_ARGS__))
#define pq_sendtext(...) (oom_step(), pq_sendtext(__VA_ARGS__))
#define pq_getmsgtext(...) (oom_step(), pq_getmsgtext(__VA_ARGS__))

#define cstring_to_text(...) (oom_step(), cstring_to_text(__VA_ARGS__))
#define cstring_to_text_with_len(...) (oom_step(), cstring_to_text_with_len(__VA_ARGS__))
#define text_to_cstring(...) (oom_step(), text_to_cstring(__VA_ARGS__))
#define pg_detoast_datum(...) (oom_step(), pg_detoast_datum(__VA_ARGS__))
#define pg_detoast_datum_copy(...) (oom_step(), pg_detoast_datum_copy(__VA_ARGS__))
#define pg_detoast_datum_packed(...) (oom_step(), pg_detoast_datum_packed(__VA_ARGS__))
#define construct_array(...) (oom_step(), construct_array(__VA_ARGS__))
#define construct_empty_array(...) (oom_step(), construct_empty_array(__VA_ARGS__))
#define construct_md_array(...) (oom_step(), construct_md_array(__VA_ARGS__))
#define deconstruct_array(...) (oom_step(), deconstruct_array(__VA_ARGS__))
#define array_iterate(...) (oom_step(), array_iterate(__VA_ARGS__))
#define array_create_iterator(...) (oom_step(), array_create_iterator(__VA_ARGS__))
#define makeJsonLexContextCstringLen(...) \
	(oom_step(), makeJsonLexContextCstringLen(__VA_ARGS__))
#define pg_parse_json_or_ereport(...) (oom_step(), pg_parse_json_or_ereport(__VA_ARGS__))
#define JsonbValueToJsonb(...) (oom_step(), JsonbValueToJsonb(__VA_ARGS__))
#define JsonbIteratorInit(...) (oom_step(), JsonbIteratorInit(__VA_ARGS__))
#define JsonbIteratorNext(...) (oom_step(), JsonbIteratorNext(__VA_ARGS__))
#define lappend(...) (oom_step(), lappend(__VA_ARGS__))
#define hash_create(...) (oom_step(), hash_create(__VA_ARGS__))
#define hash_search(table, key, action, found) \
	((action) == HASH_ENTER ? oom_step() : (void) 0, hash_search(table, key, action, found))

#define CreateTemplateTupleDesc(...) (oom_step(), CreateTemplateTupleDesc(__VA_ARGS__))
#define BlessTupleDesc(...) (oom_step(), BlessTupleDesc(__VA_ARGS__))
#define get_call_result_type(...) (oom_step(), get_call_result_type(__VA_ARGS__))
#define InitMaterializedSRF(...) (oom_step(), InitMaterializedSRF(__VA_ARGS__))
#define heap_form_tuple(...) (oom_step(), heap_form_tuple(__VA_ARGS__))
#define HeapTupleHeaderGetDatum(...) (oom_step(), HeapTupleHeaderGetDatum(__VA_ARGS__))
#define MakeSingleTupleTableSlot(...) (oom_step(), MakeSingleTupleTableSlot(__VA_ARGS__))
#define tuplestore_begin_heap(...) (oom_step(), tuplestore_begin_heap(__VA_ARGS__))
#define tuplestore_putvalues(...) (oom_step(), tuplestore_putvalues(__VA_ARGS__))
#define tuplesort_begin_heap(...) (oom_step(), tuplesort_begin_heap(__VA_ARGS__))
#define tuplesort_begin_datum(...) (oom_step(), tuplesort_begin_datum(__VA_ARGS__))
#define tuplesort_puttupleslot(...) (oom_step(), tuplesort_puttupleslot(__VA_ARGS__))
#define tuplesort_putdatum(...) (oom_step(), tuplesort_putdatum(__VA_ARGS__))
#define tuplesort_performsort(...) (oom_step(), tuplesort_performsort(__VA_ARGS__))
#define tuplesort_gettupleslot(...) (oom_step(), tuplesort_gettupleslot(__VA_ARGS__))
#define tuplesort_getdatum(...) (oom_step(), tuplesort_getdatum(__VA_ARGS__))
#define BufFileCreateTemp(...) (oom_step(), BufFileCreateTemp(__VA_ARGS__))
#define BufFileWrite(...) (oom_step(), BufFileWrite(__VA_ARGS__))

#define fmgr_info(...) (oom_step(), fmgr_info(__VA_ARGS__))
#define fmgr_info_cxt(...) (oom_step(), fmgr_info_cxt(__VA_ARGS__))
#define InputFunctionCall(...) (oom_step(), InputFunctionCall(__VA_ARGS__))
#define OutputFunctionCall(...) (oom_step(), OutputFunctionCall(__VA_ARGS__))
#define jsonb_in(...) (oom_step(), jsonb_in(__VA_ARGS__))
#define numeric_out(...) (oom_step(), numeric_out(__VA_ARGS__))
#define format_type_be(...) (oom_step(), format_type_be(__VA_ARGS__))
#define quote_identifier(...) (oom_step(), quote_identifier(__VA_ARGS__))
#define quote_qualified_identifier(...) (oom_step(), quote_qualified_identifier(__VA_ARGS__))
#define get_database_name(...) (oom_step(), get_database_name(__VA_ARGS__))
#define get_namespace_name(...) (oom_step(), get_namespace_name(__VA_ARGS__))
#define get_rel_name(...) (oom_step(), get_rel_name(__VA_ARGS__))
#define getTypeInputInfo(...) (oom_step(), getTypeInputInfo(__VA_ARGS__))
#define getTypeOutputInfo(...) (oom_step(), getTypeOutputInfo(__VA_ARGS__))
#define SearchSysCache1(...) (oom_step(), SearchSysCache1(__VA_ARGS__))
#define SearchSysCacheList(...) (oom_step(), SearchSysCacheList(__VA_ARGS__))
#define GetSysCacheOid(...) (oom_step(), GetSysCacheOid(__VA_ARGS__))
#define getExtensionOfObject(...) (oom_step(), getExtensionOfObject(__VA_ARGS__))
#define get_extension_oid(...) (oom_step(), get_extension_oid(__VA_ARGS__))

#define relation_open(...) (oom_step(), relation_open(__VA_ARGS__))
#define try_relation_open(...) (oom_step(), try_relation_open(__VA_ARGS__))
#define table_open(...) (oom_step(), table_open(__VA_ARGS__))
#define index_open(...) (oom_step(), index_open(__VA_ARGS__))
#define systable_beginscan(...) (oom_step(), systable_beginscan(__VA_ARGS__))
#define systable_beginscan_ordered(...) (oom_step(), systable_beginscan_ordered(__VA_ARGS__))
#define systable_getnext(...) (oom_step(), systable_getnext(__VA_ARGS__))
#define systable_getnext_ordered(...) (oom_step(), systable_getnext_ordered(__VA_ARGS__))
#define RelationGetIndexScan(...) (oom_step(), RelationGetIndexScan(__VA_ARGS__))
#define RelationGetIndexList(...) (oom_step(), RelationGetIndexList(__VA_ARGS__))
#define GetAccessStrategy(...) (oom_step(), GetAccessStrategy(__VA_ARGS__))
#define ReadBuffer(...) (oom_step(), ReadBuffer(__VA_ARGS__))
#define ReadBufferExtended(...) (oom_step(), ReadBufferExtended(__VA_ARGS__))
#define ReleaseAndReadBuffer(...) (oom_step(), ReleaseAndReadBuffer(__VA_ARGS__))
#define GenericXLogStart(...) (oom_step(), GenericXLogStart(__VA_ARGS__))
#define GenericXLogRegisterBuffer(...) (oom_step(), GenericXLogRegisterBuffer(__VA_ARGS__))

#define SPI_connect(...) (oom_step(), SPI_connect(__VA_ARGS__))
#define SPI_prepare(...) (oom_step(), SPI_prepare(__VA_ARGS__))
#define SPI_prepare_cursor(...) (oom_step(), SPI_prepare_cursor(__VA_ARGS__))
#define SPI_execute_snapshot(...) (oom_step(), SPI_execute_snapshot(__VA_ARGS__))
#define SPI_cursor_open(...) (oom_step(), SPI_cursor_open(__VA_ARGS__))
#define SPI_cursor_fetch(...) (oom_step(), SPI_cursor_fetch(__VA_ARGS__))
#define SPI_getvalue(...) (oom_step(), SPI_getvalue(__VA_ARGS__))
#define PortalRunFetch(...) (oom_step(), PortalRunFetch(__VA_ARGS__))
#define BeginInternalSubTransaction(...) \
	(oom_step(), BeginInternalSubTransaction(__VA_ARGS__))
#define ReleaseCurrentSubTransaction(...) \
	(oom_step(), ReleaseCurrentSubTransaction(__VA_ARGS__))
#define GetTransactionSnapshot(...) (oom_step(), GetTransactionSnapshot(__VA_ARGS__))
#define GetLatestSnapshot(...) (oom_step(), GetLatestSnapshot(__VA_ARGS__))
#define PushActiveSnapshot(...) (oom_step(), PushActiveSnapshot(__VA_ARGS__))

#endif							/* OOM_ALLOC_H */
