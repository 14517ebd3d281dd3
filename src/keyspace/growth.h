/*
 * growth.h
 *    When and under which locks a table splits or merges a bucket.
 */
#ifndef CACHE_KEYSPACE_GROWTH_H
#define CACHE_KEYSPACE_GROWTH_H

#include "keyspace/space.h"

/* Split up to two buckets if the table is over its load; called after an insertion, with no partition lock. */
extern void cache_growth_after_insert(CacheSpaceShared *space, uint64 hash);

/*
 * Split until the table has room for `extra` more entries, as far as memory goes and nothing interrupts: for those who
 * insert many under one lock, since a chain of theirs would cost its square. No partition lock.
 */
extern void cache_growth_before_inserts(CacheSpaceShared *space, uint64 extra);

/* Merge up to `buckets` of them if the table is far below its load; true if any was. No partition lock. */
extern bool cache_growth_shrink(CacheSpaceShared *space, uint32 buckets);

#endif
