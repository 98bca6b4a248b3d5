/*
 * worker.c
 *		The processes that write the persistent tier of the cache.
 *
 * The leader starts with the server, or at promotion, and stays.  It is in no
 * database, so that it stands in nobody's way, but reads the list of them.
 * Every persist_interval it starts a flusher for each database with something
 * to do, one at a time, and waits for it; at once for a database that is used
 * for the first time since the start, to load it.
 *
 * A flusher writes what is dirty, loads, expires, bounds, each in bounded
 * batches with a transaction of their own, and ends after RUN_TIME at most,
 * whatever is left: DROP DATABASE and CREATE DATABASE ... TEMPLATE wait five
 * seconds for a database to be left alone.  It waits for no lock longer than
 * a second.  An error ends it, and the leader counts it; the entries stay
 * dirty for the next one.
 *
 * Locks: those of a partition, shared or, to purge, exclusive, one at a time,
 * never while a table is touched.  The shared state has none (store_state.c).
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_database.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/proc.h"
#include "tcop/tcopprot.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "cache/cache.h"
#include "cache/store.h"
#include "cache/worker.h"
#include "compat.h"

PGDLLEXPORT void synastry_cache_leader(Datum argument);
PGDLLEXPORT void synastry_cache_flusher(Datum argument);

/* seconds */
#define RESTART_TIME		10

/* milliseconds since its start, at which a flusher ends what it does */
#define LOAD_TIME			1500
#define WRITE_TIME			2500
#define RUN_TIME			3000

/* milliseconds */
#define PAUSE_TIME			1000	/* before an unfinished database's next
									 * turn */

/* A database with nothing to write is visited in every so manieth round. */
#define IDLE_ROUNDS			5

#define WARNING_INTERVAL	USECS_PER_HOUR

void
worker_register(void)
{
	BackgroundWorker worker = {
		.bgw_name = "synastry cache leader",
		.bgw_type = "synastry cache leader",
		.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION,
		.bgw_start_time = BgWorkerStart_RecoveryFinished,
		.bgw_restart_time = RESTART_TIME,
		.bgw_library_name = "synastry",
		.bgw_function_name = "synastry_cache_leader"
	};

	if (!IsBinaryUpgrade)
		RegisterBackgroundWorker(&worker);
}

/* Removes the entries of a database from memory. */
static void
purge_memory(Oid database)
{
	Arena	   *arena = cache_arena();

	for (int i = 0; arena != NULL && i < cache_partitions(); i++)
	{
		cache_lock(i, LW_EXCLUSIVE);
		(void) arena_purge(arena, i, database);
		cache_unlock(i);
	}
}

/*
 * The flusher
 */

static bool
is_over(TimestampTz deadline)
{
	CHECK_FOR_INTERRUPTS();
	return GetCurrentTimestamp() >= deadline;
}

static void
begin_transaction(const char *activity)
{
	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
	PushActiveSnapshot(GetTransactionSnapshot());
	pgstat_report_activity(STATE_RUNNING, activity);
}

static void
end_transaction(void)
{
	PopActiveSnapshot();
	CommitTransactionCommand();
	pgstat_report_stat(true);
	pgstat_report_activity(STATE_IDLE, NULL);
}

/* Opens the table in a new transaction, or ends that at once. */
static StoreOpened
begin_work(StoreTable *table, const char *activity)
{
	StoreOpened opened;

	begin_transaction(activity);
	opened = store_open(table, false);
	if (opened != STORE_OPENED)
		end_transaction();
	return opened;
}

static void
end_work(StoreTable *table)
{
	store_close(table);
	end_transaction();
}

