/*
 * scalar.c
 *		The kernel in plain C: the reference, and what any CPU runs.
 *
 * What a cell finds is nearly random, so nothing here branches on it: truth
 * values become masks of ones or zeros.
 */
#include <math.h>
#include <string.h>

#include "kernel.h"
#include "variants.h"

/* what a cell holds: the candidate's place in the table, and is it in orb? */
typedef struct Finding
{
	uint32_t	index;			/* of a bucket or of a rule */
	uint32_t	deviation;
	uint32_t	orb;
	uint32_t	found;			/* mask */
} Finding;

static inline uint32_t
mask_if(bool condition)
{
	return -(uint32_t) condition;
}

#define HIDE(x)	__asm__("" : "+r"(x))

/*
 * A value of which the compiler knows nothing.  Clang makes a branch of a
 * comparison with something it has just loaded, and vectors of look-ups that
 * it does one by one; either takes three times as long.
 */
static inline uint32_t
opaque(uint32_t x)
{
	HIDE(x);
	return x;
}

static inline uint32_t
magnitude(uint32_t x)
{
	return (int32_t) x < 0 ? -x : x;
}

/*
 * A negative difference is folded to one less than its magnitude, which
 * differs only on a border, where both buckets know the rule; and -2^31 stays
 * within the last bucket.
 */
static inline uint32_t
bucket_of(uint32_t difference)
{
	return (difference ^ mask_if((int32_t) difference < 0)) >> BUCKET_SHIFT;
}

static inline Finding
find_in_bucket(const AspectTable *table, uint32_t difference)
{
	Finding		finding;

	finding.index = bucket_of(difference);
	finding.deviation = magnitude(difference) - table->bucket_angle[finding.index];
	finding.orb = magnitude(finding.deviation);
	finding.found = opaque(mask_if(finding.orb <= table->bucket_limit[finding.index]));
	return finding;
}

/*
 * Try the rules that touch the bucket: what is closer than anything so far is
 * better, unless the first is wanted and found.
 */
static inline Finding
find_in_rules(const AspectTable *table, uint32_t difference)
{
	uint32_t	separation = magnitude(difference);
	uint32_t	bucket = bucket_of(difference);
	uint32_t	end = table->bucket_end[bucket];
	uint32_t	settles = mask_if(table->first);
	Finding		finding = {0, 0, UINT32_MAX, 0};

	for (uint32_t rule = table->bucket_begin[bucket]; rule < end; rule++)
	{
		uint32_t	deviation = separation - table->angle[rule];
		uint32_t	orb = magnitude(deviation);
		uint32_t	better = mask_if(orb <= table->limit[rule]) &
		mask_if(orb < finding.orb) & ~(finding.found & settles);

		finding.index ^= (finding.index ^ rule) & better;
		finding.deviation ^= (finding.deviation ^ deviation) & better;
		finding.orb ^= (finding.orb ^ orb) & better;
		finding.found |= better;
	}

	return finding;
}

static inline Finding
find_aspect(const AspectTable *table, bool bucketed, uint32_t difference)
{
	return bucketed ? find_in_bucket(table, difference) :
		find_in_rules(table, difference);
}

/* compiled for each kind of table, so that no cell asks */
ALWAYS_INLINE void
fill_matrix(const AspectTable *table, bool bucketed,
			const binary_angle *a, int n, const binary_angle *b, int m,
			uint8_t *code, int32_t *deviation)
{
	const uint8_t *codes = bucketed ? table->bucket_code : table->code;

	for (int i = 0; i < n; i++)
	{
		for (int j = 0; j < m; j++)
		{
			Finding		finding = find_aspect(table, bucketed, a[i] - b[j]);

			*code++ = (uint8_t) (codes[finding.index] & finding.found);
			*deviation++ = (int32_t) (finding.deviation & finding.found);
		}
	}
}

/*
 * Limits by cell: the reference of what they mean, rule by rule
 */

