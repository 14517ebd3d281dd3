/*
 * keyspace_space.c
 *    Tests of keyspace/space and purge: clearing, databases, descriptors that are used again.
 */
#include "base/env.h"

#include "base/wyrand.h"
#include "check.h"
#include "engine.h"
#include "keyspace/purge.h"

static char value[300000];

static CacheStatus
set(uint64 number, Size len)
{
	char text[ENGINE_KEY_MAX];

	return engine_set(engine_key(number, text), cache_slice(value, len), 0);
}

static CacheStatus
get(uint64 number)
{
	char text[ENGINE_KEY_MAX];
	CacheFound found;
	CacheStatus status = engine_get(engine_key(number, text), NULL, 0, &found);

	return status == CACHE_MORE ? CACHE_OK : status;
}

/* What is in use when there is no entry: the descriptors. */
static uint64
descriptor_bytes(void)
{
	return cache_atomic_get(&cache_spaces->spaces_end) *
		   cache_arena_round(sizeof(CacheSpaceShared));
}

static void
clearing_hides_all_keys_at_once_and_frees_them_later(void)
{
	engine_create((Size) 16 << 20, 1);
	for (int round = 0; round < 5; round++)
	{
		uint64 used;

		for (uint64 number = 0; number < 20000; number++)
			CHECK_EQ_INT(set(number, number % 100 == 0 ? 10000 : number % 90), CACHE_OK);
		used = cache_arena_used_bytes();
		CHECK_EQ_UINT(cache_space_clear(engine_database), 20000);
		CHECK_EQ_UINT(cache_arena_used_bytes(), used);
		CHECK_EQ_INT(get(1), CACHE_MISSING);
		CHECK_EQ_UINT(cache_space_clear(engine_database), 0);
		ENGINE_VERIFY();
		/* new keys come while the old ones go */
		for (uint64 number = 0; cache_purge_step(10); number++)
		{
			CHECK_EQ_INT(set(number, 20), CACHE_OK);
			if (number % 100 == 0)
				ENGINE_VERIFY();
		}
		CHECK_EQ_UINT(cache_atomic_get(&cache_spaces->dead), 0);
		CHECK_EQ_INT(get(1), CACHE_OK);
		CHECK(cache_space_clear(engine_database) > 100);
		CHECK(engine_tidy());
		ENGINE_VERIFY();
		CHECK_EQ_UINT(cache_arena_used_bytes(), descriptor_bytes());
	}
	CHECK(cache_atomic_get(&cache_spaces->spaces_end) <= 3);
	engine_destroy();
}

static void
a_writer_takes_what_cleared_keys_held(void)
{
	engine_create((Size) 8 << 20, 1);
	engine_policy = CACHE_POLICY_NOEVICTION;
	for (int round = 0; round < 6; round++)
	{
		uint64 number = 0;

		while (set(number, round % 2 ? 50000 : 200) == CACHE_OK)
			number++;
		CHECK(number > (round % 2 ? 100 : 20000));
		CHECK_EQ_UINT(cache_space_clear(engine_database), number);
	}
	ENGINE_VERIFY();
	engine_destroy();
}

static void
databases_do_not_see_each_other(void)
{
	CacheDatabaseShared *databases[20];

	engine_create((Size) 16 << 20, 1);
	for (uint32 i = 0; i < lengthof(databases); i++)
	{
		databases[i] = cache_database_open(1000 + i);
		CHECK(databases[i] != NULL && databases[i] == cache_database_open(1000 + i));
		engine_database = databases[i];
		for (uint64 number = i; number < 500; number += lengthof(databases))
			CHECK_EQ_INT(set(number, 30), CACHE_OK);
	}
	for (uint32 i = 0; i < lengthof(databases); i++)
	{
		engine_database = databases[i];
		for (uint64 number = 0; number < 500; number++)
			CHECK_EQ_INT(get(number), number % lengthof(databases) == i ? CACHE_OK : CACHE_MISSING);
	}
	cache_database_forget(1003);
	cache_database_forget(77);
	ENGINE_VERIFY();
	engine_database = databases[4];
	CHECK_EQ_INT(get(4), CACHE_OK);
	/* its row is free for another, which finds nothing in it */
	engine_database = cache_database_open(2000);
	CHECK(engine_database == databases[3]);
	CHECK_EQ_INT(get(3), CACHE_MISSING);
	CHECK_EQ_INT(set(3, 30), CACHE_OK);
	engine_database = cache_database_open(1003);
	CHECK_EQ_INT(get(3), CACHE_MISSING);
	CHECK(engine_tidy());
	ENGINE_VERIFY();
	engine_destroy();
}

