/*
 * motion.c
 *		How two bodies move towards an exact aspect, or away from it.
 *
 * The separation s of two longitudes is the magnitude of their folded
 * difference d, so that ds/dt is the relative speed v1 - v2 with the sign of d.
 * The aspect is applying if s moves towards the exact angle, and exact after
 * -(s - angle) / (ds/dt) days if both keep their speed.
 *
 * That "if" fails near a station, of one body or of the one relative to the
 * other (Mercury for weeks keeps the pace of the Sun): then the relative speed
 * is about to change its size or its sign, and no number of days is given.  A
 * relative speed counts as a station when it is below a tenth of the mean daily
 * motion of the faster body.
 */
#include "postgres.h"

#include "functions/motion.h"
#include "types/bodies.h"

#define STATION		0.1

/*
 * Mean daily motion in degrees: 360 by the sidereal period (E. M. Standish,
 * "Keplerian elements for approximate positions of the major planets"); seen
 * from the Earth, Mercury and Venus go with the Sun.
 */
static const double mean_motion[PLANETS] = {
	0.98560, 13.17640, 0.98560, 0.98560, 0.52402,
	0.08309, 0.03346, 0.01173, 0.00598, 0.00398
};

static double
mean_motion_of(const Mover *mover)
{
	return (mover->id < PLANETS && mover->speed != 0) ? mean_motion[mover->id] : 0;
}

/* ds/dt in 1e-6 degrees a day */
static int64
separation_rate(const Mover *a, const Mover *b)
{
	int64		relative = (int64) a->speed - b->speed;
	binary_angle difference = a->longitude - b->longitude;

	/* from a conjunction it can only grow, from an opposition only shrink */
	if (difference == 0)
		return relative < 0 ? -relative : relative;
	if (difference == HALF_TURN)
		return relative < 0 ? relative : -relative;
	return difference < HALF_TURN ? relative : -relative;
}

Motion
aspect_motion(const Mover *a, const Mover *b, int32 deviation)
{
	int64		rate = separation_rate(a, b);
	double		degrees_a_day = rate / 1e6;
	double		faster = Max(mean_motion_of(a), mean_motion_of(b));
	Motion		motion = {STATIC, false, 0};

	if (rate == 0)
		return motion;
	motion.phase = ((deviation < 0) == (rate > 0) && deviation != 0)
		? APPLYING : SEPARATING;
	if (rate > STATION * faster * 1e6 || -rate > STATION * faster * 1e6)
	{
		motion.has_days = true;
		motion.days_to_exact = -(deviation * (360.0 / 4294967296.0)) / degrees_a_day;

		/* not minus zero */
		motion.days_to_exact += 0.0;
	}
	return motion;
}

const char *
phase_name(Phase phase)
{
	static const char *const names[] = {"applying", "separating", "static"};

	return names[phase];
}
