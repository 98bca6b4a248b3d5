/*
 * inspect.c
 *		synastry_index_statistics() and synastry_index_check(): what an index
 *		consists of, and whether its pages agree with each other.
 *
 * Both read every page.  Inserts go on meanwhile; the check takes the lock
 * that keeps VACUUM off, so that what is listed stays listed.
 */
#include "postgres.h"

#include "access/amapi.h"
#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/xlog.h"
#include "catalog/index.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/tuplesort.h"

#include "compat.h"
#include "index/build.h"
#include "index/order.h"
#include "index/pages.h"
#include "index/write.h"
#include "types/bodies.h"

PG_FUNCTION_INFO_V1(synastry_index_statistics);
PG_FUNCTION_INFO_V1(synastry_index_check);

#define STATISTICS_COLUMNS	16

/* The table and the index, locked; whoever may read the table may look. */
static Relation
open_index(Oid index_id, LOCKMODE lock, Relation * table)
{
	Oid			table_id = IndexGetRelation(index_id, true);
	Relation	index = NULL;
	AclResult	allowed;

	if (OidIsValid(table_id))
	{
		allowed = pg_class_aclcheck(table_id, GetUserId(), ACL_SELECT);
		if (allowed != ACLCHECK_OK)
			aclcheck_error(allowed, OBJECT_TABLE, get_rel_name(table_id));
		*table = relation_open(table_id, lock);
		index = index_open(index_id, AccessShareLock);
	}
	if (index == NULL || index->rd_rel->relkind != RELKIND_INDEX ||
		index->rd_indam->ambuild != index_build_charts)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not an index of access method synastry",
						get_rel_name(index_id))));
	if (RELATION_IS_OTHER_TEMP(index))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("cannot access temporary indexes of other sessions")));
	return index;
}

static bool
is_listed(const IndexMeta *meta, uint32 owner)
{
	for (int kind = 0; kind < CHAIN_KINDS; kind++)
		if (meta->chains[kind].owner == owner || meta->frozen[kind].owner == owner)
			return true;
	for (int i = 0; i < meta->n_segments; i++)
		if (meta->segments[i].owner == owner)
			return true;
	return false;
}

typedef struct Statistics
{
	int64		pages[PAGE_DELETED + 1];
	int64		charts[PAGE_DELETED + 1];
	int64		dead;
	int64		retired;
} Statistics;

static void
count_page(Relation index, const IndexLayout *layout, const IndexMeta *meta, Page page,
		   BlockNumber block, Statistics *statistics)
{
	const IndexPageSpecial *special;
	ItemPointer tids;
	int			kind;

	if (PageIsNew(page))
	{
		statistics->pages[PAGE_DELETED]++;
		return;
	}
	if (!index_page_is_valid(page))
		report_corruption(index, block, "The page is not one of this access method.");
	special = page_special(page);
	kind = special->kind;
	if (kind < PAGE_META || kind > PAGE_DELETED ||
		special->count > index_page_capacity(layout, (IndexPageKind) kind))
		report_corruption(index, block, "The page claims to hold more than fits.");
	if (kind != PAGE_DELETED && !is_listed(meta, special->owner))
	{
		statistics->retired++;
		return;
	}
	statistics->pages[kind]++;
	tids = index_page_tids(layout, page);
	if (tids == NULL)
		return;
	for (int i = 0; i < special->count; i++)
		if (ItemPointerIsValid(&tids[i]))
			statistics->charts[kind]++;
		else
			statistics->dead++;
}

static void
collect_statistics(Relation index, const IndexLayout *layout, const IndexMeta *meta,
				   Statistics *statistics)
{
	BufferAccessStrategy strategy = GetAccessStrategy(BAS_BULKREAD);
	BlockNumber end = RelationGetNumberOfBlocks(index);

	for (BlockNumber block = INDEX_META_BLOCK + 1; block < end; block++)
	{
		Buffer		buffer = ReadBufferExtended(index, MAIN_FORKNUM, block, RBM_NORMAL, strategy);

		CHECK_FOR_INTERRUPTS();
		LockBuffer(buffer, BUFFER_LOCK_SHARE);
		count_page(index, layout, meta, BufferGetPage(buffer), block, statistics);
		UnlockReleaseBuffer(buffer);
	}
	FreeAccessStrategy(strategy);
}

