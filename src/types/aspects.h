/*
 * aspects.h
 *		The registry of aspects: names, exact angles, natures, glyphs.
 */
#ifndef SYNASTRY_ASPECTS_H
#define SYNASTRY_ASPECTS_H

#include "postgres.h"

#include "kernel/angle.h"

/* one more than the largest id of the registry */
#define ASPECT_IDS	25

typedef enum AspectNature
{
	NEUTRAL,
	HARMONIOUS,
	CHALLENGING
} AspectNature;

typedef struct AspectName
{
	const char *name;
	int			numerator;		/* exact angle: numerator / denominator */
	int			denominator;	/* degrees */
	AspectNature nature;
	const char *glyph;			/* UTF-8 */
	const char *abbreviation;	/* ASCII */
	const char *aliases;		/* separated by spaces */
} AspectName;

/* indexed by id */
extern const AspectName aspect_names[ASPECT_IDS];

/* id of a name or an alias, in any case and spelling; -1 if there is none */
extern int	aspect_lookup(const char *name, int length);

/* the name of the registry that looks most like this one, NULL if none does */
extern const char *aspect_suggestion(const char *name, int length);

/* the exact angle of a registered aspect */
extern binary_angle aspect_angle(int id);

extern const char *aspect_nature_name(AspectNature nature);

#endif							/* SYNASTRY_ASPECTS_H */
