/*
 * commands_bounds.c
 *    What verbs promise while others come between: nothing is evicted in vain, locks are held briefly, many keys are read
 *    as of one moment, and a scan keeps to its database.
 *
 * The engine's race points play the others: at the nth one that is reached without a lock, an intruder acts once.
 */
#include "engine.h"

#include "commands/cmd_key.h"
#include "commands/cmd_string.h"

#define OTHER_DATABASE 16385
#define MANY 50000

static CacheContext context;
static void (*intruder)(void);
static int intrude_at; /* race points to go; 0: never */
static bool looks_on;  /* the intruder changes nothing, so locks do not matter */

static bool
holds_a_lock(void)
{
#ifdef CACHE_CHECK_RANKS
	for (int rank = 0; rank < CACHE_RANKS; rank++)
		if (cache_ranks_held[rank] != 0)
			return true;
#endif
	return false;
}

void
cache_race_yield(void)
{
	if (intrude_at == 0 || (!looks_on && holds_a_lock()) || --intrude_at > 0)
		return;
	intruder();
}

static CacheStatus
set(const CacheContext *whose, const char *key, CacheSlice value)
{
	CacheSetOptions options = { .ttl = { CACHE_TTL_DEFAULT, 0 } };

	return cache_cmd_set(whose, cache_slice_cstr(key), (CacheValue){ CACHE_STRING_BYTES, value },
						 &options, NULL, NULL);
}

static void
begin(Size size)
{
	engine_create(size, 1);
	context = (CacheContext){ .database = engine_database, .policy = CACHE_POLICY_LRU };
}

/* A value that cannot fit, even alone, is refused before anything is evicted for it. */
static void
too_large_evicts_nothing(void)
{
	Size len = (Size) 64 << 20;
	char *large = calloc(1, len);
	uint64 new_len;

	begin((Size) 32 << 20);
	CHECK_EQ_INT(set(&context, "small", cache_slice("v", 1)), CACHE_OK);
	CHECK_EQ_INT(set(&context, "edge", cache_slice(large, 20000)), CACHE_OK);
	CHECK_EQ_INT(set(&context, "large", cache_slice(large, len)), CACHE_FULL);
	CHECK_EQ_INT(cache_cmd_append(&context, cache_slice_cstr("edge"),
								  (CacheValue){ CACHE_STRING_BYTES, cache_slice(large, len) },
								  &new_len),
				 CACHE_FULL);
	CHECK_EQ_UINT(cache_cmd_dbsize(&context), 2);
	ENGINE_VERIFY();
	engine_destroy();
	free(large);
}

static uint32 buckets_before_puts;

static void
see_buckets(void)
{
	CacheSpaceShared *space = cache_space_resolve(engine_database);

	intrude_at = 1;
	if (space != NULL && cache_space_entries(space) == 0)
		buckets_before_puts = Max(buckets_before_puts, cache_table_buckets(&space->table));
}

/* The table has grown by the time that all its partitions are locked, or the chains would be walked at their length. */
static void
table_grows_before_many_keys(void)
{
	CacheSetOptions options = { .ttl = { CACHE_TTL_DEFAULT, 0 } };
	CacheSlice *keys = malloc(MANY * sizeof(CacheSlice));
	CacheValue *values = malloc(MANY * sizeof(CacheValue));
	char(*text)[16] = malloc(MANY * sizeof(*text));

	begin((Size) 64 << 20);
	for (int i = 0; i < MANY; i++)
	{
		keys[i] = cache_slice(text[i], (Size) snprintf(text[i], sizeof(text[i]), "k%d", i));
		values[i] = (CacheValue){ CACHE_STRING_TEXT, cache_slice("v", 1) };
	}
	intruder = see_buckets;
	looks_on = true;
	intrude_at = 1;
	CHECK_EQ_INT(cache_cmd_mset(&context, keys, values, MANY, &options), CACHE_OK);
	intrude_at = 0;
	looks_on = false;
	CHECK(buckets_before_puts >= MANY / CACHE_TABLE_LOAD);
	CHECK_EQ_UINT(cache_cmd_dbsize(&context), MANY);
	ENGINE_VERIFY();
	/* keys that are there already need no room */
	buckets_before_puts = (uint32) engine_buckets();
	CHECK_EQ_INT(cache_cmd_mset(&context, keys, values, MANY, &options), CACHE_OK);
	CHECK_EQ_UINT(engine_buckets(), buckets_before_puts);
	engine_destroy();
	free(keys);
	free(values);
	free(text);
}

static void
clear(void)
{
	cache_cmd_clear(&context);
}

