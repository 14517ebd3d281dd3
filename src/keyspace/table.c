/*
 * table.c
 *    Buckets, chains and the radix tree of segments; see table.h for the layout.
 *
 * Which bucket splits when, and under which locks, is growth.c's.
 */
#include "base/env.h"

#include "base/bits.h"
#include "keyspace/deadline.h"
#include "keyspace/table.h"
#include "memory/clock.h"

#define FAN (CACHE_BLOCK_MAX / sizeof(CacheRef)) /* references in an index block */
#define FAN_LOG2 11
#define REFRESH_DEPTH 64 /* a chain longer than that is looked at in every pass */

StaticAssertDecl(FAN == 1 << FAN_LOG2, "an index block holds a power of two of references");
StaticAssertDecl(CACHE_SEGMENT_BUCKETS * sizeof(CacheBucketShared) == CACHE_BLOCK_MAX,
				 "a segment is one block");

/* One read of a reference that another process may be changing. */
static CacheRef
read_ref(const CacheRef *ref)
{
	return (CacheRef){ *(const volatile uint32 *) &ref->granule };
}

static CacheRef
root_ref(uint64 root)
{
	return (CacheRef){ (uint32) (root >> 8) };
}

static int
root_height(uint64 root)
{
	return (int) (root & 0xFF);
}

static void
set_root(CacheTableShared *table, CacheRef ref, int height)
{
	cache_atomic_release(&table->root, (uint64) ref.granule << 8 | (uint64) height);
}

/* Segments that a tree of this height reaches. */
static uint64
reach(int height)
{
	return UINT64_C(1) << (FAN_LOG2 * height);
}

CacheBucketShared *
cache_table_bucket(CacheTableShared *table, uint32 index)
{
	uint64 root = cache_atomic_acquire(&table->root);
	uint32 segment = index / CACHE_SEGMENT_BUCKETS;
	CacheRef ref = root_ref(root);
	int height = root_height(root);

	if (unlikely(segment >= reach(height)))
		return NULL;
	while (height-- > 0)
	{
		if (unlikely(!cache_ref_sane(ref, CACHE_BLOCK_MAX)))
			return NULL;
		ref = read_ref((CacheRef *) cache_ref_ptr(ref) + ((segment >> (FAN_LOG2 * height)) % FAN));
	}
	if (unlikely(!cache_ref_sane(ref, CACHE_BLOCK_MAX)))
		return NULL;
	return (CacheBucketShared *) cache_ref_ptr(ref) + index % CACHE_SEGMENT_BUCKETS;
}

CacheBucketShared *
cache_bucket_next(const CacheBucketShared *bucket)
{
	CacheRef ref;

	if (!*(const volatile uint8 *) &bucket->linked)
		return NULL;
	ref = read_ref(&bucket->ref[CACHE_BUCKET_LINK]);
	if (unlikely(!cache_ref_sane(ref, sizeof(CacheBucketShared))))
		return NULL;
	return cache_ref_ptr(ref);
}

CacheRef
cache_bucket_block(const CacheBucketShared *bucket, bool first)
{
	Size offset = (Size) ((const char *) bucket - cache_mapping.base);

	if (first)
		offset &= ~((Size) CACHE_BLOCK_MAX - 1);
	return cache_ref_of(cache_mapping.base + offset);
}

static CacheRef
new_block(uint32 shard, Size size)
{
	CacheRef ref = cache_arena_alloc(shard, CACHE_PAGE_FIXED, size);

	if (!cache_ref_is_none(ref))
		memset(cache_ref_ptr(ref), 0, size);
	return ref;
}

bool
cache_table_create(CacheTableShared *table, uint32 shard)
{
	CacheRef segment = new_block(shard, CACHE_BLOCK_MAX);

	if (cache_ref_is_none(segment))
		return false;
	set_root(table, segment, 0);
	cache_atomic_release(&table->buckets, CACHE_SEGMENT_BUCKETS);
	return true;
}

CacheRef
cache_bucket_alloc(uint32 shard)
{
	return new_block(shard, sizeof(CacheBucketShared));
}

/* Slots of a bucket that hold entries: all but the link's. */
static int
slots_of(const CacheBucketShared *bucket)
{
	return bucket->linked ? CACHE_BUCKET_LINK : CACHE_BUCKET_SLOTS;
}

static CacheBucketShared *
chain_of(CacheTableShared *table, uint64 hash)
{
	CacheBucketShared *bucket =
		cache_table_bucket(table, cache_table_index(cache_table_buckets(table), hash));

	Assert(bucket != NULL);
	return bucket;
}

static bool
slot_has_key(CacheSpot spot, CacheSlice key)
{
	CacheRef ref = spot.bucket->ref[spot.slot];

	return !cache_ref_is_none(ref) &&
		   cache_slice_equal(cache_entry_key_slice(cache_ref_ptr(ref)), key);
}

