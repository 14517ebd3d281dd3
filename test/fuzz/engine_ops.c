/*
 * engine_ops.c
 *    Fuzzer of the keyspace: each input is a sequence of operations on a small region, compared with a plain model.
 *
 * The first byte chooses the region's size and whether it evicts. Each operation is a byte, a key and up to two bytes
 * more; what an operation means is in `operate`. With eviction a key may be missing, never wrong; without it every
 * answer is the model's. All invariants are checked at the end.
 */
#include "base/env.h"

#include "engine.h"

#define KEYS 256
#define SIZE_MOST ((Size) 6 << 20)
#define VALUE_MOST ((Size) 256 << 10)

typedef struct ModelKey
{
	bool exists;
	uint32 len;
	uint64 version;
	int64 deadline_ms;
} ModelKey;

typedef struct Input
{
	const uint8 *at;
	const uint8 *end;
} Input;

extern int LLVMFuzzerTestOneInput(const uint8 *data, size_t size);

static ModelKey model[KEYS];
static uint64 versions;
static bool evicts;
static char *value;
static char *copy;
static void *memory;
static uint64 scanned;

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static uint8
next_byte(Input *input)
{
	return input->at < input->end ? *input->at++ : 0;
}

/* From 0 to 256 kB, all orders of magnitude alike. */
static Size
next_len(Input *input)
{
	uint32 bits = next_byte(input);
	Size low = next_byte(input);

	bits = bits % 19;
	return Min(((Size) 1 << bits) / 2 + (low << bits >> 8), VALUE_MOST);
}

static int64
next_distance(Input *input)
{
	return INT64_C(1) << next_byte(input) % 36;
}

static bool
is_live(uint32 number)
{
	return model[number].exists &&
		   (model[number].deadline_ms == 0 || model[number].deadline_ms > cache_clock_now_ms());
}

static void
set(uint32 number, Size len, int64 deadline_ms)
{
	char text[ENGINE_KEY_MAX];
	CacheStatus status;

	engine_fill(value, len, number, ++versions);
	status = engine_set(engine_key(number, text), cache_slice(value, len), deadline_ms);
	require(status == CACHE_OK || status == CACHE_FULL);
	if (status == CACHE_OK)
		model[number] = (ModelKey){ true, (uint32) len, versions, deadline_ms };
}

static void
get(uint32 number)
{
	char text[ENGINE_KEY_MAX];
	CacheFound found;
	bool lived = is_live(number);
	CacheStatus status = engine_get(engine_key(number, text), copy, VALUE_MOST, &found);
	uint64 version;

	if (status == CACHE_MISSING)
	{
		/* the clock runs on: it may have ended in between */
		require(!lived || evicts || !is_live(number));
		model[number].exists = false;
		return;
	}
	require(status == CACHE_OK);
	require(lived);
	require(found.len == model[number].len && found.deadline_ms == model[number].deadline_ms);
	require(engine_is_whole(copy, found.len, number, &version));
	require(found.len < 16 || version == model[number].version);
}

static void
drop(uint32 number)
{
	char text[ENGINE_KEY_MAX];
	bool lived = is_live(number);
	bool deleted = engine_delete(engine_key(number, text));

	require(deleted ? lived : !lived || evicts || !is_live(number));
	model[number].exists = false;
}

static void
set_deadline(uint32 number, int64 deadline_ms)
{
	char text[ENGINE_KEY_MAX];
	bool lived = is_live(number);
	CacheStatus status = engine_set_deadline(engine_key(number, text), deadline_ms);

	if (status == CACHE_MISSING)
	{
		require(!lived || evicts || !is_live(number));
		model[number].exists = false;
	}
	else if (status == CACHE_OK)
	{
		require(lived);
		model[number].deadline_ms = deadline_ms;
	}
	else
		require(status == CACHE_MORE && model[number].deadline_ms == 0);
}

