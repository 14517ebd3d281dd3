/*
 * arena.c
 *    Pages, size classes and shards; see arena.h for the idea and the layout.
 *
 * Slots of a page are carved from its start on demand, so that untouched memory stays untouched. A freed slot holds
 * the index of the next free one; the page descriptor heads that chain. Descriptors live outside the pages, 20 bytes
 * for 64 kB, and are indexed by the page's number in the region.
 */
#include "base/env.h"

#include "memory/arena.h"
#include "memory/region.h"

#define BINS 4
#define BIN_NONE BINS /* full, empty or evacuating: in no list */

typedef enum PageState
{
	PAGE_FREE,
	PAGE_ACTIVE,
	PAGE_EVACUATING
} PageState;

typedef struct PageShared
{
	uint8 state;
	uint8 kind;
	uint8 class;
	uint8 shard;
	uint8 bin;
	uint8 unused;
	uint16 used;
	uint16 carved;
	uint16 free_head; /* slot index + 1 */
	uint32 next;      /* in its bin, or in the pool */
	uint32 prev;
} PageShared;

StaticAssertDecl(sizeof(PageShared) == 20, "a page descriptor is 20 bytes");

typedef struct ClassShared
{
	uint32 partial[BINS];
	uint32 pages;
	uint32 used; /* slots */
} ClassShared;

typedef struct ShardShared
{
	CacheLock lock;
	ClassShared classes[CACHE_PAGE_KINDS][CACHE_CLASSES_MAX];
} ShardShared;

typedef struct ArenaShared
{
	uint32 first_page;
	uint32 end_page;
	uint32 shards;
	CacheLock pool_lock;
	uint32 pool_head;
	uint32 untouched; /* pages from here on were never used */
	CacheAtomic32 pool_pages;
	ShardShared shard[CACHE_SHARDS_MAX];
} ArenaShared;

/* A freed slot; its first byte stays 0. */
typedef struct FreeSlot
{
	uint16 mark;
	uint16 next; /* slot index + 1 */
} FreeSlot;

/* The classes, the same in every process: computed at attach from the granule. */
static uint32 class_bytes[CACHE_CLASSES_MAX];
static uint16 class_slots[CACHE_CLASSES_MAX];
static uint8 class_of[CACHE_BLOCK_MAX / 8 + 1]; /* by (size + 7) / 8 */
static int classes;

static ArenaShared *arena;
static PageShared *pages; /* by page number */

static void
add_class(uint32 bytes)
{
	uint32 granule = 1u << cache_mapping.shift;

	bytes &= ~(granule - 1);
	if (classes > 0 && class_bytes[classes - 1] == bytes)
		return;
	Assert(classes < CACHE_CLASSES_MAX);
	class_bytes[classes] = bytes;
	class_slots[classes] = (uint16) (CACHE_PAGE_SIZE / bytes);
	classes++;
}

static void
compute_classes(void)
{
	/* slots to a page above 1 kB: each fraction at most 15 % larger than the one before */
	static const uint8 fractions[] = { 57, 51, 45, 40, 36, 32, 28, 25, 22, 20,
									   18, 16, 14, 13, 12, 11, 10, 9,  8 };
	int class = 0;

	classes = 0;
	for (uint32 bytes = CACHE_BLOCK_MIN; bytes <= 256; bytes += 8)
		add_class(bytes);
	for (uint32 octave = 256; octave < 1024; octave *= 2)
		for (uint32 eighth = 1; eighth <= 8; eighth++)
			add_class(octave + octave / 8 * eighth);
	for (Size i = 0; i < lengthof(fractions); i++)
		add_class((uint32) (CACHE_PAGE_SIZE / fractions[i]));
	Assert(class_bytes[classes - 1] == CACHE_BLOCK_MAX);

	for (uint32 size = 0; size <= CACHE_BLOCK_MAX; size += 8)
	{
		if (size > class_bytes[class])
			class ++;
		class_of[size / 8] = (uint8) class;
	}
}

static int
class_for(Size size)
{
	Assert(size <= CACHE_BLOCK_MAX);
	return class_of[(size + 7) / 8];
}

static uint32
page_of(CacheRef ref)
{
	return ref.granule >> (CACHE_PAGE_SHIFT - cache_mapping.shift);
}

static char *
page_start(uint32 page)
{
	return cache_mapping.base + ((Size) page << CACHE_PAGE_SHIFT);
}

static char *
slot_at(uint32 page, uint32 slot)
{
	return page_start(page) + (Size) slot * class_bytes[pages[page].class];
}

