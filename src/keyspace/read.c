/*
 * read.c
 *    Optimistic reads; see read.h.
 *
 * Everything read before the version's second look may be garbage: references are bounds-checked, lengths are read once
 * and checked against the largest block, chains are followed only so far. What is garbage makes the attempt void; it
 * never makes it wrong, since garbage is only there if the version has moved.
 */
#include "base/env.h"

#include "base/stop.h"
#include "keyspace/keyspace.h"
#include "keyspace/read.h"
#include "memory/clock.h"
#include "memory/counters.h"
#include "memory/pins.h"

#define OPTIMISTIC_TRIES 4
#define INTERRUPT_EVERY ((uint64) 1 << 20) /* bytes copied between two looks for an interrupt */

typedef enum Attempt
{
	ATTEMPT_VOID, /* garbage: start over */
	ATTEMPT_MISSING,
	ATTEMPT_FOUND
} Attempt;

/* Where an attempt found the entry, for what follows. */
typedef struct Place
{
	CacheSpaceShared *space;
	CacheBucketShared *bucket;
	bool first; /* the bucket is its chain's first */
	int slot;
	CacheBlob blob; /* of a value that has one */
	bool pinned;    /* and its root is pinned, for copy_pinned */
} Place;

/* The header in one read. */
static inline void
read_header(const CacheEntryShared *entry, CacheEntryShared *header)
{
	uint64 word = *(const volatile uint64 *) entry;

	memcpy(header, &word, sizeof(word));
}

StaticAssertDecl(sizeof(CacheEntryShared) == sizeof(uint64), "a header is read at once");

/*
 * Compare the entry's key and copy its value. Returns ATTEMPT_MISSING for another key. A value longer than the
 * buffer is measured, not copied.
 */
static Attempt
look_at_entry(CacheRef ref, CacheSlice key, char *buffer, Size capacity, CacheFound *found,
			  CacheBlob *blob)
{
	CacheEntryShared *entry = cache_ref_ptr(ref);
	CacheEntryShared header;
	const char *at;
	Size prefix = 0;
	Size total;

	if (unlikely(!cache_ref_sane(ref, CACHE_BLOCK_MIN)))
		return ATTEMPT_VOID;
	read_header(entry, &header);
	if (header.key_len != key.len || !cache_kind_is_entry(header.kind))
		return ATTEMPT_MISSING;
	if (header.flags & CACHE_ENTRY_DEADLINE)
		prefix += CACHE_DEADLINE_BYTES;
	if (header.flags & CACHE_ENTRY_TAGS)
		prefix += 1 + (Size) * (volatile uint8 *) &entry->body[prefix] * CACHE_TAG_BYTES;
	total = CACHE_ENTRY_HEADER + prefix + header.key_len + header.value_len;
	if (unlikely(total > CACHE_BLOCK_MAX || !cache_ref_sane(ref, total)))
		return ATTEMPT_VOID;
	at = entry->body + prefix;
	if (memcmp(at, key.data, key.len) != 0)
		return ATTEMPT_MISSING;
	at += key.len;
	cache_race_point();

	found->type = (header.kind & 0x0F) - 1;
	found->encoding = header.kind >> 4;
	found->flags = header.flags;
	found->deadline_ms = 0;
	if (header.flags & CACHE_ENTRY_DEADLINE)
		for (int i = CACHE_DEADLINE_BYTES - 1; i >= 0; i--)
			found->deadline_ms = (found->deadline_ms << 8) | (uint8) entry->body[i];
	if (header.flags & CACHE_ENTRY_BLOCKS)
	{
		if (unlikely(header.value_len < sizeof(CacheBlob)))
			return ATTEMPT_VOID;
		memcpy(blob, at, sizeof(CacheBlob));
		found->len = blob->len;
	}
	else
	{
		found->len = header.value_len;
		if (header.value_len != 0 && header.value_len <= capacity)
			memcpy(buffer, at, header.value_len);
	}
	return ATTEMPT_FOUND;
}

