/*
 * avx512.c
 *		The kernel for x86-64 with AVX-512 (F, BW, VL and DQ).
 *
 * A bucket is looked up by the upper five bits of the difference, among 32:
 * those of the negative differences are the others mirrored.  That is as fast
 * as a look-up among 16 and saves folding.
 */
#include "variants.h"

#ifdef BUILD_AVX512

#include <immintrin.h>

#define LANES 16

typedef __m512i Cells;
typedef __m512 Floats;
typedef __mmask16 Truth;
typedef __m128i Codes;

typedef struct LookUp
{
	Cells		positive;
	Cells		negative;
} LookUp;

typedef LookUp CodeLookUp;
typedef bool Places;			/* a bucket is looked up as it is */

ALWAYS_INLINE Cells
splat(uint32_t x)
{
	return _mm512_set1_epi32((int32_t) x);
}

ALWAYS_INLINE Cells
load(const uint32_t *p)
{
	return _mm512_loadu_si512(p);
}

ALWAYS_INLINE Cells
lane_number(void)
{
	return _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
}

/* at most half a vector */
ALWAYS_INLINE __m256i
load_some_of_half(const uint32_t *p, int count)
{
	return _mm256_maskz_loadu_epi32((__mmask8) ((1u << count) - 1), p);
}

/*
 * A masked load that straddles cache lines is slow even if the lanes that it
 * loads do not, so this avoids the widest.
 */
ALWAYS_INLINE Cells
load_some(const uint32_t *p, int count)
{
	__m256i		low;

	if (count <= 8)
		return _mm512_zextsi256_si512(load_some_of_half(p, count));

	low = _mm256_loadu_si256((const __m256i *) p);
	return _mm512_inserti64x4(_mm512_castsi256_si512(low),
							  load_some_of_half(p + 8, count - 8), 1);
}

ALWAYS_INLINE Cells
load_group(const uint32_t *p, int count)
{
	switch (count)
	{
		case 1:
			return splat(*p);
		case 2:
			return _mm512_zextsi128_si512(_mm_loadu_si64(p));
		case 4:
			return _mm512_zextsi128_si512(_mm_loadu_si128((const __m128i *) p));
		case 8:
			return _mm512_zextsi256_si512(_mm256_loadu_si256((const __m256i *) p));
		default:
			return load(p);
	}
}

ALWAYS_INLINE Cells
permute(Cells x, Cells lanes)
{
	return _mm512_permutexvar_epi32(lanes, x);
}

ALWAYS_INLINE Cells
add(Cells x, Cells y)
{
	return _mm512_add_epi32(x, y);
}

ALWAYS_INLINE Cells
subtract(Cells x, Cells y)
{
	return _mm512_sub_epi32(x, y);
}

ALWAYS_INLINE Cells
magnitude(Cells x)
{
	return _mm512_abs_epi32(x);
}

ALWAYS_INLINE Cells
smaller(Cells x, Cells y)
{
	return _mm512_min_epu32(x, y);
}

ALWAYS_INLINE Cells
larger(Cells x, Cells y)
{
	return _mm512_max_epu32(x, y);
}

/* bit by bit */
ALWAYS_INLINE Cells
both(Cells x, Cells y)
{
	return _mm512_and_si512(x, y);
}

ALWAYS_INLINE Truth
at_most(Cells x, Cells y)
{
	return _mm512_cmple_epu32_mask(x, y);
}

/* of signed integers */
ALWAYS_INLINE Truth
is_less(Cells x, Cells y)
{
	return _mm512_cmplt_epi32_mask(x, y);
}

ALWAYS_INLINE Cells
choose(Truth p, Cells x, Cells y)
{
	return _mm512_mask_mov_epi32(y, p, x);
}

ALWAYS_INLINE Cells
keep(Truth p, Cells x)
{
	return _mm512_maskz_mov_epi32(p, x);
}

ALWAYS_INLINE void
store(int32_t *p, Cells x)
{
	_mm512_storeu_si512(p, x);
}

ALWAYS_INLINE void
store_some(int32_t *p, Cells x, int count)
{
	_mm512_mask_storeu_epi32(p, (__mmask16) ((1u << count) - 1), x);
}

ALWAYS_INLINE Codes
narrow(Cells x)
{
	return _mm512_cvtepi32_epi8(x);
}

ALWAYS_INLINE void
store_codes(uint8_t *p, Codes codes)
{
	_mm_storeu_si128((__m128i *) p, codes);
}

ALWAYS_INLINE void
store_some_codes(uint8_t *p, Codes codes, int count)
{
	_mm_mask_storeu_epi8(p, (__mmask16) ((1u << count) - 1), codes);
}