/* Whenever a clear comes, mget and exists see all of the keys or none. */
static void
clear_is_seen_whole(void)
{
	CacheSlice keys[3] = { cache_slice_cstr("a"), cache_slice_cstr("b"), cache_slice_cstr("c") };
	char *large = calloc(1, 20000);
	bool intruded = true;

	begin((Size) 32 << 20);
	intruder = clear;
	for (int at = 1; intruded; at++)
	{
		CacheManyFound found[3];
		char buffer[65536];
		int64 count;
		Size needed;
		int hits = 0;

		set(&context, "a", cache_slice("v", 1));
		set(&context, "b", cache_slice(large, 20000));
		set(&context, "c", cache_slice("v", 1));
		intrude_at = at;
		CHECK_EQ_INT(cache_cmd_mget(&context, keys, 3, buffer, sizeof(buffer), found, &needed),
					 CACHE_OK);
		intruded = intrude_at == 0;
		intrude_at = 0;
		for (int i = 0; i < 3; i++)
			hits += found[i].status == CACHE_OK;
		CHECK(hits == 0 || hits == 3);

		set(&context, "a", cache_slice("v", 1));
		set(&context, "b", cache_slice(large, 20000));
		set(&context, "c", cache_slice("v", 1));
		intrude_at = at;
		CHECK_EQ_INT(cache_cmd_exists(&context, keys, 3, &count), CACHE_OK);
		intrude_at = 0;
		CHECK(count == 0 || count == 3);
	}
	ENGINE_VERIFY();
	engine_destroy();
	free(large);
}

/* Discard the space, and let another database have its descriptor. */
static void
hand_on(void)
{
	CacheContext other = { .database = cache_database_open(OTHER_DATABASE),
						   .policy = CACHE_POLICY_LRU };

	cache_cmd_clear(&context);
	while (cache_reclaim_dead())
		continue;
	for (int i = 0; i < 2000; i++)
	{
		char key[32];

		snprintf(key, sizeof(key), "other:%d", i);
		set(&other, key, cache_slice("v", 1));
	}
}

static void
visit(CacheEntryShared *entry, void *state)
{
	CacheSlice key = cache_entry_key_slice(entry);

	*(bool *) state |= cache_slice_starts_with(key, cache_slice_cstr("other:"));
}

static void
scan_keeps_to_its_database(void)
{
	bool intruded = true;

	for (int at = 1; intruded; at++)
	{
		bool strange = false;
		uint64 position = 0;

		begin((Size) 32 << 20);
		intruder = hand_on;
		set(&context, "own", cache_slice("v", 1));
		intrude_at = at;
		cache_scan_step(engine_database, &position, visit, &strange);
		intruded = intrude_at == 0;
		intrude_at = 0;
		CHECK(!strange);
		engine_destroy();
	}
}

/* Writes to neighbours of a large source do not make a copy start over under the locks: it ends with the source's bytes. */
static void
write_neighbours(void)
{
	static int n;
	char key[32];

	intrude_at = 1;
	intruder = NULL;
	for (int i = 0; i < 256; i++)
	{
		snprintf(key, sizeof(key), "n%d", n++ % 1000);
		intrude_at = 0;
		set(&context, key, cache_slice("v", 1));
	}
	intruder = write_neighbours;
	intrude_at = 3;
}

static void
copy_amid_writes(void)
{
	Size len = 300000;
	char *large = malloc(len);
	char *back = malloc(len);
	CacheOut out = { .data = back, .capacity = len };

	begin((Size) 32 << 20);
	engine_fill(large, len, 1, 1);
	CHECK_EQ_INT(set(&context, "from", cache_slice(large, len)), CACHE_OK);
	intruder = write_neighbours;
	intrude_at = 3;
	CHECK_EQ_INT(cache_cmd_copy(&context, cache_slice_cstr("from"), cache_slice_cstr("to"), false),
				 CACHE_OK);
	intrude_at = 0;
	CHECK_EQ_INT(cache_cmd_get(&context, cache_slice_cstr("to"), &out), CACHE_OK);
	CHECK(out.found.len == len && memcmp(back, large, len) == 0);
	CHECK_EQ_INT(cache_cmd_getex(&context, cache_slice_cstr("to"),
								 (CacheTtl){ CACHE_TTL_AT, cache_clock_now_ms() + 60000 }, &out),
				 CACHE_OK);
	CHECK(out.found.len == len && memcmp(back, large, len) == 0);
	/* nothing is left pinned: appending is not refused */
	CHECK_EQ_INT(cache_cmd_append(&context, cache_slice_cstr("from"),
								  (CacheValue){ CACHE_STRING_BYTES, cache_slice("v", 1) },
								  &(uint64){ 0 }),
				 CACHE_OK);
	CHECK_EQ_INT(cache_cmd_append(&context, cache_slice_cstr("to"),
								  (CacheValue){ CACHE_STRING_BYTES, cache_slice("v", 1) },
								  &(uint64){ 0 }),
				 CACHE_OK);
	ENGINE_VERIFY();
	engine_destroy();
	free(large);
	free(back);
}

int
main(void)
{
	CHECK_RUN(too_large_evicts_nothing);
	CHECK_RUN(table_grows_before_many_keys);
	CHECK_RUN(clear_is_seen_whole);
	CHECK_RUN(scan_keeps_to_its_database);
	CHECK_RUN(copy_amid_writes);
	return check_done();
}
