/*
 * verify.c
 *    The accounting against a full walk; see verify.h.
 */
#include "base/env.h"

#include "keyspace/deadline.h"
#include "keyspace/keyspace.h"
#include "keyspace/type.h"
#include "keyspace/verify.h"
#include "memory/clock.h"

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

/* True if a link with this byte has the sweep look at the entry behind it by the time it is over. */
static bool
link_is_in_time(CacheSpaceShared *space, uint8 link, CacheEntryShared *entry)
{
	int64 deadline_ms = cache_entry_deadline(entry);
	int64 swept_ms = cache_atomic_get(&space->table.swept_ms);
	int64 now_ms = cache_clock_now_ms();

	/* what cannot be compared, the next pass looks at anyway */
	if (deadline_ms == 0 || !cache_due_comparable(swept_ms, now_ms))
		return true;
	/* a 255 is looked at in time by itself, and only stands for its like */
	if (link == CACHE_DUE_LATER)
		return deadline_ms - now_ms > INT64_C(60) << CACHE_DUE_FAR_SHIFT;
	return cache_due_time(link, swept_ms) <= Max(deadline_ms, now_ms);
}

static const char *
verify_chain(CacheSpaceShared *space, uint32 index, Totals *totals)
{
	CacheBucketShared *bucket = cache_table_bucket(&space->table, index);
	uint8 link = CACHE_DUE_NONE; /* what the bucket before says of this one */
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
		{
			if ((wrong = verify_entry(space, index, bucket, fill, totals)) != NULL)
				return wrong;
			if (!first && !link_is_in_time(space, link, cache_ref_ptr(bucket->ref[fill])))
				return "a link's deadline is later than one behind it";
		}
		for (int slot = fill; slot < slots; slot++)
			if (!cache_ref_is_none(bucket->ref[slot]))
				return "a bucket has a hole";
		for (int slot = fill; slot < slots; slot++)
			if (bucket->due[slot] != 0)
				return "a slot without an entry has a deadline";
		if (bucket->linked && fill != slots)
			return "a linked bucket is not full";
		if (!first && !bucket->linked && fill < 2)
			return "an overflow bucket is not worth its link";
		if (!bucket->linked)
			return NULL;
		link = bucket->due[CACHE_BUCKET_LINK];
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
