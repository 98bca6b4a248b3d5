/*
 * jsonb_writer.c
 *		Writes jsonb front to back, straight into its binary layout.
 *
 * PostgreSQL offers two ways to make jsonb: parsing text (19 us for the aspects
 * of a pair) and trees of JsonbValues (a palloc or two for every value).  Both
 * are slower by far than finding what a report says.  This writes each value
 * once, into its place.
 *
 * The layout is that of utils/jsonb.h, on disk since PostgreSQL 9.4:
 *
 *		container	a header (number of elements or pairs, and its kind), then
 *					a JEntry for every child, then the children themselves.
 *					Those of an object are all its keys, then all its values.
 *		JEntry		the type of a child and its length; for the first and every
 *					32nd child of a container the end of the child instead,
 *					counted from the end of the JEntries.
 *		child		a string is its bytes.  Numerics and containers begin at a
 *					multiple of 4, and the padding counts as theirs.
 *
 * So a child can be written as soon as the number of its siblings is known, and
 * its JEntry when it is complete.
 *
 * Numbers are numerics in the short format of utils/adt/numeric.c, on disk
 * since PostgreSQL 9.1:
 *
 *		4			length word
 *		2			1, sign, 6 bits of decimal places, 7 bits of weight
 *		2 each		digits of base 10000, without zeros at either end
 *
 * The weight is the power of 10000 of the first digit.  The public way to such
 * a number, int64_div_fast_to_numeric(), takes 30 ns and does not shorten it;
 * a report has 300.  The tests compare all this with what jsonb_in() makes.
 */
#include "postgres.h"

#include "types/jsonb_writer.h"

/* header of a short numeric (the names in numeric.c are NUMERIC_SHORT...) */
#define SHORT_NUMERIC				0x8000
#define SHORT_NUMERIC_NEGATIVE		0x2000
#define SHORT_NUMERIC_PLACES_SHIFT	7
#define SHORT_NUMERIC_WEIGHT_MASK	0x007f	/* in two's complement */

#define NUMERIC_BASE		10000
#define PLACES_PER_GROUP	4

/* groups of base 10000: of a uint64, and of 16 decimal places */
#define MAX_WHOLE_GROUPS	5
#define MAX_PLACES_GROUPS	4
#define MAX_GROUPS			(MAX_WHOLE_GROUPS + MAX_PLACES_GROUPS)

/*
 * Room for the groups of a number, which end in the middle: so that always
 * MAX_GROUPS can be copied, which is faster than as many as there are.
 */
#define GROUPS_ROOM			(2 * MAX_GROUPS)
#define MAX_NUMERIC_SIZE	(VARHDRSZ + sizeof(uint16) + MAX_GROUPS * sizeof(int16))

/*
 * Space
 */

static pg_noinline void
grow(JsonbWriter *writer, Size needed)
{
	Size		size = Max(writer->allocated * 2, writer->used + needed);

	/* lengths and offsets have 28 bits */
	if (writer->used + needed > JENTRY_OFFLENMASK)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("total size of jsonb object exceeds the maximum of %u bytes",
						JENTRY_OFFLENMASK)));
	writer->data = repalloc(writer->data, size);
	writer->allocated = size;
}

static inline void
reserve(JsonbWriter *writer, Size size)
{
	if (unlikely(writer->allocated - writer->used < size))
		grow(writer, size);
}

/* Zeros up to the next multiple of 4; there must be room for an int32. */
static inline void
pad(JsonbWriter *writer)
{
	memset(writer->data + writer->used, 0, sizeof(int32));
	writer->used = INTALIGN(writer->used);
}

/*
 * Containers
 */

/* The child that was written from begin on is complete: fills its JEntry. */
static inline void
add_entry(JsonbWriter *writer, JEntry type, Size begin)
{
	JsonbOpenContainer *container = &writer->open[writer->depth - 1];
	JEntry	   *entries = (JEntry *) (writer->data + container->entries);

	Assert(writer->depth > 0 && container->next < container->n);
	if (container->next % JB_OFFSET_STRIDE == 0)
		type |= JENTRY_HAS_OFF | (writer->used - container->contents);
	else
		type |= writer->used - begin;
	entries[container->next++] = type;
}

