/*
 * score_model.c
 *		The score model: layout and what it says.
 *
 * Values are built here only; the grammar is in score_model_grammar.c.
 */
#include "postgres.h"

#include "types/chart.h"
#include "types/score_model.h"

static const BodyWeight *
find_body(const ScoreModel *model, int id)
{
	const BodyWeight *weights = score_model_bodies(model);

	for (int i = 0; i < model->n_bodies; i++)
		if (weights[i].id == id)
			return &weights[i];
	return NULL;
}

int64
score_model_pair(const ScoreModel *model, int a, int b)
{
	const BodyWeight *weight_a = find_body(model, a);
	const BodyWeight *weight_b = find_body(model, b);
	const PairWeight *pairs = score_model_pairs(model);
	int			first = Min(a, b);
	int			second = Max(a, b);
	int			low = 0;
	int			high = model->n_pairs;

	if (weight_a == NULL || weight_b == NULL)
		return 0;
	while (low < high)
	{
		int			middle = (low + high) / 2;
		const PairWeight *pair = &pairs[middle];

		if (pair->first == first && pair->second == second)
			return 2 * (int64) pair->weight;
		if (pair->first < first ||
			(pair->first == first && pair->second < second))
			low = middle + 1;
		else
			high = middle;
	}
	return (int64) weight_a->weight + weight_b->weight;
}

int
score_model_rules(const ScoreModel *model, AspectRule *rules)
{
	int			n = aspect_set_rules(score_model_set(model), rules);

	for (int i = 0; i < n; i++)
		rules[i].worth = (double) model->worths[rules[i].code - 1] / WEIGHT_ONE;
	return n;
}

ScoreModel *
score_model_build(const AspectSet *set, const int32 *worths,
				  const int32 *weights, const int32 *pairs, uint8 flags)
{
	int			n_bodies = 0;
	int			n_pairs = 0;
	Size		size;
	ScoreModel *model;
	BodyWeight *body;
	PairWeight *pair;

	for (int id = 0; id < BODY_IDS; id++)
		n_bodies += (weights[id] != UNKNOWN);
	for (int i = 0; pairs != NULL && i < BODY_IDS * BODY_IDS; i++)
		n_pairs += (pairs[i] != UNKNOWN);
	Assert(n_bodies <= MAX_BODIES && n_pairs <= PG_UINT16_MAX);

	size = offsetof(ScoreModel, worths) + set->n * sizeof(int32) +
		n_bodies * sizeof(BodyWeight) + n_pairs * sizeof(PairWeight) +
		VARSIZE(set);
	model = palloc0(size);
	SET_VARSIZE(model, size);
	model->version = SCORE_MODEL_VERSION;
	model->flags = flags;
	model->n_worths = set->n;
	model->n_bodies = n_bodies;
	model->n_pairs = n_pairs;
	model->set_size = VARSIZE(set);
	memcpy(model->worths, worths, set->n * sizeof(int32));

	body = (BodyWeight *) score_model_bodies(model);
	for (int id = 0; id < BODY_IDS; id++)
		if (weights[id] != UNKNOWN)
		{
			body->id = id;
			body->weight = weights[id];
			body++;
		}
	pair = (PairWeight *) body;
	for (int i = 0; pairs != NULL && i < BODY_IDS * BODY_IDS; i++)
		if (pairs[i] != UNKNOWN)
		{
			pair->first = i / BODY_IDS;
			pair->second = i % BODY_IDS;
			pair->weight = pairs[i];
			pair++;
		}
	memcpy(pair, set, VARSIZE(set));
	return model;
}

PG_FUNCTION_INFO_V1(score_model_aspects);

/* aspect_set(score_model): the set that the model carries */
Datum
score_model_aspects(PG_FUNCTION_ARGS)
{
	const ScoreModel *model = PG_GETARG_SCORE_MODEL(0);
	AspectSet  *copy = palloc(model->set_size);

	memcpy(copy, score_model_set(model), model->set_size);
	PG_RETURN_POINTER(copy);
}
