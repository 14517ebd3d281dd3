/*
 * memory_arena.c
 *    Tests of memory/arena: blocks of all sizes against a list of what is out, evacuation, regions of all sizes.
 */
#include "base/env.h"

#include "base/wyrand.h"
#include "check.h"
#include "engine.h"
#include "memory/arena.h"
#include "memory/region.h"

#define ARENA_VERIFY()                                                                             \
	do                                                                                             \
	{                                                                                              \
		const char *wrong_ = cache_arena_verify();                                                 \
		if (wrong_ != NULL && check_failed(__FILE__, __LINE__))                                    \
			printf("%s\n", wrong_);                                                                \
	} while (0)

typedef struct Block
{
	CacheRef ref;
	uint32 size;
	uint8 fill;
} Block;

static CacheWyrand rng;

static void
fill_block(Block *block)
{
	block->fill = (uint8) (1 + cache_wyrand_below(&rng, 255));
	memset(cache_ref_ptr(block->ref), block->fill, block->size);
}

static bool
is_intact(const Block *block)
{
	const uint8 *bytes = cache_ref_ptr(block->ref);

	for (uint32 i = 0; i < block->size; i++)
		if (bytes[i] != block->fill)
			return false;
	return true;
}

static void *
arena_create(Size size)
{
	void *memory = engine_map(size);

	cache_region_create(memory, size);
	if (!cache_arena_create())
	{
		engine_unmap(memory, size);
		return NULL;
	}
	return memory;
}

/* Sizes of which small ones are as likely as large ones. */
static uint32
random_size(void)
{
	uint32 most = 1u << cache_wyrand_below(&rng, 14);

	return 1 + (uint32) cache_wyrand_below(&rng, Min(most, CACHE_BLOCK_MAX));
}

static void
check_new_block(const Block *block, CachePageKind kind)
{
	Size slot = cache_arena_block_size(block->ref);
	Size offset = (Size) ((char *) cache_ref_ptr(block->ref) - cache_mapping.base);

	(void) kind;
	CHECK(slot >= block->size);
	CHECK_EQ_UINT(slot, cache_arena_round(block->size));
	CHECK(slot <= CACHE_BLOCK_MIN || slot <= block->size + Max(block->size / 7, 16));
	CHECK(cache_ref_sane(block->ref, slot));
	CHECK(offset + slot <= cache_region_size());
	CHECK_EQ_UINT(offset % (1u << cache_mapping.shift), 0);
	CHECK_EQ_UINT(*(uint8 *) cache_ref_ptr(block->ref), 0);
}

/* Random allocations and frees; every block keeps its bytes until it is freed. */
static void
exercise(Size region_size, int operations, uint32 most_blocks)
{
	void *memory = arena_create(region_size);
	Block *blocks = calloc(most_blocks, sizeof(Block));
	uint32 n = 0;
	uint64 used = 0;
	uint32 pages;

	CHECK_OR_RETURN(memory != NULL);
	pages = cache_arena_free_pages();
	CHECK_EQ_UINT(pages, cache_arena_pages());
	for (int i = 0; i < operations; i++)
	{
		/* phases of growing and of shrinking */
		bool grow = cache_wyrand_below(&rng, 100) < ((i / (operations / 8 + 1)) % 2 ? 35 : 65);

		if (grow && n < most_blocks)
		{
			CachePageKind kind = (CachePageKind) cache_wyrand_below(&rng, CACHE_PAGE_KINDS);
			Block block = { .size = random_size() };

			block.ref = cache_arena_alloc((uint32) cache_wyrand_next(&rng), kind, block.size);
			if (!cache_ref_is_none(block.ref))
			{
				check_new_block(&block, kind);
				used += cache_arena_block_size(block.ref);
				fill_block(&block);
				blocks[n++] = block;
			}
			else
				CHECK_EQ_UINT(cache_arena_free_pages(), 0);
		}
		else if (n > 0)
		{
			uint32 victim = (uint32) cache_wyrand_below(&rng, n);

			CHECK(is_intact(&blocks[victim]));
			used -= cache_arena_block_size(blocks[victim].ref);
			cache_arena_free(blocks[victim].ref);
			blocks[victim] = blocks[--n];
		}
		if (i % 4096 == 0)
		{
			ARENA_VERIFY();
			CHECK_EQ_UINT(cache_arena_used_bytes(), used);
		}
	}
	while (n > 0)
	{
		CHECK(is_intact(&blocks[n - 1]));
		cache_arena_free(blocks[--n].ref);
	}
	ARENA_VERIFY();
	CHECK_EQ_UINT(cache_arena_used_bytes(), 0);
	CHECK_EQ_UINT(cache_arena_free_pages(), pages);
	free(blocks);
	engine_unmap(memory, region_size);
}

