/*
 * source.h
 *		Where the charts of a batch come from: a query or a relation of the
 *		caller's, read with the caller's rights.
 */
#ifndef SYNASTRY_SOURCE_H
#define SYNASTRY_SOURCE_H

#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"

#include "types/chart.h"

/* a pair has two members, a side of a cross has one */
#define MAX_MEMBERS		2

/* One chart of a row, with the text of its id; NULL where the row has NULL. */
typedef struct Member
{
	const		text *id;
	const Chart *chart;
} Member;

/* The columns that hold a member. */
typedef struct MemberColumns
{
	const char *id;				/* NULL: it has none */
	const char *chart;
} MemberColumns;

/* gets every row; what the members point to lives until it returns */
typedef void (*RowConsumer) (void *state, const Member *members);

typedef struct Source
{
	const char *function;		/* for messages: "synastry_cross" */
	const char *role;			/* for messages: "left query" */
	const MemberColumns *columns;
	int			n_members;
	Oid			id_type;		/* that ids must have, or InvalidOid */

	SPIPlanPtr	plan;
	Portal		portal;
	bool		at_end;
	MemoryContext row_context;

	/* by member */
	AttrNumber	id_column[MAX_MEMBERS];
	AttrNumber	chart_column[MAX_MEMBERS];
	FmgrInfo	id_output[MAX_MEMBERS];
	bool		id_is_text[MAX_MEMBERS];
} Source;

/*
 * The text of the query that an argument gives: its text, or for a regclass
 * one that selects the columns from that relation.
 */
extern char *source_query(Datum argument, Oid argument_type,
						  const MemberColumns *columns, int n_members);

/*
 * Prepares the query and checks that it is one SELECT with the columns, in
 * any order and among others.  The fields above the plan are set by the
 * caller, who is connected to SPI; chart_type is the type of the extension.
 */
extern void source_prepare(Source *source, const char *query, Oid chart_type);

/* Opens it under the snapshot of the calling statement. */
extern void source_open(Source *source);

/* Hands the next rows to the consumer, at most so many; all if 0. */
extern void source_read(Source *source, long count, RowConsumer consumer,
						void *state);

extern void source_close(Source *source);

#endif							/* SYNASTRY_SOURCE_H */
