/*
 * store_admin.c
 *		The persistent tier, administrated: what SQL functions call.
 *
 * In a backend, in the transaction of the caller, who waits for a flusher
 * that is at work.  What is written here stays dirty in memory: the caller
 * may still roll back.  The next flusher finds the rows there and marks it.
 */
#include "postgres.h"

#include "access/parallel.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "tcop/utility.h"

#include "cache/cache.h"
#include "cache/store.h"
#include "compat.h"

/* false if there is no table: then there is nothing to do */
static bool
begin_administration(StoreTable *table, const char *command)
{
	if (store_state == NULL || !cache_is_shared())
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the persistent cache of synastry is not available"),
				 cache_size == 0
				 ? errhint("Set \"synastry.cache_size\" to more than 0 and restart the server.")
				 : errhint("Add \"synastry\" to \"shared_preload_libraries\" and restart the server.")));
	PreventCommandDuringRecovery(command);
	PreventCommandIfReadOnly(command);
	PreventCommandIfParallelMode(command);
	return store_open(table, true) == STORE_OPENED;
}

int64
store_flush(Oid database)
{
	StoreTable	table;
	StoreBatch *batch;
	int64		written = 0;

	if (database != MyDatabaseId)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("the cache of another database cannot be written")));
	if (!begin_administration(&table, "synastry_cache_flush()"))
		return 0;
	batch = store_batch_begin(database);
	if (store_persist_max_size > 0)
		while (store_batch_collect(batch, true))
			written += store_write(&table, batch);
	store_batch_free(batch);
	store_close(&table);
	return written;
}

int64
store_purge_expired(void)
{
	StoreTable	table;
	int64		removed = 0;
	bool		more = true;

	if (!begin_administration(&table, "synastry_cache_purge_expired()"))
		return 0;
	while (more)
		removed += store_expire_batch(&table, &more);
	store_close(&table);
	return removed;
}

/*
 * Keeps readers out until the transaction ends: one that finds a row which is
 * on its way out would put it into memory, and keep it there.
 */
static void
keep_readers_out(const StoreTable *table)
{
	LockRelationOid(table->table, AccessExclusiveLock);
}

int64
store_reset(void)
{
	StoreTable	table;
	int64		removed;

	if (!begin_administration(&table, "synastry_cache_reset()"))
		return 0;
	keep_readers_out(&table);
	removed = store_remove_all(&table);
	store_close(&table);
	return removed;
}

int64
store_forget(const void *bytes, Size size)
{
	StoreTable	table;
	int64		removed;

	if (size == 0 || !begin_administration(&table, "synastry_cache_forget()"))
		return 0;
	keep_readers_out(&table);
	removed = store_remove_containing(&table, bytes, size);
	store_close(&table);
	return removed;
}
