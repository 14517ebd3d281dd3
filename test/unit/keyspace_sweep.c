/*
 * keyspace_sweep.c
 *    Tests of keyspace/sweep: what is over leaves memory in time, and nothing leaves early, whatever else goes on.
 */
#include "base/env.h"

#include "base/wyrand.h"
#include "check.h"
#include "engine.h"

#include <sys/wait.h>

#define HALF_SECOND_MS 512

typedef struct ModelKey
{
	bool exists;
	int64 put_ms;
	int64 deadline_ms; /* 0: none */
} ModelKey;

static CacheWyrand rng;

enum
{
	KEYS = 4000
};

static ModelKey model[KEYS];

/* True if the key's entry is in the table, live or not. */
static bool
is_in_memory(uint32 number)
{
	char buffer[ENGINE_KEY_MAX];
	CacheHold hold;
	bool there;

	cache_hold_init(&hold, engine_database, engine_key(number, buffer));
	cache_holds_lock(&hold, 1, CACHE_POLICIES);
	cache_hold_find(&hold, 0);
	there = hold.occupied;
	cache_holds_unlock(&hold, 1);
	return there;
}

static int64
random_distance(void)
{
	return 1 + (int64) cache_wyrand_below(&rng, UINT64_C(1) << cache_wyrand_below(&rng, 34));
}

static void
put(uint32 number, int64 distance_ms)
{
	char buffer[ENGINE_KEY_MAX];
	int64 now_ms = cache_clock_now_ms();
	int64 deadline_ms = distance_ms == 0 ? 0 : now_ms + distance_ms;

	CHECK_EQ_INT(engine_set(engine_key(number, buffer), cache_slice("v", 1), deadline_ms),
				 CACHE_OK);
	model[number] = (ModelKey){ true, cache_clock_now_ms(), deadline_ms };
}

/* What was over a half-second before the pass began is gone; what is not over is there. */
static void
check_model(int64 pass_ms)
{
	int64 now_ms = cache_clock_now_ms();

	for (uint32 number = 0; number < KEYS; number++)
	{
		ModelKey *key = &model[number];
		bool there = is_in_memory(number);

		if (!key->exists)
			CHECK(!there);
		else if (key->deadline_ms == 0 || key->deadline_ms > now_ms)
			CHECK(there);
		else if (Max(key->deadline_ms, key->put_ms) <= pass_ms - HALF_SECOND_MS)
			CHECK(!there);
		if (!there)
			key->exists = false;
	}
}

static void
random_change(int phase)
{
	char buffer[ENGINE_KEY_MAX];
	uint32 number =
		(uint32) cache_wyrand_below(&rng, 1 + cache_wyrand_below(&rng, phase ? 400 : KEYS));

	switch (cache_wyrand_below(&rng, 6))
	{
		case 0:
			put(number, 0);
			break;
		case 1:
		case 2:
			put(number, random_distance());
			break;
		case 3:
			if (phase == 0)
				break;
			number = (uint32) cache_wyrand_below(&rng, KEYS);
			/* FALLTHROUGH */
		case 4:
			engine_delete(engine_key(number, buffer));
			model[number].exists = false;
			break;
		default:
		{
			int64 deadline_ms = cache_clock_now_ms() + random_distance();

			if (engine_set_deadline(engine_key(number, buffer), deadline_ms) == CACHE_OK)
			{
				model[number].deadline_ms = deadline_ms;
				model[number].put_ms = cache_clock_now_ms();
			}
		}
	}
}

static void
everything_leaves_in_time_and_nothing_early(void)
{
	int64 last_pass_ms = 0;

	engine_create((Size) 16 << 20, 1);
	memset(model, 0, sizeof(model));
	for (int round = 0; round < 400; round++)
	{
		int phase = round / 20 % 2;
		int changes = (int) cache_wyrand_below(&rng, phase ? 3000 : 600);
		uint32 step = 1 + (uint32) cache_wyrand_below(&rng, 200);
		int64 pass_ms;

		for (int i = 0; i < changes; i++)
			random_change(phase);
		engine_pass_time(CACHE_SWEEP_EVERY_MS + (int64) cache_wyrand_below(&rng, 300));
		if (cache_wyrand_below(&rng, 20) == 0)
			engine_pass_time(random_distance());
		/* the clock is set back, and changes go on before the next pass */
		if (cache_wyrand_below(&rng, 20) == 0)
		{
			engine_pass_time(-random_distance());
			for (int i = 0; i < 200; i++)
				random_change(phase);
			/* just back in the second of the last pass: then none is due yet */
			if (cache_clock_now_ms() >= last_pass_ms &&
				cache_clock_now_ms() < last_pass_ms + CACHE_SWEEP_EVERY_MS)
				engine_pass_time(CACHE_SWEEP_EVERY_MS);
		}
		pass_ms = last_pass_ms = cache_clock_now_ms();
		/* changes and tidying go on during the pass */
		while (cache_sweep_step(step) == step)
		{
			for (uint64 i = cache_wyrand_below(&rng, 20); i > 0; i--)
				random_change(phase);
			if (cache_wyrand_below(&rng, 2) == 0)
				cache_sweep_tidy();
		}
		check_model(pass_ms);
		for (uint64 i = cache_wyrand_below(&rng, 30); i > 0; i--)
			cache_sweep_tidy();
		ENGINE_VERIFY();
	}
	engine_destroy();
}

