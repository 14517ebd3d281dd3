/*
 * limbo.c
 *    The list of dead blocks; see limbo.h.
 *
 * A dead block's first sixteen bytes are the list's. A late reader may still store a policy byte into a table block: marks
 * begin at its tenth byte, so such a store may hit `chunks`, which means nothing for a table block.
 */
#include "base/env.h"

#include "keyspace/limbo.h"
#include "keyspace/type.h"
#include "memory/pins.h"

#define KIND_TABLE_BLOCK 0xE0

typedef struct DeadBlock
{
	uint8 kind;
	uint8 unused[3];
	CacheRef next;
	uint32 chunks; /* of a blob whose root this is */
	uint32 unused2;
} DeadBlock;

StaticAssertDecl(sizeof(DeadBlock) <= CACHE_BLOCK_MIN, "any block can wait in limbo");
StaticAssertDecl(sizeof(DeadBlock) <= CACHE_CHUNK_HEADER, "waiting leaves a chunk's bytes alone");

CacheLimboShared *cache_limbo;

static void
add(CacheRef block, uint8 kind, uint32 chunks)
{
	DeadBlock *dead = cache_ref_ptr(block);

	cache_lock_exclusive(&cache_limbo->lock);
	dead->kind = kind;
	dead->chunks = chunks;
	dead->next = cache_limbo->head;
	cache_limbo->head = block;
	cache_atomic_add(&cache_limbo->length, 1);
	cache_lock_release(&cache_limbo->lock);
}

void
cache_limbo_add_block(CacheRef block)
{
	if (cache_ref_is_none(block))
		return;
	if (cache_pins_holds(block))
		add(block, KIND_TABLE_BLOCK, 0);
	else
		cache_arena_free(block);
}

void
cache_limbo_add_blob(CacheBlob blob)
{
	if (blob.chunks > 0)
		add(blob.root, CACHE_KIND_CHUNK, blob.chunks);
}

bool
cache_limbo_drain(void)
{
	CacheRef next;
	bool freed = false;

	if (cache_limbo_is_empty())
		return false;
	cache_lock_exclusive(&cache_limbo->lock);
	cache_atomic_add(&cache_limbo->draining, 1);
	next = cache_limbo->head;
	cache_limbo->head = CACHE_REF_NONE;
	cache_atomic_set(&cache_limbo->length, 0);
	cache_lock_release(&cache_limbo->lock);

	while (!cache_ref_is_none(next))
	{
		DeadBlock *dead = cache_ref_ptr(next);
		CacheRef block = next;
		uint8 kind = dead->kind;
		uint32 chunks = dead->chunks;

		next = dead->next;
		if (cache_pins_holds(block))
		{
			add(block, kind, chunks);
			continue;
		}
		if (kind == KIND_TABLE_BLOCK)
			cache_arena_free(block);
		else
			cache_blob_free(&(CacheBlob){ .root = block, .chunks = chunks });
		freed = true;
	}
	atomic_fetch_sub_explicit(&cache_limbo->draining, 1, memory_order_release);
	return freed;
}

uint64
cache_limbo_bytes(void)
{
	uint64 bytes = 0;

	for (CacheRef block = cache_limbo->head; !cache_ref_is_none(block);)
	{
		DeadBlock *dead = cache_ref_ptr(block);

		bytes += dead->kind == KIND_TABLE_BLOCK
					 ? cache_arena_block_size(block)
					 : cache_blob_memory(&(CacheBlob){ .root = block, .chunks = dead->chunks });
		block = dead->next;
	}
	return bytes;
}

void
cache_entry_discard(CacheRef block)
{
	CacheEntryShared *entry = cache_ref_ptr(block);

	if (entry->flags & CACHE_ENTRY_BLOCKS)
		cache_limbo_add_blob(cache_entry_ops(entry)->detach(entry));
	cache_arena_free(block);
}
