/*
 * avx2.c
 *		The kernel for x86-64 with AVX2.
 */
#include "variants.h"

#ifdef BUILD_AVX2

#ifndef __AVX2__
#error "avx2.c is compiled with -mavx2"
#endif

#include <simde/x86/avx2.h>

#define LANES 8

typedef simde__m256i Cells;
typedef simde__m256 Floats;
typedef simde__m256i Truth;		/* all ones or all zeros */
typedef simde__m128i Codes;		/* in the lower half */

/* a value for each rule; see has_look_ups() */
typedef Cells LookUp;
typedef Cells Places;			/* the rule of each bucket, twice */
typedef simde__m128i CodeLookUp;

ALWAYS_INLINE Cells
splat(uint32_t x)
{
	return simde_mm256_set1_epi32((int32_t) x);
}

ALWAYS_INLINE Cells
lane_number(void)
{
	return simde_mm256_set_epi32(7, 6, 5, 4, 3, 2, 1, 0);
}

/* which of the first so many lanes? */
ALWAYS_INLINE Truth
lanes_before(int count)
{
	return simde_mm256_cmpgt_epi32(splat((uint32_t) count), lane_number());
}

ALWAYS_INLINE Cells
lane_modulo(int width)
{
	return simde_mm256_and_si256(lane_number(), splat((uint32_t) width - 1));
}

ALWAYS_INLINE Cells
lane_divided(int width)
{
	return simde_mm256_srli_epi32(lane_number(), __builtin_ctz((unsigned) width));
}

ALWAYS_INLINE Cells
load(const uint32_t *p)
{
	return simde_mm256_loadu_si256((const simde__m256i *) p);
}

ALWAYS_INLINE Cells
load_some(const uint32_t *p, int count)
{
	return simde_mm256_maskload_epi32((const int32_t *) p, lanes_before(count));
}

ALWAYS_INLINE Cells
load_group(const uint32_t *p, int count)
{
	switch (count)
	{
		case 1:
			return splat(*p);
		case 2:
			return simde_mm256_castsi128_si256(simde_mm_loadu_si64(p));
		case 4:
			return simde_mm256_castsi128_si256(simde_mm_loadu_si128((const simde__m128i *) p));
		default:
			return load(p);
	}
}

ALWAYS_INLINE Cells
permute(Cells x, Cells lanes)
{
	return simde_mm256_permutevar8x32_epi32(x, lanes);
}

ALWAYS_INLINE Cells
add(Cells x, Cells y)
{
	return simde_mm256_add_epi32(x, y);
}

ALWAYS_INLINE Cells
subtract(Cells x, Cells y)
{
	return simde_mm256_sub_epi32(x, y);
}

ALWAYS_INLINE Cells
magnitude(Cells x)
{
	return simde_mm256_abs_epi32(x);
}

ALWAYS_INLINE Cells
smaller(Cells x, Cells y)
{
	return simde_mm256_min_epu32(x, y);
}

ALWAYS_INLINE Cells
larger(Cells x, Cells y)
{
	return simde_mm256_max_epu32(x, y);
}

/* bit by bit */
ALWAYS_INLINE Cells
both(Cells x, Cells y)
{
	return simde_mm256_and_si256(x, y);
}

ALWAYS_INLINE Truth
at_most(Cells x, Cells y)
{
	return simde_mm256_cmpeq_epi32(smaller(x, y), x);
}

/* of signed integers */
ALWAYS_INLINE Truth
is_less(Cells x, Cells y)
{
	return simde_mm256_cmpgt_epi32(y, x);
}

ALWAYS_INLINE Cells
choose(Truth p, Cells x, Cells y)
{
	return simde_mm256_blendv_epi8(y, x, p);
}

ALWAYS_INLINE Cells
keep(Truth p, Cells x)
{
	return simde_mm256_and_si256(p, x);
}

ALWAYS_INLINE void
store(int32_t *p, Cells x)
{
	simde_mm256_storeu_si256((simde__m256i *) p, x);
}

ALWAYS_INLINE void
store_some(int32_t *p, Cells x, int count)
{
	simde_mm256_maskstore_epi32(p, lanes_before(count), x);
}

/* with signed saturation, which leaves -1 as it is */
ALWAYS_INLINE Codes
narrow(Cells x)
{
	simde__m128i words = simde_mm_packs_epi32(simde_mm256_castsi256_si128(x),
											  simde_mm256_extracti128_si256(x, 1));

	return simde_mm_packs_epi16(words, words);
}

ALWAYS_INLINE void
store_codes(uint8_t *p, Codes codes)
{
	simde_mm_storeu_si64(p, codes);
}

ALWAYS_INLINE void
store_some_codes(uint8_t *p, Codes codes, int count)
{
	uint64_t	bytes = (uint64_t) simde_mm_cvtsi128_si64(codes);

	for (int i = 0; i < count; i++)
		p[i] = (uint8_t) (bytes >> (8 * i));
}

