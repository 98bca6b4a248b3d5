/*
 * moment.h
 *		When was it?  The moment of a chart, from its longitudes.
 */
#ifndef SYNASTRY_INDEX_MOMENT_H
#define SYNASTRY_INDEX_MOMENT_H

#include "postgres.h"

#include "kernel/angle.h"

/* planets that tell the year, from the slowest to the fastest */
#define MOMENT_PLANETS	5

/* where the Sun and these planets are among the bodies of an index */
typedef struct MomentBodies
{
	bool		complete;		/* all are there */
	int			sun;
	int			planets[MOMENT_PLANETS];
} MomentBodies;

extern void moment_find_bodies(MomentBodies *places, const uint16 *bodies, int n);

/*
 * A number that rises with time by 2^22 a year; false if the longitudes are
 * not those of any moment between about 1880 and 2110.
 */
extern bool moment_of_chart(const MomentBodies *places, const binary_angle *row,
							uint32 *moment);

#endif							/* SYNASTRY_INDEX_MOMENT_H */
