/*
 * engine.h
 *    What tests of the keyspace share: a region, and set, get and delete made of the engine's own steps.
 *
 *     engine_create(16 << 20, 1);              a region, joined as backend 0, with one database
 *     engine_set(key, value, deadline_ms)      the steps of keyspace/hold.h, in their order
 *     engine_verify()                          a check that every sum and list holds
 *     engine_destroy();
 *
 * The region begins as garbage, since nothing may rely on zeroes, and a page that faults stands behind it. A child process
 * shares it, unless it is huge.
 * Values are made of a key's number and a version, so that one read back is known to be whole and its own:
 * engine_fill and engine_is_whole.
 */
#ifndef CACHE_TEST_UNIT_ENGINE_H
#define CACHE_TEST_UNIT_ENGINE_H

#include "base/env.h"

#include "base/hash.h"
#include "base/wyrand.h"
#include "check.h"
#include "keyspace/evict.h"
#include "keyspace/hold.h"
#include "keyspace/keyspace.h"
#include "keyspace/limbo.h"
#include "keyspace/read.h"
#include "keyspace/reclaim.h"
#include "keyspace/scan.h"
#include "keyspace/sweep.h"
#include "keyspace/verify.h"
#include "memory/clock.h"
#include "memory/counters.h"
#include "memory/region.h"
#include "types/string.h"

#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define ENGINE_GARBAGE_MOST ((Size) 64 << 20) /* larger regions begin untouched */
#define ENGINE_DATABASE 16384

static void *engine_memory;
static Size engine_size;
static CacheDatabaseShared *engine_database;
static CachePolicyId engine_policy = CACHE_POLICY_LRU;

/* Map size bytes followed by a page that faults. */
static inline void *
engine_map(Size size)
{
	Size page = (Size) sysconf(_SC_PAGESIZE);
	Size rounded = (size + page - 1) / page * page;
	char *memory = mmap(NULL, rounded + page, PROT_READ | PROT_WRITE,
						(size <= ENGINE_GARBAGE_MOST ? MAP_SHARED : MAP_PRIVATE) | MAP_ANONYMOUS |
							MAP_NORESERVE,
						-1, 0);

	if (memory == MAP_FAILED || mprotect(memory + rounded, page, PROT_NONE) != 0)
	{
		perror("# mmap");
		exit(1);
	}
	/* as near to the guard as the region's alignment lets it */
	memory += (rounded - size) / CACHE_REGION_ALIGN * CACHE_REGION_ALIGN;
	if (size <= ENGINE_GARBAGE_MOST)
		memset(memory, 0xA5, size);
	return memory;
}

static inline void
engine_unmap(void *memory, Size size)
{
	Size page = (Size) sysconf(_SC_PAGESIZE);
	Size rounded = (size + page - 1) / page * page;

	munmap((char *) memory - (rounded - size) / CACHE_REGION_ALIGN * CACHE_REGION_ALIGN,
		   rounded + page);
}

static inline void
engine_create(Size size, uint32 backends)
{
	engine_size = size;
	engine_memory = engine_map(size);
	if (!cache_keyspace_create(engine_memory, size, backends, check_seed()))
	{
		printf("# no keyspace in %zu bytes\n", size);
		exit(1);
	}
	cache_keyspace_join(0);
	engine_database = cache_database_open(ENGINE_DATABASE);
	engine_policy = CACHE_POLICY_LRU;
}

static inline void
engine_destroy(void)
{
	cache_keyspace_leave();
	engine_unmap(engine_memory, engine_size);
	engine_memory = NULL;
	engine_database = NULL;
}

static inline void
engine_pass_time(int64 ms)
{
	cache_atomic_add(&cache_clock->offset_ms, ms);
}