static void
a_pass_in_small_steps_covers_a_large_table(void)
{
	enum
	{
		MANY = 100000
	};
	char buffer[ENGINE_KEY_MAX];
	int64 now_ms;

	engine_create((Size) 32 << 20, 1);
	now_ms = cache_clock_now_ms();
	for (uint32 number = 0; number < MANY; number++)
		CHECK_EQ_INT(engine_set(engine_key(number, buffer), cache_slice("v", 1),
								now_ms + 60000 + number % 1000),
					 CACHE_OK);
	engine_pass_time(30000);
	CHECK(engine_sweep(100));
	CHECK_EQ_UINT(engine_count(), MANY);
	engine_pass_time(33000);
	CHECK(engine_sweep(100));
	CHECK_EQ_UINT(engine_count(), 0);
	ENGINE_VERIFY();
	engine_destroy();
}

static void
several_databases_are_swept(void)
{
	char buffer[ENGINE_KEY_MAX];

	engine_create((Size) 32 << 20, 1);
	for (uint32 oid = 1; oid <= 20; oid++)
	{
		engine_database = cache_database_open(oid);
		for (uint32 number = 0; number < 1000; number++)
			CHECK_EQ_INT(engine_set(engine_key(number, buffer), cache_slice("v", 1),
									cache_clock_now_ms() + 5000),
						 CACHE_OK);
	}
	engine_pass_time(7000);
	CHECK(engine_sweep(64));
	for (uint32 oid = 1; oid <= 20; oid++)
	{
		engine_database = cache_database_open(oid);
		CHECK_EQ_UINT(engine_count(), 0);
	}
	ENGINE_VERIFY();
	engine_destroy();
}

/* A worker that ends in the middle of a pass, and one that begins anew. */
static void
a_new_worker_makes_up_for_a_pass_cut_short(void)
{
	char buffer[ENGINE_KEY_MAX];
	int64 now_ms;
	int status;

	engine_create((Size) 16 << 20, 1);
	engine_pass_time(2000);
	now_ms = cache_clock_now_ms();
	for (uint32 number = 0; number < KEYS; number++)
		CHECK_EQ_INT(engine_set(engine_key(number, buffer), cache_slice("v", 1), now_ms + 10000),
					 CACHE_OK);
	CHECK(engine_sweep(1000));
	engine_pass_time(11000);
	fflush(stdout);
	if (fork() == 0)
	{
		cache_sweep_step(50);
		_exit(0);
	}
	wait(&status);
	CHECK(engine_count() > 0);
	CHECK(engine_count() < KEYS);
	engine_pass_time(2000);
	CHECK(engine_sweep(1000));
	CHECK_EQ_UINT(engine_count(), 0);
	engine_destroy();
}

static void
a_pass_begins_once_a_second(void)
{
	char buffer[ENGINE_KEY_MAX];

	engine_create((Size) 16 << 20, 1);
	for (uint32 number = 0; number < 100; number++)
		CHECK_EQ_INT(engine_set(engine_key(number, buffer), cache_slice("v", 1),
								cache_clock_now_ms() + 86400000),
					 CACHE_OK);
	engine_pass_time(5000);
	CHECK(cache_sweep_step(100000) >= 128);
	CHECK_EQ_UINT(cache_sweep_step(100000), 0);
	/* a clock that is set back does not stop the sweeps */
	engine_pass_time(-3600000);
	CHECK(cache_sweep_step(100000) >= 128);
	CHECK_EQ_UINT(cache_sweep_step(100000), 0);
	engine_destroy();
}

static void
counters_tell_what_expired(void)
{
	char buffer[ENGINE_KEY_MAX];
	uint64 sums[CACHE_COUNTERS];

	engine_create((Size) 16 << 20, 1);
	for (uint32 number = 0; number < 500; number++)
		CHECK_EQ_INT(engine_set(engine_key(number, buffer), cache_slice("v", 1),
								number % 2 ? cache_clock_now_ms() + 3000 : 0),
					 CACHE_OK);
	engine_pass_time(5000);
	CHECK(engine_sweep(64));
	cache_counters_sum(sums);
	CHECK_EQ_UINT(sums[CACHE_COUNT_EXPIRED], 250);
	CHECK_EQ_UINT(engine_count(), 250);
	ENGINE_VERIFY();
	engine_destroy();
}

int
main(void)
{
	rng = cache_wyrand_seeded(check_seed());
	CHECK_RUN(everything_leaves_in_time_and_nothing_early);
	CHECK_RUN(a_pass_in_small_steps_covers_a_large_table);
	CHECK_RUN(several_databases_are_swept);
	CHECK_RUN(a_new_worker_makes_up_for_a_pass_cut_short);
	CHECK_RUN(a_pass_begins_once_a_second);
	CHECK_RUN(counters_tell_what_expired);
	return check_done();
}
