/*
 * unit_vector.h
 *		Binary angles as vectors of length one, and back: for circular means.
 *
 * All in integers, so that the same vectors and directions come out on every
 * machine; nothing of a mathematical library is used.
 */
#ifndef SYNASTRY_UNIT_VECTOR_H
#define SYNASTRY_UNIT_VECTOR_H

#include <stdint.h>

#include "angle.h"

/*
 * A vector of length one has this length.  Components are rounded to the
 * nearest integer; with the error of the series (below 2^-45) they are within
 * 0.501 of the exact value, which turns the vector by less than 0.12 units of
 * angle.
 */
#define UNIT_LENGTH	(INT64_C(1) << 32)

typedef struct UnitVector
{
	int64_t		x;				/* towards 0 degrees */
	int64_t		y;				/* towards 90 degrees */
} UnitVector;

extern UnitVector unit_vector(binary_angle angle);

/*
 * The direction of a vector that is not zero: the nearest unit of angle.
 * Components are at most 2^63 - 1 in magnitude.
 */
extern binary_angle vector_direction(int64_t x, int64_t y);

#endif							/* SYNASTRY_UNIT_VECTOR_H */
