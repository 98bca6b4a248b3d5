/*
 * scan.h
 *		The search: what the access method calls.
 */
#ifndef SYNASTRY_INDEX_SCAN_H
#define SYNASTRY_INDEX_SCAN_H

#include "postgres.h"

#include "access/genam.h"
#include "access/relscan.h"
#include "access/sdir.h"
#include "access/skey.h"
#include "nodes/pathnodes.h"
#include "utils/rel.h"

extern IndexScanDesc index_search_begin(Relation index, int nkeys, int norderbys);
extern void index_search_rescan(IndexScanDesc scan, ScanKey keys, int nkeys,
								ScanKey orderbys, int norderbys);
extern bool index_search_next(IndexScanDesc scan, ScanDirection direction);
extern void index_search_end(IndexScanDesc scan);
extern void index_search_cost(PlannerInfo * root, IndexPath * path, double loop_count,
							  Cost * startup, Cost * total, Selectivity * selectivity,
							  double *correlation, double *pages);

#endif							/* SYNASTRY_INDEX_SCAN_H */
