/*
 * fuzz.h
 *		What the targets of libFuzzer have in common.
 *
 * A target takes any bytes and does something with them inside a server, in a
 * subtransaction that is rolled back afterwards.  It may end in an error that
 * the target allows; any other error and everything that find() is told are
 * findings, as are crashes, endless loops and what the sanitizers see.
 */
#ifndef SYNASTRY_FUZZ_H
#define SYNASTRY_FUZZ_H

#include "postgres.h"

/* Bytes of an input that are not used up yet. */
typedef struct FuzzInput
{
	const uint8 *data;
	size_t		size;
} FuzzInput;

typedef struct FuzzTarget
{
	const char *name;
	void		(*set_up) (void);	/* once before all inputs; may be NULL */
	void		(*run) (FuzzInput *input);
	bool		(*may_fail) (int sqlstate);
} FuzzTarget;

extern const FuzzTarget arena_target;
extern const FuzzTarget arena_damage_target;
extern const FuzzTarget index_target;
extern const FuzzTarget statistics_file_target;
extern const FuzzTarget cache_row_target;

/* targets that share code: NULL if the name is none of theirs */
extern const FuzzTarget *find_type_target(const char *name);
extern const FuzzTarget *find_statement_target(const char *name);

/* Ends the process, which saves the input. */
extern void find(const char *format,...) pg_attribute_noreturn() pg_attribute_printf(1, 2);

/* The next bytes as a number; 0 when there are no more. */
extern uint32 take_number(FuzzInput *input, int bytes);

/* The next bytes, as many as there are at most, into memory of their own. */
extern size_t take_bytes(FuzzInput *input, void *bytes, size_t size);

/*
 * All that is left as a text in the server's encoding, NULL if it is none:
 * the server hands out nothing else.
 */
extern char *take_text(FuzzInput *input);

/* What the tests of test/cache take their numbers from; NULL: a generator. */
extern FuzzInput *numbers;

/* what bad values are refused with */
extern bool is_data_error(int sqlstate);

/*
 * A statement with parameters, prepared at its first use.  It is run for what
 * it does, and if its first column is false, that is a finding.
 */
typedef struct FuzzStatement
{
	const char *text;
	void	   *plan;
} FuzzStatement;

extern void run_statement(FuzzStatement *statement, int count, const Oid *types,
						  const Datum *values);

/* Whether it ends without an error; one that the target does not allow is a finding. */
extern bool try_statement(FuzzStatement *statement, int count, const Oid *types,
						  const Datum *values);

#endif							/* SYNASTRY_FUZZ_H */
