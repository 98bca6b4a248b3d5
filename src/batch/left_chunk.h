/*
 * left_chunk.h
 *		The left side of a cross: as many charts as memory allows at a time.
 */
#ifndef SYNASTRY_LEFT_CHUNK_H
#define SYNASTRY_LEFT_CHUNK_H

#include "postgres.h"

#include "batch/scorer.h"
#include "batch/source.h"
#include "batch/top_k.h"

typedef struct LeftChart
{
	struct LeftChart *next;
	const		text *id;		/* NULL if null */
	ScoredChart chart;
	TopK		best;			/* has no room if there is no top_k */
} LeftChart;

typedef struct LeftChunk
{
	const PreparedModel *model;
	MemoryContext context;		/* reset for every chunk */
	int			k;				/* matches of a chart, 0 without top_k */
	int			n;
	Size		size;			/* bytes, without heaps */
	LeftChart  *first;
	LeftChart  *last;
} LeftChunk;

extern void left_chunk_create(LeftChunk *chunk, const PreparedModel *model, int k);

/* Makes room for the next charts. */
extern void left_chunk_reset(LeftChunk *chunk);

extern void left_chunk_add(LeftChunk *chunk, const text * id, const Chart *chart);

/* how many more charts fit into a budget in bytes, by what is there; 0: full */
extern long left_chunk_room(const LeftChunk *chunk, Size budget);

/* Makes the heaps. */
extern void left_chunk_finish(LeftChunk *chunk);

/* bytes that a chart of so many bodies takes in a chunk, with such an id */
extern Size left_chart_size(int bodies, int id_length, int k);

#endif							/* SYNASTRY_LEFT_CHUNK_H */
