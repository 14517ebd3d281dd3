/*
 * cmd_string.c
 *    SET, GET and their kin: whole values. Parts of values are in cmd_string_part.c, counters in cmd_counter.c.
 */
#include "base/env.h"

#include "commands/cmd_string.h"
#include "commands/lookup.h"
#include "commands/prepare.h"
#include "keyspace/keyspace.h"
#include "memory/counters.h"
#include "memory/pins.h"

#define VALUE_ALIGN 8
#define PREFETCH_AHEAD 8 /* keys whose buckets are asked for while one is read */

CacheStatus
cache_cmd_see(const CacheContext *context, CacheSlice key, CacheOut *out)
{
	CacheStatus status =
		cache_read(context->database, key, CACHE_READ_USE, out->data, out->capacity, &out->found);

	if ((status == CACHE_OK || status == CACHE_MORE) && out->found.type != CACHE_TYPE_STRING)
		return CACHE_WRONG_TYPE;
	return status;
}

void
cache_cmd_count_read(CacheStatus status)
{
	if (status == CACHE_OK)
		cache_count(CACHE_COUNT_HITS);
	else if (status == CACHE_MISSING)
		cache_count(CACHE_COUNT_MISSES);
}

CacheStatus
cache_cmd_get(const CacheContext *context, CacheSlice key, CacheOut *out)
{
	CacheStatus status = cache_cmd_see(context, key, out);

	cache_cmd_count_read(status);
	return status;
}

/* Whether SET may go on, seeing what is there. Partition lock held. */
static CacheStatus
set_allowed(const CacheHold *hold, const CacheSetOptions *options)
{
	CacheEntryShared *entry = hold->entry;

	if ((options->nx && entry != NULL) || (options->xx && entry == NULL))
		return CACHE_REFUSED;
	if (options->if_equals != NULL &&
		(entry == NULL || !cache_lookup_has_value(entry, options->if_equals)))
		return CACHE_REFUSED;
	return CACHE_OK;
}

/* Give the prepared entry the deadline of the one it replaces. */
static void
keep_deadline(const CachePrepared *prepared, CacheEntryShared *old)
{
	if (old != NULL)
		cache_entry_set_deadline(cache_ref_ptr(prepared->block), cache_entry_deadline(old));
}

/* With old: see that it can be returned, and say what it is. Partition lock held. */
static CacheStatus
check_old(const CacheHold *hold, CacheOut *old, bool *had_old)
{
	CacheStatus status = cache_lookup_string(hold);

	*had_old = status == CACHE_OK;
	if (status != CACHE_OK)
	{
		old->found = (CacheFound){ 0 };
		return status == CACHE_MISSING ? CACHE_OK : status;
	}
	cache_lookup_describe(hold->entry, &old->found);
	return old->found.len > old->capacity ? CACHE_MORE : CACHE_OK;
}

CacheStatus
cache_cmd_set(const CacheContext *context, CacheSlice key, CacheValue value,
			  const CacheSetOptions *options, CacheOut *old, bool *had_old)
{
	bool keep = options->ttl.mode == CACHE_TTL_KEEP;
	CachePrepared prepared = { 0 };
	CacheRef replaced = CACHE_REF_NONE;
	CacheStatus status;
	CacheHold hold;

	status = cache_prepare_check(key, value.bytes.len);
	if (status != CACHE_OK)
		return status;
	cache_hold_init(&hold, context->database, key);
	status = cache_prepare_string(&prepared, context, key, hold.hash, value,
								  cache_prepare_deadline(context, options->ttl), keep);
	while (status == CACHE_OK)
	{
		uint32 spares = 0;
		bool put = false;

		status = cache_prepare_lock(context, &hold, 1);
		if (status != CACHE_OK)
			break;
		cache_hold_find(&hold, cache_clock_now_ms());
		if (old != NULL)
			status = check_old(&hold, old, had_old);
		if (status == CACHE_OK)
			status = set_allowed(&hold, options);
		if (status == CACHE_OK)
			spares = cache_holds_spares_needed(&hold, 1);
		if (status == CACHE_OK && spares <= prepared.spare_count)
		{
			CacheRef spare = cache_prepared_spare(&prepared);

			if (keep)
				keep_deadline(&prepared, hold.entry);
			replaced = cache_hold_swap(&hold, cache_prepared_take(&prepared), &spare);
			cache_prepared_unspare(&prepared, spare);
			put = true;
		}
		else if (status == CACHE_REFUSED && old != NULL && *had_old)
			cache_string_copy(hold.entry, 0, old->data, old->found.len);
		cache_holds_unlock(&hold, 1);
		if (put || status != CACHE_OK)
			break;
		status = cache_prepare_spares(&prepared, hold.hash, spares);
	}
	if (!cache_ref_is_none(replaced))
	{
		/* nobody else can find the old entry any more: it is copied at leisure */
		if (old != NULL && *had_old)
			cache_string_copy(cache_ref_ptr(replaced), 0, old->data, old->found.len);
		cache_entry_discard(replaced);
	}
	cache_prepared_drop(&prepared);
	if (status == CACHE_OK)
	{
		cache_count(CACHE_COUNT_SETS);
		if (old != NULL)
			cache_cmd_count_read(*had_old ? CACHE_OK : CACHE_MISSING);
	}
	return status;
}

