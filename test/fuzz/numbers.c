/*
 * numbers.c
 *		What the tests of test/cache take from its main.c.
 */
#include "postgres.h"

#include "../cache/check.h"
#include "fuzz.h"

FuzzInput  *numbers;
double		scale = 0;

/* Marsaglia's xorshift */
static uint32
generate(Random *source)
{
	source->state ^= source->state << 13;
	source->state ^= source->state >> 7;
	source->state ^= source->state << 17;
	return (uint32) (source->state >> 32);
}

uint32_t
random_bits(Random *source)
{
	return numbers == NULL ? generate(source) : take_number(numbers, 4);
}

/* of no more bytes than it takes, so that inputs are short */
uint32_t
random_below(Random *source, uint32_t limit)
{
	if (numbers == NULL)
		return generate(source) % limit;
	return take_number(numbers, limit <= 0x100 ? 1 : limit <= 0x10000 ? 2 : 4) % limit;
}

void
report(const char *subject, const char *test, const char *problem)
{
}

void *
allocate(size_t size)
{
	void	   *memory;

	if (posix_memalign(&memory, 128, size) != 0)
		find("out of memory");
	return memory;
}

const char *
check_all(const Arena *arena, ArenaShape shape)
{
	uint8_t    *marks = allocate(shape.chunks);
	const char *problem = NULL;

	for (uint32_t partition = 0; partition < shape.partitions && problem == NULL; partition++)
		problem = arena_check(arena, partition, marks);
	free(marks);
	return problem;
}
