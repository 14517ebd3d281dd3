/*
 * pins.c
 *    The lines of all backends, and the remover's question; see pins.h.
 */
#include "base/env.h"

#include "memory/pins.h"
#include "memory/region.h"

typedef struct PinTableShared
{
	uint32 backends;
	CachePinsShared lines[FLEXIBLE_ARRAY_MEMBER];
} PinTableShared;

CACHE_PER_BACKEND CachePinsShared *cache_pins_mine;

static PinTableShared *table;

bool
cache_pins_create(uint32 backends)
{
	table = cache_region_carve(CACHE_PART_PINS, offsetof(PinTableShared, lines) +
													backends * sizeof(CachePinsShared));
	if (table == NULL)
		return false;
	table->backends = backends;
	return true;
}

void
cache_pins_attach(void)
{
	table = cache_region_part(CACHE_PART_PINS);
}

void
cache_pins_leave(void)
{
	if (cache_pins_mine == NULL)
		return;
	for (int use = 0; use < CACHE_PIN_USES; use++)
		cache_unpin(use);
	cache_pins_mine = NULL;
}

void
cache_pins_join(uint32 backend)
{
	Assert(backend < table->backends);
	cache_pins_mine = &table->lines[backend];
	for (int use = 0; use < CACHE_PIN_USES; use++)
		cache_unpin(use);
}

bool
cache_pins_holds(CacheRef block)
{
	cache_fence_full();
	for (uint32 i = 0; i < table->backends; i++)
		for (int use = 0; use < CACHE_PIN_USES; use++)
			if (cache_atomic_acquire(&table->lines[i].pinned[use]) == block.granule)
				return true;
	cache_race_point();
	return false;
}
