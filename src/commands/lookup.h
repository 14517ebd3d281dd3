/*
 * lookup.h
 *    The first steps that string verbs share under the lock.
 */
#ifndef CACHE_COMMANDS_LOOKUP_H
#define CACHE_COMMANDS_LOOKUP_H

#include "commands/command.h"
#include "keyspace/hold.h"
#include "memory/clock.h"
#include "types/string.h"

/* CACHE_OK if the hold's entry is a string; CACHE_MISSING, CACHE_WRONG_TYPE. */
static inline CacheStatus
cache_lookup_string(const CacheHold *hold)
{
	if (hold->entry == NULL)
		return CACHE_MISSING;
	return cache_entry_type(hold->entry) == CACHE_TYPE_STRING ? CACHE_OK : CACHE_WRONG_TYPE;
}

/* What out.found says of an entry. */
static inline void
cache_lookup_describe(CacheEntryShared *entry, CacheFound *found)
{
	*found = (CacheFound){
		.type = cache_entry_type(entry),
		.encoding = cache_entry_encoding(entry),
		.flags = entry->flags,
		.deadline_ms = cache_entry_deadline(entry),
		.len = cache_string_len(entry),
	};
}

/* True if the entry is a string of this value in this form. Partition lock held. */
static inline bool
cache_lookup_has_value(CacheEntryShared *entry, const CacheValue *value)
{
	return cache_entry_type(entry) == CACHE_TYPE_STRING &&
		   cache_entry_encoding(entry) == value->encoding &&
		   cache_string_equals(entry, value->bytes);
}

#endif
