/*
 * limbo.h
 *    Where unlinked blocks wait until no reader has them pinned, and large values until somebody frees them in steps.
 *
 * A list through the dead blocks themselves. Adding is O(1) and is done under partition locks; freeing is not. The
 * remover usually frees what it added right after it has let go of its locks; what was pinned, and what UNLINK
 * left on purpose, the maintenance worker frees.
 */
#ifndef CACHE_KEYSPACE_LIMBO_H
#define CACHE_KEYSPACE_LIMBO_H

#include "structure/blob.h"

typedef struct CacheLimboShared
{
	CacheLock lock;
	CacheRef head;
	CacheAtomic32 length;
	CacheAtomic32 draining; /* how many are freeing what they took from the list */
} CacheLimboShared;

extern CacheLimboShared *cache_limbo;

/* Retire a table block (a segment, an overflow bucket, an index): freed here and now unless it is pinned. */
extern void cache_limbo_add_block(CacheRef block);

/* Free an entry that is in no table; what its value owns goes to limbo. */
extern void cache_entry_discard(CacheRef block);

/* Retire a large value's tree. */
extern void cache_limbo_add_blob(CacheBlob blob);

static inline bool
cache_limbo_is_empty(void)
{
	return cache_atomic_get(&cache_limbo->length) == 0;
}

/* True if memory is on its way back: somebody frees it, or still reads it. */
static inline bool
cache_limbo_is_in_transit(void)
{
	return cache_atomic_acquire(&cache_limbo->draining) != 0 || !cache_limbo_is_empty();
}

/* Free what is not pinned. True if anything was freed. No partition lock may be held. */
extern bool cache_limbo_drain(void);

/* Slots and bytes that wait here. Quiescent use only. */
extern uint64 cache_limbo_bytes(void);

#endif
