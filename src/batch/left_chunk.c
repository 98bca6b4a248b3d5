/*
 * left_chunk.c
 *		The left side of a cross: as many charts as memory allows at a time.
 */
#include "postgres.h"

#include "storage/shmem.h"
#include "utils/memutils.h"

#include "batch/left_chunk.h"

/* charts that are read at most at a time */
#define MOST_READ	1024

/* bytes that a piece of memory takes besides those that were asked for */
#define OVERHEAD	24

void
left_chunk_create(LeftChunk *chunk, const PreparedModel *model, int k)
{
	memset(chunk, 0, sizeof(LeftChunk));
	chunk->model = model;
	chunk->context = GenerationContextCreate(CurrentMemoryContext, "synastry left charts",
											 ALLOCSET_DEFAULT_MINSIZE, 8 * 1024, 64 * 1024);
	chunk->k = k;
}

void
left_chunk_reset(LeftChunk *chunk)
{
	MemoryContextReset(chunk->context);
	chunk->n = 0;
	chunk->size = 0;
	chunk->first = chunk->last = NULL;
}

Size
left_chart_size(int bodies, int id_length, int k)
{
	return MAXALIGN(sizeof(LeftChart) + bodies * (sizeof(binary_angle) + 1) +
					VARHDRSZ + id_length + sizeof(int32)) + OVERHEAD + k * sizeof(Match);
}

/* A chart, its arrays and its id are one piece of memory. */
void
left_chunk_add(LeftChunk *chunk, const text * id, const Chart *chart)
{
	Selection	selection;
	Size		id_size = id == NULL ? 0 : INTALIGN(VARSIZE(id));
	Size		size;
	LeftChart  *left;
	binary_angle *longitudes;
	text	   *id_copy;
	uint8	   *rows;

	select_for_model(chunk->model, SIDE_A, chart, &selection);
	size = MAXALIGN(sizeof(LeftChart) + id_size +
					selection.n * (sizeof(binary_angle) + 1));
	left = MemoryContextAllocHuge(chunk->context, size);
	id_copy = (text *) (left + 1);
	longitudes = (binary_angle *) ((char *) id_copy + id_size);
	rows = (uint8 *) (longitudes + selection.n);

	left->next = NULL;
	left->id = NULL;
	if (id != NULL)
	{
		memcpy(id_copy, id, VARSIZE(id));
		left->id = id_copy;
	}
	memcpy(longitudes, selection.longitudes, selection.n * sizeof(binary_angle));
	for (int i = 0; i < selection.n; i++)
		rows[i] = chunk->model->place[SIDE_A][selection.ids[i]];
	left->chart.n = selection.n;
	left->chart.longitudes = longitudes;
	left->chart.rows = rows;
	left->best.n = 0;
	left->best.matches = NULL;

	if (chunk->first == NULL)
		chunk->first = left;
	else
		chunk->last->next = left;
	chunk->last = left;
	chunk->n++;
	chunk->size += size + OVERHEAD;
}

long
left_chunk_room(const LeftChunk *chunk, Size budget)
{
	Size		heap_size = chunk->k * sizeof(Match);
	Size		used = chunk->size + chunk->n * heap_size;

	/* ids may be large: at first one, then as many as there are */
	if (chunk->n == 0)
		return 1;
	if (used >= budget)
		return 0;
	return Min(Min(chunk->n, MOST_READ), (long) ((budget - used) / (used / chunk->n)));
}

void
left_chunk_finish(LeftChunk *chunk)
{
	Match	   *matches;

	if (chunk->k == 0)
		return;
	matches = MemoryContextAllocHuge(chunk->context, mul_size(mul_size(chunk->n, chunk->k),
															  sizeof(Match)));
	for (LeftChart *left = chunk->first; left != NULL; left = left->next)
	{
		left->best.matches = matches;
		matches += chunk->k;
	}
}
