/*
 * variant_test.c
 *		Every variant of the kernel against a plain model, to the bit.
 *
 * The model shares no code with the kernel: it follows the words of kernel.h,
 * one cell and one rule at a time.  All arrays end or begin where a page does
 * that may not be touched, and have known bytes on their other side.
 */
#define _GNU_SOURCE

#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/param.h>
#include <unistd.h>

#include "check.h"
#include "kernel.h"
#include "variants.h"

#define MAX_CELLS		(MAX_BODIES * MAX_BODIES)
#define CANARY			0xA5
#define CANARIES		4096	/* bytes of them beside an array */
#define RANDOM_SETS		150

/* An aspect set under test. */
typedef struct TestSet
{
	const char *name;
	int			n;
	AspectRule	rules[MAX_ASPECTS];
	AspectTableOptions options;
	bool		constant;
} TestSet;

/* Two charts with their weights, and what the model makes of them. */
typedef struct Case
{
	int			n;
	int			m;
	binary_angle a[MAX_BODIES];
	binary_angle b[MAX_BODIES];
	float		weights[MAX_CELLS];

	uint8_t		code[MAX_CELLS];
	int32_t		deviation[MAX_CELLS];
	int64_t		score;
} Case;

/*
 * Memory between two pages that may not be touched.  qemu touches all that a
 * masked load spans, so the variable UNGUARDED leaves the second one open.
 */
typedef struct Guarded
{
	char	   *begin;
	size_t		size;
} Guarded;

enum
{
	GUARDED_A, GUARDED_B, GUARDED_WEIGHTS, GUARDED_CODE, GUARDED_DEVIATION, GUARDED_COUNT
};

static Guarded guarded[GUARDED_COUNT];
static sigjmp_buf touched;

/*
 * Guarded memory
 */

