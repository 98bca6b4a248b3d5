/*
 * angle.c
 *		Binary angles to and from degrees, and their signs.
 */
#include <math.h>
#include <stdlib.h>

#include "angle.h"

#define UNITS_PER_TURN		4294967296.0
#define DEGREES_PER_TURN	360

/* 10^ARC_PLACES, 10^ANGLE_PLACES */
#define ARC_SCALE			1000000
#define DECIMAL_SCALE		100000000

#define ONE_HALF			(UINT64_C(1) << 31) /* of 2^32 */

/* where each sign begins: i * 2^32 / 12, rounded */
static const binary_angle sign_begin[SIGNS] = {
	0, 357913941, 715827883, 1073741824, 1431655765, 1789569707,
	2147483648, 2505397589, 2863311531, 3221225472, 3579139413, 3937053355
};

/*
 * Multiplying by 2^32 is exact, so the division rounds once, to 2^-21 of a
 * unit or better.  A value halfway between two units takes the upper one, on
 * either side of zero, so that x and x + 360 agree.
 */
static binary_angle
nearest_unit(double degrees)
{
	double		units = degrees * UNITS_PER_TURN / DEGREES_PER_TURN;
	int64_t		whole = (int64_t) units;
	double		rest = units - (double) whole;

	return (binary_angle) (whole + (rest >= 0.5) - (rest < -0.5));
}

binary_angle
angle_from_degrees(double degrees)
{
	if (fabs(degrees) >= DEGREES_PER_TURN)
		degrees = fmod(degrees, DEGREES_PER_TURN);

	return nearest_unit(degrees);
}

binary_angle
angle_from_arc(double degrees)
{
	return nearest_unit(degrees);
}

static double
decimal_to_degrees(uint64_t decimal)
{
	/* both are exact, so this is the double that strtod() finds */
	return (double) decimal / DECIMAL_SCALE;
}

/*
 * The zeros at the end are not printed.
 *
 * A step of 1e-7 degrees is 1.2 units, so at most one decimal with seven
 * places reads back, and one with fewer is the same number.  A step of 1e-8
 * degrees is 0.12 units, so that eight places always do.
 */
uint64_t
angle_to_decimal(binary_angle angle)
{
	/* in units of 1e-7 degrees, with 32 binary digits after the point */
	uint64_t	scaled = (uint64_t) angle * (DEGREES_PER_TURN * UINT64_C(10000000));
	uint64_t	decimal = ((scaled + ONE_HALF) >> 32) * 10;

	if (angle_from_degrees(decimal_to_degrees(decimal)) != angle)
		decimal = (scaled >> 32) * 10 + (((scaled & UINT32_MAX) * 10 + ONE_HALF) >> 32);

	return decimal;
}

binary_angle
angle_from_decimal(uint64_t decimal)
{
	return nearest_unit(decimal_to_degrees(decimal));
}

double
angle_to_degrees(binary_angle angle)
{
	return decimal_to_degrees(angle_to_decimal(angle));
}

int
angle_to_text(binary_angle angle, char *text)
{
	uint64_t	decimal = angle_to_decimal(angle);
	uint32_t	whole = (uint32_t) (decimal / DECIMAL_SCALE);
	uint32_t	fraction = (uint32_t) (decimal % DECIMAL_SCALE);
	int			length = 0;

	if (whole >= 100)
		text[length++] = (char) ('0' + whole / 100);
	if (whole >= 10)
		text[length++] = (char) ('0' + whole / 10 % 10);
	text[length++] = (char) ('0' + whole % 10);

	if (fraction != 0)
	{
		text[length++] = '.';
		for (int place = ANGLE_PLACES - 1; place >= 0; place--)
		{
			text[length + place] = (char) ('0' + fraction % 10);
			fraction /= 10;
		}

		length += ANGLE_PLACES;
		while (text[length - 1] == '0')
			length--;
	}

	text[length] = '\0';
	return length;
}

uint32_t
arc_to_decimal(binary_angle arc)
{
	uint64_t	scaled = (uint64_t) arc * (DEGREES_PER_TURN * ARC_SCALE);

	return (uint32_t) ((scaled + ONE_HALF) >> 32);
}

double
arc_to_degrees(binary_angle arc)
{
	return (double) arc_to_decimal(arc) / ARC_SCALE;
}

int
angle_sign(binary_angle angle)
{
	int			sign = 0;

	for (int i = 1; i < SIGNS; i++)
		sign += angle >= sign_begin[i];

	return sign;
}

double
angle_sign_degree(binary_angle angle)
{
	uint64_t	sign = (uint64_t) angle_sign(angle);

	return decimal_to_degrees(angle_to_decimal(angle) - sign * ANGLE_SIGN_DECIMAL);
}

int
angle_whole_signs(binary_angle arc)
{
	for (int signs = 0; signs <= SIGNS / 2; signs++)
		if (arc == sign_begin[signs])
			return signs;

	return -1;
}

int
angle_signs_apart(binary_angle a, binary_angle b)
{
	int			apart = abs(angle_sign(a) - angle_sign(b));

	return apart <= SIGNS / 2 ? apart : SIGNS - apart;
}
