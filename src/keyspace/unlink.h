/*
 * unlink.h
 *    Removing an entry that was found by its place rather than by its key: by eviction, expiry and purges.
 */
#ifndef CACHE_KEYSPACE_UNLINK_H
#define CACHE_KEYSPACE_UNLINK_H

#include "keyspace/space.h"

/* Why an entry goes; the counter that counts it. */
typedef enum CacheUnlinkReason
{
	CACHE_UNLINK_EVICT,
	CACHE_UNLINK_EXPIRE,
	CACHE_UNLINK_PURGE
} CacheUnlinkReason;

/*
 * Remove the entry at a spot and free it. Returns the bytes it held. Caller holds the partition lock; the hash is
 * any that leads to the chain.
 */
extern uint64 cache_unlink_spot(CacheSpaceShared *space, uint64 hash, CacheSpot spot,
								CacheUnlinkReason reason);

#endif
