/*
 * policy_lru.c
 *    The LRU policy against an exact LRU of as many entries, on seeded traces; and its clock.
 *
 * The cache is held at a fixed number of entries by evicting one whenever there are more. Its hit ratio may be above an
 * exact LRU's (as it is for loops that do not fit), but not more than a percentage point below.
 */
#include "base/env.h"

#include "base/wyrand.h"
#include "check.h"
#include "engine.h"

#include <math.h>

static CacheWyrand rng;

/* An exact LRU over keys 0 … keys-1: a list through arrays. */
typedef struct Lru
{
	uint32 *next;
	uint32 *prev;
	bool *in;
	uint32 head; /* keys stands for the ends */
	uint32 count;
	uint32 keys;
} Lru;

static Lru
lru_create(uint32 keys)
{
	Lru lru = { .next = calloc(keys + 1, sizeof(uint32)),
				.prev = calloc(keys + 1, sizeof(uint32)),
				.in = calloc(keys + 1, 1),
				.keys = keys };

	lru.next[keys] = lru.prev[keys] = keys;
	return lru;
}

static void
lru_unlink(Lru *lru, uint32 key)
{
	lru->next[lru->prev[key]] = lru->next[key];
	lru->prev[lru->next[key]] = lru->prev[key];
}

/* True for a hit. */
static bool
lru_access(Lru *lru, uint32 key, uint32 capacity)
{
	bool hit = lru->in[key];

	if (hit)
		lru_unlink(lru, key);
	else if (lru->count == capacity)
	{
		uint32 oldest = lru->prev[lru->keys];

		lru_unlink(lru, oldest);
		lru->in[oldest] = false;
	}
	else
		lru->count++;
	lru->in[key] = true;
	lru->prev[key] = lru->keys;
	lru->next[key] = lru->next[lru->keys];
	lru->prev[lru->next[key]] = key;
	lru->next[lru->keys] = key;
	return hit;
}

static void
lru_destroy(Lru *lru)
{
	free(lru->next);
	free(lru->prev);
	free(lru->in);
}

static bool
cache_access(uint32 key, uint32 capacity)
{
	char buffer[16];
	CacheSlice slice = cache_slice(buffer, (Size) sprintf(buffer, "%u", key));
	CacheFound found;

	if (engine_get(slice, NULL, 0, &found) == CACHE_OK)
		return true;
	CHECK_EQ_INT(engine_set(slice, cache_slice("", 0), 0), CACHE_OK);
	while (engine_count() > capacity && cache_evict_one() > 0)
		;
	CHECK(engine_count() <= capacity);
	return false;
}

/* Run a trace through both; the second half counts. */
static void
compare(const char *name, const uint32 *trace, uint32 len, uint32 keys, uint32 capacity)
{
	Lru lru = lru_create(keys);
	uint32 exact = 0;
	uint32 sampled = 0;
	double difference;

	engine_create((Size) 64 << 20, 1);
	for (uint32 i = 0; i < len; i++)
	{
		bool lru_hit = lru_access(&lru, trace[i], capacity);
		bool cache_hit = cache_access(trace[i], capacity);

		if (i >= len / 2)
		{
			exact += lru_hit;
			sampled += cache_hit;
		}
	}
	difference = 100.0 * ((double) sampled - exact) / (len - len / 2);
	printf("# %s, %u of %u keys: exact %.2f %%, sampled %+.2f\n", name, capacity, keys,
		   100.0 * exact / (len - len / 2), difference);
	CHECK(difference >= -1.0);
	ENGINE_VERIFY();
	engine_destroy();
	lru_destroy(&lru);
}

/* Zipf by inversion of its cumulative sum; ranks are shuffled over the keys. */
static uint32 *
zipf_trace(uint32 keys, double skew, uint32 len)
{
	double *sum = malloc(keys * sizeof(double));
	uint32 *name = malloc(keys * sizeof(uint32));
	uint32 *trace = malloc(len * sizeof(uint32));
	double total = 0;

	for (uint32 i = 0; i < keys; i++)
	{
		uint32 other = (uint32) cache_wyrand_below(&rng, i + 1);

		total += 1.0 / pow(i + 1, skew);
		sum[i] = total;
		name[i] = name[other];
		name[other] = i;
	}
	for (uint32 i = 0; i < len; i++)
	{
		double at = cache_wyrand_unit(&rng) * total;
		uint32 low = 0;
		uint32 high = keys - 1;

		while (low < high)
		{
			uint32 middle = (low + high) / 2;

			if (sum[middle] < at)
				low = middle + 1;
			else
				high = middle;
		}
		trace[i] = name[low];
	}
	free(sum);
	free(name);
	return trace;
}

