/*
 * keyspace_table.c
 *    Tests of tables by way of whole keyspaces: random changes against a plain model, growth, shrinking, small regions.
 */
#include "base/env.h"

#include "base/wyrand.h"
#include "check.h"
#include "engine.h"

#define NEVER INT64_MAX

/* What the model knows of a key, by its number. */
typedef struct ModelKey
{
	bool exists;
	uint64 version;
	uint32 len;
	int64 deadline_ms; /* 0: none */
} ModelKey;

static CacheWyrand rng;
static ModelKey *model;
static uint32 model_keys;
static char value_buffer[1 << 20];
static char read_buffer[1 << 20];

static void
model_create(uint32 keys)
{
	model = calloc(keys, sizeof(ModelKey));
	model_keys = keys;
}

static void
model_destroy(void)
{
	free(model);
	model = NULL;
}

static bool
model_lives(uint32 number, int64 now_ms)
{
	return model[number].exists &&
		   (model[number].deadline_ms == 0 || model[number].deadline_ms > now_ms);
}

/* Deadlines near now are left to the tests of expiry: the clock runs on while a model is compared. */
static int64
random_deadline(void)
{
	return cache_wyrand_below(&rng, 3) == 0
			   ? cache_clock_now_ms() + 3600000 + (int64) cache_wyrand_below(&rng, 1 << 30)
			   : 0;
}

static uint32
random_len(void)
{
	switch (cache_wyrand_below(&rng, 40))
	{
		case 0:
			return (uint32) cache_wyrand_below(&rng, 200000);
		case 1:
		case 2:
		case 3:
			return (uint32) cache_wyrand_below(&rng, 9000);
		default:
			return (uint32) cache_wyrand_below(&rng, 100);
	}
}

static void
set(uint32 number, uint32 len, int64 deadline_ms)
{
	char key_buffer[ENGINE_KEY_MAX];
	CacheSlice key = engine_key(number, key_buffer);
	uint64 version = cache_wyrand_next(&rng);
	CacheStatus status;

	engine_fill(value_buffer, len, number, version);
	status = engine_set(key, cache_slice(value_buffer, len), deadline_ms);
	CHECK_EQ_INT(status, CACHE_OK);
	if (status == CACHE_OK)
		model[number] = (ModelKey){ true, version, len, deadline_ms };
}

/* With a space that evicts, the model learns here that a key is gone. */
static void
remove_key(uint32 number, bool may_be_evicted)
{
	char key_buffer[ENGINE_KEY_MAX];
	CacheSlice key = engine_key(number, key_buffer);

	bool existed = engine_delete(key);

	if (existed || !may_be_evicted)
		CHECK_EQ_INT(existed, model_lives(number, cache_clock_now_ms()));
	model[number].exists = false;
}

static void
set_deadline(uint32 number, int64 deadline_ms, bool may_be_evicted)
{
	char key_buffer[ENGINE_KEY_MAX];
	CacheSlice key = engine_key(number, key_buffer);
	CacheStatus status = engine_set_deadline(key, deadline_ms);

	if (!model_lives(number, cache_clock_now_ms()))
		CHECK_EQ_INT(status, CACHE_MISSING);
	else if (status == CACHE_MISSING && may_be_evicted)
		model[number].exists = false;
	else if (status == CACHE_OK)
		model[number].deadline_ms = deadline_ms;
	else
	{
		CHECK_EQ_INT(status, CACHE_MORE);
		CHECK(model[number].deadline_ms == 0);
	}
}