/* A private entry, ready to be put. */
static inline CacheStatus
engine_prepare(CacheSlice key, CacheSlice value, int64 deadline_ms, CacheRef *block)
{
	uint32 shard = (uint32) cache_keyspace_hash(key);
	CacheSpaceShared *space;
	CacheBlob blob = { 0 };
	CacheEntryPlan plan = { .type = CACHE_TYPE_STRING, .key = key, .deadline_ms = deadline_ms };
	CacheStatus status = cache_reclaim_space(engine_database, engine_policy, &space);
	char *at;

	if (status != CACHE_OK)
		return status;
	plan.space = space->id;
	plan.value_len = value.len;
	if (!cache_string_is_inline(key.len, value.len))
	{
		CacheReclaimSource source;
		CacheBlobOwner owner = { .hash = cache_keyspace_hash(key), .space = space->id };

		cache_reclaim_source_init(&source, shard);
		if (!cache_blob_reserve(&blob, value.len, &owner, &source.source))
		{
			cache_blob_free(&blob);
			return source.status;
		}
		cache_blob_write(&blob, 0, value.data, value.len);
		plan.flags = CACHE_ENTRY_BLOCKS;
		plan.value_len = sizeof(blob);
	}
	status = cache_reclaim_block(shard, cache_entry_size(&plan), block);
	if (status != CACHE_OK)
	{
		cache_blob_free(&blob);
		return status;
	}
	at = cache_entry_build(*block, &plan);
	if (plan.flags & CACHE_ENTRY_BLOCKS)
		memcpy(at, &blob, sizeof(blob));
	else if (value.len > 0)
		memcpy(at, value.data, value.len);
	return CACHE_OK;
}

/* Lock the key with enough spares for one insertion. CACHE_OK with the lock held, else without. */
static inline CacheStatus
engine_lock_for_put(CacheHold *hold, CacheSlice key, CacheRef *spare)
{
	for (;;)
	{
		CacheSpaceShared *space;
		CacheStatus status = cache_reclaim_space(engine_database, engine_policy, &space);

		if (status != CACHE_OK)
			return status;
		cache_hold_init(hold, engine_database, key);
		if (cache_holds_lock(hold, 1, engine_policy) != CACHE_OK)
			continue;
		cache_hold_find(hold, cache_clock_now_ms());
		if (hold->occupied || !cache_ref_is_none(*spare) || cache_holds_spares_needed(hold, 1) == 0)
			return CACHE_OK;
		cache_holds_unlock(hold, 1);
		status = cache_reclaim_bucket((uint32) hold->hash, spare);
		if (status != CACHE_OK)
			return status;
	}
}

static inline CacheStatus
engine_set(CacheSlice key, CacheSlice value, int64 deadline_ms)
{
	CacheRef spare = CACHE_REF_NONE;
	CacheHold hold;
	CacheRef block;
	CacheStatus status = engine_prepare(key, value, deadline_ms, &block);

	if (status != CACHE_OK)
		return status;
	status = engine_lock_for_put(&hold, key, &spare);
	if (status == CACHE_OK)
	{
		cache_hold_put(&hold, block, &spare);
		cache_holds_unlock(&hold, 1);
		cache_limbo_drain();
	}
	else
		cache_entry_discard(block);
	cache_limbo_add_block(spare);
	return status;
}

/* True if there was a live entry. */
static inline bool
engine_delete(CacheSlice key)
{
	CacheHold hold;
	bool found;

	cache_hold_init(&hold, engine_database, key);
	cache_holds_lock(&hold, 1, CACHE_POLICIES);
	found = cache_hold_find(&hold, cache_clock_now_ms()) != NULL;
	if (hold.occupied)
		cache_hold_remove(&hold);
	cache_holds_unlock(&hold, 1);
	cache_limbo_drain();
	return found;
}

/* CACHE_OK, CACHE_MISSING, or CACHE_MORE if the entry has no room for a deadline. */
static inline CacheStatus
engine_set_deadline(CacheSlice key, int64 deadline_ms)
{
	CacheStatus status = CACHE_MISSING;
	CacheHold hold;

	cache_hold_init(&hold, engine_database, key);
	cache_holds_lock(&hold, 1, CACHE_POLICIES);
	if (cache_hold_find(&hold, cache_clock_now_ms()) != NULL)
		status = cache_hold_set_deadline(&hold, deadline_ms) ? CACHE_OK : CACHE_MORE;
	cache_holds_unlock(&hold, 1);
	return status;
}

