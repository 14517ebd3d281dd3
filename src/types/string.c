/*
 * string.c
 *    Reading strings in their two forms, and the type's row; see string.h.
 */
#include "base/env.h"

#include "types/string.h"

CacheBlob
cache_string_blob(CacheEntryShared *entry)
{
	CacheBlob blob;

	Assert(entry->flags & CACHE_ENTRY_BLOCKS);
	memcpy(&blob, cache_entry_value(entry), sizeof(blob));
	return blob;
}

void
cache_string_set_blob(CacheEntryShared *entry, const CacheBlob *blob)
{
	Assert(entry->flags & CACHE_ENTRY_BLOCKS);
	memcpy(cache_entry_value(entry), blob, sizeof(*blob));
}

uint64
cache_string_len(CacheEntryShared *entry)
{
	return (entry->flags & CACHE_ENTRY_BLOCKS) ? cache_string_blob(entry).len : entry->value_len;
}

void
cache_string_copy(CacheEntryShared *entry, uint64 offset, char *data, uint64 len)
{
	if (entry->flags & CACHE_ENTRY_BLOCKS)
	{
		CacheBlob blob = cache_string_blob(entry);

		cache_blob_read(&blob, offset, data, len);
	}
	else
		memcpy(data, cache_entry_value(entry) + offset, len);
}

bool
cache_string_equals(CacheEntryShared *entry, CacheSlice value)
{
	char piece[1024];

	if (cache_string_len(entry) != value.len)
		return false;
	if ((entry->flags & CACHE_ENTRY_BLOCKS) == 0)
		return memcmp(cache_entry_value(entry), value.data, value.len) == 0;
	for (Size done = 0; done < value.len;)
	{
		Size n = Min(sizeof(piece), value.len - done);

		cache_string_copy(entry, done, piece, n);
		if (memcmp(piece, value.data + done, n) != 0)
			return false;
		done += n;
	}
	return true;
}

static uint64
string_memory(CacheEntryShared *entry)
{
	CacheBlob blob = cache_string_blob(entry);

	return cache_blob_memory(&blob);
}

static CacheBlob
string_detach(CacheEntryShared *entry)
{
	return cache_string_blob(entry);
}

static bool
string_replace(CacheEntryShared *entry, CacheRef block, CacheRef copy)
{
	CacheBlob blob = cache_string_blob(entry);
	CacheRef *parent = cache_blob_parent(&blob, block);

	if (parent == NULL)
		return false;
	*parent = copy;
	cache_string_set_blob(entry, &blob);
	return true;
}

static bool
string_owns(CacheEntryShared *entry, CacheRef block)
{
	CacheBlob blob = cache_string_blob(entry);

	return cache_blob_parent(&blob, block) != NULL;
}

static void
string_adopt(CacheEntryShared *entry, const CacheBlobOwner *owner)
{
	CacheBlob blob = cache_string_blob(entry);

	cache_blob_adopt(&blob, owner);
}

static CacheRef
string_pin(CacheEntryShared *entry)
{
	return cache_string_blob(entry).root;
}

const CacheTypeOps cache_type_string = {
	.name = "string",
	.memory = string_memory,
	.detach = string_detach,
	.owns = string_owns,
	.replace = string_replace,
	.adopt = string_adopt,
	.pin = string_pin,
};
