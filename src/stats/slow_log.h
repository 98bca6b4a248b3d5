/*
 * slow_log.h
 *		A line of JSON in the server log for each slow operation.
 */
#ifndef SYNASTRY_SLOW_LOG_H
#define SYNASTRY_SLOW_LOG_H

#include "stats/stats.h"

extern void log_slow_operation(const StatCall *call, uint64 nanoseconds);

#endif							/* SYNASTRY_SLOW_LOG_H */
