/*
 * bound_test.c
 *		Bounds are never less than the score, exclude what they say, and are the
 *		same with every variant.
 *
 * Codes and candidates end where a page does that may not be touched.
 */
#define _GNU_SOURCE

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bound.h"
#include "bound_arc.h"
#include "check.h"
#include "variants.h"

#define MODELS		400
#define CHARTS		300			/* right charts of a case */
#define CANARY		0xA5A5

/* A model, a left chart and right ones. */
typedef struct Case
{
	int			rules_count;
	AspectRule	rules[MAX_ASPECTS];
	ScoreTable	table;
	BoundShape	shape;
	int			n;
	int			m;
	binary_angle a[MAX_BODIES];
	float		weights[MAX_BODIES * MAX_BODIES];
	float		arranged[MAX_BODIES * MAX_BODIES];
	int			count;
	binary_angle charts[CHARTS][MAX_BODIES];
	int64_t		scores[CHARTS];
} Case;

static Case c;
static char *guarded_codes;
static char *guarded_numbers;
static size_t guarded_size;

/* memory that ends where a page may not be touched */
static char *
allocate_guarded(size_t size)
{
	size_t		page = (size_t) sysconf(_SC_PAGESIZE);
	char	   *memory = mmap(NULL, size + page, PROT_READ | PROT_WRITE,
							  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED || mprotect(memory + size, page, PROT_NONE) != 0)
		abort();
	return memory;
}

/*
 * Cases
 */

static uint32_t
random_arc(void)
{
	switch (random_below(5))
	{
		case 0:
			return random_below(4);
		case 1:
			return random_below(129) << BOUND_CODE_SHIFT;
		case 2:
			return HALF_TURN - random_below(4);
		case 3:
			return random_below(HALF_TURN >> 5);
		default:
			return random_below(HALF_TURN);
	}
}

/* few wide rules, many narrow ones; bucketed or not, with all options */
static void
random_model(void)
{
	AspectTableOptions options = {random_below(3) == 0, random_below(3) == 0};
	bool		narrow = random_below(2) == 0;
	int			sign = (int) random_below(4);

	c.rules_count = (int) random_below(random_below(3) == 0 ? MAX_ASPECTS + 1 : 6);
	for (int i = 0; i < c.rules_count; i++)
	{
		double		worth = random_below(MAX_CELL_SCORE * 1000) / 1000.0;

		c.rules[i].angle = random_arc();
		c.rules[i].max_orb = narrow ? random_below(HALF_TURN >> 5) : random_arc();
		c.rules[i].code = (uint8_t) (i + 1);
		c.rules[i].worth = sign == 0 || (sign == 1 && random_below(2)) ? -worth : worth;
	}
	score_table_prepare(&c.table, c.rules, c.rules_count, options, random_below(3) == 0);
	bound_shape_prepare(&c.shape, &c.table);
}

/* -1 .. 1, some of them 0; or all of a kind */
static void
random_weights(void)
{
	uint32_t	kind = random_below(6);

	for (int cell = 0; cell < c.n * c.m; cell++)
	{
		float		weight = (float) (random_bits() / 4294967296.0);

		if (kind == 0)
			weight = 1;
		else if (kind == 1)
			weight = ldexpf(weight, -(int) random_below(140));
		else if (kind != 2 && random_below(3) == 0)
			weight = 0;
		c.weights[cell] = kind >= 4 && random_below(3) == 0 ? -weight : weight;
	}
	arrange_weights(&scalar_kernel, c.weights, c.n, c.m, c.arranged);
}

/* anywhere, on the border of a code or of a phase, or beside it */
static binary_angle
random_longitude(void)
{
	uint32_t	near = random_below(3) - 1;

	switch (random_below(4))
	{
		case 0:
			return (random_below(BOUND_CODES) << BOUND_CODE_SHIFT) + near;
		case 1:
			return (random_below(BOUND_CODES * 16) << (BOUND_CODE_SHIFT - 4)) + near;
		default:
			return random_bits();
	}
}

