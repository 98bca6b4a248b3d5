/*
 * nearest.h
 *		The best matches of a chart in a relation, by an index on it.
 */
#ifndef SYNASTRY_NEAREST_H
#define SYNASTRY_NEAREST_H

#include "postgres.h"

#include "batch/call.h"

typedef struct Nearest Nearest;

/*
 * For the relation that an argument names, if the best so many would be found
 * by an index; else NULL.  Connected to SPI.
 */
extern Nearest *nearest_prepare(const Call *call, int argno, const PreparedModel *model,
								int best);

/*
 * Gets charts from the best match on, equal ones in no certain order, with
 * their scores (NULL_SCORE after all others); returns whether it wants more.
 */
typedef bool (*MatchConsumer) (void *state, const text * id, int64 score);

/*
 * Hands over the matches of a chart until no more are wanted.  False if there
 * are very many that are as good as each other: the caller forgets what it
 * got, and asks once more.
 */
extern bool nearest_find(Nearest *nearest, const Chart *chart, MatchConsumer consumer,
						 void *state);

/* have the searches so far read so little that more of them pay? */
extern bool nearest_pays(const Nearest *nearest);

/* pairs whose scores were computed */
extern uint64 nearest_pairs(const Nearest *nearest);

extern void nearest_end(Nearest *nearest);

#endif							/* SYNASTRY_NEAREST_H */
