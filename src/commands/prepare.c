/*
 * prepare.c
 *    Reserving memory before a verb takes a lock; see prepare.h.
 *
 * Reserved blocks form lists through a reference in the block itself. A movable block that waits in a list keeps its first
 * byte 0, so that an evacuation takes it for free memory and passes it by.
 */
#include "base/env.h"

#include "base/stop.h"
#include "commands/prepare.h"
#include "keyspace/keyspace.h"
#include "keyspace/reclaim.h"
#include "memory/counters.h"
#include "types/string.h"

/* A block in a list. */
typedef struct ListedBlock
{
	uint32 mark; /* 0 */
	CacheRef next;
} ListedBlock;

static void
push(CacheRef *list, CacheRef block)
{
	ListedBlock *listed = cache_ref_ptr(block);

	listed->mark = 0;
	listed->next = *list;
	*list = block;
}

static CacheRef
pop(CacheRef *list)
{
	CacheRef block = *list;

	if (!cache_ref_is_none(block))
	{
		ListedBlock *listed = cache_ref_ptr(block);

		*list = listed->next;
		listed->next = CACHE_REF_NONE;
	}
	return block;
}

CacheStatus
cache_prepare_may_fit(uint64 bytes)
{
	if (bytes <= (uint64) cache_arena_pages() * CACHE_PAGE_SIZE)
		return CACHE_OK;
	cache_count(CACHE_COUNT_REJECTED);
	return CACHE_FULL;
}

CacheStatus
cache_prepare_check(CacheSlice key, uint64 value_len)
{
	if (key.len > CACHE_KEY_MAX || value_len > CACHE_STRING_MAX)
		return CACHE_TOO_LONG;
	return cache_prepare_may_fit(value_len);
}

int64
cache_prepare_deadline(const CacheContext *context, CacheTtl ttl)
{
	(void) context;
	return ttl.mode == CACHE_TTL_AT ? Min(Max(ttl.deadline_ms, 1), CACHE_DEADLINE_MAX_MS) : 0;
}

CacheStatus
cache_prepare_lock(const CacheContext *context, CacheHold *holds, int n)
{
	CacheStatus status = CACHE_STOP_STATUS("before_lock");

	while (status == CACHE_OK && cache_holds_lock(holds, n, context->policy) != CACHE_OK)
	{
		CacheSpaceShared *space;

		status = cache_reclaim_space(context->database, context->policy, &space);
	}
	return status;
}

CacheStatus
cache_prepare_lock_existing(CacheHold *holds, int n)
{
	CacheStatus status = CACHE_STOP_STATUS("before_lock");

	return status == CACHE_OK ? cache_holds_lock(holds, n, CACHE_POLICIES) : status;
}

CacheStatus
cache_prepare_block(CachePrepared *prepared, uint64 hash, Size size)
{
	if (!cache_ref_is_none(prepared->block))
	{
		if (cache_arena_block_size(prepared->block) >= size)
			return CACHE_OK;
		cache_arena_free(prepared->block);
		prepared->block = CACHE_REF_NONE;
	}
	return cache_reclaim_block(cache_partition_of(hash), size, &prepared->block);
}

CacheStatus
cache_prepare_blob(CachePrepared *prepared, const CacheContext *context, uint64 hash, uint64 len)
{
	CacheSpaceShared *space;
	CacheReclaimSource source;
	CacheStatus status;

	if (prepared->blob.len >= len)
		return CACHE_OK;
	status = cache_prepare_may_fit(len);
	if (status != CACHE_OK)
		return status;
	status = cache_reclaim_space(context->database, context->policy, &space);
	if (status != CACHE_OK)
		return status;
	cache_reclaim_source_init(&source, cache_partition_of(hash));
	if (!cache_blob_reserve(&prepared->blob, len,
							&(CacheBlobOwner){ .hash = hash, .space = space->id }, &source.source))
	{
		cache_blob_free(&prepared->blob);
		return source.status;
	}
	return CACHE_OK;
}

CacheStatus
cache_prepare_string(CachePrepared *prepared, const CacheContext *context, CacheSlice key,
					 uint64 hash, CacheValue value, int64 deadline_ms, bool keep_room)
{
	bool inlined = cache_string_is_inline(key.len, value.bytes.len);
	CacheEntryPlan plan = {
		.type = CACHE_TYPE_STRING,
		.encoding = value.encoding,
		.flags = inlined ? 0 : CACHE_ENTRY_BLOCKS,
		.key = key,
		.deadline_ms = deadline_ms,
		.deadline_room = keep_room,
		.value_len = inlined ? value.bytes.len : sizeof(CacheBlob),
	};
	CacheSpaceShared *space;
	CacheStatus status = cache_reclaim_space(context->database, context->policy, &space);
	char *at;

	if (status == CACHE_OK)
		status = cache_prepare_block(prepared, hash, cache_entry_size(&plan));
	if (status == CACHE_OK && !inlined)
		status = cache_prepare_blob(prepared, context, hash, value.bytes.len);
	if (status != CACHE_OK)
		return status;

	plan.space = space->id;
	at = cache_entry_build(prepared->block, &plan);
	if (inlined)
		memcpy(at, value.bytes.data, value.bytes.len);
	else
	{
		cache_blob_write(&prepared->blob, 0, value.bytes.data, value.bytes.len);
		memcpy(at, &prepared->blob, sizeof(CacheBlob));
		prepared->blob = (CacheBlob){ 0 };
	}
	return CACHE_OK;
}

