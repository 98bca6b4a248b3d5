/*
 * certainty.c
 *		Does an aspect hold whenever within the uncertainty of the birth times?
 *
 * A birth time known to plus or minus u seconds leaves a body anywhere within
 * its speed times u of its longitude.  That is linear: good for hours, and for
 * days where no body is near a station.  The separation then is anywhere in a
 * range, and the row is certain if at each separation in it the aspect set
 * finds the same aspect.
 */
#include "postgres.h"

#include "functions/certainty.h"
#include "types/chart.h"

/*
 * What turns with the earth goes round in a day, at a pace that depends on the
 * sign and the latitude: within so many seconds a speed tells where it is.
 */
#define LINEAR_SECONDS	120

/* Can speeds tell where a body is, and if so, is this one's known? */
static Certainty
locatable(const Mover *body, uint32 uncertainty)
{
	if (uncertainty == 0)
		return CERTAIN;
	if (uncertainty > LINEAR_SECONDS && body_turns_daily(body->id))
		return CERTAIN_NOT;
	return body->speed == UNKNOWN ? CERTAINTY_UNKNOWN : CERTAIN;
}

/*
 * How far a speed in 1e-6 degrees a day leads in so many seconds, at most half
 * a turn.  A unit of angle is 2^-32 of 360 degrees: 2^-32 * 360e6 * 86400 is
 * 474609375 / 2^16.
 */
static binary_angle
arc_moved(int64 speed, uint32 seconds)
{
	uint64		product = (uint64) (speed < 0 ? -speed : speed) * seconds;
	uint64		arc;

	if (product >= UINT64_C(1) << 44)
		return HALF_TURN;
	arc = ((product << 16) + 474609375 / 2) / 474609375;
	return (binary_angle) Min(arc, HALF_TURN);
}

/* Does the set find this rule, and no other, from one separation to another? */
static bool
holds_throughout(const AspectTable *table, int rule, uint32 low, uint32 high)
{
	uint64		angle = table->angle[rule];

	if (angle_separation(low, angle) > table->limit[rule] ||
		angle_separation(high, angle) > table->limit[rule])
		return false;
	for (int i = 0; i < table->n; i++)
	{
		int64		from = (int64) table->angle[i] - table->limit[i];
		int64		to = (int64) table->angle[i] + table->limit[i];
		int64		middle = (angle + table->angle[i]) / 2;

		/* a rule that is tried later must be closer, if that counts at all */
		if (i == rule || (table->first && i > rule))
			continue;
		if (!table->first && i > rule)
			from = Max(from, middle + 1);
		else if (!table->first)
			to = Min(to, middle);
		if (Max(from, low) <= Min(to, high))
			return false;
	}
	return true;
}

/* Does the aspect hold however the bodies move towards each other so far? */
static Certainty
certainty_within_arc(const AspectTable *table, uint8 code, const Mover *a,
					 const Mover *b, uint64 arc)
{
	uint64		separation = angle_separation(a->longitude, b->longitude);
	int			rule = 0;

	/* an orb while applying or separating may be wider than the plain one */
	while (rule < table->n && table->code[rule] != code)
		rule++;
	if (rule == table->n)
		return CERTAIN_NOT;
	return holds_throughout(table, rule, separation > arc ? separation - arc : 0,
							Min(separation + arc, HALF_TURN)) ? CERTAIN : CERTAIN_NOT;
}

/* What makes a row uncertain counts more than what makes that unknown. */
static Certainty
both(Certainty a, Certainty b)
{
	if (a == CERTAIN_NOT || b == CERTAIN_NOT)
		return CERTAIN_NOT;
	return a == CERTAINTY_UNKNOWN ? a : b;
}

Certainty
certainty_between(const AspectTable *table, uint8 code, const Mover *a,
				  uint32 uncertainty_a, const Mover *b, uint32 uncertainty_b)
{
	Certainty	places = both(locatable(a, uncertainty_a), locatable(b, uncertainty_b));
	uint64		arc = 0;

	if (places != CERTAIN || (uncertainty_a == 0 && uncertainty_b == 0))
		return places;
	if (uncertainty_a != 0)
		arc += arc_moved(a->speed, uncertainty_a);
	if (uncertainty_b != 0)
		arc += arc_moved(b->speed, uncertainty_b);
	return certainty_within_arc(table, code, a, b, arc);
}

Certainty
certainty_within(const AspectTable *table, uint8 code, const Mover *a,
				 const Mover *b, uint32 uncertainty)
{
	Certainty	places = both(locatable(a, uncertainty), locatable(b, uncertainty));

	if (places != CERTAIN || uncertainty == 0)
		return places;
	return certainty_within_arc(table, code, a, b,
								arc_moved((int64) a->speed - b->speed, uncertainty));
}