Size
cache_arena_least(Size carved)
{
	return carved + sizeof(ArenaShared) + 18 * (CACHE_PAGE_SIZE + sizeof(PageShared));
}

bool
cache_arena_create(void)
{
	uint32 total = (uint32) (cache_region_size() >> CACHE_PAGE_SHIFT);
	uint32 shards = 1;

	arena = cache_region_carve(CACHE_PART_ARENA, sizeof(ArenaShared) + total * sizeof(PageShared));
	if (arena == NULL)
		return false;

	/*
	 * A front for each 256 MB, in powers of two: a partly filled page of each class in each front is idle memory, which a
	 * small region has none to spare of.
	 */
	while (shards < CACHE_SHARDS_MAX && ((Size) shards << 29) <= cache_region_size())
		shards *= 2;
	arena->shards = shards;
	arena->first_page =
		(uint32) ((cache_region_carved() + CACHE_PAGE_SIZE - 1) >> CACHE_PAGE_SHIFT);
	arena->end_page = total;
	if (arena->end_page < arena->first_page + 16)
		return false;
	arena->untouched = arena->first_page;
	cache_lock_init(&arena->pool_lock, CACHE_RANK_POOL);
	for (uint32 i = 0; i < shards; i++)
		cache_lock_init(&arena->shard[i].lock, CACHE_RANK_SHARD);
	cache_atomic_set(&arena->pool_pages, arena->end_page - arena->first_page);
	cache_arena_attach();
	return true;
}

void
cache_arena_attach(void)
{
	arena = cache_region_part(CACHE_PART_ARENA);
	pages = (PageShared *) (arena + 1);
	compute_classes();
}

static void
bin_remove(ClassShared *class, uint32 page)
{
	PageShared *desc = &pages[page];

	if (desc->bin == BIN_NONE)
		return;
	if (desc->prev != 0)
		pages[desc->prev].next = desc->next;
	else
		class->partial[desc->bin] = desc->next;
	if (desc->next != 0)
		pages[desc->next].prev = desc->prev;
	desc->bin = BIN_NONE;
}

static void
bin_insert(ClassShared *class, uint32 page, uint8 bin)
{
	PageShared *desc = &pages[page];

	desc->bin = bin;
	desc->prev = 0;
	desc->next = class->partial[bin];
	if (desc->next != 0)
		pages[desc->next].prev = page;
	class->partial[bin] = page;
}

/* Put an active page where its occupancy belongs. Caller holds the shard's lock. */
static void
bin_update(ClassShared *class, uint32 page)
{
	PageShared *desc = &pages[page];
	uint32 slots = class_slots[desc->class];
	uint8 bin = desc->used == slots ? BIN_NONE : (uint8) (desc->used * BINS / slots);

	if (bin == desc->bin)
		return;
	bin_remove(class, page);
	if (bin != BIN_NONE)
		bin_insert(class, page, bin);
}

static uint32
pool_take(void)
{
	uint32 page;

	cache_lock_exclusive(&arena->pool_lock);
	page = arena->pool_head;
	if (page != 0)
		arena->pool_head = pages[page].next;
	else if (arena->untouched < arena->end_page)
		page = arena->untouched++;
	if (page != 0)
		cache_atomic_set(&arena->pool_pages, cache_atomic_get(&arena->pool_pages) - 1);
	cache_lock_release(&arena->pool_lock);
	return page;
}

static void
pool_give(uint32 page)
{
	cache_lock_exclusive(&arena->pool_lock);
	pages[page].state = PAGE_FREE;
	pages[page].next = arena->pool_head;
	arena->pool_head = page;
	cache_atomic_set(&arena->pool_pages, cache_atomic_get(&arena->pool_pages) + 1);
	cache_lock_release(&arena->pool_lock);
}

/* A slot of a page that has one. Caller holds the shard's lock. */
static CacheRef
slot_take(ClassShared *class, uint32 page)
{
	PageShared *desc = &pages[page];
	char *slot;

	if (desc->free_head != 0)
	{
		slot = slot_at(page, desc->free_head - 1);
		desc->free_head = ((FreeSlot *) slot)->next;
	}
	else
	{
		slot = slot_at(page, desc->carved++);
		*slot = 0;
	}
	desc->used++;
	class->used++;
	bin_update(class, page);
	return cache_ref_of(slot);
}

