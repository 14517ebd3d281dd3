/*
 * entry.h
 *    One key with its value, type and deadline, in one block of the arena.
 *
 *     | kind | flags | space | key length | value length | [deadline] | [tags] | key | value |
 *       1      1       2       2            2              6            1+12n
 *
 * What an entry does not use costs it nothing: a deadline is six bytes of milliseconds, tags (for entries that depend
 * on table rows) are a count and twelve bytes each. The value here is what the type makes of it: a string's bytes, or
 * the root of a structure that is built of more blocks. A block that is not an entry has a zero low nibble in its first
 * byte; a free slot has a zero byte.
 *
 * Readers without a lock may look at an entry that is being freed: they read lengths once and check them against the
 * slot (cache_entry_layout), and throw away what they copied if the partition's version has moved.
 */
#ifndef CACHE_KEYSPACE_ENTRY_H
#define CACHE_KEYSPACE_ENTRY_H

#include "base/slice.h"
#include "memory/arena.h"

#define CACHE_KEY_MAX 1024
#define CACHE_DEADLINE_BYTES 6
#define CACHE_TAG_BYTES 12
#define CACHE_DEADLINE_MAX_MS ((INT64_C(1) << 47) - 1)

typedef enum CacheEntryFlag
{
	CACHE_ENTRY_DEADLINE = 1 << 0,
	CACHE_ENTRY_TAGS = 1 << 1,
	CACHE_ENTRY_BLOCKS = 1 << 2, /* owns blocks beside its own */
} CacheEntryFlag;

typedef struct CacheEntryShared
{
	uint8 kind; /* low nibble: type + 1; high nibble: the type's encoding */
	uint8 flags;
	uint16 space;
	uint16 key_len;
	uint16 value_len;
	char body[FLEXIBLE_ARRAY_MEMBER];
} CacheEntryShared;

StaticAssertDecl(offsetof(CacheEntryShared, body) == 8, "an entry's header is 8 bytes");

#define CACHE_ENTRY_HEADER offsetof(CacheEntryShared, body)

/* The largest entry that is one block. */
#define CACHE_ENTRY_MAX CACHE_BLOCK_MAX

/* What an entry is made from. */
typedef struct CacheEntryPlan
{
	uint8 type;
	uint8 encoding;
	uint8 flags; /* CACHE_ENTRY_BLOCKS if the value owns blocks */
	uint16 space;
	CacheSlice key;
	int64 deadline_ms;  /* 0: none */
	bool deadline_room; /* room for one even so: it is decided under the lock */
	Size value_len;
} CacheEntryPlan;

static inline uint8
cache_entry_type(const CacheEntryShared *entry)
{
	return (entry->kind & 0x0F) - 1;
}

static inline uint8
cache_entry_encoding(const CacheEntryShared *entry)
{
	return entry->kind >> 4;
}

static inline bool
cache_kind_is_entry(uint8 kind)
{
	return (kind & 0x0F) != 0;
}

/* Bytes between the header and the key. */
static inline Size
cache_entry_prefix(const CacheEntryShared *entry, uint8 flags)
{
	Size prefix = (flags & CACHE_ENTRY_DEADLINE) ? CACHE_DEADLINE_BYTES : 0;

	if (flags & CACHE_ENTRY_TAGS)
		prefix += 1 + (Size) (uint8) entry->body[prefix] * CACHE_TAG_BYTES;
	return prefix;
}

static inline int64
cache_entry_deadline(const CacheEntryShared *entry)
{
	uint8 bytes[8] = { 0 };
	int64 deadline_ms = 0;

	if ((entry->flags & CACHE_ENTRY_DEADLINE) == 0)
		return 0;
	memcpy(bytes, entry->body, CACHE_DEADLINE_BYTES);
	for (int i = CACHE_DEADLINE_BYTES - 1; i >= 0; i--)
		deadline_ms = (deadline_ms << 8) | bytes[i];
	return deadline_ms;
}

/* Overwrite the deadline of an entry that has one. */
static inline void
cache_entry_set_deadline(CacheEntryShared *entry, int64 deadline_ms)
{
	Assert(entry->flags & CACHE_ENTRY_DEADLINE);
	for (int i = 0; i < CACHE_DEADLINE_BYTES; i++)
		entry->body[i] = (char) (uint8) (deadline_ms >> (8 * i));
}

static inline char *
cache_entry_key(CacheEntryShared *entry)
{
	return entry->body + cache_entry_prefix(entry, entry->flags);
}

static inline CacheSlice
cache_entry_key_slice(CacheEntryShared *entry)
{
	return cache_slice(cache_entry_key(entry), entry->key_len);
}

static inline char *
cache_entry_value(CacheEntryShared *entry)
{
	return cache_entry_key(entry) + entry->key_len;
}

/* Bytes that the value may grow to without a new block. */
static inline Size
cache_entry_room(CacheEntryShared *entry)
{
	return cache_arena_block_size(cache_ref_of(entry)) -
		   (Size) (cache_entry_value(entry) - (char *) entry);
}

static inline Size
cache_entry_size(const CacheEntryPlan *plan)
{
	bool deadline = plan->deadline_ms != 0 || plan->deadline_room;

	return CACHE_ENTRY_HEADER + (deadline ? CACHE_DEADLINE_BYTES : 0) + plan->key.len +
		   plan->value_len;
}

/* Write header, deadline and key into a fresh block; returns where the value goes. */
extern char *cache_entry_build(CacheRef block, const CacheEntryPlan *plan);

#endif
