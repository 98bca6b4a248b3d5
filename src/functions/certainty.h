/*
 * certainty.h
 *		Does an aspect hold whenever within the uncertainty of the birth times?
 */
#ifndef SYNASTRY_CERTAINTY_H
#define SYNASTRY_CERTAINTY_H

#include "functions/motion.h"
#include "kernel/kernel.h"

typedef enum Certainty
{
	CERTAIN_NOT,
	CERTAIN,
	CERTAINTY_UNKNOWN			/* a speed is not known that is needed */
} Certainty;

/*
 * The aspect with this code between bodies of two charts; their uncertainties
 * in seconds, 0 for none, have nothing to do with each other.
 */
extern Certainty certainty_between(const AspectTable *table, uint8 code,
								   const Mover *a, uint32 uncertainty_a,
								   const Mover *b, uint32 uncertainty_b);

/* between bodies of one chart, which are early or late together */
extern Certainty certainty_within(const AspectTable *table, uint8 code,
								  const Mover *a, const Mover *b,
								  uint32 uncertainty);

#endif							/* SYNASTRY_CERTAINTY_H */
