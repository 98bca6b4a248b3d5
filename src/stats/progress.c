/*
 * progress.c
 *		The progress of a long batch, for other sessions to see:
 *		synastry_progress(), below the view pg_stat_progress_synastry.
 *
 * It stands in the slot that every backend has for the progress of commands
 * such as VACUUM, under a command number of ours.  Hence no shared memory of
 * our own, no preloading, and the server clears it when a transaction or
 * subtransaction aborts, and when the backend ends.  Only the backend writes
 * to its slot; who reads copies it, and again if it changed meanwhile (the
 * server's protocol, see st_changecount).
 *
 * One slot has room for one command.  What already reports there, a COPY
 * around us or a batch around this one, keeps it; what starts while we run,
 * say a VACUUM or CREATE INDEX in a function that our query calls, takes it
 * and leaves it empty.  So does an exception block whose subtransaction
 * aborts.  An empty slot is ours again at the next row or report.
 *
 * Accepted: a batch that found the slot taken never reports, even if it
 * becomes free; and if track_activities is switched off while a batch runs,
 * its row stays until something else clears the slot, as those of the
 * server's own commands do.
 */
#include "postgres.h"

#include "catalog/pg_authid.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/backend_progress.h"
#include "utils/builtins.h"

#include "compat.h"
#include "stats/progress.h"

PG_FUNCTION_INFO_V1(synastry_progress);

/*
 * The command number: "SYNA", far from the server's, which count from 0, and
 * hardly that of another extension.
 */
#define PROGRESS_COMMAND_SYNASTRY	((ProgressCommandType) 0x53594e41)

StaticAssertDecl(sizeof(ProgressCommandType) >= 4, "ProgressCommandType is too small");

/* What the slot's parameters are; others may be added at the end */
enum
{
	PARAM_SERIAL,				/* 0 between start and first report */
	PARAM_COMMAND,
	PARAM_PHASE,
	PARAM_CHARTS_TOTAL,
	PARAM_CHARTS_DONE,
	PARAM_PAIRS_TOTAL,
	PARAM_PAIRS_DONE,
	PARAM_MEMORY,
	PARAM_PEAK_MEMORY,
	PARAMS
};

StaticAssertDecl(PARAMS <= PGSTAT_NUM_PROGRESS_PARAM, "more parameters than the slot has");

static const char *const command_names[] = {
	[PROGRESS_BATCH] = "BATCH",
	[PROGRESS_CROSS] = "CROSS"
};

static const char *const phase_names[] = {
	[PROGRESS_READING_LEFT] = "reading left",
	[PROGRESS_READING_RIGHT] = "reading right",
	[PROGRESS_COMPUTING] = "computing",
	[PROGRESS_RETURNING] = "returning"
};

/* the last batch of this backend */
static int64 last_serial = 0;

static bool
slot_is_empty(void)
{
	return MyBEEntry->st_progress_command == PROGRESS_COMMAND_INVALID;
}

/* An outer or inner batch has the same command, but another serial */
static bool
slot_is_ours(const Progress *progress)
{
	return MyBEEntry->st_progress_command == PROGRESS_COMMAND_SYNASTRY &&
		MyBEEntry->st_progress_param[PARAM_SERIAL] == progress->serial;
}

/* Starts to report, unless another command does so in this backend */
void
progress_begin(Progress *progress, ProgressCommand command)
{
	*progress = (Progress)
	{
		.reporting = MyBEEntry != NULL && slot_is_empty(),
			.serial = ++last_serial,
			.command = command,
			.phase = PROGRESS_READING_LEFT,
			.charts_total = PROGRESS_UNKNOWN,
			.pairs_total = PROGRESS_UNKNOWN
	};
	progress_report(progress);
}

/* Publishes the fields, all at once */
void
progress_report(Progress *progress)
{
	static const int indexes[PARAMS] = {
		PARAM_SERIAL, PARAM_COMMAND, PARAM_PHASE,
		PARAM_CHARTS_TOTAL, PARAM_CHARTS_DONE,
		PARAM_PAIRS_TOTAL, PARAM_PAIRS_DONE,
		PARAM_MEMORY, PARAM_PEAK_MEMORY
	};
	const int64 values[PARAMS] = {
		[PARAM_SERIAL] = progress->serial,
		[PARAM_COMMAND] = progress->command,
		[PARAM_PHASE] = progress->phase,
		[PARAM_CHARTS_TOTAL] = progress->charts_total,
		[PARAM_CHARTS_DONE] = progress->charts_done,
		[PARAM_PAIRS_TOTAL] = progress->pairs_total,
		[PARAM_PAIRS_DONE] = progress->pairs_done,
		[PARAM_MEMORY] = progress->memory_bytes,
		[PARAM_PEAK_MEMORY] = progress->peak_memory_bytes
	};

	if (!progress->reporting)
		return;
	if (slot_is_empty())
		pgstat_progress_start_command(PROGRESS_COMMAND_SYNASTRY, InvalidOid);
	else if (!slot_is_ours(progress))
		return;
	pgstat_progress_update_multi_param(PARAMS, indexes, values);
}

/* Publishes again what a subtransaction's abort has cleared */
void
progress_restore(Progress *progress)
{
	if (progress->reporting && slot_is_empty())
		progress_report(progress);
}

/* Clears what we reported, and nothing else */
void
progress_end(Progress *progress)
{
	if (progress->reporting && slot_is_ours(progress))
		pgstat_progress_end_command();
	progress->reporting = false;
}

/*
 * synastry_progress(): a row for every batch that runs.  As in the server's
 * views of progress, all may know that it does, and those who may read that
 * role's statistics, how far it got.
 */
Datum
synastry_progress(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	int			backends = pgstat_fetch_stat_numbackends();

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 1; i <= backends; i++)
	{
		LocalPgBackendStatus *local = pgstat_get_local_beentry_by_index(i);
		const		PgBackendStatus *entry;
		const int64 *params;
		Datum		values[10];
		bool		nulls[10];

		if (local == NULL)
			continue;
		entry = &local->backendStatus;
		params = entry->st_progress_param;
		if (entry->st_progress_command != PROGRESS_COMMAND_SYNASTRY ||
			params[PARAM_SERIAL] == 0)
			continue;

		memset(nulls, true, sizeof(nulls));
		values[0] = Int32GetDatum(entry->st_procpid);
		values[1] = ObjectIdGetDatum(entry->st_databaseid);
		nulls[0] = nulls[1] = false;

		if (has_privs_of_role(GetUserId(), ROLE_PG_READ_ALL_STATS) ||
			has_privs_of_role(GetUserId(), entry->st_userid))
		{
			int64		command = params[PARAM_COMMAND];
			int64		phase = params[PARAM_PHASE];

			/* the other backend may run another release of the library */
			if (command >= 0 && command < lengthof(command_names))
			{
				values[2] = CStringGetTextDatum(command_names[command]);
				nulls[2] = false;
			}
			if (phase >= 0 && phase < lengthof(phase_names))
			{
				bool		one_query = (command == PROGRESS_BATCH &&
										 phase <= PROGRESS_READING_RIGHT);

				values[3] = CStringGetTextDatum(one_query ? "reading" : phase_names[phase]);
				nulls[3] = false;
			}
			for (int column = 4; column < lengthof(values); column++)
			{
				int64		value = params[PARAM_CHARTS_TOTAL + column - 4];

				values[column] = Int64GetDatum(value);
				nulls[column] = (value == PROGRESS_UNKNOWN);
			}
		}
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
