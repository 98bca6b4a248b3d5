/*
 * bound_avx512.c
 *		Bounds with AVX-512: 64 charts at once, if the CPU looks up bytes (VBMI)
 *		and packs words (VBMI2), as all but the first generation do.
 */
#include "bound_loops.h"

#ifdef BUILD_AVX512

#include <immintrin.h>

#define VBMI	__attribute__((target("avx512vbmi,avx512vbmi2")))

/* bytes of a vector, that is charts of a step */
#define STEP	64

DEFINE_BOUND_LOOPS(avx512)

/*
 * The sums of 64 charts.  Bytes are added in pairs as they lie, and the upper
 * ones of the pairs once more by themselves: words[k] is the sum of chart 2k
 * plus 256 times upper[k], that of chart 2k + 1, modulo 2^16.
 */
typedef struct Sums
{
	__m512i		words;
	__m512i		upper;
} Sums;

/* the worths of a column, in the order of the codes */
typedef struct Worths
{
	__m512i		quarter[4];
} Worths;

VBMI		ALWAYS_INLINE Worths
load_worths(const uint8_t *worth)
{
	Worths		worths;

	for (int i = 0; i < 4; i++)
		worths.quarter[i] = _mm512_loadu_si512(worth + i * STEP);
	return worths;
}

VBMI		ALWAYS_INLINE void
add_column(Sums *sums, const Worths *worths, __m512i codes)
{
	__m512i		low = _mm512_permutex2var_epi8(worths->quarter[0], codes, worths->quarter[1]);
	__m512i		high = _mm512_permutex2var_epi8(worths->quarter[2], codes, worths->quarter[3]);
	__m512i		found = _mm512_mask_mov_epi8(low, _mm512_movepi8_mask(codes), high);

	sums->words = _mm512_add_epi16(sums->words, found);
	sums->upper = _mm512_add_epi16(sums->upper, _mm512_srli_epi16(found, 8));
}

/* those of the even charts */
VBMI		ALWAYS_INLINE __m512i
even_sums(const Sums *sums)
{
	return _mm512_sub_epi16(sums->words, _mm512_slli_epi16(sums->upper, 8));
}

/* which of the charts reach the least sum? */
VBMI		ALWAYS_INLINE uint64_t
reaching(const Sums *sums, __m512i least)
{
	__m512i		even = _mm512_movm_epi16(_mm512_cmpge_epu16_mask(even_sums(sums), least));
	__m512i		odd = _mm512_movm_epi16(_mm512_cmpge_epu16_mask(sums->upper, least));

	return _mm512_movepi8_mask(_mm512_mask_mov_epi8(even, 0xAAAAAAAAAAAAAAAA, odd));
}

/* writes 32 numbers, of which those in the mask count; returns how many */
VBMI		ALWAYS_INLINE int
write_numbers(uint16_t *candidates, __m512i numbers, uint32_t mask)
{
	_mm512_storeu_si512(candidates, _mm512_maskz_compress_epi16(mask, numbers));
	return _mm_popcnt_u32(mask);
}

VBMI static int
find_candidates(const BoundTable *table, const uint8_t *codes, size_t stride, int count,
				uint32_t least_sum, uint16_t *candidates)
{
	__m512i		least = _mm512_set1_epi16((int16_t) least_sum);
	__m512i		numbers = _mm512_set_epi16(31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20,
										   19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8,
										   7, 6, 5, 4, 3, 2, 1, 0);
	const		__m512i half = _mm512_set1_epi16(STEP / 2);
	_Alignas(STEP) uint8_t worth[MAX_BODIES][BOUND_CODES];
	int			found = 0;
	int			begin = 0;

	/* where no load is of two cache lines */
	memcpy(worth, table->worth, (size_t) table->m * BOUND_CODES);

	for (; begin + 2 * STEP <= count; begin += 2 * STEP)
	{
		Sums		sums[2] = {{_mm512_setzero_si512(), _mm512_setzero_si512()},
		{_mm512_setzero_si512(), _mm512_setzero_si512()}};

		for (int j = 0; j < table->m; j++)
		{
			const uint8_t *column = codes + (size_t) j * stride + begin;
			Worths		worths = load_worths(worth[j]);

			add_column(&sums[0], &worths, _mm512_loadu_si512(column));
			add_column(&sums[1], &worths, _mm512_loadu_si512(column + STEP));
		}

		/* there is room for what is written: no more is found than passed */
		for (int i = 0; i < 2; i++)
		{
			uint64_t	mask = reaching(&sums[i], least);

			found += write_numbers(candidates + found, numbers, (uint32_t) mask);
			numbers = _mm512_add_epi16(numbers, half);
			found += write_numbers(candidates + found, numbers, (uint32_t) (mask >> 32));
			numbers = _mm512_add_epi16(numbers, half);
		}
	}

	for (; begin < count; begin += STEP)
	{
		int			size = count - begin < STEP ? count - begin : STEP;
		__mmask64	lanes = UINT64_MAX >> (STEP - size);
		Sums		sums = {_mm512_setzero_si512(), _mm512_setzero_si512()};
		uint64_t	mask;

		for (int j = 0; j < table->m; j++)
		{
			const uint8_t *column = codes + (size_t) j * stride + begin;
			Worths		worths = load_worths(worth[j]);

			add_column(&sums, &worths, _mm512_maskz_loadu_epi8(lanes, column));
		}

		for (mask = reaching(&sums, least) & lanes; mask != 0; mask &= mask - 1)
			candidates[found++] = (uint16_t) (begin + __builtin_ctzll(mask));
	}

	return found;
}

