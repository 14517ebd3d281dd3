/*
 * space.c
 *    Databases, spaces, their life and their sums; see space.h.
 */
#include "base/env.h"

#include "keyspace/space.h"
#include "memory/arena.h"

/* By how many parts of an epoch a stripe moves the policy's clock at a time, unless it is small. */
#define TICK_PARTS 4

CacheSpacesShared *cache_spaces;

CacheDatabaseShared *
cache_database_open(uint32 oid)
{
	CacheDatabaseShared *unused = NULL;

	Assert(oid != 0);
	for (int pass = 0; pass < 2; pass++)
	{
		CacheDatabaseShared *found = NULL;

		if (pass == 1)
			cache_lock_exclusive(&cache_spaces->registry);
		for (int i = 0; i < CACHE_DATABASES_MAX && found == NULL; i++)
		{
			CacheDatabaseShared *database = &cache_spaces->database[i];
			uint32 its_oid = cache_atomic_acquire(&database->oid);

			if (its_oid == oid)
				found = database;
			else if (its_oid == 0 && unused == NULL)
				unused = database;
		}
		if (pass == 1)
		{
			if (found == NULL && unused != NULL)
			{
				found = unused;
				cache_atomic_release(&found->oid, oid);
			}
			cache_lock_release(&cache_spaces->registry);
		}
		if (found != NULL)
			return found;
		unused = NULL;
	}
	return NULL;
}

/* A descriptor of no use at present, new or reused; NULL if there is none. Registry lock held. */
static CacheSpaceShared *
take_descriptor(void)
{
	uint32 end = cache_atomic_get(&cache_spaces->spaces_end);
	CacheSpaceShared *space;
	CacheRef ref;

	for (uint32 id = 0; id < end; id++)
	{
		space = cache_space_by_id(id);
		if (cache_atomic_get(&space->state) == CACHE_SPACE_FREE)
			return space;
	}
	if (end == CACHE_SPACES_MAX)
		return NULL;
	ref = cache_arena_alloc(0, CACHE_PAGE_FIXED, sizeof(CacheSpaceShared));
	if (cache_ref_is_none(ref))
		return NULL;
	space = cache_ref_ptr(ref);
	memset(space, 0, sizeof(*space));
	space->id = (uint16) end;
	cache_lock_init(&space->growth, CACHE_RANK_GROWTH);
	cache_atomic_release(&cache_spaces->space[end], ref.granule);
	cache_atomic_release(&cache_spaces->spaces_end, end + 1);
	return space;
}

CacheSpaceShared *
cache_space_open(CacheDatabaseShared *database, CachePolicyId policy)
{
	CacheSpaceShared *space = cache_space_resolve(database);

	if (likely(space != NULL))
		return space;
	cache_lock_exclusive(&cache_spaces->registry);
	space = cache_space_resolve(database);
	if (space == NULL && (space = take_descriptor()) != NULL)
	{
		if (cache_table_create(&space->table, space->id))
		{
			space->database = cache_atomic_get(&database->oid);
			space->purge_bucket = 0;
			space->sweep = (CacheSweepShared){ 0 };
			cache_atomic_set(&space->table.swept_ms, 0);
			/* its last life left no entry, and so all other sums at zero */
			for (int i = 0; i < CACHE_SPACE_STRIPES; i++)
				cache_atomic_set(&space->stripe[i].inserts, 0);
			cache_atomic_set(&space->policy, (uint8) policy);
			cache_atomic_set(&space->policy_clock, 0);
			cache_atomic_release(&space->state, CACHE_SPACE_LIVE);
			cache_atomic_release(&database->space, cache_ref_of(space).granule);
		}
		else
			space = NULL;
	}
	cache_lock_release(&cache_spaces->registry);
	return space;
}

/* Registry lock held. */
static uint64
discard(CacheDatabaseShared *database)
{
	CacheSpaceShared *space = cache_space_resolve(database);

	if (space == NULL)
		return 0;
	cache_atomic_release(&database->space, 0);
	cache_atomic_release(&space->state, CACHE_SPACE_DEAD);
	cache_atomic_add(&cache_spaces->dead, 1);
	return cache_space_entries(space);
}

uint64
cache_space_clear(CacheDatabaseShared *database)
{
	uint64 entries;

	cache_lock_exclusive(&cache_spaces->registry);
	entries = discard(database);
	cache_lock_release(&cache_spaces->registry);
	return entries;
}

void
cache_database_forget(uint32 oid)
{
	cache_lock_exclusive(&cache_spaces->registry);
	for (int i = 0; i < CACHE_DATABASES_MAX; i++)
	{
		CacheDatabaseShared *database = &cache_spaces->database[i];

		if (cache_atomic_get(&database->oid) == oid)
		{
			discard(database);
			cache_atomic_release(&database->oid, 0);
		}
	}
	cache_lock_release(&cache_spaces->registry);
}

void
cache_space_release(CacheSpaceShared *space)
{
	cache_lock_exclusive(&cache_spaces->registry);
	Assert(cache_atomic_get(&space->state) == CACHE_SPACE_DEAD);
	cache_atomic_release(&space->state, CACHE_SPACE_FREE);
	cache_atomic_add(&cache_spaces->dead, (uint32) -1);
	cache_lock_release(&cache_spaces->registry);
}

uint64
cache_space_entries(CacheSpaceShared *space)
{
	int64 sum = 0;

	for (int i = 0; i < CACHE_SPACE_STRIPES; i++)
		sum += cache_atomic_get(&space->stripe[i].entries);
	return (uint64) Max(sum, 0);
}

uint64
cache_space_bytes(CacheSpaceShared *space)
{
	int64 sum = 0;

	for (int i = 0; i < CACHE_SPACE_STRIPES; i++)
		sum += cache_atomic_get(&space->stripe[i].bytes);
	return (uint64) Max(sum, 0);
}

uint64
cache_space_with_deadline(CacheSpaceShared *space)
{
	int64 sum = 0;

	for (int i = 0; i < CACHE_SPACE_STRIPES; i++)
		sum += cache_atomic_get(&space->stripe[i].with_deadline);
	return (uint64) Max(sum, 0);
}

void
cache_space_count_entry(CacheSpaceShared *space, uint64 hash, int64 entries, int64 bytes,
						int64 with_deadline)
{
	CacheStripeShared *stripe = cache_space_stripe(space, hash);

	if (entries != 0)
		cache_atomic_add(&stripe->entries, entries);
	if (bytes != 0)
		cache_atomic_add(&stripe->bytes, bytes);
	if (with_deadline != 0)
		cache_atomic_add(&stripe->with_deadline, with_deadline);
}

/*
 * CACHE_EPOCHS epochs of 256 parts each for as many insertions as the space has entries. A stripe sees a sixteenth of
 * both. Large stripes move the clock by four parts at a time, small ones by more at each insertion.
 */
void
cache_space_tick(CacheSpaceShared *space, uint64 hash)
{
	CacheStripeShared *stripe = cache_space_stripe(space, hash);
	uint64 entries = (uint64) Max(cache_atomic_get(&stripe->entries), 1);
	uint64 parts = CACHE_EPOCHS * 256 / CACHE_SPACE_STRIPES;
	uint32 inserts = cache_atomic_add(&stripe->inserts, 1) + 1;

	if (inserts < entries * TICK_PARTS / parts)
		return;
	cache_atomic_set(&stripe->inserts, 0);
	cache_atomic_add(&space->policy_clock, (uint32) ((inserts * parts + entries / 2) / entries));
}
