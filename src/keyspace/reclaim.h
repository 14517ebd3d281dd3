/*
 * reclaim.h
 *    Memory for writers: from the arena, and when that has none, made free.
 *
 * In order: blocks that wait in limbo, what dead spaces hold, entries by their policy; and whenever a page's worth
 * has come free in classes that the writer does not want, a sparse page is emptied by moving its blocks together.
 * A write fails only when nothing is left to evict.
 */
#ifndef CACHE_KEYSPACE_RECLAIM_H
#define CACHE_KEYSPACE_RECLAIM_H

#include "base/status.h"
#include "keyspace/space.h"
#include "memory/source.h"

/*
 * A movable block of at least size bytes. CACHE_FULL, CACHE_INTERRUPTED (something may have been evicted, nothing is
 * held), or CACHE_OK. No lock may be held.
 */
extern CacheStatus cache_reclaim_block(uint32 shard, Size size, CacheRef *block);

/* The same for the largest block of a fixed page, which segments and index blocks are. */
extern CacheStatus cache_reclaim_table_block(uint32 shard, CacheRef *block);

/* The database's space, made with this policy if it has none. CACHE_FULL, CACHE_INTERRUPTED or CACHE_OK. */
extern CacheStatus cache_reclaim_space(CacheDatabaseShared *database, CachePolicyId policy,
									   CacheSpaceShared **space);

/* The same for an overflow bucket. */
extern CacheStatus cache_reclaim_bucket(uint32 shard, CacheRef *block);

/* A source whose allocations reclaim; its status says why one failed. */
typedef struct CacheReclaimSource
{
	CacheSource source;
	CacheStatus status;
} CacheReclaimSource;

extern void cache_reclaim_source_init(CacheReclaimSource *source, uint32 shard);

/* A source for use under a partition lock: takes what is free and reclaims nothing. */
extern void cache_arena_source_init(CacheSource *source, uint32 shard);

/*
 * Empty one sparse page of a shard, if a class has a page's worth of free slots; true if a page came free.
 * Bounded by one page's blocks, each moved under its own partition's lock.
 */
extern bool cache_reclaim_page(uint32 shard);

/* Free a bounded part of what dead spaces hold; true if there was any. */
extern bool cache_reclaim_dead(void);

#endif
