/*
 * bound_avx2.c
 *		Bounds with AVX2, which has no look-up of a byte among 256 that is
 *		faster than plain C.
 */
#include "bound_loops.h"

#ifdef BUILD_AVX2

DEFINE_BOUND_LOOPS(avx2)

#endif							/* BUILD_AVX2 */