/* A key that the model has may be missing only if the space evicts. */
static void
check_key(uint32 number, bool may_be_evicted)
{
	char key_buffer[ENGINE_KEY_MAX];
	CacheSlice key = engine_key(number, key_buffer);
	CacheFound found;
	CacheStatus status = engine_get(key, read_buffer, sizeof(read_buffer), &found);
	uint64 version;

	if (!model_lives(number, cache_clock_now_ms()))
		CHECK_EQ_INT(status, CACHE_MISSING);
	else if (status != CACHE_MISSING || !may_be_evicted)
	{
		CHECK_EQ_INT(status, CACHE_OK);
		if (status != CACHE_OK)
			return;
		CHECK_EQ_UINT(found.len, model[number].len);
		CHECK_EQ_INT(found.deadline_ms, model[number].deadline_ms);
		CHECK(engine_is_whole(read_buffer, found.len, number, &version));
		if (found.len >= 16)
			CHECK_EQ_UINT(version, model[number].version);
	}
	else
		model[number].exists = false;
}

static void
check_all(bool may_be_evicted)
{
	uint64 count = 0;

	for (uint32 number = 0; number < model_keys; number++)
	{
		check_key(number, may_be_evicted);
		count += model[number].exists;
	}
	CHECK_EQ_UINT(engine_count(), count);
}

/* Random operations over a number of keys that grows and shrinks. */
static void
exercise(int operations, uint32 keys, bool may_be_evicted)
{
	model_create(keys);
	for (int i = 0; i < operations; i++)
	{
		uint32 range = 1 + (uint32) cache_wyrand_below(&rng, keys);
		uint32 number = (uint32) cache_wyrand_below(&rng, range);
		int phase = i / (operations / 6 + 1) % 2;

		switch (cache_wyrand_below(&rng, 10))
		{
			case 0:
			case 1:
			case 2:
				set(number, random_len(), random_deadline());
				break;
			case 3:
			case 4:
				phase == 0 ? set(number, random_len(), 0) : remove_key(number, may_be_evicted);
				break;
			case 5:
				remove_key(number, may_be_evicted);
				break;
			case 6:
				set_deadline(number, random_deadline(), may_be_evicted);
				break;
			case 7:
				if (i % 16 == 0)
					cache_sweep_tidy();
				break;
			default:
				check_key(number, may_be_evicted);
		}
		if (i % 5000 == 0)
			ENGINE_VERIFY();
	}
	check_all(may_be_evicted);
	ENGINE_VERIFY();
	model_destroy();
}

static void
a_keyspace_with_room_is_a_map(void)
{
	engine_create((Size) 256 << 20, 1);
	exercise(100000, 5000, false);
	engine_destroy();
}

static void
a_full_keyspace_is_a_map_that_forgets(void)
{
	engine_create((Size) 6 << 20, 1);
	exercise(100000, 20000, true);
	CHECK(engine_tidy());
	ENGINE_VERIFY();
	engine_destroy();
}

static void
the_least_region_works(void)
{
	engine_create(cache_keyspace_least(1), 1);
	model_create(2000);
	for (int i = 0; i < 20000; i++)
	{
		uint32 number = (uint32) cache_wyrand_below(&rng, model_keys);

		set(number, (uint32) cache_wyrand_below(&rng, i % 1000 == 0 ? 300000 : 600), 0);
		check_key((uint32) cache_wyrand_below(&rng, model_keys), true);
		if (i % 1000 == 0)
			ENGINE_VERIFY();
	}
	check_all(true);
	model_destroy();
	engine_destroy();
}

static void
a_table_grows_and_shrinks_with_its_entries(void)
{
	enum
	{
		KEYS = 130000
	};
	uint64 pages_after_first;

	engine_create((Size) 64 << 20, 1);
	model_create(KEYS);
	for (int round = 0; round < 3; round++)
	{
		for (uint32 number = 0; number < KEYS; number++)
		{
			set(number, 8, 0);
			if (number % 10000 == 0)
			{
				ENGINE_VERIFY();
				check_key((uint32) cache_wyrand_below(&rng, number + 1), false);
			}
		}
		CHECK(engine_buckets() * 8 >= KEYS * 15 / 16);
		CHECK(engine_buckets() * 8 <= KEYS * 17 / 16);
		check_all(false);
		ENGINE_VERIFY();
		for (uint32 number = 0; number < KEYS; number++)
		{
			if (number % 1000 != round)
				remove_key(number, false);
			if (number % 100 == 0)
				cache_sweep_tidy();
			if (number % 10000 == 0)
				ENGINE_VERIFY();
		}
		CHECK(engine_tidy());
		CHECK(engine_buckets() <= 128 + KEYS / 1000);
		check_all(false);
		ENGINE_VERIFY();
		if (round == 0)
			pages_after_first = cache_arena_free_pages();
		CHECK(cache_arena_free_pages() >= pages_after_first - 4);
	}
	model_destroy();
	engine_destroy();
}

