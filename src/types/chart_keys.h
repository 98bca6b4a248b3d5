/*
 * chart_keys.h
 *		What keys and names mean in the documents of applications.
 */
#ifndef SYNASTRY_CHART_KEYS_H
#define SYNASTRY_CHART_KEYS_H

#include "postgres.h"

#include "types/document.h"

typedef enum ChartKey
{
	NOT_KNOWN,
	CUSPS,
	UNCERTAINTY,
	WRAPPER,					/* holds bodies */
	OTHER_MATTERS				/* well known, and of no chart */
} ChartKey;

/* the meaning of a key that is neither a body's nor a house's name */
extern ChartKey chart_key(const DocumentNode *node);

/*
 * "first_house", "House 1", "cusp1", "1st house cusp": the number of the house,
 * 0 if it is none.  Among houses the bare number will do.
 */
extern int	house_lookup(const char *name, int length, bool among_houses);

/*
 * The number of the house that one of several nodes is about: what it says
 * itself, what its key says, or its place in an array; 0 if nothing does.
 */
extern int	number_of_house(const DocumentNode *node);

/*
 * The name by which an object calls itself, NULL if by none: one that is a
 * body's, else the one under the best key.  The id is -1 if it is no body's.
 */
extern const DocumentNode *find_name(const DocumentNode *object, int *id);

#endif							/* SYNASTRY_CHART_KEYS_H */
