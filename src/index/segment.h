/*
 * segment.h
 *		Writing segments and chains: charts in, pages out.
 *
 * Used by the build, whose index nobody else knows yet, and by VACUUM, which
 * writes beside inserts and searches: then every page is WAL-logged.
 */
#ifndef SYNASTRY_INDEX_SEGMENT_H
#define SYNASTRY_INDEX_SEGMENT_H

#include "postgres.h"

#include "index/order.h"
#include "utils/rel.h"

/* where pages go */
typedef struct PageSink
{
	Relation	index;
	const IndexLayout *layout;
	bool		building;
} PageSink;

extern BlockNumber sink_reserve(const PageSink *sink);
extern void sink_write(const PageSink *sink, BlockNumber block, Page page);

typedef struct SegmentWriter
{
	const PageSink *sink;
	IndexSegment segment;
	PGAlignedBlock directory;	/* its last page, not written yet */
	BlockNumber directory_block;
	PGAlignedBlock code;
	PGAlignedBlock leaf;
} SegmentWriter;

extern SegmentWriter *segment_begin(const PageSink *sink, uint32 owner);

/* whole code pages of ordered charts; any number at the end */
extern void segment_add(SegmentWriter *writer, const ChartOrder *order, char *records,
						Size count);
extern IndexSegment segment_finish(SegmentWriter *writer);

typedef struct ChainWriter
{
	const PageSink *sink;
	IndexPageKind kind;
	IndexChain	chain;
	PGAlignedBlock page;		/* the last one, not written yet */
} ChainWriter;

extern ChainWriter *chain_begin(const PageSink *sink, IndexChainKind kind, uint32 owner);
extern void chain_add(ChainWriter *writer, const binary_angle *row, uint32 present,
					  ItemPointer tid);

/* what it holds; more may be added, and be finished again */
extern IndexChain chain_finish(ChainWriter *writer);

#endif							/* SYNASTRY_INDEX_SEGMENT_H */