static Guarded
guarded_allocate(size_t size)
{
	size_t		page = (size_t) sysconf(_SC_PAGESIZE);
	size_t		open = getenv("UNGUARDED") != NULL ? page : 0;
	Guarded		memory;
	char	   *all;

	memory.size = (size + page - 1) / page * page;
	all = mmap(NULL, memory.size + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (all == MAP_FAILED)
		abort();
	memory.begin = all + page;
	if (mprotect(memory.begin, memory.size + open, PROT_READ | PROT_WRITE) != 0)
		abort();
	return memory;
}

/* an array of so many bytes at one end of the memory, beside it canaries */
static void *
guarded_array(int which, size_t size, bool at_end)
{
	Guarded    *memory = &guarded[which];
	size_t		filled = MIN(size + CANARIES, memory->size);

	memset(at_end ? memory->begin + memory->size - filled : memory->begin, CANARY, filled);
	return at_end ? memory->begin + memory->size - size : memory->begin;
}

static bool
canaries_live(int which, size_t size, bool at_end)
{
	Guarded    *memory = &guarded[which];
	size_t		count = MIN(CANARIES, memory->size - size);
	const char *first = at_end ? memory->begin + memory->size - size - count : memory->begin + size;

	for (size_t i = 0; i < count; i++)
	{
		if ((uint8_t) first[i] != CANARY)
			return false;
	}

	return true;
}

static void
on_touch(int signal_number)
{
	siglongjmp(touched, signal_number);
}

/*
 * The model
 */

static bool
model_within(const TestSet *set, const AspectRule *rule, int64_t orb)
{
	return set->options.strict ? orb <= (int64_t) rule->max_orb - 2 :
		orb <= (int64_t) rule->max_orb + 1;
}

static int64_t
model_orb(const AspectRule *rule, int64_t separation)
{
	return llabs(separation - (int64_t) rule->angle);
}

/* the rule that a separation belongs to, or NULL */
static const AspectRule *
model_aspect(const TestSet *set, int64_t separation)
{
	const AspectRule *found = NULL;

	for (int i = 0; i < set->n; i++)
	{
		const AspectRule *rule = &set->rules[i];
		int64_t		orb = model_orb(rule, separation);

		if (!model_within(set, rule, orb))
			continue;
		if (found == NULL)
			found = rule;
		else if (!set->options.first &&
				 (orb < model_orb(found, separation) ||
				  (orb == model_orb(found, separation) && rule->angle < found->angle)))
			found = rule;
	}

	return found;
}

static int64_t
model_contribution(const TestSet *set, const AspectRule *rule, int64_t orb, float weight)
{
	int64_t		max_orb = rule->max_orb > INT32_MAX ? INT32_MAX : rule->max_orb;
	bool		level = set->constant || max_orb == 0;
	float		slope = level ? 0 : (float) (rule->worth * SCORE_ONE / (double) max_orb);
	float		base = level ? (float) (rule->worth * SCORE_ONE) : 0;
	volatile float value = (float) (orb > max_orb ? 0 : max_orb - orb);

	value = value * slope;
	value = value + base;
	value = value * weight;
	return (int64_t) rintl(value);
}

static void
model_solve(const TestSet *set, Case *c)
{
	c->score = 0;

	for (int cell = 0; cell < c->n * c->m; cell++)
	{
		int64_t		difference = (int64_t) c->a[cell / c->m] - (int64_t) c->b[cell % c->m];
		int64_t		arc = llabs(difference);
		int64_t		separation = arc > (INT64_C(1) << 31) ? (INT64_C(1) << 32) - arc : arc;
		const AspectRule *rule = model_aspect(set, separation);

		c->code[cell] = 0;
		c->deviation[cell] = 0;
		if (rule == NULL)
			continue;

		c->code[cell] = rule->code;
		c->deviation[cell] = (int32_t) (uint32_t) (separation - (int64_t) rule->angle);
		c->score += model_contribution(set, rule, model_orb(rule, separation), c->weights[cell]);
	}
}

/*
 * Comparison
 */

static bool
same_matrix(const Kernel *kernel, const AspectTable *table, const Case *c, bool at_end)
{
	size_t		cells = (size_t) (c->n * c->m);
	binary_angle *a = guarded_array(GUARDED_A, sizeof(binary_angle) * (size_t) c->n, at_end);
	binary_angle *b = guarded_array(GUARDED_B, sizeof(binary_angle) * (size_t) c->m, at_end);
	uint8_t    *code = guarded_array(GUARDED_CODE, cells, at_end);
	int32_t    *deviation = guarded_array(GUARDED_DEVIATION, cells * sizeof(int32_t), at_end);

	memcpy(a, c->a, sizeof(binary_angle) * (size_t) c->n);
	memcpy(b, c->b, sizeof(binary_angle) * (size_t) c->m);
	kernel->matrix(table, a, c->n, b, c->m, code, deviation);

	return memcmp(code, c->code, cells) == 0 &&
		memcmp(deviation, c->deviation, cells * sizeof(int32_t)) == 0 &&
		canaries_live(GUARDED_CODE, cells, at_end) &&
		canaries_live(GUARDED_DEVIATION, cells * sizeof(int32_t), at_end);
}

static bool
same_score(const Kernel *kernel, const ScoreTable *table, const Case *c, bool at_end)
{
	size_t		size = weights_size(kernel, c->n, c->m) * sizeof(float);
	binary_angle *a = guarded_array(GUARDED_A, sizeof(binary_angle) * (size_t) c->n, at_end);
	binary_angle *b = guarded_array(GUARDED_B, sizeof(binary_angle) * (size_t) c->m, at_end);
	float	   *weights = guarded_array(GUARDED_WEIGHTS, size, at_end);

	memcpy(a, c->a, sizeof(binary_angle) * (size_t) c->n);
	memcpy(b, c->b, sizeof(binary_angle) * (size_t) c->m);
	arrange_weights(kernel, c->weights, c->n, c->m, weights);

	return kernel->score(table, a, c->n, b, c->m, weights) == c->score &&
		canaries_live(GUARDED_WEIGHTS, size, at_end);
}

static bool
compare_with_model(const Kernel *kernel, const TestSet *set, const Case *c)
{
	AspectTable table;
	ScoreTable	score_table;
	bool		same = true;

	aspect_table_prepare(&table, set->rules, set->n, set->options);
	score_table_prepare(&score_table, set->rules, set->n, set->options, set->constant);

	for (int at_end = 0; at_end <= 1; at_end++)
	{
		same &= same_matrix(kernel, &table, c, at_end);
		same &= same_score(kernel, &score_table, c, at_end);
	}

	return same;
}

/* does a variant agree with the model on one case, and touch nothing else? */
static bool
same_as_model(const Kernel *kernel, const TestSet *set, const Case *c)
{
	int			signal_number = sigsetjmp(touched, 1);

	if (signal_number == 0 && compare_with_model(kernel, set, c))
		return true;

	printf("# %s, %s, %d x %d: %s\n", kernel->name, set->name, c->n, c->m,
		   signal_number != 0 ? strsignal(signal_number) : "differs");
	return false;
}

/* score_cell() explains what score() adds */
static bool
cells_explain_score(const TestSet *set, const Case *c)
{
	ScoreTable	table;
	int64_t		sum = 0;

	score_table_prepare(&table, set->rules, set->n, set->options, set->constant);
	for (int cell = 0; cell < c->n * c->m; cell++)
		sum += score_cell(&table, c->code[cell], (uint32_t) llabs(c->deviation[cell]), 0,
						  c->weights[cell]);

	return sum == c->score;
}

/*
 * Cases
 */

static void
random_case(const TestSet *set, Case *c, int n, int m)
{
	c->n = n;
	c->m = m;
	for (int i = 0; i < n; i++)
		c->a[i] = random_bits();
	for (int j = 0; j < m; j++)
		c->b[j] = random_bits();
	for (int cell = 0; cell < n * m; cell++)
		c->weights[cell] = (float) random_below(1024) / 1024;
	model_solve(set, c);
}

/* all the separations where something changes, and their neighbours */
static int
edges(const TestSet *set, binary_angle *edge)
{
	int			count = 0;

	for (int near = -2; near <= 2; near++)
	{
		for (uint32_t border = 0; border < 2 * BUCKETS; border++)
			edge[count++] = (border << BUCKET_SHIFT) + (uint32_t) near;

		for (int i = 0; i < set->n; i++)
		{
			uint32_t	angle = set->rules[i].angle;
			uint32_t	max_orb = set->rules[i].max_orb;

			edge[count++] = angle + (uint32_t) near;
			edge[count++] = angle + max_orb + 1 + (uint32_t) near;
			edge[count++] = angle - max_orb - 1 + (uint32_t) near;
			edge[count++] = angle + max_orb - 2 + (uint32_t) near;
			edge[count++] = angle - max_orb + 2 + (uint32_t) near;
		}
	}

	return count;
}

/* calls "same_as_model" for a case of edges, which begins with this one */
static void
edge_case(const TestSet *set, Case *c, const binary_angle *edge, int count)
{
	static const binary_angle stand[] = {0, 1, HALF_TURN - 1, HALF_TURN, UINT32_MAX, 0x12345678};

	c->n = (int) (sizeof(stand) / sizeof(stand[0]));
	c->m = count < MAX_BODIES ? count : MAX_BODIES;
	memcpy(c->a, stand, sizeof(stand));
	for (int j = 0; j < c->m; j++)
		c->b[j] = (j % 2 != 0) ? edge[j] : -edge[j];
	for (int cell = 0; cell < c->n * c->m; cell++)
		c->weights[cell] = 1;
	model_solve(set, c);
}

static bool
agrees_on_edges(const Kernel *kernel, const TestSet *set, Case *c)
{
	static binary_angle edge[5 * (2 * BUCKETS + 5 * MAX_ASPECTS)];
	int			count = edges(set, edge);
	bool		same = true;

	for (int sign = 0; sign < 2; sign++)
	{
		/* an odd step changes the sign that an edge gets */
		for (int i = sign; i < count && same; i += MAX_BODIES - 1)
		{
			edge_case(set, c, edge + i, count - i);
			same &= same_as_model(kernel, set, c) && cells_explain_score(set, c);
		}
	}

	return same;
}

static bool
agrees_on_sizes(const Kernel *kernel, const TestSet *set, Case *c)
{
	static const int large[][2] = {
		{10, 33}, {33, 10}, {31, 64}, {64, 65}, {1, 128}, {128, 1}, {127, 128}, {128, 127},
		{128, 128}
	};
	bool		same = true;

	for (int size = 0; size < 21 * 21 && same; size++)
	{
		random_case(set, c, size / 21, size % 21);
		same &= same_as_model(kernel, set, c);
	}

	for (size_t i = 0; i < sizeof(large) / sizeof(large[0]) && same; i++)
	{
		random_case(set, c, large[i][0], large[i][1]);
		same &= same_as_model(kernel, set, c) && cells_explain_score(set, c);
	}

	return same;
}

/* every cell is worth the most that is allowed, far beyond 32 bits together */
static bool
agrees_on_large_sums(const Kernel *kernel, Case *c)
{
	TestSet		set = {"large sums", 1, {{0, 1000, 1, MAX_CELL_SCORE}}, {false, false}, false};
	bool		same = true;

	for (int sign = 0; sign < 2; sign++)
	{
		for (int n = 1; n <= MAX_BODIES; n = n * 2 + (n == 4))
		{
			random_case(&set, c, n, MAX_BODIES);
			for (int i = 0; i < MAX_BODIES; i++)
				c->a[i] = c->b[i] = 0x87654321;
			for (int cell = 0; cell < n * MAX_BODIES; cell++)
				c->weights[cell] = 1;
			model_solve(&set, c);
			same &= llabs(c->score) == (int64_t) n * MAX_BODIES * MAX_CELL_SCORE * SCORE_ONE;
			same &= same_as_model(kernel, &set, c);
		}
		set.rules[0].worth = -MAX_CELL_SCORE;
		set.constant = true;
	}

	return same;
}

/*
 * Sets
 */

static TestSet
degree_set(const char *name, int n, const double (*rules)[3], AspectTableOptions options,
		   bool constant)
{
	TestSet		set = {name, n, {{0}}, options, constant};

	for (int i = 0; i < n; i++)
	{
		set.rules[i].angle = angle_from_arc(rules[i][0]);
		set.rules[i].max_orb = angle_from_arc(rules[i][1]);
		set.rules[i].worth = rules[i][2];
		set.rules[i].code = (uint8_t) (i + 1);
	}

	return set;
}

/* 7.5 degrees apart, as many orbs overlap as may */
static TestSet
dense_set(const char *name, int n, AspectTableOptions options, bool constant)
{
	TestSet		set = {name, n, {{0}}, options, constant};

	for (int i = 0; i < n; i++)
	{
		set.rules[i].angle = angle_from_arc(180.0 * i / (n - 1));
		set.rules[i].max_orb = angle_from_arc(4 + i % 5);
		set.rules[i].worth = (i % 7) - 3.25;
		set.rules[i].code = (uint8_t) (n - i);
	}

	return set;
}

static uint32_t
random_arc(void)
{
	switch (random_below(5))
	{
		case 0:
			return random_below(4);
		case 1:
			return random_below(BUCKETS + 1) << BUCKET_SHIFT;
		case 2:
			return HALF_TURN - random_below(4);
		case 3:
			return random_below(HALF_TURN >> 5);
		default:
			return random_below(HALF_TURN);
	}
}

static TestSet
random_set(void)
{
	TestSet		set = {"random sets", (int) random_below(MAX_ASPECTS + 1), {{0}}, {false, false}, false};

	if (random_below(2) == 0)
		set.n = (int) random_below(5);
	set.options.strict = random_below(3) == 0;
	set.options.first = random_below(3) == 0;
	set.constant = random_below(3) == 0;

	for (int i = 0; i < set.n; i++)
	{
		set.rules[i].angle = random_arc();
		set.rules[i].max_orb = random_below(2) == 0 ? random_arc() : random_below(HALF_TURN >> 6);
		set.rules[i].worth = (double) random_below(2 * MAX_CELL_SCORE) - MAX_CELL_SCORE;
		set.rules[i].code = (uint8_t) (i + 1);
	}

	return set;
}

static const double modern[][3] = {
	{0, 10, 4}, {60, 6, 3}, {90, 8, -2}, {120, 8, 3}, {180, 10, -3}, {150, 3, -1}, {30, 2, 1}
};
static const double synastry[][3] = {
	{0, 6, 1}, {180, 6, -1}, {120, 6, 0.75}, {90, 6, -0.75}, {60, 4, 0.5}
};
static const double exact[][3] = {{0, 0, 5}, {90, 0, -5}, {180, 0, 2.5}};
static const double everything[][3] = {{0, 180, 1000}};
static const double opposition[][3] = {{180, 180, -1000}};
static const double overlapping[][3] = {{90, 30, 1}, {60, 30, 2}, {0, 170, 3}, {60, 30, 4}};

#define PLAIN	((AspectTableOptions) {false, false})
#define STRICT	((AspectTableOptions) {true, false})
#define FIRST	((AspectTableOptions) {false, true})

static int
make_sets(TestSet *sets)
{
	int			n = 0;

	sets[n++] = degree_set("modern", 7, modern, PLAIN, false);
	sets[n++] = degree_set("modern, strict", 7, modern, STRICT, false);
	sets[n++] = degree_set("modern, constant", 7, modern, PLAIN, true);
	sets[n++] = degree_set("modern, strict, constant", 7, modern, STRICT, true);
	sets[n++] = degree_set("modern, first", 7, modern, FIRST, false);
	sets[n++] = degree_set("synastry", 5, synastry, PLAIN, false);
	sets[n++] = degree_set("exact aspects only", 3, exact, PLAIN, false);
	sets[n++] = degree_set("exact aspects only, strict", 3, exact, STRICT, false);
	sets[n++] = degree_set("orb of 180 degrees", 1, everything, PLAIN, false);
	sets[n++] = degree_set("orb of 180 degrees at 180", 1, opposition, PLAIN, false);
	sets[n++] = degree_set("orb of 180 degrees, constant", 1, everything, STRICT, true);
	sets[n++] = degree_set("overlapping", 4, overlapping, PLAIN, false);
	sets[n++] = degree_set("overlapping, first", 4, overlapping, FIRST, false);
	sets[n++] = degree_set("no aspects", 0, modern, PLAIN, false);
	sets[n++] = dense_set("24 aspects", 24, PLAIN, false);
	sets[n++] = dense_set("24 aspects, first", 24, FIRST, false);
	sets[n++] = dense_set("32 aspects, strict, constant", 32, STRICT, true);
	return n;
}

/*
 * Variants
 */

static void
test_variant(const Kernel *kernel)
{
	static Case c;
	TestSet		sets[32];
	int			n = make_sets(sets);
	bool		same = true;

	for (int i = 0; i < n; i++)
		report(kernel->name, sets[i].name,
			   agrees_on_edges(kernel, &sets[i], &c) && agrees_on_sizes(kernel, &sets[i], &c));

	for (int i = 0; i < scaled(RANDOM_SETS) && same; i++)
	{
		TestSet		set = random_set();

		same &= agrees_on_edges(kernel, &set, &c);
		for (int size = 0; size < 20 && same; size++)
		{
			random_case(&set, &c, (int) random_below(24), (int) random_below(40));
			same &= same_as_model(kernel, &set, &c) && cells_explain_score(&set, &c);
		}
	}
	report(kernel->name, "random sets", same);
	report(kernel->name, "large sums", agrees_on_large_sums(kernel, &c));
}

static void
test_dispatch(void)
{
	bool		found = true;

	for (const Kernel *const *kernel = kernels; *kernel != NULL; kernel++)
		found &= kernel_by_name((*kernel)->name) == ((*kernel)->supported() ? *kernel : NULL);

	found &= kernel_by_name("") == NULL;
	found &= kernel_by_name("scalar") == &scalar_kernel;
	found &= kernel_by_name(kernel_best()->name) == kernel_best();
	report("dispatch", "variants are found by name", found);
	if (expected_best != NULL)
		report("dispatch", "the best variant is the machine's",
			   strcmp(kernel_best()->name, expected_best) == 0);
}

void
test_variants(void)
{
	struct sigaction action = {.sa_handler = on_touch};

	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);

	guarded[GUARDED_A] = guarded_allocate(MAX_BODIES * sizeof(binary_angle));
	guarded[GUARDED_B] = guarded_allocate(MAX_BODIES * sizeof(binary_angle));
	guarded[GUARDED_CODE] = guarded_allocate(MAX_CELLS);
	guarded[GUARDED_DEVIATION] = guarded_allocate(MAX_CELLS * sizeof(int32_t));
	guarded[GUARDED_WEIGHTS] = guarded_allocate(2 * MAX_CELLS * sizeof(float));

	test_dispatch();

	for (const Kernel *const *kernel = kernels; *kernel != NULL; kernel++)
	{
		if ((*kernel)->supported())
			test_variant(*kernel);
		else
			printf("# this machine cannot run %s\n", (*kernel)->name);
	}

#ifdef SYNASTRY_EMULATE_NEON
	test_variant(&neon_kernel);
#endif
}
