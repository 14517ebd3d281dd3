/*
 * growth.c
 *    Splitting and merging buckets, one at a time.
 *
 * One process grows a table at a time; who finds another at it goes on without waiting. Splitting moves entries between
 * two buckets of one partition, so one partition lock suffices, and the new number of buckets is published before the
 * partition's version is even again: a reader that used the old number sees the version moved. If there is no memory
 * for a new segment, and none can be made, the table stays as it is, with longer chains.
 */
#include "base/env.h"

#include "base/bits.h"
#include "keyspace/deadline.h"
#include "keyspace/growth.h"
#include "keyspace/keyspace.h"
#include "keyspace/reclaim.h"
#include "memory/clock.h"

#define SPLITS_AT_ONCE 2
#define SPLITS_AHEAD 64
#define EXTEND_TRIES 4
#define SHRINK_LOAD 3 /* below so many entries a bucket a table shrinks */

/* Overflow buckets on their way from one chain to the other. */
typedef struct Spares
{
	CacheRef ref[2];
	int n;
} Spares;

static void
spares_add(Spares *spares, CacheRef ref)
{
	if (cache_ref_is_none(ref))
		return;
	if (spares->n < (int) lengthof(spares->ref))
		spares->ref[spares->n++] = ref;
	else
		cache_limbo_add_block(ref);
}

static void
spares_retire(Spares *spares)
{
	while (spares->n > 0)
		cache_limbo_add_block(spares->ref[--spares->n]);
}

/*
 * Entries of a chain have positions: eight in each linked bucket, up to nine in the last. A removal fills the hole with
 * the last entry and never changes the position of another, not even when it makes the chain a bucket shorter.
 */
static CacheSpot
spot_at(CacheTableShared *table, uint32 index, uint32 position)
{
	CacheBucketShared *bucket = cache_table_bucket(table, index);

	while (bucket->linked && position >= CACHE_BUCKET_LINK)
	{
		bucket = cache_bucket_next(bucket);
		position -= CACHE_BUCKET_LINK;
	}
	return (CacheSpot){ bucket, (int) position };
}

static uint32
chain_length(CacheTableShared *table, uint32 index)
{
	CacheBucketShared *bucket = cache_table_bucket(table, index);
	uint32 length = 0;

	for (; bucket->linked; bucket = cache_bucket_next(bucket))
		length += CACHE_BUCKET_LINK;
	for (int slot = 0; slot < CACHE_BUCKET_SLOTS && !cache_ref_is_none(bucket->ref[slot]); slot++)
		length++;
	return length;
}

/* A split hashes every key of a chain, which are anywhere in memory: ask for all of them at once. */
static void
prefetch_entries(CacheTableShared *table, uint32 index)
{
	for (const CacheBucketShared *bucket = cache_table_bucket(table, index); bucket != NULL;
		 bucket = cache_bucket_next(bucket))
		for (int slot = 0; slot < CACHE_BUCKET_SLOTS - bucket->linked; slot++)
			__builtin_prefetch(cache_ref_ptr(bucket->ref[slot]));
}

/* Move a slot from the chain of one hash to that of another. Between _begin and _end. */
static void
move_entry(CacheTableShared *table, uint64 from, CacheSpot spot, uint64 to, uint8 tag,
		   Spares *spares)
{
	CacheRef ref = spot.bucket->ref[spot.slot];
	uint8 mark = spot.bucket->mark[spot.slot];
	uint8 due = spot.bucket->due[spot.slot];
	CacheRef spare = CACHE_REF_NONE;

	spares_add(spares, cache_table_remove(table, from, spot));
	if (spares->n > 0)
		spare = spares->ref[--spares->n];
	cache_table_insert(table, (to & UINT32_MAX) | (uint64) tag << 56, ref, mark, due, &spare);
	spares_add(spares, spare);
}

/*
 * Two chains never take more overflow buckets than the one that held the same entries, so a split needs no memory.
 * From the last position to the first, what fills a hole has been looked at already.
 */
static void
split(CacheSpaceShared *space, uint32 buckets)
{
	CacheTableShared *table = &space->table;
	uint32 source = buckets - (1u << cache_bits_log2_floor(buckets));
	uint32 partition = cache_partition_of(source);
	Spares spares = { .n = 0 };

	cache_partition_lock(partition);
	prefetch_entries(table, source);
	cache_partition_begin(partition);
	cache_atomic_release(&table->buckets, buckets + 1);
	for (uint32 position = chain_length(table, source); position-- > 0;)
	{
		CacheSpot spot = spot_at(table, source, position);
		CacheEntryShared *entry = cache_ref_ptr(spot.bucket->ref[spot.slot]);
		uint64 hash = cache_keyspace_hash(cache_entry_key_slice(entry));

		if (cache_table_index(buckets + 1, hash) != source)
			move_entry(table, source, spot, buckets, cache_table_tag(hash), &spares);
	}
	cache_partition_end(partition);
	cache_partition_unlock(partition);
	spares_retire(&spares);
}

