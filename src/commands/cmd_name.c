/*
 * cmd_name.c
 *    RENAME and COPY: the same value under another name.
 *
 * An entry holds its key, so either makes a new entry. RENAME hands the value's blocks over to it; COPY makes blocks of its
 * own, which it fills before it takes both keys' locks, and starts over if the source has another value by then: it keeps
 * the source's root pinned meanwhile, so that the same root means the same bytes.
 */
#include "base/env.h"

#include "commands/cmd_key.h"
#include "commands/lookup.h"
#include "commands/prepare.h"
#include "keyspace/keyspace.h"
#include "memory/counters.h"
#include "memory/pins.h"

#define COPY_TRIES 3 /* after so many, a large value is copied under the locks */

/* Two keys, in the order in which holds are sorted, and which is which. */
typedef struct Pair
{
	CacheHold holds[2];
	CacheHold *from;
	CacheHold *to;
	CachePrepared prepared;
	CacheRef pinned; /* the root of the value that COPY copied aside */
	Size need_block;
	uint32 need_spares;
	uint64 need_blob;
} Pair;

static void
pair_init(Pair *pair, const CacheContext *context, CacheSlice from, CacheSlice to)
{
	memset(pair, 0, sizeof(*pair));
	cache_hold_init(&pair->holds[0], context->database, from);
	cache_hold_init(&pair->holds[1], context->database, to);
	pair->holds[1].order = 1;
	cache_holds_sort(pair->holds, 2);
	pair->from = &pair->holds[pair->holds[0].order];
	pair->to = &pair->holds[1 - pair->holds[0].order];
}

/* Prepare what was found missing under the lock. */
static CacheStatus
pair_prepare(Pair *pair, const CacheContext *context)
{
	CacheStatus status = CACHE_OK;

	if (pair->need_block > 0)
		status = cache_prepare_block(&pair->prepared, pair->to->hash, pair->need_block);
	if (status == CACHE_OK && pair->need_spares > 0)
		status = cache_prepare_spares(&pair->prepared, pair->to->hash, pair->need_spares);
	if (status == CACHE_OK && pair->need_blob > 0)
		status = cache_prepare_blob(&pair->prepared, context, pair->to->hash, pair->need_blob);
	return status;
}

static void
pair_reset(Pair *pair)
{
	pair->need_block = 0;
	pair->need_spares = 0;
	pair->need_blob = 0;
}

static bool
pair_lacks(const Pair *pair)
{
	return pair->need_block > 0 || pair->need_spares > 0 || pair->need_blob > 0;
}

/*
 * Plan an entry like `entry` under the other key. False if what it takes is not prepared: the need_ fields say what. A
 * string that no longer fits one block beside a longer key becomes a blob.
 */
static bool
pair_plan(Pair *pair, CacheEntryShared *entry, CacheEntryPlan *plan)
{
	*plan = (CacheEntryPlan){
		.type = cache_entry_type(entry),
		.encoding = cache_entry_encoding(entry),
		.flags = entry->flags & CACHE_ENTRY_BLOCKS,
		.space = pair->to->space->id,
		.key = pair->to->key,
		.deadline_ms = cache_entry_deadline(entry),
		.value_len = entry->value_len,
	};
	if (plan->flags == 0 && !cache_string_is_inline(plan->key.len, plan->value_len))
	{
		Assert(plan->type == CACHE_TYPE_STRING);
		plan->flags = CACHE_ENTRY_BLOCKS;
		plan->value_len = sizeof(CacheBlob);
		if (pair->prepared.blob.len < entry->value_len)
			pair->need_blob = entry->value_len;
	}
	if (cache_ref_is_none(pair->prepared.block) ||
		cache_arena_block_size(pair->prepared.block) < cache_entry_size(plan))
		pair->need_block = cache_entry_size(plan);
	/* counted for both, since the two may share a bucket */
	if (pair->prepared.spare_count < 2)
		pair->need_spares = 2;
	return !pair_lacks(pair);
}

