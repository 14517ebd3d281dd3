/*
 * keyspace_hold.c
 *    Tests of keyspace/hold: several keys at once, replacing, taking, deadlines, changes in place.
 */
#include "base/env.h"

#include "base/wyrand.h"
#include "check.h"
#include "engine.h"
#include "memory/pins.h"

#define MANY 64

static CacheWyrand rng;
static char value[200000];
static char copy[200000];

static void
set(uint64 number, Size len, int64 deadline_ms)
{
	char text[ENGINE_KEY_MAX];

	engine_fill(value, len, number, 1);
	CHECK_EQ_INT(engine_set(engine_key(number, text), cache_slice(value, len), deadline_ms),
				 CACHE_OK);
}

static void
check_get(uint64 number, Size len, int64 deadline_ms)
{
	char text[ENGINE_KEY_MAX];
	CacheFound found;
	uint64 version;

	CHECK_EQ_INT(engine_get(engine_key(number, text), copy, sizeof(copy), &found), CACHE_OK);
	CHECK_EQ_UINT(found.len, len);
	CHECK_EQ_INT(found.deadline_ms, deadline_ms);
	CHECK(engine_is_whole(copy, len, number, &version));
}

/* Number of the nth key whose bucket, in a table of so many, is this one. */
static uint64
key_of_bucket(uint64 *number, uint32 buckets, uint32 bucket)
{
	char text[ENGINE_KEY_MAX];

	do
		++*number;
	while (cache_table_index(buckets, cache_keyspace_hash(engine_key(*number, text))) != bucket);
	return *number;
}

/* Put keys of few buckets in one call, with exactly as many spares as were asked for. */
static void
spares_suffice_for_any_set_of_keys(void)
{
	for (int round = 0; round < 300; round++)
	{
		static char text[MANY][ENGINE_KEY_MAX];
		CacheHold holds[MANY];
		CacheRef blocks[MANY];
		CacheRef spares[MANY];
		uint64 numbers[MANY];
		uint64 next[3] = { 0, 0, 0 };
		uint32 needed;
		uint32 left;
		int n = 1 + (int) cache_wyrand_below(&rng, MANY);

		engine_create((Size) 4 << 20, 1);
		for (uint64 i = cache_wyrand_below(&rng, 1500); i > 0; i--)
			set(1000000 + i, 3, 0);
		for (int i = 0; i < n; i++)
		{
			uint32 which = (uint32) cache_wyrand_below(&rng, 3);

			/* some twice, some in the table already */
			numbers[i] = i > 0 && cache_wyrand_below(&rng, 5) == 0
							 ? numbers[cache_wyrand_below(&rng, (uint64) i)]
							 : key_of_bucket(&next[which], CACHE_SEGMENT_BUCKETS, which);
			if (cache_wyrand_below(&rng, 6) == 0)
				set(numbers[i], 30, 0);
			CHECK_EQ_INT(
				engine_prepare(engine_key(numbers[i], text[i]), cache_slice("v", 1), 0, &blocks[i]),
				CACHE_OK);
			cache_hold_init(&holds[i], engine_database, engine_key(numbers[i], text[i]));
			holds[i].order = (uint32) i;
		}
		cache_holds_sort(holds, n);
		CHECK_EQ_INT(cache_holds_lock(holds, n, engine_policy), CACHE_OK);
		needed = left = cache_holds_spares_needed(holds, n);
		for (uint32 i = 0; i < needed; i++)
			spares[i] = cache_bucket_alloc(0);
		cache_holds_begin(holds, n);
		for (int i = 0; i < n; i++)
		{
			CacheRef none = CACHE_REF_NONE;
			CacheRef *spare = left > 0 ? &spares[left - 1] : &none;

			cache_hold_find(&holds[i], 0);
			cache_hold_put(&holds[i], blocks[holds[i].order], spare);
			if (left > 0 && cache_ref_is_none(*spare))
				left--;
		}
		cache_holds_end(holds, n);
		cache_holds_unlock(holds, n);
		while (left > 0)
			cache_limbo_add_block(spares[--left]);
		ENGINE_VERIFY();
		for (int i = 0; i < n; i++)
		{
			CacheFound found;

			CHECK_EQ_INT(engine_get(engine_key(numbers[i], text[i]), copy, 1, &found), CACHE_OK);
		}
		engine_destroy();
	}
}

