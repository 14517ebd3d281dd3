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
#include "storage/proc.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

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

/* Before a declaration: the function does not return. */
#if PG_VERSION_NUM >= 180000
#define CACHE_NORETURN pg_noreturn
#else
#define CACHE_NORETURN pg_attribute_noreturn()
#endif

/* This process's number, unique among the living: below MaxBackends + NUM_AUXILIARY_PROCS. */
static inline uint32
cache_compat_backend(void)
{
#if PG_VERSION_NUM >= 170000
	return (uint32) MyProcNumber;
#else
	return (uint32) MyProc->pgprocno;
#endif
}

/* A wait event of this name; before 17 all extensions share one. To be kept: it is looked up in shared memory. */
static inline uint32
cache_compat_wait_event(const char *name)
{
#if PG_VERSION_NUM >= 170000
	return WaitEventExtensionNew(name);
#else
	return PG_WAIT_EXTENSION;
#endif
}

/* Intervals are infinite from 17 on: 1, -1, or 0 for a finite one. */
static inline int
cache_compat_interval_infinite(const Interval *interval)
{
#if PG_VERSION_NUM >= 170000
	return INTERVAL_IS_NOEND(interval) ? 1 : INTERVAL_IS_NOBEGIN(interval) ? -1 : 0;
#else
	return 0;
#endif
}

#endif
