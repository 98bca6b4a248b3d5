/*
 * compatibility.h
 *		How well two people match, on a scale from 0 to 100, overall and in five
 *		areas; and which of their aspects are key aspects.
 */
#ifndef SYNASTRY_COMPATIBILITY_H
#define SYNASTRY_COMPATIBILITY_H

#include "postgres.h"

#include "types/chart.h"

typedef enum Measure
{
	OVERALL,
	EMOTIONAL,
	COMMUNICATION,
	PHYSICAL,
	SPIRITUAL,
	STABILITY,
	MEASURES
} Measure;

/* values are integers of 1e-6; percentiles are whole tenths */
#define COMPATIBILITY_ONE		1000000
#define COMPATIBILITY_TENTH		100000

typedef struct Compatibility
{
	bool		known[MEASURES];	/* is there a common scoring cell? */
	int64		values[MEASURES];	/* 0 .. 100 */
} Compatibility;

/* the scale of compatibility() and of the report; never changes */
#define DEFAULT_CALIBRATION		"births15_1"

extern void measure_compatibility(const Chart *a, const Chart *b,
								  Compatibility *result);

/*
 * CosmicHub's key aspects (aspect_utils.py): orbs of at most 3 degrees, strong
 * up to 1.5, moderate beyond.
 */
#define KEY_ORB			3.0
#define STRONG_ORB		1.5

/* the largest orb within a bound in degrees, inclusive to the last digit */
static inline binary_angle
limit_of_orb(double degrees)
{
	return angle_from_arc(degrees) + 1;
}

/* strong_limit: limit_of_orb(STRONG_ORB) */
static inline const char *
key_aspect_strength(binary_angle orb, binary_angle strong_limit)
{
	return orb <= strong_limit ? "strong" : "moderate";
}

/* the tightest that a report shows, at most */
#define KEY_ASPECTS		5

/* The tightest key aspects, tight first; the order of cells among equals. */
typedef struct KeyAspects
{
	binary_angle limit;			/* their largest orb, and that of strong ones */
	binary_angle strong_limit;
	int			n;
	binary_angle orbs[KEY_ASPECTS];
	int			cells[KEY_ASPECTS];
} KeyAspects;

static inline void
key_aspects_begin(KeyAspects *keys)
{
	static binary_angle limit = 0;
	static binary_angle strong_limit = 0;

	if (limit == 0)
	{
		limit = limit_of_orb(KEY_ORB);
		strong_limit = limit_of_orb(STRONG_ORB);
	}
	keys->limit = limit;
	keys->strong_limit = strong_limit;
	keys->n = 0;
}

/* Cells come in their order. */
static inline void
consider_key_aspect(KeyAspects *keys, binary_angle orb, int cell)
{
	int			place;

	if (orb > keys->limit || (keys->n == KEY_ASPECTS && orb >= keys->orbs[KEY_ASPECTS - 1]))
		return;
	if (keys->n < KEY_ASPECTS)
		keys->n++;
	for (place = keys->n - 1; place > 0 && keys->orbs[place - 1] > orb; place--)
	{
		keys->orbs[place] = keys->orbs[place - 1];
		keys->cells[place] = keys->cells[place - 1];
	}
	keys->orbs[place] = orb;
	keys->cells[place] = cell;
}

#endif							/* SYNASTRY_COMPATIBILITY_H */
