/*
 * neon.c
 *		The kernel for AArch64, whose NEON is always there.
 *
 * With SYNASTRY_EMULATE_NEON it also compiles elsewhere: SIMDe then imitates
 * the instructions, so that the test can check this file on any machine.
 */
#include <string.h>

#include "variants.h"

#if defined(BUILD_NEON) || defined(SYNASTRY_EMULATE_NEON)

#include <simde/arm/neon.h>

#define LANES 4

typedef simde_uint32x4_t Cells;
typedef simde_float32x4_t Floats;
typedef simde_uint32x4_t Truth; /* all ones or all zeros */
typedef simde_uint8x8_t Codes;	/* in the lower half */

typedef simde_uint8x16x4_t LookUp;
typedef simde_uint8x16_t CodeLookUp;
typedef bool Places;			/* a bucket is looked up as it is */

ALWAYS_INLINE Cells
splat(uint32_t x)
{
	return simde_vdupq_n_u32(x);
}

ALWAYS_INLINE Cells
load(const uint32_t *p)
{
	return simde_vld1q_u32(p);
}

ALWAYS_INLINE Cells
lane_number(void)
{
	static const uint32_t lanes[LANES] = {0, 1, 2, 3};

	return load(lanes);
}

ALWAYS_INLINE Cells
lane_modulo(int width)
{
	return simde_vandq_u32(lane_number(), splat((uint32_t) width - 1));
}

ALWAYS_INLINE Cells
lane_divided(int width)
{
	return simde_vshlq_u32(lane_number(), simde_vdupq_n_s32(-__builtin_ctz((unsigned) width)));
}

ALWAYS_INLINE Cells
load_some(const uint32_t *p, int count)
{
	Cells		x = splat(0);

	switch (count)
	{
		case 4:
			return load(p);
		case 3:
			x = simde_vld1q_lane_u32(p + 2, x, 2);
			/* FALLTHROUGH */
		case 2:
			x = simde_vld1q_lane_u32(p + 1, x, 1);
			/* FALLTHROUGH */
		default:
			return simde_vld1q_lane_u32(p, x, 0);
	}
}

ALWAYS_INLINE Cells
load_group(const uint32_t *p, int count)
{
	switch (count)
	{
		case 1:
			return splat(*p);
		case 2:
			return simde_vcombine_u32(simde_vld1_u32(p), simde_vdup_n_u32(0));
		default:
			return load(p);
	}
}

/* numbers of lanes as numbers of their bytes */
ALWAYS_INLINE simde_uint8x16_t
bytes_of(Cells lanes)
{
	return simde_vreinterpretq_u8_u32(simde_vmlaq_u32(splat(0x03020100), lanes,
													  splat(0x04040404)));
}

ALWAYS_INLINE Cells
permute(Cells x, Cells lanes)
{
	return simde_vreinterpretq_u32_u8(simde_vqtbl1q_u8(simde_vreinterpretq_u8_u32(x),
													   bytes_of(lanes)));
}

ALWAYS_INLINE Cells
add(Cells x, Cells y)
{
	return simde_vaddq_u32(x, y);
}

ALWAYS_INLINE Cells
subtract(Cells x, Cells y)
{
	return simde_vsubq_u32(x, y);
}

ALWAYS_INLINE Cells
magnitude(Cells x)
{
	return simde_vreinterpretq_u32_s32(simde_vabsq_s32(simde_vreinterpretq_s32_u32(x)));
}

ALWAYS_INLINE Cells
smaller(Cells x, Cells y)
{
	return simde_vminq_u32(x, y);
}

ALWAYS_INLINE Cells
larger(Cells x, Cells y)
{
	return simde_vmaxq_u32(x, y);
}

/* bit by bit */
ALWAYS_INLINE Cells
both(Cells x, Cells y)
{
	return simde_vandq_u32(x, y);
}

ALWAYS_INLINE Truth
at_most(Cells x, Cells y)
{
	return simde_vcleq_u32(x, y);
}

/* of signed integers */
ALWAYS_INLINE Truth
is_less(Cells x, Cells y)
{
	return simde_vcltq_s32(simde_vreinterpretq_s32_u32(x), simde_vreinterpretq_s32_u32(y));
}

ALWAYS_INLINE Cells
choose(Truth p, Cells x, Cells y)
{
	return simde_vbslq_u32(p, x, y);
}

ALWAYS_INLINE Cells
keep(Truth p, Cells x)
{
	return simde_vandq_u32(p, x);
}

ALWAYS_INLINE void
store(int32_t *p, Cells x)
{
	simde_vst1q_s32(p, simde_vreinterpretq_s32_u32(x));
}

ALWAYS_INLINE void
store_some(int32_t *p, Cells x, int count)
{
	uint32_t	lanes[LANES];

	simde_vst1q_u32(lanes, x);
	for (int i = 0; i < count; i++)
		p[i] = (int32_t) lanes[i];
}

