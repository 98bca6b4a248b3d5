/*
 * stats_file.h
 *		Statistics across clean restarts.
 */
#ifndef SYNASTRY_STATS_FILE_H
#define SYNASTRY_STATS_FILE_H

#include "postgres.h"

/*
 * In the postmaster, when shared memory is there: loads the file, unless it
 * was there before (found), and has it written when the server ends.
 */
extern void stat_file_startup(bool found);

#endif							/* SYNASTRY_STATS_FILE_H */
