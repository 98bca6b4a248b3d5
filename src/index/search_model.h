/*
 * search_model.h
 *		Score models, prepared for searches and kept by the backend.
 */
#ifndef SYNASTRY_INDEX_SEARCH_MODEL_H
#define SYNASTRY_INDEX_SEARCH_MODEL_H

#include "postgres.h"

#include "functions/prepared.h"
#include "kernel/bound.h"

typedef struct SearchModel
{
	const PreparedModel *prepared;	/* not its arranged weights: see there */
	BoundShape	shape;
} SearchModel;

/* A model, which stays as it is for as long as the memory context lives. */
extern const SearchModel *search_model(const ScoreModel *value, MemoryContext user);

/* that of chart <~> chart */
extern const SearchModel *search_default_model(void);

#endif							/* SYNASTRY_INDEX_SEARCH_MODEL_H */
