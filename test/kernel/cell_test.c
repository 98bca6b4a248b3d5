/*
 * cell_test.c
 *		Limits by cell: every variant against a plain model, and the bounds.
 *
 * The model shares no code with the kernel: it follows the words of kernel.h.
 * Arrays have just the size that they need, so that a sanitizer sees whoever
 * reads beyond them.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bound.h"
#include "check.h"
#include "kernel.h"
#include "variants.h"

#define MAX_SIDE	40
#define MAX_CELLS	(MAX_SIDE * MAX_SIDE)
#define SETS		300
#define CASES		12

/* A set, the max orbs of all cells, and two charts. */
typedef struct CellCase
{
	int			rules;
	AspectRule	rule[MAX_ASPECTS];
	AspectTableOptions options;
	bool		constant;

	int			n;
	int			m;
	uint32_t	max_orbs[MAX_CELLS * MAX_ASPECTS];
	binary_angle a[MAX_SIDE];
	binary_angle b[MAX_SIDE];
	float		weights[MAX_CELLS];

	uint8_t		code[MAX_CELLS];
	int32_t		deviation[MAX_CELLS];
	int64_t		score;
} CellCase;

/* What is prepared of a case; of exactly the size that is needed. */
typedef struct CellTables
{
	AspectTable aspects;
	ScoreTable	scores;
	uint32_t   *shortfalls;
} CellTables;

/*
 * The model
 */

static bool
model_knows(const CellCase *c, uint32_t max_orb, int64_t orb)
{
	int64_t		limit = max_orb > INT32_MAX ? INT32_MAX : max_orb;

	if (max_orb == NO_ASPECT)
		return false;
	return c->options.strict ? orb <= limit - 2 : orb <= limit + 1;
}

/* the place of the rule that a separation belongs to, or -1 */
static int
model_find(const CellCase *c, const uint32_t *max_orbs, int64_t separation)
{
	int			found = -1;
	int64_t		best = 0;

	for (int i = 0; i < c->rules; i++)
	{
		int64_t		orb = llabs(separation - (int64_t) c->rule[i].angle);

		if (!model_knows(c, max_orbs[i], orb))
			continue;
		if (found >= 0 && (c->options.first || orb > best ||
						   (orb == best && c->rule[i].angle >= c->rule[found].angle)))
			continue;
		found = i;
		best = orb;
	}

	return found;
}

/* is the max orb of any rule different in any cell? */
static bool
model_depends_on_cell(const CellCase *c)
{
	for (int cell = 1; cell < c->n * c->m; cell++)
		for (int i = 0; i < c->rules; i++)
		{
			uint32_t	one = c->max_orbs[i];
			uint32_t	other = c->max_orbs[cell * c->rules + i];

			if ((model_knows(c, one, 0) || model_knows(c, other, 0)) && one != other)
				return true;
		}
	return false;
}

static int64_t
model_contribution(const CellCase *c, int rule, int64_t orb, uint32_t max_orb, float weight)
{
	int64_t		limit = max_orb > INT32_MAX ? INT32_MAX : max_orb;
	volatile float worth = (float) (c->rule[rule].worth * SCORE_ONE);
	volatile float value;

	if (model_depends_on_cell(c))
	{
		if (limit == 0 || c->constant)
			value = 1;
		else
		{
			value = (float) (orb > limit ? 0 : limit - orb);
			value = value / (float) limit;
		}
		value = value * worth;
	}
	else if (limit == 0 || c->constant)
		value = worth;
	else
	{
		value = (float) (orb > limit ? 0 : limit - orb);
		value = value * (float) (c->rule[rule].worth * SCORE_ONE / (double) limit);
	}
	value = value * weight;
	return (int64_t) rintl(value);
}

static void
model_solve(CellCase *c)
{
	c->score = 0;
	for (int cell = 0; cell < c->n * c->m; cell++)
	{
		const uint32_t *max_orbs = c->max_orbs + cell * c->rules;
		int64_t		arc = llabs((int64_t) c->a[cell / c->m] - (int64_t) c->b[cell % c->m]);
		int64_t		separation = arc > (INT64_C(1) << 31) ? (INT64_C(1) << 32) - arc : arc;
		int			rule = model_find(c, max_orbs, separation);

		c->code[cell] = 0;
		c->deviation[cell] = 0;
		if (rule < 0)
			continue;
		c->code[cell] = c->rule[rule].code;
		c->deviation[cell] = (int32_t) (uint32_t) (separation - (int64_t) c->rule[rule].angle);
		c->score += model_contribution(c, rule, llabs(separation - (int64_t) c->rule[rule].angle),
									   max_orbs[rule], c->weights[cell]);
	}
}

