/*
 * scorer.c
 *		Scores of one left chart against the charts of a tile.
 *
 * The kernel takes one pair after the other.  Where only scores above a
 * threshold are wanted, tables made from the left chart first tell which right
 * charts may reach it (kernel/bound.h): most do not, and cost a twentieth.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "batch/scorer.h"
#include "kernel/bound.h"

/* so many charts are worth making tables for */
#define BOUND_MIN_CHARTS	256

/* most charts between two looks at the threshold, which rises fast at first */
#define BLOCK_CHARTS		512

/* charts that are scored before there is a threshold to compare with */
#define FIRST_CHARTS		64

/* codes of the columns of a run lie this much apart more, so that they do not
 * compete for the same cache lines */
#define CODE_PADDING		64

/* the weights of a left chart and a run, n x m */
typedef struct Weights
{
	bool		any;			/* does any pair of bodies make a term? */
	float	   *dense;
	uint32	   *shortfalls;		/* where limits depend on the cell */
	float	   *arranged;		/* as the kernel reads them */
} Weights;

struct Scorer
{
	const PreparedModel *model;
	const Kernel *kernel;
	Weights		complete;		/* of charts that have all bodies */
	Weights		partial;		/* of the others, made when needed */

	const TileRun *run;
	const uint8 *columns;
	const binary_angle *longitudes;

	/* the upper bits of the longitudes of the run, column by column */
	bool		has_codes;
	int			code_stride;
	uint8	   *codes;

	BoundShape *shape;			/* NULL until it is needed */
	BoundTable	table;
};

int
scorer_columns(const PreparedModel *model)
{
	return model->n[SIDE_B];
}

static void
allocate_weights(const Scorer *scorer, Weights *weights)
{
	int			n = scorer->model->n[SIDE_A];
	int			m = scorer->model->n[SIDE_B];
	Size		size = 0;

	/* fewer columns may take more room: they fill lanes less well */
	for (int some = 0; some <= m; some++)
		size = Max(size, arranged_size(scorer->kernel, &scorer->model->table, n, some));
	weights->dense = palloc(Max(1, n * m) * sizeof(float));
	weights->shortfalls = palloc(Max(1, scorer->model->table.aspects.groups * n * m) *
								 sizeof(uint32));
	weights->arranged = palloc(Max(1, size) * sizeof(float));
}

static void
fill_weights(const Scorer *scorer, Weights *weights, const uint8 *rows, int n,
			 const uint8 *columns, int m)
{
	weights->any = model_cells(scorer->model, rows, n, columns, m, weights->dense,
							   weights->shortfalls);
	arrange_cells(scorer->kernel, &scorer->model->table, weights->dense,
				  weights->shortfalls, n, m, weights->arranged);
}

Scorer *
scorer_create(const PreparedModel *model, int capacity)
{
	Scorer	   *scorer = palloc0(sizeof(Scorer));
	int			n = model->n[SIDE_A];
	int			m = model->n[SIDE_B];
	uint8		all[MAX_BODIES];

	scorer->model = model;
	scorer->kernel = current_kernel;
	allocate_weights(scorer, &scorer->complete);
	allocate_weights(scorer, &scorer->partial);
	for (int i = 0; i < MAX_BODIES; i++)
		all[i] = i;
	fill_weights(scorer, &scorer->complete, all, n, all, m);
	scorer->code_stride = capacity + CODE_PADDING;
	scorer->codes = palloc(Max(1, m) * scorer->code_stride);
	return scorer;
}

void
scorer_set_run(Scorer *scorer, const Tile *tile, const TileRun *run)
{
	scorer->run = run;
	scorer->columns = run_columns(tile, run);
	scorer->longitudes = run_longitudes(tile, run);
	scorer->has_codes = false;
}

static const Weights *
find_weights(Scorer *scorer, const ScoredChart *left)
{
	const PreparedModel *model = scorer->model;
	int			n = left->n;
	int			m = scorer->run->n;

	if (n == model->n[SIDE_A] && m == model->n[SIDE_B])
		return &scorer->complete;
	fill_weights(scorer, &scorer->partial, left->rows, n, scorer->columns, m);
	return &scorer->partial;
}