static inline JsonbOpenContainer *
begin_container(JsonbWriter *writer, uint32 header, int n)
{
	JsonbOpenContainer *container = &writer->open[writer->depth++];

	Assert(writer->depth <= JSONB_WRITER_DEPTH);
	reserve(writer, 2 * sizeof(int32) + n * sizeof(JEntry) + JSONB_MAX_KEY_BYTES);
	container->begin = writer->used;
	pad(writer);
	memcpy(writer->data + writer->used, &header, sizeof(header));
	container->entries = writer->used + sizeof(header);
	container->contents = container->entries + n * sizeof(JEntry);
	container->n = n;
	container->next = 0;
	writer->used = container->contents;
	return container;
}

void
jsonb_begin_array(JsonbWriter *writer, int n)
{
	(void) begin_container(writer, JB_FARRAY | n, n);
}

/* The keys' part of the container. */
static pg_noinline void
prepare_keys(JsonbKeys *keys)
{
	int			used = 0;
	int			n;

	for (n = 0; keys->names[n] != NULL; n++)
	{
		const char *name = keys->names[n];
		int			length = strlen(name);

		Assert(n < JSONB_MAX_KEYS && used + length <= JSONB_MAX_KEY_BYTES);
		Assert(n == 0 || strlen(keys->names[n - 1]) < length ||
			   (strlen(keys->names[n - 1]) == length &&
				strcmp(keys->names[n - 1], name) < 0));
		memcpy(keys->bytes + used, name, length);
		used += length;
		keys->entries[n] = JENTRY_ISSTRING | (n == 0 ? JENTRY_HAS_OFF : 0) | length;
	}
	keys->bytes_length = used;
	keys->n = n;
}

StaticAssertDecl(JSONB_MAX_KEYS <= JB_OFFSET_STRIDE, "only the first key has an offset");

void
jsonb_begin_object(JsonbWriter *writer, JsonbKeys *keys)
{
	JsonbOpenContainer *container;

	if (unlikely(keys->n == 0))
		prepare_keys(keys);
	container = begin_container(writer, JB_FOBJECT | keys->n, 2 * keys->n);
	memcpy(writer->data + container->entries, keys->entries, keys->n * sizeof(JEntry));
	memcpy(writer->data + writer->used, keys->bytes, keys->bytes_length);
	writer->used += keys->bytes_length;
	container->next = keys->n;
}

void
jsonb_end(JsonbWriter *writer)
{
	JsonbOpenContainer *container = &writer->open[--writer->depth];

	Assert(container->next == container->n);
	if (writer->depth > 0)
		add_entry(writer, JENTRY_ISCONTAINER, container->begin);
}

/*
 * Scalars
 */

void
jsonb_write_null(JsonbWriter *writer)
{
	add_entry(writer, JENTRY_ISNULL, writer->used);
}

void
jsonb_write_bool(JsonbWriter *writer, bool value)
{
	add_entry(writer, value ? JENTRY_ISBOOL_TRUE : JENTRY_ISBOOL_FALSE, writer->used);
}

void
jsonb_write_string(JsonbWriter *writer, const char *string)
{
	Size		length = strlen(string);
	Size		begin = writer->used;

	reserve(writer, length);
	memcpy(writer->data + begin, string, length);
	writer->used += length;
	add_entry(writer, JENTRY_ISSTRING, begin);
}

/*
 * Splits a value into groups, the last one first, in front of end: n of them
 * or more.  Returns the first one.
 */
static inline int16 *
split(uint64 value, int n, int16 *end)
{
	for (; value > 0 || n > 0; n--)
	{
		*--end = value % NUMERIC_BASE;
		value /= NUMERIC_BASE;
	}
	return end;
}

