/*
 * blob.c
 *    Growing, copying and freeing the tree of blob.h.
 *
 * The tree grows at its right edge, a chunk at a time, and each step leaves it whole: an index that is full is replaced
 * by a larger copy, a root that is full becomes the first child of a new one.
 */
#include "base/env.h"

#include "structure/blob.h"

static CacheChunkShared *
block_at(CacheRef ref)
{
	return cache_ref_ptr(ref);
}

/* Levels of index above the chunks. */
static int
depth_of(uint32 chunks)
{
	return chunks <= 1 ? 0 : chunks <= CACHE_CHUNK_FAN ? 1 : 2;
}

static uint32
capacity_of(CacheRef index)
{
	return (uint32) (Min(cache_arena_block_size(index), CACHE_BLOCK_MAX) - CACHE_CHUNK_HEADER) /
		   sizeof(CacheRef);
}

/* Where the reference to a chunk stands. */
static CacheRef *
chunk_slot(CacheBlob *blob, uint32 chunk)
{
	CacheRef *slot = &blob->root;

	switch (depth_of(blob->chunks))
	{
		case 2:
			slot = &block_at(*slot)->child[chunk / CACHE_CHUNK_FAN];
			/* FALLTHROUGH */
		case 1:
			slot = &block_at(*slot)->child[chunk % CACHE_CHUNK_FAN];
			/* FALLTHROUGH */
		default:
			return slot;
	}
}

static CacheChunkShared *
chunk_at(const CacheBlob *blob, uint32 chunk)
{
	return block_at(*chunk_slot((CacheBlob *) blob, chunk));
}

/* A new block with its header, which makes it live; NONE if the source is dry. */
static CacheRef
new_block(Size payload, uint8 level, uint32 index, const CacheBlobOwner *owner, CacheSource *source)
{
	CacheRef ref = source->alloc(source, CACHE_CHUNK_HEADER + payload);

	if (!cache_ref_is_none(ref))
	{
		CacheChunkShared *block = block_at(ref);

		block->level = level;
		block->space = owner->space;
		block->index = index;
		block->hash = owner->hash;
		block->kind = CACHE_KIND_CHUNK;
	}
	return ref;
}

/* Replace the block in *slot by one for more payload, keeping the first `used` bytes. */
static bool
enlarge(CacheRef *slot, Size used, Size payload, const CacheBlobOwner *owner, CacheSource *source)
{
	CacheChunkShared *old = block_at(*slot);
	CacheRef larger;

	if (cache_arena_block_size(*slot) >= CACHE_CHUNK_HEADER + payload)
		return true;
	larger = new_block(payload, old->level, old->index, owner, source);
	if (cache_ref_is_none(larger))
		return false;
	memcpy(block_at(larger)->bytes, old->bytes, used);
	cache_arena_free(*slot);
	*slot = larger;
	return true;
}

/* Make sure that the index in *slot, holding `used` children, has room for one more. */
static bool
index_room(CacheRef *slot, uint32 used, const CacheBlobOwner *owner, CacheSource *source)
{
	uint32 wanted;

	if (used < capacity_of(*slot))
		return true;
	wanted = (uint32) Min(used + used / 2 + 4, CACHE_CHUNK_FAN);
	return enlarge(slot, used * sizeof(CacheRef), wanted * sizeof(CacheRef), owner, source);
}

/* Put a new index above the root, with the root as its first child. */
static bool
deepen(CacheBlob *blob, uint8 level, const CacheBlobOwner *owner, CacheSource *source)
{
	CacheRef index = new_block(4 * sizeof(CacheRef), level, 0, owner, source);

	if (cache_ref_is_none(index))
		return false;
	block_at(index)->child[0] = blob->root;
	blob->root = index;
	return true;
}

/*
 * Add a chunk at the right edge. Each block is in the tree, or free, whatever fails: an index that was deepened or
 * enlarged in vain is counted by nobody, so deepening is undone.
 */
