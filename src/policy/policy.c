/*
 * policy.c
 *    The table of policies; see policy.h.
 */
#include "base/env.h"

#include "policy/policy.h"

const CachePolicyOps *const cache_policies[CACHE_POLICIES] = {
	[CACHE_POLICY_NOEVICTION] = &cache_policy_noeviction,
	[CACHE_POLICY_LRU] = &cache_policy_lru,
};

CachePolicyId
cache_policy_find(const char *name)
{
	for (int i = 0; i < CACHE_POLICIES; i++)
		if (strcmp(cache_policies[i]->name, name) == 0)
			return (CachePolicyId) i;
	return CACHE_POLICIES;
}
