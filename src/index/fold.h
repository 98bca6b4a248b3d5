/*
 * fold.h
 *		Folding the tail into segments, which VACUUM does now and then.
 */
#ifndef SYNASTRY_INDEX_FOLD_H
#define SYNASTRY_INDEX_FOLD_H

#include "postgres.h"

#include "index/layout.h"
#include "utils/rel.h"

typedef struct ChainSurvey
{
	uint64		pages;
	uint64		charts;
	uint64		dead;			/* of them */
} ChainSurvey;

extern void survey_chain(Relation index, const IndexLayout *layout, const IndexChain *chain,
						 IndexChainKind kind, ChainSurvey *survey);

/* if it is worth it */
extern void index_fold(Relation index);

#endif							/* SYNASTRY_INDEX_FOLD_H */
