/*
 * keyspace_turnover.c
 *    Tests that memory does not calcify: what was filled with values of one size can be filled with any other.
 *
 * A region is turned over to other sizes, each written several times what fits. What then lives, in bytes of keys and
 * values, stays at 85 % or more of what lived after the first fill, and no write fails. Writers alone do it; the
 * maintenance worker only makes it cheaper.
 */
#include "base/env.h"

#include "base/wyrand.h"
#include "check.h"
#include "engine.h"

#define LEAST_SHARE 85

static CacheWyrand rng;
static char *value;
static Size value_most;
static uint64 next_key;

static CacheSlice
numbered_key(uint64 number, char *buffer)
{
	return cache_slice(buffer, (Size) sprintf(buffer, "key:%012" PRIu64, number));
}

static void
add_payload(CacheEntryShared *entry, void *state)
{
	*(uint64 *) state += entry->key_len + cache_string_len(entry);
}

static uint64
payload(void)
{
	uint64 position = 0;
	uint64 bytes = 0;

	while (cache_scan_step(engine_database, &position, add_payload, &bytes))
		;
	return bytes;
}

/* Write so many bytes of values that vary by a tenth. False at the first that fails. */
static bool
write_bytes(Size size, uint64 bytes, bool with_worker)
{
	char buffer[32];
	uint64 written = 0;

	while (written < bytes)
	{
		Size len = size - size / 20 + (Size) cache_wyrand_below(&rng, size / 10 + 1);

		len = Min(len, value_most);
		if (engine_set(numbered_key(next_key++, buffer), cache_slice(value, len), 0) != CACHE_OK)
			return false;
		written += 16 + len;
		if (with_worker && next_key % 64 == 0)
			cache_sweep_tidy();
	}
	return true;
}

static void
report(const char *what, Size size, uint64 bytes, uint64 base)
{
	printf("# %zu MB, %zu bytes %s: %.1f %% of the region, %.1f %% of the first fill\n",
		   engine_size >> 20, size, what, 100.0 * (double) bytes / (double) engine_size,
		   100.0 * (double) bytes / (double) base);
}

static void
turn_over(Size region, Size first, const Size *sizes, bool with_worker)
{
	uint64 base;

	engine_create(region, 1);
	CHECK(write_bytes(first, region * 5 / 4, with_worker));
	base = payload();
	report("first", first, base, base);
	CHECK(base > region * 3 / 4);
	for (Size i = 0; sizes[i] != 0; i++)
	{
		uint64 lives;
		/* 30-byte values pay for their entries; the promise is for 100 and more */
		Size least = sizes[i] < 100 ? 60 : LEAST_SHARE;

		CHECK(write_bytes(sizes[i], region * 5 / 4, with_worker));
		lives = payload();
		report("next", sizes[i], lives, base);
		CHECK(lives * 100 >= base * least);
		ENGINE_VERIFY();
	}
	engine_destroy();
}

static void
small_regions_turn_over_to_any_size(void)
{
	static const Size sizes[] = { 1000, 10000, 100000, 1000, 100, 100000, 100, 30, 10000, 100, 0 };

	turn_over((Size) 16 << 20, 100, sizes, false);
}

static void
larger_regions_turn_over_to_any_size(void)
{
	static const Size sizes[] = { 1000, 10000, 100000, 100, 0 };

	turn_over((Size) 64 << 20, 100, sizes, true);
}

static void
regions_of_several_shards_turn_over_to_any_size(void)
{
	static const Size sizes[] = { 100000, 2000, 0 };

	turn_over((Size) 520 << 20, 5000, sizes, false);
}

/* Values of all sizes at once, by halves of their logarithm. */
static void
mixed_sizes_fill_the_region_too(void)
{
	const Size region = (Size) 32 << 20;
	char buffer[32];
	uint64 base;
	uint64 lives;

	engine_create(region, 1);
	CHECK(write_bytes(100, region * 5 / 4, false));
	base = payload();
	for (uint64 written = 0; written < region * 5;)
	{
		Size len = (Size) 1 << cache_wyrand_below(&rng, 19);

		len += (Size) cache_wyrand_below(&rng, len);
		CHECK_OR_RETURN(engine_set(numbered_key(next_key++, buffer), cache_slice(value, len), 0) ==
						CACHE_OK);
		written += 16 + len;
	}
	lives = payload();
	report("and less, mixed", 1 << 19, lives, base);
	CHECK(lives * 100 >= base * LEAST_SHARE);
	ENGINE_VERIFY();
	engine_destroy();
}

static void
a_region_that_keeps_all_is_emptied_and_filled_anew(void)
{
	static const Size sizes[] = { 100, 1000, 100, 10000, 100, 100000, 1000, 100 };
	char buffer[32];
	uint64 base = 0;

	for (int with_worker = 0; with_worker < 2; with_worker++)
	{
		engine_create((Size) 16 << 20, 1);
		engine_policy = CACHE_POLICY_NOEVICTION;
		for (Size i = 0; i < lengthof(sizes); i++)
		{
			uint64 first = next_key;
			uint64 lives;

			CHECK(!write_bytes(sizes[i], UINT64_MAX, false));
			lives = payload();
			if (i == 0)
				base = lives;
			report("kept", sizes[i], lives, base);
			CHECK(lives * 100 >= base * LEAST_SHARE);
			ENGINE_VERIFY();
			for (uint64 number = first; number < next_key - 1; number++)
				CHECK(engine_delete(numbered_key(number, buffer)));
			CHECK_EQ_UINT(engine_count(), 0);
			if (with_worker)
				CHECK(engine_tidy());
		}
		engine_destroy();
	}
}