/* at, or beside, an end of the window of a rule, as seen from a left body */
static binary_angle
edge_longitude(void)
{
	static const int steps[] = {-2, -1, 0, 1, 2, 3};
	const AspectRule *rule = &c.rules[random_below((uint32_t) c.rules_count)];
	uint32_t	from = c.n > 0 ? c.a[random_below((uint32_t) c.n)] : 0;
	uint32_t	arc = rule->angle + (uint32_t) steps[random_below(6)];

	switch (random_below(3))
	{
		case 0:
			arc += rule->max_orb;
			break;
		case 1:
			arc -= rule->max_orb;
			break;
	}
	return random_below(2) ? from + arc : from - arc;
}

static void
random_charts(int n, int m, int count)
{
	c.n = n;
	c.m = m;
	c.count = count;
	random_weights();
	for (int i = 0; i < n; i++)
		c.a[i] = random_longitude();
	for (int p = 0; p < count; p++)
	{
		for (int j = 0; j < m; j++)
			c.charts[p][j] = c.rules_count > 0 && random_below(2) ? edge_longitude() :
				random_longitude();
		c.scores[p] = scalar_kernel.score(&c.table, c.a, n, c.charts[p], m, c.arranged);
	}
}

/*
 * What is tested
 */

/* on the same row of a table by another way: without overflow, chart by chart */
static __int128
bound_of(const BoundTable *table, const binary_angle *chart)
{
	__int128	bound = table->base;

	for (int j = 0; j < table->m; j++)
		bound += (__int128) table->unit * table->worth[j][chart[j] >> 24];
	return bound;
}

static bool
bounds_hold(const BoundTable *table)
{
	for (int p = 0; p < c.count; p++)
		if (bound_of(table, c.charts[p]) < c.scores[p])
			return false;
	return true;
}

/* codes at the end of the guarded memory, column by column */
static uint8_t *
place_codes(size_t stride)
{
	size_t		size = c.m > 0 ? (size_t) (c.m - 1) * stride + (size_t) c.count : 0;
	uint8_t    *codes = (uint8_t *) guarded_codes + guarded_size - size;

	for (int j = 0; j < c.m; j++)
		for (int p = 0; p < c.count; p++)
			codes[(size_t) j * stride + (size_t) p] = bound_code(c.charts[p][j]);
	return codes;
}

/* the candidates of a variant, with nothing to spare around its arrays */
static bool
finds_candidates(const Kernel *kernel, const BoundTable *table, size_t stride, int64_t threshold)
{
	uint8_t    *codes = place_codes(stride);
	uint16_t   *room = (uint16_t *) (guarded_numbers + guarded_size) - c.count;
	int			expected = 0;
	int			found;

	room[-1] = CANARY;

	found = kernel->candidates(table, codes, stride, c.count, threshold, room);
	for (int p = 0; p < c.count; p++)
	{
		if (bound_of(table, c.charts[p]) < threshold)
			continue;
		if (expected >= found || room[expected] != p)
			return false;
		expected++;
	}

	return found == expected && room[-1] == CANARY;
}

static bool
finds_all_candidates(const Kernel *kernel, const BoundTable *table)
{
	size_t		stride = (size_t) c.count + random_below(20);
	bool		right = true;

	for (int try = 0; try < 6 && c.count > 0; try++)
	{
		const binary_angle *chart = c.charts[random_below((uint32_t) c.count)];
		int64_t		bound = (int64_t) bound_of(table, chart);

		right &= finds_candidates(kernel, table, stride, bound - 1 + try % 3);
	}
	right &= finds_candidates(kernel, table, stride, table->base);
	right &= finds_candidates(kernel, table, stride, table->base + 1);
	right &= finds_candidates(kernel, table, stride, INT64_MIN);
	right &= finds_candidates(kernel, table, stride, INT64_MAX);
	right &= finds_candidates(kernel, table, stride, 0);
	return right;
}

/* the same sums as one by one */
static bool
finds_sums(const Kernel *kernel, const BoundTable *table)
{
	size_t		stride = (size_t) c.count + random_below(20);
	uint8_t    *codes = place_codes(stride);
	uint16_t   *sums = (uint16_t *) (guarded_numbers + guarded_size) - c.count;
	uint16_t	expected = 0;
	uint16_t	largest;

	sums[-1] = CANARY;
	largest = kernel->sums(table, codes, stride, c.count, sums);
	for (int p = 0; p < c.count; p++)
	{
		if (table->base + (__int128) table->unit * sums[p] != bound_of(table, c.charts[p]))
			return false;
		expected = sums[p] > expected ? sums[p] : expected;
	}
	return sums[-1] == CANARY && largest == expected;
}

