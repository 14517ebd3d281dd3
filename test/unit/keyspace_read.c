/*
 * keyspace_read.c
 *    Tests of reads without a lock, one race at a time.
 *
 * The engine calls cache_race_yield where a race would be won or lost. Here it is an adversary that strikes at the Nth
 * such place of a read, for every N: it changes, moves or frees what is being read, then takes all free memory and
 * overwrites it. The read has to return a value that stood at some moment of the call, and may miss a key only if it was
 * gone at one; and not one byte may be stored into memory that has been handed on.
 *
 * And the other way round: a reader comes at the Nth such place of each change. It has to see the moment before or the
 * one after, or to see that it cannot know.
 */
#include "base/env.h"

#include "base/wyrand.h"
#include "check.h"
#include "engine.h"
#include "keyspace/relocate.h"
#include "memory/pins.h"

#define REGION ((Size) 5 << 19)
#define OTHERS 400
#define BLOCKS 24 /* keys that fill a block each */
#define BLOCKS_FROM 4000000
#define GROWTH 1800
#define GROWTH_FROM 2000000
#define TARGET target /* a key that moves when its bucket splits */
#define TWIN (target + 1)
#define POISON 0xEE

typedef enum Value
{
	VALUE_SMALL,
	VALUE_FULL_BLOCK,
	VALUE_CHUNKS,
	VALUES
} Value;

static const Size value_len[VALUES] = { 60, 7000, 45000 };

typedef struct Adversary
{
	const char *name;
	void (*strike)(void);
	bool removes;
	bool writes; /* version 2 */
} Adversary;

static const Adversary *adversary;
static uint32 points;
static uint32 strike_at; /* UINT32_MAX: never */
static bool strike_on;   /* and at all places from there on */
static bool striking;
static bool roles_changed; /* a reader strikes at a change */
static Value target_value;
static uint64 target;

static char buffer[1 << 17];
static char filling[1 << 17];

/* What the adversary holds of memory that came free. */
static struct
{
	CacheRef ref[200000];
	uint32 n;
} hoard;

static void
hoard_class(CachePageKind kind, Size size)
{
	CacheRef ref;

	while (hoard.n < lengthof(hoard.ref) &&
		   !cache_ref_is_none(ref = cache_arena_alloc(0, kind, size)))
	{
		memset(cache_ref_ptr(ref), POISON, cache_arena_block_size(ref));
		hoard.ref[hoard.n++] = ref;
	}
}

/* Take and overwrite what is free: slots of pages in use first, then whole pages. */
static void
hoard_all(void)
{
	CacheClassUse use[CACHE_CLASSES_MAX];
	int n = cache_arena_classes(use);

	hoard_class(CACHE_PAGE_MOVABLE, CACHE_BLOCK_MAX);
	for (int i = 0; i < n; i++)
		for (int kind = 0; kind < CACHE_PAGE_KINDS; kind++)
			hoard_class(kind, use[i].slot_bytes);
}

/* Give it back; false if somebody stored into it. */
static bool
hoard_release(void)
{
	static char poison[CACHE_BLOCK_MAX];
	bool intact = true;

	memset(poison, POISON, sizeof(poison));
	while (hoard.n > 0)
	{
		CacheRef ref = hoard.ref[--hoard.n];

		intact &= memcmp(cache_ref_ptr(ref), poison, cache_arena_block_size(ref)) == 0;
		cache_arena_free(ref);
	}
	return intact;
}

/* A lock that the read holds keeps the adversary away, as it would another process. */
static bool
is_any_partition_locked(void)
{
	for (uint32 partition = 0; partition < CACHE_PARTITIONS; partition++)
	{
		if (!cache_lock_try(&cache_partitions[partition].lock))
			return true;
		cache_partition_unlock(partition);
	}
	return false;
}

static void look_at_target(void);

