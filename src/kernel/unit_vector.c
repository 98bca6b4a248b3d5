/*
 * unit_vector.c
 *		Binary angles as vectors of length one, and back.
 *
 * Everything happens in the first eighth of the circle, in fixed point: angles
 * in radians and their squares as fractions of 2^64, sines and cosines as
 * fractions of 2^63.
 */
#include "unit_vector.h"

#define EIGHTH			(UINT32_C(1) << 29)

/* pi / 4, as a fraction of 2^64 */
#define PI_QUARTER		UINT64_C(0xc90fdaa22168c235)

/* 1, as a fraction of 2^63 */
#define ONE				(UINT64_C(1) << 63)

/* The upper half of the product: of two fractions of 2^64, again one. */
static uint64_t
multiply(uint64_t a, uint64_t b)
{
	uint64_t	a_high = a >> 32;
	uint64_t	a_low = a & UINT32_MAX;
	uint64_t	b_high = b >> 32;
	uint64_t	b_low = b & UINT32_MAX;
	uint64_t	middle = a_high * b_low + ((a_low * b_low) >> 32);
	uint64_t	other = a_low * b_high + (middle & UINT32_MAX);

	return a_high * b_high + (middle >> 32) + (other >> 32);
}

/*
 * Sine and cosine of an angle in the first eighth, given in half units, by
 * their series (Horner's scheme).  The first term that is left out is below
 * 2^-45 (sine) and 2^-50 (cosine).
 */
static void
sine_cosine(uint32_t half_units, uint64_t *sine, uint64_t *cosine)
{
	static const int sine_factors[] = {13 * 12, 11 * 10, 9 * 8, 7 * 6, 5 * 4, 3 * 2};
	static const int cosine_factors[] = {14 * 13, 12 * 11, 10 * 9, 8 * 7, 6 * 5, 4 * 3, 2 * 1};
	uint64_t	radians = 2 * multiply((uint64_t) half_units << 33, PI_QUARTER);
	uint64_t	square = multiply(radians, radians);

	*sine = ONE;
	for (int i = 0; i < 6; i++)
		*sine = ONE - multiply(square, *sine) / sine_factors[i];
	*sine = multiply(radians, *sine);

	*cosine = ONE;
	for (int i = 0; i < 7; i++)
		*cosine = ONE - multiply(square, *cosine) / cosine_factors[i];
}

/* From a fraction of 2^63 to a component. */
static int64_t
component(uint64_t fraction)
{
	return (int64_t) ((fraction + (UINT64_C(1) << 30)) >> 31);
}

UnitVector
unit_vector(binary_angle angle)
{
	int			eighth = angle / EIGHTH;
	uint32_t	rest = angle % EIGHTH;
	uint64_t	sine;
	uint64_t	cosine;
	int64_t		s;
	int64_t		c;
	UnitVector	result;

	/* odd eighths are seen from their other end */
	sine_cosine(2 * ((eighth & 1) ? EIGHTH - rest : rest), &sine, &cosine);
	s = component(sine);
	c = component(cosine);

	switch (eighth)
	{
		case 0:
			result = (UnitVector)
			{
				c, s
			};
			break;
		case 1:
			result = (UnitVector)
			{
				s, c
			};
			break;
		case 2:
			result = (UnitVector)
			{
				-s, c
			};
			break;
		case 3:
			result = (UnitVector)
			{
				-c, s
			};
			break;
		case 4:
			result = (UnitVector)
			{
				-c, -s
			};
			break;
		case 5:
			result = (UnitVector)
			{
				-s, -c
			};
			break;
		case 6:
			result = (UnitVector)
			{
				s, -c
			};
			break;
		default:
			result = (UnitVector)
			{
				c, -s
			};
			break;
	}
	return result;
}

static uint64_t
magnitude(int64_t value)
{
	return value < 0 ? -(uint64_t) value : (uint64_t) value;
}

/*
 * The direction of a vector in the first eighth (0 <= y <= x), in units: the
 * number of borders halfway between two units that lie before it.
 */
static uint32_t
direction_in_eighth(uint64_t x, uint64_t y)
{
	uint32_t	low = 0;
	uint32_t	high = EIGHTH;

	/* all 64 bits, so that the products are precise for short vectors too */
	while (x < ONE)
	{
		x <<= 1;
		y <<= 1;
	}
	while (low < high)
	{
		uint32_t	middle = low + (high - low) / 2;
		uint64_t	sine;
		uint64_t	cosine;

		sine_cosine(2 * middle + 1, &sine, &cosine);
		if (multiply(y, cosine) < multiply(x, sine))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

binary_angle
vector_direction(int64_t x, int64_t y)
{
	uint64_t	across = magnitude(x);
	uint64_t	up = magnitude(y);
	binary_angle angle;

	/* in the first quarter, then turned to where it belongs */
	if (up <= across)
		angle = direction_in_eighth(across, up);
	else
		angle = 2 * EIGHTH - direction_in_eighth(up, across);
	if (x < 0)
		angle = HALF_TURN - angle;
	return y < 0 ? -angle : angle;
}
