/*
 * sizing.c
 *		What a batch would take here: synastry_estimate_memory() and
 *		synastry_advise().
 */
#include "postgres.h"

#include <math.h>
#include <unistd.h>

#include "executor/nodeHash.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "portability/instr_time.h"
#include "storage/proc.h"
#include "utils/builtins.h"
#include "utils/guc.h"

#include "batch/left_chunk.h"
#include "batch/results.h"
#include "batch/tile_store.h"
#include "functions/prepared.h"

PG_FUNCTION_INFO_V1(synastry_estimate_memory);
PG_FUNCTION_INFO_V1(synastry_advise);

/* what is assumed of ids that nobody has seen yet, and of top_k */
#define ID_LENGTH		16
#define MATCHES			10

/* a row of a result besides its values */
#define ROW_OVERHEAD	48

/* a job longer than this is worth several sessions, or several transactions */
#define LONG_JOB		10.0	/* seconds */
#define VERY_LONG_JOB	3600.0
#define TRANSACTION		60.0

/* What a cross would use. */
typedef struct CrossSize
{
	double		right;			/* bytes of the right side */
	bool		spills;			/* it goes to a temporary file */
	double		left_charts;	/* in a chunk */
	double		memory;			/* bytes, results included */
} CrossSize;

static CrossSize
size_of_cross(double n_left, double n_right, int bodies, double budget, double result_limit)
{
	CrossSize	size;
	int			capacity = tile_capacity(bodies, budget);
	double		tile_chart = tile_chart_size(bodies, ID_LENGTH);
	double		left_chart = left_chart_size(bodies, ID_LENGTH, Min(MATCHES, n_right));
	double		tiles;
	double		rest;

	/* a tile is filled beside those that are kept, or read from the file */
	tiles = 2 * capacity * (tile_chart + bodies);
	size.right = n_right * tile_chart;
	size.spills = size.right > budget / 2;
	rest = budget - tiles - (size.spills ? 0 : size.right);
	rest = Max(rest, budget / 4);
	size.left_charts = Max(Min(n_left, floor(rest / left_chart)), Min(n_left, 1));
	size.memory = tiles + (size.spills ? 0 : size.right) + size.left_charts * left_chart +
		Min(result_limit, n_left * Min(MATCHES, n_right) * (ROW_OVERHEAD + 2 * ID_LENGTH));
	/* what spills was in memory before */
	if (size.spills)
		size.memory = Max(size.memory, tiles + budget / 2);
	if (n_left == 0 && n_right == 0)
		size.memory = 0;
	return size;
}

static void
check_size(int64 n, const char *name)
{
	if (n < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not be negative", name)));
}

/* Bytes of the matrix of two charts, by the default set. */
static Size
matrix_size(int bodies)
{
	static const char *const name = "synastry";
	MatrixView	view;

	return VARSIZE(matrix_allocate(aspect_set_from_text(name, strlen(name), NULL),
								   bodies, bodies, &view));
}

static int64
bytes_as_integer(double bytes)
{
	if (bytes >= (double) PG_INT64_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("the size is out of range of type bigint")));
	return (int64) bytes;
}

/* synastry_estimate_memory(n_left, n_right, bodies) */
Datum
synastry_estimate_memory(PG_FUNCTION_ARGS)
{
	int64		n_left = PG_GETARG_INT64(0);
	int64		n_right = PG_GETARG_INT64(1);
	int32		bodies = PG_GETARG_INT32(2);
	double		materialized;
	CrossSize	size;
	TupleDesc	descriptor;
	Datum		values[4];
	bool		nulls[4] = {false};

	check_size(n_left, "n_left");
	check_size(n_right, "n_right");
	if (bodies < 0 || bodies > MAX_BODIES)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("bodies must be 0 to %d, not %d", MAX_BODIES, bodies)));
	if (get_call_result_type(fcinfo, NULL, &descriptor) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");

	materialized = (double) n_left * (double) n_right *
		(ROW_OVERHEAD + 2 * ID_LENGTH + (double) matrix_size(bodies));
	size = size_of_cross(n_left, n_right, bodies, batch_budget(), work_mem * 1024.0);
	values[0] = Int64GetDatum(bytes_as_integer(materialized));
	values[1] = Int64GetDatum(bytes_as_integer(size.memory));
	values[2] = Float8GetDatum(materialized <= size.memory ? 0 :
							   floor(1e4 * (1 - size.memory / materialized)) / 1e2);
	values[3] = Int64GetDatum((int64) size.left_charts);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(descriptor), values, nulls)));
}

/*
 * Advice
 */

/* Seconds that a pair of ten planets takes here and now, one after the other. */
static double
seconds_of_pair(void)
{
	static const char *const name = "personal";
	const int	pairs = 2000;
	PreparedModel *model = prepare_model_once(score_model_from_text(name, strlen(name), NULL));
	binary_angle angles[2 * PLANETS];
	instr_time	start;
	instr_time	duration;
	volatile int64 sum = 0;

	for (int i = 0; i < lengthof(angles); i++)
		angles[i] = (uint32) i * 2654435769u;
	INSTR_TIME_SET_CURRENT(start);
	for (int i = 0; i < pairs; i++)
	{
		angles[i % lengthof(angles)] += 0x12345678;
		sum += model->kernel->score(&model->table, angles, PLANETS, angles + PLANETS, PLANETS,
									model->arranged);
	}
	INSTR_TIME_SET_CURRENT(duration);
	INSTR_TIME_SUBTRACT(duration, start);
	(void) sum;
	return INSTR_TIME_GET_DOUBLE(duration) / pairs;
}