/*
 * Comparison
 */

static void
prepare_tables(CellTables *tables, const CellCase *c)
{
	size_t		size = (size_t) (c->n * c->m * c->rules) * sizeof(uint32_t);
	uint32_t   *room = malloc(size);
	uint32_t   *max_orbs = malloc(size);
	CellOrbs	orbs = {c->n * c->m, max_orbs, room};
	size_t		used;

	memcpy(max_orbs, c->max_orbs, size);
	aspect_table_prepare_by_cell(&tables->aspects, c->rule, c->rules, c->options, &orbs);
	score_table_prepare_by_cell(&tables->scores, c->rule, c->rules, c->options, c->constant,
								&orbs);
	used = (size_t) (tables->aspects.groups * c->n * c->m) * sizeof(uint32_t);
	tables->shortfalls = malloc(used);
	memcpy(tables->shortfalls, room, used);
	free(room);
	free(max_orbs);
}

static bool
same_cells(const Kernel *kernel, const CellTables *tables, const CellCase *c)
{
	size_t		cells = (size_t) (c->n * c->m);
	binary_angle *a = malloc((size_t) c->n * sizeof(binary_angle));
	binary_angle *b = malloc((size_t) c->m * sizeof(binary_angle));
	uint8_t    *code = malloc(cells);
	int32_t    *deviation = malloc(cells * sizeof(int32_t));
	float	   *numbers = malloc(arranged_size(kernel, &tables->scores, c->n, c->m) *
								 sizeof(float));
	bool		same;

	memcpy(a, c->a, (size_t) c->n * sizeof(binary_angle));
	memcpy(b, c->b, (size_t) c->m * sizeof(binary_angle));
	if (tables->aspects.groups > 0)
		kernel->matrix_by_cell(&tables->aspects, tables->shortfalls, a, c->n, b, c->m,
							   code, deviation);
	else
		kernel->matrix(&tables->aspects, a, c->n, b, c->m, code, deviation);
	arrange_cells(kernel, &tables->scores, c->weights, tables->shortfalls, c->n, c->m, numbers);
	same = memcmp(code, c->code, cells) == 0 &&
		memcmp(deviation, c->deviation, cells * sizeof(int32_t)) == 0 &&
		kernel->score(&tables->scores, a, c->n, b, c->m, numbers) == c->score;

	free(a);
	free(b);
	free(code);
	free(deviation);
	free(numbers);
	return same;
}

/* score_cell() explains what score() adds */
static bool
cells_explain_score(const CellTables *tables, const CellCase *c)
{
	int64_t		sum = 0;

	for (int cell = 0; cell < c->n * c->m; cell++)
		for (int i = 0; i < c->rules; i++)
			if (c->rule[i].code == c->code[cell])
				sum += score_cell(&tables->scores, c->code[cell],
								  (uint32_t) llabs(c->deviation[cell]),
								  c->max_orbs[cell * c->rules + i], c->weights[cell]);
	return sum == c->score;
}

/* no bound is less than the score, or excludes who reaches it */
static bool
bound_holds(const Kernel *kernel, const CellTables *tables, const CellCase *c)
{
	static BoundShape shape;
	static BoundTable table;
	uint8_t		codes[MAX_SIDE];
	uint16_t	candidate;
	int64_t		bound;

	if (c->m == 0)
		return true;
	bound_shape_prepare(&shape, &tables->scores);
	bound_table_prepare(kernel, &table, &shape, c->a, c->n, c->weights, c->m);
	bound = table.base;
	for (int j = 0; j < c->m; j++)
	{
		codes[j] = bound_code(c->b[j]);
		bound += table.unit * table.worth[j][codes[j]];
	}
	return c->score <= bound &&
		kernel->candidates(&table, codes, 1, 1, c->score, &candidate) == 1;
}

/*
 * Cases
 */

static const double modern[][3] = {
	{0, 10, 4}, {60, 6, 3}, {90, 8, -2}, {120, 8, 3}, {180, 10, -3}, {150, 3, -1}, {30, 2, 1}
};

