/*
 * pins.h
 *    Hazard pins: "I am still reading (or about to store into) this block; do not hand its memory on."
 *
 * One cache line for each backend slot, written only by its backend, with two pins: the root block of a large value
 * that is being copied out, and the table block whose policy byte is about to be stored. (M. Michael, "Hazard
 * Pointers", IEEE TPDS 15(6), 2004.)
 *
 *     reader                                  remover
 *     pin(block)      store, full fence       unlink the block, raise the partition's version, full fence
 *     version same?   no: unpin, start over   pinned(block)?  yes: put it in limbo;  no: free it
 *     use the block
 *     unpin
 *
 * The two fences order each side's store before its load, so at least one side sees the other.
 * A pin outlives neither its holder's use nor its process: the process's exit clears its line.
 */
#ifndef CACHE_MEMORY_PINS_H
#define CACHE_MEMORY_PINS_H

#include "memory/ref.h"
#include "memory/sync.h"

typedef enum CachePinUse
{
	CACHE_PIN_VALUE,
	CACHE_PIN_POLICY,
	CACHE_PIN_USES
} CachePinUse;

typedef struct CachePinsShared
{
	_Alignas(64) CacheAtomic32 pinned[CACHE_PIN_USES];
} CachePinsShared;

/* This process's line. A process that never called cache_pins_join has none and must not pin. */
extern CACHE_PER_BACKEND CachePinsShared *cache_pins_mine;

extern bool cache_pins_create(uint32 backends);
extern void cache_pins_attach(void);

/* Take the line of this backend slot, and clear it; and clear it again at exit. */
extern void cache_pins_join(uint32 backend);
extern void cache_pins_leave(void);

/* True if any backend has the block pinned. Called after unlinking it. */
extern bool cache_pins_holds(CacheRef block);

static inline void
cache_pin(CachePinUse use, CacheRef block)
{
	cache_race_point();
	cache_atomic_set(&cache_pins_mine->pinned[use], block.granule);
	cache_fence_full();
	cache_race_point();
}

static inline void
cache_unpin(CachePinUse use)
{
	cache_race_point();
	cache_atomic_release(&cache_pins_mine->pinned[use], 0);
}

#endif
