/*
 * build.c
 *		CREATE INDEX and REINDEX.
 *
 * Reads the table once.  Complete charts go through a spool into one segment;
 * incomplete charts and NULLs into their chains.  Nobody else knows of the
 * index yet, so its pages are neither locked in any order nor WAL-logged one
 * by one: all of them are logged at the end.
 */
#include "postgres.h"

#include "access/tableam.h"
#include "access/xloginsert.h"
#include "commands/progress.h"
#include "miscadmin.h"
#include "optimizer/plancat.h"
#include "utils/backend_progress.h"
#include "utils/memutils.h"

#include "index/build.h"
#include "index/options.h"
#include "index/pages.h"
#include "index/spool.h"
#include "index/write.h"

/* phases of pg_stat_progress_create_index; the first is PostgreSQL's */
#define PHASE_SCANNING	2
#define PHASE_WRITING	3

typedef struct BuildState
{
	uint16		bodies[INDEX_MAX_BODIES];
	IndexLayout layout;
	PageSink	sink;
	Spool	   *spool;
	ChainWriter *chains[CHAIN_KINDS];	/* none for CHAIN_TAIL */
	double		charts;
	MemoryContext row_context;
} BuildState;

char *
index_build_phase(int64 phase)
{
	switch (phase)
	{
		case PROGRESS_CREATEIDX_SUBPHASE_INITIALIZE:
			return "initializing";
		case PHASE_SCANNING:
			return "scanning table";
		case PHASE_WRITING:
			return "ordering and writing charts";
		default:
			return NULL;
	}
}

static void
build_row(Relation index, ItemPointer tid, Datum *values, bool *nulls, bool alive, void *opaque)
{
	BuildState *state = opaque;
	binary_angle row[INDEX_MAX_BODIES] = {0};
	uint32		present = 0;
	IndexChainKind kind = CHAIN_NULLS;

	if (!nulls[0])
	{
		MemoryContext previous = MemoryContextSwitchTo(state->row_context);

		kind = index_row(state->bodies, state->layout.n, DatumGetChart(values[0]), row, &present);
		MemoryContextSwitchTo(previous);
		MemoryContextReset(state->row_context);
	}
	if (kind == CHAIN_TAIL)
		spool_add(state->spool, row, tid);
	else
		chain_add(state->chains[kind], row, present, tid);
	state->charts++;
}

static void
begin_build(BuildState *state, Relation heap, Relation index)
{
	BlockNumber pages;
	double		tuples;
	double		visible;
	Buffer		buffer = index_extend(index);
	IndexMeta  *meta;

	index_layout(&state->layout, index_option_bodies(index, state->bodies));
	if (BufferGetBlockNumber(buffer) != INDEX_META_BLOCK)
		elog(ERROR, "index \"%s\" already contains data", RelationGetRelationName(index));
	index_init_meta(BufferGetPage(buffer), state->bodies, state->layout.n);
	MarkBufferDirty(buffer);
	meta = page_meta(BufferGetPage(buffer));

	state->sink = (PageSink)
	{
		.index = index,.layout = &state->layout,.building = true
	};
	estimate_rel_size(heap, NULL, &pages, &tuples, &visible);
	state->spool = spool_begin(&state->layout, state->bodies,
							   (Size) maintenance_work_mem * 1024, tuples * 1.1);
	for (int kind = CHAIN_SPARSE; kind < CHAIN_KINDS; kind++)
		state->chains[kind] = chain_begin(&state->sink, (IndexChainKind) kind,
										  meta->chains[kind].owner);
	state->row_context = AllocSetContextCreate(CurrentMemoryContext, "synastry index row",
											   ALLOCSET_SMALL_SIZES);
	UnlockReleaseBuffer(buffer);
}

static void
finish_build(BuildState *state)
{
	Relation	index = state->sink.index;
	Buffer		buffer = index_lock_meta(index, &state->layout, BUFFER_LOCK_EXCLUSIVE);
	IndexMeta  *meta = page_meta(BufferGetPage(buffer));
	SegmentWriter *writer = segment_begin(&state->sink, meta->next_owner++);
	IndexSegment segment;

	MarkBufferDirty(buffer);
	LockBuffer(buffer, BUFFER_LOCK_UNLOCK);

	pgstat_progress_update_param(PROGRESS_CREATEIDX_SUBPHASE, PHASE_WRITING);
	pgstat_progress_update_param(PROGRESS_CREATEIDX_TUPLES_TOTAL, spool_charts(state->spool));
	spool_finish(state->spool, writer);
	segment = segment_finish(writer);

	LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
	if (segment.charts > 0)
		meta->segments[meta->n_segments++] = segment;
	for (int kind = CHAIN_SPARSE; kind < CHAIN_KINDS; kind++)
		meta->chains[kind] = chain_finish(state->chains[kind]);
	MarkBufferDirty(buffer);
	UnlockReleaseBuffer(buffer);

	if (RelationNeedsWAL(index))
		log_newpage_range(index, MAIN_FORKNUM, 0, RelationGetNumberOfBlocks(index), true);
}

IndexBuildResult *
index_build_charts(Relation heap, Relation index, IndexInfo * info)
{
	IndexBuildResult *result = palloc(sizeof(IndexBuildResult));
	BuildState	state = {.charts = 0};

	begin_build(&state, heap, index);
	pgstat_progress_update_param(PROGRESS_CREATEIDX_SUBPHASE, PHASE_SCANNING);
	result->heap_tuples = table_index_build_scan(heap, index, info, true, true,
												 build_row, &state, NULL);
	finish_build(&state);
	result->index_tuples = state.charts;
	return result;
}

/* An UNLOGGED index as it is after a crash. */
void
index_build_empty(Relation index)
{
	Buffer		buffer = ReadBufferExtended(index, INIT_FORKNUM, P_NEW, RBM_NORMAL, NULL);
	uint16		bodies[INDEX_MAX_BODIES];
	int			n = index_option_bodies(index, bodies);

	LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
	START_CRIT_SECTION();
	index_init_meta(BufferGetPage(buffer), bodies, n);
	MarkBufferDirty(buffer);
	log_newpage_buffer(buffer, true);
	END_CRIT_SECTION();
	UnlockReleaseBuffer(buffer);
}
