/*
 * cmd_many.c
 *    MSET: many values at one moment.
 *
 * Every entry is built before any lock is taken; then all partitions are locked, the conditions are looked at, and
 * the entries are put in place while all of those partitions are odd, so that readers see all of them or none.
 */
#include "base/env.h"

#include <stdlib.h>

#include "commands/cmd_string.h"
#include "commands/lookup.h"
#include "commands/prepare.h"
#include "keyspace/growth.h"
#include "memory/counters.h"

#define GROW_AHEAD_FROM 256 /* fewer keys do not make long chains */

/* What MSET works with; one allocation. */
typedef struct Batch
{
	int n;
	CacheHold *holds;        /* sorted; hold.order is the place in the caller's arrays */
	CachePrepared *prepared; /* by the caller's order */
	CachePrepared spares;
} Batch;

static bool
batch_init(Batch *batch, const CacheContext *context, const CacheSlice *keys, int n)
{
	*batch = (Batch){ .n = n };
	batch->holds = malloc((Size) n * (sizeof(CacheHold) + sizeof(CachePrepared)));
	if (batch->holds == NULL)
		return false;
	batch->prepared = (CachePrepared *) (batch->holds + n);
	memset(batch->prepared, 0, (Size) n * sizeof(CachePrepared));
	for (int i = 0; i < n; i++)
	{
		cache_hold_init(&batch->holds[i], context->database, keys[i]);
		batch->holds[i].order = (uint32) i;
	}
	return true;
}

static void
batch_free(Batch *batch)
{
	for (int i = 0; i < batch->n; i++)
		cache_prepared_drop(&batch->prepared[i]);
	cache_prepared_drop(&batch->spares);
	free(batch->holds);
}

/* All conditions, before anything is changed, and how many keys are new. All partitions are locked. */
static CacheStatus
batch_allowed(Batch *batch, const CacheSetOptions *options, int64 now_ms, int *fresh)
{
	*fresh = 0;
	for (int i = 0; i < batch->n; i++)
	{
		bool exists = cache_hold_find(&batch->holds[i], now_ms) != NULL;

		if ((options->nx && exists) || (options->xx && !exists))
			return CACHE_REFUSED;
		*fresh += !batch->holds[i].occupied;
	}
	return CACHE_OK;
}

static void
batch_put(Batch *batch, bool keep_ttl, int64 now_ms)
{
	cache_holds_begin(batch->holds, batch->n);
	for (int i = 0; i < batch->n; i++)
	{
		CacheHold *hold = &batch->holds[i];
		CachePrepared *prepared = &batch->prepared[hold->order];
		CacheRef spare = cache_prepared_spare(&batch->spares);
		CacheEntryShared *old = cache_hold_find(hold, now_ms);

		if (keep_ttl && old != NULL)
			cache_entry_set_deadline(cache_ref_ptr(prepared->block), cache_entry_deadline(old));
		cache_hold_put(hold, cache_prepared_take(prepared), &spare);
		cache_prepared_unspare(&batch->spares, spare);
	}
	cache_holds_end(batch->holds, batch->n);
}

CacheStatus
cache_cmd_mset(const CacheContext *context, const CacheSlice *keys, const CacheValue *values, int n,
			   const CacheSetOptions *options)
{
	bool keep = options->ttl.mode == CACHE_TTL_KEEP;
	int64 deadline_ms = cache_prepare_deadline(context, options->ttl);
	CacheStatus status = CACHE_OK;
	uint64 bytes = 0;
	bool grown = false;
	Batch batch;

	for (int i = 0; i < n && status == CACHE_OK; i++)
	{
		bytes += CACHE_ENTRY_HEADER + keys[i].len + values[i].bytes.len;
		status = cache_prepare_check(keys[i], values[i].bytes.len);
	}
	if (status == CACHE_OK)
		status = cache_prepare_may_fit(bytes);
	if (status != CACHE_OK || n == 0)
		return status;
	if (!batch_init(&batch, context, keys, n))
		return CACHE_FULL;
	for (int i = 0; i < n && status == CACHE_OK; i++)
		status = cache_prepare_string(&batch.prepared[i], context, keys[i], batch.holds[i].hash,
									  values[i], deadline_ms, keep);
	cache_holds_sort(batch.holds, n);
	for (bool done = false; !done && status == CACHE_OK;)
	{
		bool grow = false;
		uint32 spares = 0;
		int64 now_ms;
		int fresh;

		status = cache_prepare_lock(context, batch.holds, n);
		if (status != CACHE_OK)
			break;
		/* the clock is read under the locks: what ended while others had them is not there */
		now_ms = cache_clock_now_ms();
		status = batch_allowed(&batch, options, now_ms, &fresh);
		/* chains are walked under the locks: first the table, once, so that they stay short */
		if (status == CACHE_OK && !grown && fresh >= GROW_AHEAD_FROM)
			grow = grown = true;
		else if (status == CACHE_OK)
			spares = cache_holds_spares_needed(batch.holds, n);
		if (status == CACHE_OK && !grow && spares <= batch.spares.spare_count)
		{
			batch_put(&batch, keep, now_ms);
			done = true;
		}
		cache_holds_unlock(batch.holds, n);
		if (grow)
			cache_growth_before_inserts(batch.holds[0].space, (uint64) fresh);
		else if (!done && status == CACHE_OK)
			status = cache_prepare_spares(&batch.spares, batch.holds[0].hash, spares);
	}
	batch_free(&batch);
	if (status == CACHE_OK)
		cache_count_many(CACHE_COUNT_SETS, (uint64) n);
	return status;
}
