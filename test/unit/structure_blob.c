/*
 * structure_blob.c
 *    Tests of structure/blob against a plain run of bytes, with sources that run dry at any allocation.
 */
#include "base/env.h"

#include "base/wyrand.h"
#include "check.h"
#include "engine.h"
#include "structure/blob.h"

#define REGION ((Size) 96 << 20)

/* A source that refuses from its Nth allocation on. */
typedef struct DrySource
{
	CacheSource source;
	int64 left;
	int64 taken;
} DrySource;

static const CacheBlobOwner owner = { .hash = UINT64_C(0x0123456789ABCDEF), .space = 77 };

static CacheWyrand rng;

static CacheRef
dry_alloc(CacheSource *source, Size size)
{
	DrySource *self = (DrySource *) source;

	CHECK(size <= CACHE_BLOCK_MAX);
	if (self->left == 0)
		return CACHE_REF_NONE;
	self->left--;
	self->taken++;
	return cache_arena_alloc(source->shard, CACHE_PAGE_MOVABLE, size);
}

static DrySource
dry_source(int64 allocations)
{
	return (DrySource){ .source = { .alloc = dry_alloc }, .left = allocations };
}

static void *
arena_create(void)
{
	void *memory = engine_map(REGION);

	cache_region_create(memory, REGION);
	if (!cache_arena_create())
		exit(1);
	return memory;
}

static CacheChunkShared *
block_at(CacheRef ref)
{
	return cache_ref_ptr(ref);
}

static int
depth_of(const CacheBlob *blob)
{
	return blob->chunks <= 1 ? 0 : blob->chunks <= CACHE_CHUNK_FAN ? 1 : 2;
}

/* Check the headers of a subtree; returns the bytes of its slots. */
static uint64
walk(CacheBlob *blob, CacheRef ref, int level, uint32 index, const CacheBlobOwner *its)
{
	CacheChunkShared *block = block_at(ref);
	uint64 bytes = cache_arena_block_size(ref);
	uint32 below = level == 2 ? CACHE_CHUNK_FAN : 1;
	CacheRef *parent = cache_blob_parent(blob, ref);

	CHECK_EQ_INT(block->kind, CACHE_KIND_CHUNK);
	CHECK_EQ_INT(block->level, level);
	CHECK_EQ_UINT(block->index, index);
	CHECK_EQ_UINT(block->hash, its->hash);
	CHECK_EQ_INT(block->space, its->space);
	CHECK(parent != NULL && cache_ref_same(*parent, ref));
	if (level > 0)
		for (uint32 i = 0; i < CACHE_CHUNK_FAN; i++)
		{
			uint32 child = index * CACHE_CHUNK_FAN + i;

			if ((uint64) child * below >= blob->chunks)
				break;
			bytes += walk(blob, block->child[i], level - 1, child, its);
		}
	return bytes;
}

/* The blob holds the model's bytes, and is the tree that it says. */
static void
check_blob(CacheBlob *blob, const char *model, uint64 len, const CacheBlobOwner *its)
{
	char *copy = malloc(len + 1);

	CHECK_EQ_UINT(blob->len, len);
	cache_blob_read(blob, 0, copy, len);
	CHECK(len == 0 || memcmp(copy, model, len) == 0);
	free(copy);
	if (blob->chunks == 0)
		CHECK_EQ_UINT(cache_blob_memory(blob), 0);
	else
		CHECK_EQ_UINT(cache_blob_memory(blob), walk(blob, blob->root, depth_of(blob), 0, its));
	CHECK_EQ_UINT(cache_blob_memory(blob), cache_arena_used_bytes());
}

static void
write_random(CacheBlob *blob, char *model, uint64 offset, uint64 len)
{
	char *data = malloc(len + 1);

	for (uint64 i = 0; i < len; i++)
		data[i] = (char) cache_wyrand_next(&rng);
	memcpy(model + offset, data, len);
	cache_blob_write(blob, offset, data, len);
	free(data);
}