static inline CacheStatus
engine_get(CacheSlice key, char *buffer, Size capacity, CacheFound *found)
{
	return cache_read(engine_database, key, CACHE_READ_USE, buffer, capacity, found);
}

static inline uint64
engine_count(void)
{
	CacheSpaceShared *space = cache_space_resolve(engine_database);

	return space == NULL ? 0 : cache_space_entries(space);
}

static inline uint64
engine_buckets(void)
{
	CacheSpaceShared *space = cache_space_resolve(engine_database);

	return space == NULL ? 0 : cache_table_buckets(&space->table);
}

/* The maintenance worker's round until it finds nothing to do; bounded, in case it always does. */
static inline bool
engine_tidy(void)
{
	for (int i = 0; i < 1000000; i++)
		if (!cache_sweep_tidy())
			return true;
	return false;
}

/* Whole passes of the sweep that is due now; false if it does not end. */
static inline bool
engine_sweep(uint32 buckets_a_step)
{
	for (int i = 0; i < 1000000; i++)
		if (cache_sweep_step(buckets_a_step) < buckets_a_step)
			return true;
	return false;
}

static inline void
engine_check_verify(const char *file, int line)
{
	const char *wrong = cache_keyspace_verify();

	if (wrong != NULL && check_failed(file, line))
		printf("%s\n", wrong);
}

#define ENGINE_VERIFY() engine_check_verify(__FILE__, __LINE__)

/* A key of its number: its text in one of several lengths. */
#define ENGINE_KEY_MAX 160

static inline CacheSlice
engine_key(uint64 number, char *buffer)
{
	int len = snprintf(buffer, ENGINE_KEY_MAX, "key:%" PRIu64, number);

	/* some keys are long, and look alike up to their end */
	if (number % 16 == 7)
		len = snprintf(buffer, ENGINE_KEY_MAX, "key:%0*" PRIu64, 40 + (int) (number % 80), number);
	return cache_slice(buffer, (Size) len);
}

/*
 * The bytes of a value: key number, version and a hash of the rest, as far as they fit, then a stream that the two
 * determine.
 */
static inline void
engine_fill(char *value, Size len, uint64 number, uint64 version)
{
	CacheWyrand stream =
		cache_wyrand_seeded(number * UINT64_C(0x9E3779B97F4A7C15) + version + (uint64) len);
	uint64 head[3] = { number, version, 0 };
	Size at = Min(len, sizeof(head));

	for (; at + 8 <= len; at += 8)
	{
		uint64 word = cache_wyrand_next(&stream);

		memcpy(value + at, &word, 8);
	}
	for (; at < len; at++)
		value[at] = (char) cache_wyrand_next(&stream);
	if (len > sizeof(head))
		head[2] = cache_hash_slice(cache_slice(value + sizeof(head), len - sizeof(head)), version);
	else
		head[2] = number ^ version;
	memcpy(value, head, Min(len, sizeof(head)));
}

/* True if the bytes are a whole value of this key. *version receives its version if it is long enough to have one. */
static inline bool
engine_is_whole(const char *value, Size len, uint64 number, uint64 *version)
{
	uint64 head[3] = { number, 0, 0 };

	memcpy(head, value, Min(len, sizeof(head)));
	*version = head[1];
	if (len < 8 ? memcmp(value, &number, len) != 0 : head[0] != number)
		return false;
	if (len < sizeof(head))
		return true;
	if (len == sizeof(head))
		return head[2] == (number ^ head[1]);
	return head[2] ==
		   cache_hash_slice(cache_slice(value + sizeof(head), len - sizeof(head)), head[1]);
}

/* Seconds of a clock that nobody sets. */
static inline double
engine_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

#endif
