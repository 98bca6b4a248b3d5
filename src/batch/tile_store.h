/*
 * tile_store.h
 *		The right side of a cross: charts read once and gone through many times.
 *
 * Of each chart there are its id and the longitudes of the bodies that the
 * model scores on side B, called columns by their place in the model's
 * weights.  Charts stand in tiles that fit a cache.  Within a tile those that
 * know the same columns form a run, so that what depends on the columns is
 * prepared once per run; most tiles are one run of complete charts.
 *
 * A tile is one block of memory without pointers.  The store keeps its tiles
 * in memory as long as they fit its budget, then all of them in a temporary
 * file.
 */
#ifndef SYNASTRY_TILE_STORE_H
#define SYNASTRY_TILE_STORE_H

#include "postgres.h"

#include "kernel/kernel.h"

/* most charts of a tile: their codes fit a cache of the first level, the
 * longitudes one of the second */
#define TILE_CHARTS		4096

typedef struct TileRun
{
	uint32		first;			/* the number of its first chart in the tile */
	uint32		count;			/* charts */
	uint32		n;				/* columns known */
	uint32		columns;		/* offset in the tile: n bytes */
	uint32		longitudes;		/* offset: count x n binary angles */
} TileRun;

typedef struct Tile
{
	Size		size;
	uint32		n;				/* charts */
	uint32		n_runs;
	uint32		runs;			/* offset */
	uint32		ids;			/* offset: n offsets of texts, 0 for null */
} Tile;

typedef struct TileStore TileStore;

/* columns: of the model; the budget, in bytes, is for all that is kept */
extern TileStore *tile_store_create(int columns, Size budget);
extern void tile_store_add(TileStore *store, const text * id, const uint8 *columns,
						   const binary_angle *longitudes, int n);

/* nothing can be added afterwards */
extern void tile_store_finish(TileStore *store);

extern void tile_store_destroy(TileStore *store);

extern int64 tile_store_charts(const TileStore *store);
extern int	tile_store_tiles(const TileStore *store);

/* bytes of a chart in a tile, with an id of such a length */
extern Size tile_chart_size(int columns, int id_length);

/* charts of a full tile, with so many columns and within such a budget */
extern int	tile_capacity(int columns, Size budget);

/* a tile; it is there until the next is asked for */
extern const Tile *tile_store_tile(TileStore *store, int number);

/*
 * Every chart of the store has a number.  The id of a chart, NULL if it is
 * null, may have to be read from the file: it is there until two others were
 * asked for.
 */
extern uint64 tile_store_number(const TileStore *store, int tile, int chart);
extern const text *tile_store_id(TileStore *store, uint64 number);

static inline const TileRun *
tile_runs(const Tile *tile)
{
	return (const TileRun *) ((const char *) tile + tile->runs);
}

static inline const uint8 *
run_columns(const Tile *tile, const TileRun *run)
{
	return (const uint8 *) tile + run->columns;
}

static inline const binary_angle *
run_longitudes(const Tile *tile, const TileRun *run)
{
	return (const binary_angle *) ((const char *) tile + run->longitudes);
}

static inline const text *
tile_id(const Tile *tile, int chart)
{
	uint32		offset = ((const uint32 *) ((const char *) tile + tile->ids))[chart];

	return offset == 0 ? NULL : (const text *) ((const char *) tile + offset);
}

#endif							/* SYNASTRY_TILE_STORE_H */
