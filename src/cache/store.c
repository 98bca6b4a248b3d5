/*
 * store.c
 *		The persistent tier: finding its table, reading a row of it.
 *
 * store_get() is called in a backend, by functions whose results are worth
 * it.  It must never be the reason that a query fails or waits.  So it reads
 * the table directly, not by SQL: no planner, no rights, no triggers, nobody's
 * code.  It does so
 *
 * - in a subtransaction, so that an error (a damaged page, say) is a miss;
 * - with locks that it takes only if nobody has conflicting ones, so that it
 *   takes no part in deadlocks, and releases at once, so that a long
 *   transaction does not stand in the way of who maintains the table;
 * - with SnapshotSelf, which is not an MVCC snapshot: the lookup sees what
 *   has been committed a moment ago and leaves no predicate locks.
 *
 * Accepted races.  A row that is updated while it is looked up may be missed.
 * A row may be removed while it is read: the active snapshot of the query
 * keeps vacuum away from its value.  The key, its hash, the format and the
 * checksum are compared in any case.
 */
#include "postgres.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/parallel.h"
#include "access/relation.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/dependency.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"
#include "utils/uuid.h"

#include "cache/cache.h"
#include "cache/store.h"
#include "compat.h"

#define TABLE_NAME	"synastry_cache"

StaticAssertDecl(sizeof(ArenaHash) == UUID_LEN, "a hash is stored as a uuid");

/* the columns, in the order of the table */
enum
{
	COLUMN_HASH = 1,
	COLUMN_KEY,
	COLUMN_VALUE,
	COLUMN_FORMAT,
	COLUMN_CHECKSUM,
	COLUMN_CREATED,
	COLUMN_LAST_USED,
	COLUMN_SIZE
};

static const struct
{
	const char *name;
	Oid			type;
}			columns[] =

{
	{"hash", UUIDOID},
	{"key", BYTEAOID},
	{"value", BYTEAOID},
	{"format", INT2OID},
	{"checksum", INT8OID},
	{"created", TIMESTAMPTZOID},
	{"last_used", TIMESTAMPTZOID},
	{"size", INT4OID}
};

/* what store_get() found last; forgotten when the table changes */
static Oid	found_table = InvalidOid;

/*
 * Finding the table
 */

static Oid
extension_schema(Oid extension)
{
	Oid			schema = InvalidOid;
	Relation	catalog = table_open(ExtensionRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, Anum_pg_extension_oid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(extension));
	scan = systable_beginscan(catalog, ExtensionOidIndexId, true, NULL, 1, &key);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
		schema = ((Form_pg_extension) GETSTRUCT(tuple))->extnamespace;
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return schema;
}

/*
 * The table that belongs to the extension, whatever else is called so.  Sets
 * *extension, unless NULL, to InvalidOid if there is none.
 */
Oid
store_find_table(Oid *extension)
{
	Oid			owner = get_extension_oid("synastry", true);
	Oid			table = InvalidOid;
	Oid			schema;

	if (extension != NULL)
		*extension = owner;
	if (!OidIsValid(owner))
		return InvalidOid;
	schema = extension_schema(owner);
	if (OidIsValid(schema))
		table = get_relname_relid(TABLE_NAME, schema);
	if (OidIsValid(table) && getExtensionOfObject(RelationRelationId, table) != owner)
		return InvalidOid;
	return table;
}

/*
 * Whether the table is as the extension made it.  Triggers, which the right
 * to create them on a table is enough for, would run with its owner's rights.
 */
bool
store_is_our_table(Relation relation)
{
	TupleDesc	descriptor = RelationGetDescr(relation);

	if (relation->rd_rel->relkind != RELKIND_RELATION ||
		relation->rd_rel->relpersistence == RELPERSISTENCE_TEMP ||
		relation->trigdesc != NULL ||
		descriptor->natts != lengthof(columns))
		return false;
	for (int i = 0; i < descriptor->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(descriptor, i);

		if (attribute->attisdropped || attribute->atttypid != columns[i].type ||
			strcmp(NameStr(attribute->attname), columns[i].name) != 0)
			return false;
	}
	return true;
}

static void
forget_table(Datum argument, Oid relation)
{
	if (relation == InvalidOid || relation == found_table)
		found_table = InvalidOid;
}

/*
 * Rows
 */

int64
store_checksum(const void *key, Size key_size, const void *value, Size value_size)
{
	uint64		checksum = XXH3_64bits_withSeed(key, key_size, STORE_FORMAT);

	return (int64) XXH3_64bits_withSeed(value, value_size, checksum);
}

ArenaHash
store_hash_of(const void *uuid)
{
	ArenaHash	hash;

	memcpy(&hash, uuid, sizeof(hash));
	return hash;
}

StoreRowState
store_check_row(const StoreRow *row)
{
	const char *key = VARDATA_ANY(row->key);
	Size		key_size = VARSIZE_ANY_EXHDR(row->key);
	ArenaHash	hash = arena_hash(key, key_size);

	if (row->format != STORE_FORMAT || key_size < sizeof(Oid) ||
		hash.low != row->hash.low || hash.high != row->hash.high ||
		row->checksum != store_checksum(key, key_size, VARDATA_ANY(row->value),
										VARSIZE_ANY_EXHDR(row->value)))
		return STORE_ROW_DAMAGED;

	/* keys begin with it */
	if (memcmp(key, &MyDatabaseId, sizeof(Oid)) != 0)
		return STORE_ROW_FOREIGN;
	return STORE_ROW_GOOD;
}

