/*
 * cross.c
 *		synastry_cross(): every chart of one query against every chart of another.
 *
 * The right side is read once, into tiles (tile_store.h).  Of the left side as
 * many charts are read as fit the rest of the budget; they go through all
 * tiles, each left chart through a whole tile at a time, and so does the next
 * chunk of them.  Without top_k a pair is returned as it is found; with it every
 * left chart keeps its best matches in a heap, which are returned when its
 * chunk is done.
 *
 * If the right side is a relation with an index that finds the best matches,
 * it is not read: each left chart asks the index, as long as that pays.
 */
#include "postgres.h"

#include <math.h>

#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "batch/call.h"
#include "batch/left_chunk.h"
#include "batch/nearest.h"
#include "batch/results.h"
#include "stats/progress.h"
#include "stats/stats.h"

PG_FUNCTION_INFO_V1(synastry_cross);

/* the options, in their order */
enum
{
	OPTION_TOP_K,
	OPTION_MIN_SCORE,
	OPTION_MODEL,
	OPTION_SKIP_SAME_ID
};

/* the columns of a result */
enum
{
	COLUMN_LEFT_ID,
	COLUMN_RIGHT_ID,
	COLUMN_SCORE,
	COLUMN_RANK,
	N_COLUMNS
};

/* progress is reported every so many rows or pairs */
#define REPORT_ROWS		1024
#define REPORT_PAIRS	(256 * 1024)

/* more matches of a chart are not asked of an index */
#define MAX_INDEXED		10000

/* left charts after which it is asked whether the index pays */
#define TRIED_BY_INDEX	16

typedef struct Cross
{
	const PreparedModel *model;
	bool		has_top_k;
	int			k;				/* never more than there are right charts */
	int64		min_score;		/* in units of 1 / SCORE_ONE, or NO_THRESHOLD */
	bool		skip_same_id;

	Results		results;
	Progress	progress;
	StatCall	call;
	Size		budget;			/* bytes */
	MemoryContext scratch;		/* for what a left chart does in a tile */
	TileStore  *store;
	Scorer	   *scorer;
	LeftChunk	chunk;
	int64		charts;			/* read, of both sides */
	int64		null_charts;
	int64		unreported;		/* pairs */

	/* where we are */
	int			tile_number;
	const Tile *tile;
	LeftChart  *left;
} Cross;

static const MemberColumns cross_columns[] = {{"id", "chart"}};

/*
 * Options
 */

/* The least score in units that is not below a number of points. */
static int64
units_of_points(float8 points)
{
	double		units = ceil(points * SCORE_ONE);

	if (isnan(points))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("min_score must be a number")));
	if (units >= (double) PG_INT64_MAX)
		return PG_INT64_MAX;
	if (units <= (double) PG_INT64_MIN)
		return PG_INT64_MIN + 1;
	return (int64) units;
}

static void
read_options(Cross *cross, const Call *call)
{
	cross->model = call_model(call, OPTION_MODEL);
	cross->has_top_k = call_has_option(call, OPTION_TOP_K);
	if (cross->has_top_k)
		cross->k = DatumGetInt32(call_option(call, OPTION_TOP_K));
	if (cross->k < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_ROW_COUNT_IN_LIMIT_CLAUSE),
				 errmsg("top_k must not be negative")));
	cross->min_score = NO_THRESHOLD;
	if (call_has_option(call, OPTION_MIN_SCORE))
		cross->min_score = units_of_points(DatumGetFloat8(call_option(call, OPTION_MIN_SCORE)));
	cross->skip_same_id = call_has_option(call, OPTION_SKIP_SAME_ID) &&
		DatumGetBool(call_option(call, OPTION_SKIP_SAME_ID));
}

/*
 * Progress
 */

static void
report(Cross *cross, ProgressPhase phase)
{
	Progress   *progress = &cross->progress;

	progress->phase = phase;
	progress->charts_done = cross->charts;
	progress->pairs_done += cross->unreported;
	cross->unreported = 0;
	progress->memory_bytes = results_memory(&cross->results);
	progress->peak_memory_bytes = Max(progress->peak_memory_bytes, progress->memory_bytes);
	progress_report(progress);
}

