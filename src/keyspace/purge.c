/*
 * purge.c
 *    From a dead space to a free one; see purge.h.
 *
 * One process purges a space at a time, under its growth lock, and leaves where it got to in the descriptor. Every
 * bucket is emptied under its partition's lock, which raises that partition's version, also when it was empty: a reader
 * that resolved the space before it died cannot believe anything it reads of the table after that.
 */
#include "base/env.h"

#include "keyspace/keyspace.h"
#include "keyspace/purge.h"
#include "keyspace/unlink.h"

static void
empty_bucket(CacheSpaceShared *space, uint32 index)
{
	CacheBucketShared *bucket = cache_table_bucket(&space->table, index);
	uint32 partition = cache_partition_of(index);

	cache_partition_lock(partition);
	while (!cache_ref_is_none(bucket->ref[0]))
		cache_unlink_spot(space, index, (CacheSpot){ bucket, 0 }, CACHE_UNLINK_PURGE);
	cache_partition_begin(partition);
	cache_partition_end(partition);
	cache_partition_unlock(partition);
}

/* Growth lock held. True if the space is purged. */
static bool
purge_some(CacheSpaceShared *space, uint32 steps)
{
	uint32 buckets = cache_table_buckets(&space->table);

	while (steps-- > 0 && space->purge_bucket < buckets)
		empty_bucket(space, space->purge_bucket++);
	if (space->purge_bucket < buckets)
		return false;
	cache_table_dismantle(&space->table, cache_limbo_add_block);
	return true;
}

bool
cache_purge_step(uint32 buckets)
{
	uint32 end = cache_atomic_acquire(&cache_spaces->spaces_end);
	bool worked = false;

	if (cache_atomic_get(&cache_spaces->dead) == 0)
		return false;
	for (uint32 id = 0; id < end && !worked; id++)
	{
		CacheSpaceShared *space = cache_space_by_id(id);

		if (cache_atomic_acquire(&space->state) != CACHE_SPACE_DEAD ||
			!cache_lock_try(&space->growth))
			continue;
		if (cache_atomic_acquire(&space->state) == CACHE_SPACE_DEAD)
		{
			worked = true;
			if (purge_some(space, buckets))
				cache_space_release(space);
		}
		cache_lock_release(&space->growth);
	}
	return worked;
}
