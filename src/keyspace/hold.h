/*
 * hold.h
 *    Changing keys: lock their partitions, look, change what was prepared, let go.
 *
 *     prepare   build entries in blocks of their own, reserve spares          may fail, touches nothing
 *     lock      cache_holds_lock: all partitions of the keys, ascending
 *     look      cache_hold_find: the live entry, or none
 *     change    cache_hold_put, _remove, _set_deadline, or in place between _begin and _end    cannot fail
 *     unlock    cache_holds_unlock: also grows the table and frees what was unlinked
 *
 * After a change, the places that other holds of the same call had found are stale: find again before acting.
 */
#ifndef CACHE_KEYSPACE_HOLD_H
#define CACHE_KEYSPACE_HOLD_H

#include "keyspace/limbo.h"
#include "keyspace/space.h"
#include "keyspace/type.h"

typedef struct CacheHold
{
	CacheDatabaseShared *database;
	CacheSlice key;
	uint64 hash;
	uint32 order; /* the caller's: cache_holds_sort keeps equal keys in this order */
	CacheSpaceShared
		*space; /* while locked; NULL if the database has none and none was asked for */
	CacheEntryShared *entry; /* the live entry; NULL if absent or expired */
	CacheSpot spot;          /* of the entry, or of the expired one that is in its place */
	bool occupied;           /* spot is valid */
	bool inserted;
} CacheHold;

/* Ready a hold for a key. No lock. */
extern void cache_hold_init(CacheHold *hold, CacheDatabaseShared *database, CacheSlice key);

/* Bring holds of several keys into the order that cache_holds_spares_needed counts in: those of one bucket together. */
extern void cache_holds_sort(CacheHold *holds, int n);

/*
 * Lock the partitions of n holds and resolve their space. With a policy below CACHE_POLICIES the space is created
 * if there is none; CACHE_FULL if that fails. No partition lock may be held.
 */
extern CacheStatus cache_holds_lock(CacheHold *holds, int n, CachePolicyId create);
extern void cache_holds_unlock(CacheHold *holds, int n);

/* The same for one key that is only looked at. */
extern void cache_hold_lock_shared(CacheHold *hold);
extern void cache_hold_unlock_shared(CacheHold *hold);

/* Look the key up. now_ms decides what has expired. Fills and returns hold->entry. */
extern CacheEntryShared *cache_hold_find(CacheHold *hold, int64 now_ms);

/* Overflow buckets that putting all these keys, found or not, may take. Sorted, if several; partition locks held. */
extern uint32 cache_holds_spares_needed(CacheHold *holds, int n);

/*
 * Put a built entry in the key's place, replacing what is there. spare as for cache_table_insert. The old entry, and
 * nothing else, is freed.
 */
extern void cache_hold_put(CacheHold *hold, CacheRef block, CacheRef *spare);

/* The same, but what was there is handed to the caller (NONE if nothing was), to be discarded later. */
extern CacheRef cache_hold_swap(CacheHold *hold, CacheRef block, CacheRef *spare);

/* Remove what is in the key's place, live or expired. */
extern void cache_hold_remove(CacheHold *hold);

/* Take the entry out of the table without freeing it: returns its block. */
extern CacheRef cache_hold_take(CacheHold *hold);

/* Set the deadline of the entry, 0 for none. False if the entry has no room for one: put a larger copy. */
extern bool cache_hold_set_deadline(CacheHold *hold, int64 deadline_ms);

/*
 * Make changes of several holds one: readers see all or none of those between the two. Nothing between may throw or
 * wait, and all locks of the holds are held.
 */
extern void cache_holds_begin(CacheHold *holds, int n);
extern void cache_holds_end(CacheHold *holds, int n);

/* Change the entry's value in place: nothing between the two may throw or wait. */
extern void cache_hold_begin(CacheHold *hold);
extern void cache_hold_end(CacheHold *hold, int64 bytes_more);

/* True if a reader has the value's blocks pinned: they must not be changed now. Call between _begin and _end. */
extern bool cache_hold_is_pinned(CacheHold *hold);

/* Count the use of the entry with the eviction policy. */
extern void cache_hold_touch(CacheHold *hold);

/* The byte that the eviction policy keeps for the entry. */
extern uint8 cache_hold_mark(CacheHold *hold);

#endif
