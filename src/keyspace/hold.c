/*
 * hold.c
 *    Locking keys and changing what they lead to; see hold.h for the order of a change.
 */
#include "base/env.h"

#include "base/bits.h"
#include "keyspace/growth.h"
#include "keyspace/hold.h"
#include "keyspace/keyspace.h"
#include "keyspace/read.h"
#include "memory/clock.h"
#include "memory/pins.h"

/* A set of partitions, to lock each once and in order. */
typedef struct PartitionSet
{
	uint64 bits[CACHE_PARTITIONS / 64];
} PartitionSet;

static PartitionSet
partitions_of(const CacheHold *holds, int n)
{
	PartitionSet set = { { 0 } };

	for (int i = 0; i < n; i++)
	{
		uint32 partition = cache_partition_of(holds[i].hash);

		set.bits[partition / 64] |= UINT64_C(1) << (partition % 64);
	}
	return set;
}

static void
for_partitions(const CacheHold *holds, int n, void (*act)(uint32 partition))
{
	PartitionSet set;

	if (n == 1)
	{
		act(cache_partition_of(holds[0].hash));
		return;
	}
	set = partitions_of(holds, n);
	for (uint32 partition = 0; partition < CACHE_PARTITIONS; partition++)
		if (set.bits[partition / 64] & (UINT64_C(1) << (partition % 64)))
			act(partition);
}

void
cache_hold_init(CacheHold *hold, CacheDatabaseShared *database, CacheSlice key)
{
	*hold = (CacheHold){
		.database = database,
		.key = key,
		.hash = cache_keyspace_hash(key),
	};
	/* the bucket comes nearer while the verb prepares */
	cache_read_prefetch(database, hold->hash);
}

CacheStatus
cache_holds_lock(CacheHold *holds, int n, CachePolicyId create)
{
	CacheDatabaseShared *database = holds[0].database;

	for (;;)
	{
		CacheSpaceShared *space = create < CACHE_POLICIES ? cache_space_open(database, create)
														  : cache_space_resolve(database);

		if (space == NULL && create < CACHE_POLICIES)
			return CACHE_FULL;
		for_partitions(holds, n, cache_partition_lock);
		/* the space may have been discarded before the locks were ours */
		if (space == cache_space_resolve(database))
		{
			for (int i = 0; i < n; i++)
			{
				holds[i].space = space;
				holds[i].entry = NULL;
				holds[i].occupied = false;
				holds[i].inserted = false;
			}
			return CACHE_OK;
		}
		for_partitions(holds, n, cache_partition_unlock);
	}
}

void
cache_holds_unlock(CacheHold *holds, int n)
{
	for_partitions(holds, n, cache_partition_unlock);
	for (int i = 0; i < n; i++)
		if (holds[i].inserted)
			cache_growth_after_insert(holds[i].space, holds[i].hash);
}

void
cache_hold_lock_shared(CacheHold *hold)
{
	uint32 partition = cache_partition_of(hold->hash);

	cache_partition_lock_shared(partition);
	hold->space = cache_space_resolve(hold->database);
	/* a space that dies now is emptied under this lock, so what is found in it may be read to the end */
	hold->entry = NULL;
	hold->occupied = false;
}

void
cache_hold_unlock_shared(CacheHold *hold)
{
	cache_partition_unlock(cache_partition_of(hold->hash));
}

CacheEntryShared *
cache_hold_find(CacheHold *hold, int64 now_ms)
{
	hold->entry = NULL;
	hold->occupied = hold->space != NULL &&
					 cache_table_find(&hold->space->table, hold->hash, hold->key, &hold->spot);
	if (hold->occupied)
	{
		CacheEntryShared *entry = cache_ref_ptr(hold->spot.bucket->ref[hold->spot.slot]);
		int64 deadline_ms = cache_entry_deadline(entry);

		if (deadline_ms == 0 || deadline_ms > now_ms)
			hold->entry = entry;
	}
	return hold->entry;
}

/* By reversed hash: buckets are ranges of it, whatever the table's size. */
static int
compare_holds(const void *a, const void *b)
{
	const CacheHold *left = a;
	const CacheHold *right = b;
	uint64 left_at = cache_bits_reverse(left->hash);
	uint64 right_at = cache_bits_reverse(right->hash);

	if (left_at != right_at)
		return left_at < right_at ? -1 : 1;
	return left->order < right->order ? -1 : left->order > right->order;
}

void
cache_holds_sort(CacheHold *holds, int n)
{
	if (n > 1)
		qsort(holds, (Size) n, sizeof(CacheHold), compare_holds);
}

uint32
cache_holds_spares_needed(CacheHold *holds, int n)
{
	CacheTableShared *table = &holds[0].space->table;
	uint32 buckets = cache_table_buckets(table);
	uint32 needed = 0;

	for (int first = 0, next; first < n; first = next)
	{
		uint32 bucket = cache_table_index(buckets, holds[first].hash);

		for (next = first + 1; next < n; next++)
			if (cache_table_index(buckets, holds[next].hash) != bucket)
				break;
		needed += cache_table_spares_needed(table, holds[first].hash, (uint32) (next - first));
	}
	return needed;
}

/* Account for an entry at its coming (+1) or going (-1). */
static void
account(CacheHold *hold, CacheEntryShared *entry, int sign)
{
	cache_space_count_entry(hold->space, hold->hash, sign, sign * (int64) cache_entry_memory(entry),
							cache_entry_deadline(entry) != 0 ? sign : 0);
}

