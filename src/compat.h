/*
 * compat.h
 *		What differs between the PostgreSQL versions that we support, 15 to 18.
 *
 * The only place that asks for PG_VERSION_NUM.
 */
#ifndef SYNASTRY_COMPAT_H
#define SYNASTRY_COMPAT_H

#include "postgres.h"

#include "fmgr.h"
#include "nodes/nodes.h"

/*
 * Soft errors came with 16.  Before, an input function has no error context
 * and every error is thrown.
 */
#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#else
#define errsave(context, ...) \
	do { (void) (context); ereport(ERROR, __VA_ARGS__); } while (0)
#define ereturn(context, value, ...) \
	do { errsave(context, __VA_ARGS__); return value; } while (0)
#endif

/* 18 takes the name and version of a module */
#ifndef PG_MODULE_MAGIC_EXT
#define PG_MODULE_MAGIC_EXT(...) PG_MODULE_MAGIC
#endif

#endif							/* SYNASTRY_COMPAT_H */