static CacheRef
alloc_from(uint32 shard_no, CachePageKind kind, int class_no, bool may_grow)
{
	ShardShared *shard = &arena->shard[shard_no];
	ClassShared *class = &shard->classes[kind][class_no];
	CacheRef ref = CACHE_REF_NONE;
	uint32 page = 0;

	cache_lock_exclusive(&shard->lock);
	for (int bin = BINS - 1; bin >= 0 && page == 0; bin--)
		page = class->partial[bin];
	if (page == 0 && may_grow && (page = pool_take()) != 0)
	{
		pages[page] = (PageShared){
			.state = PAGE_ACTIVE,
			.kind = kind,
			.class = (uint8) class_no,
			.shard = (uint8) shard_no,
			.bin = BIN_NONE,
		};
		class->pages++;
	}
	if (page != 0)
		ref = slot_take(class, page);
	cache_lock_release(&shard->lock);
	return ref;
}

CacheRef
cache_arena_alloc(uint32 shard, CachePageKind kind, Size size)
{
	int class = class_for(size);
	CacheRef ref;

	shard &= arena->shards - 1;
	ref = alloc_from(shard, kind, class, true);
	for (uint32 i = 1; i < arena->shards && cache_ref_is_none(ref); i++)
		ref = alloc_from((shard + i) & (arena->shards - 1), kind, class, false);
	return ref;
}

/* Take the page out of its class and give it to the pool. Caller holds the shard's lock. */
static void
page_retire(ClassShared *class, uint32 page)
{
	bin_remove(class, page);
	class->pages--;
	pool_give(page);
}

void
cache_arena_free(CacheRef ref)
{
	uint32 page = page_of(ref);
	PageShared *desc = &pages[page];
	ShardShared *shard = &arena->shard[desc->shard];
	ClassShared *class = &shard->classes[desc->kind][desc->class];
	FreeSlot *slot = cache_ref_ptr(ref);

	cache_lock_exclusive(&shard->lock);
	Assert(desc->state != PAGE_FREE && desc->used > 0);
	slot->mark = 0;
	slot->next = desc->free_head;
	desc->free_head = (uint16) (((char *) slot - page_start(page)) / class_bytes[desc->class] + 1);
	desc->used--;
	class->used--;
	if (desc->state == PAGE_ACTIVE)
	{
		if (desc->used == 0)
			page_retire(class, page);
		else
			bin_update(class, page);
	}
	cache_lock_release(&shard->lock);
}

Size
cache_arena_block_size(CacheRef ref)
{
	return class_bytes[pages[page_of(ref)].class];
}

Size
cache_arena_round(Size size)
{
	return class_bytes[class_for(size)];
}

uint32
cache_arena_shards(void)
{
	return arena->shards;
}

uint32
cache_arena_pages(void)
{
	return arena->end_page - arena->first_page;
}

uint32
cache_arena_free_pages(void)
{
	return cache_atomic_get(&arena->pool_pages);
}

int
cache_arena_classes(CacheClassUse use[CACHE_CLASSES_MAX])
{
	memset(use, 0, sizeof(CacheClassUse) * CACHE_CLASSES_MAX);
	for (uint32 s = 0; s < arena->shards; s++)
	{
		ShardShared *shard = &arena->shard[s];

		cache_lock_shared(&shard->lock);
		for (int kind = 0; kind < CACHE_PAGE_KINDS; kind++)
			for (int i = 0; i < classes; i++)
			{
				ClassShared *class = &shard->classes[kind][i];

				use[i].slot_bytes = class_bytes[i];
				use[i].pages += class->pages;
				use[i].used_slots += class->used;
				use[i].free_slots += (uint64) class->pages * class_slots[i] - class->used;
			}
		cache_lock_release(&shard->lock);
	}
	return classes;
}

uint64
cache_arena_used_bytes(void)
{
	CacheClassUse use[CACHE_CLASSES_MAX];
	int n = cache_arena_classes(use);
	uint64 bytes = 0;

	for (int i = 0; i < n; i++)
		bytes += use[i].used_slots * use[i].slot_bytes;
	return bytes;
}

/*
 * Among the classes whose free slots, beyond those of the page to be taken, have room for that page's blocks, the
 * sparsest page. A bin is only a quarter fine: within it the first page is as good as another.
 */
