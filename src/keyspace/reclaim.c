/*
 * reclaim.c
 *    Where a writer's memory comes from when none is free; see reclaim.h.
 */
#include "base/env.h"

#include "base/stop.h"
#include "keyspace/evict.h"
#include "keyspace/keyspace.h"
#include "keyspace/purge.h"
#include "keyspace/reclaim.h"
#include "keyspace/relocate.h"
#include "memory/counters.h"

#include <time.h>

#define PURGE_BUCKETS 16
#define PAGES_TRIED 4
#define WAIT_MS 1 /* at a time, for memory that is on its way back */
#define TRIES_LEAST 2
#define TRIES_MOST 2000 /* a reader that takes longer is not waited for */

/* Bytes that this process has evicted since it last tried to empty a page. */
static CACHE_PER_BACKEND uint64 loosened;

/* Move all blocks of a page that is being evacuated; false if any had to stay. */
static bool
move_blocks(uint32 page)
{
	uint32 position = 0;
	bool all = true;
	CacheRef block;

	while (!cache_ref_is_none(block = cache_arena_evacuate_next(page, &position)))
		all &= cache_relocate_block(block);
	return all;
}

/*
 * A page with a block that cannot be moved, because somebody has it pinned or has not put it into a table yet, would be
 * the sparsest again the next time: it is set aside while the next sparsest is tried.
 */
bool
cache_reclaim_page(uint32 shard)
{
	uint32 pages[PAGES_TRIED];
	bool emptied = false;
	int n = 0;

	while (n < PAGES_TRIED && (pages[n] = cache_arena_evacuate_begin(shard)) != 0)
		if (move_blocks(pages[n++]))
			break;
	while (n > 0)
		emptied |= cache_arena_evacuate_end(pages[--n]);
	return emptied;
}

bool
cache_reclaim_dead(void)
{
	return cache_purge_step(PURGE_BUCKETS);
}

/* Make something free; false if there is nothing that could be. */
static bool
reclaim_step(uint32 shard)
{
	uint64 bytes;

	if (cache_limbo_drain() || cache_reclaim_dead())
		return true;
	if (loosened >= CACHE_PAGE_SIZE)
	{
		loosened = 0;
		for (uint32 i = 0; i < cache_arena_shards(); i++)
			if (cache_reclaim_page(shard + i))
				return true;
	}
	bytes = cache_evict_one();
	loosened += bytes;
	if (bytes != 0)
		return true;
	/* nothing to evict, but perhaps enough free slots of the wrong sizes */
	for (uint32 i = 0; i < cache_arena_shards(); i++)
		if (cache_reclaim_page(shard + i))
			return true;
	return false;
}

/*
 * Nothing was left to evict. True if it is worth another try: what was evicted may have come free since the last
 * one, or is still being freed or read by others, who are given a moment.
 */
static bool
may_come_free(int *tries)
{
	struct timespec pause = { .tv_nsec = WAIT_MS * 1000000 };

	++*tries;
	if (!cache_limbo_is_in_transit())
		return *tries <= TRIES_LEAST;
	if (*tries > TRIES_MOST)
		return false;
	nanosleep(&pause, NULL);
	return true;
}

static CacheStatus
reclaim(uint32 shard, CachePageKind kind, Size size, CacheRef *block)
{
	int tries = 0;

	for (;;)
	{
		*block = cache_arena_alloc(shard, kind, size);
		if (likely(!cache_ref_is_none(*block)))
			return CACHE_OK;
		if (cache_interrupted())
			return CACHE_INTERRUPTED;
		if (!reclaim_step(shard) && !may_come_free(&tries))
		{
			cache_count(CACHE_COUNT_REJECTED);
			return CACHE_FULL;
		}
	}
}

CacheStatus
cache_reclaim_block(uint32 shard, Size size, CacheRef *block)
{
	CacheStatus status = CACHE_STOP_STATUS("reserve");

	return status == CACHE_OK ? reclaim(shard, CACHE_PAGE_MOVABLE, size, block) : status;
}

CacheStatus
cache_reclaim_bucket(uint32 shard, CacheRef *block)
{
	CacheStatus status = CACHE_STOP_STATUS("reserve_bucket");

	return status == CACHE_OK ? reclaim(shard, CACHE_PAGE_FIXED, sizeof(CacheBucketShared), block)
							  : status;
}

CacheStatus
cache_reclaim_table_block(uint32 shard, CacheRef *block)
{
	return reclaim(shard, CACHE_PAGE_FIXED, CACHE_BLOCK_MAX, block);
}

CacheStatus
cache_reclaim_space(CacheDatabaseShared *database, CachePolicyId policy, CacheSpaceShared **space)
{
	while ((*space = cache_space_open(database, policy)) == NULL)
	{
		CacheRef block;
		CacheStatus status = cache_reclaim_table_block(0, &block);

		if (status != CACHE_OK)
			return status;
		cache_arena_free(block);
		if (cache_space_open(database, policy) == NULL && !reclaim_step(0))
			return CACHE_FULL;
	}
	return CACHE_OK;
}

static CacheRef
reclaiming_alloc(CacheSource *source, Size size)
{
	CacheReclaimSource *self = (CacheReclaimSource *) source;
	CacheRef block;

	self->status = cache_reclaim_block(source->shard, size, &block);
	return self->status == CACHE_OK ? block : CACHE_REF_NONE;
}

void
cache_reclaim_source_init(CacheReclaimSource *source, uint32 shard)
{
	source->source = (CacheSource){ .alloc = reclaiming_alloc, .shard = shard };
	source->status = CACHE_OK;
}

static CacheRef
plain_alloc(CacheSource *source, Size size)
{
	return cache_arena_alloc(source->shard, CACHE_PAGE_MOVABLE, size);
}

void
cache_arena_source_init(CacheSource *source, uint32 shard)
{
	*source = (CacheSource){ .alloc = plain_alloc, .shard = shard };
}
