/*
 * wyrand.h
 *    A small seeded random generator, for sampling, jitter and tests. Never for secrets.
 *
 * Wang Yi's wyrand: a counter with a fixed odd step, each value folded from one 64x64 -> 128 bit
 * product. Eight bytes of state, about 1 ns a number, passes BigCrush and PractRand. Any seed is a
 * good seed, zero too, and one seed gives one sequence on every machine: a failing random test is
 * repeated by its seed.
 *
 * State belongs to one process; there is no locking.
 */
#ifndef CACHE_BASE_WYRAND_H
#define CACHE_BASE_WYRAND_H

#include "base/env.h"

typedef struct CacheWyrand
{
	uint64 state;
} CacheWyrand;

/* The two halves of the 128-bit product of a and b. */
static inline void
cache_wyrand_multiply(uint64 a, uint64 b, uint64 *high, uint64 *low)
{
#ifdef __SIZEOF_INT128__
	unsigned __int128 product = (unsigned __int128) a * b;

	*high = (uint64) (product >> 64);
	*low = (uint64) product;
#else
	uint64 a_high = a >> 32;
	uint64 a_low = (uint32) a;
	uint64 b_high = b >> 32;
	uint64 b_low = (uint32) b;
	uint64 cross = a_high * b_low + (a_low * b_low >> 32);
	uint64 middle = a_low * b_high + (uint32) cross;

	*high = a_high * b_high + (cross >> 32) + (middle >> 32);
	*low = a * b;
#endif
}

static inline CacheWyrand
cache_wyrand_seeded(uint64 seed)
{
	CacheWyrand random = { seed };

	return random;
}

/* 64 random bits. */
static inline uint64
cache_wyrand_next(CacheWyrand *random)
{
	uint64 high;
	uint64 low;

	random->state += UINT64_C(0x2d358dccaa6c78a5);
	cache_wyrand_multiply(random->state, random->state ^ UINT64_C(0x8bb84b93962eacc9), &high, &low);
	return high ^ low;
}

/*
 * A number below bound, each equally likely; bound is at least 1. Lemire's method: the high half of
 * a product is the number, and the few low halves that would favour some of them are drawn again,
 * so that no division is paid in the usual case.
 */
static inline uint64
cache_wyrand_below(CacheWyrand *random, uint64 bound)
{
	uint64 high;
	uint64 low;

	Assert(bound > 0);
	cache_wyrand_multiply(cache_wyrand_next(random), bound, &high, &low);
	if (unlikely(low < bound))
	{
		uint64 unfair = (0 - bound) % bound;

		while (low < unfair)
			cache_wyrand_multiply(cache_wyrand_next(random), bound, &high, &low);
	}
	return high;
}

/* A number from 0 up to but not including 1, with all 53 bits that a double can carry. */
static inline double
cache_wyrand_unit(CacheWyrand *random)
{
	return (double) (cache_wyrand_next(random) >> 11) * 0x1.0p-53;
}

#endif