bool
cache_table_find(CacheTableShared *table, uint64 hash, CacheSlice key, CacheSpot *spot)
{
	uint8 tag = cache_table_tag(hash);

	for (CacheBucketShared *bucket = chain_of(table, hash); bucket != NULL;
		 bucket = cache_bucket_next(bucket))
	{
		for (uint64 matches = cache_bucket_match(bucket, tag); matches != 0;
			 matches = cache_bits_next_match(matches))
		{
			*spot = (CacheSpot){ bucket, cache_bits_first_match(matches) };
			if (slot_has_key(*spot, key))
				return true;
		}
		*spot = (CacheSpot){ bucket, CACHE_BUCKET_LINK };
		if (!bucket->linked && bucket->tag[CACHE_BUCKET_LINK] == tag && slot_has_key(*spot, key))
			return true;
	}
	return false;
}

bool
cache_table_find_ref(CacheTableShared *table, uint64 hash, CacheRef ref, CacheSpot *spot)
{
	for (CacheBucketShared *bucket = chain_of(table, hash); bucket != NULL;
		 bucket = cache_bucket_next(bucket))
		for (int slot = 0; slot < slots_of(bucket); slot++)
			if (cache_ref_same(bucket->ref[slot], ref))
			{
				*spot = (CacheSpot){ bucket, slot };
				return true;
			}
	return false;
}

/* Entries in the last bucket of a chain, which are its first slots. */
static int
fill_of(const CacheBucketShared *last)
{
	int fill = 0;

	while (fill < CACHE_BUCKET_SLOTS && !cache_ref_is_none(last->ref[fill]))
		fill++;
	return fill;
}

uint32
cache_table_spares_needed(CacheTableShared *table, uint64 hash, uint32 extra)
{
	CacheBucketShared *bucket = chain_of(table, hash);
	uint32 room;

	while (bucket->linked)
		bucket = cache_bucket_next(bucket);
	room = (uint32) (CACHE_BUCKET_SLOTS - fill_of(bucket));
	/* a new overflow bucket has nine slots, of which one replaces the link's */
	return extra <= room ? 0 : (extra - room + CACHE_BUCKET_LINK - 1) / CACHE_BUCKET_LINK;
}

static void
move_slot(CacheBucketShared *to, int to_slot, const CacheBucketShared *from, int from_slot)
{
	to->tag[to_slot] = from->tag[from_slot];
	to->mark[to_slot] = from->mark[from_slot];
	to->due[to_slot] = from->due[from_slot];
	to->ref[to_slot] = from->ref[from_slot];
}

/*
 * The rest of a linked bucket's chain got an entry with this deadline. Where it cannot be said which of two codes is
 * sooner, the half-second that runs is written: the pass that begins next looks at that, or if one is under way and
 * has been here, the one after it.
 */
static inline void
note_due(CacheTableShared *table, CacheBucketShared *bucket, uint8 due)
{
	uint8 *link = &bucket->due[CACHE_BUCKET_LINK];
	int64 swept_ms;
	int64 now_ms;

	if (due == CACHE_DUE_NONE || due == *link)
		return;
	swept_ms = cache_atomic_get(&table->swept_ms);
	now_ms = cache_clock_now_ms();
	if (likely(cache_due_comparable(swept_ms, now_ms)))
		*link = cache_due_sooner(*link, due, swept_ms);
	else
		*link = cache_due_encode(now_ms, now_ms);
}

uint8
cache_table_due(CacheTableShared *table, int64 deadline_ms)
{
	if (deadline_ms == 0)
		return CACHE_DUE_NONE;
	return cache_due_encode(deadline_ms,
							Max(cache_clock_now_ms(), cache_atomic_get(&table->swept_ms)));
}

void
cache_table_set_due(CacheTableShared *table, uint64 hash, CacheSpot spot, uint8 due)
{
	for (CacheBucketShared *bucket = chain_of(table, hash); bucket != spot.bucket;
		 bucket = cache_bucket_next(bucket))
		note_due(table, bucket, due);
	spot.bucket->due[spot.slot] = due;
}

/* Write the links' bytes from here on; the soonest of all. */
static uint8
refresh_links(CacheBucketShared *bucket, int64 from_ms, int depth)
{
	uint8 soonest = CACHE_DUE_NONE;

	for (int slot = 0; slot < slots_of(bucket); slot++)
		soonest = cache_due_sooner(soonest, bucket->due[slot], from_ms);
	if (bucket->linked)
	{
		uint8 rest = depth < REFRESH_DEPTH
						 ? refresh_links(cache_bucket_next(bucket), from_ms, depth + 1)
						 : cache_due_encode(from_ms, from_ms);

		bucket->due[CACHE_BUCKET_LINK] = rest;
		soonest = cache_due_sooner(soonest, rest, from_ms);
	}
	return soonest;
}

