/*
 * sweep.c
 *    Active expiry, and tidying up.
 *
 * A pass reads the one-byte deadlines of the first bucket of every chain, in order, at the speed of memory and without
 * a lock, and goes to the entries only where a byte says that it is time to look (deadline.h). It takes a bucket's
 * partition lock only then. Spaces without a single deadline are skipped. With a pass each second and half-second bytes,
 * memory is back at most 1.5 s after the deadline, and the time of a pass.
 *
 * Ten million keys that are not due cost a pass 12 to 25 ms; following every chain into its overflow buckets, which
 * stand anywhere in memory, it was 150 ms.
 */
#include "base/env.h"

#include "base/bits.h"
#include "keyspace/deadline.h"
#include "keyspace/growth.h"
#include "keyspace/keyspace.h"
#include "keyspace/reclaim.h"
#include "keyspace/sweep.h"
#include "keyspace/unlink.h"
#include "memory/clock.h"

#define SHRINK_STEPS 64
#define FREE_PAGES_SHARE 32 /* tidy up sparse pages when fewer than one in so many is free */

#define CODES_MOST 4 /* so many codes are sought a word at a time, more by table */

/* Where the pass is: worker-local, since a new worker may as well begin anew. */
static bool pass_runs;
static uint32 sweep_space;
static int64 pass_began_ms;

/* What the pass looks for in the space it is in. */
static struct
{
	int64 since_ms;
	int64 now_ms;
	bool look[256];
	uint8 codes[CODES_MOST];
	int n_codes; /* more than CODES_MOST: see look[] */
	bool later;  /* some buckets' 255s too */
} window;

static void
open_window(int64 since_ms, int64 now_ms)
{
	if (window.since_ms == since_ms && window.now_ms == now_ms)
		return;
	window.since_ms = since_ms;
	window.now_ms = now_ms;
	cache_due_window(since_ms, now_ms, window.look);
	window.later = since_ms >> CACHE_DUE_FAR_SHIFT != now_ms >> CACHE_DUE_FAR_SHIFT;
	window.n_codes = 0;
	for (int code = 0; code < 256; code++)
		if (window.look[code])
		{
			if (window.n_codes < CODES_MOST)
				window.codes[window.n_codes] = (uint8) code;
			window.n_codes++;
		}
}

/* True if a line has a byte to look at. */
static inline bool
line_is_due(const CacheBucketShared *line, uint32 bucket)
{
	bool due = window.look[line->due[CACHE_BUCKET_SLOTS - 1]];

	if (likely(window.n_codes <= CODES_MOST))
	{
		uint64 word = cache_bits_load64(line->due);
		uint64 matches = 0;

		for (int i = 0; i < window.n_codes; i++)
			matches |= cache_bits_match_bytes(word, window.codes[i]);
		due |= matches != 0;
	}
	else
		for (int slot = 0; slot < CACHE_BUCKET_SLOTS - 1; slot++)
			due |= window.look[line->due[slot]];
	if (unlikely(window.later && !due) &&
		cache_due_looks_at_later(window.since_ms, window.now_ms, bucket))
		for (int slot = 0; slot < CACHE_BUCKET_SLOTS; slot++)
			due |= line->due[slot] == CACHE_DUE_LATER;
	return due;
}

/* Remove what has expired in a chain, and write the bytes of the rest anew. */
static void
expire_chain(CacheSpaceShared *space, uint32 index)
{
	uint32 partition = cache_partition_of(index);
	int64 now_ms = cache_clock_now_ms();

	cache_partition_lock(partition);
	if (cache_space_is_live(space) && index < cache_table_buckets(&space->table))
	{
		CacheBucketShared *bucket = cache_table_bucket(&space->table, index);

		while (bucket != NULL)
		{
			bool shortened = false;

			for (int slot = 0; slot < CACHE_BUCKET_SLOTS - bucket->linked; slot++)
			{
				CacheEntryShared *entry;
				int64 deadline_ms;

				if (cache_ref_is_none(bucket->ref[slot]))
					break;
				if (bucket->due[slot] == CACHE_DUE_NONE)
					continue;
				entry = cache_ref_ptr(bucket->ref[slot]);
				deadline_ms = cache_entry_deadline(entry);
				if (deadline_ms != 0 && deadline_ms <= now_ms)
				{
					cache_unlink_spot(space, index, (CacheSpot){ bucket, slot },
									  CACHE_UNLINK_EXPIRE);
					shortened = true;
					break;
				}
				bucket->due[slot] = cache_due_encode(deadline_ms, now_ms);
			}
			/* a removal may have freed this very bucket of the chain: begin again at its head */
			bucket =
				shortened ? cache_table_bucket(&space->table, index) : cache_bucket_next(bucket);
		}
		cache_table_refresh_links(&space->table, index);
	}
	cache_partition_unlock(partition);
}