/*
 * Reading
 */

static void
take_right(void *state, const Member *member)
{
	Cross	   *cross = state;
	Selection	selection;
	uint8		columns[MAX_BODIES];

	progress_restore(&cross->progress);
	if (++cross->charts % REPORT_ROWS == 0)
		report(cross, PROGRESS_READING_RIGHT);
	if (member->chart == NULL)
	{
		cross->null_charts++;
		return;
	}
	select_for_model(cross->model, SIDE_B, member->chart, &selection);
	for (int i = 0; i < selection.n; i++)
		columns[i] = cross->model->place[SIDE_B][selection.ids[i]];
	tile_store_add(cross->store, member->id, columns, selection.longitudes, selection.n);
}

static void
read_right(Cross *cross, Source *right)
{
	int			columns = scorer_columns(cross->model);

	report(cross, PROGRESS_READING_RIGHT);
	cross->store = tile_store_create(columns, cross->budget);
	source_open(right);
	source_read(right, 0, take_right, cross);
	source_close(right);
	tile_store_finish(cross->store);
	cross->scorer = scorer_create(cross->model, tile_capacity(columns, cross->budget));
}

static void
take_left(void *state, const Member *member)
{
	Cross	   *cross = state;

	progress_restore(&cross->progress);
	cross->charts++;
	if (member->chart == NULL)
		cross->null_charts++;
	else
		left_chunk_add(&cross->chunk, member->id, member->chart);
}

/* The next chunk: what fits the rest of the budget, one chart at least. */
static void
read_left(Cross *cross, Source *left)
{
	Size		used = MemoryContextMemAllocated(cross->results.context, true);
	Size		rest = used < cross->budget ? cross->budget - used : 0;
	long		room;

	report(cross, PROGRESS_READING_LEFT);
	while (!left->at_end &&
		   (room = left_chunk_room(&cross->chunk, Max(rest, cross->budget / 4))) > 0)
	{
		source_read(left, room, take_left, cross);
		report(cross, PROGRESS_READING_LEFT);
	}
	left_chunk_finish(&cross->chunk);
}

/*
 * Computing and returning
 */

static void
put_pair(Cross *cross, const text * left, const text * right, int64 score, int64 rank)
{
	static const int ids[] = {COLUMN_LEFT_ID, COLUMN_RIGHT_ID};
	Datum		values[N_COLUMNS];
	bool		nulls[N_COLUMNS];

	values[COLUMN_LEFT_ID] = PointerGetDatum(left);
	nulls[COLUMN_LEFT_ID] = (left == NULL);
	values[COLUMN_RIGHT_ID] = PointerGetDatum(right);
	nulls[COLUMN_RIGHT_ID] = (right == NULL);
	values[COLUMN_SCORE] = Float8GetDatum((double) score / SCORE_ONE);
	nulls[COLUMN_SCORE] = (score == NULL_SCORE);
	values[COLUMN_RANK] = Int64GetDatum(rank);
	nulls[COLUMN_RANK] = (rank == 0);
	results_put(&cross->results, values, nulls, ids, lengthof(ids));
	cross->call.rows++;
}

static bool
is_same_id(const text * a, const text * b)
{
	return a != NULL && b != NULL && VARSIZE(a) == VARSIZE(b) &&
		memcmp(a, b, VARSIZE(a)) == 0;
}

/* A pair whose score reaches the threshold; see ScoreConsumer. */
static int64
take_score(void *state, int chart, int64 score)
{
	Cross	   *cross = state;
	LeftChart  *left = cross->left;
	const		text *id = tile_id(cross->tile, chart);
	Match		match;

	if (!cross->has_top_k)
	{
		if (!cross->skip_same_id || !is_same_id(left->id, id))
			put_pair(cross, left->id, id, score, 0);
		return cross->min_score;
	}

	if (!cross->skip_same_id || !is_same_id(left->id, id))
	{
		match.score = score;
		match.id_prefix = id_prefix(id);
		match.chart = tile_store_number(cross->store, cross->tile_number, chart);
		top_k_offer(&left->best, cross->k, cross->store, &match);
	}
	return Max(cross->min_score, top_k_threshold(&left->best, cross->k));
}