static void
databases_beyond_the_last_row_have_none(void)
{
	engine_create((Size) 16 << 20, 1);
	for (uint32 oid = 1; oid < CACHE_DATABASES_MAX; oid++)
		CHECK(cache_database_open(oid) != NULL);
	CHECK(cache_database_open(100000) == NULL);
	CHECK(cache_database_open(5) != NULL);
	cache_database_forget(5);
	CHECK(cache_database_open(100000) != NULL);
	CHECK(cache_database_open(100001) == NULL);
	engine_destroy();
}

/* Cleared again and again before anybody purges: descriptors run out, and a writer purges itself. */
static void
clears_faster_than_purges_do_not_block_writers(void)
{
	engine_create((Size) 64 << 20, 1);
	for (int i = 0; i < CACHE_SPACES_MAX + 500; i++)
	{
		CHECK_OR_RETURN(set(1, 10) == CACHE_OK);
		CHECK_EQ_UINT(cache_space_clear(engine_database), 1);
	}
	ENGINE_VERIFY();
	CHECK(engine_tidy());
	ENGINE_VERIFY();
	CHECK_EQ_UINT(cache_arena_used_bytes(), descriptor_bytes());
	engine_destroy();
}

/* The same in a small region, where their tables use up the memory first. */
static void
dead_tables_are_memory_to_writers(void)
{
	engine_create((Size) 3 << 20, 1);
	for (int i = 0; i < 3000; i++)
	{
		CHECK_OR_RETURN(set(1, 10) == CACHE_OK);
		CHECK_EQ_UINT(cache_space_clear(engine_database), 1);
	}
	CHECK_OR_RETURN(set(1, 100000) == CACHE_OK);
	ENGINE_VERIFY();
	engine_destroy();
}

static void
sums_are_of_live_and_expired_entries(void)
{
	CacheSpaceShared *space;
	char text[ENGINE_KEY_MAX];

	engine_create((Size) 16 << 20, 1);
	for (uint64 number = 0; number < 1000; number++)
		CHECK_EQ_INT(engine_set(engine_key(number, text), cache_slice(value, 50),
								number % 4 ? 0 : cache_clock_now_ms() + 1000),
					 CACHE_OK);
	space = cache_space_resolve(engine_database);
	CHECK_EQ_UINT(cache_space_entries(space), 1000);
	CHECK_EQ_UINT(cache_space_with_deadline(space), 250);
	CHECK(cache_space_bytes(space) >= 1000 * 60);
	CHECK(cache_space_bytes(space) <= cache_arena_used_bytes());
	engine_pass_time(2600);
	CHECK_EQ_UINT(cache_space_entries(space), 1000);
	CHECK(engine_sweep(64));
	CHECK_EQ_UINT(cache_space_entries(space), 750);
	CHECK_EQ_UINT(cache_space_with_deadline(space), 0);
	engine_destroy();
}

int
main(void)
{
	memset(value, 'v', sizeof(value));
	CHECK_RUN(clearing_hides_all_keys_at_once_and_frees_them_later);
	CHECK_RUN(a_writer_takes_what_cleared_keys_held);
	CHECK_RUN(databases_do_not_see_each_other);
	CHECK_RUN(databases_beyond_the_last_row_have_none);
	CHECK_RUN(clears_faster_than_purges_do_not_block_writers);
	CHECK_RUN(dead_tables_are_memory_to_writers);
	CHECK_RUN(sums_are_of_live_and_expired_entries);
	return check_done();
}
