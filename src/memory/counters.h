/*
 * counters.h
 *    What happened, counted without contention: each backend slot adds in its own lines; views sum them.
 *
 * A slot's counts outlive its backend, and the next one in the slot goes on adding, so that sums never fall.
 * A reset is a baseline that the sums subtract, so that no backend's line is written by another.
 */
#ifndef CACHE_MEMORY_COUNTERS_H
#define CACHE_MEMORY_COUNTERS_H

#include "memory/sync.h"

typedef enum CacheCounter
{
	CACHE_COUNT_HITS,
	CACHE_COUNT_MISSES,
	CACHE_COUNT_SETS,
	CACHE_COUNT_DELETES,
	CACHE_COUNT_EXPIRED,
	CACHE_COUNT_EVICTED,
	CACHE_COUNT_REJECTED,  /* writes refused for lack of memory */
	CACHE_COUNT_RETRIES,   /* reads without a lock that had to start over */
	CACHE_COUNT_RELOCATED, /* blocks moved to empty sparse pages */
	CACHE_COUNTERS
} CacheCounter;

typedef struct CacheCountersShared
{
	_Alignas(128) CacheAtomic64 count[CACHE_COUNTERS];
} CacheCountersShared;

/* This process's lines; a spare shared by all that did not join. */
extern CACHE_PER_BACKEND CacheCountersShared *cache_counters_mine;

extern bool cache_counters_create(uint32 backends);
extern void cache_counters_attach(void);
extern void cache_counters_join(uint32 backend);

/* Sums over all backends since the last reset. */
extern void cache_counters_sum(uint64 sums[CACHE_COUNTERS]);
extern void cache_counters_reset(void);

/* Only this process writes its lines: no atomic add is needed, only stores that cannot tear. */
static inline void
cache_count_many(CacheCounter counter, uint64 n)
{
	CacheAtomic64 *count = &cache_counters_mine->count[counter];

	cache_atomic_set(count, cache_atomic_get(count) + n);
}

static inline void
cache_count(CacheCounter counter)
{
	cache_count_many(counter, 1);
}

#endif
