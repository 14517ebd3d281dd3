/*
 * relocate.c
 *    From a block's own bytes to whoever refers to it, and a new place for it; see relocate.h.
 *
 * A block says who owns it: an entry by its space and key, a block of a large value by its space and its owner's hash. That
 * is read without a lock and may be stale; under the partition lock the owner's reference either leads to the block,
 * and then everything is as it says, or it does not, and the block is left alone.
 */
#include "base/env.h"

#include "keyspace/keyspace.h"
#include "keyspace/relocate.h"
#include "keyspace/type.h"
#include "memory/counters.h"
#include "memory/pins.h"

/* Who owns the block, by its own account. False if that makes no sense. */
static bool
owner_of(CacheRef block, CacheSpaceShared **space, uint64 *hash)
{
	const CacheChunkShared *chunk = cache_ref_ptr(block);
	uint8 kind = *(const volatile uint8 *) &chunk->kind;

	if (kind == CACHE_KIND_CHUNK)
	{
		*space = cache_space_by_id(chunk->space);
		*hash = chunk->hash;
	}
	else if (cache_kind_is_entry(kind))
	{
		CacheEntryShared *entry = cache_ref_ptr(block);
		Size key_len = *(volatile uint16 *) &entry->key_len;
		Size before =
			CACHE_ENTRY_HEADER + cache_entry_prefix(entry, *(volatile uint8 *) &entry->flags);

		if (before + key_len > cache_arena_block_size(block))
			return false;
		*space = cache_space_by_id(entry->space);
		*hash = cache_keyspace_hash(cache_slice((char *) entry + before, key_len));
	}
	else
		return false;
	return *space != NULL;
}

/* The slot of the entry that is the block, or whose value owns it. False if there is none. Partition lock held. */
static bool
find_owner(CacheSpaceShared *space, uint64 hash, CacheRef block, CacheSpot *spot)
{
	uint32 buckets = cache_table_buckets(&space->table);

	if (cache_kind_is_entry(*(uint8 *) cache_ref_ptr(block)))
		return cache_table_find_ref(&space->table, hash, block, spot);
	for (CacheBucketShared *bucket =
			 cache_table_bucket(&space->table, cache_table_index(buckets, hash));
		 bucket != NULL; bucket = cache_bucket_next(bucket))
		for (int slot = 0; slot < CACHE_BUCKET_SLOTS - bucket->linked; slot++)
		{
			CacheEntryShared *entry;

			if (cache_ref_is_none(bucket->ref[slot]))
				return false;
			entry = cache_ref_ptr(bucket->ref[slot]);
			if (bucket->tag[slot] == cache_table_tag(hash) && (entry->flags & CACHE_ENTRY_BLOCKS) &&
				cache_entry_ops(entry)->owns(entry, block))
			{
				*spot = (CacheSpot){ bucket, slot };
				return true;
			}
		}
	return false;
}

/* Refer to the copy instead of the block. False if a reader has it pinned. Between _begin and _end. */
static bool
refer_to_copy(CacheSpot spot, CacheRef block, CacheRef copy, Size size)
{
	CacheEntryShared *owner = cache_ref_ptr(spot.bucket->ref[spot.slot]);

	if (cache_ref_same(spot.bucket->ref[spot.slot], block))
	{
		/* whoever has the entry's blocks pinned does not look at the entry any more */
		memcpy(cache_ref_ptr(copy), cache_ref_ptr(block), size);
		spot.bucket->ref[spot.slot] = copy;
		return true;
	}
	if (cache_pins_holds(cache_entry_ops(owner)->pin(owner)))
		return false;
	memcpy(cache_ref_ptr(copy), cache_ref_ptr(block), size);
	return cache_entry_ops(owner)->replace(owner, block, copy);
}

bool
cache_relocate_block(CacheRef block)
{
	Size size = cache_arena_block_size(block);
	CacheSpaceShared *space;
	uint32 partition;
	CacheSpot spot;
	CacheRef copy;
	uint64 hash;
	bool moved = false;

	if (!owner_of(block, &space, &hash))
		return false;
	partition = cache_partition_of(hash);
	copy = cache_arena_alloc(partition, CACHE_PAGE_MOVABLE, size);
	if (cache_ref_is_none(copy))
		return false;
	cache_partition_lock(partition);
	if (cache_space_is_live(space) && find_owner(space, hash, block, &spot))
	{
		cache_partition_begin(partition);
		moved = refer_to_copy(spot, block, copy, size);
		cache_partition_end(partition);
	}
	cache_partition_unlock(partition);
	cache_arena_free(moved ? block : copy);
	if (moved)
		cache_count(CACHE_COUNT_RELOCATED);
	return moved;
}
