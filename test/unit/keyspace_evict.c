/*
 * keyspace_evict.c
 *    Tests of keyspace/evict: from which space, which entries, and when there is nothing to evict.
 */
#include "base/env.h"

#include "base/wyrand.h"
#include "check.h"
#include "engine.h"

static char value[300000];

static CacheStatus
set(uint64 number, Size len, int64 deadline_ms)
{
	char text[ENGINE_KEY_MAX];

	return engine_set(engine_key(number, text), cache_slice(value, len), deadline_ms);
}

static CacheStatus
get(uint64 number)
{
	char text[ENGINE_KEY_MAX];
	CacheFound found;
	CacheStatus status = engine_get(engine_key(number, text), NULL, 0, &found);

	return status == CACHE_MORE ? CACHE_OK : status;
}

static void
an_empty_cache_has_nothing_to_evict(void)
{
	engine_create((Size) 4 << 20, 1);
	CHECK_EQ_UINT(cache_evict_one(), 0);
	CHECK_EQ_INT(set(1, 10, 0), CACHE_OK);
	CHECK(cache_evict_one() >= 10);
	CHECK_EQ_UINT(cache_evict_one(), 0);
	CHECK_EQ_INT(get(1), CACHE_MISSING);
	ENGINE_VERIFY();
	engine_destroy();
}

static void
every_entry_of_a_sparse_table_can_be_evicted(void)
{
	engine_create((Size) 16 << 20, 1);
	for (uint64 number = 0; number < 50000; number++)
		CHECK_EQ_INT(set(number, 10, 0), CACHE_OK);
	for (uint64 number = 0; number < 50000; number++)
		if (number % 5000 != 0)
		{
			char text[ENGINE_KEY_MAX];

			CHECK(engine_delete(engine_key(number, text)));
		}
	for (int i = 0; i < 10; i++)
		CHECK(cache_evict_one() > 0);
	CHECK_EQ_UINT(cache_evict_one(), 0);
	CHECK_EQ_UINT(engine_count(), 0);
	ENGINE_VERIFY();
	engine_destroy();
}

static void
what_must_be_kept_is_never_evicted(void)
{
	uint64 kept = 0;

	engine_create((Size) 8 << 20, 1);
	engine_policy = CACHE_POLICY_NOEVICTION;
	engine_database = cache_database_open(1);
	while (kept < 10000 && set(kept, 200, 0) == CACHE_OK)
		kept++;
	CHECK_EQ_UINT(cache_evict_one(), 0);
	engine_policy = CACHE_POLICY_LRU;
	engine_database = cache_database_open(2);
	for (uint64 number = 0; number < 60000; number++)
		CHECK_EQ_INT(set(number, 300, 0), CACHE_OK);
	CHECK_EQ_INT(get(0), CACHE_MISSING);
	CHECK_EQ_INT(get(59999), CACHE_OK);
	engine_database = cache_database_open(1);
	CHECK_EQ_UINT(engine_count(), kept);
	for (uint64 number = 0; number < kept; number++)
		CHECK_EQ_INT(get(number), CACHE_OK);
	/* and its writers take from those who may lose */
	while (set(kept, 200, 0) == CACHE_OK)
		kept++;
	CHECK(kept > 20000);
	CHECK_EQ_UINT(engine_count(), kept);
	engine_database = cache_database_open(2);
	CHECK_EQ_UINT(engine_count(), 0);
	CHECK_EQ_INT(set(1, 200000, 0), CACHE_FULL);
	ENGINE_VERIFY();
	engine_destroy();
}

static void
a_policy_that_changes_counts_at_once(void)
{
	engine_create((Size) 4 << 20, 1);
	for (uint64 number = 0; number < 1000; number++)
		CHECK_EQ_INT(set(number, 10, 0), CACHE_OK);
	CHECK(cache_evict_one() > 0);
	cache_atomic_set(&cache_space_resolve(engine_database)->policy, CACHE_POLICY_NOEVICTION);
	CHECK_EQ_UINT(cache_evict_one(), 0);
	CHECK_EQ_UINT(engine_count(), 999);
	engine_destroy();
}

static void
the_larger_space_loses_first(void)
{
	uint64 small;

	engine_create((Size) 16 << 20, 1);
	engine_database = cache_database_open(1);
	for (uint64 number = 0; number < 2000; number++)
		CHECK_EQ_INT(set(number, 100, 0), CACHE_OK);
	engine_database = cache_database_open(2);
	for (uint64 number = 0; number < 300000; number++)
		CHECK_EQ_INT(set(number, 100, 0), CACHE_OK);
	engine_database = cache_database_open(1);
	small = engine_count();
	CHECK_EQ_UINT(small, 2000);
	engine_destroy();
}

static void
what_expired_counts_as_expired(void)
{
	uint64 sums[CACHE_COUNTERS];

	engine_create((Size) 4 << 20, 1);
	for (uint64 number = 0; number < 100; number++)
		CHECK_EQ_INT(set(number, 10, cache_clock_now_ms() + 1000), CACHE_OK);
	engine_pass_time(2000);
	for (int i = 0; i < 100; i++)
		CHECK(cache_evict_one() > 0);
	cache_counters_sum(sums);
	CHECK_EQ_UINT(sums[CACHE_COUNT_EXPIRED], 100);
	CHECK_EQ_UINT(sums[CACHE_COUNT_EVICTED], 0);
	engine_destroy();
}

/* A hit in each epoch keeps a key, however many others come. */
static void
what_is_used_stays(void)
{
	engine_create((Size) 4 << 20, 1);
	CHECK_EQ_INT(set(1, 100, 0), CACHE_OK);
	for (uint64 number = 10; number < 300000; number++)
	{
		CHECK_EQ_INT(set(number, 100, 0), CACHE_OK);
		if (number % 50 == 0)
			CHECK_EQ_INT(get(1), CACHE_OK);
	}
	engine_destroy();
}

int
main(void)
{
	memset(value, 'v', sizeof(value));
	CHECK_RUN(an_empty_cache_has_nothing_to_evict);
	CHECK_RUN(every_entry_of_a_sparse_table_can_be_evicted);
	CHECK_RUN(what_must_be_kept_is_never_evicted);
	CHECK_RUN(a_policy_that_changes_counts_at_once);
	CHECK_RUN(the_larger_space_loses_first);
	CHECK_RUN(what_expired_counts_as_expired);
	CHECK_RUN(what_is_used_stays);
	return check_done();
}