/* Lengths around those where the tree changes its form. */
static uint64
random_len(uint64 most)
{
	static const uint64 corners[] = { 1,
									  CACHE_CHUNK_BYTES,
									  2 * CACHE_CHUNK_BYTES,
									  5 * CACHE_CHUNK_BYTES,
									  (uint64) CACHE_CHUNK_FAN * CACHE_CHUNK_BYTES,
									  (uint64) (CACHE_CHUNK_FAN + 1) * CACHE_CHUNK_BYTES,
									  (uint64) (2 * CACHE_CHUNK_FAN) * CACHE_CHUNK_BYTES };
	uint64 len;

	switch (cache_wyrand_below(&rng, 3))
	{
		case 0:
			len = corners[cache_wyrand_below(&rng, lengthof(corners))] +
				  cache_wyrand_below(&rng, 5) - 2;
			break;
		case 1:
			len = cache_wyrand_below(&rng, UINT64_C(1) << cache_wyrand_below(&rng, 26));
			break;
		default:
			len = cache_wyrand_below(&rng, 100000);
	}
	return Min(len, most);
}

/* Grow, write, fill and read at random; every allocation may fail. */
static void
a_blob_is_a_run_of_bytes(void)
{
	enum
	{
		MOST = 36 << 20
	};
	void *memory = arena_create();
	char *model = malloc(MOST);
	char *piece = malloc(MOST);

	for (int round = 0; round < 12; round++)
	{
		CacheBlob blob = { 0 };
		uint64 len = 0;

		for (int i = 0; i < 60; i++)
		{
			uint64 wanted = random_len(MOST);
			uint64 offset;
			uint64 n;

			switch (cache_wyrand_below(&rng, 4))
			{
				case 0:
				{
					DrySource dry = dry_source(
						cache_wyrand_below(&rng, 3) == 0
							? (int64) cache_wyrand_below(&rng, 1 + wanted / CACHE_CHUNK_BYTES * 2)
							: -1);
					bool reserved;

					/* small steps as well as leaps */
					if (cache_wyrand_below(&rng, 2) == 0)
						wanted = Min(len + wanted % 20000, MOST);
					reserved = cache_blob_reserve(&blob, wanted, &owner, &dry.source);
					CHECK(reserved || dry.left == 0);
					if (reserved && wanted > len)
					{
						CHECK_EQ_UINT(blob.len, wanted);
						write_random(&blob, model, len, wanted - len);
						len = wanted;
					}
					break;
				}
				case 1:
					if (len == 0)
						break;
					offset = cache_wyrand_below(&rng, len);
					write_random(&blob, model, offset, Min(wanted, len - offset));
					break;
				case 2:
					if (len == 0)
						break;
					offset = cache_wyrand_below(&rng, len);
					n = Min(wanted, len - offset);
					memset(model + offset, i, n);
					cache_blob_fill(&blob, offset, (char) i, n);
					break;
				default:
					if (len == 0)
						break;
					offset = cache_wyrand_below(&rng, len);
					n = Min(wanted, len - offset);
					cache_blob_read(&blob, offset, piece, n);
					CHECK(memcmp(piece, model + offset, n) == 0);
			}
			CHECK_EQ_UINT(blob.len, len);
		}
		check_blob(&blob, model, len, &owner);
		cache_blob_free(&blob);
		CHECK_EQ_UINT(blob.chunks, 0);
		CHECK_EQ_UINT(cache_arena_used_bytes(), 0);
	}
	CHECK(cache_arena_verify() == NULL);
	free(model);
	free(piece);
	engine_unmap(memory, REGION);
}