/* All left charts of the chunk against the charts of a run. */
static void
compute_run(Cross *cross, const TileRun *run)
{
	scorer_set_run(cross->scorer, cross->tile, run);
	for (LeftChart *left = cross->chunk.first; left != NULL; left = left->next)
	{
		int64		threshold = cross->min_score;

		CHECK_FOR_INTERRUPTS();
		cross->left = left;
		if (cross->has_top_k)
			threshold = Max(threshold, top_k_threshold(&left->best, cross->k));
		scorer_score(cross->scorer, &left->chart, threshold, take_score, cross);
		MemoryContextReset(cross->scratch);
		cross->unreported += run->count;
		cross->call.cells += (uint64) left->chart.n * run->n * run->count;
		if (cross->unreported >= REPORT_PAIRS)
			report(cross, PROGRESS_COMPUTING);
	}
}

static void
compute_chunk(Cross *cross)
{
	MemoryContext caller = MemoryContextSwitchTo(cross->scratch);

	for (int number = 0; number < tile_store_tiles(cross->store); number++)
	{
		const TileRun *runs;

		cross->tile_number = number;
		cross->tile = tile_store_tile(cross->store, number);
		runs = tile_runs(cross->tile);
		for (int i = 0; i < cross->tile->n_runs; i++)
			compute_run(cross, &runs[i]);
	}
	MemoryContextSwitchTo(caller);
}

/* The best matches of the charts of a chunk. */
static void
return_chunk(Cross *cross)
{
	MemoryContext caller = MemoryContextSwitchTo(cross->scratch);

	report(cross, PROGRESS_RETURNING);
	for (LeftChart *left = cross->chunk.first; left != NULL; left = left->next)
	{
		CHECK_FOR_INTERRUPTS();
		top_k_sort(&left->best, cross->store);
		for (int i = 0; i < left->best.n; i++)
		{
			const Match *match = &left->best.matches[i];

			put_pair(cross, left->id, tile_store_id(cross->store, match->chart),
					 match->score, i + 1);
		}
		MemoryContextReset(cross->scratch);
	}
	MemoryContextSwitchTo(caller);
}

static void
limit_top_k(Cross *cross)
{
	Size		most = cross->budget / sizeof(Match);

	if (cross->k > tile_store_charts(cross->store))
		cross->k = tile_store_charts(cross->store);
	if (cross->k > most)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("%d best matches of a chart do not fit in memory", cross->k),
				 errdetail("With the current work_mem and hash_mem_multiplier at most %zu do.", most),
				 errhint("Raise work_mem, or leave top_k out and rank the rows with row_number().")));
}

static void
cross_charts(Cross *cross, Source *left, Source *right)
{
	read_right(cross, right);
	limit_top_k(cross);
	left_chunk_create(&cross->chunk, cross->model, cross->k);
	do
	{
		read_left(cross, left);
		if (left->at_end && cross->progress.charts_total == PROGRESS_UNKNOWN)
		{
			cross->progress.charts_total = cross->charts;
			cross->progress.pairs_total = cross->progress.pairs_done +
				cross->chunk.n * tile_store_charts(cross->store);
		}
		report(cross, PROGRESS_COMPUTING);
		compute_chunk(cross);
		if (cross->has_top_k)
			return_chunk(cross);
		left_chunk_reset(&cross->chunk);
	} while (!left->at_end);
	tile_store_destroy(cross->store);
	report(cross, PROGRESS_RETURNING);
}

/*
 * By an index
 */

typedef struct IndexedMatch
{
	int64		score;
	const		text *id;
} IndexedMatch;

/* A left chart, and its matches so far: the best, and those as good. */
typedef struct IndexedChart
{
	const		text *id;
	int			n;
	int			room;
	IndexedMatch *matches;
} IndexedChart;

typedef struct IndexedCross
{
	Cross	   *cross;
	Nearest    *nearest;
	IndexedChart *left;			/* whose matches come */
} IndexedCross;

