/*
 * clock.h
 *    Wall-clock time in milliseconds since 1970, cheap enough for every lookup.
 *
 * The kernel's coarse clock costs about 5 ns and is at most 4 ms old. Tests move time by an offset in the region
 * rather than by sleeping.
 */
#ifndef CACHE_MEMORY_CLOCK_H
#define CACHE_MEMORY_CLOCK_H

#include "memory/sync.h"

#include <time.h>

typedef struct CacheClockShared
{
	CacheAtomicCount offset_ms;
} CacheClockShared;

extern CacheClockShared *cache_clock;

extern bool cache_clock_create(void);
extern void cache_clock_attach(void);

static inline int64
cache_clock_now_ms(void)
{
	struct timespec now;

#ifdef CLOCK_REALTIME_COARSE
	clock_gettime(CLOCK_REALTIME_COARSE, &now);
#else
	clock_gettime(CLOCK_REALTIME, &now);
#endif
	return (int64) now.tv_sec * 1000 + now.tv_nsec / 1000000 +
		   cache_atomic_get(&cache_clock->offset_ms);
}

#endif