/* Build the entry of a value that stood in its block, or whose blocks the caller hands over as they are. */
static void
pair_build(Pair *pair, const CacheEntryPlan *plan, CacheEntryShared *entry)
{
	char *value = cache_entry_build(pair->prepared.block, plan);

	if ((plan->flags & CACHE_ENTRY_BLOCKS) == (entry->flags & CACHE_ENTRY_BLOCKS))
	{
		memcpy(value, cache_entry_value(entry), entry->value_len);
		return;
	}
	cache_blob_write(&pair->prepared.blob, 0, cache_entry_value(entry), entry->value_len);
	pair->prepared.blob.len = entry->value_len;
	memcpy(value, &pair->prepared.blob, sizeof(CacheBlob));
	pair->prepared.blob = (CacheBlob){ 0 };
}

static CacheStatus
rename_locked(Pair *pair, bool nx, int64 now_ms)
{
	CacheEntryShared *entry = cache_hold_find(pair->from, now_ms);
	CacheEntryPlan plan;
	CacheRef old;

	if (entry == NULL)
		return CACHE_MISSING;
	if (nx && cache_hold_find(pair->to, now_ms) != NULL)
		return CACHE_REFUSED;
	if (!pair_plan(pair, entry, &plan))
		return CACHE_OK;

	pair_build(pair, &plan, entry);
	cache_holds_begin(pair->holds, 2);
	old = cache_hold_take(pair->from);
	/* the blocks are the new entry's from here on */
	cache_arena_free(old);
	cache_hold_find(pair->to, now_ms);
	if (plan.flags & CACHE_ENTRY_BLOCKS)
		cache_types[plan.type]->adopt(
			cache_ref_ptr(pair->prepared.block),
			&(CacheBlobOwner){ .hash = pair->to->hash, .space = plan.space });
	cache_prepared_put(&pair->prepared, pair->to);
	cache_holds_end(pair->holds, 2);
	return CACHE_OK;
}

CacheStatus
cache_cmd_rename(const CacheContext *context, CacheSlice key, CacheSlice new_key, bool nx)
{
	CacheStatus status = cache_prepare_check(new_key, 0);
	Pair pair;

	if (status != CACHE_OK)
		return status;
	if (cache_slice_equal(key, new_key))
	{
		CacheFound found;

		status = cache_read(context->database, key, CACHE_READ_PEEK, NULL, 0, &found);
		return status == CACHE_MISSING ? CACHE_MISSING : nx ? CACHE_REFUSED : CACHE_OK;
	}
	pair_init(&pair, context, key, new_key);
	do
	{
		pair_reset(&pair);
		status = cache_prepare_lock(context, pair.holds, 2);
		if (status != CACHE_OK)
			break;
		status = rename_locked(&pair, nx, cache_clock_now_ms());
		cache_holds_unlock(pair.holds, 2);
		if (status == CACHE_OK)
			status = pair_prepare(&pair, context);
	} while (status == CACHE_OK && pair_lacks(&pair));
	cache_prepared_drop(&pair.prepared);
	return status;
}

/* Let go of the source's root, if it is pinned. */
static void
pair_unpin(Pair *pair)
{
	if (!cache_ref_is_none(pair->pinned))
		cache_unpin(CACHE_PIN_VALUE);
	pair->pinned = CACHE_REF_NONE;
}

/*
 * Fill the prepared tree from a large source without holding a lock meanwhile, and leave the source's root pinned: while it
 * is, its bytes stay as they are. What else the copy takes is prepared before that, since whoever waits for memory must
 * not have anything pinned. CACHE_OK also if there is nothing to copy.
 */
