/*
 * types.c
 *		Texts and binary forms of every type.
 *
 * What is accepted is printed and sent, and both are read back to the same
 * bytes; then a statement reads every part of it.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "compat.h"
#include "fuzz.h"

#define MAX_USES	16

/* one() and other() are charts of people, with all that a chart may have */
typedef struct FuzzType
{
	const char *name;
	bool		one_form;		/* what it is received from is what it sends */
	FuzzStatement uses[MAX_USES];
} FuzzType;

static FuzzType types[] = {
	{
		"chart", true, {
			{"SELECT jsonb($1)::chart = $1 AND chart_hash($1) = chart_hash($1 || $1), $1 - '{planets}' FROM bodies($1)"},
			{"SELECT aspect_codes(aspect_matrix($1, other())) = aspect_codes(transpose(aspect_matrix(other(), $1)))"},
			{"SELECT synastry_score($1, other()) = -($1 <~> other()), score_cells($1, other())"},
			{"SELECT aspects($1, other(), 'modern'), aspects(other(), $1)"},
			{"SELECT natal_aspects($1), transits($1, other()), transits(other(), $1)"},
			{"SELECT chart_interpolate($1, 'epoch', $1, '1970-01-02', '1970-01-01 11:00')"},
			{"SELECT synastry_report($1, other()), synastry_report(one(), $1)"},
			{"SELECT synastry($1, other()), synastry(other(), $1, 3.5)"},
			{"SELECT synastry_svg($1, other()), aspect_grid_svg(aspect_matrix($1, $1))"},
			{"SELECT house_overlay($1, other()), house_overlay(other(), $1), whole_sign_cusps($1), equal_cusps($1), porphyry_cusps($1), cusps($1)"},
			{"SELECT composite($1, other()) = composite(other(), $1), composite($1, $1, true, 'ascendant'), composite($1, one(), 0.3)"},
			{"SELECT patterns($1, other()), group_patterns(ARRAY[$1, one(), other()])"},
			{"SELECT declination_aspects($1, other()), antiscia($1, other()), midpoint_contacts($1, other())"},
			{"SELECT compatibility($1, other()), key_aspects($1, other()), element_balance($1, other()), modality_balance($1, one())"},
			{"SELECT peer_score($1, other(), score), peer_cells($1, other(), score) FROM unnest('{discepolo,discepolo_k5,astrolog_power,stellium,soft_hard}'::text[]) score"},
			{"SELECT group_tally(c), composite_agg(c) FROM unnest(ARRAY[$1, one(), $1, other()]) c"},
	}},
	{
		"aspect_set", false, {
			{"SELECT aspects(one(), other(), $1), natal_aspects(one(), $1), transits(one(), other(), $1)"},
			{"SELECT aspect_grid(aspect_matrix(one(), other(), $1)), aspect_grid_svg(aspect_matrix(other(), one(), $1))"},
			{"SELECT synastry_report(one(), other(), $1), synastry(one(), other(), aspects => $1)"},
			{"SELECT aspect_matrix(one(), other(), $1)::text::aspect_matrix::text = aspect_matrix(one(), other(), $1)::text"},
			{"SELECT group_tally(c, $1) FROM unnest(ARRAY[one(), one() - '{outer}', other()]) c"},
	}},
	{
		"score_model", false, {
			{"SELECT synastry_score(one(), other(), $1), score_cells(one(), other(), $1), $1::aspect_set"},
			{"SELECT (one() <~> score_query(other(), $1)) = -synastry_score(one(), other(), $1)"},
			{"SELECT synastry_report(one(), other(), model => $1)"},
			{"SELECT array_agg(id) FROM (SELECT id FROM crowd ORDER BY chart <~> score_query(one(), $1) LIMIT 3) s"},
			{"SELECT synastry_cross('SELECT id, chart FROM crowd LIMIT 40', 'SELECT id, chart FROM crowd LIMIT 40', top_k => 2, model => $1)"},
	}},
	{
		"score_query", false, {
			{"SELECT one() <~> $1, other() - '{sun}' <~> $1"},
			{"SELECT array_agg(id) FROM (SELECT id FROM crowd ORDER BY chart <~> $1 LIMIT 3) s"},
	}},
	{
		"aspect_matrix", false, {
			{"SELECT transpose(transpose($1))::text = $1::text, $1::jsonb, $1::int[]"},
			{"SELECT aspects($1), aspect_grid($1), aspect_grid($1, true)"},
			{"SELECT length(aspect_grid_svg($1)) > 0"},
	}},
	{
		"aspect_tally", false, {
			{"SELECT tally_rows($1)"},
			{"SELECT aspect_tally_combine($1, $1), aspect_tally_accum($1, one(), other())"},
	}},
	{
		"chart_group", false, {
			{"SELECT tally_rows(group_tally_final($1))"},
			{"SELECT group_tally_final(group_tally_combine($1, group_tally_accum($1, one())))"},
			{"SELECT aspect_matrix_agg_final($1)"},
			{"SELECT aspect_matrix_agg_combine($1, $1)"},
			{"SELECT aspect_matrix_agg_accum($1, 'sun', 1, 2)"},
	}},
	{
		"chart_sum", true, {
			{"SELECT composite_agg_final($1), composite_agg_accum($1, one())"},
			{"SELECT composite_agg_combine($1, $1)"},
	}},
};

