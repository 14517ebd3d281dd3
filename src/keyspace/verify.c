/*
 * verify.c
 *    The accounting against a full walk; see verify.h.
 */
#include "base/env.h"

#include "keyspace/keyspace.h"
#include "keyspace/type.h"
#include "keyspace/verify.h"

typedef struct Totals
{
	uint64 entries;
	uint64 bytes;
	uint64 with_deadline;
	uint64 blocks; /* bytes of all blocks that belong to the space, the table's included */
} Totals;

static const char *
verify_entry(CacheSpaceShared *space, uint32 index, const CacheBucketShared *bucket, int slot,
			 Totals *totals)
{
	CacheRef ref = bucket->ref[slot];
	CacheEntryShared *entry = cache_ref_ptr(ref);
	uint64 memory;
	uint64 hash;

	if (!cache_ref_sane(ref, CACHE_BLOCK_MIN))
		return "a bucket refers outside the arena";
	if (!cache_kind_is_entry(entry->kind) || cache_entry_type(entry) >= CACHE_TYPES)
		return "a bucket refers to what is no entry";
	if (entry->space != space->id)
		return "an entry is in another space's table";
	if (cache_entry_room(entry) < entry->value_len)
		return "an entry is larger than its slot";
	hash = cache_keyspace_hash(cache_entry_key_slice(entry));
	if (cache_table_tag(hash) != bucket->tag[slot])
		return "a tag is not its key's";
	if (cache_table_index(cache_table_buckets(&space->table), hash) != index)
		return "an entry is in the wrong bucket";
	if ((cache_entry_deadline(entry) != 0) != (bucket->due[slot] != 0))
		return "a one-byte deadline contradicts the entry";
	memory = cache_entry_memory(entry);
	totals->entries++;
	totals->bytes += memory;
	totals->blocks += memory;
	totals->with_deadline += cache_entry_deadline(entry) != 0;
	return NULL;
}

static const char *
verify_chain(CacheSpaceShared *space, uint32 index, Totals *totals)
{
	CacheBucketShared *bucket = cache_table_bucket(&space->table, index);
	const char *wrong;

	if (bucket == NULL)
		return "a bucket has no segment";
	for (bool first = true;; first = false)
	{
		int slots = bucket->linked ? CACHE_BUCKET_LINK : CACHE_BUCKET_SLOTS;
		int fill = 0;

		if (!first)
			totals->blocks += sizeof(CacheBucketShared);
		for (; fill < slots && !cache_ref_is_none(bucket->ref[fill]); fill++)
			if ((wrong = verify_entry(space, index, bucket, fill, totals)) != NULL)
				return wrong;
		for (int slot = fill; slot < slots; slot++)
			if (!cache_ref_is_none(bucket->ref[slot]))
				return "a bucket has a hole";
		for (int slot = fill; slot < CACHE_BUCKET_SLOTS; slot++)
			if (bucket->due[slot] != 0)
				return "a slot without an entry has a deadline";
		if (bucket->linked && fill != slots)
			return "a linked bucket is not full";
		if (!first && !bucket->linked && fill < 2)
			return "an overflow bucket is not worth its link";
		if (!bucket->linked)
			return NULL;
		bucket = cache_bucket_next(bucket);
		if (bucket == NULL)
			return "a link leads nowhere";
	}
}

static uint64 counted_table_bytes;

static void
count_block(CacheRef block)
{
	counted_table_bytes += cache_arena_block_size(block);
}

static const char *
verify_space(CacheSpaceShared *space, uint64 *blocks)
{
	Totals totals = { 0 };
	CacheTableShared copy;

	for (uint32 i = 0; i < cache_table_buckets(&space->table); i++)
	{
		const char *wrong = verify_chain(space, i, &totals);

		if (wrong != NULL)
			return wrong;
	}
	if (totals.entries != cache_space_entries(space))
		return "a space miscounts its entries";
	if (totals.bytes != cache_space_bytes(space))
		return "a space miscounts its bytes";
	if (totals.with_deadline != cache_space_with_deadline(space))
		return "a space miscounts its deadlines";

	/* taking a copy of the table's root apart visits its blocks and leaves the table alone */
	cache_atomic_set(&copy.root, cache_atomic_get(&space->table.root));
	cache_atomic_set(&copy.buckets, 0);
	counted_table_bytes = 0;
	cache_table_dismantle(&copy, count_block);
	*blocks += totals.blocks + counted_table_bytes;
	return NULL;
}

const char *
cache_keyspace_verify(void)
{
	const char *wrong = cache_arena_verify();
	uint32 end = cache_atomic_get(&cache_spaces->spaces_end);
	uint64 blocks = cache_limbo_bytes();

	if (wrong != NULL)
		return wrong;
	for (uint32 id = 0; id < end; id++)
	{
		CacheSpaceShared *space = cache_space_by_id(id);

		blocks += cache_arena_round(sizeof(CacheSpaceShared));
		if (cache_atomic_get(&space->state) != CACHE_SPACE_FREE &&
			(wrong = verify_space(space, &blocks)) != NULL)
			return wrong;
	}
	return blocks == cache_arena_used_bytes() ? NULL : "memory is lost, or counted twice";
}
