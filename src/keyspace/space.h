/*
 * space.h
 *    A space: the table of one namespace of one database, from one clear to the next.
 *
 * Emptying a namespace is O(1): it gets a new space, and the old one is dead. Nobody can find what a dead space holds;
 * its entries, then its table, are freed in bounded steps by the maintenance worker or by a writer in need of memory.
 * Dropping a database, and any other removal of all keys of a kind, is the same step.
 *
 *     FREE --create--> LIVE --discard--> DEAD --purge--> FREE
 *
 * A writer checks under its partition lock that the space it resolved is LIVE, so nothing is added behind a purge's
 * back. A reader without a lock reads its partition's version first and resolves the space after that; a purge raises
 * the version of each partition before it frees the partition's part of a table.
 *
 * Descriptors are blocks that are never given back, only reused as descriptors: a late reader reads a descriptor.
 */
#ifndef CACHE_KEYSPACE_SPACE_H
#define CACHE_KEYSPACE_SPACE_H

#include "base/status.h"
#include "keyspace/table.h"
#include "policy/policy.h"

#define CACHE_SPACES_MAX 4096
#define CACHE_DATABASES_MAX 512
#define CACHE_SPACE_STRIPES 16

typedef enum CacheSpaceState
{
	CACHE_SPACE_FREE,
	CACHE_SPACE_LIVE,
	CACHE_SPACE_DEAD
} CacheSpaceState;

/* Sums of a sixteenth of the partitions; atomic, since several partitions share one. */
typedef struct CacheStripeShared
{
	_Alignas(64) CacheAtomicCount entries;
	CacheAtomicCount bytes;
	CacheAtomicCount with_deadline;
	CacheAtomic32 inserts; /* since the policy clock last moved */
} CacheStripeShared;

/* Where the maintenance worker is in this space; only it reads and writes this. */
typedef struct CacheSweepShared
{
	uint32 next_bucket;
	int64 pass_ms; /* when the running pass, or the last one, began */
} CacheSweepShared;

typedef struct CacheSpaceShared
{
	uint16 id;
	CacheAtomic8 state;
	CacheAtomic8 policy;
	uint32 database; /* oid */
	CacheTableShared table;
	CacheLock growth;
	CacheAtomic32 policy_clock; /* epochs in 1/256 */
	uint32 purge_bucket;
	CacheSweepShared sweep;
	CacheStripeShared stripe[CACHE_SPACE_STRIPES];
} CacheSpaceShared;

typedef struct CacheDatabaseShared
{
	CacheAtomic32 oid;   /* 0: unused */
	CacheAtomic32 space; /* granule of the default namespace's space; 0 before its first key */
} CacheDatabaseShared;

typedef struct CacheSpacesShared
{
	CacheLock registry;       /* creating, discarding and freeing spaces and databases */
	CacheAtomic32 dead;       /* how many wait for their purge */
	CacheAtomic32 spaces_end; /* ids ever used are below */
	CacheAtomic32 space[CACHE_SPACES_MAX]; /* granule of each descriptor, by id */
	CacheDatabaseShared database[CACHE_DATABASES_MAX];
} CacheSpacesShared;

extern CacheSpacesShared *cache_spaces;

static inline CacheSpaceShared *
cache_space_at(uint32 granule)
{
	return granule == 0 ? NULL : cache_ref_ptr((CacheRef){ granule });
}

/* The space of an id; NULL if the id was never used. */
static inline CacheSpaceShared *
cache_space_by_id(uint32 id)
{
	return id >= CACHE_SPACES_MAX ? NULL
								  : cache_space_at(cache_atomic_acquire(&cache_spaces->space[id]));
}

static inline bool
cache_space_is_live(CacheSpaceShared *space)
{
	return cache_atomic_acquire(&space->state) == CACHE_SPACE_LIVE;
}

/* The database's row, made at first use; NULL if all rows are taken. Takes the registry lock only to make it. */
extern CacheDatabaseShared *cache_database_open(uint32 oid);

/* The space that a key of this database lives in now; NULL if it has none yet. No lock. */
static inline CacheSpaceShared *
cache_space_resolve(CacheDatabaseShared *database)
{
	return cache_space_at(cache_atomic_acquire(&database->space));
}

/* The same, creating it with this policy if there is none. NULL if there is no memory for it. */
extern CacheSpaceShared *cache_space_open(CacheDatabaseShared *database, CachePolicyId policy);

/* Discard all keys of the database's default namespace: O(1). Returns how many it held. */
extern uint64 cache_space_clear(CacheDatabaseShared *database);

/* Forget a database that is being dropped, with all its keys. Nothing happens if it has no row. */
extern void cache_database_forget(uint32 oid);

/* Return a purged descriptor for reuse. Registry lock not held. */
extern void cache_space_release(CacheSpaceShared *space);

/* Sums over the stripes. Not a snapshot: each stripe is exact, the sum is of slightly different moments. */
extern uint64 cache_space_entries(CacheSpaceShared *space);
extern uint64 cache_space_bytes(CacheSpaceShared *space);
extern uint64 cache_space_with_deadline(CacheSpaceShared *space);

static inline CacheStripeShared *
cache_space_stripe(CacheSpaceShared *space, uint64 hash)
{
	return &space->stripe[hash & (CACHE_SPACE_STRIPES - 1)];
}

static inline const CachePolicyOps *
cache_space_policy(CacheSpaceShared *space)
{
	return cache_policies[cache_atomic_get(&space->policy) % CACHE_POLICIES];
}

static inline uint32
cache_space_epoch(CacheSpaceShared *space)
{
	return cache_atomic_get(&space->policy_clock) >> 8;
}

/* Account for an entry that came, went, or changed its size. Caller holds its partition lock. */
extern void cache_space_count_entry(CacheSpaceShared *space, uint64 hash, int64 entries,
									int64 bytes, int64 with_deadline);

/* Let the policy's clock run: called once for each insertion. */
extern void cache_space_tick(CacheSpaceShared *space, uint64 hash);

#endif
