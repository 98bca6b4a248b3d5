/*
 * moment.c
 *		When was it?  The moment of a chart, from its longitudes.
 *
 * Charts of people are moments of one sky, and charts of about the same
 * moment are similar in all bodies: no other order has as narrow arcs.
 *
 * Each planet tells the time, but for whole turns and as exactly as its orbit
 * is a circle; it has to tell it more exactly than half a turn of the next
 * faster one takes, which then tells it better.  The Sun is the last one: its
 * longitude never falls, so that it orders the moments of a year.
 *
 *						error		half a turn of the next one
 *		Pluto			25 years	82 years
 *		Neptune			0.5			42
 *		Uranus			1.5			15
 *		Saturn			0.6			6
 *		Jupiter			0.2			0.5
 *
 * A wrong moment would do no harm but to the order.  Plain arithmetic that is
 * the same on every machine, nevertheless.
 */
#include "postgres.h"

#include <math.h>

#include "index/moment.h"

/* turns of a unit; years count from 2000 */
#define UNIT			(1.0 / 4294967296.0)
#define MIDDLE_YEAR		(-5)
#define FIRST_YEAR		(-512)
#define MOMENTS_A_YEAR	(1 << 22)

/* the Sun's longitude at the beginning of 2000, in turns */
#define SUN_IN_2000		(280.46 / 360)

/*
 * Mean longitude at the beginning of 2000 (turns), turns in a year, distance
 * (of that of the Earth), and how far a planet may be from its mean longitude
 * (turns).  After Standish and Williams, "Approximate Positions of the
 * Planets".
 */
static const struct
{
	int			id;
	double		longitude;
	double		speed;
	double		distance;
	double		tolerance;
}			planets[MOMENT_PLANETS] =

{
	{9, 238.929 / 360, 1.45151 / 360, 39.48, 36.0 / 360},	/* Pluto */
	{8, 304.880 / 360, 2.18459 / 360, 30.07, 3.5 / 360},	/* Neptune */
	{7, 313.238 / 360, 4.28482 / 360, 19.19, 8.0 / 360},	/* Uranus */
	{6, 49.954 / 360, 12.2245 / 360, 9.537, 9.0 / 360}, /* Saturn */
	{5, 34.396 / 360, 30.3494 / 360, 5.203, 9.0 / 360}	/* Jupiter */
};

static int
find_body(const uint16 *bodies, int n, int id)
{
	for (int j = 0; j < n; j++)
		if (bodies[j] == id)
			return j;
	return -1;
}

void
moment_find_bodies(MomentBodies *places, const uint16 *bodies, int n)
{
	places->sun = find_body(bodies, n, 0);
	places->complete = places->sun >= 0;
	for (int i = 0; i < MOMENT_PLANETS; i++)
	{
		places->planets[i] = find_body(bodies, n, planets[i].id);
		places->complete &= places->planets[i] >= 0;
	}
}

/* the sine of an angle, to a thousandth */
static inline double
sine(binary_angle angle)
{
	double		half_turns = (int32) angle * (2 * UNIT);
	double		parabola = 4 * half_turns * (1 - fabs(half_turns));

	return parabola * (0.775 + 0.225 * fabs(parabola));
}

/* the nearest whole number of turns away; for less than a million of them */
static inline double
nearest_turn(double turns)
{
	return turns - (double) (int64) (turns + (turns < 0 ? -0.5 : 0.5));
}

/*
 * As seen from the Sun, in turns: the parallax is an arc whose sine is that
 * of the elongation by the distance, and small.
 */
static inline double
heliocentric(binary_angle longitude, binary_angle sun, double distance)
{
	return longitude * UNIT + sine(longitude - sun) / distance * (0.5 / M_PI);
}

bool
moment_of_chart(const MomentBodies *places, const binary_angle *row, uint32 *moment)
{
	binary_angle sun = row[places->sun];
	double		longitudes[MOMENT_PLANETS];
	double		year = MIDDLE_YEAR;

	for (int i = 0; i < MOMENT_PLANETS; i++)
	{
		longitudes[i] = heliocentric(row[places->planets[i]], sun, planets[i].distance);
		year += nearest_turn(longitudes[i] - planets[i].longitude - planets[i].speed * year) /
			planets[i].speed;
	}
	year += nearest_turn(sun * UNIT - SUN_IN_2000 - year);

	for (int i = 0; i < MOMENT_PLANETS; i++)
		if (fabs(nearest_turn(longitudes[i] - planets[i].longitude - planets[i].speed * year)) >
			planets[i].tolerance)
			return false;
	*moment = (uint32) ((year - FIRST_YEAR) * MOMENTS_A_YEAR);
	return true;
}
