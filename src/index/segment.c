/*
 * segment.c
 *		Writing segments and chains: charts in, pages out.
 *
 * Pages are made in memory of our own.  A page that leads to one which is not
 * there yet names its number, for which sink_reserve() is asked; if we end
 * before it is written, VACUUM will find it empty.
 */
#include "postgres.h"

#include "access/generic_xlog.h"
#include "commands/progress.h"
#include "commands/vacuum.h"
#include "utils/backend_progress.h"

#include "compat.h"
#include "index/segment.h"
#include "index/pages.h"
#include "index/write.h"

BlockNumber
sink_reserve(const PageSink *sink)
{
	Buffer		buffer = sink->building ? index_extend(sink->index) : index_allocate(sink->index);
	BlockNumber block = BufferGetBlockNumber(buffer);

	UnlockReleaseBuffer(buffer);
	return block;
}

/* A build logs all of its pages at the end. */
void
sink_write(const PageSink *sink, BlockNumber block, Page page)
{
	Buffer		buffer = ReadBuffer(sink->index, block);

	LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
	if (sink->building)
	{
		memcpy(BufferGetPage(buffer), page, BLCKSZ);
		MarkBufferDirty(buffer);
	}
	else
	{
		GenericXLogState *state = GenericXLogStart(sink->index);

		memcpy(GenericXLogRegisterBuffer(state, buffer, GENERIC_XLOG_FULL_IMAGE), page, BLCKSZ);
		GenericXLogFinish(state);
	}
	UnlockReleaseBuffer(buffer);
}

/* rows and TIDs of a leaf, which is written */
static BlockNumber
write_leaf(SegmentWriter *writer, const ChartOrder *order, char *records, int count)
{
	const IndexLayout *layout = writer->sink->layout;
	Page		page = (Page) writer->leaf.data;
	BlockNumber block = sink_reserve(writer->sink);

	index_init_page(page, PAGE_LEAF, writer->segment.owner);
	for (int i = 0; i < count; i++)
	{
		memcpy(page_row(layout, page, i), record_row(order, records, i),
			   layout->n * sizeof(binary_angle));
		leaf_tids(layout, page)[i] = *record_tid(order, records, i);
	}
	index_set_count(layout, page, count);
	sink_write(writer->sink, block, page);
	return block;
}

/* Codes and arcs of a group; adds its codes to those of the page. */
static void
fill_group(SegmentWriter *writer, const ChartOrder *order, char *records, int count,
		   int group, bool (*page_codes)[BOUND_CODES])
{
	const IndexLayout *layout = writer->sink->layout;
	Page		page = (Page) writer->code.data;

	for (int j = 0; j < layout->n; j++)
	{
		uint8	   *codes = code_page_codes(layout, page, group) + j * GROUP_LANES;
		bool		present[BOUND_CODES] = {false};

		for (int i = 0; i < GROUP_LANES; i++)
		{
			codes[i] = bound_code(record_row(order, records, i < count ? i : count - 1)[j]);
			present[codes[i]] = page_codes[j][codes[i]] = true;
		}
		code_page_arcs(layout, page, group)[j] = arc_of_codes(present);
	}
}

/* An entry of the directory for the code page, and a next page if it is full. */
static void
add_to_directory(SegmentWriter *writer, BlockNumber code_page, int count,
				 bool (*page_codes)[BOUND_CODES])
{
	const IndexLayout *layout = writer->sink->layout;
	Page		page = (Page) writer->directory.data;
	int			entries = page_special(page)->count;
	DirectoryEntry *entry;

	if (entries == layout->directory_entries)
	{
		BlockNumber next = sink_reserve(writer->sink);

		page_special(page)->next = next;
		sink_write(writer->sink, writer->directory_block, page);
		writer->directory_block = next;
		index_init_page(page, PAGE_DIRECTORY, writer->segment.owner);
		entries = 0;
	}

	entry = directory_entry(layout, page, entries);
	entry->code_page = code_page;
	entry->charts = (uint16) count;
	for (int j = 0; j < layout->n; j++)
		entry->arcs[j] = arc_of_codes(page_codes[j]);
	index_set_count(layout, page, entries + 1);
}

