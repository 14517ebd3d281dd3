/*
 * keyspace_deadline.c
 *    Tests of keyspace/deadline: a sweep that only looks where the bytes say so finds everything in time.
 *
 * A few entries, each a deadline and its byte, stand for a table; sweeps come at random times.
 */
#include "base/env.h"

#include "base/wyrand.h"
#include "check.h"
#include "keyspace/deadline.h"

#define START_MS INT64_C(1800000000000)
#define HALF_SECOND_MS (INT64_C(1) << CACHE_DUE_NEAR_SHIFT)

static CacheWyrand rng;

typedef struct Item
{
	int64 deadline_ms; /* 0: gone */
	int64 put_ms;
	uint32 bucket;
	uint8 due;
} Item;

enum
{
	ITEMS = 2000
};

static Item items[ITEMS];
static uint64 looks;

/* From 1 ms to years, all distances alike. */
static int64
random_distance(void)
{
	int64 most = INT64_C(1) << cache_wyrand_below(&rng, 38);

	return 1 + (int64) cache_wyrand_below(&rng, (uint64) most);
}

static Item
random_item(int64 now_ms)
{
	Item item = { .put_ms = now_ms, .bucket = (uint32) cache_wyrand_below(&rng, 100000) };

	/* some are over already */
	item.deadline_ms = cache_wyrand_below(&rng, 20) == 0
						   ? now_ms - (int64) cache_wyrand_below(&rng, 200000)
						   : now_ms + random_distance();
	item.due = cache_due_encode(item.deadline_ms, now_ms);
	return item;
}

/* One pass as sweep.c makes it. */
static void
sweep(int64 since_ms, int64 now_ms)
{
	bool look[256];

	cache_due_window(since_ms, now_ms, look);
	for (int i = 0; i < ITEMS; i++)
	{
		Item *item = &items[i];

		if (item->deadline_ms == 0 ||
			(!look[item->due] && !(item->due == CACHE_DUE_LATER &&
								   cache_due_looks_at_later(since_ms, now_ms, item->bucket))))
			continue;
		looks++;
		if (item->deadline_ms <= now_ms)
			item->deadline_ms = 0;
		else
			item->due = cache_due_encode(item->deadline_ms, now_ms);
	}
}

/* After a pass at now_ms, what was there and over a half-second before is gone. */
static void
check_gone(int64 now_ms)
{
	for (int i = 0; i < ITEMS; i++)
		CHECK(items[i].deadline_ms == 0 ||
			  Max(items[i].deadline_ms, items[i].put_ms) > now_ms - HALF_SECOND_MS);
}

static void
no_deadline_has_no_code_and_others_have(void)
{
	bool look[256];

	CHECK_EQ_INT(cache_due_encode(0, START_MS), CACHE_DUE_NONE);
	for (int i = 0; i < 100000; i++)
	{
		int64 now_ms = START_MS + (int64) cache_wyrand_below(&rng, UINT64_C(1) << 40);

		CHECK(cache_due_encode(now_ms + random_distance(), now_ms) != CACHE_DUE_NONE);
		CHECK(cache_due_encode(Max(now_ms - random_distance(), 1), now_ms) != CACHE_DUE_NONE);
		cache_due_window(now_ms - (int64) cache_wyrand_below(&rng, 1 << 20), now_ms, look);
		CHECK(!look[CACHE_DUE_NONE]);
		CHECK(!look[CACHE_DUE_LATER]);
	}
}

static void
deadlines_to_the_end_of_time_have_codes(void)
{
	CHECK_EQ_INT(cache_due_encode((INT64_C(1) << 47) - 1, START_MS), CACHE_DUE_LATER);
	CHECK(cache_due_encode(1, START_MS) != CACHE_DUE_NONE);
}

/* Passes at the given distances apart; the clock may jump either way. */
static void
run(int passes, int64 shortest_ms, int64 longest_ms, bool jumps)
{
	int64 now_ms = START_MS + (int64) cache_wyrand_below(&rng, UINT64_C(1) << 36);
	int64 since_ms = 0;

	for (int i = 0; i < ITEMS; i++)
		items[i] = random_item(now_ms);
	looks = 0;
	for (int pass = 0; pass < passes; pass++)
	{
		int64 at_ms = now_ms;

		now_ms +=
			shortest_ms + (int64) cache_wyrand_below(&rng, (uint64) (longest_ms - shortest_ms) + 1);
		if (jumps && cache_wyrand_below(&rng, 10) == 0)
			now_ms += cache_wyrand_below(&rng, 2) == 0 ? random_distance() : -random_distance();
		now_ms = Max(now_ms, START_MS / 2);
		/* entries come between passes, and while one runs */
		for (int i = 0; i < ITEMS; i++)
			if (items[i].deadline_ms == 0)
				items[i] = random_item(Max(at_ms, 1) +
									   (now_ms > at_ms ? (int64) cache_wyrand_below(
															 &rng, (uint64) (now_ms - at_ms) + 1)
													   : 0));
		sweep(since_ms, now_ms);
		check_gone(now_ms);
		since_ms = now_ms;
	}
}

static void
a_pass_each_second_finds_all_in_time(void)
{
	run(8000, 1000, 1100, false);
	/* near deadlines are looked at about once, far ones seldom: not each entry at each pass */
	CHECK(looks < UINT64_C(8000) * ITEMS / 10);
}

static void
passes_early_and_late_find_all_in_time(void)
{
	run(3000, 0, 4000, false);
	run(2000, 1, 90000, false);
	run(2000, 1000, 5000000, false);
}

static void
a_clock_that_jumps_delays_nothing(void)
{
	for (int i = 0; i < 5; i++)
		run(1000, 0, 3000, true);
}

/* An entry an hour and more from its end is looked at about once in 35 minutes. */
static void
far_deadlines_are_seldom_looked_at(void)
{
	int64 now_ms = START_MS;

	for (int i = 0; i < ITEMS; i++)
	{
		items[i] = (Item){ .deadline_ms = START_MS + INT64_C(86400000) * 365, .bucket = i };
		items[i].due = cache_due_encode(items[i].deadline_ms, START_MS);
	}
	sweep(0, START_MS);
	looks = 0;
	for (int pass = 0; pass < 4 * 3600; pass++, now_ms += 1000)
		sweep(now_ms - 1000, now_ms);
	CHECK(looks < 4 * 2 * ITEMS);
	CHECK(looks > 4 * ITEMS);

	for (int i = 0; i < ITEMS; i++)
	{
		items[i].deadline_ms = now_ms + 3500 * 1000;
		items[i].due = cache_due_encode(items[i].deadline_ms, now_ms);
	}
	looks = 0;
	for (int pass = 0; pass < 3400; pass++, now_ms += 1000)
		sweep(now_ms - 1000, now_ms);
	CHECK(looks <= 2 * ITEMS);
}

int
main(void)
{
	rng = cache_wyrand_seeded(check_seed());
	CHECK_RUN(no_deadline_has_no_code_and_others_have);
	CHECK_RUN(deadlines_to_the_end_of_time_have_codes);
	CHECK_RUN(a_pass_each_second_finds_all_in_time);
	CHECK_RUN(passes_early_and_late_find_all_in_time);
	CHECK_RUN(a_clock_that_jumps_delays_nothing);
	CHECK_RUN(far_deadlines_are_seldom_looked_at);
	return check_done();
}
