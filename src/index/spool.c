/*
 * spool.c
 *		Charts on their way into a segment: collected, ordered, written.
 *
 * Charts are ordered in memory.  More than memory holds go to a temporary
 * file, which is then divided into parts: a sample tells where, so that each
 * of them is likely to fit.  A part that does not is divided again.  Parts
 * are no whole numbers of code pages; what is left of one is ordered together
 * with the next, which holds similar charts.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "storage/buffile.h"
#include "utils/memutils.h"

#include "index/spool.h"

#define SAMPLE_CHARTS	16384
#define MAX_PARTS		256

/* what an open file takes, its buffer above all */
#define FILE_MEMORY		(BLCKSZ + 1024)

/* parts are made smaller than memory, for samples are not exact */
#define PART_FILL		0.75

/* charts that cannot be told apart need no order */
#define MAX_DIVISIONS	8
#define UNDIVIDED		0.9

struct Spool
{
	ChartOrder	order;
	Size		page_charts;
	MemoryContext context;
	char	   *records;
	Size		count;			/* in memory */
	Size		capacity;
	Size		limit;			/* of the capacity */
	Size		memory;
	BufFile    *file;
	int64		filed;			/* charts in the file */
};

Spool *
spool_begin(const IndexLayout *layout, const uint16 *bodies, Size memory, double expected)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "synastry index spool",
												  ALLOCSET_DEFAULT_SIZES);
	Spool	   *spool = MemoryContextAllocZero(context, sizeof(Spool));

	order_prepare(&spool->order, layout, bodies);
	spool->page_charts = layout->page_charts;
	spool->context = context;
	spool->memory = memory;
	spool->limit = Max(memory / (spool->order.record_size + ORDER_OVERHEAD), 4 * spool->page_charts);
	spool->capacity = Max(Min(expected, (double) spool->limit), 1024);
	spool->records = MemoryContextAllocHuge(context, spool->capacity * spool->order.record_size);
	return spool;
}

static BufFile *
create_file(Spool *spool)
{
	MemoryContext previous = MemoryContextSwitchTo(spool->context);
	BufFile    *file = BufFileCreateTemp(false);

	MemoryContextSwitchTo(previous);
	return file;
}

static void
rewind_file(BufFile * file)
{
	if (BufFileSeek(file, 0, 0, SEEK_SET) != 0)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not rewind temporary file of index charts")));
}

static void
read_records(const Spool *spool, BufFile * file, char *records, Size count)
{
	Size		size = count * spool->order.record_size;

	if (BufFileRead(file, records, size) != size)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not read temporary file of index charts")));
}

static void
file_records(Spool *spool)
{
	if (spool->file == NULL)
		spool->file = create_file(spool);
	BufFileWrite(spool->file, spool->records, spool->count * spool->order.record_size);
	spool->filed += spool->count;
	spool->count = 0;
}

/* for one more chart at least */
static void
make_room(Spool *spool)
{
	if (spool->capacity < spool->limit)
	{
		spool->capacity = Min(2 * spool->capacity, spool->limit);
		spool->records = repalloc_huge(spool->records,
									   spool->capacity * spool->order.record_size);
	}
	else
		file_records(spool);
}

void
spool_add(Spool *spool, const binary_angle *row, ItemPointer tid)
{
	ItemPointer place;

	if (spool->count == spool->capacity)
		make_room(spool);
	memcpy(record_row(&spool->order, spool->records, spool->count), row,
		   spool->order.n * sizeof(binary_angle));

	/* what follows it in the record goes to the file, too */
	place = record_tid(&spool->order, spool->records, spool->count);
	memset(place, 0, spool->order.record_size - spool->order.n * sizeof(binary_angle));
	*place = *tid;
	spool->count++;
}

int64
spool_charts(const Spool *spool)
{
	return spool->filed + (int64) spool->count;
}

