/*
 * base_wyrand.c
 *    Unit tests of base/wyrand.h.
 */
#include "base/env.h"

#include "base/wyrand.h"
#include "check.h"

static void
a_seed_gives_the_same_sequence_everywhere(void)
{
	CacheWyrand zero = cache_wyrand_seeded(0);
	CacheWyrand other = cache_wyrand_seeded(42);

	CHECK_EQ_UINT(cache_wyrand_next(&zero), UINT64_C(0x9a45cd888d59f0d6));
	CHECK_EQ_UINT(cache_wyrand_next(&zero), UINT64_C(0x01445b6a189663f5));
	CHECK_EQ_UINT(cache_wyrand_next(&zero), UINT64_C(0x1842218b97e7a496));
	CHECK_EQ_UINT(cache_wyrand_next(&zero), UINT64_C(0x4dda1bc7277a55f9));
	CHECK_EQ_UINT(cache_wyrand_next(&other), UINT64_C(0xca71d87c76983989));
	CHECK_EQ_UINT(cache_wyrand_next(&other), UINT64_C(0x7e5ba61552085fc6));
}

static void
products_have_128_bits(void)
{
	static const uint64 corners[] = { 0, 1, 2, PG_UINT32_MAX, UINT64_C(1) << 32, UINT64_MAX };
	uint64 high;
	uint64 low;

	cache_wyrand_multiply(UINT64_MAX, UINT64_MAX, &high, &low);
	CHECK_EQ_UINT(high, UINT64_MAX - 1);
	CHECK_EQ_UINT(low, 1);
	cache_wyrand_multiply(UINT64_C(0x123456789abcdef0), UINT64_C(0xfedcba9876543210), &high, &low);
	CHECK_EQ_UINT(high, UINT64_C(0x121fa00ad77d7422));
	CHECK_EQ_UINT(low, UINT64_C(0x236d88fe5618cf00));
	for (Size i = 0; i < lengthof(corners); i++)
	{
		cache_wyrand_multiply(corners[i], 1, &high, &low);
		CHECK_EQ_UINT(high, 0);
		CHECK_EQ_UINT(low, corners[i]);
		cache_wyrand_multiply(UINT64_C(1) << 63, corners[i], &high, &low);
		CHECK_EQ_UINT(high, corners[i] >> 1);
		CHECK_EQ_UINT(low, corners[i] << 63);
	}
}

/* Chi-square with 9 degrees of freedom: above 28 once in a thousand seeds. */
static void
numbers_below_a_bound_are_equally_likely(void)
{
	CacheWyrand random = cache_wyrand_seeded(check_seed());
	double counts[10] = { 0 };
	const double expected = 100000;
	double chi_square = 0;

	for (int i = 0; i < 10 * (int) expected; i++)
	{
		uint64 number = cache_wyrand_below(&random, 10);

		CHECK_OR_RETURN(number < 10);
		counts[number]++;
	}
	for (int i = 0; i < 10; i++)
		chi_square += (counts[i] - expected) * (counts[i] - expected) / expected;
	CHECK(chi_square < 28);
}

/*
 * A bound of 3/4 of the range: without the second draw, a third of the numbers would come twice as
 * often.
 */
static void
huge_bounds_are_fair_too(void)
{
	CacheWyrand random = cache_wyrand_seeded(check_seed());
	const uint64 bound = UINT64_C(3) << 62;
	int thirds[3] = { 0 };

	for (int i = 0; i < 300000; i++)
	{
		uint64 number = cache_wyrand_below(&random, bound);

		CHECK_OR_RETURN(number < bound);
		thirds[number % 3]++;
	}
	for (int i = 0; i < 3; i++)
		CHECK(thirds[i] > 98500 && thirds[i] < 101500);
	CHECK_EQ_UINT(cache_wyrand_below(&random, 1), 0);
	CHECK(cache_wyrand_below(&random, UINT64_MAX) < UINT64_MAX);
}

static void
units_lie_in_the_half_open_interval(void)
{
	CacheWyrand random = cache_wyrand_seeded(check_seed());
	double sum = 0;

	for (int i = 0; i < 100000; i++)
	{
		double unit = cache_wyrand_unit(&random);

		CHECK(unit >= 0 && unit < 1);
		sum += unit;
	}
	CHECK(sum > 49500 && sum < 50500);
}

int
main(void)
{
	CHECK_RUN(a_seed_gives_the_same_sequence_everywhere);
	CHECK_RUN(products_have_128_bits);
	CHECK_RUN(numbers_below_a_bound_are_equally_likely);
	CHECK_RUN(huge_bounds_are_fair_too);
	CHECK_RUN(units_lie_in_the_half_open_interval);
	return check_done();
}
