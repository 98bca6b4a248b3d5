/*
 * source.c
 *		Where the charts of a batch come from: a query or a relation of the
 *		caller's, read with the caller's rights.
 *
 * The query is opened as a cursor, as PL/pgSQL does it, but its rows go to a
 * receiver of our own instead of a table of SPI's: of each row nothing is
 * kept but what the consumer copies, however wide the row is.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "tcop/pquery.h"
#include "tcop/utility.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/plancache.h"
#include "utils/portal.h"

#include "batch/source.h"

/* the search_path of REFRESH and other maintenance, from 17 on; a restore has none */
#define RESTRICTED_SEARCH_PATH	"pg_catalog, pg_temp"

/*
 * Errors
 */

static bool
is_undefined_object(int sqlerrcode)
{
	return sqlerrcode == ERRCODE_UNDEFINED_TABLE ||
		sqlerrcode == ERRCODE_UNDEFINED_FUNCTION ||
		sqlerrcode == ERRCODE_UNDEFINED_OBJECT ||
		sqlerrcode == ERRCODE_UNDEFINED_COLUMN;
}

static bool
is_restricted_search_path(void)
{
	return namespace_search_path[0] == '\0' ||
		strcmp(namespace_search_path, RESTRICTED_SEARCH_PATH) == 0;
}

/*
 * Says whose query an error is in.  A text is parsed only when it runs, so
 * that names which were found yesterday by the search_path of a session are
 * not found by a maintenance command or a restore.
 */
static void
source_error_callback(void *argument)
{
	const Source *source = argument;

	if (is_undefined_object(geterrcode()) && is_restricted_search_path())
		errhint("The query runs with search_path \"%s\", as in REFRESH MATERIALIZED VIEW or a restore: qualify the names in its text with their schemas.",
				namespace_search_path);
	errcontext("%s of %s", source->role, source->function);
}

static void
push_error_context(Source *source, ErrorContextCallback * callback)
{
	callback->callback = source_error_callback;
	callback->arg = source;
	callback->previous = error_context_stack;
	error_context_stack = callback;
}

/*
 * Preparation
 */

char *
source_query(Datum argument, Oid argument_type, const MemberColumns *columns,
			 int n_members)
{
	StringInfoData query;
	Oid			relation;
	char	   *name;

	if (argument_type != REGCLASSOID)
		return TextDatumGetCString(argument);

	relation = DatumGetObjectId(argument);
	name = get_rel_name(relation);
	if (name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("relation with OID %u does not exist", relation)));
	initStringInfo(&query);
	for (int i = 0; i < n_members; i++)
		appendStringInfo(&query, "%s %s, %s", i == 0 ? "SELECT" : ",",
						 columns[i].id, columns[i].chart);
	appendStringInfo(&query, " FROM %s",
					 quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)),
												name));
	return query.data;
}

/* "id integer, name text" */
static char *
describe_columns(TupleDesc descriptor)
{
	StringInfoData text;

	initStringInfo(&text);
	for (int i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);

		appendStringInfo(&text, "%s%s %s", i == 0 ? "" : ", ",
						 quote_identifier(NameStr(attribute->attname)),
						 format_type_be(attribute->atttypid));
	}
	return text.data;
}

/* "id (of any type), chart (of type chart)" */
static char *
describe_members(const Source *source)
{
	StringInfoData text;
	const char *separator = "";

	initStringInfo(&text);
	for (int i = 0; i < source->n_members; i++)
	{
		if (source->columns[i].id != NULL)
			appendStringInfo(&text, "%s%s (of any type)", separator, source->columns[i].id);
		appendStringInfo(&text, "%s%s (of type chart)",
						 source->columns[i].id != NULL ? ", " : separator,
						 source->columns[i].chart);
		separator = ", ";
	}
	return text.data;
}