static Datum
body_names(const IndexMeta *meta)
{
	Datum		names[INDEX_MAX_BODIES];

	for (int j = 0; j < meta->n_bodies; j++)
		names[j] = CStringGetTextDatum(body_name(meta->bodies[j]));
	return PointerGetDatum(construct_array(names, meta->n_bodies, TEXTOID, -1, false, TYPALIGN_INT));
}

/* synastry_index_statistics(regclass): live charts by where they are, and pages by kind */
Datum
synastry_index_statistics(PG_FUNCTION_ARGS)
{
	Relation	table;
	Relation	index = open_index(PG_GETARG_OID(0), AccessShareLock, &table);
	IndexMeta	meta;
	IndexLayout layout;
	Statistics	statistics = {.dead = 0};
	TupleDesc	tuple;
	Datum		values[STATISTICS_COLUMNS];
	bool		nulls[STATISTICS_COLUMNS] = {false};
	int			column = 0;

	if (get_call_result_type(fcinfo, NULL, &tuple) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	Assert(tuple->natts == STATISTICS_COLUMNS);
	index_read_meta(index, &meta, &layout);
	collect_statistics(index, &layout, &meta, &statistics);

	values[column++] = Int32GetDatum(meta.version);
	values[column++] = body_names(&meta);
	values[column++] = Int64GetDatum(statistics.charts[PAGE_LEAF] + statistics.charts[PAGE_TAIL] +
									 statistics.charts[PAGE_SPARSE]);
	for (int kind = PAGE_TAIL; kind <= PAGE_NULLS; kind++)
		values[column++] = Int64GetDatum(statistics.charts[kind]);
	values[column++] = Int64GetDatum(statistics.dead);
	values[column++] = Int32GetDatum(meta.n_segments);
	for (int kind = PAGE_LEAF; kind <= PAGE_NULLS; kind++)
		values[column++] = Int64GetDatum(statistics.pages[kind]);
	values[column++] = Int64GetDatum(statistics.retired);
	values[column++] = Int64GetDatum(statistics.pages[PAGE_DELETED]);

	index_close(index, AccessShareLock);
	relation_close(table, AccessShareLock);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(tuple), values, nulls)));
}

/*
 * The check
 */

typedef struct Check
{
	Relation	index;
	Relation	table;
	IndexMeta	meta;
	IndexLayout layout;
	BlockNumber pages;
	BlockNumber table_pages;	/* known to be in the table, which may grow */
	uint8	   *seen;			/* a bit a page: something leads to it */
	Tuplesortstate *tids;		/* all that are valid, as numbers */
	uint64		charts;			/* of the segment at hand */
} Check;

/* A copy of a page that nothing else led to before. */
static void
check_out(Check *check, BlockNumber block, IndexPageKind kind, uint32 owner, Page copy)
{
	Buffer		buffer = index_read_page(check->index, &check->layout, block, kind, owner,
										 BUFFER_LOCK_SHARE);

	CHECK_FOR_INTERRUPTS();
	memcpy(copy, BufferGetPage(buffer), BLCKSZ);
	UnlockReleaseBuffer(buffer);
	if (block < check->pages)
	{
		if (check->seen[block / 8] & (1 << block % 8))
			report_corruption(check->index, block, "Two pages lead to it.");
		check->seen[block / 8] |= 1 << block % 8;
	}
	else if (kind != PAGE_TAIL && kind != PAGE_SPARSE && kind != PAGE_NULLS)
		report_corruption(check->index, block, "A segment has grown.");
}

static bool
is_in_table(Check *check, BlockNumber block)
{
	if (block >= check->table_pages)
		check->table_pages = RelationGetNumberOfBlocks(check->table);
	return block < check->table_pages;
}

static void
note_tids(Check *check, BlockNumber block, const ItemPointerData * tids, int count)
{
	for (int i = 0; i < count; i++)
	{
		if (!ItemPointerIsValid(&tids[i]))
			continue;
		if (!is_in_table(check, ItemPointerGetBlockNumberNoCheck(&tids[i])))
			report_corruption(check->index, block, "A chart leads to no row.");
		tuplesort_putdatum(check->tids,
						   Int64GetDatum((int64) ItemPointerGetBlockNumber(&tids[i]) << 16 |
										 ItemPointerGetOffsetNumber(&tids[i])), false);
	}
}

