/*
 * keyspace_scan.c
 *    Tests of keyspace/scan: every key that is there from the first step to the last is visited, whatever else happens.
 */
#include "base/env.h"

#include "base/wyrand.h"
#include "check.h"
#include "engine.h"

#define KEYS 30000

typedef struct Scan
{
	bool visited[KEYS];
	bool lost[KEYS]; /* was not there all the time */
	uint64 visits;
} Scan;

static CacheWyrand rng;
static bool present[KEYS];
static Scan scan;

static void
put(uint32 number)
{
	char buffer[ENGINE_KEY_MAX];

	CHECK_EQ_INT(engine_set(engine_key(number, buffer), cache_slice("v", 1), 0), CACHE_OK);
	if (!present[number])
		scan.lost[number] = true;
	present[number] = true;
}

static void
drop(uint32 number)
{
	char buffer[ENGINE_KEY_MAX];

	CHECK_EQ_INT(engine_delete(engine_key(number, buffer)), present[number]);
	present[number] = false;
	scan.lost[number] = true;
}

static void
visit(CacheEntryShared *entry, void *state)
{
	char text[ENGINE_KEY_MAX] = { 0 };
	uint64 number;

	(void) state;
	memcpy(text, cache_entry_key(entry), entry->key_len);
	number = strtoull(text + 4, NULL, 10);
	CHECK_OR_RETURN(number < KEYS);
	scan.visited[number] = true;
	scan.visits++;
}

/* Scan from start to end while `change` happens before each step. */
static void
scan_while(void (*change)(void))
{
	uint64 position = 0;
	uint64 steps = 0;

	memset(&scan, 0, sizeof(scan));
	do
	{
		change();
		CHECK_OR_RETURN(++steps < 1000000);
	} while (cache_scan_step(engine_database, &position, visit, NULL));
	CHECK_EQ_UINT(position, 0);
	for (uint32 number = 0; number < KEYS; number++)
		if (present[number] && !scan.lost[number])
			CHECK(scan.visited[number]);
}

static void
nothing(void)
{
}

static void
put_some(void)
{
	for (uint64 i = cache_wyrand_below(&rng, 60); i > 0; i--)
		put((uint32) cache_wyrand_below(&rng, KEYS));
}

/* All but a few, so that the table shrinks a lot. */
static void
drop_some(void)
{
	for (uint64 i = cache_wyrand_below(&rng, 60); i > 0; i--)
	{
		uint32 number = (uint32) cache_wyrand_below(&rng, KEYS);

		if (number % 50 != 0)
			drop(number);
	}
	cache_sweep_tidy();
}

static void
do_either(void)
{
	static bool growing = true;

	if (cache_wyrand_below(&rng, 300) == 0)
		growing = !growing;
	growing ? put_some() : drop_some();
}

static void
a_scan_visits_each_key_once(void)
{
	engine_create((Size) 16 << 20, 1);
	memset(present, 0, sizeof(present));
	for (uint32 number = 0; number < KEYS; number += 3)
		put(number);
	scan_while(nothing);
	CHECK_EQ_UINT(scan.visits, KEYS / 3);
	engine_destroy();
}

static void
growth_hides_nothing_from_a_scan(void)
{
	engine_create((Size) 16 << 20, 1);
	for (int round = 0; round < 5; round++)
	{
		memset(present, 0, sizeof(present));
		cache_space_clear(engine_database);
		for (int i = 0; i < 300; i++)
			put((uint32) cache_wyrand_below(&rng, KEYS));
		scan_while(put_some);
		/* growing, no bucket is joined: at most once */
		for (uint32 number = 0; number < KEYS; number++)
			CHECK(!scan.visited[number] || present[number]);
		CHECK(scan.visits <= KEYS);
	}
	ENGINE_VERIFY();
	engine_destroy();
}

static void
shrinking_hides_nothing_from_a_scan(void)
{
	engine_create((Size) 16 << 20, 1);
	memset(present, 0, sizeof(present));
	for (int round = 0; round < 5; round++)
	{
		for (uint32 number = 0; number < KEYS; number++)
			put(number);
		scan_while(drop_some);
	}
	ENGINE_VERIFY();
	engine_destroy();
}

static void
a_table_of_changing_size_hides_nothing_from_a_scan(void)
{
	engine_create((Size) 16 << 20, 1);
	memset(present, 0, sizeof(present));
	for (int round = 0; round < 40; round++)
		scan_while(do_either);
	ENGINE_VERIFY();
	engine_destroy();
}

static void
a_scan_of_nothing_ends_at_once(void)
{
	uint64 position = 0;

	engine_create((Size) 16 << 20, 1);
	CHECK(!cache_scan_step(engine_database, &position, visit, NULL));
	memset(present, 0, sizeof(present));
	put(1);
	CHECK(cache_scan_step(engine_database, &position, visit, NULL));
	cache_space_clear(engine_database);
	CHECK(!cache_scan_step(engine_database, &position, visit, NULL));
	CHECK_EQ_UINT(position, 0);
	engine_destroy();
}

/* A cursor comes back from users: any number is a position. */
static void
any_number_is_a_cursor(void)
{
	engine_create((Size) 16 << 20, 1);
	memset(present, 0, sizeof(present));
	for (uint32 number = 0; number < KEYS; number++)
		put(number);
	for (int i = 0; i < 20000; i++)
	{
		uint64 position = cache_wyrand_next(&rng) << cache_wyrand_below(&rng, 64);
		uint64 before = position;

		if (i < 3)
			before = position = UINT64_MAX - (uint64) i;
		if (cache_scan_step(engine_database, &position, visit, NULL))
			CHECK(position > before);
		else
			CHECK_EQ_UINT(position, 0);
	}
	engine_destroy();
}

static void
what_has_expired_is_not_visited(void)
{
	char buffer[ENGINE_KEY_MAX];

	engine_create((Size) 16 << 20, 1);
	memset(present, 0, sizeof(present));
	for (uint32 number = 0; number < 1000; number++)
		CHECK_EQ_INT(engine_set(engine_key(number, buffer), cache_slice("v", 1),
								number % 2 ? cache_clock_now_ms() + 1000 : 0),
					 CACHE_OK);
	engine_pass_time(2000);
	scan_while(nothing);
	CHECK_EQ_UINT(scan.visits, 500);
	engine_destroy();
}

int
main(void)
{
	rng = cache_wyrand_seeded(check_seed());
	CHECK_RUN(a_scan_visits_each_key_once);
	CHECK_RUN(growth_hides_nothing_from_a_scan);
	CHECK_RUN(shrinking_hides_nothing_from_a_scan);
	CHECK_RUN(a_table_of_changing_size_hides_nothing_from_a_scan);
	CHECK_RUN(a_scan_of_nothing_ends_at_once);
	CHECK_RUN(any_number_is_a_cursor);
	CHECK_RUN(what_has_expired_is_not_visited);
	return check_done();
}