ALWAYS_INLINE Codes
narrow(Cells x)
{
	simde_uint16x4_t words = simde_vmovn_u32(x);

	return simde_vmovn_u16(simde_vcombine_u16(words, words));
}

ALWAYS_INLINE void
store_codes(uint8_t *p, Codes codes)
{
	uint32_t	four = simde_vget_lane_u32(simde_vreinterpret_u32_u8(codes), 0);

	memcpy(p, &four, sizeof(four));
}

ALWAYS_INLINE void
store_some_codes(uint8_t *p, Codes codes, int count)
{
	uint8_t		bytes[8];

	simde_vst1_u8(bytes, codes);
	for (int i = 0; i < count; i++)
		p[i] = bytes[i];
}

/* the saturating magnitude of -2^31, an opposition, stays in the last bucket */
ALWAYS_INLINE Cells
bucket_of(Cells difference)
{
	simde_int32x4_t folded = simde_vqabsq_s32(simde_vreinterpretq_s32_u32(difference));

	return simde_vshrq_n_u32(simde_vreinterpretq_u32_s32(folded), BUCKET_SHIFT);
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
look_up_from(const uint32_t *by_bucket, const uint32_t *by_rule)
{
	LookUp		table;

	(void) by_rule;
	for (int i = 0; i < 4; i++)
		table.val[i] = simde_vreinterpretq_u8_u32(load(by_bucket + 4 * i));

	return table;
}

ALWAYS_INLINE LookUp
look_up_from_floats(const float *by_bucket, const float *by_rule)
{
	LookUp		table;

	(void) by_rule;
	for (int i = 0; i < 4; i++)
		table.val[i] = simde_vreinterpretq_u8_f32(simde_vld1q_f32(by_bucket + 4 * i));

	return table;
}

ALWAYS_INLINE Cells
look_up(LookUp table, Cells bucket)
{
	return simde_vreinterpretq_u32_u8(simde_vqtbl4q_u8(table, bytes_of(bucket)));
}

ALWAYS_INLINE CodeLookUp
code_look_up_from(const uint8_t *entries)
{
	return simde_vld1q_u8(entries);
}

/* where nothing is found the bucket becomes 255, which has the code 0 */
ALWAYS_INLINE Codes
look_up_codes(CodeLookUp table, Cells bucket, Truth found)
{
	return simde_vqtbl1_u8(table, narrow(simde_vorrq_u32(bucket, simde_vmvnq_u32(found))));
}

ALWAYS_INLINE Floats
splat_float(float x)
{
	return simde_vdupq_n_f32(x);
}

ALWAYS_INLINE Floats
load_floats(const float *p)
{
	return simde_vld1q_f32(p);
}

ALWAYS_INLINE Floats
as_floats(Cells x)
{
	return simde_vreinterpretq_f32_u32(x);
}

ALWAYS_INLINE Cells
as_cells(Floats x)
{
	return simde_vreinterpretq_u32_f32(x);
}

/* of signed integers */
ALWAYS_INLINE Floats
to_floats(Cells x)
{
	return simde_vcvtq_f32_s32(simde_vreinterpretq_s32_u32(x));
}

/* the nearest, ties to even */
ALWAYS_INLINE Cells
to_integers(Floats x)
{
	return simde_vreinterpretq_u32_s32(simde_vcvtq_s32_f32(simde_vrndnq_f32(x)));
}

ALWAYS_INLINE Floats
add_floats(Floats x, Floats y)
{
	return simde_vaddq_f32(x, y);
}

ALWAYS_INLINE Floats
multiply(Floats x, Floats y)
{
	return simde_vmulq_f32(x, y);
}

/* vectors are numbers to both compilers; not every SIMDe has the intrinsic */
ALWAYS_INLINE Floats
divide(Floats x, Floats y)
{
	return x / y;
}

ALWAYS_INLINE int64_t
sum_of_lanes(Cells x)
{
	return simde_vaddlvq_s32(simde_vreinterpretq_s32_u32(x));
}

ALWAYS_INLINE Cells
add_where(Truth p, Cells x, Cells y)
{
	return add(x, keep(p, y));
}

/* a lane that is true is -1 */
ALWAYS_INLINE int
count_found(Truth p)
{
	return -simde_vaddvq_s32(simde_vreinterpretq_s32_u32(p));
}

#include "simd_kernel.h"

static bool
neon_supported(void)
{
	return true;
}

const Kernel neon_kernel = {
	.name = "neon",
	.lanes = LANES,
	.supported = neon_supported,
	.matrix = simd_matrix,
	.matrix_by_cell = simd_matrix_by_cell,
	.score = simd_score,
	.tally = simd_tally,
	.candidates = scalar_candidates,
	.sums = scalar_sums,
	.sum_windows = scalar_sum_windows,
	.narrow_sums = scalar_narrow_sums
};

#endif							/* BUILD_NEON or SYNASTRY_EMULATE_NEON */
