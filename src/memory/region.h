/*
 * region.h
 *    The one piece of shared memory: a header, fixed parts carved at creation, then the arena's pages.
 *
 *     | header | partitions | pins | counters | … | page descriptors | pages of 64 kB …             |
 *     '------------- carved once, in this order ---------------------'
 *
 * Created by the postmaster before any backend exists; nothing here is locked.
 */
#ifndef CACHE_MEMORY_REGION_H
#define CACHE_MEMORY_REGION_H

#include "memory/ref.h"
#include "memory/sync.h"

#define CACHE_REGION_MAGIC UINT64_C(0x43616368654D656D)
#define CACHE_REGION_LAYOUT 1 /* raised by every change of a shared layout */
#define CACHE_REGION_ALIGN 128

typedef enum CacheRegionPart
{
	CACHE_PART_CLOCK,
	CACHE_PART_PINS,
	CACHE_PART_COUNTERS,
	CACHE_PART_KEYSPACE,
	CACHE_PART_ARENA,
	CACHE_PARTS
} CacheRegionPart;

/* Lay a new region over size bytes at memory. Its parts are carved next, and the arena last. */
extern void cache_region_create(void *memory, Size size);

/* Map a region that another process created. False if its magic or layout is not this library's. */
extern bool cache_region_attach(void *memory);

/* Set bytes aside for a part, zeroed and aligned to a cache line; NULL if the region is too small. */
extern void *cache_region_carve(CacheRegionPart part, Size bytes);

/* The address of a carved part. */
extern void *cache_region_part(CacheRegionPart part);

extern Size cache_region_size(void);

/* Bytes carved so far. */
extern Size cache_region_carved(void);

#endif
