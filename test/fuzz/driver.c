/*
 * driver.c
 *		fuzz(target, arguments): libFuzzer inside a server process.
 *
 * The targets are built into the library under test, so that they reach all
 * of it, together with libFuzzer without its main().  The arguments are those
 * of libFuzzer's command line, the first of them a program that does the same
 * in another process.
 *
 * Chunks of more than 128 bytes that a target has in the context that it is
 * called in come from malloc() one by one: the sanitizer sees what goes on
 * beyond their ends.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

#include "compat.h"
#include "fuzz.h"

PG_FUNCTION_INFO_V1(fuzz);

extern int	LLVMFuzzerRunDriver(int *argc, char ***argv,
								int (*run) (const uint8_t *data, size_t size));

static const FuzzTarget *target;
static MemoryContext run_context;

void
find(const char *format,...)
{
	va_list		arguments;

	va_start(arguments, format);
	fputs("finding: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	abort();
}

bool
is_data_error(int sqlstate)
{
	return ERRCODE_TO_CATEGORY(sqlstate) == ERRCODE_DATA_EXCEPTION ||
		sqlstate == ERRCODE_PROTOCOL_VIOLATION || sqlstate == ERRCODE_NAME_TOO_LONG ||
		ERRCODE_TO_CATEGORY(sqlstate) == ERRCODE_PROGRAM_LIMIT_EXCEEDED;
}

/*
 * Inputs
 */

uint32
take_number(FuzzInput *input, int bytes)
{
	uint32		number = 0;

	for (int i = 0; i < bytes && input->size > 0; i++, input->size--)
		number = number << 8 | *input->data++;
	return number;
}

size_t
take_bytes(FuzzInput *input, void *bytes, size_t size)
{
	size = Min(size, input->size);
	memcpy(bytes, input->data, size);
	input->data += size;
	input->size -= size;
	return size;
}

char *
take_text(FuzzInput *input)
{
	size_t		size = input->size;
	char	   *text = palloc(size + 1);

	take_bytes(input, text, size);
	text[size] = '\0';
	return pg_verifymbstr(text, (int) size, true) ? text : NULL;
}

/*
 * Statements
 */

void
run_statement(FuzzStatement *statement, int count, const Oid *types, const Datum *values)
{
	MemoryContext context = CurrentMemoryContext;

	SPI_connect();
	if (statement->plan == NULL)
	{
		statement->plan = SPI_prepare(statement->text, count, unconstify(Oid *, types));
		if (statement->plan == NULL || SPI_keepplan(statement->plan) != 0)
			elog(ERROR, "could not prepare: %s", statement->text);
	}
	if (SPI_execute_plan(statement->plan, unconstify(Datum *, values), NULL, false, 0) < 0)
		elog(ERROR, "could not execute: %s", statement->text);
	for (uint64 i = 0; SPI_tuptable != NULL && i < SPI_processed; i++)
	{
		bool		null;
		Datum		value = SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &null);

		if (SPI_gettypeid(SPI_tuptable->tupdesc, 1) == BOOLOID && !null && !DatumGetBool(value))
			find("not true: %s", statement->text);
	}
	SPI_finish();
	MemoryContextSwitchTo(context);
}

/*
 * Subtransactions
 */

static void
check_error(void)
{
	ErrorData  *error = CopyErrorData();

	FlushErrorState();
	if (!target->may_fail(error->sqlerrcode))
		find("%s: %s (%s:%d)", unpack_sql_state(error->sqlerrcode), error->message,
			 error->filename, error->lineno);
	if (!pg_verifymbstr(error->message, (int) strlen(error->message), true))
		find("a message that is not text");
}

/* What was done is undone; false if there was an error. */
static bool
try(void (*run) (void *argument), void *argument)
{
	ResourceOwner owner = CurrentResourceOwner;
	MemoryContext context = CurrentMemoryContext;
	volatile bool done = false;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		run(argument);
		done = true;
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		check_error();
	}
	PG_END_TRY();
	RollbackAndReleaseCurrentSubTransaction();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	return done;
}

typedef struct StatementCall
{
	FuzzStatement *statement;
	int			count;
	const Oid  *types;
	const Datum *values;
} StatementCall;

static void
run_call(void *argument)
{
	StatementCall *call = argument;

	run_statement(call->statement, call->count, call->types, call->values);
}

bool
try_statement(FuzzStatement *statement, int count, const Oid *types, const Datum *values)
{
	StatementCall call = {statement, count, types, values};

	return try(run_call, &call);
}

/*
 * The driver
 */

static void
run_target(void *argument)
{
	target->run(argument);
}

static int
run_input(const uint8_t *data, size_t size)
{
	FuzzInput	input = {data, size};
	MemoryContext context = MemoryContextSwitchTo(run_context);

	try(run_target, &input);
	MemoryContextSwitchTo(context);
	MemoryContextReset(run_context);
	return 0;
}

static const FuzzTarget *
find_target(const char *name)
{
	static const FuzzTarget *const targets[] = {
		&arena_target, &arena_damage_target, &index_target, &statistics_file_target,
		&cache_row_target
	};
	const FuzzTarget *found = find_type_target(name);

	if (found == NULL)
		found = find_statement_target(name);
	for (int i = 0; i < lengthof(targets); i++)
		if (strcmp(targets[i]->name, name) == 0)
			found = targets[i];
	if (found == NULL)
		elog(ERROR, "no target \"%s\"", name);
	return found;
}

/* Does not return: libFuzzer ends the process. */
Datum
fuzz(PG_FUNCTION_ARGS)
{
	Datum	   *elements;
	int			count;
	char	  **arguments;

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(1), TEXTOID, -1, false, TYPALIGN_INT, &elements,
					  NULL, &count);
	arguments = palloc0((count + 1) * sizeof(char *));
	for (int i = 0; i < count; i++)
		arguments[i] = TextDatumGetCString(elements[i]);

	run_context = AllocSetContextCreate(TopMemoryContext, "fuzz", 0, 1024, 1024);
	PG_TRY();
	{
		target = find_target(text_to_cstring(PG_GETARG_TEXT_PP(0)));
		if (target->set_up != NULL)
			target->set_up();
	}
	PG_CATCH();
	{
		/* a server of one process would go on and end well */
		EmitErrorReport();
		abort();
	}
	PG_END_TRY();
	PG_RETURN_INT32(LLVMFuzzerRunDriver(&count, &arguments, run_input));
}
