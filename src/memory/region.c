/*
 * region.c
 *    The region's header and its fixed parts; see region.h for the layout.
 */
#include "base/env.h"

#include "memory/region.h"

typedef struct RegionShared
{
	uint64 magic;
	uint32 layout;
	uint32 shift;
	uint64 size;
	uint64 carved;
	uint64 first; /* offset of the first arena page */
	uint64 parts[CACHE_PARTS];
} RegionShared;

CacheMapping cache_mapping;

#ifdef CACHE_CHECK_RANKS
CACHE_PER_BACKEND uint16 cache_ranks_held[CACHE_RANKS];
#endif

static RegionShared *
header(void)
{
	return (RegionShared *) cache_mapping.base;
}

static void
map(void *memory)
{
	RegionShared *region = memory;

	cache_mapping.base = memory;
	cache_mapping.shift = region->shift;
	cache_mapping.granules = (uint32) (region->size >> region->shift);
	cache_mapping.first = (uint32) (region->first >> region->shift);
}

void
cache_region_create(void *memory, Size size)
{
	RegionShared *region = memory;

	Assert(((uintptr_t) memory & (CACHE_REGION_ALIGN - 1)) == 0);
	memset(region, 0, sizeof(*region));
	region->magic = CACHE_REGION_MAGIC;
	region->layout = CACHE_REGION_LAYOUT;
	/* 32 bits of 8-byte granules reach 32 GB; the very last granule is left out so that counts fit */
	region->shift = size < ((Size) 1 << 35) ? 3 : 4;
	region->size = Min(size, ((Size) UINT32_MAX << region->shift));
	region->first = region->size;
	region->carved = sizeof(*region);
	map(memory);
}

bool
cache_region_attach(void *memory)
{
	const RegionShared *region = memory;

	if (region->magic != CACHE_REGION_MAGIC || region->layout != CACHE_REGION_LAYOUT)
		return false;
	map(memory);
	return true;
}

void *
cache_region_carve(CacheRegionPart part, Size bytes)
{
	RegionShared *region = header();
	Size start = (region->carved + CACHE_REGION_ALIGN - 1) & ~((Size) CACHE_REGION_ALIGN - 1);

	if (bytes > region->size || start > region->size - bytes)
		return NULL;
	region->parts[part] = start;
	region->carved = start + bytes;
	/* the arena is carved last: what follows it is pages */
	if (part == CACHE_PART_ARENA)
	{
		region->first = region->carved;
		cache_mapping.first = (uint32) (region->first >> region->shift);
	}
	memset(cache_mapping.base + start, 0, bytes);
	return cache_mapping.base + start;
}

void *
cache_region_part(CacheRegionPart part)
{
	return cache_mapping.base + header()->parts[part];
}

Size
cache_region_size(void)
{
	return header()->size;
}

Size
cache_region_carved(void)
{
	return header()->carved;
}
