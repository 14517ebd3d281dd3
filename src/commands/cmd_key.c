/*
 * cmd_key.c
 *    DEL, EXISTS, EXPIRE, TTL and their kin. Names are in cmd_name.c, walks over all keys in cmd_scan.c.
 */
#include "base/env.h"

#include <stdlib.h>

#include "commands/cmd_key.h"
#include "commands/lookup.h"
#include "commands/prepare.h"
#include "memory/counters.h"

/* Remove what the holds find, as one change if they are several; how many live entries there were. */
static int64
remove_found(CacheHold *holds, int n, int64 now_ms)
{
	int64 removed = 0;

	if (n > 1)
		cache_holds_begin(holds, n);
	for (int i = 0; i < n; i++)
	{
		removed += cache_hold_find(&holds[i], now_ms) != NULL;
		if (holds[i].occupied)
			cache_hold_remove(&holds[i]);
	}
	if (n > 1)
		cache_holds_end(holds, n);
	return removed;
}

CacheStatus
cache_cmd_del(const CacheContext *context, const CacheSlice *keys, int n, bool lazily, int64 *count)
{
	CacheHold single;
	CacheHold *holds = &single;
	CachePrepared prepared = { 0 };
	CacheStatus status;

	*count = 0;
	if (n == 0)
		return CACHE_OK;
	if (n > 1 && (holds = malloc((Size) n * sizeof(CacheHold))) == NULL)
		return CACHE_FULL;
	for (int i = 0; i < n; i++)
		cache_hold_init(&holds[i], context->database, keys[i]);
	status = cache_prepare_lock_existing(holds, n);
	if (status == CACHE_OK)
	{
		*count = remove_found(holds, n, cache_clock_now_ms());
		cache_holds_unlock(holds, n);
	}
	if (holds != &single)
		free(holds);
	if (!lazily)
		cache_prepared_drop(&prepared);
	cache_count_many(CACHE_COUNT_DELETES, (uint64) *count);
	return status;
}

CacheStatus
cache_cmd_del_if_equal(const CacheContext *context, CacheSlice key, CacheValue value)
{
	CachePrepared prepared = { 0 };
	CacheStatus status;
	CacheHold hold;

	cache_hold_init(&hold, context->database, key);
	status = cache_prepare_lock_existing(&hold, 1);
	if (status != CACHE_OK)
		return status;
	cache_hold_find(&hold, cache_clock_now_ms());
	status = cache_lookup_string(&hold);
	if (status == CACHE_OK && !cache_lookup_has_value(hold.entry, &value))
		status = CACHE_REFUSED;
	if (status == CACHE_OK)
		cache_hold_remove(&hold);
	cache_holds_unlock(&hold, 1);
	cache_prepared_drop(&prepared);
	if (status == CACHE_OK)
		cache_count(CACHE_COUNT_DELETES);
	return status;
}

CacheStatus
cache_cmd_exists(const CacheContext *context, const CacheSlice *keys, int n, int64 *count)
{
	CacheSnapshot snapshot = { .tries = 0 };

	do
	{
		*count = 0;
		cache_snapshot_begin(&snapshot, context->database, keys, n);
		for (int i = 0; i < n; i++)
		{
			CacheFound found;

			*count += cache_snapshot_read(&snapshot, keys[i], CACHE_READ_PEEK, NULL, 0, &found) !=
					  CACHE_MISSING;
		}
	} while (!cache_snapshot_end(&snapshot));
	return CACHE_OK;
}

CacheStatus
cache_cmd_touch(const CacheContext *context, const CacheSlice *keys, int n, int64 *count)
{
	*count = 0;
	for (int i = 0; i < n; i++)
	{
		CacheFound found;

		*count += cache_read(context->database, keys[i], CACHE_READ_USE, NULL, 0, &found) !=
				  CACHE_MISSING;
	}
	return CACHE_OK;
}

