/*
 * cmd_string_part.c
 *    APPEND, SETRANGE, GETRANGE: parts of values.
 *
 * A part is written in one of three ways, decided under the lock by what is there:
 *
 *     the entry's block has room       in place
 *     the value is a blob              the blob grows at its edge, from blocks prepared for that, and is written into
 *     neither                          a new entry, prepared to size, takes the old bytes and the part
 *
 * A blob that a reader has pinned is not touched: CACHE_BUSY. What a part costs is bounded by its own length, and by
 * 8 kB of old bytes that move; bytes that pad a gap count as the part's.
 */
#include "base/env.h"

#include "commands/cmd_string.h"
#include "commands/lookup.h"
#include "commands/prepare.h"
#include "memory/counters.h"
#include "memory/pins.h"

typedef struct Part
{
	const CacheContext *context;
	CacheValue value;
	bool at_end;
	uint64 offset; /* where it goes; of an append, found under the lock */
	uint64 old_len;
	uint64 new_len;
	uint8 encoding; /* of the result */
	CacheHold hold;
	CachePrepared prepared;

	/* what was found missing, to be prepared without the lock */
	Size need_block;
	uint64 need_blob;
	uint32 need_chunks;
	uint32 need_spares;
} Part;

/* The old entry, if it has bytes: a cached NULL has none. */
static CacheEntryShared *
old_value(const Part *part)
{
	CacheEntryShared *entry = part->hold.entry;

	return entry == NULL || cache_entry_encoding(entry) == CACHE_STRING_NULL ? NULL : entry;
}

/* Decide offset and lengths by what is there. */
static CacheStatus
measure(Part *part)
{
	CacheEntryShared *entry = part->hold.entry;
	bool text = part->value.encoding == CACHE_STRING_TEXT;

	if (entry != NULL && cache_entry_type(entry) != CACHE_TYPE_STRING)
		return CACHE_WRONG_TYPE;
	if (entry != NULL && cache_entry_encoding(entry) == CACHE_STRING_JSON)
		return CACHE_NOT_BYTES;
	entry = old_value(part);
	part->old_len = entry == NULL ? 0 : cache_string_len(entry);
	if (part->at_end)
		part->offset = part->old_len;
	part->new_len = Max(part->old_len, part->offset + part->value.bytes.len);
	if (entry != NULL)
		text = text && cache_entry_encoding(entry) == CACHE_STRING_TEXT;
	/* an overwritten part may cut a character, and zero bytes are no text */
	text = text && part->offset == part->old_len;
	part->encoding = text ? CACHE_STRING_TEXT : CACHE_STRING_BYTES;
	return cache_prepare_check(part->hold.key, part->new_len);
}

static void
set_encoding(CacheEntryShared *entry, uint8 encoding)
{
	entry->kind = (uint8) (encoding << 4 | (CACHE_TYPE_STRING + 1));
}

/* Into the room of the entry's own block. */
static void
write_in_place(Part *part)
{
	CacheEntryShared *entry = part->hold.entry;
	char *value = cache_entry_value(entry);

	cache_hold_begin(&part->hold);
	if (part->offset > part->old_len)
		memset(value + part->old_len, 0, part->offset - part->old_len);
	memcpy(value + part->offset, part->value.bytes.data, part->value.bytes.len);
	entry->value_len = (uint16) part->new_len;
	set_encoding(entry, part->encoding);
	cache_hold_end(&part->hold, 0);
	cache_hold_touch(&part->hold);
}

/* Into a blob, which grows if need be. */
static CacheStatus
write_into_blob(Part *part)
{
	CacheEntryShared *entry = part->hold.entry;
	CacheBlob blob = cache_string_blob(entry);
	uint64 memory = cache_blob_memory(&blob);
	CachePreparedSource source;
	CacheBlobOwner owner = { .hash = part->hold.hash, .space = entry->space };
	bool pinned;

	cache_prepared_source_init(&source, &part->prepared);
	source.source.shard = cache_partition_of(part->hold.hash);
	cache_hold_begin(&part->hold);
	pinned = cache_hold_is_pinned(&part->hold);
	if (!pinned)
	{
		if (cache_blob_reserve(&blob, part->new_len, &owner, &source.source))
		{
			if (part->offset > part->old_len)
				cache_blob_fill(&blob, part->old_len, 0, part->offset - part->old_len);
			cache_blob_write(&blob, part->offset, part->value.bytes.data, part->value.bytes.len);
			set_encoding(entry, part->encoding);
		}
		else
			/* what was added so far stays: each try needs less. Indexes, and the edge, may take a few blocks more */
			part->need_chunks = (uint32) (part->new_len / CACHE_CHUNK_BYTES + 1 -
										  Min(blob.chunks, part->new_len / CACHE_CHUNK_BYTES)) +
								4;
		cache_string_set_blob(entry, &blob);
	}
	cache_hold_end(&part->hold, (int64) cache_blob_memory(&blob) - (int64) memory);
	if (!pinned)
		cache_hold_touch(&part->hold);
	return pinned ? CACHE_BUSY : CACHE_OK;
}