/* Grow a value of blocks where it stands; what finds no block stays whole. */
static void
grow_in_place(uint32 number, Size more)
{
	char text[ENGINE_KEY_MAX];
	CacheHold hold;

	cache_hold_init(&hold, engine_database, engine_key(number, text));
	cache_holds_lock(&hold, 1, CACHE_POLICIES);
	if (cache_hold_find(&hold, cache_clock_now_ms()) != NULL &&
		(hold.entry->flags & CACHE_ENTRY_BLOCKS))
	{
		CacheBlob blob = cache_string_blob(hold.entry);
		CacheBlobOwner owner = { .hash = hold.hash, .space = hold.space->id };
		uint64 before = cache_entry_memory(hold.entry);
		Size len = Min(blob.len + more, VALUE_MOST);
		CacheSource source;

		require(blob.len == model[number].len);
		cache_arena_source_init(&source, (uint32) hold.hash);
		cache_hold_begin(&hold);
		if (cache_blob_reserve(&blob, len, &owner, &source))
		{
			engine_fill(value, len, number, ++versions);
			cache_blob_write(&blob, 0, value, len);
			model[number].version = versions;
			model[number].len = (uint32) len;
		}
		cache_string_set_blob(hold.entry, &blob);
		cache_hold_end(&hold, (int64) (cache_entry_memory(hold.entry) - before));
	}
	cache_holds_unlock(&hold, 1);
}

static void
count_visit(CacheEntryShared *entry, void *state)
{
	(void) state;
	require(cache_kind_is_entry(entry->kind));
	scanned++;
}

static void
scan(void)
{
	uint64 position = 0;
	uint64 live = 0;

	scanned = 0;
	while (cache_scan_step(engine_database, &position, count_visit, NULL))
		;
	for (uint32 number = 0; number < KEYS; number++)
		live += is_live(number);
	require(evicts || scanned >= live);
}

static void
clear(void)
{
	cache_space_clear(engine_database);
	memset(model, 0, sizeof(model));
}

static void
operate(Input *input)
{
	uint8 operation = next_byte(input);
	uint32 number = next_byte(input);

	switch (operation % 16)
	{
		case 0:
		case 1:
		case 2:
			set(number, next_len(input), 0);
			break;
		case 3:
			set(number, next_len(input), cache_clock_now_ms() + next_distance(input));
			break;
		case 4:
			drop(number);
			break;
		case 5:
			set_deadline(number, cache_clock_now_ms() + next_distance(input));
			break;
		case 6:
			set_deadline(number, 0);
			break;
		case 7:
			grow_in_place(number, next_len(input));
			break;
		case 8:
			engine_pass_time(next_distance(input));
			break;
		case 9:
			cache_sweep_step(1 + number);
			break;
		case 10:
			cache_sweep_tidy();
			break;
		case 11:
			cache_reclaim_page(number);
			break;
		case 12:
			/* a run of keys, so that short inputs fill tables too */
			for (uint32 i = 0; i < 64; i++)
				set((number + i) % KEYS, i, 0);
			break;
		case 13:
			if (number % 8 == 0)
				clear();
			else if (evicts)
				cache_evict_one();
			break;
		case 14:
			if (number % 8 == 0)
				scan();
			else
				for (uint32 i = 0; i < 64; i++)
					drop((number + i) % KEYS);
			break;
		default:
			get(number);
	}
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	Input input = { data, data + size };
	uint8 first;
	const char *wrong;

	if (size == 0)
		return 0;
	if (memory == NULL)
	{
		memory = engine_map(SIZE_MOST);
		value = malloc(VALUE_MOST);
		copy = malloc(VALUE_MOST);
	}
	first = next_byte(&input);
	evicts = (first & 1) != 0;
	if (!cache_keyspace_create(memory, SIZE_MOST >> (first >> 1) % 3, 1, 42))
		return 0;
	cache_keyspace_join(0);
	engine_database = cache_database_open(1);
	engine_policy = evicts ? CACHE_POLICY_LRU : CACHE_POLICY_NOEVICTION;
	memset(model, 0, sizeof(model));
	versions = 0;
	while (input.at < input.end)
		operate(&input);
	for (uint32 number = 0; number < KEYS; number++)
		get(number);
	wrong = cache_keyspace_verify();
	if (wrong != NULL)
	{
		fprintf(stderr, "%s\n", wrong);
		abort();
	}
	cache_keyspace_leave();
	return 0;
}
