/*
 * arguments.h
 *		Arguments that several functions have.
 */
#ifndef SYNASTRY_ARGUMENTS_H
#define SYNASTRY_ARGUMENTS_H

#include "postgres.h"

#include "fmgr.h"

/* the orb of a call in degrees, checked; 8 unless given */
extern float8 orb_argument(FunctionCallInfo fcinfo, int argno);

#endif							/* SYNASTRY_ARGUMENTS_H */