static void
blocks_do_not_overlap_and_all_pages_come_back(void)
{
	exercise((Size) 64 << 20, 300000, 40000);
}

static void
a_full_arena_refuses_and_recovers(void)
{
	exercise((Size) 2 << 20, 200000, 40000);
}

static void
many_shards_share_their_pages(void)
{
	exercise((Size) 1 << 30, 200000, 40000);
}

static void
granules_of_16_bytes_reach_beyond_32_GB(void)
{
	Size size = ((Size) 32 << 30) + ((Size) 1 << 20);

	exercise(size, 100000, 20000);
	CHECK_EQ_INT(cache_mapping.shift, 4);
	CHECK_EQ_UINT(cache_arena_round(17), 32);
	exercise(((Size) 32 << 30) - 1, 20000, 10000);
	CHECK_EQ_INT(cache_mapping.shift, 3);
	CHECK_EQ_UINT(cache_arena_round(17), 24);
}

static void
every_size_of_region_is_refused_or_works(void)
{
	uint32 refused = 0;

	for (Size size = 64 << 10; size < ((Size) 3 << 20); size += 9973)
	{
		void *memory = engine_map(size);
		uint32 blocks = 0;

		cache_region_create(memory, size);
		if (cache_arena_create())
		{
			CHECK(cache_arena_pages() >= 16);
			while (!cache_ref_is_none(cache_arena_alloc(0, CACHE_PAGE_MOVABLE, CACHE_BLOCK_MAX)))
				blocks++;
			CHECK_EQ_UINT(blocks, cache_arena_pages() * 8);
			ARENA_VERIFY();
		}
		else
		{
			refused++;
			CHECK(size < cache_arena_least(1024));
		}
		engine_unmap(memory, size);
	}
	CHECK(refused > 0);
}

static void
a_region_of_the_least_size_is_accepted(void)
{
	for (uint32 backends = 1; backends < 3000; backends += 311)
	{
		Size size = cache_keyspace_least(backends);
		void *memory = engine_map(size);

		CHECK(cache_keyspace_create(memory, size, backends, 1));
		CHECK(!cache_keyspace_create(memory, size - 1, backends, 1));
		engine_unmap(memory, size);
	}
}

static void
another_process_attaches_to_the_same_region(void)
{
	Size size = (Size) 4 << 20;
	void *memory = engine_map(size);
	uint64 sums[CACHE_COUNTERS];

	CHECK_OR_RETURN(cache_keyspace_create(memory, size, 4, 7));
	cache_keyspace_join(3);
	cache_count_many(CACHE_COUNT_HITS, 5);
	CHECK(cache_keyspace_attach(memory));
	cache_counters_sum(sums);
	CHECK_EQ_UINT(sums[CACHE_COUNT_HITS], 5);
	cache_counters_reset();
	cache_count_many(CACHE_COUNT_HITS, 2);
	cache_counters_sum(sums);
	CHECK_EQ_UINT(sums[CACHE_COUNT_HITS], 2);
	CHECK_EQ_UINT(cache_keyspace->seed, 7);
	cache_keyspace_leave();
	*(uint64 *) memory ^= 1;
	CHECK(!cache_keyspace_attach(memory));
	engine_unmap(memory, size);
}