/* Orders what is in memory, and writes the code pages that are full. */
static void
write_full_pages(Spool *spool, SegmentWriter *writer)
{
	Size		size = spool->order.record_size;
	Size		full = spool->count - spool->count % spool->page_charts;

	order_charts(&spool->order, spool->records, spool->count);
	segment_add(writer, &spool->order, spool->records, full);
	spool->count -= full;
	memmove(spool->records, spool->records + full * size, spool->count * size);
}

/* Charts of a file as they come, as many at a time as memory holds. */
static void
write_chunks(Spool *spool, BufFile * file, int64 count, SegmentWriter *writer)
{
	while (count > 0)
	{
		Size		chunk = Min((int64) (spool->capacity - spool->count), count);

		read_records(spool, file, spool->records + spool->count * spool->order.record_size,
					 chunk);
		spool->count += chunk;
		count -= chunk;
		write_full_pages(spool, writer);
	}
}

static int
choose_parts(const Spool *spool, int64 count)
{
	int			parts = 2;

	while (count / parts > spool->limit * PART_FILL && parts < MAX_PARTS &&
		   (2 * parts + 1) * FILE_MEMORY < spool->memory / 4)
		parts *= 2;
	return parts;
}

/* Divides by a sample of charts that stand all over the file. */
static void
sample_file(Spool *spool, BufFile * file, int64 count, ChartSplit *splits, int parts)
{
	Size		size = spool->order.record_size;
	int64		step = count / SAMPLE_CHARTS + 1;
	char	   *sample = MemoryContextAlloc(spool->context, (count / step + 2) * size);
	Size		n = 0;

	for (int64 i = 0; i < count; i++)
	{
		CHECK_FOR_INTERRUPTS();
		read_records(spool, file, sample + n * size, 1);
		n += i % step == 0;
	}
	order_sample(&spool->order, sample, n, splits, parts);
	pfree(sample);
	rewind_file(file);
}

static void write_file(Spool *spool, BufFile * file, int64 count, SegmentWriter *writer,
					   int divisions);

/* Closes the file as soon as its charts are in those of the parts. */
static void
divide_file(Spool *spool, BufFile * file, int64 count, SegmentWriter *writer, int divisions)
{
	int			parts = choose_parts(spool, count);
	ChartSplit	splits[MAX_PARTS];
	BufFile    *files[MAX_PARTS] = {NULL};
	int64		counts[MAX_PARTS] = {0};
	char	   *record = MemoryContextAlloc(spool->context, spool->order.record_size);

	sample_file(spool, file, count, splits, parts);
	for (int64 i = 0; i < count; i++)
	{
		int			part;

		CHECK_FOR_INTERRUPTS();
		read_records(spool, file, record, 1);
		part = part_of_chart(splits, parts, record_row(&spool->order, record, 0));
		if (files[part] == NULL)
			files[part] = create_file(spool);
		BufFileWrite(files[part], record, spool->order.record_size);
		counts[part]++;
	}
	BufFileClose(file);
	pfree(record);

	for (int part = 0; part < parts; part++)
		if (files[part] != NULL)
			write_file(spool, files[part], counts[part], writer,
					   counts[part] > count * UNDIVIDED ? MAX_DIVISIONS : divisions + 1);
}

static void
write_file(Spool *spool, BufFile * file, int64 count, SegmentWriter *writer, int divisions)
{
	rewind_file(file);
	if (spool->count + count > spool->capacity && divisions < MAX_DIVISIONS)
	{
		divide_file(spool, file, count, writer, divisions);
		return;
	}
	write_chunks(spool, file, count, writer);
	BufFileClose(file);
}

void
spool_finish(Spool *spool, SegmentWriter *writer)
{
	if (spool->file != NULL)
	{
		file_records(spool);
		write_file(spool, spool->file, spool->filed, writer, 0);
	}
	order_charts(&spool->order, spool->records, spool->count);
	segment_add(writer, &spool->order, spool->records, spool->count);
	MemoryContextDelete(spool->context);
}
