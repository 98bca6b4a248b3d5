/*
 * score_query.c
 *		A chart and a score model: making one, text, binary form.
 *
 * Text is {"model": "...", "chart": {...}}; the binary form is a version byte
 * and that text.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "types/binary_text.h"
#include "types/score_query.h"

PG_FUNCTION_INFO_V1(score_query_in);
PG_FUNCTION_INFO_V1(score_query_out);
PG_FUNCTION_INFO_V1(score_query_recv);
PG_FUNCTION_INFO_V1(score_query_send);
PG_FUNCTION_INFO_V1(score_query_make);

static ScoreQuery *
make_query(const Chart *chart, const ScoreModel *model)
{
	Size		size = offsetof(ScoreQuery, chart) + VARSIZE(chart) + VARSIZE(model);
	ScoreQuery *query = palloc0(size);

	SET_VARSIZE(query, size);
	query->version = SCORE_QUERY_VERSION;
	query->chart_size = VARSIZE(chart);
	memcpy(query->chart, chart, VARSIZE(chart));
	memcpy(query->chart + query->chart_size, model, VARSIZE(model));
	return query;
}

Datum
score_query_make(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(make_query(PG_GETARG_CHART(0), PG_GETARG_SCORE_MODEL(1)));
}

static ScoreQuery *
query_from_text(char *text, Node *escontext)
{
	Datum		document;
	JsonbContainer *root;
	JsonbValue	model_text;
	JsonbValue	chart_value;
	ScoreModel *model;
	Chart	   *chart;

	if (!input_function_call_safe(jsonb_in, text, escontext, &document))
		return NULL;
	root = &DatumGetJsonbP(document)->root;
	if (!JsonContainerIsObject(root) ||
		getKeyJsonValueFromContainer(root, "model", strlen("model"), &model_text) == NULL ||
		model_text.type != jbvString ||
		getKeyJsonValueFromContainer(root, "chart", strlen("chart"), &chart_value) == NULL)
		ereturn(escontext, NULL,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type score_query"),
				 errdetail("It is not an object with a \"model\" and a \"chart\"."),
				 errhint("Use score_query(chart, score_model).")));
	model = score_model_from_text(model_text.val.string.val,
								  model_text.val.string.len, escontext);
	if (model == NULL)
		return NULL;
	chart = chart_from_jsonb(JsonbValueToJsonb(&chart_value), escontext);
	return chart ? make_query(chart, model) : NULL;
}

static void
query_to_text(const ScoreQuery *query, StringInfo text)
{
	/* names of aspects and bodies are plain words: nothing needs escaping */
	appendStringInfoString(text, "{\"model\": \"");
	score_model_to_text(score_query_model(query), text);
	appendStringInfoString(text, "\", \"chart\": ");
	chart_to_text(score_query_chart(query), text);
	appendStringInfoChar(text, '}');
}

Datum
score_query_in(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(query_from_text(PG_GETARG_CSTRING(0), fcinfo->context));
}

Datum
score_query_out(PG_FUNCTION_ARGS)
{
	StringInfoData text;

	initStringInfo(&text);
	query_to_text(PG_GETARG_SCORE_QUERY(0), &text);
	PG_RETURN_CSTRING(text.data);
}

Datum
score_query_recv(PG_FUNCTION_ARGS)
{
	int			length;
	char	   *text = receive_text((StringInfo) PG_GETARG_POINTER(0),
									SCORE_QUERY_VERSION, "score_query", &length);

	PG_RETURN_POINTER(query_from_text(text, NULL));
}

Datum
score_query_send(PG_FUNCTION_ARGS)
{
	StringInfoData text;

	initStringInfo(&text);
	query_to_text(PG_GETARG_SCORE_QUERY(0), &text);
	PG_RETURN_BYTEA_P(send_text(&text, SCORE_QUERY_VERSION));
}
