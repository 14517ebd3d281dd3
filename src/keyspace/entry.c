/*
 * entry.c
 *    Building an entry in a block that nobody else sees yet; see entry.h for the layout.
 */
#include "base/env.h"

#include "keyspace/entry.h"

char *
cache_entry_build(CacheRef block, const CacheEntryPlan *plan)
{
	CacheEntryShared *entry = cache_ref_ptr(block);
	char *key;

	Assert(plan->key.len <= CACHE_KEY_MAX);
	Assert(cache_entry_size(plan) <= cache_arena_block_size(block));
	entry->flags = plan->flags;
	if (plan->deadline_ms != 0 || plan->deadline_room)
		entry->flags |= CACHE_ENTRY_DEADLINE;
	entry->space = plan->space;
	entry->key_len = (uint16) plan->key.len;
	entry->value_len = (uint16) plan->value_len;
	if (entry->flags & CACHE_ENTRY_DEADLINE)
		cache_entry_set_deadline(entry, plan->deadline_ms);
	key = cache_entry_key(entry);
	memcpy(key, plan->key.data, plan->key.len);
	/* last: from here on the block is known as an entry */
	entry->kind = (uint8) ((plan->encoding << 4) | (plan->type + 1));
	return key + plan->key.len;
}