/* What was created before has expired. */
TimestampTz
store_not_before(void)
{
	int64		not_before = cache_not_before();

	return not_before == ARENA_ANY_AGE ? DT_NOBEGIN : not_before;
}

/* false if a column is NULL, which none should be */
static bool
read_row(HeapTuple tuple, TupleDesc descriptor, StoreRow *row)
{
	Datum		values[lengthof(columns)];
	bool		nulls[lengthof(columns)];

	heap_deform_tuple(tuple, descriptor, values, nulls);
	for (int i = 0; i < lengthof(columns); i++)
		if (nulls[i])
			return false;

	row->hash = store_hash_of(DatumGetUUIDP(values[COLUMN_HASH - 1]));
	row->format = DatumGetInt16(values[COLUMN_FORMAT - 1]);
	row->checksum = DatumGetInt64(values[COLUMN_CHECKSUM - 1]);
	row->created = DatumGetTimestampTz(values[COLUMN_CREATED - 1]);
	row->key = DatumGetByteaPP(values[COLUMN_KEY - 1]);
	row->value = DatumGetByteaPP(values[COLUMN_VALUE - 1]);
	return true;
}

/*
 * Reading
 */

static bool
is_usable_index(Relation index)
{
	return index->rd_rel->relam == BTREE_AM_OID && index->rd_index->indisvalid &&
		IndexRelationGetNumberOfKeyAttributes(index) == 1 &&
		index->rd_index->indkey.values[0] == COLUMN_HASH;
}

static void *
look_up(Relation table, Relation index, const ArenaKey *key, Size *size, TimestampTz * made,
		MemoryContext context)
{
	void	   *value = NULL;
	pg_uuid_t	hash;
	ScanKeyData scan_key;
	SysScanDesc scan;
	HeapTuple	tuple;
	StoreRow	row;

	memcpy(&hash, &key->hash, sizeof(hash));
	ScanKeyInit(&scan_key, COLUMN_HASH, BTEqualStrategyNumber, F_UUID_EQ, UUIDPGetDatum(&hash));
	scan = systable_beginscan_ordered(table, index, SnapshotSelf, 1, &scan_key);
	tuple = systable_getnext_ordered(scan, ForwardScanDirection);
	if (HeapTupleIsValid(tuple))
	{
		if (!read_row(tuple, RelationGetDescr(table), &row) ||
			store_check_row(&row) == STORE_ROW_DAMAGED)
			store_count(STORE_CORRUPT_ROWS, 1);
		else if (row.created >= store_not_before() &&
				 VARSIZE_ANY_EXHDR(row.key) == key->length &&
				 memcmp(VARDATA_ANY(row.key), key->bytes, key->length) == 0)
		{
			*size = VARSIZE_ANY_EXHDR(row.value);
			*made = row.created;
			value = MemoryContextAllocHuge(context, Max(*size, 1));
			memcpy(value, VARDATA_ANY(row.value), *size);
		}
	}
	systable_endscan_ordered(scan);
	return value;
}

static void *
open_and_look_up(const ArenaKey *key, Size *size, TimestampTz * made, MemoryContext context)
{
	void	   *value = NULL;
	Oid			oid;
	Relation	table;

	if (!OidIsValid(found_table))
		found_table = store_find_table(NULL);
	oid = found_table;
	if (!OidIsValid(oid))
	{
		store_count(STORE_MISSING_TABLES, 1);
		return NULL;
	}
	if (!ConditionalLockRelationOid(oid, AccessShareLock))
		return NULL;

	/* it may have been dropped, or changed, before we had the lock */
	table = found_table == oid ? try_relation_open(oid, NoLock) : NULL;
	if (table == NULL)
	{
		found_table = InvalidOid;
		UnlockRelationOid(oid, AccessShareLock);
		return NULL;
	}
	if (store_is_our_table(table))
	{
		list_free(RelationGetIndexList(table));
		if (OidIsValid(table->rd_pkindex) &&
			ConditionalLockRelationOid(table->rd_pkindex, AccessShareLock))
		{
			Relation	index = index_open(table->rd_pkindex, NoLock);

			if (is_usable_index(index))
				value = look_up(table, index, key, size, made, context);
			index_close(index, AccessShareLock);
		}
	}
	else
		store_count(STORE_MISSING_TABLES, 1);
	relation_close(table, AccessShareLock);
	return value;
}

void *
store_get(const ArenaKey *key, Size *size, TimestampTz * made)
{
	static bool registered = false;

	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	void	   *volatile value = NULL;

	if (store_state == NULL || !store_persist || store_persist_max_size == 0 ||
		RecoveryInProgress() || IsInParallelMode() || IsParallelWorker() ||
		!IsTransactionState() || !ActiveSnapshotSet())
		return NULL;

	if (!registered)
	{
		CacheRegisterRelcacheCallback(forget_table, (Datum) 0);
		registered = true;
	}

	BeginInternalSubTransaction(NULL);
	PG_TRY();
	{
		value = open_and_look_up(key, size, made, context);
		ReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		MemoryContextSwitchTo(context);
		CurrentResourceOwner = owner;

		if (error->sqlerrcode == ERRCODE_QUERY_CANCELED)
			ReThrowError(error);
		FreeErrorData(error);
		store_count(STORE_READ_ERRORS, 1);
		value = NULL;
	}
	PG_END_TRY();

	store_count(value != NULL ? STORE_HITS : STORE_MISSES, 1);
	return value;
}
