/*
 * table.h
 *    A hash table of one-cache-line buckets that grows and shrinks a bucket at a time.
 *
 *     bucket, 64 bytes:  tag[9] | mark[9] | due[9] | linked | ref[9]
 *
 * A slot has a byte of the hash (tag), the eviction policy's byte (mark), a coarse deadline (due) and the entry. When
 * nine slots do not suffice, the ninth reference leads to an overflow bucket. Chains are kept dense: every bucket but
 * the last is full, and an overflow bucket holds at least two entries. The deadline of a slot without an entry is 0.
 *
 * Linear hashing (W. Litwin, "Linear Hashing", VLDB 1980): with 2^L <= n < 2^(L+1) buckets, bucket n - 2^L is the next to
 * split, into itself and bucket n. An entry's bucket is its hash modulo 2^(L+1), or modulo 2^L if that is not yet there.
 * At an average of eight entries a bucket the table costs about 10.5 bytes an entry, overflow included.
 *
 * Buckets stand in segments of 128, of which each has one bucket of each partition; references to segments stand in a
 * radix tree of up to two levels.
 *
 *     root -> [segment refs] -> segment: bucket 0 … 127
 *
 * Locks: functions say what they need. Readers without a lock get NULL for what is out of bounds.
 */
#ifndef CACHE_KEYSPACE_TABLE_H
#define CACHE_KEYSPACE_TABLE_H

#include "base/bits.h"
#include "keyspace/entry.h"
#include "keyspace/partition.h"
#include "memory/sync.h"

#define CACHE_BUCKET_SLOTS 9
#define CACHE_BUCKET_LINK (CACHE_BUCKET_SLOTS - 1)
#define CACHE_SEGMENT_BUCKETS 128
#define CACHE_TABLE_LOAD 8   /* entries a bucket, on average, before the table grows */
#define CACHE_CHAIN_SANE 256 /* no reader without a lock follows more links */

typedef struct CacheBucketShared
{
	uint8 tag[CACHE_BUCKET_SLOTS];
	uint8 mark[CACHE_BUCKET_SLOTS];
	uint8 due[CACHE_BUCKET_SLOTS]; /* the link's: the soonest in the rest of the chain */
	uint8 linked;                  /* the last reference is an overflow bucket */
	CacheRef ref[CACHE_BUCKET_SLOTS];
} CacheBucketShared;

StaticAssertDecl(sizeof(CacheBucketShared) == 64, "a bucket is one cache line");
StaticAssertDecl(CACHE_SEGMENT_BUCKETS == CACHE_PARTITIONS, "a bucket is of one partition");

typedef struct CacheTableShared
{
	CacheAtomic64 root; /* granule << 8 | height of the radix tree */
	CacheAtomic32 buckets;
	CacheAtomicCount swept_ms; /* what was due up to here was swept by the last whole pass */
} CacheTableShared;

/* A slot in a chain, and how it was reached. Dies with the partition lock. */
typedef struct CacheSpot
{
	CacheBucketShared *bucket;
	int slot;
} CacheSpot;

static inline uint8
cache_table_tag(uint64 hash)
{
	return (uint8) (hash >> 56);
}

/* 0x80 at the byte of each of the first eight slots that has the tag; the ninth is compared by itself. No lock needed. */
static inline uint64
cache_bucket_match(const CacheBucketShared *bucket, uint8 tag)
{
	return cache_bits_match_bytes(cache_bits_load64(bucket->tag), tag);
}

/* The bucket of a hash in a table of that many. */
static inline uint32
cache_table_index(uint32 buckets, uint64 hash)
{
	uint32 mask = (uint32) ((UINT64_C(2) << (31 - __builtin_clz(buckets))) - 1);
	uint32 index = (uint32) hash & mask;

	return index < buckets ? index : index & (mask >> 1);
}

static inline uint32
cache_table_buckets(CacheTableShared *table)
{
	return cache_atomic_acquire(&table->buckets);
}

/* The bucket at an index; NULL if there is none or what leads there is garbage. No lock needed. */
extern CacheBucketShared *cache_table_bucket(CacheTableShared *table, uint32 index);

/* The overflow bucket of a bucket; NULL if it has none or the reference is garbage. No lock needed. */
extern CacheBucketShared *cache_bucket_next(const CacheBucketShared *bucket);

/* The block that a bucket lies in, for pins; first says whether it is the first of its chain. */
extern CacheRef cache_bucket_block(const CacheBucketShared *bucket, bool first);

/* Give the table its first segment. False if the arena has no block for it. */
extern bool cache_table_create(CacheTableShared *table, uint32 shard);

/* Find a key's slot, or the slot that refers to a block. Caller holds the partition lock in any mode. */
extern bool cache_table_find(CacheTableShared *table, uint64 hash, CacheSlice key, CacheSpot *spot);
extern bool cache_table_find_ref(CacheTableShared *table, uint64 hash, CacheRef ref,
								 CacheSpot *spot);

/* Overflow buckets that inserting `extra` more entries of this hash's bucket takes. Partition lock held. */
extern uint32 cache_table_spares_needed(CacheTableShared *table, uint64 hash, uint32 extra);

/*
 * Insert, between cache_partition_begin and _end. *spare is an overflow bucket's block, or NONE if
 * cache_table_spares_needed said that none is needed; it becomes NONE if it was used.
 */
extern void cache_table_insert(CacheTableShared *table, uint64 hash, CacheRef ref, uint8 mark,
							   uint8 due, CacheRef *spare);

/*
 * The byte for a deadline in this table: never for a half-second that the last pass is done with, even if the clock was
 * set back since.
 */
extern uint8 cache_table_due(CacheTableShared *table, int64 deadline_ms);

/* Write a slot's one-byte deadline, and the links' before it. Caller holds the partition lock. */
extern void cache_table_set_due(CacheTableShared *table, uint64 hash, CacheSpot spot, uint8 due);

/* Write the links' one-byte deadlines of a chain anew, after all its entries' were. Caller holds the partition lock. */
extern void cache_table_refresh_links(CacheTableShared *table, uint32 index);

/* Remove the spot's slot, between _begin and _end. Returns the overflow bucket that became free, or NONE. */
extern CacheRef cache_table_remove(CacheTableShared *table, uint64 hash, CacheSpot spot);

/* An overflow bucket's block for cache_table_insert; NONE if the arena has none. */
extern CacheRef cache_bucket_alloc(uint32 shard);

/* Make sure that bucket `index` has a segment under it. The table's growth lock is held. */
extern bool cache_table_extend(CacheTableShared *table, uint32 index, uint32 shard);

/* Detach the last segment once no bucket of it is in use, for retiring; NONE if it is the table's last. Growth lock held. */
extern CacheRef cache_table_retract(CacheTableShared *table, uint32 segment);

/* Detach the whole radix tree: calls retire for each index block. No bucket is in use any more. */
extern void cache_table_dismantle(CacheTableShared *table, void (*retire)(CacheRef block));

#endif
