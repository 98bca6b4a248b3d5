/*
 * stats.c
 *		Counters of operations: where they are, who writes and who reads them.
 *
 * If the library is preloaded each process that may be in a database has a
 * slot in shared memory, taken at its first operation.  The figures of those
 * that have ended are in the retired totals, by database.  The figures of a
 * database are the sum of both.  Not preloaded, a process has a slot of its
 * own and sees nothing else.
 *
 *	slots		written by their process only, without a lock, word by word; a
 *				slot is taken, and cleared after a reset, by raising its
 *				generation last.  Read by all under the lock (shared), so that
 *				no process can end meanwhile: nothing is lost, nothing counted
 *				twice.
 *	retired		under the lock: exclusive to write, shared to read
 *	since		likewise
 *	generation	written under the lock (exclusive), read without
 *
 * A reset raises the generation.  Slots of an older one do not count, and are
 * cleared by their process at its next operation.
 *
 * Accepted races.  Figures of one row may be of slightly different moments,
 * some ten nanoseconds apart; what is reckoned from several is never below
 * zero for that.  What a process counts at the moment of a reset may be lost.
 *
 * Processes that compute in parallel count what each of them did.
 */
#include "postgres.h"

#include <math.h>

#include "access/xact.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "storage/proc.h"
#include "storage/shmem.h"
#include "utils/guc.h"
#include "utils/memutils.h"

#include "compat.h"
#include "stats/slow_log.h"
#include "stats/stats.h"

#define LOCK_TRANCHE	"synastry_statistics"

const StatOperationKind stat_operations[STAT_OPERATIONS] = {
	[STAT_SCORE] = {.name = "score"},
	[STAT_SCORE_CELLS] = {.name = "score_cells",.returns_rows = true},
	[STAT_MATRIX] = {.name = "matrix",.is_cached = true},
	[STAT_ASPECTS] = {.name = "aspects",.returns_rows = true},
	[STAT_TALLY] = {.name = "tally"},
	[STAT_REPORT] = {.name = "report",.always_timed = true,.is_cached = true},
	[STAT_GROUP] = {.name = "group",.always_timed = true,.is_cached = true,.per_pair = true},
	[STAT_BATCH] = {.name = "batch",.always_timed = true,.returns_rows = true,.per_pair = true},
	[STAT_CROSS] = {.name = "cross",.always_timed = true,.returns_rows = true,.per_pair = true},
	[STAT_SEARCH] = {.name = "search",.always_timed = true,.reads_index = true,.returns_rows = true},
};

typedef struct StatShared
{
	LWLock	   *lock;
	uint32		generation;
	int			n_slots;
	TimestampTz since;
	StatDatabase retired[STAT_PLACES];
	StatSlot	slots[FLEXIBLE_ARRAY_MEMBER];
} StatShared;

int			stat_track = TRACK_ALL;
bool		stat_track_timing;
int			stat_log_min_duration;

static const uint32 local_generation = 1;
static TimestampTz local_since;

static StatShared *shared = NULL;

StatSlot   *stat_slot = NULL;
const uint32 *stat_generation = &local_generation;
StatOperation stat_running = STAT_NONE;

/* Operations that run queries of others, one in another, the innermost last. */
#define MAX_OUTER	32

static struct
{
	StatOperation operation;
	int			level;			/* of the transaction */
}			outer[MAX_OUTER];
static int	n_outer = 0;

/*
 * Settings
 */

static const struct config_enum_entry track_options[] = {
	{"none", TRACK_NONE, false},
	{"all", TRACK_ALL, false},
	{NULL, 0, false}
};

/* The next operation looks for its slot, or finds that it needs none. */
static void
assign_track(int option, void *extra)
{
	stat_slot = NULL;
}