CacheRef
cache_hold_swap(CacheHold *hold, CacheRef block, CacheRef *spare)
{
	const CachePolicyOps *policy = cache_space_policy(hold->space);
	uint32 epoch = cache_space_epoch(hold->space);
	CacheEntryShared *entry = cache_ref_ptr(block);
	CacheEntryShared *old = NULL;
	uint8 due = cache_table_due(&hold->space->table, cache_entry_deadline(entry));
	uint32 partition = cache_partition_of(hold->hash);

	/* built for a space that was discarded since: it is this one's now */
	if (unlikely(entry->space != hold->space->id))
	{
		entry->space = hold->space->id;
		if (entry->flags & CACHE_ENTRY_BLOCKS)
			cache_entry_ops(entry)->adopt(
				entry, &(CacheBlobOwner){ .hash = hold->hash, .space = hold->space->id });
	}

	cache_partition_begin(partition);
	if (hold->occupied)
	{
		CacheBucketShared *bucket = hold->spot.bucket;
		int slot = hold->spot.slot;

		old = cache_ref_ptr(bucket->ref[slot]);
		bucket->ref[slot] = block;
		cache_table_set_due(&hold->space->table, hold->hash, hold->spot, due);
		bucket->mark[slot] = policy->on_hit(bucket->mark[slot], epoch);
	}
	else
	{
		cache_table_insert(&hold->space->table, hold->hash, block, policy->on_insert(epoch), due,
						   spare);
		hold->inserted = true;
	}
	cache_partition_end(partition);

	account(hold, entry, 1);
	if (old != NULL)
		account(hold, old, -1);
	else
		cache_space_tick(hold->space, hold->hash);
	hold->entry = entry;
	hold->occupied = false;
	return old == NULL ? CACHE_REF_NONE : cache_ref_of(old);
}

void
cache_hold_put(CacheHold *hold, CacheRef block, CacheRef *spare)
{
	CacheRef old = cache_hold_swap(hold, block, spare);

	if (!cache_ref_is_none(old))
		cache_entry_discard(old);
}

CacheRef
cache_hold_take(CacheHold *hold)
{
	uint32 partition = cache_partition_of(hold->hash);
	CacheRef block = hold->spot.bucket->ref[hold->spot.slot];
	CacheRef freed;

	Assert(hold->occupied);
	cache_partition_begin(partition);
	freed = cache_table_remove(&hold->space->table, hold->hash, hold->spot);
	cache_partition_end(partition);
	account(hold, cache_ref_ptr(block), -1);
	cache_limbo_add_block(freed);
	hold->entry = NULL;
	hold->occupied = false;
	return block;
}

void
cache_hold_remove(CacheHold *hold)
{
	cache_entry_discard(cache_hold_take(hold));
}

bool
cache_hold_set_deadline(CacheHold *hold, int64 deadline_ms)
{
	CacheEntryShared *entry = hold->entry;
	uint32 partition = cache_partition_of(hold->hash);
	bool had_one = cache_entry_deadline(entry) != 0;

	if ((entry->flags & CACHE_ENTRY_DEADLINE) == 0)
	{
		if (deadline_ms == 0)
			return true;
		if (cache_entry_room(entry) < (Size) entry->value_len + CACHE_DEADLINE_BYTES)
			return false;
	}
	cache_partition_begin(partition);
	if ((entry->flags & CACHE_ENTRY_DEADLINE) == 0)
	{
		/* the deadline comes first in the body: move tags, key and value up */
		memmove(entry->body + CACHE_DEADLINE_BYTES, entry->body,
				(Size) (cache_entry_value(entry) - entry->body) + entry->value_len);
		entry->flags |= CACHE_ENTRY_DEADLINE;
	}
	cache_entry_set_deadline(entry, deadline_ms);
	cache_table_set_due(&hold->space->table, hold->hash, hold->spot,
						cache_table_due(&hold->space->table, deadline_ms));
	cache_partition_end(partition);
	cache_space_count_entry(hold->space, hold->hash, 0, 0, (deadline_ms != 0) - had_one);
	return true;
}

static void
begin_partition(uint32 partition)
{
	cache_critical_begin();
	cache_version_begin(&cache_partitions[partition].version);
}

static void
end_partition(uint32 partition)
{
	cache_version_end(&cache_partitions[partition].version);
	cache_critical_end();
}

void
cache_holds_begin(CacheHold *holds, int n)
{
	Assert(!cache_partition_spanning);
	for_partitions(holds, n, begin_partition);
	cache_partition_spanning = true;
}

void
cache_holds_end(CacheHold *holds, int n)
{
	Assert(cache_partition_spanning);
	cache_partition_spanning = false;
	for_partitions(holds, n, end_partition);
}

void
cache_hold_begin(CacheHold *hold)
{
	cache_partition_begin(cache_partition_of(hold->hash));
}

void
cache_hold_end(CacheHold *hold, int64 bytes_more)
{
	cache_partition_end(cache_partition_of(hold->hash));
	cache_space_count_entry(hold->space, hold->hash, 0, bytes_more, 0);
}

bool
cache_hold_is_pinned(CacheHold *hold)
{
	return (hold->entry->flags & CACHE_ENTRY_BLOCKS) != 0 &&
		   cache_pins_holds(cache_entry_ops(hold->entry)->pin(hold->entry));
}

void
cache_hold_touch(CacheHold *hold)
{
	uint8 *mark = &hold->spot.bucket->mark[hold->spot.slot];

	*mark = cache_space_policy(hold->space)->on_hit(*mark, cache_space_epoch(hold->space));
}

uint8
cache_hold_mark(CacheHold *hold)
{
	return hold->spot.bucket->mark[hold->spot.slot];
}
