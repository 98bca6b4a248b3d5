/*
 * variants.h
 *		The variants of this build; private to src/kernel/ and its test.
 *
 * Every file of a variant may be given to any compiler: for a foreign machine
 * it is empty.  SYNASTRY_EMULATE_NEON builds neon.c on a machine without
 * NEON, for the test only; the dispatcher never offers it there.
 */
#ifndef SYNASTRY_VARIANTS_H
#define SYNASTRY_VARIANTS_H

#include "kernel.h"

#define ALWAYS_INLINE	static inline __attribute__((always_inline))
#define NEVER_INLINE	__attribute__((noinline))

#if defined(__x86_64__)
#define BUILD_AVX2
#define BUILD_AVX512
#endif

#if defined(__aarch64__)
#define BUILD_NEON
#endif

extern const Kernel scalar_kernel;
extern const Kernel avx2_kernel;
extern const Kernel avx512_kernel;
extern const Kernel neon_kernel;

#endif							/* SYNASTRY_VARIANTS_H */
