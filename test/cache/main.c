/*
 * main.c
 *		Runs the cache's tests; the last line counts them.
 */
#include <stdio.h>
#include <stdlib.h>

#include "check.h"

double		scale = 1;

static int	passed = 0;
static int	failed = 0;

void
report(const char *subject, const char *test, const char *problem)
{
	printf("%-8s %-52s %s%s\n", subject, test, problem == NULL ? "ok" : "FAILED: ",
		   problem == NULL ? "" : problem);
	if (problem == NULL)
		passed++;
	else
		failed++;
}

/* Marsaglia's xorshift with a multiplication at the end; the state is not 0 */
uint32_t
random_bits(Random *source)
{
	source->state ^= source->state >> 12;
	source->state ^= source->state << 25;
	source->state ^= source->state >> 27;
	return (uint32_t) (source->state * UINT64_C(0x2545F4914F6CDD1D) >> 32);
}

uint32_t
random_below(Random *source, uint32_t limit)
{
	return (uint32_t) ((uint64_t) random_bits(source) * limit >> 32);
}

void *
allocate(size_t size)
{
	void	   *memory;

	if (posix_memalign(&memory, 128, size) != 0)
	{
		fprintf(stderr, "out of memory\n");
		exit(2);
	}
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

/* cache_test [SCALE] */
int
main(int argc, char **argv)
{
	/* a crash shall not swallow what came before it */
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 1)
		scale = atof(argv[1]);

	test_edges();
	test_model();
	test_damage();
	test_threads();

	printf("%d passed, %d failed\n", passed, failed);
	return failed == 0 ? 0 : 1;
}
