/*
 * cmd_counter.c
 *    INCRBY and INCRBYFLOAT: numbers kept as their text, as in Redis.
 */
#include "base/env.h"

#include <math.h>

#include "base/number.h"
#include "commands/cmd_string.h"
#include "commands/lookup.h"
#include "commands/prepare.h"
#include "memory/counters.h"

/* Longest text of a number that is looked at; a longer one is none. */
#define NUMBER_CHARS CACHE_NUMBER_FLOAT_CHARS

/* A step of a counter: from the old text to the new one. */
typedef struct Step
{
	CacheStatus (*apply)(struct Step *step, CacheSlice old);
	int64 delta;
	int64 result;
	long double float_delta;
	long double float_result;
	char text[NUMBER_CHARS];
	Size len;
} Step;

static CacheStatus
step_int(Step *step, CacheSlice old)
{
	int64 value = 0;

	if (old.len > 0 && !cache_number_parse_int64(old, &value))
		return CACHE_NOT_INTEGER;
	if (!cache_number_add_int64(value, step->delta, &step->result))
		return CACHE_OVERFLOW;
	step->len = (Size) cache_number_format_int64(step->text, step->result);
	return CACHE_OK;
}

static CacheStatus
step_float(Step *step, CacheSlice old)
{
	long double value = 0;

	if (old.len > 0 && !cache_number_parse_float(old, &value))
		return CACHE_NOT_FLOAT;
	step->float_result = value + step->float_delta;
	/* the answer is a double, which a long double may be too large for */
	if (!isfinite((double) step->float_result))
		return CACHE_NOT_FINITE;
	step->len = (Size) cache_number_format_float(step->text, step->float_result);
	return CACHE_OK;
}

/* The old text; empty if there is nothing to count from. Partition lock held. */
static CacheStatus
old_text(const CacheHold *hold, CacheStatus not_a_number, CacheSlice *old)
{
	CacheEntryShared *entry = hold->entry;
	CacheStatus status = cache_lookup_string(hold);

	*old = cache_slice("", 0);
	if (status == CACHE_MISSING)
		return CACHE_OK;
	if (status != CACHE_OK || cache_entry_encoding(entry) == CACHE_STRING_NULL)
		return status;
	if (cache_entry_encoding(entry) == CACHE_STRING_JSON || (entry->flags & CACHE_ENTRY_BLOCKS) ||
		entry->value_len == 0 || entry->value_len >= NUMBER_CHARS)
		return not_a_number;
	*old = cache_slice(cache_entry_value(entry), entry->value_len);
	return CACHE_OK;
}

/* Write the new text over the old one, if it has room. Partition lock held. */
static bool
write_in_place(CacheHold *hold, const Step *step)
{
	CacheEntryShared *entry = hold->entry;

	if (entry == NULL || (entry->flags & CACHE_ENTRY_BLOCKS) || cache_entry_room(entry) < step->len)
		return false;
	cache_hold_begin(hold);
	memcpy(cache_entry_value(entry), step->text, step->len);
	entry->value_len = (uint16) step->len;
	entry->kind = (CACHE_STRING_TEXT << 4) | (CACHE_TYPE_STRING + 1);
	cache_hold_end(hold, 0);
	cache_hold_touch(hold);
	return true;
}

/* Put a new entry with the new text. *size and *spares are what is missing for that. Partition lock held. */
static void
write_anew(CacheHold *hold, CachePrepared *prepared, const Step *step, int64 deadline_ms,
		   Size *size, uint32 *spares)
{
	CacheEntryPlan plan = {
		.type = CACHE_TYPE_STRING,
		.encoding = CACHE_STRING_TEXT,
		.space = hold->space->id,
		.key = hold->key,
		.deadline_ms = hold->entry != NULL ? cache_entry_deadline(hold->entry) : deadline_ms,
		.value_len = step->len,
	};

	*spares = cache_holds_spares_needed(hold, 1);
	*size = cache_entry_size(&plan);
	if (!cache_ref_is_none(prepared->block) && cache_arena_block_size(prepared->block) >= *size)
		*size = 0;
	if (*size > 0 || *spares > prepared->spare_count)
		return;
	*spares = 0;
	memcpy(cache_entry_build(prepared->block, &plan), step->text, step->len);
	cache_prepared_put(prepared, hold);
}

static CacheStatus
count(const CacheContext *context, CacheSlice key, CacheTtl ttl, CacheStatus not_a_number,
	  Step *step)
{
	int64 deadline_ms = cache_prepare_deadline(context, ttl);
	CachePrepared prepared = { 0 };
	CacheStatus status = cache_prepare_check(key, 0);
	CacheHold hold;

	if (status != CACHE_OK)
		return status;
	cache_hold_init(&hold, context->database, key);
	for (bool done = false; !done && status == CACHE_OK;)
	{
		uint32 spares = 0;
		Size size = 0;
		CacheSlice old;

		status = cache_prepare_lock(context, &hold, 1);
		if (status != CACHE_OK)
			break;
		cache_hold_find(&hold, cache_clock_now_ms());
		status = old_text(&hold, not_a_number, &old);
		if (status == CACHE_OK)
			status = step->apply(step, old);
		if (status == CACHE_OK && !write_in_place(&hold, step))
			write_anew(&hold, &prepared, step, deadline_ms, &size, &spares);
		cache_holds_unlock(&hold, 1);
		done = size == 0 && spares == 0;
		if (!done && status == CACHE_OK && size > 0)
			status = cache_prepare_block(&prepared, hold.hash, size);
		if (!done && status == CACHE_OK)
			status = cache_prepare_spares(&prepared, hold.hash, spares);
	}
	cache_prepared_drop(&prepared);
	if (status == CACHE_OK)
		cache_count(CACHE_COUNT_SETS);
	return status;
}

CacheStatus
cache_cmd_incrby(const CacheContext *context, CacheSlice key, int64 delta, CacheTtl ttl,
				 int64 *result)
{
	Step step;
	CacheStatus status;

	step.apply = step_int;
	step.delta = delta;
	status = count(context, key, ttl, CACHE_NOT_INTEGER, &step);
	*result = step.result;
	return status;
}

CacheStatus
cache_cmd_incrbyfloat(const CacheContext *context, CacheSlice key, long double delta, CacheTtl ttl,
					  double *result)
{
	Step step;
	CacheStatus status;

	step.apply = step_float;
	step.float_delta = delta;
	status = count(context, key, ttl, CACHE_NOT_FLOAT, &step);
	*result = (double) step.float_result;
	return status;
}
