/*
 * stop.h
 *    Places where a test may make a backend wait, fail or die: CACHE_STOP_POINT("name").
 *
 * The setting cache.stop_point arms them by name ('call_before:wait, call_after:error'; faces/server/stop.c says what
 * the actions are). Disarmed, a point is one test of a process-local flag. A point may only stand where no lock is held
 * and no critical section runs: reaching an armed one elsewhere is an error. Standalone programs have none.
 */
#ifndef CACHE_BASE_STOP_H
#define CACHE_BASE_STOP_H

#include "base/env.h"

#include "base/status.h"

#ifndef CACHE_STANDALONE

/* Whether any point is armed in this process. */
extern bool cache_stop_armed;

/* Do what the setting says about this point, if anything. May throw. */
extern void cache_stop_reached(const char *name);

/*
 * The same for the rooms where failure is a value: never throws. An error is CACHE_FULL, as if memory had run out at this
 * place; a cancel or a termination is CACHE_INTERRUPTED, and so is one that came while the backend waited here.
 */
extern CacheStatus cache_stop_status(const char *name);

#define CACHE_STOP_STATUS(name) (unlikely(cache_stop_armed) ? cache_stop_status(name) : CACHE_OK)

#define CACHE_STOP_POINT(name)                                                                     \
	do                                                                                             \
	{                                                                                              \
		if (unlikely(cache_stop_armed))                                                            \
			cache_stop_reached(name);                                                              \
	} while (0)

#else

#define CACHE_STOP_POINT(name) ((void) 0)
#define CACHE_STOP_STATUS(name) (CACHE_OK)

#endif

#endif