void
cache_table_refresh_links(CacheTableShared *table, uint32 index)
{
	refresh_links(cache_table_bucket(table, index), cache_clock_now_ms(), 0);
}

void
cache_table_insert(CacheTableShared *table, uint64 hash, CacheRef ref, uint8 mark, uint8 due,
				   CacheRef *spare)
{
	CacheBucketShared *bucket = chain_of(table, hash);
	int slot;

	for (; bucket->linked; bucket = cache_bucket_next(bucket))
		note_due(table, bucket, due);
	slot = fill_of(bucket);
	if (slot == CACHE_BUCKET_SLOTS)
	{
		CacheBucketShared *overflow = cache_ref_ptr(*spare);

		Assert(!cache_ref_is_none(*spare));
		memset(overflow, 0, sizeof(*overflow));
		move_slot(overflow, 0, bucket, CACHE_BUCKET_LINK);
		bucket->ref[CACHE_BUCKET_LINK] = *spare;
		note_due(table, bucket, due);
		bucket->linked = true;
		*spare = CACHE_REF_NONE;
		bucket = overflow;
		slot = 1;
	}
	bucket->tag[slot] = cache_table_tag(hash);
	bucket->mark[slot] = mark;
	bucket->due[slot] = due;
	bucket->ref[slot] = ref;
}

CacheRef
cache_table_remove(CacheTableShared *table, uint64 hash, CacheSpot spot)
{
	CacheBucketShared *before = NULL;
	CacheBucketShared *last = chain_of(table, hash);
	CacheRef freed = CACHE_REF_NONE;
	int fill;

	while (last->linked)
	{
		before = last;
		last = cache_bucket_next(last);
	}
	fill = fill_of(last) - 1;
	Assert(fill >= 0);
	move_slot(spot.bucket, spot.slot, last, fill);
	last->ref[fill] = CACHE_REF_NONE;
	last->due[fill] = 0; /* a sweep is not to look at a slot that holds nothing */
	if (before != NULL && fill == 1)
	{
		freed = before->ref[CACHE_BUCKET_LINK];
		move_slot(before, CACHE_BUCKET_LINK, last, 0);
		before->linked = false;
	}
	return freed;
}

bool
cache_table_extend(CacheTableShared *table, uint32 index, uint32 shard)
{
	uint64 root = cache_atomic_get(&table->root);
	uint32 segment = index / CACHE_SEGMENT_BUCKETS;
	int height = root_height(root);
	CacheRef *place;

	while (segment >= reach(height))
	{
		CacheRef above;

		if (height == 2 || cache_ref_is_none(above = new_block(shard, CACHE_BLOCK_MAX)))
			return false;
		*(CacheRef *) cache_ref_ptr(above) = root_ref(root);
		set_root(table, above, ++height);
		root = cache_atomic_get(&table->root);
	}
	if (height == 0)
		return true;
	place =
		(CacheRef *) cache_ref_ptr(root_ref(root)) + ((segment >> (FAN_LOG2 * (height - 1))) % FAN);
	for (int level = height - 1; level >= 0; level--)
	{
		if (cache_ref_is_none(*place))
		{
			CacheRef block = new_block(shard, CACHE_BLOCK_MAX);

			if (cache_ref_is_none(block))
				return false;
			/* the block's zeroes before the reference to it */
			atomic_thread_fence(memory_order_release);
			*(volatile uint32 *) &place->granule = block.granule;
		}
		if (level > 0)
			place =
				(CacheRef *) cache_ref_ptr(*place) + ((segment >> (FAN_LOG2 * (level - 1))) % FAN);
	}
	return true;
}

CacheRef
cache_table_retract(CacheTableShared *table, uint32 segment)
{
	uint64 root = cache_atomic_get(&table->root);
	int height = root_height(root);
	CacheRef ref = root_ref(root);
	CacheRef *place = NULL;

	if (height == 0 || segment == 0)
		return CACHE_REF_NONE;
	while (height-- > 0)
	{
		place = (CacheRef *) cache_ref_ptr(ref) + ((segment >> (FAN_LOG2 * height)) % FAN);
		ref = *place;
	}
	*(volatile uint32 *) &place->granule = 0;
	return ref;
}

/* Retire the index blocks of a subtree and, where they still stand, its segments. */
static void
dismantle(CacheRef ref, int height, void (*retire)(CacheRef block))
{
	if (height > 0)
	{
		const CacheRef *child = cache_ref_ptr(ref);

		for (Size i = 0; i < FAN; i++)
			if (!cache_ref_is_none(child[i]))
				dismantle(child[i], height - 1, retire);
	}
	retire(ref);
}

void
cache_table_dismantle(CacheTableShared *table, void (*retire)(CacheRef block))
{
	uint64 root = cache_atomic_get(&table->root);

	cache_atomic_release(&table->root, 0);
	cache_atomic_release(&table->buckets, 0);
	if (root != 0)
		dismantle(root_ref(root), root_height(root), retire);
}