static FuzzType *type;
static Oid	type_id;
static Oid	input_function;
static Oid	output_function;
static Oid	receive_function;
static Oid	send_function;
static Oid	parameter;

static void
set_up(void)
{
	bool		varlena;

	type_id = TypenameGetTypid(type->name);
	getTypeInputInfo(type_id, &input_function, &parameter);
	getTypeOutputInfo(type_id, &output_function, &varlena);
	getTypeBinaryInputInfo(type_id, &receive_function, &parameter);
	getTypeBinaryOutputInfo(type_id, &send_function, &varlena);
}

static struct varlena *
read_text(const char *text)
{
	return PG_DETOAST_DATUM(OidInputFunctionCall(input_function, unconstify(char *, text),
												 parameter, -1));
}

/* like the server, which wants all of the message to be read */
static struct varlena *
receive(const void *bytes, size_t size)
{
	StringInfoData message;
	Datum		value;

	initStringInfo(&message);
	appendBinaryStringInfo(&message, bytes, (int) size);
	value = OidReceiveFunctionCall(receive_function, &message, parameter, -1);
	if (message.cursor != message.len)
		ereport(ERROR, errcode(ERRCODE_INVALID_BINARY_REPRESENTATION), errmsg("bytes are left"));
	return PG_DETOAST_DATUM(value);
}

static void
check_same(const struct varlena *a, const struct varlena *b, const char *what)
{
	if (VARSIZE(a) != VARSIZE(b) || memcmp(a, b, VARSIZE(a)) != 0)
		find("%s, read back, is another value", what);
}

/* Reading back shall not fail: an error is a finding, whatever it says. */
static void
check_round_trips(struct varlena *value)
{
	char	   *text = OidOutputFunctionCall(output_function, PointerGetDatum(value));
	bytea	   *message = OidSendFunctionCall(send_function, PointerGetDatum(value));

	PG_TRY();
	{
		check_same(value, read_text(text), "the text");
		check_same(value, receive(VARDATA(message), VARSIZE(message) - VARHDRSZ),
				   "the binary form");
	}
	PG_CATCH();
	{
		find("what was accepted is refused: %s", text);
	}
	PG_END_TRY();
}

/* Which one is decided by the value, so that one input does one thing. */
static void
use(struct varlena *value)
{
	Datum		datum = PointerGetDatum(value);
	uint32		hash = 0;
	int			uses = 0;

	while (uses < MAX_USES && type->uses[uses].text != NULL)
		uses++;
	for (int i = VARHDRSZ; i < VARSIZE(value); i++)
		hash = hash * 31 + ((uint8 *) value)[i];
	run_statement(&type->uses[(hash ^ hash >> 16) % uses], 1, &type_id, &datum);
}

static void
check_value(struct varlena *value)
{
	check_round_trips(value);
	use(value);
}

static void
run_text(FuzzInput *input)
{
	char	   *text = take_text(input);

	if (text != NULL)
		check_value(read_text(text));
}

static void
run_binary(FuzzInput *input)
{
	struct varlena *value = receive(input->data, input->size);
	bytea	   *sent;

	check_value(value);
	if (!type->one_form)
		return;
	sent = OidSendFunctionCall(send_function, PointerGetDatum(value));
	if (VARSIZE(sent) - VARHDRSZ != input->size ||
		memcmp(VARDATA(sent), input->data, input->size) != 0)
		find("it is sent in another form than it came");
}

/* what some functions do not do with some values */
static bool
may_fail(int sqlstate)
{
	return is_data_error(sqlstate) || sqlstate == ERRCODE_FEATURE_NOT_SUPPORTED;
}

const FuzzTarget *
find_type_target(const char *name)
{
	static const FuzzTarget text_target = {"text", set_up, run_text, may_fail};
	static const FuzzTarget binary_target = {"binary", set_up, run_binary, may_fail};

	for (int i = 0; i < lengthof(types); i++)
	{
		type = &types[i];
		if (strcmp(name, psprintf("%s_text", type->name)) == 0)
			return &text_target;
		if (strcmp(name, psprintf("%s_binary", type->name)) == 0)
			return &binary_target;
	}
	return NULL;
}
