/*
 * arena.c
 *		The cache's arena against its model: the test of test/cache with the
 *		input in place of random numbers.
 */
#include "fuzz.h"

#include "../cache/model_test.c"

/* the first few; the others take megabytes */
#define SETTINGS	6

/* so that a byte is enough for one */
#define MOST_KEYS	256

static void
set_up_pool(void)
{
	pool = allocate(POOL_SIZE);
	buffer = allocate(2 * MAX_VALUE);
	for (int i = 0; i < POOL_SIZE; i++)
		pool[i] = (char) (i * 2654435761u >> 24);
}

static void
run(FuzzInput *input)
{
	setting = settings[take_number(input, 1) % SETTINGS];
	setting.keys = Min(setting.keys, MOST_KEYS);
	numbers = NULL;
	source.state = 1;
	set_up();
	numbers = input;
	for (int i = 0; input->size > 0 && problem == NULL; i++)
	{
		uint32		choice = random_below(&source, 64);

		if (choice < 30)
			try_get(random_entry());
		else if (choice < 56)
			try_insert(random_entry());
		else if (choice < 60)
			try_remove(random_entry());
		else if (choice < 62)
			try_removal();
		else
			try_flush();
		if (i % 16 == 0)
			compare_statistics();
	}
	compare_statistics();
	tear_down();
	if (problem != NULL)
		find("%s", problem);
}

const FuzzTarget arena_target = {"arena", set_up_pool, run, is_data_error};