static void
zipf_hits_as_exact_lru(void)
{
	static const double skews[] = { 0.7, 0.9, 1.1 };
	static const uint32 capacities[] = { 1000, 5000, 20000 };

	for (Size i = 0; i < lengthof(skews); i++)
		for (Size k = 0; k < lengthof(capacities); k++)
		{
			uint32 keys = capacities[k] * 10;
			uint32 len = capacities[k] * 30;
			uint32 *trace = zipf_trace(keys, skews[i], len);
			char name[32];

			sprintf(name, "zipf %.1f", skews[i]);
			compare(name, trace, len, keys, capacities[k]);
			free(trace);
		}
}

/* Recency is all that helps here: the working set drifts. */
static void
a_moving_working_set_hits_as_exact_lru(void)
{
	enum
	{
		LEN = 200000,
		KEYS = 60000,
		CAPACITY = 4000
	};
	uint32 *trace = malloc(LEN * sizeof(uint32));

	for (uint32 i = 0; i < LEN; i++)
	{
		double distance = -log(1.0 - cache_wyrand_unit(&rng)) * 3000;

		trace[i] = (uint32) (i / 4 + (uint32) Min(distance, 9000)) % KEYS;
	}
	compare("moving set", trace, LEN, KEYS, CAPACITY);
	free(trace);
}

/* A loop that fits is never missed; one that does not fit hits no less than an exact LRU, which is never. */
static void
loops_hit_no_less_than_exact_lru(void)
{
	enum
	{
		LEN = 150000,
		CAPACITY = 5000
	};
	uint32 *trace = malloc(LEN * sizeof(uint32));

	for (uint32 i = 0; i < LEN; i++)
		trace[i] = i % 4990;
	compare("loop that fits", trace, LEN, 4990, CAPACITY);
	for (uint32 i = 0; i < LEN; i++)
		trace[i] = i % 6000;
	compare("loop that does not", trace, LEN, 6000, CAPACITY);
	/* a hot set beside a scan */
	for (uint32 i = 0; i < LEN; i++)
		trace[i] = i % 2 ? (uint32) cache_wyrand_below(&rng, 2000) : 2000 + i / 2 % 50000;
	compare("hot set and scan", trace, LEN, 52000, CAPACITY);
	free(trace);
}

/* An epoch is 1/128 of the insertions that replace all entries, however many those are. */
static void
the_policy_clock_keeps_pace_with_any_number_of_entries(void)
{
	engine_create((Size) 4 << 20, 1);
	CHECK_EQ_INT(engine_set(cache_slice("k", 1), cache_slice("", 0), 0), CACHE_OK);
	for (int64 entries = 100; entries <= 100000000; entries *= 10)
	{
		CacheSpaceShared *space = cache_space_resolve(engine_database);
		uint64 turns = Max(1000000 / (uint64) entries, 1);
		uint64 inserts = Min((uint64) entries, 10000000);
		uint32 begin;
		double epochs;

		for (int i = 0; i < CACHE_SPACE_STRIPES; i++)
		{
			cache_atomic_set(&space->stripe[i].entries, entries / CACHE_SPACE_STRIPES);
			cache_atomic_set(&space->stripe[i].inserts, 0);
		}
		begin = cache_atomic_get(&space->policy_clock);
		for (uint64 i = 0; i < inserts * turns; i++)
			cache_space_tick(space, cache_wyrand_next(&rng));
		epochs = (double) (uint32) (cache_atomic_get(&space->policy_clock) - begin) / 256 /
				 (double) turns * (double) entries / (double) inserts;
		printf("# %" PRId64 " entries: %.1f epochs a turnover\n", entries, epochs);
		CHECK(epochs > CACHE_EPOCHS * 0.7);
		CHECK(epochs < CACHE_EPOCHS * 1.4);
	}
	engine_destroy();
}

int
main(void)
{
	rng = cache_wyrand_seeded(check_seed());
	CHECK_RUN(zipf_hits_as_exact_lru);
	CHECK_RUN(a_moving_working_set_hits_as_exact_lru);
	CHECK_RUN(loops_hit_no_less_than_exact_lru);
	CHECK_RUN(the_policy_clock_keeps_pace_with_any_number_of_entries);
	return check_done();
}
