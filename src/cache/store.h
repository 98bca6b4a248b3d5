/*
 * store.h
 *		What is dear, kept longer: the persistent tier of the cache.
 *
 * Bytes in, bytes out.  A table in each database, synastry_cache, holds what
 * the memory tier held, and more; it is UNLOGGED, so a crash empties both.
 * Workers write it (worker.c); who asks for what is worth it reads it.  All
 * this is there if the library is preloaded, with shared memory for the cache.
 */
#ifndef SYNASTRY_STORE_H
#define SYNASTRY_STORE_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "port/atomics.h"
#include "utils/relcache.h"

#include "cache/arena.h"

/* settings */
extern bool store_persist;
extern int	store_persist_interval; /* seconds */
extern int	store_persist_max_size; /* kB; 0: nothing is kept */

extern void store_define_settings(void);

/* The shared state; memory of store_shmem_size(), aligned to 8 bytes. */
extern Size store_shmem_size(void);
extern void store_shmem_init(void *memory, bool found);

/*
 * The first use of the cache in a database after a start has the table of
 * that database loaded.  Called at every miss of the memory tier.
 */
extern void store_note_use(Oid database);

/*
 * On a miss in memory, outside of parallel workers and expressions that are
 * indexed: the value of a key, allocated in
 * the current memory context, and when it was computed (both of which
 * cache_put_at() wants).  NULL if it is not there, has expired, or cannot be
 * read for any reason: it does not fail, wait for a lock of the table, or take
 * part in serializable conflicts.
 */
extern void *store_get(const ArenaKey *key, Size *size, TimestampTz * made);

/*
 * Administration, for functions that SQL calls, in their transaction.  Fail
 * if the library is not preloaded (55000), during recovery or in a read-only
 * transaction.  Return the number of rows written or removed.
 */
extern int64 store_flush(Oid database);
extern int64 store_purge_expired(void);
extern int64 store_reset(void);

/* removes the rows whose keys contain these bytes */
extern int64 store_forget(const void *bytes, Size size);

/* Counts since the start of the server or a reset, except where it says now. */
typedef struct StoreStatistics
{
	/* of one database, as its last flusher left it */
	uint64		entries;
	uint64		bytes;			/* of keys and values */
	bool		loaded;
	TimestampTz last_flush;		/* of that database; 0: never */

	/* of the cluster */
	uint64		capacity;		/* bytes, each database */
	uint64		hits;
	uint64		misses;
	uint64		flushes;		/* batches */
	uint64		flushed_entries;
	uint64		flush_errors;
	uint64		loads;			/* of databases */
	uint64		loaded_entries;
	uint64		expirations;
	uint64		evictions;		/* to keep within the capacity */
	uint64		corrupt_rows;
	uint64		missing_tables; /* or not as we made it */
	uint64		read_errors;
	uint64		launch_failures;
} StoreStatistics;

/* false if there is no persistent tier; nothing is set then */
extern bool store_statistics(Oid database, StoreStatistics *statistics);

/* What was counted so far is forgotten. */
extern void store_reset_statistics(void);

/*
 * For worker.c and store.c only.
 */

#define STORE_DATABASES		64
#define STORE_LOAD_ALL		PG_UINT32_MAX

/* flags of a database */
#define STORE_WANTS_LOAD	UINT32_C(1)
#define STORE_LOADED		UINT32_C(2) /* or is being loaded */
#define STORE_UNFINISHED	UINT32_C(4) /* the last flusher ran out of time */

typedef struct StoreDatabase
{
	pg_atomic_uint32 oid;		/* 0: the place is free */
	pg_atomic_uint32 flags;
	pg_atomic_uint32 to_load;	/* newest rows still to be loaded */
	pg_atomic_uint32 counted;	/* entries and bytes are known */
	pg_atomic_uint64 entries;
	pg_atomic_uint64 bytes;
	pg_atomic_uint64 last_flush;
	pg_atomic_uint64 last_touch;
} StoreDatabase;

typedef enum StoreCounter
{
	STORE_HITS,
	STORE_MISSES,
	STORE_FLUSHES,
	STORE_FLUSHED_ENTRIES,
	STORE_FLUSH_ERRORS,
	STORE_LOADS,
	STORE_LOADED_ENTRIES,
	STORE_EXPIRATIONS,
	STORE_EVICTIONS,
	STORE_CORRUPT_ROWS,
	STORE_MISSING_TABLES,
	STORE_READ_ERRORS,
	STORE_LAUNCH_FAILURES,
	STORE_COUNTERS
} StoreCounter;