/* For each step from one length to another: run dry at every allocation, then go on with a full source. */
static void
nothing_is_lost_when_the_source_runs_dry(void)
{
	const uint64 chunk = CACHE_CHUNK_BYTES;
	const uint64 leaf = chunk * CACHE_CHUNK_FAN;
	const uint64 steps[][2] = {
		{ 0, 1 },
		{ 0, 3 * chunk },
		{ 10, chunk },
		{ 10, chunk + 1 },
		{ chunk, chunk + 1 },
		{ 100, 20 * chunk + 5 },
		{ 4 * chunk, 5 * chunk },
		{ 5 * chunk - 3, 40 * chunk },
		{ leaf - chunk, leaf },
		{ leaf - 10, leaf + 10 },
		{ leaf, leaf + 1 },
		{ leaf + chunk, leaf + 12 * chunk },
		{ 2 * leaf - 4 * chunk, 2 * leaf + 3 * chunk },
		{ 5 * leaf - chunk, 5 * leaf + chunk }, /* the root has to grow as well */
	};
	void *memory;
	char *model = malloc(6 * leaf);

	for (uint64 i = 0; i < 6 * leaf; i++)
		model[i] = (char) (i * 2654435761u >> 13);
	memory = arena_create();
	for (Size i = 0; i < lengthof(steps); i++)
	{
		bool reserved = false;
		int64 taken = 0;

		for (int64 dry_at = 0; !reserved; dry_at++)
		{
			DrySource full = dry_source(-1);
			DrySource dry = dry_source(dry_at);
			CacheBlob blob = { 0 };

			CHECK_OR_RETURN(dry_at < 1000);
			CHECK_OR_RETURN(cache_blob_reserve(&blob, steps[i][0], &owner, &full.source));
			cache_blob_write(&blob, 0, model, steps[i][0]);
			reserved = cache_blob_reserve(&blob, steps[i][1], &owner, &dry.source);
			taken = dry.taken;
			if (!reserved)
				check_blob(&blob, model, steps[i][0], &owner);
			/* and goes on from there, perhaps to less than was wanted */
			if (dry_at % 2 == 0)
			{
				uint64 len =
					dry_at % 4 == 0 ? steps[i][1] : steps[i][0] + (steps[i][1] - steps[i][0]) / 2;

				CHECK(cache_blob_reserve(&blob, len, &owner, &full.source));
				len = reserved ? steps[i][1] : len;
				cache_blob_write(&blob, steps[i][0], model + steps[i][0], len - steps[i][0]);
				check_blob(&blob, model, len, &owner);
			}
			cache_blob_free(&blob);
			CHECK_EQ_UINT(cache_arena_used_bytes(), 0);
		}
		CHECK(taken >= 0);
	}
	CHECK(cache_arena_verify() == NULL);
	free(model);
	engine_unmap(memory, REGION);
}

static void
growing_byte_by_byte_takes_no_more_than_at_once(void)
{
	void *memory = arena_create();
	DrySource full = dry_source(-1);
	CacheBlob slow = { 0 };
	CacheBlob fast = { 0 };
	uint64 len = 0;

	while (len < 3 * CACHE_CHUNK_BYTES)
		CHECK_OR_RETURN(cache_blob_reserve(&slow, ++len, &owner, &full.source));
	CHECK_OR_RETURN(cache_blob_reserve(&fast, len, &owner, &full.source));
	CHECK_EQ_UINT(cache_blob_memory(&slow), cache_blob_memory(&fast));
	cache_blob_free(&slow);
	cache_blob_free(&fast);
	CHECK_EQ_UINT(cache_arena_used_bytes(), 0);
	engine_unmap(memory, REGION);
}

static void
a_moved_blob_knows_its_new_owner(void)
{
	void *memory = arena_create();
	CacheBlobOwner other = { .hash = 42, .space = 3 };
	DrySource full = dry_source(-1);
	CacheBlob blob = { 0 };
	uint64 len = (uint64) 3 * CACHE_CHUNK_FAN * CACHE_CHUNK_BYTES / 2;
	char *model = calloc(len, 1);

	CHECK_OR_RETURN(cache_blob_reserve(&blob, len, &owner, &full.source));
	cache_blob_fill(&blob, 0, 0, len);
	cache_blob_adopt(&blob, &other);
	check_blob(&blob, model, len, &other);
	cache_blob_free(&blob);
	free(model);
	engine_unmap(memory, REGION);
}

