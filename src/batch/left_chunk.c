/*
 * left_chunk.c
 *		The left side of a cross: as many charts as memory allows at a time.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "batch/left_chunk.h"

/* charts that are read before their size is known, and at most at a time */
#define FIRST_READ	64
#define MOST_READ	1024

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
	chunk->first = chunk->last = NULL;
}

Size
left_chart_size(int bodies, int id_length, int k)
{
	return MAXALIGN(sizeof(LeftChart) + bodies * (sizeof(binary_angle) + 1) +
					VARHDRSZ + id_length + sizeof(int32)) + 24 + k * sizeof(Match);
}

/* A chart, its arrays and its id are one piece of memory. */
void
left_chunk_add(LeftChunk *chunk, const text * id, const Chart *chart)
{
	Selection	selection;
	Size		id_size = id == NULL ? 0 : INTALIGN(VARSIZE(id));
	LeftChart  *left;
	binary_angle *longitudes;
	text	   *id_copy;
	uint8	   *rows;

	select_for_model(chunk->model, SIDE_A, chart, &selection);
	left = MemoryContextAllocHuge(chunk->context, sizeof(LeftChart) + id_size +
								  selection.n * (sizeof(binary_angle) + 1));
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
}

long
left_chunk_room(const LeftChunk *chunk, Size budget)
{
	Size		heap_size = chunk->k * sizeof(Match);
	Size		charts_size = MemoryContextMemAllocated(chunk->context, true);
	Size		used = charts_size + chunk->n * heap_size;

	if (chunk->n == 0)
		return Max(1, Min(FIRST_READ, (long) (budget / (heap_size + sizeof(LeftChart)))));
	if (used >= budget)
		return 0;
	return Min(MOST_READ, (long) ((budget - used) / (charts_size / chunk->n + heap_size)));
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
