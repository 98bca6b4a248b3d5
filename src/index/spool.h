/*
 * spool.h
 *		Charts on their way into a segment: collected, ordered, written.
 */
#ifndef SYNASTRY_INDEX_SPOOL_H
#define SYNASTRY_INDEX_SPOOL_H

#include "postgres.h"

#include "index/segment.h"

typedef struct Spool Spool;

/*
 * At most so many bytes of memory, temporary files beyond; about so many
 * charts are expected.
 */
extern Spool *spool_begin(const IndexLayout *layout, const uint16 *bodies, Size memory,
						  double expected);
extern void spool_add(Spool *spool, const binary_angle *row, ItemPointer tid);
extern int64 spool_charts(const Spool *spool);

/* Writes all charts in order; the spool is gone. */
extern void spool_finish(Spool *spool, SegmentWriter *writer);

#endif							/* SYNASTRY_INDEX_SPOOL_H */
