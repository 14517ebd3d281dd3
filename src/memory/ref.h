/*
 * ref.h
 *    Typed 32-bit references into the region.
 *
 * A reference counts granules from the region's start: 8 bytes each while the region is at most 32 GB,
 * 16 above, so that 32 bits reach 64 GB. Reference 0 is the region's header, and so means "none".
 */
#ifndef CACHE_MEMORY_REF_H
#define CACHE_MEMORY_REF_H

#include "base/env.h"

typedef struct CacheRef
{
	uint32 granule;
} CacheRef;

#define CACHE_REF_NONE ((CacheRef){ 0 })

/* Where the region is mapped: the same address in every process, set once at attach. */
typedef struct CacheMapping
{
	char *base;
	uint32 shift;    /* log2 of the granule's bytes */
	uint32 granules; /* in the whole region */
	uint32 first;    /* first granule that the arena hands out */
} CacheMapping;

extern CacheMapping cache_mapping;

static inline bool
cache_ref_is_none(CacheRef ref)
{
	return ref.granule == 0;
}

static inline bool
cache_ref_same(CacheRef a, CacheRef b)
{
	return a.granule == b.granule;
}

static inline void *
cache_ref_ptr(CacheRef ref)
{
	return cache_mapping.base + ((Size) ref.granule << cache_mapping.shift);
}

static inline CacheRef
cache_ref_of(const void *address)
{
	return (CacheRef){ (uint32) ((Size) ((const char *) address - cache_mapping.base) >>
								 cache_mapping.shift) };
}

/* True if size bytes from ref lie in the arena. For references read without a lock: such may be garbage. */
static inline bool
cache_ref_sane(CacheRef ref, Size size)
{
	return ref.granule >= cache_mapping.first && ref.granule < cache_mapping.granules &&
		   size <= (Size) (cache_mapping.granules - ref.granule) << cache_mapping.shift;
}

#endif
