/*
 * lru.c
 *    Evict what has not been used for longest.
 *
 * The mark is the low byte of the epoch of the last use, so a hit stores at most once an epoch, and an entry would
 * have to outlive two full turnovers of its space for its age to wrap. Taking the oldest of a sample is Redis's
 * approximation of LRU, with a larger sample.
 */
#include "base/env.h"

#include "policy/policy.h"

static uint8
on_insert(uint32 epoch)
{
	return (uint8) epoch;
}

static uint8
on_hit(uint8 mark, uint32 epoch)
{
	(void) mark;
	return (uint8) epoch;
}

static uint32
rank(uint8 mark, uint32 epoch)
{
	return (uint8) ((uint8) epoch - mark);
}

const CachePolicyOps cache_policy_lru = {
	.name = "allkeys-lru",
	.evicts = true,
	.on_insert = on_insert,
	.on_hit = on_hit,
	.rank = rank,
};