/* The next key of partition 5, all of one length. */
static CacheSlice
next_key_of_one_partition(uint32 *number, char *buffer)
{
	CacheSlice key;

	do
		key = cache_slice(buffer, (Size) sprintf(buffer, "%012u", (*number)++));
	while (cache_partition_of(cache_keyspace_hash(key)) != 5);
	return key;
}

/* Where no segment can be had, chains grow instead, and no key is lost however long they are. */
static void
a_table_that_cannot_grow_has_long_chains(void)
{
	enum
	{
		KEYS = 2500
	};
	char buffer[16];
	CacheFound found;
	CacheRef hoard[4096];
	uint32 hoarded = 0;
	uint32 number = 0;
	CacheRef spare;

	engine_create((Size) 4 << 20, 1);
	engine_policy = CACHE_POLICY_NOEVICTION;
	/* a page for entries and one for overflow buckets; all else is somebody else's */
	CHECK_EQ_INT(engine_set(next_key_of_one_partition(&number, buffer), cache_slice("", 0), 0),
				 CACHE_OK);
	CHECK_EQ_INT(cache_reclaim_bucket(0, &spare), CACHE_OK);
	for (int kind = 0; kind < CACHE_PAGE_KINDS; kind++)
		while (hoarded < lengthof(hoard) &&
			   !cache_ref_is_none(hoard[hoarded] = cache_arena_alloc(0, kind, CACHE_BLOCK_MAX)))
			hoarded++;
	CHECK_EQ_UINT(cache_arena_free_pages(), 0);
	for (int i = 1; i < KEYS; i++)
		CHECK_EQ_INT(engine_set(next_key_of_one_partition(&number, buffer), cache_slice("", 0), 0),
					 CACHE_OK);
	CHECK_EQ_UINT(engine_buckets(), CACHE_SEGMENT_BUCKETS);
	number = 0;
	for (int i = 0; i < KEYS; i++)
		CHECK_EQ_INT(engine_get(next_key_of_one_partition(&number, buffer), NULL, 0, &found),
					 CACHE_OK);

	/* with memory back, the table catches up with its entries */
	while (hoarded > 0)
		cache_arena_free(hoard[--hoarded]);
	cache_limbo_add_block(spare);
	ENGINE_VERIFY();
	for (int i = 0; i < KEYS; i++)
		CHECK_EQ_INT(engine_set(next_key_of_one_partition(&number, buffer), cache_slice("", 0), 0),
					 CACHE_OK);
	CHECK(engine_buckets() > CACHE_SEGMENT_BUCKETS * 8);
	ENGINE_VERIFY();
	number = 0;
	for (int i = 0; i < 2 * KEYS; i++)
		CHECK(engine_delete(next_key_of_one_partition(&number, buffer)));
	CHECK(engine_tidy());
	ENGINE_VERIFY();
	engine_destroy();
}

int
main(void)
{
	rng = cache_wyrand_seeded(check_seed());
	CHECK_RUN(a_keyspace_with_room_is_a_map);
	CHECK_RUN(a_full_keyspace_is_a_map_that_forgets);
	CHECK_RUN(the_least_region_works);
	CHECK_RUN(a_table_grows_and_shrinks_with_its_entries);
	CHECK_RUN(a_table_that_cannot_grow_has_long_chains);
	return check_done();
}