/* the rules are tried as in find_in_rules(); cell is the first shortfall */
static inline Finding
find_in_cell(const AspectTable *table, const uint32_t *cell, size_t stride,
			 uint32_t difference)
{
	uint32_t	separation = magnitude(difference);
	uint32_t	bucket = bucket_of(difference);
	uint32_t	end = table->bucket_end[bucket];
	uint32_t	settles = mask_if(table->first);
	Finding		finding = {0, 0, UINT32_MAX, 0};

	for (uint32_t rule = table->bucket_begin[bucket]; rule < end; rule++)
	{
		uint32_t	deviation = separation - table->angle[rule];
		uint32_t	orb = magnitude(deviation);
		uint32_t	group = table->group[rule];
		uint32_t	bound = table->bound[rule] + (group > 0 ? cell[(group - 1) * stride] : 0);
		uint32_t	better = mask_if(orb < bound) & mask_if(orb < finding.orb) &
		~(finding.found & settles);

		finding.index ^= (finding.index ^ rule) & better;
		finding.deviation ^= (finding.deviation ^ deviation) & better;
		finding.orb ^= (finding.orb ^ orb) & better;
		finding.found |= better;
	}

	return finding;
}

static void
scalar_matrix_by_cell(const AspectTable *table, const uint32_t *shortfalls,
					  const binary_angle *a, int n, const binary_angle *b, int m,
					  uint8_t *code, int32_t *deviation)
{
	size_t		cells = (size_t) n * (size_t) m;

	for (int i = 0; i < n; i++)
	{
		for (int j = 0; j < m; j++)
		{
			Finding		finding = find_in_cell(table, shortfalls++, cells, a[i] - b[j]);

			*code++ = (uint8_t) (table->code[finding.index] & finding.found);
			*deviation++ = (int32_t) (finding.deviation & finding.found);
		}
	}
}

static void
scalar_matrix(const AspectTable *table,
			  const binary_angle *a, int n, const binary_angle *b, int m,
			  uint8_t *code, int32_t *deviation)
{
	if (table->bucketed)
		fill_matrix(table, true, a, n, b, m, code, deviation);
	else
		fill_matrix(table, false, a, n, b, m, code, deviation);
}

static inline int32_t
contribution(uint32_t orb, uint32_t max_orb, float slope, float base, float weight)
{
	uint32_t	rest = max_orb - (orb < max_orb ? orb : max_orb);

	return (int32_t) lrintf(((float) (int32_t) rest * slope + base) * weight);
}

/* outside its orb a cell has no rest, and is worth 0 without being asked */
ALWAYS_INLINE int32_t
score_in_arc(const ScoreTable *table, uint32_t difference, float weight)
{
	const ScoreArc *arc = &table->arcs[difference >> BUCKET_SHIFT];
	int32_t		rest = (int32_t) (arc->max_orb - magnitude(difference - arc->middle));

	rest &= ~(rest >> 31);
	return (int32_t) lrintf((float) rest * arc->slope * weight);
}

ALWAYS_INLINE int32_t
score_in_bucket(const ScoreTable *table, uint32_t difference, float weight)
{
	Finding		finding = find_in_bucket(&table->aspects, difference);
	int32_t		points = contribution(finding.orb, opaque(table->bucket_max_orb[finding.index]),
									  table->bucket_slope[finding.index],
									  table->bucket_base[finding.index], weight);

	return (int32_t) ((uint32_t) points & finding.found);
}

ALWAYS_INLINE int32_t
score_in_rules(const ScoreTable *table, uint32_t difference, float weight)
{
	Finding		finding = find_in_rules(&table->aspects, difference);
	int32_t		points = contribution(finding.orb, opaque(table->max_orb[finding.index]),
									  table->slope[finding.index],
									  table->base[finding.index], weight);

	return (int32_t) ((uint32_t) points & finding.found);
}

ALWAYS_INLINE int64_t
add_scores(const ScoreTable *table,
		   int32_t (*score_one) (const ScoreTable *, uint32_t, float),
		   const binary_angle *a, int n, const binary_angle *b, int m,
		   const float *weights)
{
	int64_t		sum = 0;

	/* column by column, as the weights lie; see arrange_weights() */
	for (int j = 0; j < m; j++)
	{
		for (int i = 0; i < n; i++)
			sum += score_one(table, a[i] - b[j], *weights++);
	}

	return sum;
}

