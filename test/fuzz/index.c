/*
 * index.c
 *		Damaged pages of an index, and what is done with them.
 *
 * Inputs damage some pages of an index in the buffers of the server and then
 * search, insert, vacuum and check.  The index must say that it is corrupted,
 * or not notice; it must not crash, hang, or fail in another way.  Before
 * each input the pages are put back as they were.
 *
 * The index is unlogged, so that no WAL comes of this.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/relation.h"
#include "catalog/index.h"
#include "catalog/namespace.h"
#include "catalog/storage.h"
#include "storage/bufmgr.h"
#include "storage/indexfsm.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "compat.h"
#include "fuzz.h"
#include "index/layout.h"
#include "index/pages.h"
#include "types/chart.h"

extern Datum chart_in(PG_FUNCTION_ARGS);

#define MAX_DAMAGES		8
#define MAX_OPERATIONS	6

static Oid	table_id;
static Oid	index_id;
static BlockNumber pages;
static char *originals;			/* all pages */
static const Chart *one;

static FuzzStatement search = {
	"SELECT count(*) FROM (SELECT 1 FROM crowd ORDER BY chart <~> other() LIMIT $1) s"
};
static FuzzStatement search_more = {
	"SELECT count(*) FROM (SELECT 1 FROM crowd ORDER BY chart <~> score_query(one(), 'weighted') LIMIT $1) s"
};
static FuzzStatement statistics = {
	"SELECT synastry_index_statistics('crowd_chart') WHERE $1 > 0"
};
static FuzzStatement check = {
	"SELECT synastry_index_check('crowd_chart') WHERE $1 > 0"
};

static Buffer
lock_page(Relation index, BlockNumber block)
{
	Buffer		buffer = ReadBuffer(index, block);

	LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
	return buffer;
}

static void
set_up(void)
{
	Relation	index;
	MemoryContext context = MemoryContextSwitchTo(TopMemoryContext);

	table_id = RelnameGetRelid("crowd");
	index_id = RelnameGetRelid("crowd_chart");
	one = DatumGetChart(DirectFunctionCall1(chart_in, CStringGetDatum("{1,2,3,4,5,6,7,8,9,10}")));
	index = index_open(index_id, RowExclusiveLock);
	pages = RelationGetNumberOfBlocks(index);
	originals = palloc((Size) pages * BLCKSZ);
	for (BlockNumber block = 0; block < pages; block++)
	{
		Buffer		buffer = lock_page(index, block);

		memcpy(originals + (Size) block * BLCKSZ, BufferGetPage(buffer), BLCKSZ);
		UnlockReleaseBuffer(buffer);
	}
	index_close(index, NoLock);
	MemoryContextSwitchTo(context);
}

/* The pages and the map of free ones as they were. */
static void
restore(Relation index)
{
	if (RelationGetNumberOfBlocks(index) > pages)
		RelationTruncate(index, pages);
	for (BlockNumber block = 0; block < pages; block++)
	{
		const char *original = originals + (Size) block * BLCKSZ;
		Buffer		buffer = lock_page(index, block);

		if (memcmp(BufferGetPage(buffer), original, BLCKSZ) != 0)
		{
			memcpy(BufferGetPage(buffer), original, BLCKSZ);
			MarkBufferDirty(buffer);
		}
		UnlockReleaseBuffer(buffer);
		if (block != INDEX_META_BLOCK)
			RecordUsedIndexPage(index, block);
	}
}

/* Anywhere, or, more often, where the structure is. */
static int
take_offset(FuzzInput *input)
{
	int			offset = (int) take_number(input, 2);

	switch (offset >> 14)
	{
		case 0:
			return BLCKSZ - (int) sizeof(IndexPageSpecial) + offset % sizeof(IndexPageSpecial);
		case 1:
			return offset % 256;
		default:
			return offset % BLCKSZ;
	}
}

/* What the server refuses itself when it reads a page. */
static bool
has_good_header(Page page)
{
	const		PageHeaderData *header = (const PageHeaderData *) page;

	return (header->pd_flags & ~PD_VALID_FLAG_BITS) == 0 && header->pd_lower <= header->pd_upper &&
		header->pd_upper <= header->pd_special && header->pd_special <= BLCKSZ &&
		header->pd_special == MAXALIGN(header->pd_special);
}

