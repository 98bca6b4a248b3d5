/*
 * insert.c
 *		A chart that comes: to the end of the chain where it belongs.
 *
 * Searches scan the tail; VACUUM folds it into a segment in time.
 *
 * The meta page is locked while the last page of a chain is looked at, in
 * share mode, so that nobody ends the chain or adds to it: the last page is
 * the last one.  Who finds it full comes again with the meta page locked
 * exclusively.  The order of locks is: meta, last page, new page.
 */
#include "postgres.h"

#include "access/generic_xlog.h"

#include "index/build.h"
#include "index/pages.h"
#include "index/write.h"

/* a chart on its way in */
typedef struct Arrival
{
	IndexChainKind kind;
	binary_angle row[INDEX_MAX_BODIES];
	uint32		present;
	ItemPointer tid;
} Arrival;

static void
classify(Arrival *arrival, const IndexMeta *meta, const Chart *chart)
{
	arrival->kind = CHAIN_NULLS;
	arrival->present = 0;
	if (chart != NULL)
		arrival->kind = index_row(meta->bodies, meta->n_bodies, chart, arrival->row,
								  &arrival->present);
}

static Buffer
lock_last_page(Relation index, const IndexLayout *layout, const IndexChain *chain,
			   IndexPageKind kind)
{
	if (chain->last == InvalidBlockNumber)
		return InvalidBuffer;
	return index_read_page(index, layout, chain->last, kind, chain->owner,
						   BUFFER_LOCK_EXCLUSIVE);
}

/* false: the page is full, or the chain has none */
static bool
append_to_last_page(Relation index, const IndexLayout *layout, const IndexChain *chain,
					const Arrival *arrival)
{
	IndexPageKind kind = chain_page_kind(arrival->kind);
	Buffer		buffer = lock_last_page(index, layout, chain, kind);
	bool		room;

	if (!BufferIsValid(buffer))
		return false;
	room = page_special(BufferGetPage(buffer))->count < index_page_capacity(layout, kind);
	if (room)
	{
		GenericXLogState *state = GenericXLogStart(index);

		index_append(layout, GenericXLogRegisterBuffer(state, buffer, 0), arrival->row,
					 arrival->present, arrival->tid);
		GenericXLogFinish(state);
	}
	UnlockReleaseBuffer(buffer);
	return room;
}

/* The meta page is locked exclusively, and the last page is full, or none. */
static void
append_to_new_page(Relation index, const IndexLayout *layout, Buffer meta_buffer,
				   const Arrival *arrival)
{
	IndexChain *chain = &page_meta(BufferGetPage(meta_buffer))->chains[arrival->kind];
	IndexPageKind kind = chain_page_kind(arrival->kind);
	Buffer		last = lock_last_page(index, layout, chain, kind);
	Buffer		buffer = index_allocate(index);
	BlockNumber block = BufferGetBlockNumber(buffer);
	GenericXLogState *state = GenericXLogStart(index);
	Page		page;

	chain = &page_meta(GenericXLogRegisterBuffer(state, meta_buffer, 0))->chains[arrival->kind];
	if (BufferIsValid(last))
		page_special(GenericXLogRegisterBuffer(state, last, 0))->next = block;
	else
		chain->first = block;
	chain->last = block;
	page = GenericXLogRegisterBuffer(state, buffer, GENERIC_XLOG_FULL_IMAGE);
	index_init_page(page, kind, chain->owner);
	index_append(layout, page, arrival->row, arrival->present, arrival->tid);
	GenericXLogFinish(state);

	UnlockReleaseBuffer(buffer);
	if (BufferIsValid(last))
		UnlockReleaseBuffer(last);
}

static void
append(Relation index, const Chart *chart, ItemPointer tid)
{
	IndexLayout layout;
	Buffer		meta_buffer = index_lock_meta(index, &layout, BUFFER_LOCK_SHARE);
	const IndexMeta *meta = page_meta(BufferGetPage(meta_buffer));
	Arrival		arrival = {.tid = tid};
	bool		done;

	classify(&arrival, meta, chart);
	done = append_to_last_page(index, &layout, &meta->chains[arrival.kind], &arrival);
	if (!done)
	{
		LockBuffer(meta_buffer, BUFFER_LOCK_UNLOCK);
		LockBuffer(meta_buffer, BUFFER_LOCK_EXCLUSIVE);
		if (!append_to_last_page(index, &layout, &meta->chains[arrival.kind], &arrival))
			append_to_new_page(index, &layout, meta_buffer, &arrival);
	}
	UnlockReleaseBuffer(meta_buffer);
}

bool
index_insert_chart(Relation index, Datum *values, bool *nulls, ItemPointer tid,
				   Relation heap, IndexUniqueCheck unique, bool index_unchanged,
				   IndexInfo * info)
{
	const Chart *chart = nulls[0] ? NULL : DatumGetChart(values[0]);

	append(index, chart, tid);
	if (chart != NULL && (Pointer) chart != DatumGetPointer(values[0]))
		pfree(unconstify(Chart *, chart));
	return false;
}
