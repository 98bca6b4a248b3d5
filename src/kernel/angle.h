/*
 * angle.h
 *		Binary angles: a turn is 2^32.
 *
 * Inside, every longitude is an unsigned 32-bit fraction of the circle (the
 * "unit" is 360 / 2^32 degrees, 8.4e-8 degrees or 0.0003 arc seconds).
 * Subtraction wraps by itself, and the separation of two longitudes is the
 * smaller of a difference and its negation.  Degrees exist only at the edges
 * of the program; this file is the only place that converts.
 *
 * Nothing here depends on PostgreSQL, on a locale or on the rounding of a
 * mathematical library: fmod() is exact by IEEE 754, and the rest is one
 * multiplication, one division and integers.
 */
#ifndef SYNASTRY_ANGLE_H
#define SYNASTRY_ANGLE_H

#include <stdbool.h>
#include <stdint.h>

typedef uint32_t binary_angle;

#define HALF_TURN	((binary_angle) 0x80000000)

/* 12 signs; a sign begins at the unit nearest to a multiple of 30 degrees */
#define SIGNS	12

/* longest text of an angle: "359.99999992" and the terminating zero */
#define ANGLE_TEXT_SIZE	16

/*
 * The shorter arc between two longitudes, 0 .. HALF_TURN.
 */
static inline binary_angle
angle_separation(binary_angle a, binary_angle b)
{
	uint32_t	difference = a - b;
	uint32_t	negated = b - a;

	return difference < negated ? difference : negated;
}

/* the unit nearest to a finite number of degrees, folded into one turn */
extern binary_angle angle_from_degrees(double degrees);

/*
 * The same for a magnitude (orb, exact angle) of 0 .. 180 degrees, where 180
 * is HALF_TURN and nothing is folded.
 */
extern binary_angle angle_from_arc(double degrees);

/* the shortest decimal that reads back to the same unit; returns its length */
extern int	angle_to_text(binary_angle angle, char *text);

/* the same decimal as a number; and as an integer, in units of 1e-8 degrees */
#define ANGLE_PLACES	8
extern double angle_to_degrees(binary_angle angle);
extern uint64_t angle_to_decimal(binary_angle angle);

/* the unit nearest to that many 1e-8 degrees, less than a turn */
extern binary_angle angle_from_decimal(uint64_t decimal);

/*
 * A separation or an orb (0 .. HALF_TURN) in degrees, rounded to 6 decimals;
 * and as an integer, in units of 1e-6 degrees.
 */
#define ARC_PLACES		6
extern double arc_to_degrees(binary_angle arc);
extern uint32_t arc_to_decimal(binary_angle arc);

/* a sign in the units of angle_to_decimal() */
#define ANGLE_SIGN_DECIMAL	(UINT64_C(30) * 100000000)

/* 0 (Aries) .. 11 (Pisces) */
extern int	angle_sign(binary_angle angle);

/* degrees within the sign, 0 <= x < 30, of the decimal that is printed */
extern double angle_sign_degree(binary_angle angle);

/* an exact angle (0 .. HALF_TURN) in signs, -1 if it is no whole number */
extern int	angle_whole_signs(binary_angle arc);

/* how many signs two longitudes stand apart, 0 .. 6, wherever in them */
extern int	angle_signs_apart(binary_angle a, binary_angle b);

#endif							/* SYNASTRY_ANGLE_H */
