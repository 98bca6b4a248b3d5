/*
 * worker.h
 *		The processes that write the persistent tier of the cache.
 */
#ifndef SYNASTRY_WORKER_H
#define SYNASTRY_WORKER_H

/* from _PG_init(), when the library is preloaded */
extern void worker_register(void);

#endif							/* SYNASTRY_WORKER_H */