void
cache_race_yield(void)
{
	uint32 point = points;

	if (striking || strike_at == UINT32_MAX)
		return;
	points++;
	if (strike_on ? point < strike_at : point != strike_at)
		return;
	if (roles_changed)
	{
		striking = true;
		look_at_target();
		striking = false;
		return;
	}
	if (is_any_partition_locked())
		return;
	striking = true;
	hoard_release();
	adversary->strike();
	cache_limbo_drain();
	hoard_all();
	striking = false;
}

static CacheStatus
put(uint64 number, Size len, uint64 version)
{
	char text[ENGINE_KEY_MAX];

	engine_fill(filling, len, number, version);
	return engine_set(engine_key(number, text), cache_slice(filling, len), 0);
}

static void
drop(uint64 number)
{
	char text[ENGINE_KEY_MAX];

	engine_delete(engine_key(number, text));
}

/* True for keys whose changes leave the version of the target's partition alone: no reader is warned by those. */
static bool
is_elsewhere(uint64 number)
{
	char text[2][ENGINE_KEY_MAX];

	return cache_partition_of(cache_keyspace_hash(engine_key(number, text[0]))) !=
		   cache_partition_of(cache_keyspace_hash(engine_key(TARGET, text[1])));
}

static void
overwrite(void)
{
	put(TARGET, value_len[target_value], 2);
}

static void
overwrite_in_another_form(void)
{
	put(TARGET, value_len[(target_value + 1) % VALUES], 2);
}

static void
delete_target(void)
{
	drop(TARGET);
}

static void
delete_all(void)
{
	for (uint32 number = 0; number < OTHERS; number++)
		drop(number);
	drop(TARGET);
	drop(TWIN);
	engine_tidy();
}

static void
clear_and_purge(void)
{
	cache_space_clear(engine_database);
	engine_tidy();
}

static void
clear_and_fill(void)
{
	cache_space_clear(engine_database);
	engine_tidy();
	for (uint32 number = 0; number < OTHERS; number++)
		put(number, 100, 2);
}

static void
clear_and_set(void)
{
	cache_space_clear(engine_database);
	engine_tidy();
	put(TARGET, value_len[target_value], 2);
}

static void
evict_all(void)
{
	while (cache_evict_one() > 0)
		;
}

/* Drop most neighbours, so that every page with one of the target's blocks is worth emptying. */
static void
move(void)
{
	for (uint64 number = 0; number < OTHERS; number++)
		if (number % 3 != 0 && is_elsewhere(number))
			drop(number);
	for (uint64 number = 0; number < BLOCKS; number++)
		if (is_elsewhere(BLOCKS_FROM + number))
			drop(BLOCKS_FROM + number);
	for (int i = 0; i < 40; i++)
		cache_reclaim_page(0);
}

/* Every block of the target, wherever it is, without any other change. */
static void
move_target(void)
{
	CacheRef blocks[16];
	int n = 0;
	char text[ENGINE_KEY_MAX];
	CacheHold hold;

	cache_hold_init(&hold, engine_database, engine_key(TARGET, text));
	cache_holds_lock(&hold, 1, CACHE_POLICIES);
	if (cache_hold_find(&hold, cache_clock_now_ms()) != NULL)
	{
		blocks[n++] = cache_ref_of(hold.entry);
		if (hold.entry->flags & CACHE_ENTRY_BLOCKS)
		{
			CacheBlob blob = cache_string_blob(hold.entry);

			blocks[n++] = blob.root;
			for (uint32 i = 0; i < blob.chunks; i++)
				blocks[n++] = ((CacheChunkShared *) cache_ref_ptr(blob.root))->child[i];
		}
	}
	cache_holds_unlock(&hold, 1);
	while (n > 0)
		cache_relocate_block(blocks[--n]);
}

static void
grow_the_table(void)
{
	for (uint64 number = GROWTH_FROM; number < GROWTH_FROM + GROWTH; number++)
		if (is_elsewhere(number))
			put(number, 1, 1);
}

/* What the table was grown by is gone already, where it was: this only merges. */
static void
shrink_the_table(void)
{
	engine_tidy();
}