/* Redis's conditions of EXPIRE; no deadline is later than any. */
static bool
expire_allowed(int64 old_ms, int64 new_ms, int conditions)
{
	if ((conditions & CACHE_EXPIRE_IF_NONE_SET) && old_ms != 0)
		return false;
	if ((conditions & CACHE_EXPIRE_IF_SET) && old_ms == 0)
		return false;
	if ((conditions & CACHE_EXPIRE_IF_LATER) && (old_ms == 0 || new_ms <= old_ms))
		return false;
	if ((conditions & CACHE_EXPIRE_IF_SOONER) && old_ms != 0 && new_ms >= old_ms)
		return false;
	return true;
}

/* Set a deadline, 0 for none, if `allowed` says so of the old one. One that is past deletes. */
static CacheStatus
change_deadline(const CacheContext *context, CacheSlice key, int64 deadline_ms, int conditions)
{
	bool persist = deadline_ms == 0;
	CachePrepared prepared = { 0 };
	CacheStatus status;
	CacheHold hold;
	Size size;

	cache_hold_init(&hold, context->database, key);
	do
	{
		int64 now_ms;

		size = 0;
		status = cache_prepare_lock_existing(&hold, 1);
		if (status != CACHE_OK)
			break;
		/* the clock is read under the lock: what ended while others had it is not there */
		now_ms = cache_clock_now_ms();
		if (cache_hold_find(&hold, now_ms) == NULL)
			status = CACHE_MISSING;
		else if (persist
					 ? cache_entry_deadline(hold.entry) == 0
					 : !expire_allowed(cache_entry_deadline(hold.entry), deadline_ms, conditions))
			status = CACHE_REFUSED;
		else if (!persist && deadline_ms <= now_ms)
			cache_hold_remove(&hold);
		else
			cache_prepared_set_deadline(&prepared, &hold, deadline_ms, &size);
		cache_holds_unlock(&hold, 1);
		if (size > 0)
			status = cache_prepare_block(&prepared, hold.hash, size);
	} while (size > 0 && status == CACHE_OK);
	cache_prepared_drop(&prepared);
	return status;
}

CacheStatus
cache_cmd_expireat(const CacheContext *context, CacheSlice key, int64 deadline_ms, int conditions)
{
	deadline_ms = Min(Max(deadline_ms, 1), CACHE_DEADLINE_MAX_MS);
	return change_deadline(context, key, deadline_ms, conditions);
}

CacheStatus
cache_cmd_persist(const CacheContext *context, CacheSlice key)
{
	return change_deadline(context, key, 0, 0);
}

CacheStatus
cache_cmd_describe(const CacheContext *context, CacheSlice key, CacheDescription *description)
{
	CacheStatus status = CACHE_MISSING;
	CacheHold hold;

	cache_hold_init(&hold, context->database, key);
	cache_hold_lock_shared(&hold);
	if (cache_hold_find(&hold, cache_clock_now_ms()) != NULL)
	{
		CacheEntryShared *entry = hold.entry;
		uint64 buckets = cache_table_buckets(&hold.space->table);
		uint64 entries = Max(cache_space_entries(hold.space), 1);

		status = CACHE_OK;
		*description = (CacheDescription){
			.type = cache_entry_type(entry),
			.encoding = cache_entry_encoding(entry),
			.has_blocks = (entry->flags & CACHE_ENTRY_BLOCKS) != 0,
			.deadline_ms = cache_entry_deadline(entry),
			.memory = cache_entry_memory(entry) +
					  Min(buckets * sizeof(CacheBucketShared) / entries, sizeof(CacheBucketShared)),
			.mark = cache_hold_mark(&hold),
			.policy = cache_atomic_get(&hold.space->policy),
		};
		description->age_epochs =
			cache_space_policy(hold.space)->rank(description->mark, cache_space_epoch(hold.space));
		if (description->type == CACHE_TYPE_STRING)
			description->len = cache_string_len(entry);
	}
	cache_hold_unlock_shared(&hold);
	return status;
}