/* Writes what is dirty; *finished if that was all. */
static StoreOpened
write_dirty(TimestampTz deadline, bool *finished)
{
	StoreTable	table;
	StoreOpened opened = STORE_OPENED;
	MemoryContext context = MemoryContextSwitchTo(TopMemoryContext);
	StoreBatch *batch = store_batch_begin(MyDatabaseId);
	bool		more = true;

	MemoryContextSwitchTo(context);
	while (more && !is_over(deadline))
	{
		opened = begin_work(&table, "synastry: writing the cache");
		if (opened != STORE_OPENED)
			break;

		/* copied once nobody else writes, so that none forgets it in between */
		more = store_persist_max_size > 0 && store_batch_collect(batch, true);
		if (more)
			(void) store_write(&table, batch);
		end_work(&table);
		store_batch_mark_clean(batch);
	}
	store_batch_free(batch);
	*finished = !more;
	return opened;
}

/* Once in a while, what is in memory counts as used. */
static void
touch_clean(StoreDatabase *database, TimestampTz deadline)
{
	TimestampTz now = GetCurrentTimestamp();
	TimestampTz last = (TimestampTz) pg_atomic_read_u64(&database->last_touch);
	StoreTable	table;
	StoreBatch *batch;
	MemoryContext context;
	bool		more = true;

	if (last != 0 && now - last < USECS_PER_HOUR)
		return;
	pg_atomic_write_u64(&database->last_touch, (uint64) now);
	if (last == 0)
		return;

	context = MemoryContextSwitchTo(TopMemoryContext);
	batch = store_batch_begin(MyDatabaseId);
	MemoryContextSwitchTo(context);
	while (more && !is_over(deadline))
	{
		if (begin_work(&table, "synastry: noting uses of the cache") != STORE_OPENED)
			break;
		more = store_batch_collect(batch, false);
		if (more)
			(void) store_touch(&table, batch);
		end_work(&table);
	}
	store_batch_free(batch);
}

/* Repeats a statement, each time in a transaction of its own. */
static bool
repeat(int64 (*statement) (StoreTable *, bool *), const char *activity, TimestampTz deadline)
{
	StoreTable	table;
	bool		more = true;

	while (more)
	{
		if (is_over(deadline) || begin_work(&table, activity) != STORE_OPENED)
			return false;
		(void) statement(&table, &more);
		end_work(&table);
	}
	return true;
}

static int64
count_batch(StoreTable *table, bool *more)
{
	store_count_rows(table);
	*more = false;
	return 0;
}

static bool
keep_bounds(StoreDatabase *database, TimestampTz deadline)
{
	uint64		limit = (uint64) store_persist_max_size * 1024;

	if (!repeat(store_expire_batch, "synastry: removing what expired", deadline))
		return false;

	/* what was counted on the way may be too much, so it is counted again */
	if (pg_atomic_read_u32(&database->counted) == 0 ||
		pg_atomic_read_u64(&database->bytes) > limit)
		if (!repeat(count_batch, "synastry: counting the cache", deadline))
			return false;
	return repeat(store_bound_batch, "synastry: removing what was not used for long", deadline);
}

/* Whether nothing remains to be loaded. */
static bool
load(StoreDatabase *database, TimestampTz deadline)
{
	uint32		flags = pg_atomic_read_u32(&database->flags);
	StoreTable	table;
	bool		finished;

	if ((flags & STORE_WANTS_LOAD) == 0 ||
		((flags & STORE_LOADED) != 0 && pg_atomic_read_u32(&database->to_load) == 0))
		return true;
	if (begin_work(&table, "synastry: loading the cache") != STORE_OPENED)
		return false;
	pg_atomic_fetch_or_u32(&database->flags, STORE_LOADED);
	finished = store_load(&table, deadline);
	end_work(&table);
	return finished;
}

