/*
 * queue.h
 *		The priority queue of a search, and the best scores that it has seen.
 */
#ifndef SYNASTRY_INDEX_QUEUE_H
#define SYNASTRY_INDEX_QUEUE_H

#include "postgres.h"

/*
 * Something that waits: the largest key comes first, and of equal ones the
 * lowest place.
 */
typedef struct QueueEntry
{
	int64		key;
	uint64		place;
} QueueEntry;

typedef struct Queue
{
	Size		n;
	Size		size;
	QueueEntry *entries;		/* a heap */
} Queue;

/* allocates in the current memory context, where it grows, too */
extern void queue_init(Queue *queue, Size size);
extern void queue_end(Queue *queue);
extern void queue_push(Queue *queue, int64 key, uint64 place);
extern QueueEntry queue_pop(Queue *queue);

/* Adds without keeping the order, which queue_order() restores at the end. */
extern void queue_append(Queue *queue, int64 key, uint64 place);
extern void queue_order(Queue *queue);

/* PG_INT64_MIN if it is empty */
static inline int64
queue_first_key(const Queue *queue)
{
	return queue->n > 0 ? queue->entries[0].key : PG_INT64_MIN;
}

/*
 * The best scores so far, at most so many; the least of them is what others
 * have to reach.
 */
typedef struct BestScores
{
	int			n;
	int			size;
	int64	   *scores;			/* a heap, the least first */
} BestScores;

extern void best_scores_offer(BestScores *best, int64 score);

#endif							/* SYNASTRY_INDEX_QUEUE_H */
