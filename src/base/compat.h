/*
 * compat.h
 *    The differences between PostgreSQL 15 and 18. No other file tests PG_VERSION_NUM.
 *
 * Only files that belong to the server's side (src/cache.c, faces, coherence, durability) include this.
 */
#ifndef CACHE_BASE_COMPAT_H
#define CACHE_BASE_COMPAT_H

#include "postgres.h"

#include "fmgr.h"

#if PG_VERSION_NUM < 150000
#error "cache needs PostgreSQL 15 or newer"
#endif

/*
 * An SQL-callable function. The module is compiled with hidden visibility; before 16 PG_FUNCTION_INFO_V1
 * exports the info function but leaves the function itself to the module.
 */
#define CACHE_FUNCTION(name)                                                                       \
	extern PGDLLEXPORT Datum name(PG_FUNCTION_ARGS);                                               \
	PG_FUNCTION_INFO_V1(name);                                                                     \
	Datum name(PG_FUNCTION_ARGS)

#endif