/* Bytes of the machine's memory that one job may take: an eighth. */
static double
memory_share(void)
{
	long		pages = sysconf(_SC_PHYS_PAGES);
	long		page_size = sysconf(_SC_PAGESIZE);

	if (pages <= 0 || page_size <= 0)
		return 1024.0 * 1024 * 1024;
	return (double) pages * page_size / 8;
}

static void
put_advice(ReturnSetInfo *rsinfo, const char *name, const char *current,
		   const char *advised, const char *reason)
{
	Datum		values[4];
	bool		nulls[4] = {false};

	values[0] = CStringGetTextDatum(name);
	nulls[1] = (current == NULL);
	if (current != NULL)
		values[1] = CStringGetTextDatum(current);
	values[2] = CStringGetTextDatum(advised);
	values[3] = CStringGetTextDatum(reason);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

static char *
setting(const char *name)
{
	return GetConfigOptionByName(name, NULL, false);
}

/*
 * As much as keeps the right side in memory and the left side in one chunk;
 * not less than there is, and not more than a share of the machine.
 */
static void
advise_work_mem(ReturnSetInfo *rsinfo, double n)
{
	double		right = n * tile_chart_size(PLANETS, ID_LENGTH);
	double		left = n * left_chart_size(PLANETS, ID_LENGTH, MATCHES);
	double		budget = Max(2 * right, right + left) * 1.1;
	double		needed = 2 * budget / hash_mem_multiplier;
	double		most = Max(memory_share() / (1 + hash_mem_multiplier / 2), work_mem * 1024.0);
	double		megabytes = ceil(Min(needed, most) / (1024 * 1024));

	if (megabytes * 1024 <= work_mem)
		put_advice(rsinfo, "work_mem", setting("work_mem"), setting("work_mem"),
				   "both sides of a square cross fit in memory");
	else if (needed <= most)
		put_advice(rsinfo, "work_mem", setting("work_mem"), psprintf("%.0fMB", megabytes),
				   "then both sides of a square cross fit in memory, and the right side is gone through once");
	else
		put_advice(rsinfo, "work_mem", setting("work_mem"), psprintf("%.0fMB", megabytes),
				   "as much as an eighth of this machine's memory allows: the right side goes through a temporary file");
}

static void
advise_temp_file_limit(ReturnSetInfo *rsinfo, double n)
{
	CrossSize	size = size_of_cross(n, n, PLANETS, batch_budget(), work_mem * 1024.0);
	double		kilobytes = ceil(size.right / 1024);

	if (temp_file_limit >= 0 && size.spills && kilobytes > temp_file_limit)
		put_advice(rsinfo, "temp_file_limit", setting("temp_file_limit"),
				   psprintf("%.0fMB", ceil(kilobytes / 1024)),
				   "with the current work_mem the right side needs a temporary file of this size");
}

static void
advise_statement_timeout(ReturnSetInfo *rsinfo, double seconds)
{
	if (StatementTimeout > 0 && seconds * 2 * 1000 > StatementTimeout)
		put_advice(rsinfo, "statement_timeout", setting("statement_timeout"), "0",
				   psprintf("scoring every pair takes about %.0f seconds here", ceil(seconds)));
}

/* How many sessions share the left side, and when they commit. */
static void
advise_sessions(ReturnSetInfo *rsinfo, double n, double seconds)
{
	long		cores = sysconf(_SC_NPROCESSORS_ONLN);
	double		sessions = seconds < LONG_JOB || cores <= 1 ? 1 : Min(cores, Max(1, n));
	double		charts;

	put_advice(rsinfo, "sessions", NULL, psprintf("%.0f", sessions),
			   psprintf("scoring every pair takes one session about %.3g seconds, and this machine has %ld processors",
						seconds, cores));
	if (seconds / sessions < VERY_LONG_JOB)
		return;
	charts = Max(1, floor(n * TRANSACTION / seconds));
	put_advice(rsinfo, "left charts of a transaction", NULL, psprintf("%.0f", charts),
			   "a job of hours goes in steps of a minute that are committed, so that it can go on where it stopped");
}

/* synastry_advise(n_pairs) */
Datum
synastry_advise(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	int64		n_pairs = PG_GETARG_INT64(0);
	double		n;
	double		seconds;

	check_size(n_pairs, "n_pairs");
	InitMaterializedSRF(fcinfo, 0);
	n = ceil(sqrt((double) n_pairs));
	seconds = (double) n_pairs * seconds_of_pair();
	advise_work_mem(rsinfo, n);
	advise_temp_file_limit(rsinfo, n);
	advise_statement_timeout(rsinfo, seconds);
	advise_sessions(rsinfo, n, seconds);
	return (Datum) 0;
}
