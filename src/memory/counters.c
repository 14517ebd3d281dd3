/*
 * counters.c
 *    Summing and resetting the counters; see counters.h.
 */
#include "base/env.h"

#include "memory/counters.h"
#include "memory/region.h"

typedef struct CounterTableShared
{
	uint32 lines_used;
	CacheAtomic64 baseline[CACHE_COUNTERS];
	CacheCountersShared lines[FLEXIBLE_ARRAY_MEMBER]; /* the first is the spare */
} CounterTableShared;

CACHE_PER_BACKEND CacheCountersShared *cache_counters_mine;

static CounterTableShared *table;

bool
cache_counters_create(uint32 backends)
{
	table =
		cache_region_carve(CACHE_PART_COUNTERS, offsetof(CounterTableShared, lines) +
													(backends + 1) * sizeof(CacheCountersShared));
	if (table == NULL)
		return false;
	table->lines_used = backends + 1;
	cache_counters_mine = &table->lines[0];
	return true;
}

void
cache_counters_attach(void)
{
	table = cache_region_part(CACHE_PART_COUNTERS);
	cache_counters_mine = &table->lines[0];
}

void
cache_counters_join(uint32 backend)
{
	Assert(backend + 1 < table->lines_used);
	cache_counters_mine = &table->lines[backend + 1];
}

static void
sum_all(uint64 sums[CACHE_COUNTERS])
{
	memset(sums, 0, sizeof(uint64) * CACHE_COUNTERS);
	for (uint32 line = 0; line < table->lines_used; line++)
		for (int i = 0; i < CACHE_COUNTERS; i++)
			sums[i] += cache_atomic_get(&table->lines[line].count[i]);
}

void
cache_counters_sum(uint64 sums[CACHE_COUNTERS])
{
	sum_all(sums);
	for (int i = 0; i < CACHE_COUNTERS; i++)
		sums[i] -= cache_atomic_get(&table->baseline[i]);
}

void
cache_counters_reset(void)
{
	uint64 sums[CACHE_COUNTERS];

	sum_all(sums);
	for (int i = 0; i < CACHE_COUNTERS; i++)
		cache_atomic_set(&table->baseline[i], sums[i]);
}