void
stat_define_settings(void)
{
	DefineCustomEnumVariable("synastry.track",
							 "Which operations are counted in pg_stat_synastry.",
							 NULL, &stat_track, TRACK_ALL, track_options,
							 PGC_SUSET, 0, NULL, assign_track, NULL);
	DefineCustomBoolVariable("synastry.track_timing",
							 "Times every operation, however short.",
							 "Reports, groups, batches and searches are always timed.",
							 &stat_track_timing, false, PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("synastry.log_min_duration",
							"Logs timed operations that take at least so long, as JSON in one line.",
							"-1 logs none, 0 all.",
							&stat_log_min_duration, -1, -1, INT_MAX,
							PGC_SUSET, GUC_UNIT_MS, NULL, NULL, NULL);
}

/*
 * Shared memory
 */

/* Auxiliary processes are in no database. */
static Size
shared_size(void)
{
	return add_size(offsetof(StatShared, slots), mul_size(MaxBackends, sizeof(StatSlot)));
}

void
stat_shmem_request(void)
{
	RequestAddinShmemSpace(shared_size());
	RequestNamedLWLockTranche(LOCK_TRANCHE, 1);
}

bool
stat_shmem_startup(void)
{
	bool		found;

	stat_slot = NULL;
	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	shared = ShmemInitStruct("synastry statistics", shared_size(), &found);
	if (!found)
	{
		memset(shared, 0, shared_size());
		shared->lock = &GetNamedLWLockTranche(LOCK_TRANCHE)->lock;
		shared->generation = 1;
		shared->n_slots = MaxBackends;
		shared->since = GetCurrentTimestamp();
	}
	stat_generation = &shared->generation;
	LWLockRelease(AddinShmemInitLock);
	return found;
}

bool
stat_is_shared(void)
{
	return shared != NULL;
}

StatDatabase *
stat_retired(void)
{
	return shared->retired;
}

TimestampTz *
stat_since(void)
{
	return &shared->since;
}

/*
 * Sums
 */

/* Means and squares: Chan, Golub and LeVeque 1979, eq. 2.1. */
static void
add_times(StatTotals *to, const StatTotals *from)
{
	double		n = to->timed;
	double		m = from->timed;
	double		difference = from->mean - to->mean;

	if (from->timed == 0)
		return;
	to->least = to->timed == 0 ? from->least : Min(to->least, from->least);
	to->most = Max(to->most, from->most);
	to->squares += from->squares + difference * difference * n * m / (n + m);
	to->mean += difference * m / (n + m);
	to->timed += from->timed;
	to->total += from->total;
	for (int i = 0; i < HISTOGRAM_BUCKETS; i++)
		to->buckets[i] += from->buckets[i];
}

void
stat_add(StatTotals *to, const StatTotals *from)
{
	for (int i = 0; i < STAT_COUNTS; i++)
		to->counts[i] += from->counts[i];
	to->peak_memory = Max(to->peak_memory, from->peak_memory);
	add_times(to, from);
}

static void
add_all(StatTotals *to, const StatTotals *from)
{
	for (int operation = 0; operation < STAT_OPERATIONS; operation++)
		stat_add(&to[operation], &from[operation]);
}

/*
 * Where the figures of a database are summed.  If there is no place left the
 * one that was not used for longest goes to the rest: its database may be
 * gone.
 */
static StatTotals *
find_place(StatDatabase *databases, Oid oid)
{
	StatDatabase *rest = &databases[STAT_DATABASES];
	StatDatabase *oldest = databases;
	uint64		last_use = 0;

	for (int i = 0; i < STAT_DATABASES; i++)
		last_use = Max(last_use, databases[i].last_use);
	for (int i = 0; i < STAT_DATABASES; i++)
	{
		StatDatabase *database = &databases[i];

		if (database->last_use == 0 || database->oid == oid)
		{
			database->oid = oid;
			database->last_use = last_use + 1;
			return database->totals;
		}
		if (database->last_use < oldest->last_use)
			oldest = database;
	}

	add_all(rest->totals, oldest->totals);
	rest->last_use = 1;
	memset(oldest, 0, sizeof(StatDatabase));
	oldest->oid = oid;
	oldest->last_use = last_use + 1;
	return oldest->totals;
}

/*
 * The slot of this process
 */

static void count_errors(int level);

/* NULL as long as there is none, and when this process ends */
static StatSlot *shared_slot = NULL;

/*
 * What it counted goes to the retired totals.  The transaction, if there is
 * one, aborts only after this.
 */
static void
retire(int code, Datum argument)
{
	StatSlot   *slot = shared_slot;

	count_errors(0);
	stat_slot = shared_slot = NULL;
	LWLockAcquire(shared->lock, LW_EXCLUSIVE);
	if (slot->generation == shared->generation)
		add_all(find_place(shared->retired, slot->database), slot->totals);
	slot->generation = 0;
	slot->database = InvalidOid;
	LWLockRelease(shared->lock);
}

static StatSlot *
take_shared_slot(void)
{
	static int	owner = 0;

	/* a process that was forked from another has none yet */
	if (owner == MyProcPid)
		return shared_slot;
	if (MyProc == NULL || my_proc_number() >= shared->n_slots)
		return NULL;
	owner = MyProcPid;
	shared_slot = &shared->slots[my_proc_number()];
	shared_slot->generation = 0;
	before_shmem_exit(retire, (Datum) 0);
	return shared_slot;
}

static StatSlot *
take_local_slot(void)
{
	static StatSlot *slot = NULL;

	if (slot == NULL)
	{
		slot = MemoryContextAllocExtended(TopMemoryContext, sizeof(StatSlot),
										  MCXT_ALLOC_ZERO | MCXT_ALLOC_NO_OOM);
		local_since = GetCurrentTimestamp();
	}
	return slot;
}

StatTotals *
stat_find_totals(StatOperation operation)
{
	uint32		generation = *stat_generation;
	StatSlot   *slot;

	if (stat_track == TRACK_NONE || !OidIsValid(MyDatabaseId))
		return NULL;
	slot = shared != NULL ? take_shared_slot() : take_local_slot();
	if (slot == NULL)
		return NULL;
	if (slot->generation != generation)
	{
		slot->generation = 0;
		pg_write_barrier();
		slot->database = MyDatabaseId;
		memset(slot->totals, 0, sizeof(slot->totals));
		pg_write_barrier();
		slot->generation = generation;
	}
	stat_slot = slot;
	return &slot->totals[operation];
}

/*
 * Counting
 */

/* Means and squares: Welford 1962. */
static void
add_time(StatTotals *totals, uint64 nanoseconds)
{
	double		difference = nanoseconds - totals->mean;

	totals->least = totals->timed == 0 ? nanoseconds : Min(totals->least, nanoseconds);
	totals->most = Max(totals->most, nanoseconds);
	totals->timed++;
	totals->total += nanoseconds;
	totals->mean += difference / totals->timed;
	totals->squares += difference * (nanoseconds - totals->mean);
	totals->buckets[histogram_bucket(nanoseconds)]++;
}

static void
record_time(const StatCall *call, uint64 nanoseconds)
{
	StatTotals *totals = stat_totals(call->operation);

	if (totals != NULL)
		add_time(totals, nanoseconds);
	if (stat_log_min_duration >= 0 &&
		nanoseconds >= (uint64) stat_log_min_duration * 1000 * 1000)
		log_slow_operation(call, nanoseconds);
}

static void
end_timed(const StatCall *call)
{
	instr_time	duration;

	INSTR_TIME_SET_CURRENT(duration);
	INSTR_TIME_SUBTRACT(duration, call->start);
	record_time(call, instr_time_nanoseconds(duration));
}

void
stat_end_timed_pair(StatOperation operation, instr_time start, StatCached cached)
{
	StatCall	call = {
		.operation = operation,
		.start = start,
		.cached = cached,
		.pairs = 1
	};

	end_timed(&call);
}

void
stat_begin_timed(StatCall *call, StatOperation operation)
{
	*call = (StatCall)
	{
		.operation = operation,
			.timed = true
	};
	stat_running = operation;
	INSTR_TIME_SET_CURRENT(call->start);
}

/* all that a call tells of itself */
static void
add_counts(const StatCall *call, int calls)
{
	StatTotals *totals = stat_totals(call->operation);

	stat_running = STAT_NONE;
	if (totals == NULL)
		return;
	totals->counts[COUNT_CALLS] += calls;
	totals->counts[COUNT_PAIRS] += call->pairs;
	totals->counts[COUNT_CELLS] += call->cells;
	totals->counts[COUNT_ROWS] += call->rows;
	totals->counts[COUNT_PAGES] += call->pages;
	totals->counts[COUNT_HITS] += (call->cached == CACHE_HIT);
	totals->counts[COUNT_MISSES] += (call->cached == CACHE_MISS);
	totals->peak_memory = Max(totals->peak_memory, call->memory);
}

void
stat_end(const StatCall *call)
{
	add_counts(call, 1);
	if (call->timed)
		end_timed(call);
}

void
stat_end_step(const StatCall *step)
{
	add_counts(step, 0);
}

void
stat_end_steps(const StatCall *call, uint64 nanoseconds)
{
	StatTotals *totals = stat_totals(call->operation);

	if (totals != NULL)
		totals->counts[COUNT_CALLS]++;
	record_time(call, nanoseconds);
}

void
stat_end_rows(const StatCall *call, uint64 cells, uint64 rows)
{
	StatCall	whole = {
		.operation = call->operation,
		.timed = call->timed,
		.start = call->start,
		.pairs = 1,
		.cells = cells,
		.rows = rows
	};

	stat_end(&whole);
}

/* Deeper ones are counted, but not their errors. */
void
stat_begin_outer(StatCall *call, StatOperation operation)
{
	stat_begin_timed(call, operation);
	stat_running = STAT_NONE;
	call->depth = n_outer;
	if (n_outer < MAX_OUTER)
	{
		outer[n_outer].operation = operation;
		outer[n_outer].level = GetCurrentTransactionNestLevel();
	}
	n_outer++;
}

void
stat_end_outer(const StatCall *call)
{
	n_outer = call->depth;
	stat_end(call);
}

/*
 * Errors
 */

static void
count_error(StatOperation operation)
{
	StatTotals *totals = stat_totals(operation);

	if (totals != NULL)
		totals->counts[COUNT_ERRORS]++;
}

/* What runs at this level of the transaction, or a deeper one, has failed. */
static void
count_errors(int level)
{
	if (stat_running != STAT_NONE)
		count_error(stat_running);
	stat_running = STAT_NONE;
	n_outer = Min(n_outer, MAX_OUTER);
	while (n_outer > 0 && outer[n_outer - 1].level >= level)
		count_error(outer[--n_outer].operation);
}

static void
at_end_of_transaction(XactEvent event, void *argument)
{
	if (event == XACT_EVENT_ABORT || event == XACT_EVENT_PARALLEL_ABORT)
		count_errors(0);
}

static void
at_end_of_subtransaction(SubXactEvent event, SubTransactionId id,
						 SubTransactionId parent, void *argument)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		count_errors(GetCurrentTransactionNestLevel());
}