static bool
append_chunk(CacheBlob *blob, Size payload, const CacheBlobOwner *owner, CacheSource *source)
{
	uint32 n = blob->chunks;
	int depth = depth_of(n + 1);
	bool deepened = n > 0 && depth > depth_of(n);
	CacheRef chunk = new_block(payload, 0, n, owner, source);
	CacheRef *parent = &blob->root;

	if (cache_ref_is_none(chunk))
		return false;
	if (depth == 0)
	{
		blob->root = chunk;
		blob->chunks = 1;
		return true;
	}
	if (deepened && !deepen(blob, (uint8) depth, owner, source))
		goto fail;
	if (depth == 2)
	{
		uint32 index = n / CACHE_CHUNK_FAN;

		if (n % CACHE_CHUNK_FAN == 0)
		{
			CacheRef leaf;

			if (!index_room(&blob->root, index, owner, source))
				goto fail_deepened;
			leaf = new_block(4 * sizeof(CacheRef), 1, index, owner, source);
			if (cache_ref_is_none(leaf))
				goto fail_deepened;
			block_at(blob->root)->child[index] = leaf;
		}
		parent = &block_at(blob->root)->child[index];
	}
	if (!index_room(parent, n % CACHE_CHUNK_FAN, owner, source))
	{
		/* only an index that holds children already can lack room, so nothing was deepened */
		Assert(!deepened && n % CACHE_CHUNK_FAN != 0);
		goto fail;
	}
	block_at(*parent)->child[n % CACHE_CHUNK_FAN] = chunk;
	blob->chunks = n + 1;
	return true;

fail_deepened:
	if (deepened)
	{
		CacheRef index = blob->root;

		blob->root = block_at(index)->child[0];
		cache_arena_free(index);
	}
fail:
	cache_arena_free(chunk);
	return false;
}

bool
cache_blob_reserve(CacheBlob *blob, uint64 len, const CacheBlobOwner *owner, CacheSource *source)
{
	uint32 needed = (uint32) ((len + CACHE_CHUNK_BYTES - 1) / CACHE_CHUNK_BYTES);

	/* the old right edge may be a chunk cut to size */
	if (blob->chunks > 0 && needed > 0)
	{
		uint32 last = blob->chunks - 1;
		uint64 want = last + 1 < needed ? CACHE_CHUNK_BYTES
										: len - Min(len, (uint64) last * CACHE_CHUNK_BYTES);
		uint64 start = (uint64) last * CACHE_CHUNK_BYTES;
		Size used = blob->len > start ? (Size) (blob->len - start) : 0;

		if (!enlarge(chunk_slot(blob, last), used, (Size) want, owner, source))
			return false;
	}
	while (blob->chunks < needed)
	{
		uint64 rest = len - (uint64) blob->chunks * CACHE_CHUNK_BYTES;

		if (!append_chunk(blob, (Size) Min(rest, CACHE_CHUNK_BYTES), owner, source))
			return false;
	}
	if (len > blob->len)
		blob->len = len;
	return true;
}

/* Call for each stretch of the range that lies in one chunk. */
#define FOR_STRETCHES(blob, offset, len, at, n)                                                    \
	for (uint64 done_ = 0, n = 0;                                                                  \
		 done_ < (len) &&                                                                          \
		 (n = Min((len) -done_, CACHE_CHUNK_BYTES - ((offset) + done_) % CACHE_CHUNK_BYTES)) > 0;  \
		 done_ += n)                                                                               \
		for (char *at = chunk_at(blob, (uint32) (((offset) + done_) / CACHE_CHUNK_BYTES))->bytes + \
						((offset) + done_) % CACHE_CHUNK_BYTES;                                    \
			 at != NULL; at = NULL)

void
cache_blob_write(const CacheBlob *blob, uint64 offset, const char *data, uint64 len)
{
	FOR_STRETCHES(blob, offset, len, at, n)
	{
		memcpy(at, data, n);
		data += n;
	}
}

