/*
 * growth.h
 *    When and under which locks a table splits or merges a bucket.
 */
#ifndef CACHE_KEYSPACE_GROWTH_H
#define CACHE_KEYSPACE_GROWTH_H

#include "keyspace/space.h"

/* Split up to two buckets if the table is over its load; called after an insertion, with no partition lock. */
extern void cache_growth_after_insert(CacheSpaceShared *space, uint64 hash);

/* Merge up to `buckets` of them if the table is far below its load; true if any was. No partition lock. */
extern bool cache_growth_shrink(CacheSpaceShared *space, uint32 buckets);

#endif