static void
shrink_and_drop_all_others(void)
{
	for (uint64 number = 0; number < OTHERS; number++)
		drop(number);
	engine_tidy();
}

static void
change_in_place(void)
{
	char text[ENGINE_KEY_MAX];
	CacheHold hold;

	cache_hold_init(&hold, engine_database, engine_key(TARGET, text));
	cache_holds_lock(&hold, 1, CACHE_POLICIES);
	if (cache_hold_find(&hold, cache_clock_now_ms()) != NULL)
	{
		Size len = cache_string_len(hold.entry);

		engine_fill(filling, len, TARGET, 2);
		cache_hold_begin(&hold);
		if (!cache_hold_is_pinned(&hold))
		{
			if (hold.entry->flags & CACHE_ENTRY_BLOCKS)
			{
				CacheBlob blob = cache_string_blob(hold.entry);

				cache_blob_write(&blob, 0, filling, len);
			}
			else
				memcpy(cache_entry_value(hold.entry), filling, len);
		}
		cache_hold_end(&hold, 0);
	}
	cache_holds_unlock(&hold, 1);
}

static void
give_a_deadline(void)
{
	char text[ENGINE_KEY_MAX];

	engine_set_deadline(engine_key(TARGET, text), cache_clock_now_ms() + 3600000);
}

static void
expire(void)
{
	char text[ENGINE_KEY_MAX];
	CacheStatus status = engine_set_deadline(engine_key(TARGET, text), cache_clock_now_ms() + 1000);

	if (status == CACHE_MORE)
		drop(TARGET);
	engine_pass_time(3000);
	engine_sweep(1000);
}

static const Adversary adversaries[] = {
	{ "overwrite", overwrite, .writes = true },
	{ "overwrite in another form", overwrite_in_another_form, .writes = true },
	{ "delete", delete_target, .removes = true },
	{ "delete all", delete_all, .removes = true },
	{ "clear and purge", clear_and_purge, .removes = true },
	{ "clear and fill", clear_and_fill, .removes = true },
	{ "clear and set", clear_and_set, .removes = true, .writes = true },
	{ "evict all", evict_all, .removes = true },
	{ "move", move, .removes = false },
	{ "move target", move_target, .removes = false },
	{ "grow the table", grow_the_table, .removes = false },
	{ "shrink the table", shrink_the_table, .removes = false },
	{ "shrink and drop all others", shrink_and_drop_all_others, .removes = false },
	{ "change in place", change_in_place, .writes = true },
	{ "give a deadline", give_a_deadline, .removes = false },
	{ "expire", expire, .removes = true },
};

typedef enum Form
{
	FORM_PLAIN,
	FORM_OVERFLOW, /* the target is in an overflow bucket */
	FORM_SPARSE,   /* the table is much too large */
	FORMS
} Form;

static const char *const form_names[FORMS] = { "", ", overflow", ", sparse" };

static void
put_blocks(uint64 from, uint64 to)
{
	for (uint64 number = from; number < to; number++)
		CHECK_EQ_INT(put(BLOCKS_FROM + number, 8000, 1), CACHE_OK);
}