static inline Attempt
look_at_slot(Place *place, CacheSlice key, char *buffer, Size capacity, CacheFound *found)
{
	CacheRef ref;

	ref.granule = *(volatile uint32 *) &place->bucket->ref[place->slot].granule;
	if (cache_ref_is_none(ref))
		return ATTEMPT_MISSING;
	return look_at_entry(ref, key, buffer, capacity, found, &place->blob);
}

/*
 * Walk the key's chain, but no more links than that: what is garbage may be a circle. Needs no lock; with one held, and
 * no bound on the links, the answer is never void.
 */
static Attempt
walk(CacheSpaceShared *space, CacheSlice key, uint64 hash, uint32 most_links, char *buffer,
	 Size capacity, CacheFound *found, Place *place)
{
	uint8 tag = cache_table_tag(hash);
	CacheBucketShared *bucket;
	uint32 buckets;

	if (space == NULL)
		return ATTEMPT_MISSING;
	buckets = cache_table_buckets(&space->table);
	if (unlikely(buckets == 0))
		return ATTEMPT_VOID;
	bucket = cache_table_bucket(&space->table, cache_table_index(buckets, hash));
	if (unlikely(bucket == NULL))
		return ATTEMPT_VOID;
	cache_race_point();
	place->space = space;
	place->first = true;
	for (uint32 links = 0; links < most_links; links++)
	{
		bool linked = *(volatile uint8 *) &bucket->linked;
		Attempt attempt = ATTEMPT_MISSING;

		cache_race_point();
		place->bucket = bucket;
		for (uint64 matches = cache_bucket_match(bucket, tag);
			 matches != 0 && attempt == ATTEMPT_MISSING; matches = cache_bits_next_match(matches))
		{
			place->slot = cache_bits_first_match(matches);
			attempt = look_at_slot(place, key, buffer, capacity, found);
		}
		if (attempt == ATTEMPT_MISSING && !linked && bucket->tag[CACHE_BUCKET_LINK] == tag)
		{
			place->slot = CACHE_BUCKET_LINK;
			attempt = look_at_slot(place, key, buffer, capacity, found);
		}
		if (attempt != ATTEMPT_MISSING)
			return attempt;
		if (!linked)
			return ATTEMPT_MISSING;
		bucket = cache_bucket_next(bucket);
		if (unlikely(bucket == NULL))
			return ATTEMPT_VOID;
		place->first = false;
	}
	return ATTEMPT_VOID;
}

/* Let the eviction policy know. A store into a table block is made under a pin, and only if nothing has moved. */
static void
touch(const Place *place, CacheAtomic32 *version, uint32 seen)
{
	volatile uint8 *mark = &place->bucket->mark[place->slot];
	uint8 old = *mark;
	uint8 new = cache_space_policy(place->space)->on_hit(old, cache_space_epoch(place->space));

	if (new == old)
		return;
	cache_pin(CACHE_PIN_POLICY, cache_bucket_block(place->bucket, place->first));
	if (cache_version_same(version, seen))
	{
		cache_race_point();
		*mark = new;
	}
	cache_unpin(CACHE_PIN_POLICY);
}

/* Copy a large value whose root conclude has pinned, and let go of it. locked: the caller holds a partition's lock. */
static CacheStatus
copy_pinned(const CacheBlob *blob, char *buffer, bool locked)
{
	CacheStatus status = locked ? CACHE_OK : CACHE_STOP_STATUS("pinned");

	for (uint64 done = 0; done < blob->len && status == CACHE_OK; done += INTERRUPT_EVERY)
	{
		if (cache_interrupted())
			status = CACHE_INTERRUPTED;
		else
			cache_blob_read(blob, done, buffer + done, Min(INTERRUPT_EVERY, blob->len - done));
	}
	cache_unpin(CACHE_PIN_VALUE);
	return status;
}

