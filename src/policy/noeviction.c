/*
 * noeviction.c
 *    Keep everything: a write that finds no memory is refused.
 */
#include "base/env.h"

#include "policy/policy.h"

static uint8
on_insert(uint32 epoch)
{
	(void) epoch;
	return 0;
}

static uint8
on_hit(uint8 mark, uint32 epoch)
{
	(void) epoch;
	return mark;
}

static uint32
rank(uint8 mark, uint32 epoch)
{
	(void) mark;
	(void) epoch;
	return 0;
}

const CachePolicyOps cache_policy_noeviction = {
	.name = "noeviction",
	.evicts = false,
	.on_insert = on_insert,
	.on_hit = on_hit,
	.rank = rank,
};
