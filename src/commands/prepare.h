/*
 * prepare.h
 *    What a verb readies before it takes a lock, and gives back what it did not use.
 *
 * Everything that may fail for lack of memory, or be interrupted, happens here. A verb that finds under the lock that it
 * prepared too little lets go of the lock, prepares more, and looks again.
 */
#ifndef CACHE_COMMANDS_PREPARE_H
#define CACHE_COMMANDS_PREPARE_H

#include "commands/command.h"
#include "keyspace/hold.h"
#include "structure/blob.h"

typedef struct CachePrepared
{
	CacheRef block;  /* a whole entry, or raw memory for one */
	CacheRef spares; /* overflow buckets, linked through their first references */
	uint32 spare_count;
	CacheBlob blob;  /* a tree that no entry refers to yet */
	CacheRef chunks; /* full-size blocks for a tree that grows under the lock, linked likewise */
	uint32 chunk_count;
} CachePrepared;

/* CACHE_FULL if the region could not hold so many bytes even if it were empty: nothing is to be evicted for them. */
extern CacheStatus cache_prepare_may_fit(uint64 bytes);

/* Check the lengths that no verb may exceed. CACHE_TOO_LONG, or CACHE_FULL for more than the region could ever hold. */
extern CacheStatus cache_prepare_check(CacheSlice key, uint64 value_len);

/* The deadline that a new entry gets; of CACHE_TTL_KEEP, where there is nothing to keep, the default. */
extern int64 cache_prepare_deadline(const CacheContext *context, CacheTtl ttl);

/* cache_holds_lock with the context's policy, making room for the space's first table if need be. */
extern CacheStatus cache_prepare_lock(const CacheContext *context, CacheHold *holds, int n);

/* cache_holds_lock for verbs that create nothing. CACHE_OK, or CACHE_INTERRUPTED without the locks. */
extern CacheStatus cache_prepare_lock_existing(CacheHold *holds, int n);

/* A whole string entry. keep_room: leave room for a deadline that is known only under the lock. */
extern CacheStatus cache_prepare_string(CachePrepared *prepared, const CacheContext *context,
										CacheSlice key, uint64 hash, CacheValue value,
										int64 deadline_ms, bool keep_room);

/* Raw memory of at least size bytes for an entry to be built under the lock. Replaces what is too small. */
extern CacheStatus cache_prepare_block(CachePrepared *prepared, uint64 hash, Size size);

/* A tree for len bytes. Replaces one that is too short. */
extern CacheStatus cache_prepare_blob(CachePrepared *prepared, const CacheContext *context,
									  uint64 hash, uint64 len);

/* At least so many overflow buckets in all, or full-size blocks. */
extern CacheStatus cache_prepare_spares(CachePrepared *prepared, uint64 hash, uint32 count);
extern CacheStatus cache_prepare_chunks(CachePrepared *prepared, uint64 hash, uint32 count);

/* Take out one overflow bucket, NONE if there is none; put one back that was not used. */
extern CacheRef cache_prepared_spare(CachePrepared *prepared);
extern void cache_prepared_unspare(CachePrepared *prepared, CacheRef spare);

/* The block, which is its taker's now. */
extern CacheRef cache_prepared_take(CachePrepared *prepared);

/* A source that hands out the prepared full-size blocks, and nothing else. */
typedef struct CachePreparedSource
{
	CacheSource source;
	CachePrepared *prepared;
} CachePreparedSource;

extern void cache_prepared_source_init(CachePreparedSource *source, CachePrepared *prepared);

/* Put the prepared entry in the hold's place; spares suffice. The old entry is freed, its blocks after unlocking. */
extern void cache_prepared_put(CachePrepared *prepared, CacheHold *hold);

/*
 * Set the deadline of the hold's entry, 0 for none, if need be by replacing the entry with a copy that has room for one;
 * the value's blocks, if it has any, go over to the copy. Nothing is done if the prepared block is too small for that:
 * *size is what it takes then, else 0.
 */
extern void cache_prepared_set_deadline(CachePrepared *prepared, CacheHold *hold, int64 deadline_ms,
										Size *size);

/* Give back what was not used, and free what waits in limbo. No lock may be held. */
extern void cache_prepared_drop(CachePrepared *prepared);

#endif