/* the magnitude of -2^31, an opposition, is not to leave the last bucket */
ALWAYS_INLINE Cells
bucket_of(Cells difference)
{
	Cells		folded = smaller(magnitude(difference), splat(INT32_MAX));

	return simde_mm256_srli_epi32(folded, BUCKET_SHIFT);
}

/*
 * One permutation looks up eight values, so a bucket is first replaced by its
 * rule.  A bucket without any has the rule after the last, which is all zeros
 * and worth nothing.
 */
ALWAYS_INLINE bool
has_look_ups(const AspectTable *table)
{
	return table->bucketed && table->n < LANES;
}

ALWAYS_INLINE Places
places_from(const AspectTable *table)
{
	return simde_mm256_broadcastsi128_si256(
											simde_mm_loadu_si128((const simde__m128i *) table->bucket_begin));
}

/* only the low byte is meant, and look_up() sees no other */
ALWAYS_INLINE Cells
place_of(Places places, Cells bucket)
{
	return simde_mm256_shuffle_epi8(places, bucket);
}

ALWAYS_INLINE LookUp
look_up_from(const uint32_t *by_bucket, const uint32_t *by_rule)
{
	(void) by_bucket;
	return load(by_rule);
}

ALWAYS_INLINE LookUp
look_up_from_floats(const float *by_bucket, const float *by_rule)
{
	(void) by_bucket;
	return simde_mm256_castps_si256(simde_mm256_loadu_ps(by_rule));
}

ALWAYS_INLINE Cells
look_up(LookUp table, Cells place)
{
	return permute(table, place);
}

ALWAYS_INLINE CodeLookUp
code_look_up_from(const uint8_t *entries)
{
	return simde_mm_loadu_si128((const simde__m128i *) entries);
}

/* where nothing is found the bucket becomes 255, which has the code 0 */
ALWAYS_INLINE Codes
look_up_codes(CodeLookUp table, Cells bucket, Truth found)
{
	return simde_mm_shuffle_epi8(table, narrow(choose(found, bucket, splat(UINT32_MAX))));
}

ALWAYS_INLINE Floats
splat_float(float x)
{
	return simde_mm256_set1_ps(x);
}

ALWAYS_INLINE Floats
load_floats(const float *p)
{
	return simde_mm256_loadu_ps(p);
}

ALWAYS_INLINE Floats
as_floats(Cells x)
{
	return simde_mm256_castsi256_ps(x);
}

ALWAYS_INLINE Cells
as_cells(Floats x)
{
	return simde_mm256_castps_si256(x);
}

/* of signed integers */
ALWAYS_INLINE Floats
to_floats(Cells x)
{
	return simde_mm256_cvtepi32_ps(x);
}

/* the nearest, ties to even */
ALWAYS_INLINE Cells
to_integers(Floats x)
{
	return simde_mm256_cvtps_epi32(x);
}

ALWAYS_INLINE Floats
add_floats(Floats x, Floats y)
{
	return simde_mm256_add_ps(x, y);
}

ALWAYS_INLINE Floats
multiply(Floats x, Floats y)
{
	return simde_mm256_mul_ps(x, y);
}

ALWAYS_INLINE Floats
divide(Floats x, Floats y)
{
	return simde_mm256_div_ps(x, y);
}

ALWAYS_INLINE int64_t
sum_of_lanes(Cells x)
{
	simde__m256i wide = simde_mm256_add_epi64(
											  simde_mm256_cvtepi32_epi64(simde_mm256_castsi256_si128(x)),
											  simde_mm256_cvtepi32_epi64(simde_mm256_extracti128_si256(x, 1)));
	simde__m128i two = simde_mm_add_epi64(simde_mm256_castsi256_si128(wide),
										  simde_mm256_extracti128_si256(wide, 1));

	return simde_mm_cvtsi128_si64(two) +
		simde_mm_cvtsi128_si64(simde_mm_unpackhi_epi64(two, two));
}

ALWAYS_INLINE Cells
add_where(Truth p, Cells x, Cells y)
{
	return add(x, keep(p, y));
}

ALWAYS_INLINE int
count_found(Truth p)
{
	return __builtin_popcount(simde_mm256_movemask_ps(simde_mm256_castsi256_ps(p)));
}

#include "simd_kernel.h"

static bool
avx2_supported(void)
{
	return __builtin_cpu_supports("avx2");
}

const Kernel avx2_kernel = {
	.name = "avx2",
	.lanes = LANES,
	.supported = avx2_supported,
	.matrix = simd_matrix,
	.matrix_by_cell = simd_matrix_by_cell,
	.score = simd_score,
	.tally = simd_tally,
	.candidates = scalar_candidates,
	.sums = scalar_sums,
	.sum_windows = avx2_sum_windows,
	.narrow_sums = avx2_narrow_sums
};

#endif							/* BUILD_AVX2 */