#define STORE_NO_PROCESS	PG_UINT32_MAX

typedef struct StoreState
{
	pg_atomic_uint32 leader;	/* place of its PGPROC; STORE_NO_PROCESS */
	pg_atomic_uint32 finished;	/* the last flusher came to its end */
	pg_atomic_uint64 since;		/* a TimestampTz: start of all counters */
	pg_atomic_uint64 counters[STORE_COUNTERS];
	StoreDatabase databases[STORE_DATABASES];
} StoreState;

/* store_state.c; NULL without shared memory */
extern StoreState *store_state;
extern StoreDatabase *store_find_database(Oid database, bool make);
extern void store_count(StoreCounter counter, uint64 count);

/*
 * The table, open for writing: with its owner's rights and a search_path of
 * our own, until it is closed or the transaction ends.  store_table.c.
 */
typedef struct StoreTable
{
	Oid			extension;
	Oid			table;
	char	   *name;			/* qualified and quoted */
	StoreDatabase *database;	/* may be NULL */

	Oid			saved_user;
	int			saved_context;
	int			saved_nest_level;
} StoreTable;

typedef enum StoreOpened
{
	STORE_OPENED,
	STORE_BUSY,					/* locked by somebody; if not told to wait */
	STORE_NO_TABLE,				/* or not as we made it */
	STORE_NO_EXTENSION
} StoreOpened;

#define STORE_FORMAT		1

/* a row as it was read; nothing of it is trusted */
typedef struct StoreRow
{
	ArenaHash	hash;
	bytea	   *key;			/* detoasted */
	bytea	   *value;
	int16		format;
	int64		checksum;
	TimestampTz created;
} StoreRow;

typedef enum StoreRowState
{
	STORE_ROW_GOOD,
	STORE_ROW_DAMAGED,			/* or of another format */
	STORE_ROW_FOREIGN			/* of the database that this is a copy of */
} StoreRowState;

/* store.c */
extern Oid	store_find_table(Oid *extension);
extern bool store_is_our_table(Relation relation);
extern int64 store_checksum(const void *key, Size key_size, const void *value, Size value_size);
extern StoreRowState store_check_row(const StoreRow *row);
extern ArenaHash store_hash_of(const void *uuid);
extern TimestampTz store_not_before(void);

extern StoreOpened store_open(StoreTable *table, bool wait);
extern void store_close(StoreTable *table);

/* Each of them one bounded statement; rows removed, *more if some may remain. */
extern int64 store_expire_batch(StoreTable *table, bool *more);
extern int64 store_bound_batch(StoreTable *table, bool *more);
extern int64 store_remove_all(StoreTable *table);
extern int64 store_remove_containing(StoreTable *table, const void *bytes, Size size);
extern void store_count_rows(StoreTable *table);

/* Loads until the deadline; false if some remains to be loaded. */
extern bool store_load(StoreTable *table, TimestampTz deadline);

/* Some entries of one database, copied out of the arena.  store_batch.c. */
#define STORE_BATCH_ENTRIES	256
#define STORE_BATCH_BYTES	(1024 * 1024)

typedef struct StoreBatchEntry
{
	uint32		partition;
	ArenaItem	item;
	ArenaHash	hash;
	Size		offset;			/* of the key in bytes; the value follows */
} StoreBatchEntry;

/* A place in the arena: where to look for the next entry. */
typedef struct StoreCursor
{
	uint32		partition;
	uint32		entry;
} StoreCursor;

typedef struct StoreBatch
{
	Oid			database;
	StoreCursor cursor;
	int			count;
	Size		allocated;
	char	   *bytes;
	StoreBatchEntry entries[STORE_BATCH_ENTRIES];
} StoreBatch;

extern StoreBatch *store_batch_begin(Oid database);
extern bool store_batch_collect(StoreBatch *batch, bool dirty);
extern void store_batch_mark_clean(const StoreBatch *batch);
extern void store_batch_free(StoreBatch *batch);

/* dirty entries into the table; clean ones are touched there: store_table.c */
extern int64 store_write(StoreTable *table, const StoreBatch *batch);
extern int64 store_touch(StoreTable *table, const StoreBatch *batch);

#endif							/* SYNASTRY_STORE_H */