/* The blocks of an evacuated page, by the marks of those who own them. */
static void
evacuation_empties_the_sparsest_page(void)
{
	Size size = (Size) 4 << 20;
	void *memory = arena_create(size);
	enum
	{
		BLOCKS = 3000
	};
	CacheRef *refs = calloc(BLOCKS, sizeof(CacheRef));
	uint32 n = 0;
	uint32 emptied = 0;
	uint32 page;

	CHECK_OR_RETURN(memory != NULL);
	for (; n < BLOCKS; n++)
	{
		refs[n] = cache_arena_alloc(0, CACHE_PAGE_MOVABLE, 1000);
		CHECK_OR_RETURN(!cache_ref_is_none(refs[n]));
		memset(cache_ref_ptr(refs[n]), 1, 1000);
		memcpy((char *) cache_ref_ptr(refs[n]) + 4, &n, sizeof(n));
	}
	for (uint32 i = 0; i < n; i++)
		if (cache_wyrand_below(&rng, 4) != 0)
		{
			cache_arena_free(refs[i]);
			refs[i] = CACHE_REF_NONE;
		}
	ARENA_VERIFY();
	while ((page = cache_arena_evacuate_begin(0)) != 0)
	{
		uint32 position = 0;
		uint32 live = 0;
		CacheRef block;

		while (!cache_ref_is_none(block = cache_arena_evacuate_next(page, &position)))
		{
			CacheRef copy = cache_arena_alloc(0, CACHE_PAGE_MOVABLE, 1000);
			uint32 owner;

			CHECK_OR_RETURN(!cache_ref_is_none(copy));
			CHECK(cache_arena_block_size(copy) == cache_arena_block_size(block));
			CHECK((copy.granule ^ block.granule) >> (CACHE_PAGE_SHIFT - cache_mapping.shift) != 0);
			memcpy(cache_ref_ptr(copy), cache_ref_ptr(block), 1000);
			memcpy(&owner, (char *) cache_ref_ptr(block) + 4, sizeof(owner));
			CHECK_OR_RETURN(owner < BLOCKS && cache_ref_same(refs[owner], block));
			refs[owner] = copy;
			cache_arena_free(block);
			live++;
		}
		CHECK(cache_arena_evacuate_end(page));
		ARENA_VERIFY();
		emptied++;
	}
	CHECK(emptied > 20);
	{
		CacheClassUse use[CACHE_CLASSES_MAX];
		int classes = cache_arena_classes(use);

		/* nothing more to gain: less than a page's worth of slots is free */
		for (int i = 0; i < classes; i++)
			CHECK(use[i].free_slots * use[i].slot_bytes < CACHE_PAGE_SIZE);
	}
	for (uint32 i = 0; i < n; i++)
		if (!cache_ref_is_none(refs[i]))
		{
			uint32 owner;

			memcpy(&owner, (char *) cache_ref_ptr(refs[i]) + 4, sizeof(owner));
			CHECK_EQ_UINT(owner, i);
			cache_arena_free(refs[i]);
		}
	CHECK_EQ_UINT(cache_arena_free_pages(), cache_arena_pages());
	ARENA_VERIFY();
	free(refs);
	engine_unmap(memory, size);
}

static void
a_page_that_cannot_be_emptied_goes_back_to_its_class(void)
{
	Size size = (Size) 4 << 20;
	void *memory = arena_create(size);
	CacheRef refs[16];
	uint32 position = 0;
	uint32 free_pages;
	uint32 page;

	CHECK_OR_RETURN(memory != NULL);
	for (int i = 0; i < 16; i++)
	{
		refs[i] = cache_arena_alloc(0, CACHE_PAGE_MOVABLE, CACHE_BLOCK_MAX);
		*(char *) cache_ref_ptr(refs[i]) = 1;
	}
	for (int i = 0; i < 16; i++)
		if (i % 8 != 0)
			cache_arena_free(refs[i]);
	free_pages = cache_arena_free_pages();
	page = cache_arena_evacuate_begin(0);
	CHECK_OR_RETURN(page != 0);
	CHECK(!cache_ref_is_none(cache_arena_evacuate_next(page, &position)));
	CHECK(cache_ref_is_none(cache_arena_evacuate_next(page, &position)));
	/* nobody allocates from it meanwhile, however sparse it is */
	for (int i = 0; i < 7; i++)
		CHECK(cache_arena_alloc(0, CACHE_PAGE_MOVABLE, CACHE_BLOCK_MAX).granule >>
				  (CACHE_PAGE_SHIFT - cache_mapping.shift) !=
			  page);
	CHECK(!cache_arena_evacuate_end(page));
	ARENA_VERIFY();
	CHECK_EQ_UINT(cache_arena_free_pages(), free_pages);
	cache_arena_free(refs[0]);
	ARENA_VERIFY();
	engine_unmap(memory, size);
}

int
main(void)
{
	rng = cache_wyrand_seeded(check_seed());
	CHECK_RUN(blocks_do_not_overlap_and_all_pages_come_back);
	CHECK_RUN(a_full_arena_refuses_and_recovers);
	CHECK_RUN(many_shards_share_their_pages);
	CHECK_RUN(granules_of_16_bytes_reach_beyond_32_GB);
	CHECK_RUN(every_size_of_region_is_refused_or_works);
	CHECK_RUN(a_region_of_the_least_size_is_accepted);
	CHECK_RUN(another_process_attaches_to_the_same_region);
	CHECK_RUN(evacuation_empties_the_sparsest_page);
	CHECK_RUN(a_page_that_cannot_be_emptied_goes_back_to_its_class);
	return check_done();
}
