/*
 * options.h
 *		CREATE INDEX ... WITH (bodies = 'planets, ascendant')
 */
#ifndef SYNASTRY_INDEX_OPTIONS_H
#define SYNASTRY_INDEX_OPTIONS_H

#include "postgres.h"

#include "utils/rel.h"

/* when the library is loaded */
extern void index_define_options(void);

/* amoptions */
extern bytea * index_options(Datum options, bool validate);

/*
 * The ids of the bodies that an index is to hold, ascending, at most
 * INDEX_MAX_BODIES; returns how many.  Once it is built the meta page says
 * so: a changed option has no effect before REINDEX.
 */
extern int	index_option_bodies(Relation index, uint16 *ids);

#endif							/* SYNASTRY_INDEX_OPTIONS_H */
