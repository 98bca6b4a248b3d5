/*
 * statements.c
 *		What statements are given: documents as jsonb, and the arguments of
 *		functions that take words and numbers.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "compat.h"
#include "fuzz.h"

/*
 * Documents
 */

/* NULL if it is no text; the server refuses what is no JSON */
static Datum
take_document(FuzzInput *input)
{
	char	   *text = take_text(input);

	return text == NULL ? PointerGetDatum(NULL) :
		DirectFunctionCall1(jsonb_in, CStringGetDatum(text));
}

/* chart_problems() refuses what the cast does, and nothing else. */
static void
run_chart_document(FuzzInput *input)
{
	static FuzzStatement cast = {"SELECT jsonb($1::chart)::chart = $1::chart"};
	static FuzzStatement none = {"SELECT severity <> 'refused' FROM chart_problems($1)"};
	static FuzzStatement some = {
		"SELECT count(*) FILTER (WHERE severity = 'refused') > 0 FROM chart_problems($1)"
	};
	static const Oid type = JSONBOID;
	Datum		document = take_document(input);

	if (document != 0)
		run_statement(try_statement(&cast, 1, &type, &document) ? &none : &some, 1, &type,
					  &document);
}

static void
run_set_document(FuzzInput *input)
{
	static FuzzStatement cast = {
		"SELECT $1::aspect_set::text::aspect_set::text = $1::aspect_set::text"
	};
	static const Oid type = JSONBOID;
	Datum		document = take_document(input);

	if (document != 0)
		run_statement(&cast, 1, &type, &document);
}

/*
 * Words and numbers
 *
 *	$1 .. $4 float8, $5 and $6 int8, $7 text
 */

static FuzzStatement calls[] = {
	{"SELECT longitude(one(), $7), one() - ARRAY[$7], one() - string_to_array($7, ',')"},
	{"SELECT composite(one(), other(), false, $7), composite(one(), other(), $3, true, $7)"},
	{"SELECT compatibility(one(), other(), $7)"},
	{"SELECT peer_score(one(), other(), $7)"},
	{"SELECT peer_cells(one(), other(), $7), discepolo_tier($1)"},
	{"SELECT chart(ARRAY['sun', $7], ARRAY[$1, $2], ARRAY[$3, NULL], ARRAY[NULL, $4])"},
	{"SELECT chart(string_to_array($7, ','), ARRAY[$1, $2, $3, $4], cusps => array_fill($1, ARRAY[$6::int % 20]))"},
	{"SELECT chart_agg_accum(NULL, $7, $1, $2, $3), chart_agg_combine(chart_agg_accum(NULL, $7, $1), chart_agg_accum(NULL, 'sun', $4))"},
	{"SELECT aspect_matrix_agg(body, a, b) FROM (VALUES ($7, $1, $2), ('sun', $3, $4)) v (body, a, b)"},
	{"SELECT ARRAY[$1, $2, NULL, $3, $4, $1, $2, $3, $4, 0]::chart, chart(sun => $1, ascendant => $2, cusps => array_fill($3, ARRAY[12]))"},
	{"SELECT c::text::chart = c AND chart_send(c::text::chart) = chart_send(c) FROM chart(ARRAY['sun', 'moon'], ARRAY[$1, $2], ARRAY[$3, $4]) c"},
	{"SELECT with_cusps(one(), ARRAY(SELECT $1 + i * $2 FROM generate_series(1, 12) i))"},
	{"SELECT declination_aspects(one(), other(), $1), antiscia(one(), other(), $2), midpoint_contacts(one(), other(), $3)"},
	{"SELECT key_aspects(one(), other(), $1), synastry(one(), other(), $2)"},
	{"SELECT davison(to_timestamp($5 / 1000.0), $1, $2, to_timestamp($6 / 1000.0), $3, $4)"},
	{"SELECT chart_interpolate(one(), to_timestamp($5), other(), to_timestamp($6), to_timestamp(($5 + $6) / 2))"},
	{"SELECT synastry_estimate_memory($5, $6, ($5 % 200)::int), synastry_advise($6)"},
	{"SELECT synastry_regressions($1)"},
	{"SELECT synastry_cross('SELECT id, chart FROM crowd LIMIT 20', 'SELECT id, chart FROM crowd LIMIT 20', $5::int, $1)"},
};

static void
run_call_of_words(FuzzInput *input)
{
	static const Oid types[] = {
		FLOAT8OID, FLOAT8OID, FLOAT8OID, FLOAT8OID, INT8OID, INT8OID, TEXTOID
	};
	FuzzStatement *call = &calls[take_number(input, 1) % lengthof(calls)];
	Datum		values[lengthof(types)] = {0};
	char	   *text;

	/* as they lie there: any float8 and int8 */
	for (int i = 0; i < lengthof(types) - 1; i++)
		take_bytes(input, &values[i], sizeof(Datum));
	text = take_text(input);
	if (text == NULL)
		return;
	values[lengthof(types) - 1] = CStringGetTextDatum(text);
	run_statement(call, lengthof(types), types, values);
}

/* what the server's own casts and functions refuse, too */
static bool
is_error_of_call(int sqlstate)
{
	return is_data_error(sqlstate) ||
		ERRCODE_TO_CATEGORY(sqlstate) == ERRCODE_SYNTAX_ERROR_OR_ACCESS_RULE_VIOLATION ||
		sqlstate == ERRCODE_FEATURE_NOT_SUPPORTED;
}

const FuzzTarget *
find_statement_target(const char *name)
{
	static const FuzzTarget targets[] = {
		{"chart_jsonb", NULL, run_chart_document, is_data_error},
		{"aspect_set_jsonb", NULL, run_set_document, is_data_error},
		{"functions", NULL, run_call_of_words, is_error_of_call},
	};

	for (int i = 0; i < lengthof(targets); i++)
		if (strcmp(name, targets[i].name) == 0)
			return &targets[i];
	return NULL;
}