void
cache_blob_fill(const CacheBlob *blob, uint64 offset, char byte, uint64 len)
{
	FOR_STRETCHES(blob, offset, len, at, n)
	{
		memset(at, byte, n);
	}
}

void
cache_blob_read(const CacheBlob *blob, uint64 offset, char *data, uint64 len)
{
	FOR_STRETCHES(blob, offset, len, at, n)
	{
		memcpy(data, at, n);
		data += n;
		cache_race_point();
	}
}

void
cache_blob_transfer(const CacheBlob *to, const CacheBlob *from)
{
	for (uint64 offset = 0; offset < from->len; offset += CACHE_CHUNK_BYTES)
		cache_blob_write(to, offset, chunk_at(from, (uint32) (offset / CACHE_CHUNK_BYTES))->bytes,
						 Min(from->len - offset, CACHE_CHUNK_BYTES));
}

/* Visit every block of the tree, children before their parent. */
static uint64
visit(CacheRef ref, int depth, uint32 chunks, uint64 (*act)(CacheRef, const CacheBlobOwner *),
	  const CacheBlobOwner *owner)
{
	uint32 per_child = depth == 2 ? CACHE_CHUNK_FAN : 1;
	uint64 sum = 0;

	if (depth > 0)
		for (uint32 i = 0; i * per_child < chunks; i++)
			sum += visit(block_at(ref)->child[i], depth - 1, Min(per_child, chunks - i * per_child),
						 act, owner);
	return sum + act(ref, owner);
}

static uint64
free_block(CacheRef ref, const CacheBlobOwner *owner)
{
	(void) owner;
	cache_arena_free(ref);
	return 1;
}

static uint64
adopt_block(CacheRef ref, const CacheBlobOwner *owner)
{
	block_at(ref)->hash = owner->hash;
	block_at(ref)->space = owner->space;
	return 1;
}

void
cache_blob_free(CacheBlob *blob)
{
	if (blob->chunks > 0)
		visit(blob->root, depth_of(blob->chunks), blob->chunks, free_block, NULL);
	*blob = (CacheBlob){ 0 };
}

/* Only the blocks at the right edge are cut to size: the others need no visit. */
uint64
cache_blob_memory(const CacheBlob *blob)
{
	CacheBlob *tree = (CacheBlob *) blob;
	uint32 leaves = (uint32) ((blob->chunks + CACHE_CHUNK_FAN - 1) / CACHE_CHUNK_FAN);
	uint64 bytes;

	if (blob->chunks == 0)
		return 0;
	bytes = (uint64) (blob->chunks - 1) * CACHE_BLOCK_MAX +
			cache_arena_block_size(*chunk_slot(tree, blob->chunks - 1));
	if (depth_of(blob->chunks) >= 1)
		bytes += cache_arena_block_size(blob->root);
	if (depth_of(blob->chunks) == 2)
		bytes += (uint64) (leaves - 1) * CACHE_BLOCK_MAX +
				 cache_arena_block_size(block_at(blob->root)->child[leaves - 1]);
	return bytes;
}

void
cache_blob_adopt(const CacheBlob *blob, const CacheBlobOwner *owner)
{
	if (blob->chunks > 0)
		visit(blob->root, depth_of(blob->chunks), blob->chunks, adopt_block, owner);
}

CacheRef *
cache_blob_parent(CacheBlob *blob, CacheRef block)
{
	/* the block may be another's, and change as it is read: what is checked is what is used */
	const volatile CacheChunkShared *header = block_at(block);
	uint32 index = header->index;
	uint8 level = header->level;
	int depth = depth_of(blob->chunks);
	CacheRef *slot = &blob->root;

	if (blob->chunks == 0 || level > depth)
		return NULL;
	if (level == 0)
	{
		if (index >= blob->chunks)
			return NULL;
		slot = chunk_slot(blob, index);
	}
	else if (level < depth)
	{
		if (index * CACHE_CHUNK_FAN >= blob->chunks)
			return NULL;
		slot = &block_at(blob->root)->child[index];
	}
	return cache_ref_same(*slot, block) ? slot : NULL;
}