/* Into a new entry. What it lacks for that is left in the need_ fields. */
static void
write_anew(Part *part)
{
	CacheEntryShared *old = old_value(part);
	CachePrepared *prepared = &part->prepared;
	bool inlined = cache_string_is_inline(part->hold.key.len, part->new_len);
	CacheEntryPlan plan = {
		.type = CACHE_TYPE_STRING,
		.encoding = part->encoding,
		.flags = inlined ? 0 : CACHE_ENTRY_BLOCKS,
		.space = part->hold.space->id,
		.key = part->hold.key,
		.deadline_ms = part->hold.entry == NULL ? 0 : cache_entry_deadline(part->hold.entry),
		.value_len = inlined ? part->new_len : sizeof(CacheBlob),
	};
	char *value;

	if (cache_ref_is_none(prepared->block) ||
		cache_arena_block_size(prepared->block) < cache_entry_size(&plan))
		part->need_block = cache_entry_size(&plan);
	if (!inlined && (prepared->blob.len < part->new_len))
		part->need_blob = part->new_len;
	part->need_spares = cache_holds_spares_needed(&part->hold, 1);
	if (part->need_block > 0 || part->need_blob > 0 || part->need_spares > prepared->spare_count)
		return;
	part->need_spares = 0;

	value = cache_entry_build(prepared->block, &plan);
	if (inlined)
	{
		memset(value, 0, part->offset);
		if (old != NULL)
			cache_string_copy(old, 0, value, part->old_len);
		memcpy(value + part->offset, part->value.bytes.data, part->value.bytes.len);
	}
	else
	{
		/* only a value that fits a block comes here to become a blob */
		char bytes[CACHE_BLOCK_MAX];

		prepared->blob.len = part->new_len;
		if (part->offset > part->old_len)
			cache_blob_fill(&prepared->blob, part->old_len, 0, part->offset - part->old_len);
		Assert(part->old_len <= sizeof(bytes));
		if (old != NULL)
		{
			cache_string_copy(old, 0, bytes, part->old_len);
			cache_blob_write(&prepared->blob, 0, bytes, part->old_len);
		}
		cache_blob_write(&prepared->blob, part->offset, part->value.bytes.data,
						 part->value.bytes.len);
		memcpy(value, &prepared->blob, sizeof(CacheBlob));
		prepared->blob = (CacheBlob){ 0 };
	}
	cache_prepared_put(prepared, &part->hold);
}

/* Look at what is there and write, or find out what is missing. Partition lock held. */
static CacheStatus
try_write(Part *part)
{
	CacheEntryShared *old;
	CacheStatus status;

	part->need_block = 0;
	part->need_blob = 0;
	part->need_chunks = 0;
	part->need_spares = 0;
	cache_hold_find(&part->hold, cache_clock_now_ms());
	status = measure(part);
	old = old_value(part);
	if (status != CACHE_OK)
		return status;
	/* SETRANGE of nothing writes nothing; APPEND of nothing still makes the key */
	if (part->value.bytes.len == 0 && (old != NULL || !part->at_end))
	{
		part->new_len = part->old_len;
		return CACHE_OK;
	}
	if (old != NULL && (old->flags & CACHE_ENTRY_BLOCKS))
		return write_into_blob(part);
	if (old != NULL && cache_entry_room(old) >= part->new_len &&
		cache_string_is_inline(part->hold.key.len, part->new_len))
		write_in_place(part);
	else
		write_anew(part);
	return CACHE_OK;
}

static CacheStatus
prepare_needs(Part *part)
{
	CachePrepared *prepared = &part->prepared;
	uint64 hash = part->hold.hash;
	CacheStatus status = CACHE_OK;

	if (part->need_block > 0)
		status = cache_prepare_block(prepared, hash, part->need_block);
	if (status == CACHE_OK && part->need_blob > 0)
		status = cache_prepare_blob(prepared, part->context, hash, part->need_blob);
	if (status == CACHE_OK && part->need_chunks > 0)
		status = cache_prepare_chunks(prepared, hash, part->need_chunks);
	if (status == CACHE_OK && part->need_spares > 0)
		status = cache_prepare_spares(prepared, hash, part->need_spares);
	return status;
}