ALWAYS_INLINE Cells
bucket_of(Cells difference)
{
	return _mm512_srli_epi32(difference, BUCKET_SHIFT);
}

ALWAYS_INLINE bool
has_look_ups(const AspectTable *table)
{
	return table->bucketed;
}

ALWAYS_INLINE Places
places_from(const AspectTable *table)
{
	return table->bucketed;
}

ALWAYS_INLINE Cells
place_of(Places places, Cells bucket)
{
	(void) places;
	return bucket;
}

ALWAYS_INLINE LookUp
mirrored(Cells entries)
{
	LookUp		table;

	table.positive = entries;
	table.negative = permute(entries, subtract(splat(LANES - 1), lane_number()));
	return table;
}

ALWAYS_INLINE LookUp
look_up_from(const uint32_t *by_bucket, const uint32_t *by_rule)
{
	(void) by_rule;
	return mirrored(load(by_bucket));
}

ALWAYS_INLINE LookUp
look_up_from_floats(const float *by_bucket, const float *by_rule)
{
	(void) by_rule;
	return mirrored(_mm512_castps_si512(_mm512_loadu_ps(by_bucket)));
}

ALWAYS_INLINE Cells
look_up(LookUp table, Cells bucket)
{
	return _mm512_permutex2var_epi32(table.positive, bucket, table.negative);
}

ALWAYS_INLINE CodeLookUp
code_look_up_from(const uint8_t *entries)
{
	return mirrored(_mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *) entries)));
}

ALWAYS_INLINE Codes
look_up_codes(CodeLookUp table, Cells bucket, Truth found)
{
	return narrow(_mm512_maskz_permutex2var_epi32(found, table.positive, bucket,
												  table.negative));
}

ALWAYS_INLINE Floats
splat_float(float x)
{
	return _mm512_set1_ps(x);
}

ALWAYS_INLINE Floats
load_floats(const float *p)
{
	return _mm512_loadu_ps(p);
}

ALWAYS_INLINE Floats
as_floats(Cells x)
{
	return _mm512_castsi512_ps(x);
}

ALWAYS_INLINE Cells
as_cells(Floats x)
{
	return _mm512_castps_si512(x);
}

/* of signed integers */
ALWAYS_INLINE Floats
to_floats(Cells x)
{
	return _mm512_cvtepi32_ps(x);
}

/* the nearest, ties to even */
ALWAYS_INLINE Cells
to_integers(Floats x)
{
	return _mm512_cvtps_epi32(x);
}

ALWAYS_INLINE Floats
add_floats(Floats x, Floats y)
{
	return _mm512_add_ps(x, y);
}

ALWAYS_INLINE Floats
multiply(Floats x, Floats y)
{
	return _mm512_mul_ps(x, y);
}

ALWAYS_INLINE Floats
divide(Floats x, Floats y)
{
	return _mm512_div_ps(x, y);
}

ALWAYS_INLINE int64_t
sum_of_lanes(Cells x)
{
	__m512i		low = _mm512_cvtepi32_epi64(_mm512_castsi512_si256(x));
	__m512i		high = _mm512_cvtepi32_epi64(_mm512_extracti64x4_epi64(x, 1));

	return _mm512_reduce_add_epi64(_mm512_add_epi64(low, high));
}

ALWAYS_INLINE Cells
lane_modulo(int width)
{
	return _mm512_and_si512(lane_number(), splat((uint32_t) width - 1));
}

ALWAYS_INLINE Cells
lane_divided(int width)
{
	return _mm512_srlv_epi32(lane_number(), splat((uint32_t) __builtin_ctz((unsigned) width)));
}

ALWAYS_INLINE Cells
add_where(Truth p, Cells x, Cells y)
{
	return _mm512_mask_add_epi32(x, p, x, y);
}

ALWAYS_INLINE int
count_found(Truth p)
{
	return _mm_popcnt_u32(p);
}

#include "simd_kernel.h"

static bool
avx512_supported(void)
{
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
		__builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}

const Kernel avx512_kernel = {
	.name = "avx512",
	.lanes = LANES,
	.supported = avx512_supported,
	.matrix = simd_matrix,
	.matrix_by_cell = simd_matrix_by_cell,
	.score = simd_score,
	.tally = simd_tally,
	.candidates = avx512_candidates,
	.sums = avx512_sums,
	.sum_windows = avx512_sum_windows,
	.narrow_sums = avx512_narrow_sums
};

#endif							/* BUILD_AVX512 */