/* Equal keys of one call act in the caller's order. */
static void
the_last_of_equal_keys_wins(void)
{
	char text[ENGINE_KEY_MAX];
	CacheSlice key = engine_key(5, text);
	CacheHold holds[4];
	CacheRef blocks[4];
	CacheRef none = CACHE_REF_NONE;
	CacheFound found;

	engine_create((Size) 4 << 20, 1);
	for (uint32 i = 0; i < 4; i++)
	{
		CHECK_EQ_INT(engine_prepare(key, cache_slice(&"abcd"[i], 1), 0, &blocks[i]), CACHE_OK);
		cache_hold_init(&holds[3 - i], engine_database, key);
		holds[3 - i].order = i;
	}
	cache_holds_sort(holds, 4);
	CHECK_EQ_INT(cache_holds_lock(holds, 4, engine_policy), CACHE_OK);
	for (int i = 0; i < 4; i++)
	{
		CHECK_EQ_UINT(holds[i].order, i);
		cache_hold_find(&holds[i], 0);
		cache_hold_put(&holds[i], blocks[holds[i].order], &none);
	}
	cache_holds_unlock(holds, 4);
	CHECK_EQ_INT(engine_get(key, copy, 1, &found), CACHE_OK);
	CHECK_EQ_INT(copy[0], 'd');
	CHECK_EQ_UINT(engine_count(), 1);
	ENGINE_VERIFY();
	engine_destroy();
}

/* The space that an entry was built for is cleared before the entry is put: it belongs to the next one. */
static void
an_entry_built_before_a_clear_is_put_after_it(void)
{
	static const Size lens[] = { 10, 5000, 100000 };

	engine_create((Size) 8 << 20, 1);
	for (Size i = 0; i < lengthof(lens); i++)
	{
		char text[ENGINE_KEY_MAX];
		CacheSlice key = engine_key(i, text);
		CacheRef spare = CACHE_REF_NONE;
		CacheHold hold;
		CacheRef block;

		set(99, 10, 0);
		engine_fill(value, lens[i], i, 1);
		CHECK_EQ_INT(engine_prepare(key, cache_slice(value, lens[i]), 0, &block), CACHE_OK);
		CHECK_EQ_UINT(cache_space_clear(engine_database), 1 + (i > 0));
		CHECK_EQ_INT(engine_lock_for_put(&hold, key, &spare), CACHE_OK);
		cache_hold_put(&hold, block, &spare);
		cache_holds_unlock(&hold, 1);
		ENGINE_VERIFY();
		check_get(i, lens[i], 0);
		/* its blocks are known by their new owner: all of them can be moved */
		CHECK(engine_tidy());
		ENGINE_VERIFY();
		check_get(i, lens[i], 0);
		CHECK_EQ_UINT(engine_count(), 1);
	}
	engine_destroy();
}