/* A number in groups, n of them behind the point. */
static inline void
write_groups(JsonbWriter *writer, bool negative, const int16 *first,
			 const int16 *end, int n)
{
	const int16 *point = end - n;
	int			places = 0;
	int			weight = 0;
	uint16		header;
	Size		begin = writer->used;
	Size		size;
	char	   *target;

	/* no zeros at either end; zero itself has no group and the weight 0 */
	while (first < end && *first == 0)
		first++;
	while (first < end && end[-1] == 0)
		end--;
	if (first < end)
		weight = point - first - 1;
	if (end > point && first < end)
	{
		places = (end - point) * PLACES_PER_GROUP;
		for (int last = end[-1]; last % 10 == 0; last /= 10)
			places--;
	}

	header = SHORT_NUMERIC | (places << SHORT_NUMERIC_PLACES_SHIFT) |
		(weight & SHORT_NUMERIC_WEIGHT_MASK);
	if (negative && first < end)
		header |= SHORT_NUMERIC_NEGATIVE;

	reserve(writer, sizeof(int32) + MAX_NUMERIC_SIZE);
	pad(writer);
	target = writer->data + writer->used;
	size = VARHDRSZ + sizeof(header) + (end - first) * sizeof(int16);
	SET_VARSIZE(target, size);
	memcpy(target + VARHDRSZ, &header, sizeof(header));
	memcpy(target + VARHDRSZ + sizeof(header), first, MAX_GROUPS * sizeof(int16));
	writer->used += size;
	add_entry(writer, JENTRY_ISNUMERIC, begin);
}

static inline uint64
magnitude(int64 value)
{
	return value < 0 ? -(uint64) value : (uint64) value;
}

void
jsonb_write_decimal(JsonbWriter *writer, int64 scaled, int places)
{
	static const int to_whole_groups[PLACES_PER_GROUP] = {1, 1000, 100, 10};
	int			n = (places + PLACES_PER_GROUP - 1) / PLACES_PER_GROUP;
	int16		groups[GROUPS_ROOM];
	int16	   *end = groups + MAX_GROUPS;
	int16	   *first;

	Assert(places >= 0 && n <= MAX_PLACES_GROUPS);
	Assert(magnitude(scaled) <= JSONB_MAX_SCALED);
	first = split(magnitude(scaled) * to_whole_groups[places % PLACES_PER_GROUP], n, end);
	write_groups(writer, scaled < 0, first, end, n);
}

void
jsonb_write_fixed_point(JsonbWriter *writer, int64 fixed)
{
	int16		groups[GROUPS_ROOM];
	int16	   *end = groups + MAX_GROUPS;
	int16	   *first;

	/* 2^-16 is 5^16 / 10^16 */
	first = split((magnitude(fixed) & 0xffff) * UINT64CONST(152587890625),
				  MAX_PLACES_GROUPS, end);
	first = split(magnitude(fixed) >> 16, 0, first);
	write_groups(writer, fixed < 0, first, end, MAX_PLACES_GROUPS);
}

/*
 * A value of another jsonb is the same bytes, but for the padding before it.
 */
void
jsonb_write_copy(JsonbWriter *writer, const JsonbContainer *container, int entry)
{
	JEntry		type = container->children[entry] & JENTRY_TYPEMASK;
	int			entries = JsonContainerSize(container) * (JsonContainerIsObject(container) ? 2 : 1);
	const char *contents = (const char *) &container->children[entries];
	const char *source = contents + getJsonbOffset(container, entry);
	const char *end = source + getJsonbLength(container, entry);
	Size		begin = writer->used;

	reserve(writer, sizeof(int32) + (end - source));
	if (type == JENTRY_ISNUMERIC || type == JENTRY_ISCONTAINER)
	{
		source = (const char *) INTALIGN(source);
		pad(writer);
	}
	memcpy(writer->data + writer->used, source, end - source);
	writer->used += end - source;
	add_entry(writer, type, begin);
}

/*
 * The whole
 */

void
jsonb_writer_init(JsonbWriter *writer, Size expected)
{
	writer->allocated = expected + VARHDRSZ;
	writer->data = palloc(writer->allocated);
	writer->used = VARHDRSZ;
	writer->depth = 0;
}

Jsonb *
jsonb_writer_finish(JsonbWriter *writer)
{
	Assert(writer->depth == 0);
	SET_VARSIZE(writer->data, writer->used);
	return (Jsonb *) writer->data;
}