uint32
cache_arena_evacuate_begin(uint32 shard_no)
{
	ShardShared *shard = &arena->shard[shard_no & (arena->shards - 1)];
	uint32 best = 0;
	double best_fill = 2.0;

	cache_lock_exclusive(&shard->lock);
	for (int i = 0; i < classes; i++)
	{
		ClassShared *class = &shard->classes[CACHE_PAGE_MOVABLE][i];
		uint32 page = 0;
		uint64 free_slots = (uint64) class->pages * class_slots[i] - class->used;

		if (free_slots < class_slots[i])
			continue;
		for (int bin = 0; bin < BINS && page == 0; bin++)
			page = class->partial[bin];
		if (page != 0 && free_slots - (class_slots[i] - pages[page].used) >= pages[page].used)
		{
			double fill = (double) pages[page].used / class_slots[i];

			if (fill < best_fill)
			{
				best = page;
				best_fill = fill;
			}
		}
	}
	if (best != 0)
	{
		bin_remove(&shard->classes[CACHE_PAGE_MOVABLE][pages[best].class], best);
		pages[best].state = PAGE_EVACUATING;
	}
	cache_lock_release(&shard->lock);
	return best;
}

CacheRef
cache_arena_evacuate_next(uint32 page, uint32 *position)
{
	PageShared *desc = &pages[page];

	Assert(desc->state == PAGE_EVACUATING);
	while (*position < desc->carved)
	{
		char *slot = slot_at(page, (*position)++);

		if (*(volatile char *) slot != 0)
			return cache_ref_of(slot);
	}
	return CACHE_REF_NONE;
}

bool
cache_arena_evacuate_end(uint32 page)
{
	PageShared *desc = &pages[page];
	ShardShared *shard = &arena->shard[desc->shard];
	ClassShared *class = &shard->classes[desc->kind][desc->class];
	bool emptied;

	cache_lock_exclusive(&shard->lock);
	Assert(desc->state == PAGE_EVACUATING);
	desc->state = PAGE_ACTIVE;
	emptied = desc->used == 0;
	if (emptied)
		page_retire(class, page);
	else
		bin_update(class, page);
	cache_lock_release(&shard->lock);
	return emptied;
}

/* One page against its own slots; NULL if it holds together. */
static const char *
verify_page(uint32 page)
{
	PageShared *desc = &pages[page];
	uint32 slots = class_slots[desc->class];
	uint32 free_slots = 0;

	if (desc->carved > slots || desc->used > desc->carved)
		return "a page counts more slots than it has";
	for (uint16 slot = desc->free_head; slot != 0;
		 slot = ((FreeSlot *) slot_at(page, slot - 1))->next)
	{
		if (slot > desc->carved || ++free_slots > slots)
			return "a page's chain of free slots is broken";
		if (*slot_at(page, slot - 1) != 0)
			return "a free slot is marked live";
	}
	if (free_slots + desc->used != desc->carved)
		return "a page lost a slot";
	if (desc->state == PAGE_ACTIVE &&
		desc->bin != (desc->used == slots ? BIN_NONE : desc->used * BINS / slots))
		return "a page is in the wrong bin";
	return NULL;
}

const char *
cache_arena_verify(void)
{
	static uint32 used[CACHE_SHARDS_MAX][CACHE_PAGE_KINDS][CACHE_CLASSES_MAX];
	uint32 idle = 0;
	uint32 listed = 0;
	uint32 partial = 0;

	memset(used, 0, sizeof(used));
	for (uint32 page = arena->first_page; page < arena->untouched; page++)
	{
		const char *wrong;

		if (pages[page].state == PAGE_FREE)
		{
			idle++;
			continue;
		}
		if ((wrong = verify_page(page)) != NULL)
			return wrong;
		used[pages[page].shard][pages[page].kind][pages[page].class] += pages[page].used;
		partial += pages[page].bin != BIN_NONE;
	}
	if (idle + (arena->end_page - arena->untouched) != cache_arena_free_pages())
		return "the pool miscounts its pages";
	for (uint32 page = arena->pool_head; page != 0; page = pages[page].next)
		if (idle-- == 0)
			return "the pool's list is broken";
	if (idle != 0)
		return "a free page is not in the pool's list";
	for (uint32 s = 0; s < arena->shards; s++)
		for (int kind = 0; kind < CACHE_PAGE_KINDS; kind++)
			for (int i = 0; i < classes; i++)
			{
				ClassShared *class = &arena->shard[s].classes[kind][i];

				if (class->used != used[s][kind][i])
					return "a class miscounts its slots";
				for (int bin = 0; bin < BINS; bin++)
					for (uint32 page = class->partial[bin]; page != 0; page = pages[page].next)
						if (pages[page].bin != bin || ++listed > partial)
							return "a list of partial pages is broken";
			}
	return listed == partial ? NULL : "a partial page is in no list";
}
