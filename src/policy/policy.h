/*
 * policy.h
 *    What an eviction policy is: a few functions over one byte per entry.
 *
 * Each entry has a byte, its mark, in its bucket's cache line: never payload memory, so that a reader without a lock may
 * store it. A space has a clock that advances by insertions: an epoch is 1/128 of the insertions that would replace all
 * its entries. A victim is the entry of the highest rank in a sample of buckets at random places; spaces of a few
 * entries are sampled whole.
 *
 * A policy is a row of cache_policies[], indexed by the id that the space keeps.
 */
#ifndef CACHE_POLICY_POLICY_H
#define CACHE_POLICY_POLICY_H

#include "base/env.h"

#define CACHE_EPOCHS 128 /* in the time that as many insertions take as the space has entries */

typedef enum CachePolicyId
{
	CACHE_POLICY_NOEVICTION,
	CACHE_POLICY_LRU,
	CACHE_POLICIES
} CachePolicyId;

typedef struct CachePolicyOps
{
	const char *name;
	bool evicts;

	/* The mark of a new entry at this epoch. */
	uint8 (*on_insert)(uint32 epoch);

	/* The mark after a hit; the same mark means that nothing is stored. */
	uint8 (*on_hit)(uint8 mark, uint32 epoch);

	/* How good a victim the entry is; higher goes first. */
	uint32 (*rank)(uint8 mark, uint32 epoch);
} CachePolicyOps;

extern const CachePolicyOps cache_policy_noeviction;
extern const CachePolicyOps cache_policy_lru;

extern const CachePolicyOps *const cache_policies[CACHE_POLICIES];

/* The policy of a name; CACHE_POLICIES if there is none. */
extern CachePolicyId cache_policy_find(const char *name);

#endif
