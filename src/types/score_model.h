/*
 * score_model.h
 *		The score model: its layout.
 *
 * The layout and the grammar are described in README.md.
 */
#ifndef SYNASTRY_SCORE_MODEL_H
#define SYNASTRY_SCORE_MODEL_H

#include "postgres.h"

#include "types/aspect_set.h"

#define SCORE_MODEL_VERSION		1

#define SCORE_MODEL_CONSTANT	0x01

/* weights and worths are integers of 1e-6, at most so large */
#define WEIGHT_PLACES	6
#define WEIGHT_ONE		1000000
#define MAX_WEIGHT		(INT64CONST(1000) * WEIGHT_ONE)

typedef struct BodyWeight
{
	uint16		id;
	uint16		reserved;
	int32		weight;
} BodyWeight;

typedef struct PairWeight
{
	uint16		first;
	uint16		second;			/* not smaller than first */
	int32		weight;
} PairWeight;

typedef struct ScoreModel
{
	int32		vl_len_;
	uint8		version;
	uint8		flags;
	uint8		n_worths;
	uint8		n_bodies;
	uint16		n_pairs;
	uint16		reserved;
	uint32		set_size;
	int32		worths[FLEXIBLE_ARRAY_MEMBER];
	/* then the bodies, the pairs and the aspect set */
} ScoreModel;

#define DatumGetScoreModel(datum)	((const ScoreModel *) PG_DETOAST_DATUM(datum))
#define PG_GETARG_SCORE_MODEL(n)	DatumGetScoreModel(PG_GETARG_DATUM(n))

static inline const BodyWeight *
score_model_bodies(const ScoreModel *model)
{
	return (const BodyWeight *) (model->worths + model->n_worths);
}

static inline const PairWeight *
score_model_pairs(const ScoreModel *model)
{
	return (const PairWeight *) (score_model_bodies(model) + model->n_bodies);
}

static inline const AspectSet *
score_model_set(const ScoreModel *model)
{
	return (const AspectSet *) (score_model_pairs(model) + model->n_pairs);
}

/*
 * Twice the weight of a pair of bodies, in 1e-6: that of the pair if the model
 * names it, else the sum of the bodies' weights.  0 if the pair makes no term.
 */
extern int64 score_model_pair(const ScoreModel *model, int a, int b);

/* the rules for the kernels with their worths, in the order of precedence */
extern int	score_model_rules(const ScoreModel *model, AspectRule *rules);

extern ScoreModel *score_model_from_text(const char *text, int length,
										 Node *escontext);
extern void score_model_to_text(const ScoreModel *model, StringInfo text);

/*
 * score_model.c, for the grammar: builds the value.  weights: per id, UNKNOWN
 * for bodies that do not score; pairs: BODY_IDS x BODY_IDS, used where the row is
 * not greater than the column, UNKNOWN where the model does not name the pair.
 */
extern ScoreModel *score_model_build(const AspectSet *set, const int32 *worths,
									 const int32 *weights, const int32 *pairs,
									 uint8 flags);

#endif							/* SYNASTRY_SCORE_MODEL_H */