static CacheStatus
write_part(Part *part, const CacheContext *context, CacheSlice key, CacheValue value, uint64 *len)
{
	CacheStatus status = cache_prepare_check(key, value.bytes.len);

	/* so that the new length cannot wrap, which is checked when the old one is known */
	if (status == CACHE_OK && part->offset > CACHE_STRING_MAX)
		status = CACHE_TOO_LONG;
	if (status != CACHE_OK)
		return status;
	part->context = context;
	part->value = value;
	cache_hold_init(&part->hold, context->database, key);
	for (bool done = false; !done && status == CACHE_OK;)
	{
		status = cache_prepare_lock(context, &part->hold, 1);
		if (status != CACHE_OK)
			break;
		status = try_write(part);
		cache_holds_unlock(&part->hold, 1);
		done = part->need_block == 0 && part->need_blob == 0 && part->need_chunks == 0 &&
			   part->need_spares == 0;
		if (!done && status == CACHE_OK)
			status = prepare_needs(part);
	}
	cache_prepared_drop(&part->prepared);
	*len = part->new_len;
	if (status == CACHE_OK)
		cache_count(CACHE_COUNT_SETS);
	return status;
}

CacheStatus
cache_cmd_append(const CacheContext *context, CacheSlice key, CacheValue value, uint64 *len)
{
	Part part = { .at_end = true };

	return write_part(&part, context, key, value, len);
}

CacheStatus
cache_cmd_setrange(const CacheContext *context, CacheSlice key, uint64 start, CacheValue value,
				   uint64 *len)
{
	Part part = { .at_end = false, .offset = start };

	return write_part(&part, context, key, value, len);
}

/* Redis's range: negative positions count from the end. False if it is empty. */
static bool
clip_range(int64 start, int64 stop, uint64 len, uint64 *offset, uint64 *n)
{
	if (start < 0 && stop < start)
		return false;
	if (start < 0)
		start = Max(start + (int64) len, 0);
	/* a stop before the first byte is the first byte: so does Redis */
	if (stop < 0)
		stop = Max(stop + (int64) len, 0);
	stop = Min(stop, (int64) len - 1);
	if (start > stop)
		return false;
	*offset = (uint64) start;
	*n = (uint64) (stop - start + 1);
	return true;
}

/*
 * The range is found under the lock in shared mode. Of a blob, the root is pinned then, which is safe as nothing can
 * move under that lock, and the bytes are copied without it.
 */
CacheStatus
cache_cmd_getrange(const CacheContext *context, CacheSlice key, int64 start, int64 stop,
				   CacheOut *out)
{
	CacheBlob blob = { 0 };
	uint64 offset = 0;
	uint64 n = 0;
	CacheStatus status;
	CacheHold hold;

	cache_hold_init(&hold, context->database, key);
	cache_hold_lock_shared(&hold);
	cache_hold_find(&hold, cache_clock_now_ms());
	status = cache_lookup_string(&hold);
	out->found = (CacheFound){ .encoding = CACHE_STRING_TEXT };
	if (status == CACHE_OK)
	{
		cache_lookup_describe(hold.entry, &out->found);
		if (out->found.encoding == CACHE_STRING_JSON)
			status = CACHE_NOT_BYTES;
		else if (!clip_range(start, stop, out->found.len, &offset, &n))
			n = 0;
		else if (n > out->capacity)
			status = CACHE_MORE;
		else if (hold.entry->flags & CACHE_ENTRY_BLOCKS)
		{
			blob = cache_string_blob(hold.entry);
			cache_pin(CACHE_PIN_VALUE, blob.root);
		}
		else
			cache_string_copy(hold.entry, offset, out->data, n);
		/* a part of a text may end within a character */
		if (n < out->found.len && out->found.encoding == CACHE_STRING_TEXT)
			out->found.encoding = CACHE_STRING_BYTES;
		out->found.len = n;
		cache_hold_touch(&hold);
	}
	cache_hold_unlock_shared(&hold);
	if (blob.chunks > 0)
	{
		cache_blob_read(&blob, offset, out->data, n);
		cache_unpin(CACHE_PIN_VALUE);
	}
	cache_cmd_count_read(status);
	return status == CACHE_MISSING ? CACHE_OK : status;
}