/* what is done to a page: so many bytes of it, or … */
enum
{
	DAMAGE_ALL = 0,				/* it becomes a copy of another page */
	DAMAGE_WORD = 5,			/* four bytes become a small number, as of a
								 * page */
	DAMAGES
};

static void
damage(Relation index, FuzzInput *input)
{
	BlockNumber block = take_number(input, 1) % pages;
	int			kind = (int) take_number(input, 1) % DAMAGES;
	Buffer		buffer = lock_page(index, block);
	Page		page = BufferGetPage(buffer);

	if (kind == DAMAGE_ALL)
		memcpy(page, originals + (Size) (take_number(input, 1) % pages) * BLCKSZ, BLCKSZ);
	else
	{
		int			size = Min(kind, 4);
		int			offset = take_offset(input) / size * size;
		uint32		bytes = 0;

		if (kind == DAMAGE_WORD)
			bytes = take_number(input, 1) % (pages + 1);
		else
			take_bytes(input, &bytes, size);
		memcpy(page + offset, &bytes, Min(size, BLCKSZ - offset));
	}
	if (!has_good_header(page))
		memcpy(page, originals + (Size) block * BLCKSZ, SizeOfPageHeaderData);
	MarkBufferDirty(buffer);
	UnlockReleaseBuffer(buffer);
}

static void
insert(Relation table, Relation index, uint32 number)
{
	ItemPointerData tid;
	Datum		value = PointerGetDatum(one);
	bool		is_null = number % 4 == 0;
	IndexInfo  *info = BuildIndexInfo(index);

	/* many now and then, for a new page */
	if (number < 192)
		number %= 8;
	ItemPointerSet(&tid, number, 1);
	for (uint32 i = 0; i <= number; i++)
		index_insert(index, &value, &is_null, &tid, table, UNIQUE_CHECK_NO, false, info);
}

static bool
is_dead(ItemPointer tid, void *state)
{
	return ItemPointerGetBlockNumberNoCheck(tid) % *(uint32 *) state == 0;
}

static void
vacuum(Relation table, Relation index, uint32 number)
{
	IndexVacuumInfo info = {
		.index = index,
#if PG_VERSION_NUM >= 160000
		.heaprel = table,
#endif
		.message_level = DEBUG2,
		.num_heap_tuples = 1000
	};
	IndexBulkDeleteResult *result = NULL;

	number = number % 8 + 1;
	if (number < 8)
		result = index_bulk_delete(&info, NULL, is_dead, &number);
	index_vacuum_cleanup(&info, result);
}

static void
run_statement_with(FuzzStatement *statement, uint32 number)
{
	static const Oid type = INT8OID;
	Datum		value = Int64GetDatum(number);

	run_statement(statement, 1, &type, &value);
}

static void
operate(Relation table, Relation index, FuzzInput *input)
{
	uint32		operation = take_number(input, 1);
	uint32		number = take_number(input, 1);

	switch (operation % 6)
	{
		case 0:
			run_statement_with(&search, number);
			break;
		case 1:
			run_statement_with(&search_more, number);
			break;
		case 2:
			insert(table, index, number);
			break;
		case 3:
			vacuum(table, index, number);
			break;
		case 4:
			run_statement_with(&statistics, 1);
			break;
		case 5:
			run_statement_with(&check, 1);
			break;
	}
}

static void
run(FuzzInput *input)
{
	Relation	table = relation_open(table_id, RowExclusiveLock);
	Relation	index = index_open(index_id, RowExclusiveLock);
	uint32		damages = take_number(input, 1) % (MAX_DAMAGES + 1);

	restore(index);
	for (uint32 i = 0; i < damages; i++)
		damage(index, input);
	for (int i = 0; i < MAX_OPERATIONS && input->size > 0; i++)
		operate(table, index, input);
	index_close(index, NoLock);
	relation_close(table, NoLock);
}

/* What the index reports: damage, and a version that it does not know. */
static bool
may_fail(int sqlstate)
{
	return sqlstate == ERRCODE_INDEX_CORRUPTED || sqlstate == ERRCODE_FEATURE_NOT_SUPPORTED;
}

const FuzzTarget index_target = {"index", set_up, run, may_fail};