/* The only column of that name. */
static AttrNumber
find_column(const Source *source, TupleDesc descriptor, const char *name)
{
	AttrNumber	found = InvalidAttrNumber;

	for (int i = 0; i < descriptor->natts; i++)
	{
		if (strcmp(NameStr(TupleDescAttr(descriptor, i)->attname), name) != 0)
			continue;
		if (found != InvalidAttrNumber)
			ereport(ERROR,
					(errcode(ERRCODE_AMBIGUOUS_COLUMN),
					 errmsg("the %s of %s has two columns \"%s\"",
							source->role, source->function, name),
					 errdetail("It returns %s.", describe_columns(descriptor))));
		found = i + 1;
	}
	if (found == InvalidAttrNumber)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("the %s of %s has no column \"%s\"",
						source->role, source->function, name),
				 errdetail("It returns %s.", describe_columns(descriptor)),
				 errhint("It must return %s.", describe_members(source))));
	return found;
}

static void
find_chart(Source *source, int member, TupleDesc descriptor, Oid chart_type)
{
	const char *name = source->columns[member].chart;
	AttrNumber	column = find_column(source, descriptor, name);
	Oid			type = TupleDescAttr(descriptor, column - 1)->atttypid;

	if (getBaseType(type) != chart_type)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of the %s of %s is of type %s, not chart",
						name, source->role, source->function, format_type_be(type)),
				 errhint("Cast it in the query to %s.", format_type_be_qualified(chart_type))));
	source->chart_column[member] = column;
}

static void
find_id(Source *source, int member, TupleDesc descriptor)
{
	const char *name = source->columns[member].id;
	AttrNumber	column = find_column(source, descriptor, name);
	Oid			type = TupleDescAttr(descriptor, column - 1)->atttypid;
	Oid			output;
	bool		is_varlena;

	if (OidIsValid(source->id_type) && type != source->id_type)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of the %s of %s is of type %s, but ids are to be of type %s",
						name, source->role, source->function,
						format_type_be(type), format_type_be(source->id_type)),
				 errhint("Cast the column in the query, or give id => NULL::%s.", format_type_be(type))));
	getTypeOutputInfo(type, &output, &is_varlena);
	fmgr_info(output, &source->id_output[member]);
	source->id_column[member] = column;
	source->id_is_text[member] = (type == TEXTOID || type == VARCHAROID);
}

/* The query as it was analyzed: one SELECT that changes and locks nothing. */
static CachedPlanSource *
check_query(const Source *source)
{
	List	   *statements = SPI_plan_get_plan_sources(source->plan);
	CachedPlanSource *statement;
	const		Query *query;

	if (list_length(statements) != 1)
		ereport(ERROR,
				(errcode(ERRCODE_SYNTAX_ERROR),
				 errmsg("the %s of %s must be one statement, not %d",
						source->role, source->function, list_length(statements))));
	statement = linitial(statements);
	query = list_length(statement->query_list) == 1 ? linitial(statement->query_list) : NULL;
	if (query == NULL || query->commandType != CMD_SELECT || query->hasModifyingCTE ||
		query->rowMarks != NIL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_CURSOR_DEFINITION),
				 errmsg("the %s of %s must be a SELECT that neither changes nor locks rows",
						source->role, source->function),
				 errdetail("Its command is %s.",
						   query != NULL && query->hasModifyingCTE ? "WITH that changes rows" :
						   query != NULL && query->rowMarks != NIL ? "SELECT FOR UPDATE or SHARE" :
						   query != NULL && query->commandType == CMD_UTILITY ?
						   CreateCommandName(query->utilityStmt) :
						   GetCommandTagName(statement->commandTag))));
	return statement;
}