static bool
arc_contains(CodeArc arc, uint8 code)
{
	return (uint8) (code - arc.first) <= arc.length;
}

/* the charts of a leaf that are in a group, against codes and arcs */
static void
check_group(Check *check, const DirectoryEntry *entry, Page code_page, int group, Page leaf,
			int first, int count)
{
	const IndexLayout *layout = &check->layout;
	const CodeArc *arcs = code_page_arcs(layout, code_page, group);
	const uint8 *codes = code_page_codes(layout, code_page, group);

	for (int lane = 0; lane < GROUP_LANES; lane++)
	{
		const binary_angle *row = page_row(layout, leaf, first + Min(lane, count - 1));

		for (int j = 0; j < layout->n; j++)
		{
			uint8		code = codes[j * GROUP_LANES + lane];

			if (code != bound_code(row[j]))
				report_corruption(check->index, entry->code_page,
								  "A code is not that of its chart.");
			if (!arc_contains(arcs[j], code))
				report_corruption(check->index, entry->code_page,
								  "A code lies outside the arc of its group.");
			if (!arc_contains(entry->arcs[j], code))
				report_corruption(check->index, entry->code_page,
								  "A code lies outside the arc of its page.");
		}
	}
}

static void
check_leaf(Check *check, const IndexSegment *segment, const DirectoryEntry *entry,
		   Page code_page, int i)
{
	const IndexLayout *layout = &check->layout;
	int			charts = Min(page_special(code_page)->count - i, layout->leaf_charts);
	BlockNumber leaf_block = code_page_leaves(code_page)[i / layout->leaf_charts];
	PGAlignedBlock copy;
	Page		leaf = (Page) copy.data;

	check_out(check, leaf_block, PAGE_LEAF, segment->owner, leaf);
	if (page_special(leaf)->count != charts)
		report_corruption(check->index, leaf_block,
						  "A leaf holds another number of charts than its code page says.");
	for (int first = 0; first < charts; first += layout->group_charts)
		check_group(check, entry, code_page, (i + first) / layout->group_charts, leaf, first,
					Min(charts - first, layout->group_charts));
	note_tids(check, leaf_block, leaf_tids(layout, leaf), charts);
}

static void
check_code_page(Check *check, const IndexSegment *segment, const DirectoryEntry *entry)
{
	const IndexLayout *layout = &check->layout;
	PGAlignedBlock copy;
	Page		page = (Page) copy.data;

	check_out(check, entry->code_page, PAGE_CODE, segment->owner, page);
	if (page_special(page)->count != entry->charts || entry->charts == 0)
		report_corruption(check->index, entry->code_page,
						  "A code page holds another number of charts than its directory says.");
	for (int i = 0; i < entry->charts; i += layout->leaf_charts)
		check_leaf(check, segment, entry, page, i);

	/* only the last code page of a segment is less than full */
	if (check->charts % layout->page_charts != 0)
		report_corruption(check->index, entry->code_page,
						  "It follows a code page that is not full.");
	check->charts += entry->charts;
}

static void
check_segment(Check *check, const IndexSegment *segment)
{
	BlockNumber block = segment->directory;

	check->charts = 0;
	while (block != InvalidBlockNumber)
	{
		PGAlignedBlock copy;
		Page		page = (Page) copy.data;

		check_out(check, block, PAGE_DIRECTORY, segment->owner, page);
		for (int i = 0; i < page_special(page)->count; i++)
			check_code_page(check, segment, directory_entry(&check->layout, page, i));
		block = page_special(page)->next;
	}
	if (check->charts != segment->charts)
		report_corruption(check->index, segment->directory,
						  "A segment holds another number of charts than the meta page says.");
}

static void
check_rows(Check *check, BlockNumber block, IndexPageKind kind, Page page)
{
	const IndexLayout *layout = &check->layout;
	uint32		all = (uint32) ((UINT64CONST(1) << layout->n) - 1);

	for (int i = 0; i < page_special(page)->count; i++)
	{
		if (kind == PAGE_TAIL)
			for (int j = 0; j < layout->n; j++)
				if (tail_codes(layout, page, j)[i] != bound_code(page_row(layout, page, i)[j]))
					report_corruption(check->index, block, "A code is not that of its chart.");
		if (kind == PAGE_SPARSE && sparse_present(layout, page)[i] >= all)
			report_corruption(check->index, block,
							  "A chart that lacks no body is among those that do.");
	}
	note_tids(check, block, index_page_tids(layout, page), page_special(page)->count);
}

