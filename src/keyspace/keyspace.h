/*
 * keyspace.h
 *    The whole cache in one region: creating it, attaching to it, and what all its rooms share.
 */
#ifndef CACHE_KEYSPACE_KEYSPACE_H
#define CACHE_KEYSPACE_KEYSPACE_H

#include "base/hash.h"
#include "keyspace/limbo.h"
#include "keyspace/partition.h"
#include "keyspace/space.h"

typedef struct CacheKeyspaceShared
{
	uint64 seed; /* of all hashes: random at each start, against floods of chosen keys */
	CacheLimboShared limbo;
	CachePartitionShared partitions[CACHE_PARTITIONS];
	CacheSpacesShared spaces;
} CacheKeyspaceShared;

extern CacheKeyspaceShared *cache_keyspace;

/* The least size of a region for so many backends. */
extern Size cache_keyspace_least(uint32 backends);

/* Lay out a new cache in size bytes at memory (aligned to CACHE_REGION_ALIGN). False if the region is too small. */
extern bool cache_keyspace_create(void *memory, Size size, uint32 backends, uint64 seed);

/* Use a region that another process created. False if it was laid out by another version of the library. */
extern bool cache_keyspace_attach(void *memory);

/* Join as a backend: its number is unique among the living and below the `backends` of creation. Leave at exit. */
extern void cache_keyspace_join(uint32 backend);
extern void cache_keyspace_leave(void);

static inline uint64
cache_keyspace_hash(CacheSlice key)
{
	return cache_hash_slice(key, cache_keyspace->seed);
}

#endif
