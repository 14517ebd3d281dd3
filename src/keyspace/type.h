/*
 * type.h
 *    What the keyspace asks of a value type: rows of a const table that src/types/ fills.
 *
 * The keyspace moves, weighs and frees entries without knowing what is in them; whatever a value owns beside its
 * entry's own block it reaches through these rows. Entries without CACHE_ENTRY_BLOCKS are never asked.
 */
#ifndef CACHE_KEYSPACE_TYPE_H
#define CACHE_KEYSPACE_TYPE_H

#include "keyspace/entry.h"
#include "structure/blob.h"

typedef enum CacheType
{
	CACHE_TYPE_STRING,
	CACHE_TYPES
} CacheType;

typedef struct CacheTypeOps
{
	const char *name; /* as Redis's TYPE says it */

	/* Bytes of the blocks beside the entry's own. Bounded work: the partition lock is held. */
	uint64 (*memory)(CacheEntryShared *entry);

	/*
	 * Take the blocks out of an entry that is being freed: the tree to be freed, at once or when the last reader has
	 * unpinned its root.
	 */
	CacheBlob (*detach)(CacheEntryShared *entry);

	/* True if the block is one of the value's: not merely says so, but is referred to. */
	bool (*owns)(CacheEntryShared *entry, CacheRef block);

	/* Refer to the copy instead of the block, which the value owns. */
	bool (*replace)(CacheEntryShared *entry, CacheRef block, CacheRef copy);

	/* Tell the value's blocks who their owner is now. */
	void (*adopt)(CacheEntryShared *entry, const CacheBlobOwner *owner);

	/* The block that readers pin. */
	CacheRef (*pin)(CacheEntryShared *entry);
} CacheTypeOps;

/* Indexed by CacheType; defined in types/registry.c. */
extern const CacheTypeOps *const cache_types[CACHE_TYPES];

static inline const CacheTypeOps *
cache_entry_ops(const CacheEntryShared *entry)
{
	return cache_types[cache_entry_type(entry)];
}

/* Bytes of the entry's block and of all that its value owns. */
static inline uint64
cache_entry_memory(CacheEntryShared *entry)
{
	return cache_arena_block_size(cache_ref_of(entry)) +
		   ((entry->flags & CACHE_ENTRY_BLOCKS) ? cache_entry_ops(entry)->memory(entry) : 0);
}

#endif
