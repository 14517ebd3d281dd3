/*
 * keyspace_overhead.c
 *    Tests of the promise that a small entry costs at most 28 bytes beyond key and value, 32 with a deadline.
 *
 * All pages that are in use count, divided by the entries: headers, slack of the size classes, pages partly used,
 * buckets and their overflow, space descriptors. The counts of entries are taken all along a doubling of the table, since
 * linear hashing costs more in the middle of one than at its ends.
 */
#include "base/env.h"

#include "check.h"
#include "engine.h"

typedef struct Kind
{
	const char *name;
	uint32 value_len;
	bool with_deadline;
	double most;
} Kind;

static double
bytes_per_entry(void)
{
	uint64 pages = cache_arena_pages() - cache_arena_free_pages();

	return (double) (pages * CACHE_PAGE_SIZE) / (double) engine_count();
}

/* Fill a region, and measure at each of the counts of entries. */
static void
measure(const Kind *kind, Size region, const uint32 *counts, int n_counts)
{
	char value[256] = { 0 };
	int64 deadline_ms;
	uint32 number = 0;
	double worst = 0;

	engine_create(region, 1);
	engine_policy = CACHE_POLICY_NOEVICTION;
	deadline_ms = kind->with_deadline ? cache_clock_now_ms() + 3600000 : 0;
	printf("# %s in %zu MB:", kind->name, region >> 20);
	for (int i = 0; i < n_counts; i++)
	{
		double overhead;

		for (; number < counts[i]; number++)
		{
			char key[32];
			int len = sprintf(key, "key:%012u", number);

			CHECK_OR_RETURN(engine_set(cache_slice(key, (Size) len),
									   cache_slice(value, kind->value_len),
									   deadline_ms) == CACHE_OK);
		}
		overhead = bytes_per_entry() - 16 - kind->value_len;
		printf(" %uk %.1f", counts[i] / 1000, overhead);
		worst = overhead > worst ? overhead : worst;
	}
	printf("; at most %.1f bytes an entry\n", worst);
	CHECK(worst <= kind->most);
	ENGINE_VERIFY();
	engine_destroy();
}

static void
a_small_entry_costs_no_more_than_promised(void)
{
	static const Kind kinds[] = {
		{ "100-byte values", 100, false, 28 },
		{ "32-byte values with a deadline", 32, true, 32 },
		{ "10-byte values with a deadline", 10, true, 32 },
		{ "10-byte values", 10, false, 28 },
	};
	static const uint32 counts[] = { 50000,  65000,  75000,  85000,  100000, 115000,
									 131000, 150000, 175000, 200000, 225000, 262000 };

	for (Size i = 0; i < lengthof(kinds); i++)
		measure(&kinds[i], (Size) 128 << 20, counts, lengthof(counts));
}

/* A region that is full, of one shard and of several: partly used pages of all classes count. */
static void
a_full_region_costs_no_more_than_promised(void)
{
	static const Kind kinds[] = {
		{ "100-byte values, full", 100, false, 28 },
		{ "32-byte values with a deadline, full", 32, true, 32 },
	};
	static const Size regions[] = { (Size) 16 << 20, (Size) 64 << 20 };

	for (Size i = 0; i < lengthof(kinds); i++)
		for (Size k = 0; k < lengthof(regions); k++)
		{
			char value[128] = { 0 };
			uint32 number = 0;
			uint64 sums[CACHE_COUNTERS] = { 0 };
			double overhead;

			engine_create(regions[k], 1);
			while (sums[CACHE_COUNT_EVICTED] < engine_count() / 2 || number == 0)
			{
				for (int j = 0; j < 1000; j++)
				{
					char key[32];
					int len = sprintf(key, "key:%012u", number++);

					CHECK_OR_RETURN(
						engine_set(cache_slice(key, (Size) len),
								   cache_slice(value, kinds[i].value_len),
								   kinds[i].with_deadline ? cache_clock_now_ms() + 3600000 : 0) ==
						CACHE_OK);
				}
				cache_counters_sum(sums);
			}
			overhead = bytes_per_entry() - 16 - kinds[i].value_len;
			printf("# %s, %zu MB: %.1f bytes an entry\n", kinds[i].name, regions[k] >> 20,
				   overhead);
			CHECK(overhead <= kinds[i].most);
			engine_destroy();
		}
}

int
main(void)
{
	CHECK_RUN(a_small_entry_costs_no_more_than_promised);
	CHECK_RUN(a_full_region_costs_no_more_than_promised);
	return check_done();
}