/* Sweep up to `buckets` of a space; returns how many. *done if its last was among them. */
static uint32
sweep_space_step(CacheSpaceShared *space, uint32 buckets, bool *done)
{
	uint32 end = cache_table_buckets(&space->table);
	const CacheBucketShared *segment = NULL;
	uint32 index;
	uint32 stop;

	if (space->sweep.pass_ms != pass_began_ms)
	{
		space->sweep.pass_ms = pass_began_ms;
		space->sweep.next_bucket = 0;
	}
	/* if the clock was set back, everything is looked at: nobody knows what codes are from when */
	if (cache_atomic_get(&space->table.swept_ms) > pass_began_ms)
		cache_atomic_set(&space->table.swept_ms, 0);
	open_window(cache_atomic_get(&space->table.swept_ms), pass_began_ms);
	index = space->sweep.next_bucket;
	stop = index + Min(buckets, end - Min(index, end));
	buckets = stop - index;
	for (; index < stop; index++)
	{
		uint32 offset = index % CACHE_SEGMENT_BUCKETS;

		if (segment == NULL || offset == 0)
			segment = cache_table_bucket(&space->table, index - offset);
		/* a table that shrinks meanwhile, or dies: what it had there is gone */
		if (segment == NULL)
			break;
		if (unlikely(line_is_due(segment + offset, index)))
			expire_chain(space, index);
	}
	space->sweep.next_bucket = stop;
	*done = stop >= end;
	/* only a whole pass counts: what one cut short has missed, the next looks at */
	if (*done)
		cache_atomic_set(&space->table.swept_ms, pass_began_ms);
	return buckets;
}

uint32
cache_sweep_step(uint32 buckets)
{
	uint32 end = cache_atomic_acquire(&cache_spaces->spaces_end);
	uint32 lines = 0;

	if (!pass_runs)
	{
		int64 now_ms = cache_clock_now_ms();

		/* a clock that was set back must not stop the sweeps */
		if (now_ms >= pass_began_ms && now_ms - pass_began_ms < CACHE_SWEEP_EVERY_MS)
			return 0;
		pass_runs = true;
		sweep_space = 0;
		pass_began_ms = now_ms;
	}
	while (sweep_space < end && lines < buckets)
	{
		CacheSpaceShared *space = cache_space_by_id(sweep_space);
		bool done = true;

		if (cache_space_is_live(space) && cache_space_with_deadline(space) > 0)
			lines += sweep_space_step(space, buckets - lines, &done);
		if (done)
			sweep_space++;
	}
	if (sweep_space >= end)
	{
		pass_runs = false;
		return Min(lines, buckets - 1);
	}
	return buckets;
}

static bool
shrink_tables(void)
{
	uint32 end = cache_atomic_acquire(&cache_spaces->spaces_end);
	bool shrunk = false;

	for (uint32 id = 0; id < end; id++)
	{
		CacheSpaceShared *space = cache_space_by_id(id);

		if (cache_space_is_live(space))
			shrunk |= cache_growth_shrink(space, SHRINK_STEPS);
	}
	return shrunk;
}

/* Keep a few pages free, so that writers seldom have to empty one themselves. */
static bool
compact(void)
{
	if (cache_arena_free_pages() > cache_arena_pages() / FREE_PAGES_SHARE)
		return false;
	for (uint32 shard = 0; shard < cache_arena_shards(); shard++)
		if (cache_reclaim_page(shard))
			return true;
	return false;
}

bool
cache_sweep_tidy(void)
{
	bool worked = false;

	/* what stays in limbo is pinned: that alone is no reason to come back at once */
	worked |= cache_limbo_drain();
	worked |= cache_reclaim_dead();
	/* a merge in the middle of a pass would carry entries back behind it */
	if (!pass_runs)
		worked |= shrink_tables();
	worked |= compact();
	return worked;
}