/* Whether what was found has ended. now_ms is 0 where no moment is given: the clock is only read if need be. */
static inline bool
is_over(const CacheFound *found, int64 now_ms)
{
	return found->deadline_ms != 0 &&
		   found->deadline_ms <= (now_ms != 0 ? now_ms : cache_clock_now_ms());
}

/*
 * What an attempt under an unmoved version, or under the lock, comes to. Pins a large value that the buffer takes, for
 * copy_pinned. False if the version moved before the pin was safe.
 */
static bool
conclude(Attempt attempt, const CacheFound *found, Place *place, CacheReadMode mode, int64 now_ms,
		 Size capacity, CacheAtomic32 *version, uint32 seen, CacheStatus *status)
{
	place->pinned = false;
	*status = CACHE_MISSING;
	if (attempt != ATTEMPT_FOUND || is_over(found, now_ms))
		return true;
	if (mode == CACHE_READ_USE)
		touch(place, version, seen);
	*status = found->len > capacity ? CACHE_MORE : CACHE_OK;
	if ((found->flags & CACHE_ENTRY_BLOCKS) == 0 || *status == CACHE_MORE)
		return true;

	cache_pin(CACHE_PIN_VALUE, place->blob.root);
	place->pinned = cache_version_same(version, seen);
	if (!place->pinned)
		cache_unpin(CACHE_PIN_VALUE);
	return place->pinned;
}

/* One optimistic try. False if it was void. */
static bool
read_optimistically(CacheDatabaseShared *database, CacheSlice key, uint64 hash, CacheReadMode mode,
					int64 now_ms, char *buffer, Size capacity, CacheFound *found, uint32 *seen,
					CacheStatus *status)
{
	CacheAtomic32 *version = &cache_partitions[cache_partition_of(hash)].version;
	Attempt attempt;
	Place place;

	*seen = cache_version_read(version);
	if (*seen & 1)
		return false;
	attempt = walk(cache_space_resolve(database), key, hash, CACHE_CHAIN_SANE, buffer, capacity,
				   found, &place);
	if (!cache_version_same(version, *seen) || attempt == ATTEMPT_VOID ||
		!conclude(attempt, found, &place, mode, now_ms, capacity, version, *seen, status))
		return false;
	if (place.pinned)
		*status = copy_pinned(&place.blob, buffer, false);
	return true;
}

/* The same under the partition's lock, which the caller holds in any mode: cannot be void. Leaves the pin to the caller. */
static CacheStatus
read_locked(CacheSpaceShared *space, CacheSlice key, uint64 hash, CacheReadMode mode, int64 now_ms,
			char *buffer, Size capacity, CacheFound *found, Place *place)
{
	CacheAtomic32 *version = &cache_partitions[cache_partition_of(hash)].version;
	Attempt attempt = walk(space, key, hash, UINT32_MAX, buffer, capacity, found, place);
	CacheStatus status;
	bool unmoved;

	/* a space that dies this moment keeps the partition's part of its table until the lock is let go */
	Assert(attempt != ATTEMPT_VOID);
	unmoved = conclude(attempt, found, place, mode, now_ms, capacity, version,
					   cache_version_read(version), &status);
	Assert(unmoved);
	(void) unmoved;
	return status;
}

CacheStatus
cache_read(CacheDatabaseShared *database, CacheSlice key, CacheReadMode mode, char *buffer,
		   Size capacity, CacheFound *found)
{
	uint64 hash = cache_keyspace_hash(key);
	uint32 partition = cache_partition_of(hash);
	CacheStatus status;
	Place place;
	uint32 seen;

	for (int i = 0; i < OPTIMISTIC_TRIES; i++)
	{
		if (likely(read_optimistically(database, key, hash, mode, 0, buffer, capacity, found, &seen,
									   &status)))
			return status;
		cache_count(CACHE_COUNT_RETRIES);
	}
	cache_partition_lock_shared(partition);
	status = read_locked(cache_space_resolve(database), key, hash, mode, 0, buffer, capacity, found,
						 &place);
	cache_partition_unlock(partition);
	if (place.pinned)
		status = copy_pinned(&place.blob, buffer, false);
	return status;
}

