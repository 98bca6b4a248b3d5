/*
 * aspect_set_text.c
 *		Text of aspect sets, canonical and expanded.
 *
 * It reads back by aspect_set_grammar.c.  The binary form is a version byte
 * and the text, so that it is checked by the same reader.
 */
#include "postgres.h"

#include "types/aspect_set.h"
#include "types/binary_text.h"
#include "types/orbs.h"

PG_FUNCTION_INFO_V1(aspect_set_in);
PG_FUNCTION_INFO_V1(aspect_set_out);
PG_FUNCTION_INFO_V1(aspect_set_recv);
PG_FUNCTION_INFO_V1(aspect_set_send);

static void
append_angle(StringInfo text, binary_angle angle)
{
	char		number[ANGLE_TEXT_SIZE];

	appendBinaryStringInfo(text, number, angle_to_text(angle, number));
}

static void
append_aspect(StringInfo text, const AspectSet *set, int i)
{
	const SetAspect *aspect = &set->aspects[i];
	char	   *name = aspect_set_name(set, i);

	appendStringInfoString(text, name);
	if (aspect->id == CUSTOM_ASPECT || aspect->angle != aspect_angle(aspect->id))
	{
		appendStringInfoChar(text, '=');
		append_angle(text, aspect->angle);
	}
	appendStringInfoChar(text, ' ');
	append_angle(text, aspect->max_orb);
	pfree(name);
}

void
append_body_names(StringInfo text, const uint16 *ids, int n)
{
	for (int i = 0; i < n; i++)
		appendStringInfo(text, "%s%s", i == 0 ? " " : ", ", body_name(ids[i]));
}

static void
append_side(StringInfo text, const AspectSet *set, Side side, const char *option)
{
	if (set->n_bodies[side] == ALL_BODIES)
		return;
	appendStringInfo(text, "; %s", option);
	append_body_names(text, aspect_set_bodies(set, side), set->n_bodies[side]);
}

void
aspect_set_to_text(const AspectSet *set, StringInfo text)
{
	/* in the order of precedence, which is ascending unless it matters */
	for (int precedence = 0; precedence < set->n; precedence++)
		for (int i = 0; i < set->n; i++)
			if (set->aspects[i].precedence == precedence)
			{
				if (precedence > 0)
					appendStringInfoString(text, ", ");
				append_aspect(text, set, i);
			}

	if (aspect_set_is_one_sided(set))
	{
		append_side(text, set, SIDE_A, "bodies_a");
		append_side(text, set, SIDE_B, "bodies_b");
	}
	else
		append_side(text, set, SIDE_A, "bodies");
	append_orbs(text, set);
	if (set->flags & ASPECT_SET_STRICT)
		appendStringInfoString(text, "; strict");
	if (set->flags & ASPECT_SET_FIRST)
		appendStringInfoString(text, "; first");
}

Datum
aspect_set_in(PG_FUNCTION_ARGS)
{
	const char *text = PG_GETARG_CSTRING(0);

	PG_RETURN_POINTER(aspect_set_from_text(text, strlen(text), fcinfo->context));
}

Datum
aspect_set_out(PG_FUNCTION_ARGS)
{
	StringInfoData text;

	initStringInfo(&text);
	aspect_set_to_text(PG_GETARG_ASPECT_SET(0), &text);
	PG_RETURN_CSTRING(text.data);
}

Datum
aspect_set_recv(PG_FUNCTION_ARGS)
{
	int			length;
	char	   *text = receive_text((StringInfo) PG_GETARG_POINTER(0),
									ASPECT_SET_VERSION, "aspect_set", &length);

	PG_RETURN_POINTER(aspect_set_from_text(text, length, NULL));
}

Datum
aspect_set_send(PG_FUNCTION_ARGS)
{
	StringInfoData text;

	initStringInfo(&text);
	aspect_set_to_text(PG_GETARG_ASPECT_SET(0), &text);
	PG_RETURN_BYTEA_P(send_text(&text, ASPECT_SET_VERSION));
}