CacheStatus
cache_cmd_getdel(const CacheContext *context, CacheSlice key, CacheOut *out)
{
	CacheRef taken = CACHE_REF_NONE;
	CachePrepared prepared = { 0 };
	CacheStatus status;
	CacheHold hold;

	cache_hold_init(&hold, context->database, key);
	status = cache_prepare_lock_existing(&hold, 1);
	if (status != CACHE_OK)
		return status;
	cache_hold_find(&hold, cache_clock_now_ms());
	status = cache_lookup_string(&hold);
	if (status == CACHE_OK)
	{
		cache_lookup_describe(hold.entry, &out->found);
		if (out->found.len > out->capacity)
			status = CACHE_MORE;
		else
			taken = cache_hold_take(&hold);
	}
	cache_holds_unlock(&hold, 1);
	if (!cache_ref_is_none(taken))
	{
		cache_string_copy(cache_ref_ptr(taken), 0, out->data, out->found.len);
		cache_entry_discard(taken);
		cache_count(CACHE_COUNT_DELETES);
	}
	cache_prepared_drop(&prepared);
	cache_cmd_count_read(status);
	return status;
}

/*
 * GETEX under the lock; *size as for cache_prepared_set_deadline. A large value is left in *blob, pinned, to be copied
 * without it.
 */
static CacheStatus
getex_locked(CacheHold *hold, CachePrepared *prepared, int64 deadline_ms, CacheOut *out, Size *size,
			 CacheBlob *blob)
{
	CacheStatus status = cache_lookup_string(hold);

	if (status != CACHE_OK)
		return status;
	cache_lookup_describe(hold->entry, &out->found);
	if (out->found.len > out->capacity)
		return CACHE_MORE;
	cache_hold_touch(hold);
	if ((hold->entry->flags & CACHE_ENTRY_BLOCKS) == 0)
		cache_string_copy(hold->entry, 0, out->data, out->found.len);
	else
		*blob = cache_string_blob(hold->entry);
	cache_prepared_set_deadline(prepared, hold, deadline_ms, size);
	if (blob->chunks > 0 && *size == 0)
		cache_pin(CACHE_PIN_VALUE, blob->root);
	return CACHE_OK;
}

CacheStatus
cache_cmd_getex(const CacheContext *context, CacheSlice key, CacheTtl ttl, CacheOut *out)
{
	int64 deadline_ms = cache_prepare_deadline(context, ttl);
	CachePrepared prepared = { 0 };
	CacheStatus status;
	CacheBlob blob = { 0 };
	CacheHold hold;
	Size size;

	if (ttl.mode == CACHE_TTL_KEEP || ttl.mode == CACHE_TTL_DEFAULT)
		return cache_cmd_get(context, key, out);
	cache_hold_init(&hold, context->database, key);
	do
	{
		size = 0;
		status = cache_prepare_lock_existing(&hold, 1);
		if (status != CACHE_OK)
			break;
		cache_hold_find(&hold, cache_clock_now_ms());
		blob = (CacheBlob){ 0 };
		status = getex_locked(&hold, &prepared, deadline_ms, out, &size, &blob);
		cache_holds_unlock(&hold, 1);
		if (size > 0)
			status = cache_prepare_block(&prepared, hold.hash, size);
	} while (size > 0 && status == CACHE_OK);
	if (blob.chunks > 0 && status == CACHE_OK)
	{
		cache_blob_read(&blob, 0, out->data, out->found.len);
		cache_unpin(CACHE_PIN_VALUE);
	}
	cache_prepared_drop(&prepared);
	cache_cmd_count_read(status);
	return status;
}

/* One value of MGET into the rest of the buffer; *used grows by what it takes, also if it does not fit. */
static CacheStatus
mget_one(CacheSnapshot *snapshot, CacheSlice key, char *buffer, Size capacity, Size *used,
		 CacheManyFound *one)
{
	Size room = *used < capacity ? capacity - *used : 0;
	CacheStatus status = cache_snapshot_read(snapshot, key, CACHE_READ_USE,
											 buffer + Min(*used, capacity), room, &one->found);

	one->offset = *used;
	one->status = status;
	if ((status == CACHE_OK || status == CACHE_MORE) && one->found.type != CACHE_TYPE_STRING)
		status = one->status = CACHE_WRONG_TYPE;
	if (status == CACHE_OK || status == CACHE_MORE)
		*used = (*used + one->found.len + VALUE_ALIGN - 1) & ~((Size) VALUE_ALIGN - 1);
	return status;
}

CacheStatus
cache_cmd_mget(const CacheContext *context, const CacheSlice *keys, int n, char *buffer,
			   Size capacity, CacheManyFound *found, Size *needed)
{
	CacheSnapshot snapshot = { .tries = 0 };
	CacheStatus outcome;
	int64 hits;

	do
	{
		outcome = CACHE_OK;
		hits = 0;
		*needed = 0;
		cache_snapshot_begin(&snapshot, context->database, keys, n);
		for (int i = 0; i < Min(n, PREFETCH_AHEAD); i++)
			cache_read_prefetch(context->database, cache_keyspace_hash(keys[i]));
		for (int i = 0; i < n && outcome != CACHE_INTERRUPTED; i++)
		{
			CacheStatus status = mget_one(&snapshot, keys[i], buffer, capacity, needed, &found[i]);

			if (i + PREFETCH_AHEAD < n)
				cache_read_prefetch(context->database,
									cache_keyspace_hash(keys[i + PREFETCH_AHEAD]));
			hits += status == CACHE_OK;
			if (status == CACHE_MORE || status == CACHE_INTERRUPTED)
				outcome = status;
		}
	} while (!cache_snapshot_end(&snapshot) && outcome != CACHE_INTERRUPTED);
	if (outcome == CACHE_OK)
	{
		cache_count_many(CACHE_COUNT_HITS, (uint64) hits);
		cache_count_many(CACHE_COUNT_MISSES, (uint64) (n - hits));
	}
	return outcome;
}
