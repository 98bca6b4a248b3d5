/*
 * explain.h
 *		EXPLAIN (SYNASTRY): what a statement had the library do.
 */
#ifndef SYNASTRY_EXPLAIN_H
#define SYNASTRY_EXPLAIN_H

/* from version 18 on; before, nothing */
extern void explain_install(void);

#endif							/* SYNASTRY_EXPLAIN_H */