/* The reverse: the last bucket's entries go back to where they came from. False if there is no memory for it. */
static bool
merge(CacheSpaceShared *space, uint32 buckets)
{
	CacheTableShared *table = &space->table;
	uint32 last = buckets - 1;
	uint32 target = last - (1u << cache_bits_log2_floor(last));
	uint32 partition = cache_partition_of(last);
	int64 now_ms = cache_clock_now_ms();
	Spares spares = { .n = 0 };

	/* one chain may take an overflow bucket more than the two did, and one more while the last is half empty */
	while (spares.n < (int) lengthof(spares.ref))
	{
		CacheRef spare = cache_bucket_alloc(space->id);

		if (cache_ref_is_none(spare))
		{
			spares_retire(&spares);
			return false;
		}
		spares.ref[spares.n++] = spare;
	}

	cache_partition_lock(partition);
	cache_partition_begin(partition);
	for (uint32 position = chain_length(table, last); position-- > 0;)
	{
		CacheSpot spot = spot_at(table, last, position);

		/* a sweep may be past the target's place: it looks at the entry in its next pass */
		if (spot.bucket->due[spot.slot] != CACHE_DUE_NONE)
			spot.bucket->due[spot.slot] = cache_due_encode(now_ms, now_ms);
		move_entry(table, last, spot, target, spot.bucket->tag[spot.slot], &spares);
	}
	cache_atomic_release(&table->buckets, last);
	cache_partition_end(partition);
	cache_partition_unlock(partition);
	spares_retire(&spares);
	return true;
}

/* A stripe is a fair sample of the space: its entries times the number of stripes. */
static bool
overloaded(CacheSpaceShared *space, uint64 hash)
{
	uint64 entries = (uint64) Max(cache_atomic_get(&cache_space_stripe(space, hash)->entries), 0);

	return entries * CACHE_SPACE_STRIPES >
		   (uint64) cache_table_buckets(&space->table) * CACHE_TABLE_LOAD;
}

/* Split up to so many buckets; false if there is no memory for the next segment. */
static bool
grow(CacheSpaceShared *space, uint64 hash)
{
	bool extended = true;

	if (!cache_lock_try(&space->growth))
		return true;
	for (int i = 0; i < SPLITS_AT_ONCE && cache_space_is_live(space) && overloaded(space, hash);
		 i++)
	{
		uint32 buckets = cache_table_buckets(&space->table);

		extended = cache_table_extend(&space->table, buckets, space->id);
		if (!extended)
			break;
		split(space, buckets);
	}
	cache_lock_release(&space->growth);
	return extended;
}

/*
 * When there is no memory for a segment, room is made as for an entry, with no lock held: a space that turns from few
 * large values to many small ones has to grow while the region is full. If none can be made, the next insertion tries.
 */
void
cache_growth_after_insert(CacheSpaceShared *space, uint64 hash)
{
	for (int i = 0; i < EXTEND_TRIES && unlikely(overloaded(space, hash)) && !grow(space, hash);
		 i++)
	{
		CacheRef block;

		if (cache_reclaim_table_block(space->id, &block) != CACHE_OK)
			break;
		cache_arena_free(block);
	}
}

/* The growth lock is taken for a few splits at a time, by trying: who finds another at it leaves the rest to that one. */
void
cache_growth_before_inserts(CacheSpaceShared *space, uint64 extra)
{
	uint64 wanted = (cache_space_entries(space) + extra) / CACHE_TABLE_LOAD;
	bool extended = true;

	while (extended && cache_table_buckets(&space->table) < wanted && !cache_interrupted() &&
		   cache_lock_try(&space->growth))
	{
		for (int i = 0; i < SPLITS_AHEAD && extended && cache_space_is_live(space); i++)
		{
			uint32 buckets = cache_table_buckets(&space->table);

			extended = cache_table_extend(&space->table, buckets, space->id);
			if (extended)
				split(space, buckets);
		}
		extended = extended && cache_space_is_live(space);
		cache_lock_release(&space->growth);
	}
}

bool
cache_growth_shrink(CacheSpaceShared *space, uint32 steps)
{
	bool shrunk = false;

	if (!cache_lock_try(&space->growth))
		return false;
	while (steps-- > 0 && cache_space_is_live(space))
	{
		uint32 buckets = cache_table_buckets(&space->table);

		if (buckets <= CACHE_SEGMENT_BUCKETS ||
			cache_space_entries(space) > (uint64) buckets * SHRINK_LOAD || !merge(space, buckets))
			break;
		shrunk = true;
		/* that was the last bucket of its segment; each partition's version has moved since it was in use */
		if ((buckets - 1) % CACHE_SEGMENT_BUCKETS == 0)
			cache_limbo_add_block(
				cache_table_retract(&space->table, (buckets - 1) / CACHE_SEGMENT_BUCKETS));
	}
	cache_lock_release(&space->growth);
	return shrunk;
}
