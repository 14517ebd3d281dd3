/*
 * arena.h
 *    Blocks of 16 bytes to 8 kB in the region's pages.
 *
 * A page of 64 kB holds slots of one size class. Classes are 8 bytes apart up to 256, an eighth of an octave up
 * to 1 kB, and above that the whole fractions of a page, at most 15 % apart. Larger things are built of blocks.
 *
 * A page belongs to a shard, an allocator front with a lock of its own, and is of one of two kinds: movable pages
 * hold entries and chunks, which can be found from their own bytes and moved; fixed pages hold the tables.
 * The first byte of a slot is 0 while it is free: an owner makes it non-zero when the block's header is complete.
 *
 *     pool --page--> shard, kind, class:  partial pages in 4 bins by occupancy | full pages (in no list)
 *
 * An allocation takes from the fullest bin, so that sparse pages drain; evacuation takes from the sparsest.
 * Locks: a shard's, then the pool's. Nothing here throws, and nothing waits but for those.
 */
#ifndef CACHE_MEMORY_ARENA_H
#define CACHE_MEMORY_ARENA_H

#include "memory/ref.h"
#include "memory/sync.h"

#define CACHE_PAGE_SHIFT 16
#define CACHE_PAGE_SIZE ((Size) 1 << CACHE_PAGE_SHIFT)
#define CACHE_BLOCK_MIN 16
#define CACHE_BLOCK_MAX 8192
#define CACHE_CLASSES_MAX 72
#define CACHE_SHARDS_MAX 32

typedef enum CachePageKind
{
	CACHE_PAGE_MOVABLE,
	CACHE_PAGE_FIXED,
	CACHE_PAGE_KINDS
} CachePageKind;

/* One size class, summed over all shards and both kinds of page. */
typedef struct CacheClassUse
{
	uint32 slot_bytes;
	uint64 pages;
	uint64 used_slots;
	uint64 free_slots;
} CacheClassUse;

/* Carve the page descriptors and give the rest of the region to pages. False if not even 16 pages are left. */
extern bool cache_arena_create(void);
extern void cache_arena_attach(void);

/* The least region that cache_arena_create accepts after `carved` bytes. */
extern Size cache_arena_least(Size carved);

/* A block of at least size bytes, from the shard or failing that from any other; NONE if there is none. */
extern CacheRef cache_arena_alloc(uint32 shard, CachePageKind kind, Size size);

/* Give a block back. Its page returns to the pool with its last block. */
extern void cache_arena_free(CacheRef ref);

/* Bytes of the block's slot. */
extern Size cache_arena_block_size(CacheRef ref);

/* Bytes of the slot that a request of size gets; size is at most CACHE_BLOCK_MAX. */
extern Size cache_arena_round(Size size);

extern uint32 cache_arena_shards(void);
extern uint32 cache_arena_pages(void);
extern uint32 cache_arena_free_pages(void);

/* Bytes in used slots. Sums under the shard locks, one after the other. */
extern uint64 cache_arena_used_bytes(void);

/* Fill use[] for each class; returns how many there are. */
extern int cache_arena_classes(CacheClassUse use[CACHE_CLASSES_MAX]);

/*
 * Evacuation. begin() takes the sparsest movable page of a class whose free slots elsewhere hold all its blocks
 * (0 if no class has as much); nobody allocates from it then. next() steps over its live blocks, starting from
 * *position 0; the block may be freed by its owner at any time. end() returns the page to the pool if it is
 * empty, else to its class; true if it was emptied.
 */
extern uint32 cache_arena_evacuate_begin(uint32 shard);
extern CacheRef cache_arena_evacuate_next(uint32 page, uint32 *position);
extern bool cache_arena_evacuate_end(uint32 page);

/* Check every invariant of pages, lists and counts; NULL if they hold, else what does not. Quiescent use only. */
extern const char *cache_arena_verify(void);

#endif
