/*
 * cmd_scan.c
 *    SCAN, RANDOMKEY, and the sums over all keys.
 */
#include "base/env.h"

#include "base/glob.h"
#include "base/wyrand.h"
#include "commands/cmd_key.h"
#include "keyspace/keyspace.h"
#include "keyspace/scan.h"
#include "keyspace/type.h"
#include "memory/pins.h"

/* What one bucket's visit needs to know, and what it found. */
typedef struct Collector
{
	CacheSlice pattern;
	CacheGlobUnit unit;
	int type;
	CacheKeyList *list;
	Size needed; /* bytes for all matching keys of the bucket */
} Collector;

static void
collect(CacheEntryShared *entry, void *state)
{
	Collector *collector = state;
	CacheKeyList *list = collector->list;
	CacheSlice key = cache_entry_key_slice(entry);
	uint16 len = (uint16) key.len;

	if (collector->type != CACHE_TYPES && cache_entry_type(entry) != collector->type)
		return;
	if (collector->pattern.len > 0 && !cache_glob_match(collector->pattern, key, collector->unit))
		return;
	collector->needed += sizeof(len) + key.len;
	if (list->used + sizeof(len) + key.len > list->capacity)
		return;
	memcpy(list->data + list->used, &len, sizeof(len));
	memcpy(list->data + list->used + sizeof(len), key.data, key.len);
	list->used += sizeof(len) + key.len;
	list->count++;
}

CacheStatus
cache_cmd_scan(const CacheContext *context, uint64 *position, CacheSlice pattern, bool utf8,
			   int type, CacheKeyList *list, Size *needed)
{
	Collector collector = {
		.pattern = pattern,
		.unit = utf8 ? CACHE_GLOB_UTF8 : CACHE_GLOB_BYTES,
		.type = type,
		.list = list,
	};
	uint64 start = *position;
	uint64 count = list->count;
	Size used = list->used;

	cache_scan_step(context->database, position, collect, &collector);
	*needed = collector.needed;
	if (used + collector.needed <= list->capacity)
		return CACHE_OK;
	*position = start;
	list->count = count;
	list->used = used;
	return CACHE_MORE;
}

/* Keep one key of the list, at random. */
static void
keep_one(CacheKeyList *list, uint64 which)
{
	const char *at = list->data;
	uint16 len;

	for (uint64 i = 0; i <= which; i++)
	{
		memcpy(&len, at, sizeof(len));
		if (i < which)
			at += sizeof(len) + len;
	}
	memmove(list->data, at, sizeof(len) + len);
	list->used = sizeof(len) + len;
	list->count = 1;
}

/*
 * A bucket at random, and one of its keys; from an empty bucket on to the next that is not. Keys after a gap, and of short
 * chains, are a little likelier, as in Redis.
 */
CacheStatus
cache_cmd_randomkey(const CacheContext *context, CacheKeyList *list)
{
	static CACHE_PER_BACKEND CacheWyrand random;
	uint64 position;
	bool wrapped = false;

	if (random.state == 0)
		random = cache_wyrand_seeded(cache_keyspace->seed + (uint64) (uintptr_t) cache_pins_mine);
	position = cache_wyrand_next(&random);
	for (;;)
	{
		Size needed;
		CacheStatus status;

		list->used = 0;
		list->count = 0;
		status = cache_cmd_scan(context, &position, cache_slice(NULL, 0), false, CACHE_TYPES, list,
								&needed);
		if (status != CACHE_OK)
			return status;
		if (list->count > 0)
		{
			keep_one(list, cache_wyrand_below(&random, list->count));
			return CACHE_OK;
		}
		if (cache_interrupted())
			return CACHE_INTERRUPTED;
		if (position == 0)
		{
			if (wrapped)
				return CACHE_MISSING;
			wrapped = true;
		}
	}
}

uint64
cache_cmd_dbsize(const CacheContext *context)
{
	CacheSpaceShared *space = cache_space_resolve(context->database);

	return space == NULL ? 0 : cache_space_entries(space);
}

uint64
cache_cmd_used_bytes(const CacheContext *context)
{
	CacheSpaceShared *space = cache_space_resolve(context->database);

	return space == NULL ? 0 : cache_space_bytes(space);
}

uint64
cache_cmd_clear(const CacheContext *context)
{
	return cache_space_clear(context->database);
}
