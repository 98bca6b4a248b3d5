/*
 * tile_store.c
 *		The right side of a cross: charts read once and gone through many times.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "storage/buffile.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

#include "batch/tile_store.h"
#include "compat.h"

/* a tile is closed early when its ids take so much, in bytes */
#define TILE_ID_BYTES	(1024 * 1024)

/* charts of a tile, however small the budget: with less it does not pay to
 * prepare anything for it */
#define LEAST_CHARTS	512

/* the columns that a chart knows, as bits */
typedef struct ColumnSet
{
	uint64		words[MAX_BODIES / 64];
} ColumnSet;

/* A chart that waits for its tile to be closed. */
typedef struct WaitingChart
{
	ColumnSet	known;
	uint32		position;		/* of its first longitude */
	uint32		number;			/* in the order of arrival */
	uint32		id;				/* offset in ids, or NO_ID */
} WaitingChart;

#define NO_ID	PG_UINT32_MAX

/* Where a tile is. */
typedef struct TilePlace
{
	Tile	   *tile;			/* in memory, or NULL: */
	int			file;			/* as BufFileSeek() wants it */
	off_t		offset;
	uint32		ids;			/* as in the tile */
	Size		size;
} TilePlace;

struct TileStore
{
	MemoryContext context;
	ResourceOwner owner;		/* of the file */
	int			columns;
	int			capacity;		/* charts of a tile */
	Size		memory_limit;	/* for tiles in memory, in bytes */
	int64		charts;

	/* the tile that is being filled */
	int			n_waiting;
	WaitingChart *waiting;
	uint32		n_longitudes;
	binary_angle *longitudes;
	StringInfoData ids;

	/* those that are closed */
	int			n_tiles;
	int			max_tiles;
	TilePlace  *places;
	Size		in_memory;		/* bytes */
	BufFile    *file;			/* NULL as long as all are in memory */
	Tile	   *buffer;			/* for the tile that was read last */
	Size		buffer_size;
	int			buffered;		/* its number, -1: none */
	text	   *ids_read[2];	/* from the file, in turns */
	Size		ids_read_size[2];
	int			last_id;		/* which was read last */
};

Size
tile_chart_size(int columns, int id_length)
{
	return columns * sizeof(binary_angle) + sizeof(uint32) + INTALIGN(VARHDRSZ + id_length);
}

int
tile_capacity(int columns, Size budget)
{
	/* longitudes, codes, id */
	Size		chart_size = columns * (sizeof(binary_angle) + 1) +
	sizeof(WaitingChart) + sizeof(uint32) + 16;

	return Max(LEAST_CHARTS, Min(TILE_CHARTS, (Size) (budget / 8 / chart_size)));
}

TileStore *
tile_store_create(int columns, Size budget)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "synastry tiles",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(context);
	TileStore  *store = palloc0(sizeof(TileStore));

	store->context = context;
	store->owner = CurrentResourceOwner;
	store->columns = columns;
	store->capacity = tile_capacity(columns, budget);
	store->memory_limit = budget / 2;
	store->waiting = palloc(store->capacity * sizeof(WaitingChart));
	store->longitudes = palloc(Max(1, (Size) store->capacity * columns) * sizeof(binary_angle));
	initStringInfo(&store->ids);
	store->max_tiles = 64;
	store->places = palloc(store->max_tiles * sizeof(TilePlace));
	store->buffered = -1;
	MemoryContextSwitchTo(caller);
	return store;
}

/*
 * Temporary file
 */

static void
seek(TileStore *store, const TilePlace *place, Size offset)
{
	if (BufFileSeek(store->file, place->file, place->offset + offset, SEEK_SET) != 0)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not seek in the temporary file of a batch")));
}

static void
read_file(TileStore *store, void *data, Size size)
{
	if (BufFileRead(store->file, data, size) != size)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not read from the temporary file of a batch")));
}

static void
write_tile(TileStore *store, TilePlace *place, Tile *tile)
{
	BufFileTell(store->file, &place->file, &place->offset);
	BufFileWrite(store->file, tile, tile->size);
	place->tile = NULL;
	pfree(tile);
}

/*
 * Moves all tiles from memory to a file; later ones follow them.  The file is
 * to outlive the query that fills the store, which is running.
 */