/* Blocks that say that they are the blob's, and are not. */
static void
only_blocks_of_the_tree_have_a_parent(void)
{
	static const uint32 chunk_counts[] = { 0, 1, 2, 100, 2044, 2045, 4100 };
	void *memory = arena_create();

	for (Size i = 0; i < lengthof(chunk_counts); i++)
	{
		DrySource full = dry_source(-1);
		CacheBlob blob = { 0 };
		CacheRef stranger = cache_arena_alloc(0, CACHE_PAGE_MOVABLE, 64);
		CacheChunkShared *block = block_at(stranger);

		CHECK_OR_RETURN(cache_blob_reserve(&blob, (uint64) chunk_counts[i] * CACHE_CHUNK_BYTES,
										   &owner, &full.source));
		CHECK_EQ_UINT(blob.chunks, chunk_counts[i]);
		*block = (CacheChunkShared){ .kind = CACHE_KIND_CHUNK };
		for (int level = 0; level < 256; level += level < 4 ? 1 : 50)
		{
			static const uint32 indexes[] = {
				0, 1, 2, 3, 2043, 2044, 2045, 4099, 4100, UINT32_MAX
			};

			for (Size k = 0; k < lengthof(indexes); k++)
			{
				block->level = (uint8) level;
				block->index = indexes[k];
				CHECK(cache_blob_parent(&blob, stranger) == NULL);
			}
		}
		cache_arena_free(stranger);
		cache_blob_free(&blob);
		CHECK_EQ_UINT(cache_arena_used_bytes(), 0);
	}
	engine_unmap(memory, REGION);
}

/* What relocation does: each block in turn is copied, and its parent led to the copy. */
static void
every_block_can_be_replaced_by_a_copy(void)
{
	void *memory = arena_create();
	DrySource full = dry_source(-1);
	CacheBlob blob = { 0 };
	uint64 len = (uint64) (CACHE_CHUNK_FAN + 300) * CACHE_CHUNK_BYTES + 4711;
	char *model = malloc(len);
	CacheRef *blocks = malloc(3000 * sizeof(CacheRef));
	uint32 n = 0;

	CHECK_OR_RETURN(cache_blob_reserve(&blob, len, &owner, &full.source));
	write_random(&blob, model, 0, len);
	blocks[n++] = blob.root;
	for (uint32 i = 0; i < 2; i++)
	{
		CacheRef leaf = block_at(blob.root)->child[i];

		blocks[n++] = leaf;
		for (uint32 k = 0; k < CACHE_CHUNK_FAN && i * CACHE_CHUNK_FAN + k < blob.chunks; k++)
			blocks[n++] = block_at(leaf)->child[k];
	}
	while (n > 0)
	{
		uint32 at = (uint32) cache_wyrand_below(&rng, n);
		Size size = cache_arena_block_size(blocks[at]);
		CacheRef copy = cache_arena_alloc(0, CACHE_PAGE_MOVABLE, size);
		CacheRef *parent = cache_blob_parent(&blob, blocks[at]);

		CHECK_OR_RETURN(parent != NULL && cache_ref_same(*parent, blocks[at]));
		memcpy(cache_ref_ptr(copy), cache_ref_ptr(blocks[at]), size);
		*parent = copy;
		CHECK(cache_blob_parent(&blob, blocks[at]) == NULL);
		cache_arena_free(blocks[at]);
		blocks[at] = blocks[--n];
	}
	check_blob(&blob, model, len, &owner);
	cache_blob_free(&blob);
	CHECK_EQ_UINT(cache_arena_used_bytes(), 0);
	free(blocks);
	free(model);
	engine_unmap(memory, REGION);
}

int
main(void)
{
	rng = cache_wyrand_seeded(check_seed());
	CHECK_RUN(a_blob_is_a_run_of_bytes);
	CHECK_RUN(nothing_is_lost_when_the_source_runs_dry);
	CHECK_RUN(growing_byte_by_byte_takes_no_more_than_at_once);
	CHECK_RUN(a_moved_blob_knows_its_new_owner);
	CHECK_RUN(only_blocks_of_the_tree_have_a_parent);
	CHECK_RUN(every_block_can_be_replaced_by_a_copy);
	return check_done();
}
