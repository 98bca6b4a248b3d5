/*
 * arena_damage.c
 *		A cache's arena that something has written over: the test of
 *		test/cache with the input in place of random numbers.
 */
#include "fuzz.h"

#include "../cache/damage_test.c"

static void
run(FuzzInput *input)
{
	Arena	   *arena = arena_init(allocate(SIZE), SIZE);
	const char *problem;

	numbers = input;
	use(arena, random_below(&source, 64));
	while (input->size > 0)
	{
		damage(arena);
		use(arena, random_below(&source, 16));
	}

	/* counters may have been hit, so that only the order counts */
	arena_reset(arena, 0);
	view_partition(arena, 0).head->clock = 0;
	problem = check_all(arena, arena->shape);
	use(arena, 16);
	if (problem == NULL)
		problem = check_all(arena, arena->shape);
	free(arena);
	if (problem != NULL)
		find("%s", problem);
}

const FuzzTarget arena_damage_target = {"arena_damage", NULL, run, is_data_error};
