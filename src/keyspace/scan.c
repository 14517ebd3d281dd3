/*
 * scan.c
 *    One bucket at a time; see scan.h for why no key is missed.
 */
#include "base/env.h"

#include "base/bits.h"
#include "keyspace/scan.h"
#include "memory/clock.h"

/* Bits of the hash that decide that an entry is in this bucket, in a table of so many. */
static int
bits_of(uint32 buckets, uint32 index)
{
	int level = cache_bits_log2_floor(buckets);
	uint32 half = 1u << level;

	/* buckets that were split, and those that came of it, are told apart by one bit more */
	return index < buckets - half || index >= half ? level + 1 : level;
}

bool
cache_scan_step(CacheDatabaseShared *database, uint64 *position, CacheScanVisit visit, void *state)
{
	CacheSpaceShared *space = cache_space_resolve(database);
	uint64 hash = cache_bits_reverse(*position);
	uint32 partition = cache_partition_of(hash);
	int64 now_ms = cache_clock_now_ms();
	uint64 next = 0;

	if (space == NULL)
	{
		*position = 0;
		return false;
	}
	cache_race_point();
	cache_partition_lock_shared(partition);
	/* the descriptor may have become another database's before the lock was ours */
	if (cache_space_resolve(database) == space)
	{
		uint32 buckets = cache_table_buckets(&space->table);
		uint32 index = cache_table_index(buckets, hash);
		int bits = bits_of(buckets, index);

		for (CacheBucketShared *bucket = cache_table_bucket(&space->table, index); bucket != NULL;
			 bucket = cache_bucket_next(bucket))
			for (int slot = 0; slot < CACHE_BUCKET_SLOTS - bucket->linked; slot++)
			{
				CacheEntryShared *entry;
				int64 deadline_ms;

				if (cache_ref_is_none(bucket->ref[slot]))
					break;
				entry = cache_ref_ptr(bucket->ref[slot]);
				deadline_ms = cache_entry_deadline(entry);
				if (deadline_ms == 0 || deadline_ms > now_ms)
					visit(entry, state);
			}
		/* the end of the bucket's range of reversed hashes; 0 when it wraps after the last */
		next = ((*position >> (64 - bits)) + 1) << (64 - bits);
	}
	cache_partition_unlock(partition);
	*position = next;
	return next != 0;
}
