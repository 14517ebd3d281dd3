/*
 * string.h
 *    The string type: bytes, with a note of what they are to SQL.
 *
 * A string of up to about 8 kB stands in its entry; a longer one is a blob (structure/blob.h) whose root stands there.
 * The encoding tells how a face reads it back: text that is valid in the database's encoding, any bytes, jsonb in its
 * binary form, or a cached NULL, which has no bytes. Redis's int, embstr and raw are all text here.
 */
#ifndef CACHE_TYPES_STRING_H
#define CACHE_TYPES_STRING_H

#include "keyspace/type.h"

#define CACHE_STRING_MAX ((uint64) 512 * 1024 * 1024)

typedef enum CacheStringEncoding
{
	CACHE_STRING_TEXT,
	CACHE_STRING_BYTES,
	CACHE_STRING_JSON,
	CACHE_STRING_NULL
} CacheStringEncoding;

extern const CacheTypeOps cache_type_string;

/*
 * True if a key and a value of such lengths stand in one block: with a deadline, whether there is one yet or not, so that
 * one can always be added.
 */
static inline bool
cache_string_is_inline(Size key_len, uint64 value_len)
{
	return CACHE_ENTRY_HEADER + CACHE_DEADLINE_BYTES + key_len + value_len <= CACHE_ENTRY_MAX;
}

/* Bytes of the value, wherever they are. */
extern uint64 cache_string_len(CacheEntryShared *entry);

/* Copy out a range that lies within the value. Partition lock held, or the entry is private. */
extern void cache_string_copy(CacheEntryShared *entry, uint64 offset, char *data, uint64 len);

/* True if the value is just these bytes. Partition lock held. */
extern bool cache_string_equals(CacheEntryShared *entry, CacheSlice value);

/* The blob of an entry that has CACHE_ENTRY_BLOCKS, and storing it back. */
extern CacheBlob cache_string_blob(CacheEntryShared *entry);
extern void cache_string_set_blob(CacheEntryShared *entry, const CacheBlob *blob);

#endif
