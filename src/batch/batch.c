/*
 * batch.c
 *		synastry_batch(): the score and the aspect matrix of every pair of a query.
 *
 * As many pairs are read as fit the budget, computed and returned; then the
 * next ones.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "batch/call.h"
#include "batch/results.h"
#include "functions/score.h"
#include "stats/progress.h"
#include "stats/stats.h"

PG_FUNCTION_INFO_V1(synastry_batch);

/* the options, in their order */
enum
{
	OPTION_ASPECTS,
	OPTION_MODEL
};

/* the columns of a result */
enum
{
	COLUMN_A_ID,
	COLUMN_B_ID,
	COLUMN_SCORE,
	COLUMN_MATRIX,
	N_COLUMNS
};

/* pairs that are read at most at a time, and between two reports of progress */
#define READ_PAIRS		256
#define REPORT_PAIRS	1024

typedef struct Pair
{
	struct Pair *next;
	const		text *ids[2];	/* NULL if null */
	const Chart *charts[2];		/* likewise */
	bool		scored;
	int64		score;			/* in units of 1 / SCORE_ONE */
} Pair;

typedef struct Batch
{
	const PreparedModel *model;
	const PreparedSet *set;
	Results		results;
	Progress	progress;
	StatCall	call;
	MemoryContext scratch;		/* for what a pair needs */
	int64		charts;

	/* the pairs that were read */
	MemoryContext chunk;
	Pair	   *first;
	Pair	  **end;
} Batch;

static const MemberColumns batch_columns[] = {{"a_id", "a"}, {"b_id", "b"}};

static void
report(Batch *batch, ProgressPhase phase)
{
	Progress   *progress = &batch->progress;

	progress->phase = phase;
	progress->charts_done = batch->charts;
	progress->memory_bytes = results_memory(&batch->results);
	progress->peak_memory_bytes = Max(progress->peak_memory_bytes, progress->memory_bytes);
	progress_report(progress);
}

/* A copy of a value, NULL if it is. */
static const void *
copy_value(const void *value)
{
	void	   *copy;

	if (value == NULL)
		return NULL;
	copy = palloc_extended(VARSIZE(value), MCXT_ALLOC_HUGE);
	memcpy(copy, value, VARSIZE(value));
	return copy;
}

static void
take_pair(void *state, const Member *members)
{
	Batch	   *batch = state;
	MemoryContext caller = MemoryContextSwitchTo(batch->chunk);
	Pair	   *pair = palloc(sizeof(Pair));

	progress_restore(&batch->progress);
	pair->next = NULL;
	for (int i = 0; i < 2; i++)
	{
		pair->ids[i] = copy_value(members[i].id);
		pair->charts[i] = copy_value(members[i].chart);
	}
	*batch->end = pair;
	batch->end = &pair->next;
	batch->charts += 2;
	MemoryContextSwitchTo(caller);
}

/* Values may be large: at first one pair, then as many as there are. */
static void
read_chunk(Batch *batch, Source *source, Size budget)
{
	int			pairs = 1;

	MemoryContextReset(batch->chunk);
	batch->first = NULL;
	batch->end = &batch->first;
	do
	{
		source_read(source, pairs, take_pair, batch);
		report(batch, PROGRESS_READING_LEFT);
		pairs = Min(2 * pairs, READ_PAIRS);
	} while (!source->at_end && MemoryContextMemAllocated(batch->chunk, true) < budget);
}

static void
compute_chunk(Batch *batch)
{
	report(batch, PROGRESS_COMPUTING);
	for (Pair *pair = batch->first; pair != NULL; pair = pair->next)
	{
		CHECK_FOR_INTERRUPTS();
		pair->scored = pair->charts[0] != NULL && pair->charts[1] != NULL &&
			score_pair(batch->model, pair->charts[0], pair->charts[1], &pair->score);
	}
}

static void
put_pair(Batch *batch, const Pair *pair)
{
	static const int ids[] = {COLUMN_A_ID, COLUMN_B_ID};
	Datum		values[N_COLUMNS];
	bool		nulls[N_COLUMNS];

	for (int i = 0; i < 2; i++)
	{
		values[ids[i]] = PointerGetDatum(pair->ids[i]);
		nulls[ids[i]] = (pair->ids[i] == NULL);
	}
	nulls[COLUMN_SCORE] = !pair->scored;
	if (pair->scored)
		values[COLUMN_SCORE] = Float8GetDatum((double) pair->score / SCORE_ONE);
	nulls[COLUMN_MATRIX] = pair->charts[0] == NULL || pair->charts[1] == NULL;
	if (!nulls[COLUMN_MATRIX])
	{
		batch->call.pairs++;
		batch->call.cells += pair->charts[0]->n * pair->charts[1]->n;
		values[COLUMN_MATRIX] = PointerGetDatum(matrix_of_pair(batch->set, pair->charts[0],
															   pair->charts[1]));
	}
	batch->call.rows++;
	results_put(&batch->results, values, nulls, ids, lengthof(ids));
}

static void
return_chunk(Batch *batch)
{
	MemoryContext caller = MemoryContextSwitchTo(batch->scratch);

	report(batch, PROGRESS_RETURNING);
	for (Pair *pair = batch->first; pair != NULL; pair = pair->next)
	{
		CHECK_FOR_INTERRUPTS();
		put_pair(batch, pair);
		MemoryContextReset(batch->scratch);
		if (++batch->progress.pairs_done % REPORT_PAIRS == 0)
			report(batch, PROGRESS_RETURNING);
	}
	MemoryContextSwitchTo(caller);
}

static void
batch_pairs(Batch *batch, Source *source)
{
	Size		budget = batch_budget();

	source_open(source);
	do
	{
		read_chunk(batch, source, budget);
		if (source->at_end)
		{
			batch->progress.charts_total = batch->charts;
			batch->progress.pairs_total = batch->charts / 2;
		}
		compute_chunk(batch);
		return_chunk(batch);
	} while (!source->at_end);
	source_close(source);
	report(batch, PROGRESS_RETURNING);
}

/* synastry_batch(pairs_query [, id], aspects, model) */
Datum
synastry_batch(PG_FUNCTION_ARGS)
{
	Batch		batch = {0};
	Call		call;
	Source		source;

	stat_begin_outer(&batch.call, STAT_BATCH);
	call_begin(&call, fcinfo, "synastry_batch", 1);
	results_begin(&batch.results, fcinfo, call.id_type);
	SPI_connect();
	MemoryContextSwitchTo(batch.results.context);
	batch.chunk = GenerationContextCreate(CurrentMemoryContext, "synastry pairs",
										  ALLOCSET_DEFAULT_MINSIZE, 8 * 1024, 64 * 1024);
	batch.scratch = AllocSetContextCreate(CurrentMemoryContext, "synastry batch pair",
										  ALLOCSET_DEFAULT_SIZES);
	batch.model = call_model(&call, OPTION_MODEL);
	batch.set = call_set(&call, OPTION_ASPECTS, batch.model);
	call_prepare_source(&call, 0, "query", batch_columns, 2, &source);

	progress_begin(&batch.progress, PROGRESS_BATCH);
	batch_pairs(&batch, &source);
	progress_end(&batch.progress);

	SPI_finish();
	results_end(&batch.results);
	batch.call.memory = batch.progress.peak_memory_bytes;
	stat_end_outer(&batch.call);
	return (Datum) 0;
}
