/*
 * moving.h
 *		Aspects whose orb depends on whether they apply or separate.
 */
#ifndef SYNASTRY_MOVING_H
#define SYNASTRY_MOVING_H

#include "postgres.h"

#include "functions/motion.h"
#include "functions/prepared.h"

/* does it matter how these two move?  Only where both speeds are known */
static inline bool
motion_matters(const PreparedSet *prepared, const Mover *a, const Mover *b)
{
	return prepared->limits != NULL && orb_limits_depend_on_motion(prepared->limits) &&
		a->speed != UNKNOWN && b->speed != UNKNOWN;
}

/*
 * The aspect of two bodies that move: its code, 0 for none, and the deviation.
 * either_way: it is enough that one of them casts on the other.
 */
extern uint8 find_moving_aspect(const PreparedSet *prepared, const Mover *a,
								const Mover *b, bool either_way, int32 *deviation);

/* the max orb of an aspect by its code, moving or not */
extern binary_angle moving_max_orb(const PreparedSet *prepared, const Mover *a,
								   const Mover *b, uint8 code, int32 deviation);

#endif							/* SYNASTRY_MOVING_H */