static bool
take_match(void *state, const text * id, int64 score)
{
	IndexedCross *indexed = state;
	const Cross *cross = indexed->cross;
	IndexedChart *left = indexed->left;

	if (score < cross->min_score ||
		(left->n >= cross->k && score < left->matches[cross->k - 1].score))
		return false;
	if (cross->skip_same_id && is_same_id(left->id, id))
		return true;
	if (left->n == left->room)
	{
		left->room *= 2;
		left->matches = repalloc_huge(left->matches, left->room * sizeof(IndexedMatch));
	}
	left->matches[left->n++] = (IndexedMatch)
	{
		score, id
	};
	return true;
}

/* As in a heap: see top_k.h. */
static int
compare_matches(const void *a, const void *b)
{
	const IndexedMatch *x = a;
	const IndexedMatch *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return compare_id_bytes(x->id, y->id);
}

static void
take_left_by_index(void *state, const Member *member)
{
	IndexedCross *indexed = state;
	Cross	   *cross = indexed->cross;
	IndexedChart left = {.id = member->id,.room = cross->k + 1};

	CHECK_FOR_INTERRUPTS();
	progress_restore(&cross->progress);
	cross->charts++;
	if (member->chart == NULL)
	{
		cross->null_charts++;
		return;
	}
	left.matches = palloc_extended(left.room * sizeof(IndexedMatch), MCXT_ALLOC_HUGE);
	indexed->left = &left;
	while (!nearest_find(indexed->nearest, member->chart, take_match, indexed))
		left.n = 0;
	qsort(left.matches, left.n, sizeof(IndexedMatch), compare_matches);
	for (int i = 0; i < Min(left.n, cross->k); i++)
		put_pair(cross, left.id, left.matches[i].id, left.matches[i].score, i + 1);
	cross->progress.pairs_done = nearest_pairs(indexed->nearest);
	report(cross, PROGRESS_COMPUTING);
}

/* All left charts, or those until it has turned out that it does not pay. */
static void
cross_by_index(Cross *cross, Source *left, Nearest *nearest)
{
	IndexedCross indexed = {.cross = cross,.nearest = nearest};

	do
		source_read(left, TRIED_BY_INDEX, take_left_by_index, &indexed);
	while (!left->at_end && nearest_pays(nearest));
	nearest_end(nearest);
}

/*
 * synastry_cross(left_query, right_query [, id], top_k, min_score, model,
 * skip_same_id)
 */
Datum
synastry_cross(PG_FUNCTION_ARGS)
{
	Cross		cross = {0};
	Call		call;
	Source		left;
	Source		right;
	Nearest    *nearest;

	stat_begin_outer(&cross.call, STAT_CROSS);
	call_begin(&call, fcinfo, "synastry_cross", 2);
	results_begin(&cross.results, fcinfo, call.id_type);
	SPI_connect();
	MemoryContextSwitchTo(cross.results.context);
	cross.budget = batch_budget();
	cross.scratch = AllocSetContextCreate(CurrentMemoryContext, "synastry cross",
										  ALLOCSET_DEFAULT_SIZES);
	read_options(&cross, &call);
	call_prepare_source(&call, 0, "left query", cross_columns, 1, &left);
	call_prepare_source(&call, 1, "right query", cross_columns, 1, &right);

	nearest = cross.has_top_k && cross.k > 0 && cross.k <= MAX_INDEXED
		? nearest_prepare(&call, 1, cross.model, cross.k) : NULL;

	progress_begin(&cross.progress, PROGRESS_CROSS);
	if (!cross.has_top_k || cross.k > 0)
	{
		source_open(&left);
		if (nearest != NULL)
			cross_by_index(&cross, &left, nearest);
		if (!left.at_end)
			cross_charts(&cross, &left, &right);
		source_close(&left);
	}
	progress_end(&cross.progress);

	if (cross.null_charts > 0)
		ereport(NOTICE,
				(errmsg_plural("%lld row whose chart is null was skipped",
							   "%lld rows whose charts are null were skipped",
							   cross.null_charts, (long long) cross.null_charts)));
	SPI_finish();
	results_end(&cross.results);
	cross.call.pairs = cross.progress.pairs_done;
	cross.call.memory = cross.progress.peak_memory_bytes;
	stat_end_outer(&cross.call);
	return (Datum) 0;
}
