/*
 * keyspace.c
 *    Laying out and attaching to the region; see keyspace.h.
 */
#include "base/env.h"

#include "keyspace/keyspace.h"
#include "memory/clock.h"
#include "memory/counters.h"
#include "memory/pins.h"
#include "memory/region.h"

CacheKeyspaceShared *cache_keyspace;
CachePartitionShared *cache_partitions;
CACHE_PER_BACKEND bool cache_partition_spanning;

static void
point_at(CacheKeyspaceShared *keyspace)
{
	cache_keyspace = keyspace;
	cache_partitions = keyspace->partitions;
	cache_spaces = &keyspace->spaces;
	cache_limbo = &keyspace->limbo;
}

Size
cache_keyspace_least(uint32 backends)
{
	Size fixed = sizeof(CacheKeyspaceShared) + sizeof(CacheClockShared) +
				 (backends + 1) * (sizeof(CachePinsShared) + sizeof(CacheCountersShared)) +
				 (CACHE_PARTS + 2) * 2 * CACHE_REGION_ALIGN;

	return cache_arena_least(fixed);
}

bool
cache_keyspace_create(void *memory, Size size, uint32 backends, uint64 seed)
{
	CacheKeyspaceShared *keyspace;

	if (size < cache_keyspace_least(backends))
		return false;
	cache_region_create(memory, size);
	keyspace = cache_region_carve(CACHE_PART_KEYSPACE, sizeof(CacheKeyspaceShared));
	if (keyspace == NULL || !cache_clock_create() || !cache_pins_create(backends) ||
		!cache_counters_create(backends) || !cache_arena_create())
		return false;
	point_at(keyspace);
	keyspace->seed = seed;
	cache_lock_init(&keyspace->limbo.lock, CACHE_RANK_LIMBO);
	cache_lock_init(&keyspace->spaces.registry, CACHE_RANK_REGISTRY);
	for (int i = 0; i < CACHE_PARTITIONS; i++)
		cache_lock_init(&cache_partitions[i].lock, CACHE_RANK_PARTITION);
	return true;
}

bool
cache_keyspace_attach(void *memory)
{
	if (!cache_region_attach(memory))
		return false;
	point_at(cache_region_part(CACHE_PART_KEYSPACE));
	cache_clock_attach();
	cache_pins_attach();
	cache_counters_attach();
	cache_arena_attach();
	return true;
}

void
cache_keyspace_join(uint32 backend)
{
	cache_pins_join(backend);
	cache_counters_join(backend);
}

void
cache_keyspace_leave(void)
{
	cache_pins_leave();
}
