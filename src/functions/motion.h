/*
 * motion.h
 *		How two bodies move towards an exact aspect, or away from it.
 */
#ifndef SYNASTRY_MOTION_H
#define SYNASTRY_MOTION_H

#include "postgres.h"

#include "kernel/angle.h"

typedef enum Phase
{
	APPLYING,
	SEPARATING,
	STATIC
} Phase;

typedef struct Motion
{
	Phase		phase;
	bool		has_days;		/* is days_to_exact meaningful? */
	double		days_to_exact;	/* negative: so many days ago */
} Motion;

/* A body on its way; one that stands still, as a natal one, has speed 0. */
typedef struct Mover
{
	int			id;
	binary_angle longitude;
	int32		speed;			/* 1e-6 degrees a day */
} Mover;

extern Motion aspect_motion(const Mover *a, const Mover *b, int32 deviation);
extern const char *phase_name(Phase phase);

#endif							/* SYNASTRY_MOTION_H */
