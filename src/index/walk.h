/*
 * walk.h
 *		All charts of an index, page by page, in no order.
 */
#ifndef SYNASTRY_INDEX_WALK_H
#define SYNASTRY_INDEX_WALK_H

#include "postgres.h"

#include "utils/rel.h"

#include "index/layout.h"

/*
 * Where the charts of an index are: the segments first, then the chains, in
 * this order.
 */
#define SOURCE_CHAINS	INDEX_MAX_SEGMENTS
#define SOURCES			(INDEX_MAX_SEGMENTS + 2 * CHAIN_KINDS)

static inline const IndexChain *
source_chain(const IndexMeta *meta, int source)
{
	int			i = source - SOURCE_CHAINS;

	return i % 2 == 0 ? &meta->frozen[i / 2] : &meta->chains[i / 2];
}

static inline IndexChainKind
source_chain_kind(int source)
{
	return (IndexChainKind) ((source - SOURCE_CHAINS) / 2);
}

static inline uint32
source_owner(const IndexMeta *meta, int source)
{
	return source < SOURCE_CHAINS ? meta->segments[source].owner :
		source_chain(meta, source)->owner;
}

extern IndexPageKind chain_pages(IndexChainKind kind);

typedef struct Walk Walk;

/*
 * A walk through the sources from first to last, segments that there are not
 * left out.  Allocates in the current memory context; holds no page in
 * between.
 */
extern Walk *walk_begin(Relation index, const IndexMeta *meta, const IndexLayout *layout,
						int first, int last);

/*
 * The next leaf, tail, sparse or nulls page: a copy of it, which is valid
 * until the next call.  NULL if there are no more.
 */
extern Page walk_next(Walk *walk);

extern void walk_end(Walk *walk);

#endif							/* SYNASTRY_INDEX_WALK_H */
