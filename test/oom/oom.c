/*
 * oom.c
 *		The step before every allocation, and its face in SQL.  test/suites/oom
 *		puts it among the sources of the library.
 */
#include "postgres.h"

#include "fmgr.h"

#include "compat.h"

PG_FUNCTION_INFO_V1(oom_arm);
PG_FUNCTION_INFO_V1(oom_steps);

static int64 steps = 0;			/* since it was armed */
static int64 turn = 0;			/* the step that fails, 0 for none */

/* oom_arm(n): of the allocations from now on in this session the n-th fails */
Datum
oom_arm(PG_FUNCTION_ARGS)
{
	turn = PG_GETARG_INT64(0);
	steps = 0;
	PG_RETURN_VOID();
}

/* oom_steps(): how many there were; below zero if one of them has failed */
Datum
oom_steps(PG_FUNCTION_ARGS)
{
	int64		result = turn < 0 ? -steps : steps;

	turn = 0;
	PG_RETURN_INT64(result);
}

static bool
fails(void)
{
	steps++;
	if (steps != turn)
		return false;
	turn = -1;
	return true;
}

void
oom_step(void)
{
	if (fails())
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory"),
				 errdetail("Injected at step %lld.", (long long) steps)));
}

bool
oom_denies(int flags)
{
	if (!fails())
		return false;
	if ((flags & MCXT_ALLOC_NO_OOM) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_OUT_OF_MEMORY),
				 errmsg("out of memory"),
				 errdetail("Injected at step %lld.", (long long) steps)));
	return true;
}
