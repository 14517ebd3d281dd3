/*
 * partition.h
 *    128 stripes over all tables: each has a lock for writers and a version for readers without a lock.
 *
 * A key's partition is the low seven bits of its hash, whatever its space; a table never has fewer buckets than that, so
 * all entries of one bucket are of one partition. Writers of several partitions lock them in ascending order.
 */
#ifndef CACHE_KEYSPACE_PARTITION_H
#define CACHE_KEYSPACE_PARTITION_H

#include "memory/sync.h"

#define CACHE_PARTITIONS 128

typedef struct CachePartitionShared
{
	_Alignas(64) CacheLock lock;
	_Alignas(64) CacheAtomic32 version;
} CachePartitionShared;

extern CachePartitionShared *cache_partitions;

static inline uint32
cache_partition_of(uint64 hash)
{
	return (uint32) (hash & (CACHE_PARTITIONS - 1));
}

static inline void
cache_partition_lock(uint32 partition)
{
	cache_lock_exclusive(&cache_partitions[partition].lock);
}

static inline void
cache_partition_lock_shared(uint32 partition)
{
	cache_lock_shared(&cache_partitions[partition].lock);
}

static inline void
cache_partition_unlock(uint32 partition)
{
	cache_lock_release(&cache_partitions[partition].lock);
}

/*
 * Set while one change spans several partitions, all of which are odd from its beginning to its end: what it consists of
 * begins and ends nothing by itself. See cache_holds_begin.
 */
extern CACHE_PER_BACKEND bool cache_partition_spanning;

/* Begin and end a change that readers must not see half of. Caller holds the lock; nothing between may throw. */
static inline void
cache_partition_begin(uint32 partition)
{
	Assert(cache_lock_held(&cache_partitions[partition].lock));
	if (cache_partition_spanning)
		return;
	cache_critical_begin();
	cache_version_begin(&cache_partitions[partition].version);
}

static inline void
cache_partition_end(uint32 partition)
{
	if (cache_partition_spanning)
		return;
	cache_version_end(&cache_partitions[partition].version);
	cache_critical_end();
}

#endif
