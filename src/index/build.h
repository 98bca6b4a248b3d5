/*
 * build.h
 *		Building an index, and keeping it up to date: what the access method
 *		calls.
 */
#ifndef SYNASTRY_INDEX_BUILD_H
#define SYNASTRY_INDEX_BUILD_H

#include "postgres.h"

#include "access/genam.h"
#include "nodes/execnodes.h"
#include "utils/rel.h"

extern IndexBuildResult * index_build_charts(Relation heap, Relation index, IndexInfo * info);
extern void index_build_empty(Relation index);
extern char *index_build_phase(int64 phase);

extern bool index_insert_chart(Relation index, Datum *values, bool *nulls, ItemPointer tid,
							   Relation heap, IndexUniqueCheck unique,
							   bool index_unchanged, IndexInfo * info);

extern IndexBulkDeleteResult * index_delete_charts(IndexVacuumInfo * info,
												   IndexBulkDeleteResult * result,
												   IndexBulkDeleteCallback callback,
												   void *callback_state);
extern IndexBulkDeleteResult * index_clean_up(IndexVacuumInfo * info,
											  IndexBulkDeleteResult * result);

#endif							/* SYNASTRY_INDEX_BUILD_H */