static void
work(Oid oid)
{
	StoreDatabase *database = store_find_database(oid, true);
	TimestampTz now = GetCurrentTimestamp();
	TimestampTz deadline = now + RUN_TIME * INT64CONST(1000);
	bool		loaded = load(database, now + LOAD_TIME * INT64CONST(1000));
	bool		finished;
	StoreOpened opened = write_dirty(now + WRITE_TIME * INT64CONST(1000), &finished);

	finished = finished && loaded;
	if (opened == STORE_OPENED)
	{
		finished = keep_bounds(database, deadline) && finished;
		touch_clean(database, deadline);
	}

	/* no error: databases live without the extension, or the table */
	if (opened == STORE_NO_TABLE)
		store_count(STORE_MISSING_TABLES, 1);
	if (opened == STORE_NO_EXTENSION)
		purge_memory(oid);
	if (opened == STORE_NO_TABLE || opened == STORE_NO_EXTENSION)
	{
		finished = true;
		pg_atomic_write_u64(&database->entries, 0);
		pg_atomic_write_u64(&database->bytes, 0);
		pg_atomic_write_u32(&database->counted, 0);
		pg_atomic_fetch_or_u32(&database->flags, STORE_LOADED);
		pg_atomic_write_u32(&database->to_load, 0);
	}
	if (finished)
		pg_atomic_fetch_and_u32(&database->flags, ~STORE_UNFINISHED);
	else
		pg_atomic_fetch_or_u32(&database->flags, STORE_UNFINISHED);
	pg_atomic_write_u64(&database->last_flush, (uint64) GetCurrentTimestamp());
}

static void
set_option(const char *name, const char *value)
{
	SetConfigOption(name, value, PGC_SUSET, PGC_S_OVERRIDE);
}

void
synastry_cache_flusher(Datum argument)
{
	Oid			database = DatumGetObjectId(argument);

	pqsignal(SIGTERM, die);
	BackgroundWorkerUnblockSignals();
	BackgroundWorkerInitializeConnectionByOid(database, InvalidOid, 0);

	/* whatever the database or the role was given */
	set_option("search_path", "pg_catalog, pg_temp");
	set_option("default_transaction_isolation", "read committed");
	set_option("default_transaction_read_only", "off");
	set_option("default_transaction_deferrable", "off");
	set_option("synchronous_commit", "off");
	set_option("statement_timeout", "0");
	set_option("lock_timeout", "1s");
	set_option("idle_in_transaction_session_timeout", "0");

	if (store_state != NULL && cache_is_shared())
		work(database);
	if (store_state != NULL)
		pg_atomic_write_u32(&store_state->finished, 1);
}

/*
 * The leader
 */

typedef struct DatabaseList
{
	int			count;
	bool		more;			/* than have room here */
	Oid			oids[2 * STORE_DATABASES];
} DatabaseList;

static void
add_database(DatabaseList *list, Oid database)
{
	for (int i = 0; i < list->count; i++)
		if (list->oids[i] == database)
			return;
	if (list->count == lengthof(list->oids))
		list->more = true;
	else
		list->oids[list->count++] = database;
}

/* Databases with dirty entries. */
static void
list_dirty(DatabaseList *list)
{
	Arena	   *arena = cache_arena();

	for (int i = 0; arena != NULL && i < cache_partitions(); i++)
	{
		uint32		cursor = 0;
		bool		ended = false;

		CHECK_FOR_INTERRUPTS();
		while (!ended)
		{
			ArenaItem	item;

			cache_lock(i, LW_SHARED);
			if (cursor == 0 && arena_statistics(arena, i).dirty == 0)
				ended = true;
			for (int step = 0; !ended && step < 256; step++)
			{
				if (!arena_next(arena, i, &cursor, &item))
					ended = true;
				else if (item.label.dirty)
					add_database(list, item.label.tag);
			}
			cache_unlock(i);
		}
	}
}

/* Databases that wait to be loaded, or in which a flusher has not finished. */
static void
list_waiting(DatabaseList *list)
{
	for (int i = 0; i < STORE_DATABASES; i++)
	{
		StoreDatabase *database = &store_state->databases[i];
		uint32		flags = pg_atomic_read_u32(&database->flags);
		Oid			oid = pg_atomic_read_u32(&database->oid);

		if (OidIsValid(oid) &&
			((flags & STORE_UNFINISHED) != 0 ||
			 (flags & (STORE_WANTS_LOAD | STORE_LOADED)) == STORE_WANTS_LOAD))
			add_database(list, oid);
	}
}

