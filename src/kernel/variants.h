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

/* the bounds of a kernel have files of their own; NEON has those of plain C */
#define DECLARE_BOUNDS(variant) \
	extern int variant##_candidates(const BoundTable *table, \
									const uint8_t *codes, size_t stride, int count, \
									int64_t threshold, uint16_t *candidates); \
	extern uint16_t variant##_sums(const BoundTable *table, \
							   const uint8_t *codes, size_t stride, int count, \
							   uint16_t *sums); \
	extern void variant##_sum_windows(const BoundRow *rows, int count, \
									  uint16_t (*sums)[BOUND_CODES], \
									  uint16_t *least, uint16_t *most); \
	extern void variant##_narrow_sums(const uint16_t *sums, uint16_t least, \
									  uint16_t factor, uint8_t *worth)

DECLARE_BOUNDS(scalar);
DECLARE_BOUNDS(avx2);
DECLARE_BOUNDS(avx512);

#endif							/* SYNASTRY_VARIANTS_H */
