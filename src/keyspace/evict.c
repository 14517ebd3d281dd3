/*
 * evict.c
 *    Sampled eviction: from which space, which entry.
 *
 * The space is the largest of those whose policy evicts, looked for anew every so often. The entry is the one of highest
 * rank in a few buckets, each at a random place of its own. A run of neighbours would do for one victim, but not for
 * many: each run would lose its oldest whether it is old or not, no part of the table would compete with another, and
 * the hit ratio is that of FIFO. The lines are prefetched together, so that they cost about one miss.
 *
 * The sample is taken without a lock; the victim is then looked up again under its partition's lock, and if it moved in
 * between another sample is taken.
 */
#include "base/env.h"

#include "base/wyrand.h"
#include "keyspace/evict.h"
#include "keyspace/keyspace.h"
#include "keyspace/unlink.h"
#include "memory/clock.h"
#include "memory/pins.h"

#define SAMPLE_ENTRIES 64
#define SAMPLE_AT_ONCE 8   /* bucket lines on their way from memory together */
#define SAMPLE_ROUNDS 8    /* at most, of so many lines each */
#define SAMPLE_ENOUGH 16   /* a sample of fewer is of a sparse table: look from bucket to bucket */
#define SAMPLES 4096       /* victims lost to other processes in a row before there is none */
#define SPACE_HOLDS_FOR 64 /* evictions until the largest space is looked for again */

typedef struct Victim
{
	CacheRef ref;
	uint32 bucket;
	uint32 rank;
} Victim;

/* The space that evictions come from, as id + 1; 0 if none is chosen. */
static CACHE_PER_BACKEND uint32 chosen;
static CACHE_PER_BACKEND uint32 chosen_for;
static CACHE_PER_BACKEND CacheWyrand random_state;

static bool
may_evict_from(CacheSpaceShared *space)
{
	return space != NULL && cache_space_is_live(space) && cache_space_policy(space)->evicts;
}

/* The largest space that may be evicted from; NULL if there is none with an entry. */
static CacheSpaceShared *
choose_space(void)
{
	CacheSpaceShared *largest = NULL;
	uint64 most = 0;
	uint32 end;

	if (chosen != 0 && chosen_for-- > 0)
	{
		CacheSpaceShared *space = cache_space_by_id(chosen - 1);

		if (may_evict_from(space))
			return space;
	}
	end = cache_atomic_acquire(&cache_spaces->spaces_end);
	for (uint32 id = 0; id < end; id++)
	{
		CacheSpaceShared *space = cache_space_by_id(id);
		uint64 bytes = may_evict_from(space) ? cache_space_bytes(space) : 0;

		if (bytes > most)
		{
			most = bytes;
			largest = space;
		}
	}
	chosen = largest == NULL ? 0 : largest->id + 1;
	chosen_for = SPACE_HOLDS_FOR;
	return largest;
}

/* Consider the entries of one bucket line. Reads without a lock: what it takes for a victim may be none. */
static int
sample_line(const CacheBucketShared *line, uint32 bucket, const CachePolicyOps *policy,
			uint32 epoch, Victim *victim)
{
	int slots = line->linked ? CACHE_BUCKET_LINK : CACHE_BUCKET_SLOTS;
	int seen = 0;

	for (int slot = 0; slot < slots; slot++)
	{
		CacheRef ref = { *(const volatile uint32 *) &line->ref[slot].granule };
		uint32 rank;

		if (cache_ref_is_none(ref))
			break;
		seen++;
		rank = policy->rank(line->mark[slot], epoch);
		if (cache_ref_is_none(victim->ref) || rank > victim->rank)
			*victim = (Victim){ .ref = ref, .bucket = bucket, .rank = rank };
	}
	return seen;
}

/* Consider the entries of a bucket, with its overflow. Returns how many there were. */
static int
sample_bucket(CacheSpaceShared *space, uint32 bucket, const CachePolicyOps *policy, uint32 epoch,
			  Victim *victim)
{
	const CacheBucketShared *line = cache_table_bucket(&space->table, bucket);
	int seen = 0;

	for (int links = 0; line != NULL && links < CACHE_CHAIN_SANE; links++)
	{
		seen += sample_line(line, bucket, policy, epoch, victim);
		line = cache_bucket_next(line);
	}
	return seen;
}

static Victim
sample(CacheSpaceShared *space)
{
	const CachePolicyOps *policy = cache_space_policy(space);
	uint32 epoch = cache_space_epoch(space);
	uint32 buckets = cache_table_buckets(&space->table);
	Victim victim = { .ref = CACHE_REF_NONE };
	int seen = 0;
	uint32 at;

	if (buckets == 0)
		return victim;
	for (int round = 0; round < SAMPLE_ROUNDS && seen < SAMPLE_ENTRIES; round++)
	{
		uint32 bucket[SAMPLE_AT_ONCE];

		for (int i = 0; i < SAMPLE_AT_ONCE; i++)
		{
			bucket[i] = (uint32) cache_wyrand_below(&random_state, buckets);
			__builtin_prefetch(cache_table_bucket(&space->table, bucket[i]));
		}
		for (int i = 0; i < SAMPLE_AT_ONCE; i++)
			seen += sample_bucket(space, bucket[i], policy, epoch, &victim);
	}
	if (likely(seen >= SAMPLE_ENOUGH))
		return victim;
	at = (uint32) cache_wyrand_below(&random_state, buckets);
	for (uint32 i = 0; i < buckets && seen < SAMPLE_ENTRIES; i++)
		seen += sample_bucket(space, at + i < buckets ? at + i : at + i - buckets, policy, epoch,
							  &victim);
	return victim;
}

/* Remove the victim if it still is where it was seen. Returns its bytes. */
static uint64
take(CacheSpaceShared *space, const Victim *victim)
{
	uint32 partition = cache_partition_of(victim->bucket);
	uint64 bytes = 0;
	CacheSpot spot;

	cache_partition_lock(partition);
	/* the table may have split or shrunk: the bucket's number leads, as a hash, to where its entries are now, or to none */
	if (cache_space_is_live(space) &&
		cache_table_find_ref(&space->table, victim->bucket, victim->ref, &spot))
	{
		int64 deadline_ms = cache_entry_deadline(cache_ref_ptr(victim->ref));
		bool expired = deadline_ms != 0 && deadline_ms <= cache_clock_now_ms();

		bytes = cache_unlink_spot(space, victim->bucket, spot,
								  expired ? CACHE_UNLINK_EXPIRE : CACHE_UNLINK_EVICT);
	}
	cache_partition_unlock(partition);
	return bytes;
}

uint64
cache_evict_one(void)
{
	CacheSpaceShared *space = choose_space();

	if (unlikely(random_state.state == 0))
		random_state = cache_wyrand_seeded(cache_keyspace->seed ^ (uint64) cache_clock_now_ms() ^
										   (uint64) (uintptr_t) cache_pins_mine);
	for (int i = 0; space != NULL && i < SAMPLES; i++)
	{
		Victim victim = sample(space);
		uint64 bytes = cache_ref_is_none(victim.ref) ? 0 : take(space, &victim);

		if (bytes != 0)
			return bytes;
		/* another process was faster, or the space is empty by now */
		chosen = 0;
		space = choose_space();
	}
	return 0;
}
