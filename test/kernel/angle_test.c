/*
 * angle_test.c
 *		Angles from degrees and back, as text and as numbers.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "angle.h"
#include "check.h"

#define STRIDE			1021	/* units from one round trip to the next */
#define RANDOM_TRIES	1000000

/* degrees in units, so precisely that only ties could be in doubt */
static bool
is_nearest(double degrees, binary_angle angle)
{
	long double units = (long double) degrees * 4294967296.0L / 360.0L;
	long double error = fmodl(units - angle, 4294967296.0L);

	if (error > 2147483648.0L)
		error -= 4294967296.0L;
	if (error < -2147483648.0L)
		error += 4294967296.0L;
	return fabsl(error) <= 0.500001L;
}

/* does the text read back, and does no shorter one? */
static bool
text_is_shortest(binary_angle angle)
{
	char		text[ANGLE_TEXT_SIZE];
	char		shorter[ANGLE_TEXT_SIZE + 8];
	int			length = angle_to_text(angle, text);
	double		degrees = strtod(text, NULL);
	const char *point = strchr(text, '.');
	int			places = point == NULL ? 0 : (int) strlen(point + 1);

	if (length != (int) strlen(text) || length >= ANGLE_TEXT_SIZE || places > 8)
		return false;
	if (degrees < 0 || degrees >= 360 || angle_from_degrees(degrees) != angle)
		return false;
	if (degrees != angle_to_degrees(angle) ||
		angle_from_decimal(angle_to_decimal(angle)) != angle)
		return false;
	if (places == 0)
		return true;

	snprintf(shorter, sizeof(shorter), "%.*f", places - 1, degrees);
	return angle_from_degrees(strtod(shorter, NULL)) != angle;
}

/* the degree within the sign is that of the decimal, to the last digit */
static bool
sign_fits(binary_angle angle)
{
	char		text[ANGLE_TEXT_SIZE];
	char		within[ANGLE_TEXT_SIZE + 8];
	char	   *fraction;
	int			sign = angle_sign(angle);
	int			whole;

	angle_to_text(angle, text);
	whole = (int) strtol(text, &fraction, 10);
	snprintf(within, sizeof(within), "%d%s", whole - 30 * sign, fraction);
	return sign == whole / 30 && angle_sign_degree(angle) == strtod(within, NULL);
}

static void
test_round_trips(void)
{
	bool		text_ok = true;
	bool		sign_ok = true;
	uint64_t	stride = STRIDE / scale;

	for (uint64_t unit = 0; unit <= UINT32_MAX; unit += stride)
	{
		text_ok &= text_is_shortest((binary_angle) unit);
		sign_ok &= sign_fits((binary_angle) unit);
	}

	for (int degree = 0; degree < 360; degree++)
	{
		for (uint32_t near = 0; near < 64; near++)
		{
			binary_angle angle = angle_from_degrees(degree) + near - 32;

			text_ok &= text_is_shortest(angle);
			sign_ok &= sign_fits(angle);
		}
	}

	report("angle", "units read back from the shortest text", text_ok);
	report("angle", "degrees in a sign are exact", sign_ok);
}

/* what a person types, with 0 to 8 places, on both sides of zero */
static void
test_decimals(void)
{
	static const int scales[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
	bool		nearest = true;
	bool		same = true;

	for (int i = 0; i < scaled(RANDOM_TRIES); i++)
	{
		int			places = i % 9;
		char		typed[32];
		char		printed[ANGLE_TEXT_SIZE];
		double		degrees;

		snprintf(typed, sizeof(typed), "%u.%0*u", random_below(360), places,
				 random_below((uint32_t) scales[places]));
		if (places == 0)
			*strchr(typed, '.') = '\0';

		degrees = strtod(typed, NULL);
		angle_to_text(angle_from_degrees(degrees), printed);
		nearest &= is_nearest(degrees, angle_from_degrees(degrees));
		nearest &= is_nearest(-degrees, angle_from_degrees(-degrees));
		same &= places == 8 || strtod(printed, NULL) == degrees;
	}

	report("angle", "decimals go to the nearest unit", nearest);
	report("angle", "decimals to seven places return", same);
}

static void
test_folding(void)
{
	bool		folded = true;
	binary_angle five = angle_from_degrees(5);

	for (int i = 0; i < scaled(RANDOM_TRIES); i++)
	{
		double		degrees = ((double) random_bits() - 2147483648.0) / 1024;

		folded &= is_nearest(degrees, angle_from_degrees(degrees));
		folded &= angle_from_degrees(degrees) == angle_from_degrees(degrees + 360 * 1024);
	}

	folded &= angle_from_degrees(0.0) == 0 && angle_from_degrees(-0.0) == 0;
	folded &= angle_from_degrees(360) == 0 && angle_from_degrees(-360) == 0;
	folded &= angle_from_degrees(725) == five && angle_from_degrees(-715) == five;
	folded &= angle_from_degrees(1e-9) == 0 && angle_from_degrees(-1e-9) == 0;
	folded &= angle_from_degrees(nextafter(360, 0)) == 0;
	folded &= angle_from_degrees(180) == HALF_TURN && angle_from_degrees(-180) == HALF_TURN;
	folded &= angle_from_degrees(1e300) == angle_from_degrees(fmod(1e300, 360));
	report("angle", "any number folds into one turn", folded);
}

static void
test_arcs(void)
{
	bool		rounded = true;
	bool		whole = true;
	uint64_t	stride = STRIDE / scale;

	for (uint64_t unit = 0; unit <= HALF_TURN; unit += stride)
	{
		long double exact = (long double) unit * 360.0L / 4294967296.0L;
		double		degrees = arc_to_degrees((binary_angle) unit);
		char		text[32];

		snprintf(text, sizeof(text), "%.6f", degrees);
		rounded &= fabsl(degrees - exact) <= 0.0000005000001L && strtod(text, NULL) == degrees;
	}

	for (int degree = 0; degree <= 180; degree++)
	{
		whole &= arc_to_degrees(angle_from_arc(degree)) == degree;
		whole &= is_nearest(degree, angle_from_arc(degree));
	}
	whole &= angle_from_arc(180) == HALF_TURN && angle_from_arc(0) == 0;

	report("angle", "arcs are rounded to six decimals", rounded);
	report("angle", "arcs of whole degrees return", whole);
}

static void
test_signs(void)
{
	bool		ok = true;

	for (int sign = 0; sign < SIGNS; sign++)
	{
		binary_angle begin = angle_from_degrees(30 * sign);

		ok &= angle_sign(begin) == sign && angle_sign_degree(begin) == 0;
		ok &= angle_sign(begin - 1) == (sign + SIGNS - 1) % SIGNS;
		ok &= angle_sign_degree(begin - 1) < 30;
		ok &= angle_sign(angle_from_degrees(30 * sign + 29.9999999)) == sign;
	}

	ok &= angle_sign_degree(angle_from_degrees(196.2678939)) == 16.2678939;
	report("angle", "each sign begins at its degree", ok);
}

void
test_angles(void)
{
	test_round_trips();
	test_decimals();
	test_folding();
	test_arcs();
	test_signs();
}