/* Databases that nobody has looked after for a while. */
static void
list_idle(DatabaseList *list)
{
	TimestampTz before = GetCurrentTimestamp() -
	(int64) store_persist_interval * IDLE_ROUNDS * USECS_PER_SEC;

	for (int i = 0; i < STORE_DATABASES; i++)
	{
		StoreDatabase *database = &store_state->databases[i];
		Oid			oid = pg_atomic_read_u32(&database->oid);

		if (OidIsValid(oid) && (TimestampTz) pg_atomic_read_u64(&database->last_flush) < before)
			add_database(list, oid);
	}
}

/* Leaves those that exist and can be connected to; the gone are purged. */
static void
check_databases(DatabaseList *list)
{
	bool		exists[lengthof(list->oids)] = {false};
	bool		usable[lengthof(list->oids)] = {false};
	int			kept = 0;
	Relation	catalog;
	TableScanDesc scan;
	HeapTuple	tuple;

	begin_transaction("synastry: looking for databases");
	catalog = table_open(DatabaseRelationId, AccessShareLock);
	scan = table_beginscan_catalog(catalog, 0, NULL);
	while (HeapTupleIsValid(tuple = heap_getnext(scan, ForwardScanDirection)))
	{
		Form_pg_database database = (Form_pg_database) GETSTRUCT(tuple);

		for (int i = 0; i < list->count; i++)
		{
			if (list->oids[i] == database->oid)
			{
				exists[i] = true;

				/* below -1: DROP DATABASE was interrupted */
				usable[i] = database->datallowconn && database->datconnlimit >= -1;
			}
		}
	}
	table_endscan(scan);
	table_close(catalog, AccessShareLock);
	end_transaction();

	for (int i = 0; i < list->count; i++)
	{
		StoreDatabase *place = store_find_database(list->oids[i], false);

		if (exists[i])
		{
			if (usable[i])
				list->oids[kept++] = list->oids[i];
			continue;
		}
		purge_memory(list->oids[i]);
		if (place == NULL)
			continue;
		pg_atomic_write_u32(&place->flags, 0);
		pg_atomic_write_u32(&place->to_load, STORE_LOAD_ALL);
		pg_atomic_write_u32(&place->counted, 0);
		pg_atomic_write_u64(&place->entries, 0);
		pg_atomic_write_u64(&place->bytes, 0);
		pg_atomic_write_u64(&place->last_flush, 0);
		pg_atomic_write_u64(&place->last_touch, 0);
		pg_write_barrier();
		pg_atomic_write_u32(&place->oid, InvalidOid);
	}
	list->count = kept;
}

/* A database may be dropped, or closed, between the list and the flusher's start. */
static bool
is_still_there(Oid database)
{
	DatabaseList list = {.count = 1,.oids = {database}};

	check_databases(&list);
	return list.count == 1;
}

static void
report_launch_failure(void)
{
	static TimestampTz last = 0;

	TimestampTz now = GetCurrentTimestamp();

	store_count(STORE_LAUNCH_FAILURES, 1);
	if (last != 0 && now - last < WARNING_INTERVAL)
		return;
	last = now;
	ereport(WARNING,
			(errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
			 errmsg("could not start a worker to write the cache of synastry"),
			 errdetail("Until one can be started, what is cached stays in memory only."),
			 errhint("You might need to increase \"max_worker_processes\".")));
}

