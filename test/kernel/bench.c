/*
 * bench.c
 *		How fast each variant is, beside the loop that one would write first.
 *
 * Every run measures all of them in turn, so that what else the machine does
 * falls on all alike; the figures are medians over the runs, the ratios too.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bound.h"
#include "kernel.h"
#include "variants.h"

#define PAIRS			1000
#define RUNS			61
#define MAX_CONTENDERS	8
#define MAX_SIDE		16
#define CHARTS			(2 * PAIRS)

/* who is looked for among many: one chart in so many */
#define RARITY			100

/* Charts of one size and the aspects they are compared by, in both forms. */
typedef struct Workload
{
	const char *name;
	int			bodies;
	int			aspects;
	double		angle[MAX_ASPECTS];
	double		max_orb[MAX_ASPECTS];
	double		worth[MAX_ASPECTS];
	int			groups;			/* of rules whose orbs depend on the cell */
	AspectTable table;
	ScoreTable	score_table;
	uint32_t	shortfalls[MAX_ASPECTS * MAX_SIDE * MAX_SIDE];
	binary_angle units[CHARTS][MAX_SIDE];
	double		degrees[CHARTS][MAX_SIDE];
	float		weights[MAX_SIDE * MAX_SIDE];
	double		naive_weights[MAX_SIDE * MAX_SIDE];
	BoundShape	bound_shape;
	BoundTable	bound_table;	/* of the first chart */
	uint8_t		codes[MAX_SIDE][CHARTS];
	int64_t		threshold;
} Workload;

/* One of those that run; kernel is NULL for the naive loop. */
typedef struct Contender
{
	const Kernel *kernel;
	float		arranged[2 * (1 + BUCKET_GROUPS) * MAX_SIDE * MAX_SIDE];
	double		matrix_time[RUNS];
	double		score_time[RUNS];
	double		bound_time[RUNS];
	double		candidates_time[RUNS];
} Contender;

static Workload work;
static Contender contenders[MAX_CONTENDERS];
static int	contender_count;

/* what is computed must be used, or it would not be computed */
static volatile double sink;

static double
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double) time.tv_sec * 1e9 + (double) time.tv_nsec;
}

/*
 * The naive loops
 */

static double
naive_separation(double a, double b)
{
	double		separation = fabs(a - b);

	return separation > 180 ? 360 - separation : separation;
}

static int
naive_aspect(double separation, double *orb)
{
	int			found = -1;

	for (int k = 0; k < work.aspects; k++)
	{
		double		candidate = fabs(separation - work.angle[k]);

		if (candidate <= work.max_orb[k] && (found < 0 || candidate < *orb))
		{
			found = k;
			*orb = candidate;
		}
	}

	return found;
}

static NEVER_INLINE void
naive_matrix(const double *a, const double *b, int n, uint8_t *code, double *orb)
{
	for (int i = 0; i < n; i++)
	{
		for (int j = 0; j < n; j++)
		{
			double		candidate = 0;
			int			found = naive_aspect(naive_separation(a[i], b[j]), &candidate);

			code[i * n + j] = (uint8_t) (found + 1);
			orb[i * n + j] = candidate;
		}
	}
}

static NEVER_INLINE double
naive_score(const double *a, const double *b, int n, const double *weights)
{
	double		sum = 0;

	for (int i = 0; i < n; i++)
	{
		for (int j = 0; j < n; j++)
		{
			double		orb = 0;
			int			found = naive_aspect(naive_separation(a[i], b[j]), &orb);

			if (found >= 0)
				sum += (1 - orb / work.max_orb[found]) * work.worth[found] * weights[i * n + j];
		}
	}

	return sum;
}

/*
 * Measuring; all return the time per pair, time_bounds() per left chart
 */

static double
time_matrix(const Kernel *kernel)
{
	static uint8_t code[MAX_SIDE * MAX_SIDE];
	static int32_t deviation[MAX_SIDE * MAX_SIDE];
	static double orb[MAX_SIDE * MAX_SIDE];
	int			n = work.bodies;
	double		begin = now();

	for (int pair = 0; pair < PAIRS; pair++)
	{
		if (kernel == NULL)
			naive_matrix(work.degrees[pair], work.degrees[pair + PAIRS], n, code, orb);
		else if (work.groups > 0)
			kernel->matrix_by_cell(&work.table, work.shortfalls, work.units[pair], n,
								   work.units[pair + PAIRS], n, code, deviation);
		else
			kernel->matrix(&work.table, work.units[pair], n, work.units[pair + PAIRS], n,
						   code, deviation);
	}
	sink = code[0];

	return (now() - begin) / PAIRS;
}

static double
time_score(const Contender *contender)
{
	const Kernel *kernel = contender->kernel;
	int			n = work.bodies;
	double		sum = 0;
	double		begin = now();

	for (int pair = 0; pair < PAIRS; pair++)
	{
		if (kernel == NULL)
			sum += naive_score(work.degrees[pair], work.degrees[pair + PAIRS], n,
							   work.naive_weights);
		else
			sum += (double) kernel->score(&work.score_table, work.units[pair], n,
										  work.units[pair + PAIRS], n, contender->arranged);
	}
	sink = sum;

	return (now() - begin) / PAIRS;
}