/*
 * The sum of arcs is that of the best code of each, however long they are and
 * wherever they begin.
 */
static bool
arcs_hold(const BoundTable *table)
{
	BoundMaxima *maxima = malloc(bound_maxima_size(table->m));
	bool		right = true;

	bound_maxima_prepare(maxima, table);
	for (int try = 0; try < 20; try++)
	{
		uint8_t		arcs[2 * MAX_BODIES];
		uint32_t	expected = 0;

		for (int j = 0; j < table->m; j++)
		{
			uint8_t		most = 0;

			arcs[2 * j] = (uint8_t) random_below(BOUND_CODES);
			arcs[2 * j + 1] = (uint8_t) (try == 0 ? 255 : random_below(1u << random_below(9)));
			for (int i = 0; i <= arcs[2 * j + 1]; i++)
			{
				uint8_t		worth = table->worth[j][(arcs[2 * j] + i) % BOUND_CODES];

				most = worth > most ? worth : most;
			}
			expected += most;
		}
		right &= bound_arc_sum(maxima, arcs) == expected;
	}

	free(maxima);
	return right;
}

static bool
same_tables(const BoundTable *a, const BoundTable *b)
{
	return a->m == b->m && a->base == b->base && a->unit == b->unit &&
		memcmp(a->worth, b->worth, (size_t) a->m * BOUND_CODES) == 0;
}

/* one case with every variant; what is wrong is said */
static bool
check_case(const char *name)
{
	static BoundTable expected;
	static BoundTable table;
	bool		right;

	bound_table_prepare(&scalar_kernel, &expected, &c.shape, c.a, c.n, c.weights, c.m);
	right = bounds_hold(&expected);
	if (!right)
		printf("# %s, %d x %d, %d rules: a bound is less than the score\n", name, c.n, c.m,
			   c.rules_count);
	if (!arcs_hold(&expected))
	{
		printf("# %s, %d x %d: the bound of an arc is wrong\n", name, c.n, c.m);
		right = false;
	}

	for (const Kernel *const *kernel = kernels; *kernel != NULL; kernel++)
	{
		bool		same;

		if (!(*kernel)->supported())
			continue;
		memset(&table, random_below(2) ? 0xFF : 0, sizeof(table));
		bound_table_prepare(*kernel, &table, &c.shape, c.a, c.n, c.weights, c.m);
		same = same_tables(&expected, &table) && finds_all_candidates(*kernel, &table) &&
			finds_sums(*kernel, &table);
		if (!same)
			printf("# %s, %d x %d, %d charts: %s differs\n", name, c.n, c.m, c.count,
				   (*kernel)->name);
		right &= same;
	}

	return right;
}

static void
test_random_models(void)
{
	bool		right = true;

	for (int model = 0; model < scaled(MODELS) && right; model++)
	{
		random_model();
		for (int size = 0; size < 4 && right; size++)
		{
			random_charts((int) random_below(14), (int) random_below(14),
						  (int) random_below(CHARTS + 1));
			right &= check_case("random models");
		}
	}
	report("bounds", "random models", right);
}

/* one cell alone: what several cells leave to spare cannot hide a mistake */
static void
test_single_cells(void)
{
	bool		right = true;

	for (int model = 0; model < scaled(10 * MODELS) && right; model++)
	{
		random_model();
		random_charts(1, 1, CHARTS);
		right &= check_case("single cells");
	}
	report("bounds", "single cells", right);
}

/* worth the same everywhere, so that the bound has only the rounding to spare */
static void
test_rounding(void)
{
	bool		right = true;

	for (int try = 0; try < scaled(10 * MODELS) && right; try++)
	{
		AspectTableOptions options = {false, false};

		c.rules_count = 1;
		c.rules[0] = (AspectRule)
		{
			0, HALF_TURN, 1, 0
		};
		c.rules[0].worth = random_below(MAX_CELL_SCORE * 1000) / 1000.0 - (random_below(2) ? MAX_CELL_SCORE : 0);
		score_table_prepare(&c.table, c.rules, 1, options, true);
		bound_shape_prepare(&c.shape, &c.table);
		random_charts(1 + (int) random_below(30), 1 + (int) random_below(30), 1);
		right &= check_case("rounding");
	}
	report("bounds", "rounding of cells", right);
}