/* A region with the target among others. */
static void
prepare(Form form)
{
	char text[ENGINE_KEY_MAX];

	engine_create(REGION, 2);
	/* a split of the first segment's buckets moves it */
	for (target = 1000000; (cache_keyspace_hash(engine_key(target, text)) & 128) == 0; target++)
		;
	if (form != FORM_PLAIN)
		grow_the_table();
	for (uint64 number = 0; number < OTHERS; number++)
		CHECK_EQ_INT(put(number, 20 + number % 200, 1), CACHE_OK);
	if (form == FORM_OVERFLOW)
	{
		/* the target's chain gets full before it comes */
		CacheSpaceShared *space = cache_space_resolve(engine_database);
		uint32 buckets = cache_table_buckets(&space->table);
		uint32 bucket = cache_table_index(buckets, cache_keyspace_hash(engine_key(TARGET, text)));

		for (uint64 number = 3000000, n = 0; n < 9; number++)
			if (cache_table_index(buckets, cache_keyspace_hash(engine_key(number, text))) == bucket)
			{
				CHECK_EQ_INT(put(number, 1, 1), CACHE_OK);
				n++;
			}
	}
	put_blocks(0, BLOCKS / 2);
	CHECK_EQ_INT(put(TARGET, value_len[target_value], 1), CACHE_OK);
	put_blocks(BLOCKS / 2, BLOCKS);
	CHECK_EQ_INT(put(TWIN, value_len[target_value], 1), CACHE_OK);
	if (form == FORM_SPARSE)
		for (uint64 number = GROWTH_FROM; number < GROWTH_FROM + GROWTH; number++)
			drop(number);
	cache_limbo_drain();
	/* so that the next hit has a mark to store */
	cache_atomic_add(&cache_space_resolve(engine_database)->policy_clock, 5 * 256);
}

static void
check_result(CacheStatus status, const CacheFound *found, uint64 number)
{
	uint64 version;

	if (status == CACHE_MISSING)
		CHECK(adversary->removes);
	else
	{
		CHECK_EQ_INT(status, CACHE_OK);
		if (status != CACHE_OK)
			return;
		CHECK(engine_is_whole(buffer, found->len, number, &version));
		CHECK(version == 1 || (version == 2 && adversary->writes));
		CHECK(found->type == CACHE_TYPE_STRING && found->encoding == CACHE_STRING_TEXT);
	}
}

/* One read with the adversary at one place; false once the read has no such place any more. */
static bool
strike_one_read(uint32 at, bool on, Form form)
{
	char text[ENGINE_KEY_MAX];
	CacheFound found;
	CacheStatus status;
	bool struck;
	int failures = check_state.failures;

	prepare(form);
	points = 0;
	strike_at = at;
	strike_on = on;
	status = engine_get(engine_key(TARGET, text), buffer, sizeof(buffer), &found);
	struck = points > at;
	strike_at = UINT32_MAX;
	check_result(status, &found, TARGET);
	CHECK(hoard_release());
	CHECK_EQ_UINT(cache_atomic_get(&cache_pins_mine->pinned[CACHE_PIN_VALUE]), 0);
	CHECK_EQ_UINT(cache_atomic_get(&cache_pins_mine->pinned[CACHE_PIN_POLICY]), 0);
	cache_limbo_drain();
	ENGINE_VERIFY();
	if (check_state.failures != failures && check_state.failures <= CHECK_SHOWN_FAILURES)
		printf("# adversary: %s at place %u%s, value of %zu bytes%s\n", adversary->name, at,
			   on ? " and after" : "", value_len[target_value], form_names[form]);
	engine_destroy();
	return struck;
}

static void
strike_all(bool on, Form form)
{
	uint32 most = 0;

	for (target_value = 0; target_value < VALUES; target_value++)
		for (Size i = 0; i < lengthof(adversaries); i++)
		{
			uint32 at = 0;

			/* that the value fills a block makes no difference to how it is found */
			if (target_value == VALUE_FULL_BLOCK && (on || form != FORM_PLAIN))
				continue;
			adversary = &adversaries[i];
			/* with all places from one on, the first of them matters less */
			while (strike_one_read(at, on, form))
				at += on ? 3 : 1;
			most = Max(most, at);
		}
	printf("# up to %u places\n", most);
	CHECK(most >= 8);
}

static void
a_read_survives_a_change_at_any_moment(void)
{
	strike_all(false, FORM_PLAIN);
}

static void
a_read_in_an_overflow_bucket_survives_a_change_at_any_moment(void)
{
	strike_all(false, FORM_OVERFLOW);
}

static void
a_read_in_a_sparse_table_survives_a_change_at_any_moment(void)
{
	strike_all(false, FORM_SPARSE);
}

static void
a_read_survives_changes_at_every_moment(void)
{
	strike_all(true, FORM_PLAIN);
}

