/*
 * source.h
 *    Where a structure gets its blocks from and gives them back to.
 *
 * Structures know no keyspace and no eviction: whoever calls them hands in a source, which may evict to satisfy a
 * request, or be a plain arena in a test.
 */
#ifndef CACHE_MEMORY_SOURCE_H
#define CACHE_MEMORY_SOURCE_H

#include "memory/arena.h"

typedef struct CacheSource
{
	/* A movable block of at least size bytes with its first byte 0, or NONE. */
	CacheRef (*alloc)(struct CacheSource *source, Size size);
	uint32 shard;
} CacheSource;

#endif