/* rules that one look-up finds, or any */
static void
random_rules(CellCase *c, bool disjoint)
{
	c->rules = disjoint ? 1 + (int) random_below(7) : (int) random_below(12);
	for (int i = 0; i < c->rules; i++)
	{
		AspectRule *rule = &c->rule[i];

		rule->angle = disjoint ? angle_from_arc(modern[i][0]) : random_below(HALF_TURN + 1);
		rule->max_orb = disjoint ? angle_from_arc(modern[i][1] * 0.5) :
			random_below(HALF_TURN >> random_below(8));
		rule->worth = (double) random_below(2 * MAX_CELL_SCORE) - MAX_CELL_SCORE;
		rule->code = (uint8_t) (i + 1);
	}
	c->options.strict = random_below(3) == 0;
	c->options.first = random_below(3) == 0;
	c->constant = random_below(4) == 0;
}

/* what makes the max orb of a rule in a cell differ: as sets do, and worse */
static uint32_t
random_max_orb(const CellCase *c, int style, int i, int row, int column)
{
	uint32_t	max_orb = c->rule[i].max_orb;

	switch (style)
	{
		case 0:					/* additions of bodies */
			return max_orb + (row % 3 == 0) * 5000000u + (column % 3 == 0) * 5000000u;
		case 1:					/* moieties, but for some */
			return i % 3 == 2 ? max_orb : (uint32_t) (1 + row % 5 + column % 5) * 4000000u;
		case 2:					/* what some do not cast, and some not receive */
			return (row + i) % 4 == 0 || (column + i) % 5 == 0 ? NO_ASPECT : max_orb;
		case 3:					/* nearly nothing */
			return random_below(5);
		case 4:					/* anything */
			return random_below(9) == 0 ? NO_ASPECT : random_below(HALF_TURN + 1) >>
				random_below(32);
		default:				/* the same in all cells */
			return max_orb;
	}
}

static void
random_case(CellCase *c, int n, int m)
{
	int			style = (int) random_below(6);

	c->n = n;
	c->m = m;
	for (int i = 0; i < n; i++)
		c->a[i] = random_bits();
	for (int j = 0; j < m; j++)
		c->b[j] = random_bits();
	for (int cell = 0; cell < n * m; cell++)
	{
		c->weights[cell] = (float) ((double) random_below(1024) / 512 - 1);
		for (int i = 0; i < c->rules; i++)
			c->max_orbs[cell * c->rules + i] = random_max_orb(c, style, i, cell / m, cell % m);
	}

	/* some columns at the very limits of the first row */
	for (int j = 0; j < m && n > 0 && c->rules > 0; j += 2)
	{
		int			i = (int) random_below((uint32_t) c->rules);
		uint32_t	max_orb = c->max_orbs[j * c->rules + i];

		if (max_orb == NO_ASPECT)
			max_orb = 0;
		c->b[j] = c->a[0] + c->rule[i].angle + max_orb + random_below(5) - 3;
	}
	model_solve(c);
}

static bool
agrees(const Kernel *kernel, bool disjoint)
{
	static CellCase c;
	bool		same = true;

	for (int set = 0; set < scaled(SETS) && same; set++)
	{
		random_rules(&c, disjoint);
		for (int i = 0; i < CASES && same; i++)
		{
			CellTables	tables;

			random_case(&c, (int) random_below(MAX_SIDE), (int) random_below(MAX_SIDE));
			prepare_tables(&tables, &c);
			same = same_cells(kernel, &tables, &c) && cells_explain_score(&tables, &c) &&
				bound_holds(kernel, &tables, &c);
			if (!same)
				printf("# %s: %d rules, %d groups, %d x %d differs\n", kernel->name, c.rules,
					   tables.aspects.groups, c.n, c.m);
			free(tables.shortfalls);
		}
	}
	return same;
}

static void
test_variant(const Kernel *kernel)
{
	report(kernel->name, "limits by cell, rules apart", agrees(kernel, true));
	report(kernel->name, "limits by cell, any rules", agrees(kernel, false));
}

void
test_cells(void)
{
	for (const Kernel *const *kernel = kernels; *kernel != NULL; kernel++)
		if ((*kernel)->supported())
			test_variant(*kernel);

#ifdef SYNASTRY_EMULATE_NEON
	test_variant(&neon_kernel);
#endif
}