static double
time_bounds(const Kernel *kernel)
{
	static BoundTable table;
	int			n = work.bodies;
	double		begin = now();

	for (int chart = 0; chart < PAIRS; chart++)
		bound_table_prepare(kernel, &table, &work.bound_shape, work.units[chart], n,
							work.weights, n);
	sink = table.worth[0][0];

	return (now() - begin) / PAIRS;
}

static double
time_candidates(const Kernel *kernel)
{
	static uint16_t candidates[CHARTS];
	double		begin = now();

	for (int again = 0; again < 10; again++)
		sink = kernel->candidates(&work.bound_table, work.codes[0], CHARTS, CHARTS,
								  work.threshold, candidates);

	return (now() - begin) / 10 / CHARTS;
}

static int
compare_doubles(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

/* of times divided by those of the same runs, or by 1 */
static double
median(const double *times, const double *divisors)
{
	double		sorted[RUNS];

	for (int run = 0; run < RUNS; run++)
		sorted[run] = divisors == NULL ? times[run] : times[run] / divisors[run];

	qsort(sorted, RUNS, sizeof(double), compare_doubles);
	return sorted[RUNS / 2];
}

/*
 * Workloads
 */

/*
 * Two degrees more for each of the first two bodies; with two groups not for
 * the minor aspects but one degree.  The naive loop goes without.
 */
static void
fill_by_cell(const AspectRule *rules, AspectTableOptions options)
{
	static uint32_t max_orbs[MAX_SIDE * MAX_SIDE * MAX_ASPECTS];
	int			n = work.bodies;
	CellOrbs	orbs = {n * n, max_orbs, work.shortfalls};

	for (int cell = 0; cell < n * n; cell++)
		for (int k = 0; k < work.aspects; k++)
			max_orbs[cell * work.aspects + k] = angle_from_arc(work.max_orb[k] +
															   ((cell / n < 2) + (cell % n < 2)) *
															   (work.groups == 2 && k > 4 ? 0.5 : 1));
	aspect_table_prepare_by_cell(&work.table, rules, work.aspects, options, &orbs);
	score_table_prepare_by_cell(&work.score_table, rules, work.aspects, options, false, &orbs);
}

static void
fill_tables(void)
{
	AspectRule	rules[MAX_ASPECTS];
	AspectTableOptions options = {false, false};

	for (int k = 0; k < work.aspects; k++)
	{
		rules[k].angle = angle_from_arc(work.angle[k]);
		rules[k].max_orb = angle_from_arc(work.max_orb[k]);
		rules[k].code = (uint8_t) (k + 1);
		rules[k].worth = work.worth[k];
	}

	if (work.groups > 0)
	{
		fill_by_cell(rules, options);
		return;
	}
	aspect_table_prepare(&work.table, rules, work.aspects, options);
	score_table_prepare(&work.score_table, rules, work.aspects, options, false);
}

static void
fill_charts(int bodies)
{
	work.bodies = bodies;
	for (int chart = 0; chart < CHARTS; chart++)
	{
		for (int body = 0; body < bodies; body++)
		{
			work.degrees[chart][body] = (double) random() / ((double) RAND_MAX + 1) * 360;
			work.units[chart][body] = angle_from_degrees(work.degrees[chart][body]);
		}
	}

	for (int cell = 0; cell < bodies * bodies; cell++)
	{
		work.naive_weights[cell] = (double) (1 + cell % 3) / 2;
		work.weights[cell] = (float) work.naive_weights[cell];
	}
}

static int
compare_scores(const void *a, const void *b)
{
	int64_t		x = *(const int64_t *) a;
	int64_t		y = *(const int64_t *) b;

	return (x > y) - (x < y);
}

/* the first chart against all, for a threshold that few of them reach */
static void
fill_bounds(void)
{
	static int64_t scores[CHARTS];
	static float arranged[(1 + BUCKET_GROUPS) * MAX_SIDE * MAX_SIDE];
	int			n = work.bodies;

	bound_shape_prepare(&work.bound_shape, &work.score_table);
	bound_table_prepare(&scalar_kernel, &work.bound_table, &work.bound_shape,
						work.units[0], n, work.weights, n);

	arrange_cells(&scalar_kernel, &work.score_table, work.weights, work.shortfalls, n, n,
				  arranged);
	for (int chart = 0; chart < CHARTS; chart++)
	{
		for (int body = 0; body < n; body++)
			work.codes[body][chart] = bound_code(work.units[chart][body]);
		scores[chart] = scalar_kernel.score(&work.score_table, work.units[0], n,
											work.units[chart], n, arranged);
	}
	qsort(scores, CHARTS, sizeof(int64_t), compare_scores);
	work.threshold = scores[CHARTS - CHARTS / RARITY];
}

static void
use_modern(void)
{
	static const double modern[][3] = {
		{0, 10, 4}, {60, 6, 3}, {90, 8, -2}, {120, 8, 3}, {180, 10, -3}, {150, 3, -1}, {30, 2, 1}
	};

	work.name = "7 aspects";
	work.aspects = 7;
	for (int k = 0; k < work.aspects; k++)
	{
		work.angle[k] = modern[k][0];
		work.max_orb[k] = modern[k][1];
		work.worth[k] = modern[k][2];
	}
	fill_tables();
}

/* windows that overlap, so that no bucket decides alone */
static void
use_overlapping(void)
{
	work.name = "24 overlapping aspects";
	work.aspects = 24;
	for (int k = 0; k < work.aspects; k++)
	{
		work.angle[k] = 180.0 * k / (work.aspects - 1);
		work.max_orb[k] = 4 + k % 5;
		work.worth[k] = k % 7 - 3.25;
	}
	fill_tables();
}

/* orbs by body: groups of rules that differ alike */
static void
use_groups(int groups)
{
	work.name = groups == 1 ? "orbs by body" : "orbs by body, two groups";
	work.groups = groups;
	fill_tables();
}

static const char *
contender_name(const Contender *one)
{
	return one->kernel == NULL ? "naive" : one->kernel->name;
}

/*
 * Workload, variant, operation, run, nanoseconds per pair; of a table of
 * bounds, for one left chart.  Without bounds one would score every pair, so
 * that is what the naive loop needs for both of their operations.
 */
static void
print_runs(void)
{
	for (int i = 0; i < contender_count; i++)
	{
		for (int run = 0; run < RUNS; run++)
		{
			printf("\"%s, %dx%d\",%s,matrix,%d,%.1f\n", work.name, work.bodies, work.bodies,
				   contender_name(&contenders[i]), run, contenders[i].matrix_time[run]);
			printf("\"%s, %dx%d\",%s,score,%d,%.1f\n", work.name, work.bodies, work.bodies,
				   contender_name(&contenders[i]), run, contenders[i].score_time[run]);
			printf("\"%s, %dx%d\",%s,bound table,%d,%.1f\n", work.name, work.bodies, work.bodies,
				   contender_name(&contenders[i]), run, contenders[i].bound_time[run]);
			printf("\"%s, %dx%d\",%s,candidates,%d,%.3f\n", work.name, work.bodies, work.bodies,
				   contender_name(&contenders[i]), run, contenders[i].candidates_time[run]);
		}
	}
}

static void
measure(bool csv)
{
	const double *naive_matrix_time = contenders[0].matrix_time;
	const double *naive_score_time = contenders[0].score_time;

	fill_bounds();
	for (int i = 0; i < contender_count; i++)
	{
		if (contenders[i].kernel != NULL)
			arrange_cells(contenders[i].kernel, &work.score_table, work.weights,
						  work.shortfalls, work.bodies, work.bodies, contenders[i].arranged);
	}

	for (int run = 0; run < RUNS; run++)
	{
		for (int i = 0; i < contender_count; i++)
		{
			contenders[i].matrix_time[run] = time_matrix(contenders[i].kernel);
			contenders[i].score_time[run] = time_score(&contenders[i]);
			if (contenders[i].kernel == NULL)
			{
				contenders[i].bound_time[run] = contenders[i].score_time[run];
				contenders[i].candidates_time[run] = contenders[i].score_time[run];
				continue;
			}
			contenders[i].bound_time[run] = time_bounds(contenders[i].kernel);
			contenders[i].candidates_time[run] = time_candidates(contenders[i].kernel);
		}
	}

	if (csv)
	{
		print_runs();
		return;
	}
	printf("%s, %d x %d\n", work.name, work.bodies, work.bodies);
	for (int i = 0; i < contender_count; i++)
	{
		const Contender *one = &contenders[i];

		printf("  %-8s matrix %7.1f ns %6.1fx   score %7.1f ns %6.1fx\n",
			   contender_name(one),
			   median(one->matrix_time, NULL), median(naive_matrix_time, one->matrix_time),
			   median(one->score_time, NULL), median(naive_score_time, one->score_time));
		if (one->kernel != NULL)
			printf("           bound table %6.0f ns          candidates %6.2f ns %6.1fx of score\n",
				   median(one->bound_time, NULL), median(one->candidates_time, NULL),
				   median(one->score_time, one->candidates_time));
	}
}

/* --csv: every run, for those who compute; else a table of medians */
int
main(int argc, char **argv)
{
	bool		csv = argc > 1 && strcmp(argv[1], "--csv") == 0;

	contender_count = 1;
	for (const Kernel *const *kernel = kernels; *kernel != NULL; kernel++)
	{
		if ((*kernel)->supported())
			contenders[contender_count++].kernel = *kernel;
	}

	use_modern();
	for (int i = 0; i < 3; i++)
	{
		static const int sizes[] = {10, 11, 16};

		fill_charts(sizes[i]);
		measure(csv);
	}

	fill_charts(10);
	for (int groups = 1; groups <= 2; groups++)
	{
		use_groups(groups);
		measure(csv);
	}
	work.groups = 0;

	use_overlapping();
	fill_charts(10);
	measure(csv);
	use_groups(1);
	measure(csv);
	return 0;
}