/* Has a flusher do its work in a database; false if there is none to be had. */
static bool
run_flusher(Oid database)
{
	BackgroundWorker worker = {
		.bgw_name = "synastry cache flusher",
		.bgw_type = "synastry cache flusher",
		.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION,
		.bgw_start_time = BgWorkerStart_RecoveryFinished,
		.bgw_restart_time = BGW_NEVER_RESTART,
		.bgw_library_name = "synastry",
		.bgw_function_name = "synastry_cache_flusher",
		.bgw_main_arg = ObjectIdGetDatum(database),
		.bgw_notify_pid = MyProcPid
	};
	BackgroundWorkerHandle *handle;

	pg_atomic_write_u32(&store_state->finished, 0);
	if (!RegisterDynamicBackgroundWorker(&worker, &handle))
	{
		report_launch_failure();
		return false;
	}
	if (WaitForBackgroundWorkerShutdown(handle) == BGWH_POSTMASTER_DIED)
		proc_exit(1);
	pfree(handle);
	if (pg_atomic_read_u32(&store_state->finished) == 0 && !ShutdownRequestPending &&
		is_still_there(database))
	{
		StoreDatabase *place = store_find_database(database, false);

		/* once a round is enough */
		store_count(STORE_FLUSH_ERRORS, 1);
		if (place != NULL)
		{
			pg_atomic_fetch_and_u32(&place->flags, ~STORE_UNFINISHED);
			pg_atomic_fetch_or_u32(&place->flags, STORE_LOADED);
			pg_atomic_write_u32(&place->to_load, 0);
			pg_atomic_write_u64(&place->last_flush, (uint64) GetCurrentTimestamp());
		}
	}
	return true;
}

static void
reload_settings(void)
{
	if (!ConfigReloadPending)
		return;
	ConfigReloadPending = false;
	ProcessConfigFile(PGC_SIGHUP);
}

/* One turn: of all databases with something to do, or of those that wait. */
static void
take_turn(bool all)
{
	DatabaseList list = {0};

	list_waiting(&list);
	if (all)
	{
		list_dirty(&list);
		list_idle(&list);
	}
	if (list.count > 0)
		check_databases(&list);
	for (int i = 0; i < list.count && !ShutdownRequestPending; i++)
	{
		reload_settings();
		if (!store_persist || !run_flusher(list.oids[i]))
			break;
	}
}

static bool
is_something_unfinished(void)
{
	DatabaseList list = {0};

	list_waiting(&list);
	return list.count > 0;
}

static void
leave(int code, Datum argument)
{
	pg_atomic_write_u32(&store_state->leader, STORE_NO_PROCESS);
}

void
synastry_cache_leader(Datum argument)
{
	TimestampTz last_round = GetCurrentTimestamp();

	pqsignal(SIGTERM, SignalHandlerForShutdownRequest);
	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	BackgroundWorkerUnblockSignals();
	BackgroundWorkerInitializeConnection(NULL, NULL, 0);
	set_option("default_transaction_isolation", "read committed");

	/* there is nothing to write; it ends for good */
	if (store_state == NULL || !cache_is_shared())
		proc_exit(0);

	before_shmem_exit(leave, (Datum) 0);
	pg_atomic_write_u32(&store_state->leader, MyProc - ProcGlobal->allProcs);

	while (!ShutdownRequestPending)
	{
		TimestampTz next = last_round + (int64) store_persist_interval * USECS_PER_SEC;
		TimestampTz now = GetCurrentTimestamp();
		long		wait;

		if (store_persist)
		{
			take_turn(now >= next);
			if (now >= next)
				last_round = now;
		}
		else if (now >= next)
			last_round = now;

		next = last_round + (int64) store_persist_interval * USECS_PER_SEC;
		wait = TimestampDifferenceMilliseconds(GetCurrentTimestamp(), next);
		if (store_persist && is_something_unfinished())
			wait = Min(wait, PAUSE_TIME);
		if (ShutdownRequestPending)
			break;
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH,
						 Max(wait, 10), extension_wait_event("SynastryCacheLeader"));
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
		reload_settings();
	}

	/* with 0 it would not be started again after pg_terminate_backend() */
	proc_exit(1);
}
