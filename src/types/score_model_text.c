/*
 * score_model_text.c
 *		Text of score models.
 *
 * It reads back by score_model_grammar.c.  The binary form is a version byte
 * and the text, so that it is checked by the same reader.
 */
#include "postgres.h"

#include "types/binary_text.h"
#include "types/decimal.h"
#include "types/score_model.h"

PG_FUNCTION_INFO_V1(score_model_in);
PG_FUNCTION_INFO_V1(score_model_out);
PG_FUNCTION_INFO_V1(score_model_recv);
PG_FUNCTION_INFO_V1(score_model_send);

static void
append_weight(StringInfo text, int32 weight)
{
	char		number[SCALED_TEXT_SIZE];

	scaled_to_text(weight, WEIGHT_PLACES, number);
	appendStringInfo(text, " %s", number);
}

void
score_model_to_text(const ScoreModel *model, StringInfo text)
{
	const AspectSet *set = score_model_set(model);
	const BodyWeight *weights = score_model_bodies(model);
	const PairWeight *pairs = score_model_pairs(model);
	const char *separator = "; worth ";

	appendStringInfoString(text, "aspects (");
	aspect_set_to_text(set, text);
	appendStringInfoString(text, "); bodies ");
	for (int i = 0; i < model->n_bodies; i++)
	{
		appendStringInfo(text, "%s%s", i == 0 ? "" : ", ", body_name(weights[i].id));
		append_weight(text, weights[i].weight);
	}
	for (int i = 0; i < model->n_pairs; i++)
	{
		appendStringInfo(text, "%s%s-%s", i == 0 ? "; pairs " : ", ",
						 body_name(pairs[i].first), body_name(pairs[i].second));
		append_weight(text, pairs[i].weight);
	}
	for (int i = 0; i < model->n_worths; i++)
		if (model->worths[i] != 0)
		{
			appendStringInfo(text, "%s%s", separator, aspect_set_name(set, i));
			append_weight(text, model->worths[i]);
			separator = ", ";
		}
	if (model->flags & SCORE_MODEL_CONSTANT)
		appendStringInfoString(text, "; constant");
}

Datum
score_model_in(PG_FUNCTION_ARGS)
{
	const char *text = PG_GETARG_CSTRING(0);

	PG_RETURN_POINTER(score_model_from_text(text, strlen(text), fcinfo->context));
}

Datum
score_model_out(PG_FUNCTION_ARGS)
{
	StringInfoData text;

	initStringInfo(&text);
	score_model_to_text(PG_GETARG_SCORE_MODEL(0), &text);
	PG_RETURN_CSTRING(text.data);
}

Datum
score_model_recv(PG_FUNCTION_ARGS)
{
	int			length;
	char	   *text = receive_text((StringInfo) PG_GETARG_POINTER(0),
									SCORE_MODEL_VERSION, "score_model", &length);

	PG_RETURN_POINTER(score_model_from_text(text, length, NULL));
}

Datum
score_model_send(PG_FUNCTION_ARGS)
{
	StringInfoData text;

	initStringInfo(&text);
	score_model_to_text(PG_GETARG_SCORE_MODEL(0), &text);
	PG_RETURN_BYTEA_P(send_text(&text, SCORE_MODEL_VERSION));
}
