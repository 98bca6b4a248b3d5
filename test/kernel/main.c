/*
 * main.c
 *		Runs the kernel's tests; the last line counts them.
 */
#include <stdio.h>
#include <stdlib.h>

#include "check.h"

double		scale = 1;
const char *expected_best = NULL;

static int	passed = 0;
static int	failed = 0;

void
report(const char *subject, const char *test, bool ok)
{
	printf("%-8s %-40s %s\n", subject, test, ok ? "ok" : "FAILED");
	if (ok)
		passed++;
	else
		failed++;
}

/* Marsaglia's xorshift with a multiplication at the end */
uint32_t
random_bits(void)
{
	static uint64_t state = UINT64_C(0x9E3779B97F4A7C15);

	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (uint32_t) (state * UINT64_C(0x2545F4914F6CDD1D) >> 32);
}

uint32_t
random_below(uint32_t limit)
{
	return (uint32_t) ((uint64_t) random_bits() * limit >> 32);
}

int
scaled(int tries)
{
	return (int) (tries * scale) + 1;
}

/* kernel_test [SCALE [BEST]] */
int
main(int argc, char **argv)
{
	/* a crash shall not swallow what came before it */
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 1)
		scale = atof(argv[1]);
	if (argc > 2)
		expected_best = argv[2];

	test_angles();
	test_variants();
	test_cells();
	test_tallies();
	test_bounds();

	printf("%d passed, %d failed\n", passed, failed);
	return failed == 0 ? 0 : 1;
}