CacheStatus
cache_prepare_spares(CachePrepared *prepared, uint64 hash, uint32 count)
{
	CacheStatus status = CACHE_OK;

	while (prepared->spare_count < count && status == CACHE_OK)
	{
		CacheRef spare;

		status = cache_reclaim_bucket(cache_partition_of(hash), &spare);
		if (status == CACHE_OK)
			cache_prepared_unspare(prepared, spare);
	}
	return status;
}

CacheStatus
cache_prepare_chunks(CachePrepared *prepared, uint64 hash, uint32 count)
{
	CacheStatus status = cache_prepare_may_fit((uint64) count * CACHE_BLOCK_MAX);

	while (prepared->chunk_count < count && status == CACHE_OK)
	{
		CacheRef chunk;

		status = cache_reclaim_block(cache_partition_of(hash), CACHE_BLOCK_MAX, &chunk);
		if (status == CACHE_OK)
		{
			push(&prepared->chunks, chunk);
			prepared->chunk_count++;
		}
	}
	return status;
}

CacheRef
cache_prepared_spare(CachePrepared *prepared)
{
	CacheRef spare = pop(&prepared->spares);

	if (!cache_ref_is_none(spare))
		prepared->spare_count--;
	return spare;
}

void
cache_prepared_unspare(CachePrepared *prepared, CacheRef spare)
{
	if (cache_ref_is_none(spare))
		return;
	push(&prepared->spares, spare);
	prepared->spare_count++;
}

CacheRef
cache_prepared_take(CachePrepared *prepared)
{
	CacheRef block = prepared->block;

	prepared->block = CACHE_REF_NONE;
	return block;
}

static CacheRef
prepared_alloc(CacheSource *source, Size size)
{
	CachePrepared *prepared = ((CachePreparedSource *) source)->prepared;
	CacheRef chunk;

	/* what is smaller than a full block is often free anyway */
	if (cache_arena_round(size) < CACHE_BLOCK_MAX)
	{
		chunk = cache_arena_alloc(source->shard, CACHE_PAGE_MOVABLE, size);
		if (!cache_ref_is_none(chunk))
			return chunk;
	}
	chunk = pop(&prepared->chunks);
	if (!cache_ref_is_none(chunk))
		prepared->chunk_count--;
	return chunk;
}

void
cache_prepared_source_init(CachePreparedSource *source, CachePrepared *prepared)
{
	source->source = (CacheSource){ .alloc = prepared_alloc };
	source->prepared = prepared;
}

void
cache_prepared_put(CachePrepared *prepared, CacheHold *hold)
{
	CacheRef spare = cache_prepared_spare(prepared);

	cache_hold_put(hold, cache_prepared_take(prepared), &spare);
	cache_prepared_unspare(prepared, spare);
}

void
cache_prepared_set_deadline(CachePrepared *prepared, CacheHold *hold, int64 deadline_ms, Size *size)
{
	CacheEntryShared *entry = hold->entry;
	CacheEntryPlan plan = {
		.type = cache_entry_type(entry),
		.encoding = cache_entry_encoding(entry),
		.flags = entry->flags,
		.space = entry->space,
		.key = cache_entry_key_slice(entry),
		.deadline_ms = deadline_ms,
		.value_len = entry->value_len,
	};
	CacheRef spare = CACHE_REF_NONE;
	CacheRef old;

	*size = 0;
	if (cache_hold_set_deadline(hold, deadline_ms))
		return;
	Assert((entry->flags & CACHE_ENTRY_TAGS) == 0);
	if (cache_ref_is_none(prepared->block) ||
		cache_arena_block_size(prepared->block) < cache_entry_size(&plan))
	{
		*size = cache_entry_size(&plan);
		return;
	}
	memcpy(cache_entry_build(prepared->block, &plan), cache_entry_value(entry), entry->value_len);
	old = cache_hold_swap(hold, cache_prepared_take(prepared), &spare);
	/* what the value owns is the copy's: only the old entry's own block is free */
	cache_arena_free(old);
}

void
cache_prepared_drop(CachePrepared *prepared)
{
	CacheRef block = cache_prepared_take(prepared);

	/* what is done is done: here a test may only look, or crash */
	(void) CACHE_STOP_STATUS("before_drop");
	if (!cache_ref_is_none(block))
	{
		/* raw memory, unless it became an entry */
		if (cache_kind_is_entry(*(const uint8 *) cache_ref_ptr(block)))
			cache_entry_discard(block);
		else
			cache_arena_free(block);
	}
	while (!cache_ref_is_none(block = cache_prepared_spare(prepared)))
		cache_arena_free(block);
	while (!cache_ref_is_none(block = pop(&prepared->chunks)))
		cache_arena_free(block);
	prepared->chunk_count = 0;
	cache_blob_free(&prepared->blob);
	if (!cache_limbo_is_empty())
		cache_limbo_drain();
}