static void
write_code_page(SegmentWriter *writer, const ChartOrder *order, char *records, int count)
{
	const IndexLayout *layout = writer->sink->layout;
	Page		page = (Page) writer->code.data;
	BlockNumber *leaves = code_page_leaves(page);
	bool		page_codes[INDEX_MAX_BODIES][BOUND_CODES];
	BlockNumber block;

	vacuum_delay();
	memset(page_codes, 0, layout->n * sizeof(page_codes[0]));
	index_init_page(page, PAGE_CODE, writer->segment.owner);
	for (int i = 0; i < layout->page_leaves; i++)
		leaves[i] = InvalidBlockNumber;
	for (int i = 0; i < count; i += layout->leaf_charts)
		*leaves++ = write_leaf(writer, order, records + i * order->record_size,
							   Min(count - i, layout->leaf_charts));
	for (int i = 0; i < count; i += layout->group_charts)
		fill_group(writer, order, records + i * order->record_size,
				   Min(count - i, layout->group_charts), i / layout->group_charts, page_codes);
	index_set_count(layout, page, count);
	block = sink_reserve(writer->sink);
	sink_write(writer->sink, block, page);
	add_to_directory(writer, block, count, page_codes);
}

SegmentWriter *
segment_begin(const PageSink *sink, uint32 owner)
{
	SegmentWriter *writer = palloc0(sizeof(SegmentWriter));

	writer->sink = sink;
	writer->segment.owner = owner;
	writer->segment.directory = InvalidBlockNumber;
	return writer;
}

void
segment_add(SegmentWriter *writer, const ChartOrder *order, char *records, Size count)
{
	Size		page_charts = writer->sink->layout->page_charts;

	if (count > 0 && writer->segment.charts == 0)
	{
		writer->directory_block = writer->segment.directory = sink_reserve(writer->sink);
		index_init_page((Page) writer->directory.data, PAGE_DIRECTORY, writer->segment.owner);
	}
	Assert(writer->segment.charts % page_charts == 0);

	for (Size i = 0; i < count; i += page_charts)
	{
		Size		charts = Min(count - i, page_charts);

		write_code_page(writer, order, records + i * order->record_size, (int) charts);
		writer->segment.charts += charts;
		if (writer->sink->building)
			pgstat_progress_update_param(PROGRESS_CREATEIDX_TUPLES_DONE,
										 (int64) writer->segment.charts);
	}
}

IndexSegment
segment_finish(SegmentWriter *writer)
{
	if (writer->segment.charts > 0)
		sink_write(writer->sink, writer->directory_block, (Page) writer->directory.data);
	return writer->segment;
}

ChainWriter *
chain_begin(const PageSink *sink, IndexChainKind kind, uint32 owner)
{
	ChainWriter *writer = palloc0(sizeof(ChainWriter));

	writer->sink = sink;
	writer->kind = chain_page_kind(kind);
	writer->chain = (IndexChain)
	{
		owner, InvalidBlockNumber, InvalidBlockNumber
	};
	return writer;
}

void
chain_add(ChainWriter *writer, const binary_angle *row, uint32 present, ItemPointer tid)
{
	const IndexLayout *layout = writer->sink->layout;
	IndexChain *chain = &writer->chain;
	Page		page = (Page) writer->page.data;

	if (chain->first == InvalidBlockNumber ||
		page_special(page)->count == index_page_capacity(layout, writer->kind))
	{
		BlockNumber next = sink_reserve(writer->sink);

		if (chain->first == InvalidBlockNumber)
			chain->first = next;
		else
		{
			page_special(page)->next = next;
			sink_write(writer->sink, chain->last, page);
		}
		chain->last = next;
		index_init_page(page, writer->kind, chain->owner);
	}
	index_append(layout, page, row, present, tid);
}

IndexChain
chain_finish(ChainWriter *writer)
{
	if (writer->chain.first != InvalidBlockNumber)
		sink_write(writer->sink, writer->chain.last, (Page) writer->page.data);
	return writer->chain;
}