static void
spill(TileStore *store)
{
	ResourceOwner running = CurrentResourceOwner;

	CurrentResourceOwner = store->owner;
	store->file = BufFileCreateTemp(false);
	CurrentResourceOwner = running;
	for (int i = 0; i < store->n_tiles; i++)
		write_tile(store, &store->places[i], store->places[i].tile);
	store->in_memory = 0;
}

static void
keep_tile(TileStore *store, Tile *tile)
{
	TilePlace  *place;

	if (store->n_tiles == store->max_tiles)
	{
		store->max_tiles *= 2;
		store->places = repalloc_huge(store->places, store->max_tiles * sizeof(TilePlace));
	}
	place = &store->places[store->n_tiles++];
	place->tile = tile;
	place->ids = tile->ids;
	place->size = tile->size;
	if (store->file != NULL)
	{
		write_tile(store, place, tile);
		return;
	}
	store->in_memory += tile->size;
	if (store->in_memory > store->memory_limit)
		spill(store);
}

/*
 * Filling
 */

static int
compare_waiting(const void *a, const void *b)
{
	const WaitingChart *x = a;
	const WaitingChart *y = b;

	for (int i = 0; i < lengthof(x->known.words); i++)
		if (x->known.words[i] != y->known.words[i])
			return x->known.words[i] < y->known.words[i] ? -1 : 1;
	return x->number < y->number ? -1 : 1;
}

static bool
same_columns(const ColumnSet *x, const ColumnSet *y)
{
	return memcmp(x, y, sizeof(ColumnSet)) == 0;
}

static int
count_runs(const TileStore *store)
{
	int			runs = 1;

	for (int i = 1; i < store->n_waiting; i++)
		runs += !same_columns(&store->waiting[i].known, &store->waiting[i - 1].known);
	return runs;
}

/* Writes the numbers of the columns; returns how many. */
static int
list_columns(const ColumnSet *known, uint8 *columns)
{
	int			n = 0;

	for (int column = 0; column < MAX_BODIES; column++)
		if (known->words[column / 64] >> (column % 64) & 1)
			columns[n++] = column;
	return n;
}

/* Closes the tile that is being filled. */
static void
close_tile(TileStore *store)
{
	int			n = store->n_waiting;
	int			n_runs;
	Size		runs;
	Size		columns;
	Size		longitudes;
	Size		ids;
	Size		texts;
	Size		size;
	Tile	   *tile;
	TileRun    *run;
	uint32	   *id_offsets;

	if (n == 0)
		return;
	n_runs = count_runs(store);
	if (n_runs > 1)
	{
		qsort(store->waiting, n, sizeof(WaitingChart), compare_waiting);
		n_runs = count_runs(store);
	}

	runs = MAXALIGN(sizeof(Tile));
	columns = runs + n_runs * sizeof(TileRun);
	longitudes = MAXALIGN(columns + (Size) n_runs * store->columns);
	ids = longitudes + store->n_longitudes * sizeof(binary_angle);
	texts = MAXALIGN(ids + n * sizeof(uint32));
	size = texts + store->ids.len;

	tile = MemoryContextAllocHuge(store->context, size);
	tile->size = size;
	tile->n = n;
	tile->n_runs = n_runs;
	tile->runs = runs;
	tile->ids = ids;
	id_offsets = (uint32 *) ((char *) tile + ids);

	run = (TileRun *) ((char *) tile + runs) - 1;
	for (int i = 0; i < n; i++)
	{
		const WaitingChart *chart = &store->waiting[i];

		if (i == 0 || !same_columns(&chart->known, &chart[-1].known))
		{
			run++;
			run->first = i;
			run->count = 0;
			run->columns = columns;
			run->longitudes = longitudes;
			run->n = list_columns(&chart->known, (uint8 *) tile + columns);
			columns += run->n;
		}
		run->count++;
		memcpy((char *) tile + longitudes, store->longitudes + chart->position,
			   run->n * sizeof(binary_angle));
		longitudes += run->n * sizeof(binary_angle);
		id_offsets[i] = chart->id == NO_ID ? 0 : texts + chart->id;
	}
	memcpy((char *) tile + texts, store->ids.data, store->ids.len);

	store->n_waiting = 0;
	store->n_longitudes = 0;
	resetStringInfo(&store->ids);
	if (store->ids.maxlen > 2 * TILE_ID_BYTES)
	{
		pfree(store->ids.data);
		initStringInfo(&store->ids);
	}
	keep_tile(store, tile);
}