void
cache_read_prefetch(CacheDatabaseShared *database, uint64 hash)
{
	CacheSpaceShared *space = cache_space_resolve(database);
	uint32 buckets = space == NULL ? 0 : cache_table_buckets(&space->table);
	const CacheBucketShared *bucket;

	if (buckets == 0)
		return;
	bucket = cache_table_bucket(&space->table, cache_table_index(buckets, hash));
	if (bucket != NULL)
		__builtin_prefetch(bucket);
}

static bool
is_used(const CacheSnapshot *snapshot, uint32 partition)
{
	return (snapshot->used[partition / 64] >> (partition % 64)) & 1;
}

static void
use(CacheSnapshot *snapshot, uint32 partition)
{
	snapshot->used[partition / 64] |= UINT64_C(1) << (partition % 64);
}

void
cache_snapshot_begin(CacheSnapshot *snapshot, CacheDatabaseShared *database, const CacheSlice *keys,
					 int n)
{
	memset(snapshot->used, 0, sizeof(snapshot->used));
	snapshot->locked = snapshot->tries++ >= 2;
	snapshot->database = database;
	if (!snapshot->locked)
	{
		snapshot->space = cache_space_resolve(database);
		snapshot->now_ms = cache_clock_now_ms();
		return;
	}
	for (int i = 0; i < n; i++)
		use(snapshot, cache_partition_of(cache_keyspace_hash(keys[i])));
	for (uint32 partition = 0; partition < CACHE_PARTITIONS; partition++)
		if (is_used(snapshot, partition))
			cache_partition_lock_shared(partition);
	/* discarded meanwhile, it keeps what these partitions have of it until they are let go */
	snapshot->space = cache_space_resolve(database);
	snapshot->now_ms = cache_clock_now_ms();
}

CacheStatus
cache_snapshot_read(CacheSnapshot *snapshot, CacheSlice key, CacheReadMode mode, char *buffer,
					Size capacity, CacheFound *found)
{
	uint64 hash = cache_keyspace_hash(key);
	uint32 partition = cache_partition_of(hash);
	CacheStatus status;
	uint32 seen;

	if (snapshot->locked)
	{
		Place place;

		status = read_locked(snapshot->space, key, hash, mode, snapshot->now_ms, buffer, capacity,
							 found, &place);
		return place.pinned ? copy_pinned(&place.blob, buffer, true) : status;
	}
	if (!read_optimistically(snapshot->database, key, hash, mode, snapshot->now_ms, buffer,
							 capacity, found, &seen, &status))
	{
		/* whatever the answer is now, end finds that it does not hold: an odd version is never seen at the end */
		use(snapshot, partition);
		snapshot->version[partition] = 1;
		return CACHE_MISSING;
	}
	if (is_used(snapshot, partition))
	{
		if (snapshot->version[partition] != seen)
			snapshot->version[partition] = 1;
	}
	else
	{
		use(snapshot, partition);
		snapshot->version[partition] = seen;
	}
	return status;
}

bool
cache_snapshot_end(CacheSnapshot *snapshot)
{
	/* one that came back to this very space was purged in between, which moved every version */
	bool same = snapshot->locked || cache_space_resolve(snapshot->database) == snapshot->space;

	for (uint32 partition = 0; partition < CACHE_PARTITIONS; partition++)
	{
		if (!is_used(snapshot, partition))
			continue;
		if (snapshot->locked)
			cache_partition_unlock(partition);
		else if ((snapshot->version[partition] & 1) != 0 ||
				 !cache_version_same(&cache_partitions[partition].version,
									 snapshot->version[partition]))
			same = false;
	}
	return same;
}