static void
check_chain(Check *check, const IndexChain *chain, IndexChainKind kind)
{
	BlockNumber block = chain->first;
	bool		last_seen = chain->last == InvalidBlockNumber;

	if (chain->owner == 0)
		return;
	while (block != InvalidBlockNumber)
	{
		PGAlignedBlock copy;
		Page		page = (Page) copy.data;

		check_out(check, block, chain_page_kind(kind), chain->owner, page);
		check_rows(check, block, chain_page_kind(kind), page);
		last_seen |= block == chain->last;
		block = page_special(page)->next;
		if (block != InvalidBlockNumber &&
			page_special(page)->count < index_page_capacity(&check->layout, chain_page_kind(kind)))
			report_corruption(check->index, block,
							  "It follows a page of a chain that is not full.");
	}
	if (!last_seen)
		report_corruption(check->index, chain->last,
						  "It is said to be the last page of a chain, which does not lead to it.");
}

/* What nothing leads to must not say that it belongs to what is listed. */
static void
check_rest(Check *check)
{
	for (BlockNumber block = INDEX_META_BLOCK + 1; block < check->pages; block++)
	{
		Buffer		buffer;
		Page		page;
		uint32		owner;
		bool		belongs;

		CHECK_FOR_INTERRUPTS();
		if (check->seen[block / 8] & (1 << block % 8))
			continue;
		buffer = ReadBuffer(check->index, block);
		page = BufferGetPage(buffer);
		LockBuffer(buffer, BUFFER_LOCK_SHARE);
		if (!PageIsNew(page) && !index_page_is_valid(page))
			report_corruption(check->index, block, "The page is not one of this access method.");
		owner = PageIsNew(page) ? 0 : page_special(page)->owner;
		belongs = owner != 0 && is_listed(&check->meta, owner);

		/* a page that was added to a chain while we looked elsewhere */
		if (belongs && page_special(page)->kind >= PAGE_TAIL)
			belongs = false;
		UnlockReleaseBuffer(buffer);
		if (belongs)
			report_corruption(check->index, block, "No other page leads to it.");
	}
}

static void
check_tids(Check *check)
{
	int64		previous = 0;
	Datum		tid;
	bool		null;

	tuplesort_performsort(check->tids);
	while (sorted_value(check->tids, &tid, &null))
	{
		if (DatumGetInt64(tid) == previous)
			ereport(ERROR,
					(errcode(ERRCODE_INDEX_CORRUPTED),
					 errmsg("index \"%s\" is corrupted", RelationGetRelationName(check->index)),
					 errdetail("Row (%u,%u) is in it twice.", (uint32) (previous >> 16),
							   (uint32) (previous & 0xFFFF)),
					 errhint("REINDEX it.")));
		previous = DatumGetInt64(tid);
	}
	tuplesort_end(check->tids);
}

/* synastry_index_check(regclass) */
Datum
synastry_index_check(PG_FUNCTION_ARGS)
{
	/* a standby has no VACUUM of its own, and takes no such lock */
	LOCKMODE	lock = RecoveryInProgress() ? AccessShareLock : ShareUpdateExclusiveLock;
	Check	   *check = palloc0(sizeof(Check));

	check->index = open_index(PG_GETARG_OID(0), lock, &check->table);
	index_read_meta(check->index, &check->meta, &check->layout);
	check->pages = RelationGetNumberOfBlocks(check->index);
	check->seen = MemoryContextAllocExtended(CurrentMemoryContext, check->pages / 8 + 1,
											 MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	check->tids = tuplesort_begin_datum(INT8OID, Int8LessOperator, InvalidOid, false,
										maintenance_work_mem, NULL, TUPLESORT_NONE);

	for (int i = 0; i < check->meta.n_segments; i++)
		check_segment(check, &check->meta.segments[i]);
	for (int kind = 0; kind < CHAIN_KINDS; kind++)
	{
		check_chain(check, &check->meta.frozen[kind], (IndexChainKind) kind);
		check_chain(check, &check->meta.chains[kind], (IndexChainKind) kind);
	}
	check_tids(check);
	check_rest(check);

	index_close(check->index, NoLock);
	relation_close(check->table, NoLock);
	PG_RETURN_VOID();
}