void
tile_store_add(TileStore *store, const text * id, const uint8 *columns,
			   const binary_angle *longitudes, int n)
{
	MemoryContext caller = MemoryContextSwitchTo(store->context);
	WaitingChart *chart = &store->waiting[store->n_waiting];

	memset(&chart->known, 0, sizeof(ColumnSet));
	for (int i = 0; i < n; i++)
		chart->known.words[columns[i] / 64] |= UINT64CONST(1) << (columns[i] % 64);
	chart->number = store->n_waiting;
	chart->position = store->n_longitudes;
	memcpy(store->longitudes + store->n_longitudes, longitudes, n * sizeof(binary_angle));
	store->n_longitudes += n;
	chart->id = NO_ID;
	if (id != NULL)
	{
		chart->id = store->ids.len;
		appendBinaryStringInfo(&store->ids, (const char *) id, VARSIZE(id));
		/* texts are aligned */
		while (store->ids.len % sizeof(int32) != 0)
			appendStringInfoCharMacro(&store->ids, '\0');
	}
	store->n_waiting++;
	store->charts++;
	if (store->n_waiting == store->capacity || store->ids.len > TILE_ID_BYTES)
		close_tile(store);
	MemoryContextSwitchTo(caller);
}

void
tile_store_finish(TileStore *store)
{
	MemoryContext caller = MemoryContextSwitchTo(store->context);

	close_tile(store);
	pfree(store->waiting);
	pfree(store->longitudes);
	pfree(store->ids.data);
	MemoryContextSwitchTo(caller);
}

void
tile_store_destroy(TileStore *store)
{
	if (store->file != NULL)
		BufFileClose(store->file);
	MemoryContextDelete(store->context);
}

/*
 * Reading
 */

int64
tile_store_charts(const TileStore *store)
{
	return store->charts;
}

int
tile_store_tiles(const TileStore *store)
{
	return store->n_tiles;
}

const Tile *
tile_store_tile(TileStore *store, int number)
{
	const TilePlace *place = &store->places[number];

	if (place->tile != NULL)
		return place->tile;
	if (store->buffered == number)
		return store->buffer;
	store->buffered = -1;
	if (store->buffer_size < place->size)
	{
		if (store->buffer != NULL)
			pfree(store->buffer);
		store->buffer = NULL;
		store->buffer = MemoryContextAllocHuge(store->context, place->size);
		store->buffer_size = place->size;
	}
	seek(store, place, 0);
	read_file(store, store->buffer, place->size);
	store->buffered = number;
	return store->buffer;
}

uint64
tile_store_number(const TileStore *store, int tile, int chart)
{
	return (uint64) tile * store->capacity + chart;
}

/* The text at a place of the file. */
static const text *
read_id(TileStore *store)
{
	int			turn = store->last_id = !store->last_id;
	text	   *id = store->ids_read[turn];
	varattrib_4b header;
	Size		size;

	CHECK_FOR_INTERRUPTS();
	read_file(store, &header, VARHDRSZ);
	size = VARSIZE(&header);
	if (store->ids_read_size[turn] < size)
	{
		if (id != NULL)
			pfree(id);
		store->ids_read[turn] = NULL;
		store->ids_read_size[turn] = 0;
		id = MemoryContextAlloc(store->context, size);
		store->ids_read[turn] = id;
		store->ids_read_size[turn] = size;
	}
	memcpy(id, &header, VARHDRSZ);
	read_file(store, VARDATA(id), size - VARHDRSZ);
	return id;
}

const		text *
tile_store_id(TileStore *store, uint64 number)
{
	int			tile = number / store->capacity;
	int			chart = number % store->capacity;
	const TilePlace *place = &store->places[tile];
	uint32		offset;

	if (place->tile != NULL)
		return tile_id(place->tile, chart);
	if (store->buffered == tile)
		return tile_id(store->buffer, chart);

	seek(store, place, place->ids + chart * sizeof(uint32));
	read_file(store, &offset, sizeof(offset));
	if (offset == 0)
		return NULL;
	seek(store, place, offset);
	return read_id(store);
}