/* What rename does: take the entry, put its blocks into another. */
static void
a_large_value_moves_to_another_key(void)
{
	char text[2][ENGINE_KEY_MAX];
	CacheSlice from = engine_key(1, text[0]);
	CacheSlice to = engine_key(2, text[1]);
	CacheHold hold;
	CacheRef taken;
	CacheRef block;
	CacheRef spare = CACHE_REF_NONE;
	CacheEntryPlan plan = { .type = CACHE_TYPE_STRING, .flags = CACHE_ENTRY_BLOCKS, .key = to };
	CacheBlobOwner owner;
	CacheBlob blob;
	CacheFound found;
	uint64 bytes;
	uint64 version;

	engine_create((Size) 4 << 20, 1);
	set(1, 150000, 0);
	bytes = cache_space_bytes(cache_space_resolve(engine_database));
	cache_hold_init(&hold, engine_database, from);
	cache_holds_lock(&hold, 1, CACHE_POLICIES);
	CHECK_OR_RETURN(cache_hold_find(&hold, 0) != NULL);
	plan.space = hold.space->id;
	owner = (CacheBlobOwner){ .hash = cache_keyspace_hash(to), .space = hold.space->id };
	blob = cache_string_blob(hold.entry);
	taken = cache_hold_take(&hold);
	cache_holds_unlock(&hold, 1);
	CHECK_EQ_INT(engine_get(from, copy, sizeof(copy), &found), CACHE_MISSING);
	CHECK_EQ_UINT(engine_count(), 0);

	plan.value_len = sizeof(blob);
	CHECK_EQ_INT(cache_reclaim_block(0, cache_entry_size(&plan), &block), CACHE_OK);
	memcpy(cache_entry_build(block, &plan), &blob, sizeof(blob));
	cache_blob_adopt(&blob, &owner);
	cache_arena_free(taken);
	CHECK_EQ_INT(engine_lock_for_put(&hold, to, &spare), CACHE_OK);
	cache_hold_put(&hold, block, &spare);
	cache_holds_unlock(&hold, 1);
	CHECK_EQ_UINT(cache_space_bytes(cache_space_resolve(engine_database)), bytes);
	CHECK_EQ_INT(engine_get(to, copy, sizeof(copy), &found), CACHE_OK);
	CHECK(engine_is_whole(copy, found.len, 1, &version));
	ENGINE_VERIFY();
	CHECK(engine_delete(to));
	ENGINE_VERIFY();
	engine_destroy();
}

/* A deadline comes, changes and goes, and key and value stay what they are. */
static void
deadlines_come_and_go_in_place(void)
{
	engine_create((Size) 64 << 20, 1);
	for (uint64 number = 0; number < 3000; number++)
	{
		char text[ENGINE_KEY_MAX];
		CacheSlice key = engine_key(number, text);
		Size len = number % 50 == 0 ? 100000 : (Size) cache_wyrand_below(&rng, 600);
		int64 deadline_ms = cache_clock_now_ms() + 3600000 + (int64) number;
		CacheStatus status;

		set(number, len, number % 3 == 0 ? deadline_ms - 7 : 0);
		status = engine_set_deadline(key, deadline_ms);
		CHECK(status == CACHE_OK || (status == CACHE_MORE && number % 3 != 0));
		check_get(number, len, status == CACHE_OK ? deadline_ms : 0);
		if (status != CACHE_OK)
			continue;
		CHECK_EQ_INT(engine_set_deadline(key, CACHE_DEADLINE_MAX_MS), CACHE_OK);
		check_get(number, len, CACHE_DEADLINE_MAX_MS);
		CHECK_EQ_INT(engine_set_deadline(key, 0), CACHE_OK);
		check_get(number, len, 0);
		if (number % 2 == 0)
		{
			CHECK_EQ_INT(engine_set_deadline(key, deadline_ms), CACHE_OK);
			check_get(number, len, deadline_ms);
		}
	}
	ENGINE_VERIFY();
	engine_destroy();
}

/* An expired entry is found by nobody, but its place is known. */
static void
an_expired_entry_is_replaced_in_its_place(void)
{
	char text[ENGINE_KEY_MAX];
	CacheSlice key = engine_key(3, text);
	CacheHold hold;

	engine_create((Size) 4 << 20, 1);
	set(3, 10, cache_clock_now_ms() + 1000);
	engine_pass_time(1500);
	cache_hold_init(&hold, engine_database, key);
	cache_holds_lock(&hold, 1, CACHE_POLICIES);
	CHECK(cache_hold_find(&hold, cache_clock_now_ms()) == NULL);
	CHECK(hold.occupied);
	cache_holds_unlock(&hold, 1);
	set(3, 20, 0);
	check_get(3, 20, 0);
	CHECK_EQ_UINT(engine_count(), 1);
	ENGINE_VERIFY();
	engine_destroy();
}

