/*
 * queue.c
 *		The priority queue of a search, and the best scores that it has seen.
 */
#include "postgres.h"

#include "storage/shmem.h"
#include "utils/memutils.h"

#include "index/queue.h"

static inline bool
comes_before(const QueueEntry *a, const QueueEntry *b)
{
	return a->key != b->key ? a->key > b->key : a->place < b->place;
}

void
queue_init(Queue *queue, Size size)
{
	queue->n = 0;
	queue->size = size;
	queue->entries = palloc(size * sizeof(QueueEntry));
}

void
queue_end(Queue *queue)
{
	pfree(queue->entries);
	queue->entries = NULL;
	queue->n = queue->size = 0;
}

static pg_noinline void
grow(Queue *queue)
{
	queue->size *= 2;
	queue->entries = repalloc_huge(queue->entries, mul_size(queue->size, sizeof(QueueEntry)));
}

void
queue_append(Queue *queue, int64 key, uint64 place)
{
	if (unlikely(queue->n == queue->size))
		grow(queue);
	queue->entries[queue->n].key = key;
	queue->entries[queue->n].place = place;
	queue->n++;
}

void
queue_push(Queue *queue, int64 key, uint64 place)
{
	QueueEntry	entry = {key, place};
	Size		i = queue->n;

	queue_append(queue, key, place);
	while (i > 0)
	{
		Size		parent = (i - 1) / 2;

		if (!comes_before(&entry, &queue->entries[parent]))
			break;
		queue->entries[i] = queue->entries[parent];
		i = parent;
	}
	queue->entries[i] = entry;
}

/* Puts an entry where one is gone, or below it. */
static void
sift_down(Queue *queue, Size i, QueueEntry entry)
{
	for (;;)
	{
		Size		child = 2 * i + 1;

		if (child >= queue->n)
			break;
		if (child + 1 < queue->n &&
			comes_before(&queue->entries[child + 1], &queue->entries[child]))
			child++;
		if (!comes_before(&queue->entries[child], &entry))
			break;
		queue->entries[i] = queue->entries[child];
		i = child;
	}
	queue->entries[i] = entry;
}

QueueEntry
queue_pop(Queue *queue)
{
	QueueEntry	first = queue->entries[0];

	Assert(queue->n > 0);
	queue->n--;
	if (queue->n > 0)
		sift_down(queue, 0, queue->entries[queue->n]);
	return first;
}

void
queue_order(Queue *queue)
{
	for (Size i = queue->n / 2; i-- > 0;)
		sift_down(queue, i, queue->entries[i]);
}

void
best_scores_offer(BestScores *best, int64 score)
{
	int			i;

	if (best->n < best->size)
	{
		for (i = best->n++; i > 0 && best->scores[(i - 1) / 2] > score; i = (i - 1) / 2)
			best->scores[i] = best->scores[(i - 1) / 2];
		best->scores[i] = score;
		return;
	}
	if (score <= best->scores[0])
		return;

	for (i = 0; 2 * i + 1 < best->n;)
	{
		int			child = 2 * i + 1;

		if (child + 1 < best->n && best->scores[child + 1] < best->scores[child])
			child++;
		if (best->scores[child] >= score)
			break;
		best->scores[i] = best->scores[child];
		i = child;
	}
	best->scores[i] = score;
}
