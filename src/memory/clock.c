/*
 * clock.c
 *    The clock's shared offset; see clock.h.
 */
#include "base/env.h"

#include "memory/clock.h"
#include "memory/region.h"

CacheClockShared *cache_clock;

bool
cache_clock_create(void)
{
	cache_clock = cache_region_carve(CACHE_PART_CLOCK, sizeof(CacheClockShared));
	return cache_clock != NULL;
}

void
cache_clock_attach(void)
{
	cache_clock = cache_region_part(CACHE_PART_CLOCK);
}
