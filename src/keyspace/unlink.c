/*
 * unlink.c
 *    The one way out of a table for entries that nobody named; see unlink.h.
 */
#include "base/env.h"

#include "keyspace/limbo.h"
#include "keyspace/type.h"
#include "keyspace/unlink.h"
#include "memory/counters.h"

uint64
cache_unlink_spot(CacheSpaceShared *space, uint64 hash, CacheSpot spot, CacheUnlinkReason reason)
{
	uint32 partition = cache_partition_of(hash);
	CacheRef block = spot.bucket->ref[spot.slot];
	CacheEntryShared *entry = cache_ref_ptr(block);
	uint64 bytes = cache_entry_memory(entry);
	CacheRef freed;

	cache_partition_begin(partition);
	freed = cache_table_remove(&space->table, hash, spot);
	cache_partition_end(partition);
	cache_space_count_entry(space, hash, -1, -(int64) bytes,
							cache_entry_deadline(entry) != 0 ? -1 : 0);
	cache_limbo_add_block(freed);
	cache_entry_discard(block);

	if (reason == CACHE_UNLINK_EVICT)
		cache_count(CACHE_COUNT_EVICTED);
	else if (reason == CACHE_UNLINK_EXPIRE)
		cache_count(CACHE_COUNT_EXPIRED);
	return bytes;
}