static CacheStatus
copy_blob_aside(Pair *pair, const CacheContext *context)
{
	CacheHold hold = *pair->from;
	CacheBlob blob = { 0 };
	CacheStatus status;

	for (;;)
	{
		uint64 len = 0;
		bool ready;

		cache_hold_lock_shared(&hold);
		if (cache_hold_find(&hold, cache_clock_now_ms()) != NULL &&
			(hold.entry->flags & CACHE_ENTRY_BLOCKS))
		{
			blob = cache_string_blob(hold.entry);
			len = blob.len;
		}
		ready = pair->prepared.blob.len >= len && pair->prepared.spare_count >= 2;
		if (ready && len > 0)
		{
			cache_pin(CACHE_PIN_VALUE, blob.root);
			pair->pinned = blob.root;
		}
		cache_hold_unlock_shared(&hold);
		if (len == 0)
			return CACHE_OK;
		if (ready)
			break;
		pair->need_block =
			CACHE_ENTRY_HEADER + CACHE_DEADLINE_BYTES + pair->to->key.len + sizeof(blob);
		pair->need_spares = 2;
		pair->need_blob = len;
		status = pair_prepare(pair, context);
		if (status != CACHE_OK)
			return status;
	}
	cache_blob_transfer(&pair->prepared.blob, &blob);
	return CACHE_OK;
}

/* *again is set if the large value has to be copied anew. */
static CacheStatus
copy_locked(Pair *pair, bool replace, int64 now_ms, bool under_lock, bool *again)
{
	CacheEntryShared *entry = cache_hold_find(pair->from, now_ms);
	CacheEntryPlan plan;

	if (entry == NULL)
		return CACHE_MISSING;
	if (!replace && cache_hold_find(pair->to, now_ms) != NULL)
		return CACHE_REFUSED;
	if (!pair_plan(pair, entry, &plan))
		return CACHE_OK;
	if (entry->flags & CACHE_ENTRY_BLOCKS)
	{
		CacheBlob blob = cache_string_blob(entry);
		CacheBlob *copy = &pair->prepared.blob;

		if (copy->len < blob.len || (!under_lock && !cache_ref_same(blob.root, pair->pinned)))
		{
			*again = true;
			return CACHE_OK;
		}
		if (under_lock)
			cache_blob_transfer(copy, &blob);
		copy->len = blob.len;
		memcpy(cache_entry_build(pair->prepared.block, &plan), copy, sizeof(CacheBlob));
		*copy = (CacheBlob){ 0 };
	}
	else
		pair_build(pair, &plan, entry);
	cache_hold_find(pair->to, now_ms);
	cache_prepared_put(&pair->prepared, pair->to);
	return CACHE_OK;
}

CacheStatus
cache_cmd_copy(const CacheContext *context, CacheSlice source, CacheSlice destination, bool replace)
{
	CacheStatus status = cache_prepare_check(destination, 0);
	bool again = true;
	int tries = 0;
	Pair pair;

	if (status != CACHE_OK)
		return status;
	if (cache_slice_equal(source, destination))
		return CACHE_REFUSED;
	pair_init(&pair, context, source, destination);
	do
	{
		if (again)
		{
			again = false;
			tries++;
			status = copy_blob_aside(&pair, context);
			if (status != CACHE_OK)
				break;
		}
		pair_reset(&pair);
		status = cache_prepare_lock(context, pair.holds, 2);
		if (status != CACHE_OK)
			break;
		status = copy_locked(&pair, replace, cache_clock_now_ms(), tries > COPY_TRIES, &again);
		cache_holds_unlock(pair.holds, 2);
		again = again || (pair_lacks(&pair) && !cache_ref_is_none(pair.pinned));
		pair_unpin(&pair);
		if (status == CACHE_OK)
			status = pair_prepare(&pair, context);
	} while (status == CACHE_OK && (again || pair_lacks(&pair)));
	pair_unpin(&pair);
	cache_prepared_drop(&pair.prepared);
	if (status == CACHE_OK)
		cache_count(CACHE_COUNT_SETS);
	return status;
}
