/*
 * jsonb_writer.h
 *		Writes jsonb front to back, straight into its binary layout.
 *
 * The values of a container are written in its order, every one by one call:
 *
 *		jsonb_writer_init(&writer, 1000);
 *		jsonb_begin_object(&writer, &keys);		{"orb", "aspect"}
 *		jsonb_write_decimal(&writer, 125, 2);	1.25
 *		jsonb_write_string(&writer, "trine");
 *		jsonb_end(&writer);
 *		jsonb = jsonb_writer_finish(&writer);
 *
 * The result is, byte for byte, what jsonb_in() makes of the same text with
 * the shortest decimals.  The root is an array or an object.
 */
#ifndef SYNASTRY_JSONB_WRITER_H
#define SYNASTRY_JSONB_WRITER_H

#include "postgres.h"

#include "utils/jsonb.h"

/* containers that may be open at the same time */
#define JSONB_WRITER_DEPTH		8

/* bounds of the keys of one object */
#define JSONB_MAX_KEYS			16
#define JSONB_MAX_KEY_BYTES		128

/*
 * The keys of an object, in the order of jsonb: by length, then by bytes.
 * What follows the names is filled in when the keys are first used: their part
 * of the container, which then is the same for every object.
 */
typedef struct JsonbKeys
{
	const char *const names[JSONB_MAX_KEYS + 1];	/* ends with NULL */
	int			n;
	int			bytes_length;
	JEntry		entries[JSONB_MAX_KEYS];
	char		bytes[JSONB_MAX_KEY_BYTES];
} JsonbKeys;

/* static JsonbKeys keys = JSONB_KEYS("orb", "aspect"); */
#define JSONB_KEYS(...)	{.names = {__VA_ARGS__}}

/* a container that is not complete */
typedef struct JsonbOpenContainer
{
	Size		begin;			/* offset of its first byte, padding included */
	Size		entries;		/* offset of its first JEntry */
	Size		contents;		/* offset of what follows the JEntries */
	int			n;				/* JEntries */
	int			next;			/* the one to fill next */
} JsonbOpenContainer;

typedef struct JsonbWriter
{
	char	   *data;			/* a Jsonb in the making, palloc'd */
	Size		used;
	Size		allocated;
	int			depth;			/* open containers */
	JsonbOpenContainer open[JSONB_WRITER_DEPTH];
} JsonbWriter;

/* expected: about how many bytes it will be; more are found when needed */
extern void jsonb_writer_init(JsonbWriter *writer, Size expected);

/* n elements follow; or as many values as there are keys */
extern void jsonb_begin_array(JsonbWriter *writer, int n);
extern void jsonb_begin_object(JsonbWriter *writer, JsonbKeys *keys);
extern void jsonb_end(JsonbWriter *writer);

extern void jsonb_write_null(JsonbWriter *writer);
extern void jsonb_write_bool(JsonbWriter *writer, bool value);
extern void jsonb_write_string(JsonbWriter *writer, const char *string);

/* scaled / 10^places; places at most 16, scaled not beyond this */
#define JSONB_MAX_SCALED	(PG_INT64_MAX / 1000)
extern void jsonb_write_decimal(JsonbWriter *writer, int64 scaled, int places);

/* a multiple of 2^-16, exactly: fixed / 65536 */
extern void jsonb_write_fixed_point(JsonbWriter *writer, int64 fixed);

/* a copy of the value of a key, or of an element, of another jsonb */
extern void jsonb_write_copy(JsonbWriter *writer, const JsonbContainer *container,
							 int entry);

/* the finished jsonb; the writer is not to be used any more */
extern Jsonb *jsonb_writer_finish(JsonbWriter *writer);

#endif							/* SYNASTRY_JSONB_WRITER_H */