int
avx512_candidates(const BoundTable *table, const uint8_t *codes, size_t stride, int count,
				  int64_t threshold, uint16_t *candidates)
{
	uint32_t	least = bound_least_sum(table, threshold);

	if (!__builtin_cpu_supports("avx512vbmi") || !__builtin_cpu_supports("avx512vbmi2"))
		return scalar_candidates(table, codes, stride, count, threshold, candidates);
	if (least == 0)
		return list_all(count, candidates);
	if (least > (uint32_t) table->m * UINT8_MAX)
		return 0;

	return find_candidates(table, codes, stride, count, least, candidates);
}

/* writes those of 32 charts, of which the first ones count; the others are 0 in what it returns */
VBMI		ALWAYS_INLINE __m512i
write_sums(uint16_t *sums, __m512i values, int count)
{
	__mmask32	mask = count <= 0 ? 0 : UINT32_MAX >> (count >= STEP / 2 ? 0 : STEP / 2 - count);

	_mm512_mask_storeu_epi16(sums, mask, values);
	return _mm512_maskz_mov_epi16(mask, values);
}

/* of 32 numbers */
VBMI		ALWAYS_INLINE uint16_t
largest_of(__m512i values)
{
	__m256i		half = _mm256_max_epu16(_mm512_castsi512_si256(values),
										_mm512_extracti64x4_epi64(values, 1));
	__m128i		quarter = _mm_max_epu16(_mm256_castsi256_si128(half),
										_mm256_extracti128_si256(half, 1));
	__m128i		inverted = _mm_xor_si128(quarter, _mm_set1_epi32(-1));

	return (uint16_t) ~_mm_cvtsi128_si32(_mm_minpos_epu16(inverted));
}

VBMI static uint16_t
find_chart_sums(const BoundTable *table, const uint8_t *codes, size_t stride, int count,
				uint16_t *sums)
{
	const		__m512i first = _mm512_set_epi16(47, 15, 46, 14, 45, 13, 44, 12, 43, 11, 42, 10,
												 41, 9, 40, 8, 39, 7, 38, 6, 37, 5, 36, 4,
												 35, 3, 34, 2, 33, 1, 32, 0);
	const		__m512i second = _mm512_add_epi16(first, _mm512_set1_epi16(STEP / 4));
	__m512i		largest = _mm512_setzero_si512();

	for (int begin = 0; begin < count; begin += STEP)
	{
		int			size = count - begin < STEP ? count - begin : STEP;
		__mmask64	lanes = UINT64_MAX >> (STEP - size);
		Sums		found = {_mm512_setzero_si512(), _mm512_setzero_si512()};
		__m512i		low;
		__m512i		high;

		for (int j = 0; j < table->m; j++)
		{
			const uint8_t *column = codes + (size_t) j * stride + begin;
			Worths		worths = load_worths(table->worth[j]);

			add_column(&found, &worths, _mm512_maskz_loadu_epi8(lanes, column));
		}

		low = _mm512_permutex2var_epi16(even_sums(&found), first, found.upper);
		high = _mm512_permutex2var_epi16(even_sums(&found), second, found.upper);
		low = write_sums(sums + begin, low, size);
		high = write_sums(sums + begin + STEP / 2, high, size - STEP / 2);
		largest = _mm512_max_epu16(largest, _mm512_max_epu16(low, high));
	}

	return largest_of(largest);
}

uint16_t
avx512_sums(const BoundTable *table, const uint8_t *codes, size_t stride, int count,
			uint16_t *sums)
{
	if (__builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2"))
		return find_chart_sums(table, codes, stride, count, sums);
	return scalar_sums(table, codes, stride, count, sums);
}

#endif							/* BUILD_AVX512 */