void
source_prepare(Source *source, const char *query, Oid chart_type)
{
	MemoryContext caller = CurrentMemoryContext;
	ErrorContextCallback callback;
	TupleDesc	descriptor;

	push_error_context(source, &callback);
	source->plan = SPI_prepare_cursor(query, 0, NULL, CURSOR_OPT_NO_SCROLL);
	if (source->plan == NULL)
		elog(ERROR, "SPI_prepare_cursor failed: %s", SPI_result_code_string(SPI_result));
	error_context_stack = callback.previous;
	/* SPI leaves its own behind */
	MemoryContextSwitchTo(caller);

	descriptor = check_query(source)->resultDesc;
	for (int i = 0; i < source->n_members; i++)
	{
		find_chart(source, i, descriptor, chart_type);
		if (source->columns[i].id != NULL)
			find_id(source, i, descriptor);
	}
}

/*
 * Reading
 */

void
source_open(Source *source)
{
	MemoryContext caller = CurrentMemoryContext;
	ErrorContextCallback callback;

	source->row_context = AllocSetContextCreate(CurrentMemoryContext, "synastry source row",
												ALLOCSET_DEFAULT_SIZES);
	source->at_end = false;
	push_error_context(source, &callback);
	/* read only: the snapshot of the calling statement, for all its queries */
	source->portal = SPI_cursor_open(NULL, source->plan, NULL, NULL, true);
	/* functions that run between two reads, of domains say, might close it */
	PinPortal(source->portal);
	error_context_stack = callback.previous;
	MemoryContextSwitchTo(caller);
}

/* Takes the rows from the executor. */
typedef struct Receiver
{
	DestReceiver receiver;
	Source	   *source;
	RowConsumer consumer;
	void	   *state;
	uint64		rows;
} Receiver;

static void
receiver_startup(DestReceiver * self, int operation, TupleDesc descriptor)
{
}

static void
receiver_done(DestReceiver * self)
{
}

static const text *
read_id(Source *source, int member, TupleTableSlot * slot)
{
	bool		isnull;
	Datum		id;
	char	   *string;

	if (source->columns[member].id == NULL)
		return NULL;
	id = slot_getattr(slot, source->id_column[member], &isnull);
	if (isnull)
		return NULL;
	if (source->id_is_text[member])
		return (const text *) PG_DETOAST_DATUM(id);
	string = OutputFunctionCall(&source->id_output[member], id);
	return cstring_to_text(string);
}

static const Chart *
read_chart(Source *source, int member, TupleTableSlot * slot)
{
	bool		isnull;
	Datum		chart = slot_getattr(slot, source->chart_column[member], &isnull);

	return isnull ? NULL : DatumGetChart(chart);
}

static bool
receive_slot(TupleTableSlot * slot, DestReceiver * self)
{
	Receiver   *receiver = (Receiver *) self;
	Source	   *source = receiver->source;
	MemoryContext caller = MemoryContextSwitchTo(source->row_context);
	Member		members[MAX_MEMBERS];

	for (int i = 0; i < source->n_members; i++)
	{
		members[i].id = read_id(source, i, slot);
		members[i].chart = read_chart(source, i, slot);
	}
	receiver->consumer(receiver->state, members);
	receiver->rows++;
	MemoryContextSwitchTo(caller);
	MemoryContextReset(source->row_context);
	return true;
}

void
source_read(Source *source, long count, RowConsumer consumer, void *state)
{
	ErrorContextCallback callback;
	Receiver	receiver = {
		.receiver = {
			.receiveSlot = receive_slot,
			.rStartup = receiver_startup,
			.rShutdown = receiver_done,
			.rDestroy = receiver_done,
			.mydest = DestNone
		},
		.source = source,
		.consumer = consumer,
		.state = state
	};

	push_error_context(source, &callback);
	PortalRunFetch(source->portal, FETCH_FORWARD, count == 0 ? FETCH_ALL : count,
				   &receiver.receiver);
	error_context_stack = callback.previous;
	source->at_end = (count == 0 || receiver.rows < (uint64) count);
}

void
source_close(Source *source)
{
	MemoryContext caller = CurrentMemoryContext;

	UnpinPortal(source->portal);
	SPI_cursor_close(source->portal);
	SPI_freeplan(source->plan);
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(source->row_context);
}