static void
make_codes(Scorer *scorer)
{
	int			n = scorer->run->n;
	int			count = scorer->run->count;

	for (int column = 0; column < n; column++)
	{
		const binary_angle *longitude = scorer->longitudes + column;
		uint8	   *code = scorer->codes + column * scorer->code_stride;

		for (int chart = 0; chart < count; chart++)
			code[chart] = bound_code(longitude[chart * n]);
	}
	scorer->has_codes = true;
}

/* What is asked for. */
typedef struct Wanted
{
	const ScoredChart *left;
	const Weights *weights;
	int64		threshold;
	ScoreConsumer consumer;
	void	   *state;
} Wanted;

static inline void
score_chart(const Scorer *scorer, Wanted *wanted, int chart)
{
	int			m = scorer->run->n;
	int64		score = scorer->kernel->score(&scorer->model->table,
											  wanted->left->longitudes, wanted->left->n,
											  scorer->longitudes + chart * m, m,
											  wanted->weights->arranged);

	if (score >= wanted->threshold)
		wanted->threshold = wanted->consumer(wanted->state, scorer->run->first + chart, score);
}

static void
prepare_bounds(Scorer *scorer, const Wanted *wanted)
{
	if (scorer->shape == NULL)
	{
		scorer->shape = MemoryContextAlloc(GetMemoryChunkContext(scorer), sizeof(BoundShape));
		bound_shape_prepare(scorer->shape, &scorer->model->table);
	}
	if (!scorer->has_codes)
		make_codes(scorer);
	bound_table_prepare(scorer->kernel, &scorer->table, scorer->shape,
						wanted->left->longitudes, wanted->left->n,
						wanted->weights->dense, scorer->run->n);
}

/*
 * The charts from this one on whose bounds reach the threshold; all of what
 * remains when the bounds of a block exclude less than a quarter of it.
 */
static void
score_candidates(Scorer *scorer, Wanted *wanted, int chart)
{
	int			count = scorer->run->count;
	uint16		candidates[BLOCK_CHARTS];
	int			block = 0;
	int			n = 0;

	prepare_bounds(scorer, wanted);
	for (; chart < count && n * 4 <= block * 3; chart += block)
	{
		CHECK_FOR_INTERRUPTS();
		block = Min(Min(Max(chart, FIRST_CHARTS), BLOCK_CHARTS), count - chart);
		n = scorer->kernel->candidates(&scorer->table, scorer->codes + chart,
									   scorer->code_stride, block,
									   wanted->threshold, candidates);
		for (int i = 0; i < n; i++)
			score_chart(scorer, wanted, chart + candidates[i]);
	}
	for (; chart < count; chart++)
	{
		if (chart % FIRST_CHARTS == 0)
			CHECK_FOR_INTERRUPTS();
		score_chart(scorer, wanted, chart);
	}
}

void
scorer_score(Scorer *scorer, const ScoredChart *left, int64 threshold,
			 ScoreConsumer consumer, void *state)
{
	int			count = scorer->run->count;
	int			chart = 0;
	Wanted		wanted = {
		.left = left,
		.weights = find_weights(scorer, left),
		.threshold = threshold,
		.consumer = consumer,
		.state = state
	};

	if (!wanted.weights->any)
	{
		/* no term, no score */
		for (; chart < count && wanted.threshold == NO_THRESHOLD; chart++)
			wanted.threshold = consumer(state, scorer->run->first + chart, NULL_SCORE);
		return;
	}

	while (chart < count)
	{
		int			end = Min(chart + FIRST_CHARTS, count);

		CHECK_FOR_INTERRUPTS();
		if (wanted.threshold != NO_THRESHOLD && count - chart >= BOUND_MIN_CHARTS)
		{
			score_candidates(scorer, &wanted, chart);
			return;
		}
		for (; chart < end; chart++)
			score_chart(scorer, &wanted, chart);
	}
}
