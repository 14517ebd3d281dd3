/*
 * startup.h
 *    Making the region when the server starts, and finding it in each process.
 */
#ifndef CACHE_FACES_SERVER_STARTUP_H
#define CACHE_FACES_SERVER_STARTUP_H

#include "postgres.h"

#include "datatype/timestamp.h"

/* The library's version; the extension's in cache.control is the same, which a test compares. */
#define CACHE_VERSION "1.0"

typedef enum CacheStartupState
{
	CACHE_STARTUP_ABSENT,   /* not preloaded: there is no region */
	CACHE_STARTUP_MISMATCH, /* another version of the library made it */
	CACHE_STARTUP_READY
} CacheStartupState;

/* In this process. */
extern CacheStartupState cache_startup_state;

/* Install the hooks that ask for shared memory and lay it out. */
extern void cache_startup_install(void);

/* When the region was made. */
extern TimestampTz cache_startup_time(void);

#endif