/* Blocks that nobody can move, for they are in no table yet, keep only their own pages from being emptied. */
static void
blocks_that_cannot_be_moved_do_not_stop_the_others(void)
{
	enum
	{
		PRIVATE = 3
	};
	CacheRef blocks[PRIVATE];
	char buffer[32];
	uint64 first = next_key;
	uint64 half;

	engine_create((Size) 8 << 20, 1);
	engine_policy = CACHE_POLICY_NOEVICTION;
	for (int i = 0; i < PRIVATE; i++)
	{
		CHECK_EQ_INT(
			engine_prepare(cache_slice("private", 7), cache_slice(value, 500), 0, &blocks[i]),
			CACHE_OK);
		CHECK(write_bytes(500, 200 * 500, false));
	}
	CHECK(!write_bytes(500, UINT64_MAX, false));
	/* the pages that they are in get so sparse that they are the first choice */
	for (uint64 number = first; number < next_key - 1; number++)
		if (number % 4 != 0 || number < first + 1000)
			CHECK(engine_delete(numbered_key(number, buffer)));
	half = payload();
	CHECK(!write_bytes(2000, UINT64_MAX, false));
	CHECK((payload() - half) * 100 >= ((Size) 8 << 20) * 60);
	for (int i = 0; i < PRIVATE; i++)
		cache_entry_discard(blocks[i]);
	cache_limbo_drain();
	ENGINE_VERIFY();
	engine_destroy();
}

/* Whoever deletes half of all entries at random gets half of the memory for another size. */
static void
holes_of_another_size_are_filled(void)
{
	static const Size sizes[] = { 1000, 100, 10000, 100000, 50 };
	char buffer[32];

	engine_create((Size) 16 << 20, 1);
	engine_policy = CACHE_POLICY_NOEVICTION;
	for (Size i = 0; i < lengthof(sizes); i++)
	{
		uint64 first = next_key;
		uint64 full;
		uint64 half;
		uint64 lives;

		cache_space_clear(engine_database);
		CHECK(!write_bytes(200, UINT64_MAX, false));
		full = payload();
		for (uint64 number = first; number < next_key - 1; number++)
			if (cache_wyrand_below(&rng, 2) == 0)
				CHECK(engine_delete(numbered_key(number, buffer)));
		half = payload();
		CHECK(!write_bytes(sizes[i], UINT64_MAX, false));
		lives = payload();
		report("in the holes", sizes[i], lives, full);
		CHECK(lives * 100 >= full * LEAST_SHARE);
		CHECK((lives - half) * 100 >= (full - half) * (sizes[i] < 100 ? 60 : 80));
		ENGINE_VERIFY();
	}
	engine_destroy();
}

static void
values_from_one_byte_to_nearly_the_region(void)
{
	const Size region = (Size) 16 << 20;
	const Size most = region / 100 * 90;
	char buffer[32];
	char *copy = malloc(most);

	engine_create(region, 1);
	CHECK(write_bytes(100, region, false));
	for (int i = 0; i < 60; i++)
	{
		Size len =
			i % 3 == 0
				? most - (Size) cache_wyrand_below(&rng, 100000)
				: 1 + (Size) cache_wyrand_below(&rng, UINT64_C(1) << cache_wyrand_below(&rng, 24));
		CacheSlice key = numbered_key(next_key++, buffer);
		CacheFound found;

		len = Min(len, most);
		CHECK_EQ_INT(engine_set(key, cache_slice(value, len), 0), CACHE_OK);
		CHECK_EQ_INT(engine_get(key, copy, most, &found), CACHE_OK);
		CHECK_EQ_UINT(found.len, len);
		CHECK(memcmp(copy, value, len) == 0);
		CHECK(write_bytes(100, region / 20, false));
	}
	ENGINE_VERIFY();
	/* more than the region holds is refused, and leaves nothing behind */
	CHECK_EQ_INT(engine_set(cache_slice("k", 1), cache_slice(value, region), 0), CACHE_FULL);
	ENGINE_VERIFY();
	CHECK(write_bytes(100, region, false));
	ENGINE_VERIFY();
	engine_destroy();
	free(copy);
}

int
main(void)
{
	rng = cache_wyrand_seeded(check_seed());
	value_most = (Size) 17 << 20;
	value = malloc(value_most);
	for (Size i = 0; i < value_most; i++)
		value[i] = (char) (i * 2654435761u >> 11);
	CHECK_RUN(small_regions_turn_over_to_any_size);
	CHECK_RUN(larger_regions_turn_over_to_any_size);
	CHECK_RUN(regions_of_several_shards_turn_over_to_any_size);
	CHECK_RUN(mixed_sizes_fill_the_region_too);
	CHECK_RUN(a_region_that_keeps_all_is_emptied_and_filled_anew);
	CHECK_RUN(blocks_that_cannot_be_moved_do_not_stop_the_others);
	CHECK_RUN(holes_of_another_size_are_filled);
	CHECK_RUN(values_from_one_byte_to_nearly_the_region);
	free(value);
	return check_done();
}