/* A blob that grows and is rewritten in place keeps the accounts right. */
static void
changes_in_place_are_accounted_for(void)
{
	char text[ENGINE_KEY_MAX];
	CacheSlice key = engine_key(3, text);
	Size len = 9000;

	engine_create((Size) 4 << 20, 1);
	set(3, len, 0);
	while (len < 150000)
	{
		Size more = 1 + (Size) cache_wyrand_below(&rng, 9000);
		CacheHold hold;
		CacheSource source;
		CacheBlob blob;
		CacheBlobOwner owner;
		uint64 before;

		cache_hold_init(&hold, engine_database, key);
		cache_holds_lock(&hold, 1, CACHE_POLICIES);
		CHECK_OR_RETURN(cache_hold_find(&hold, 0) != NULL);
		owner = (CacheBlobOwner){ .hash = hold.hash, .space = hold.space->id };
		before = cache_entry_memory(hold.entry);
		cache_arena_source_init(&source, (uint32) hold.hash);
		cache_hold_begin(&hold);
		blob = cache_string_blob(hold.entry);
		CHECK(cache_blob_reserve(&blob, len + more, &owner, &source));
		len += more;
		engine_fill(value, len, 3, 1);
		cache_blob_write(&blob, 0, value, len);
		cache_string_set_blob(hold.entry, &blob);
		cache_hold_end(&hold, (int64) (cache_entry_memory(hold.entry) - before));
		cache_holds_unlock(&hold, 1);
		check_get(3, len, 0);
		ENGINE_VERIFY();
	}
	engine_destroy();
}

/* The line of another backend. */
static void
a_reader_s_pin_is_seen_and_keeps_the_blocks(void)
{
	char text[ENGINE_KEY_MAX];
	CacheSlice key = engine_key(3, text);
	CacheHold hold;
	CacheBlob blob;
	uint64 used;

	engine_create((Size) 4 << 20, 2);
	set(3, 100000, 0);
	cache_hold_init(&hold, engine_database, key);
	cache_holds_lock(&hold, 1, CACHE_POLICIES);
	CHECK_OR_RETURN(cache_hold_find(&hold, 0) != NULL);
	blob = cache_string_blob(hold.entry);
	cache_hold_begin(&hold);
	CHECK(!cache_hold_is_pinned(&hold));
	cache_keyspace_join(1);
	cache_pin(CACHE_PIN_VALUE, blob.root);
	CHECK(cache_hold_is_pinned(&hold));
	cache_hold_end(&hold, 0);
	cache_hold_remove(&hold);
	cache_holds_unlock(&hold, 1);

	used = cache_arena_used_bytes();
	CHECK(!cache_limbo_drain());
	CHECK_EQ_UINT(cache_arena_used_bytes(), used);
	ENGINE_VERIFY();
	cache_blob_read(&blob, 0, copy, blob.len);
	CHECK(memcmp(copy, value, blob.len) == 0);
	/* a backend that ends, or another in its slot, lets go of what it had */
	cache_keyspace_leave();
	CHECK(cache_limbo_drain());
	CHECK(cache_arena_used_bytes() < used - 90000);
	cache_keyspace_join(0);
	ENGINE_VERIFY();
	engine_destroy();
}

int
main(void)
{
	rng = cache_wyrand_seeded(check_seed());
	CHECK_RUN(spares_suffice_for_any_set_of_keys);
	CHECK_RUN(the_last_of_equal_keys_wins);
	CHECK_RUN(an_entry_built_before_a_clear_is_put_after_it);
	CHECK_RUN(a_large_value_moves_to_another_key);
	CHECK_RUN(deadlines_come_and_go_in_place);
	CHECK_RUN(an_expired_entry_is_replaced_in_its_place);
	CHECK_RUN(changes_in_place_are_accounted_for);
	CHECK_RUN(a_reader_s_pin_is_seen_and_keeps_the_blocks);
	return check_done();
}
