/*
 * moving.c
 *		Aspects whose orb depends on whether they apply or separate.
 *
 * Of two aspects of one cell one may apply while the other separates, so that
 * each has to be asked; called for single charts only, by natal_aspects() and
 * transits().  An aspect that is static, or exact, has its plain orb.
 */
#include "postgres.h"

#include "functions/moving.h"

static binary_angle
max_orb_of(const PreparedSet *prepared, const Mover *a, const Mover *b, int k,
		   int32 deviation)
{
	Motion		motion = aspect_motion(a, b, deviation);

	if (deviation == 0 || motion.phase == STATIC)
		return orb_limit(prepared->limits, a->id, b->id, k);
	return orb_limit_while(prepared->limits, a->id, b->id, k,
						   motion.phase == APPLYING ? WHILE_APPLYING : WHILE_SEPARATING);
}

/* bounds are those of AspectTable */
static bool
is_within(binary_angle orb, binary_angle max_orb, bool strict)
{
	if (max_orb == NO_ASPECT || (strict && max_orb < 2))
		return false;
	return strict ? orb <= max_orb - 2 : orb <= max_orb + 1;
}

uint8
find_moving_aspect(const PreparedSet *prepared, const Mover *a, const Mover *b,
				   bool either_way, int32 *deviation)
{
	binary_angle separation = angle_separation(a->longitude, b->longitude);
	AspectTableOptions options = aspect_set_options(prepared->set);
	AspectRule	rules[MAX_ASPECTS];
	int			n = aspect_set_rules(prepared->set, rules);
	uint8		code = 0;

	*deviation = 0;
	for (int i = 0; i < n; i++)
	{
		int			k = rules[i].code - 1;
		int32		candidate = (int32) (separation - rules[i].angle);
		binary_angle orb = cell_orb(candidate);

		/* without "first" the rules stand by rising angle, which settles ties */
		if (code != 0 && (options.first || orb >= cell_orb(*deviation)))
			continue;
		if (!orb_allowed(prepared->limits, a->id, b->id, k) &&
			!(either_way && orb_allowed(prepared->limits, b->id, a->id, k)))
			continue;
		if (!is_within(orb, max_orb_of(prepared, a, b, k, candidate), options.strict))
			continue;
		code = rules[i].code;
		*deviation = candidate;
	}
	return code;
}

binary_angle
moving_max_orb(const PreparedSet *prepared, const Mover *a, const Mover *b, uint8 code,
			   int32 deviation)
{
	return motion_matters(prepared, a, b)
		? max_orb_of(prepared, a, b, code - 1, deviation)
		: cell_max_orb(prepared->set, prepared->limits, a->id, b->id, code);
}