/* A read in the middle of a change, by somebody else who takes no lock; what came free is somebody's by then. */
static void
look_at_target(void)
{
	CacheSnapshot snapshot = { 0 };
	char text[ENGINE_KEY_MAX];
	CacheSlice key = engine_key(TARGET, text);
	CacheFound found;
	CacheStatus status;

	if (!strike_on)
		hoard_all();
	cache_snapshot_begin(&snapshot, engine_database, &key, 1);
	status = cache_snapshot_read(&snapshot, key, CACHE_READ_USE, buffer, sizeof(buffer), &found);
	if (cache_snapshot_end(&snapshot))
		check_result(status, &found, TARGET);
	CHECK(hoard_release());
}

static bool
look_at_one_change(uint32 at, bool on, Form form)
{
	int failures = check_state.failures;
	bool struck;

	prepare(form);
	points = 0;
	strike_at = at;
	strike_on = on;
	adversary->strike();
	struck = points > at;
	strike_at = UINT32_MAX;
	cache_limbo_drain();
	ENGINE_VERIFY();
	if (check_state.failures != failures && check_state.failures <= CHECK_SHOWN_FAILURES)
		printf("# change: %s, read from place %u on, value of %zu bytes%s\n", adversary->name, at,
			   value_len[target_value], form_names[form]);
	engine_destroy();
	return struck;
}

/* A read at each place of the change, and at some of them with all free memory in other hands. */
static void
a_change_is_seen_whole_or_not_at_all(void)
{
	roles_changed = true;
	for (int form = 0; form < FORMS; form++)
		for (target_value = 0; target_value < VALUES; target_value++)
			for (Size i = 0; i < lengthof(adversaries); i++)
			{
				uint32 at = 0;

				if (target_value == VALUE_FULL_BLOCK && form != FORM_PLAIN)
					continue;
				adversary = &adversaries[i];
				look_at_one_change(0, true, (Form) form);
				while (look_at_one_change(at, false, (Form) form))
					at += 1 + at / 2;
			}
	roles_changed = false;
}

/* Target and twin are written as one; a snapshot never has one of them old and the other new. */
static void
overwrite_both(void)
{
	CacheRef blocks[2];
	CacheRef old[2];
	char text[2][ENGINE_KEY_MAX];
	CacheHold holds[2];
	CacheRef none = CACHE_REF_NONE;

	for (uint32 i = 0; i < 2; i++)
	{
		CacheSlice key = engine_key(TARGET + i, text[i]);

		engine_fill(filling, value_len[target_value], TARGET + i, 2);
		if (engine_prepare(key, cache_slice(filling, value_len[target_value]), 0, &blocks[i]) !=
			CACHE_OK)
			exit(1);
		cache_hold_init(&holds[i], engine_database, key);
		holds[i].order = i;
	}
	cache_holds_sort(holds, 2);
	cache_holds_lock(holds, 2, CACHE_POLICIES);
	cache_holds_begin(holds, 2);
	for (int i = 0; i < 2; i++)
	{
		cache_hold_find(&holds[i], 0);
		old[i] = cache_hold_swap(&holds[i], blocks[holds[i].order], &none);
	}
	cache_holds_end(holds, 2);
	for (int i = 0; i < 2; i++)
		cache_entry_discard(old[i]);
	cache_holds_unlock(holds, 2);
}