void
stat_register_callbacks(void)
{
	RegisterXactCallback(at_end_of_transaction, NULL);
	RegisterSubXactCallback(at_end_of_subtransaction, NULL);
}

/*
 * Reading
 */

/* A copy of a slot; false if nothing of it counts. */
static bool
copy_slot(StatSlot *copy, const StatSlot *slot, uint32 generation)
{
	if (slot->generation != generation)
		return false;
	pg_read_barrier();
	*copy = *slot;
	pg_read_barrier();
	return slot->generation == generation;
}

StatDatabase *
stat_collect(TimestampTz * since)
{
	StatDatabase *databases = palloc0(STAT_PLACES * sizeof(StatDatabase));
	StatSlot   *copy = palloc(sizeof(StatSlot));

	if (shared == NULL)
	{
		StatSlot   *slot = take_local_slot();

		*since = local_since;
		if (slot != NULL && copy_slot(copy, slot, *stat_generation))
			add_all(find_place(databases, copy->database), copy->totals);
		return databases;
	}

	LWLockAcquire(shared->lock, LW_SHARED);
	*since = shared->since;
	memcpy(databases, shared->retired, STAT_PLACES * sizeof(StatDatabase));
	for (int i = 0; i < shared->n_slots; i++)
		if (copy_slot(copy, &shared->slots[i], shared->generation))
			add_all(find_place(databases, copy->database), copy->totals);
	LWLockRelease(shared->lock);
	pfree(copy);
	return databases;
}

void
stat_collect_cluster(StatTotals *totals, TimestampTz * since)
{
	StatDatabase *databases = stat_collect(since);

	memset(totals, 0, STAT_OPERATIONS * sizeof(StatTotals));
	for (int i = 0; i < STAT_PLACES; i++)
		if (databases[i].last_use != 0)
			add_all(totals, databases[i].totals);
	pfree(databases);
}

TimestampTz
stat_reset(void)
{
	TimestampTz now = GetCurrentTimestamp();

	if (shared == NULL)
	{
		StatSlot   *slot = take_local_slot();

		if (slot != NULL)
			slot->generation = 0;
		local_since = now;
		return now;
	}

	LWLockAcquire(shared->lock, LW_EXCLUSIVE);
	memset(shared->retired, 0, sizeof(shared->retired));
	if (++shared->generation == 0)
		shared->generation = 1;
	shared->since = now;
	LWLockRelease(shared->lock);
	return now;
}