static inline int32_t
contribution_by_cell(const ScoreTable *table, uint32_t rule, uint32_t orb, uint32_t max_orb,
					 float weight)
{
	uint32_t	whole = max_orb > 1 ? max_orb : 1;
	uint32_t	rest = whole - (orb < max_orb ? orb : max_orb);
	float		share = (float) (int32_t) rest / (float) (int32_t) whole;

	return (int32_t) lrintf((share * table->falling[rule] + table->base[rule]) * weight);
}

/* the numbers of a cell: its weight, and what it lacks in each group */
static int64_t
scalar_score_by_cell(const ScoreTable *table,
					 const binary_angle *a, int n, const binary_angle *b, int m,
					 const float *numbers)
{
	int64_t		sum = 0;

	for (int j = 0; j < m; j++)
	{
		for (int i = 0; i < n; i++)
		{
			uint32_t	shortfalls[MAX_ASPECTS];
			Finding		finding;
			uint32_t	group;

			memcpy(shortfalls, numbers + 1, (size_t) table->aspects.groups * sizeof(uint32_t));
			finding = find_in_cell(&table->aspects, shortfalls, 1, a[i] - b[j]);
			group = table->aspects.group[finding.index];
			if (finding.found)
				sum += contribution_by_cell(table, finding.index, finding.orb,
											table->max_orb[finding.index] +
											(group > 0 ? shortfalls[group - 1] : 0),
											*numbers);
			numbers += 1 + table->aspects.groups;
		}
	}

	return sum;
}

static int64_t
scalar_score(const ScoreTable *table,
			 const binary_angle *a, int n, const binary_angle *b, int m,
			 const float *weights)
{
	if (table->aspects.groups > 0)
		return scalar_score_by_cell(table, a, n, b, m, weights);
	else if (!table->aspects.bucketed)
		return add_scores(table, score_in_rules, a, n, b, m, weights);
	else if (table->linear)
		return add_scores(table, score_in_arc, a, n, b, m, weights);
	else
		return add_scores(table, score_in_bucket, a, n, b, m, weights);
}

int32_t
score_cell(const ScoreTable *table, uint8_t code, uint32_t orb, uint32_t max_orb,
		   float weight)
{
	for (int rule = 0; rule < table->aspects.n; rule++)
	{
		if (table->aspects.code[rule] != code)
			continue;
		if (table->aspects.groups > 0)
			return contribution_by_cell(table, (uint32_t) rule, orb,
										max_orb < INT32_MAX ? max_orb : INT32_MAX, weight);
		return contribution(orb, table->max_orb[rule], table->slope[rule],
							table->base[rule], weight);
	}

	return 0;
}

static void
scalar_tally(const AspectTable *table,
			 const binary_angle *a, int n, const binary_angle *b, int m,
			 int codes, uint64_t *packed)
{
	for (int i = 0; i < n; i++)
		for (int j = 0; j < m; j++)
		{
			for (int p = 0; p < TALLY_PAIRS; p++)
			{
				binary_angle separation = angle_separation(a[i * TALLY_STRIDE + p],
														   b[j * TALLY_STRIDE + p]);

				for (int rule = 0; rule < table->n; rule++)
				{
					int32_t		deviation = (int32_t) (separation - table->angle[rule]);
					uint32_t	orb = deviation < 0 ? -(uint32_t) deviation : (uint32_t) deviation;

					if (orb <= table->limit[rule])
						packed[table->code[rule] - 1] += TALLY_ONE + orb;
				}
			}
			packed += codes;
		}
}

static bool
scalar_supported(void)
{
	return true;
}

const Kernel scalar_kernel = {
	.name = "scalar",
	.lanes = 1,
	.supported = scalar_supported,
	.matrix = scalar_matrix,
	.matrix_by_cell = scalar_matrix_by_cell,
	.score = scalar_score,
	.tally = scalar_tally,
	.candidates = scalar_candidates,
	.sums = scalar_sums,
	.sum_windows = scalar_sum_windows,
	.narrow_sums = scalar_narrow_sums
};