static void
a_snapshot_is_of_one_moment(void)
{
	static const Adversary both = { "overwrite both", overwrite_both, .writes = true };

	adversary = &both;
	for (target_value = 0; target_value < VALUES; target_value++)
		for (int on = 0; on < 2; on++)
		{
			bool struck = true;

			for (uint32 at = 0; struck; at++)
			{
				char text[2][ENGINE_KEY_MAX];
				CacheSlice keys[2];
				CacheSnapshot snapshot = { 0 };
				uint64 version[2] = { 0 };

				prepare(FORM_PLAIN);
				keys[0] = engine_key(TARGET, text[0]);
				keys[1] = engine_key(TWIN, text[1]);
				points = 0;
				strike_at = at;
				strike_on = on;
				do
				{
					cache_snapshot_begin(&snapshot, engine_database, keys, 2);
					for (uint32 i = 0; i < 2; i++)
					{
						CacheFound found;
						CacheStatus status = cache_snapshot_read(&snapshot, keys[i], CACHE_READ_USE,
																 buffer, sizeof(buffer), &found);

						version[i] = 0;
						if (status == CACHE_OK)
							CHECK(engine_is_whole(buffer, found.len, TARGET + i, &version[i]));
					}
				} while (!cache_snapshot_end(&snapshot));
				struck = points > at;
				strike_at = UINT32_MAX;
				CHECK(version[0] == 1 || version[0] == 2);
				CHECK_EQ_UINT(version[0], version[1]);
				CHECK(hoard_release());
				cache_limbo_drain();
				ENGINE_VERIFY();
				engine_destroy();
			}
		}
}

/* What a read says beside the value. */
static void
a_buffer_too_small_is_told_the_length(void)
{
	static const Size lens[] = { 0, 1, 100, 8000, 8192, 8193, 100000, 131000 };
	char text[ENGINE_KEY_MAX];
	CacheFound found;

	engine_create((Size) 4 << 20, 1);
	for (Size i = 0; i < lengthof(lens); i++)
	{
		CacheSlice key = engine_key(i, text);

		CHECK_EQ_INT(put(i, lens[i], 1), CACHE_OK);
		for (Size capacity = 0; capacity < lens[i]; capacity += lens[i] / 7 + 1)
		{
			memset(buffer, POISON, sizeof(buffer));
			CHECK_EQ_INT(engine_get(key, buffer, capacity, &found), CACHE_MORE);
			CHECK_EQ_UINT(found.len, lens[i]);
			for (Size at = capacity; at < sizeof(buffer); at++)
				CHECK((uint8) buffer[at] == POISON);
		}
		CHECK_EQ_INT(engine_get(key, buffer, lens[i], &found), CACHE_OK);
		CHECK_EQ_UINT(found.len, lens[i]);
	}
	engine_destroy();
}

static void
a_key_is_not_found_by_its_like(void)
{
	static const char *const likes[] = { "", "k", "key", "key2", "Key1", "key1 ", "key1\n" };
	CacheFound found;

	engine_create((Size) 4 << 20, 1);
	CHECK_EQ_INT(engine_get(cache_slice("key1", 4), NULL, 0, &found), CACHE_MISSING);
	CHECK_EQ_INT(engine_set(cache_slice("key1", 4), cache_slice("x", 1), 0), CACHE_OK);
	for (Size i = 0; i < lengthof(likes); i++)
		CHECK_EQ_INT(engine_get(cache_slice_cstr(likes[i]), NULL, 0, &found), CACHE_MISSING);
	CHECK_EQ_INT(engine_get(cache_slice("key1", 4), NULL, 0, &found), CACHE_MORE);
	engine_database = cache_database_open(ENGINE_DATABASE + 1);
	CHECK_EQ_INT(engine_get(cache_slice("key1", 4), NULL, 0, &found), CACHE_MISSING);
	engine_destroy();
}

int
main(void)
{
	strike_at = UINT32_MAX;
	CHECK_RUN(a_buffer_too_small_is_told_the_length);
	CHECK_RUN(a_key_is_not_found_by_its_like);
	CHECK_RUN(a_read_survives_a_change_at_any_moment);
	CHECK_RUN(a_read_in_an_overflow_bucket_survives_a_change_at_any_moment);
	CHECK_RUN(a_read_in_a_sparse_table_survives_a_change_at_any_moment);
	CHECK_RUN(a_read_survives_changes_at_every_moment);
	CHECK_RUN(a_change_is_seen_whole_or_not_at_all);
	CHECK_RUN(a_snapshot_is_of_one_moment);
	return check_done();
}