/* sums beyond 32 bits, of sides as long as they may be */
static void
test_large_sums(void)
{
	bool		right = true;

	for (int try = 0; try < 12 && right; try++)
	{
		AspectTableOptions options = {false, false};
		double		worth = try % 2 == 0 ? MAX_CELL_SCORE : -MAX_CELL_SCORE;
		uint32_t	orb = try % 3 == 0 ? 1000 : 1u << 27;

		c.rules_count = 2;
		c.rules[0] = (AspectRule)
		{
			0, orb, 1, worth
		};
		c.rules[1] = (AspectRule)
		{
			HALF_TURN / 2, orb, 2, -worth
		};
		score_table_prepare(&c.table, c.rules, 2, options, try % 4 >= 2);
		bound_shape_prepare(&c.shape, &c.table);
		random_charts(try < 6 ? MAX_BODIES : 127, MAX_BODIES, 70);
		for (int cell = 0; cell < c.n * c.m; cell++)
			c.weights[cell] = try == 4 ? -1 : 1;
		arrange_weights(&scalar_kernel, c.weights, c.n, c.m, c.arranged);
		for (int i = 0; i < c.n; i++)
			c.a[i] = 0x87654321;
		for (int p = 0; p < c.count; p++)
		{
			for (int j = 0; j < c.m; j++)
				c.charts[p][j] = p % 3 == 0 ? 0x87654321 : 0x87654321 + (uint32_t) p * 0x03000000;
			c.scores[p] = scalar_kernel.score(&c.table, c.a, c.n, c.charts[p], c.m, c.arranged);
		}
		right &= c.scores[0] == (int64_t) c.n * MAX_BODIES * SCORE_ONE * (int64_t) worth * (try == 4 ? -1 : 1);
		right &= check_case("large sums");
	}
	report("bounds", "large sums", right);
}

/* of the bounds, in points, where the model is one that people use */
static void
test_slack(void)
{
	static const double modern[][3] = {
		{0, 10, 4}, {60, 6, 3}, {90, 8, -2}, {120, 8, 3}, {180, 10, -3}, {150, 3, -1}, {30, 2, 1}
	};
	static BoundTable table;
	AspectTableOptions options = {false, false};
	double		slack = 0;

	c.rules_count = 7;
	for (int i = 0; i < 7; i++)
		c.rules[i] = (AspectRule)
	{
		angle_from_arc(modern[i][0]), angle_from_arc(modern[i][1]), (uint8_t) (i + 1), modern[i][2]
	};
	score_table_prepare(&c.table, c.rules, 7, options, false);
	bound_shape_prepare(&c.shape, &c.table);

	for (int try = 0; try < 20; try++)
	{
		random_charts(10, 10, CHARTS);
		for (int cell = 0; cell < 100; cell++)
			c.weights[cell] = 1;
		arrange_weights(&scalar_kernel, c.weights, 10, 10, c.arranged);
		for (int p = 0; p < c.count; p++)
		{
			for (int j = 0; j < c.m; j++)
				c.charts[p][j] = random_bits();
			c.scores[p] = scalar_kernel.score(&c.table, c.a, 10, c.charts[p], 10, c.arranged);
		}
		bound_table_prepare(&scalar_kernel, &table, &c.shape, c.a, 10, c.weights, 10);
		for (int p = 0; p < c.count; p++)
			slack += (double) (bound_of(&table, c.charts[p]) - c.scores[p]) / SCORE_ONE / CHARTS / 20;
	}
	printf("# bounds of 10 x 10 cells with weight 1: %.2f points above the score\n", slack);
	report("bounds", "are close to the score", slack > 0 && slack < 12);
}

void
test_bounds(void)
{
	/* nothing is expected to touch what it may not */
	signal(SIGSEGV, SIG_DFL);
	signal(SIGBUS, SIG_DFL);
	guarded_size = 1 << 16;
	guarded_codes = allocate_guarded(guarded_size);
	guarded_numbers = allocate_guarded(guarded_size);

	test_random_models();
	test_single_cells();
	test_rounding();
	test_large_sums();
	test_slack();
}
