/*
 * bits.h
 *    Words as rows of bits and rows of bytes: counting, reversing, rounding, finding a byte.
 *
 * Finding a byte is "SIMD within a register": a bucket keeps its one-byte tags in a word, and one
 * exclusive or and four more operations tell which of eight tags match.
 *
 *     tags   a1 07 3c 07 00 ...      cache_bits_match_bytes(word, 0x07)
 *     match  00 80 00 80 00 ...      visited from low to high: positions 1 and 3
 *
 * Byte order: position 0 is the least significant byte of the word. It is the first byte in memory
 * only when the word was read with cache_bits_load64, which reads little-endian on every machine
 * (one plain load on most). Words that are read in the machine's order must be written in it too.
 */
#ifndef CACHE_BASE_BITS_H
#define CACHE_BASE_BITS_H

#include "base/env.h"

#define CACHE_BITS_ONES UINT64_C(0x0101010101010101)
#define CACHE_BITS_LOW7 UINT64_C(0x7f7f7f7f7f7f7f7f)

/* ---- single bits ---- */

/* Zero bits below the lowest one; word is not 0. */
static inline int
cache_bits_trailing_zeros(uint64 word)
{
	Assert(word != 0);
	return __builtin_ctzll(word);
}

/* Zero bits above the highest one; word is not 0. */
static inline int
cache_bits_leading_zeros(uint64 word)
{
	Assert(word != 0);
	return __builtin_clzll(word);
}

/* Position of the highest one, so 2^result <= word; word is not 0. */
static inline int
cache_bits_log2_floor(uint64 word)
{
	return 63 - cache_bits_leading_zeros(word);
}

/* The smallest exponent with 2^result >= word; word is not 0. */
static inline int
cache_bits_log2_ceil(uint64 word)
{
	return word == 1 ? 0 : cache_bits_log2_floor(word - 1) + 1;
}

/* Ones in each byte of the word, as eight separate sums of 0 to 8. */
static inline uint64
cache_bits_popcount_per_byte(uint64 word)
{
	word -= (word >> 1) & UINT64_C(0x5555555555555555);
	word = (word & UINT64_C(0x3333333333333333)) + ((word >> 2) & UINT64_C(0x3333333333333333));
	return (word + (word >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
}

/*
 * Ones in the word. The builtin is one instruction only where the compiler may assume it; built for
 * any x86-64 it becomes a call with table lookups, so it is spelled out.
 */
static inline int
cache_bits_popcount(uint64 word)
{
#ifdef __POPCNT__
	return __builtin_popcountll(word);
#else
	return (int) ((cache_bits_popcount_per_byte(word) * CACHE_BITS_ONES) >> 56);
#endif
}

/* Bytes of the word in reverse order. */
static inline uint64
cache_bits_swap_bytes(uint64 word)
{
	return __builtin_bswap64(word);
}

/*
 * Bits of the word in reverse order. Scan cursors count in this order, so that a table that doubles
 * or halves between two steps neither skips nor forgets a bucket.
 */
static inline uint64
cache_bits_reverse(uint64 word)
{
	word = cache_bits_swap_bytes(word);
	word =
		((word >> 4) & UINT64_C(0x0f0f0f0f0f0f0f0f)) | ((word & UINT64_C(0x0f0f0f0f0f0f0f0f)) << 4);
	word =
		((word >> 2) & UINT64_C(0x3333333333333333)) | ((word & UINT64_C(0x3333333333333333)) << 2);
	return ((word >> 1) & UINT64_C(0x5555555555555555)) |
		   ((word & UINT64_C(0x5555555555555555)) << 1);
}

/* ---- rounding ---- */

static inline bool
cache_bits_is_power_of_two(uint64 value)
{
	return value != 0 && (value & (value - 1)) == 0;
}

/* The smallest power of two that is at least value; 1 for 0. value is at most 2^63. */
static inline uint64
cache_bits_round_to_power(uint64 value)
{
	Assert(value <= UINT64_C(1) << 63);
	return value <= 1 ? 1 : UINT64_C(1) << cache_bits_log2_ceil(value);
}

/*
 * value rounded up to a multiple of unit, a power of two. The caller has checked that it does not
 * wrap.
 */
static inline uint64
cache_bits_align_up(uint64 value, uint64 unit)
{
	Assert(cache_bits_is_power_of_two(unit));
	Assert(value <= UINT64_MAX - (unit - 1));
	return (value + unit - 1) & ~(unit - 1);
}

/* value / unit, rounded up; unit is not 0. */
static inline uint64
cache_bits_divide_up(uint64 value, uint64 unit)
{
	Assert(unit != 0);
	return value / unit + (value % unit != 0);
}

/* ---- words in memory ---- */

/* The eight bytes at source, aligned or not, the first as the least significant. */
static inline uint64
cache_bits_load64(const void *source)
{
	uint64 word;

	memcpy(&word, source, sizeof(word));
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = cache_bits_swap_bytes(word);
#endif
	return word;
}

/* The inverse of cache_bits_load64. */
static inline void
cache_bits_store64(void *target, uint64 word)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = cache_bits_swap_bytes(word);
#endif
	memcpy(target, &word, sizeof(word));
}

/*
 * Ones in len bytes. The sums of each byte position are added up over 31 words, as many as fit (31
 * * 8 = 248), before they are gathered.
 */
static inline uint64
cache_bits_popcount_bytes(const void *data, Size len)
{
	const uint8 *next = (const uint8 *) data;
	uint64 total = 0;

	while (len >= sizeof(uint64))
	{
		Size words = Min(len / sizeof(uint64), 31);
		uint64 sums = 0;

		for (Size i = 0; i < words; i++, next += sizeof(uint64))
			sums += cache_bits_popcount_per_byte(cache_bits_load64(next));
		len -= words * sizeof(uint64);
		sums = (sums & UINT64_C(0x00ff00ff00ff00ff)) + ((sums >> 8) & UINT64_C(0x00ff00ff00ff00ff));
		total += (sums * UINT64_C(0x0001000100010001)) >> 48;
	}
	for (; len > 0; len--)
		total += (uint64) cache_bits_popcount(*next++);
	return total;
}

/* ---- bytes in a word ---- */

/* The byte in all eight positions. */
static inline uint64
cache_bits_repeat_byte(uint8 byte)
{
	return byte * CACHE_BITS_ONES;
}

/*
 * 0x80 at each position of the word that holds the byte, 0x00 elsewhere. Exact: adding 0x7f to the
 * low seven bits cannot carry into the next byte, unlike the better known subtraction, which
 * reports a byte above a match now and then.
 */
static inline uint64
cache_bits_match_bytes(uint64 word, uint8 byte)
{
	uint64 differs = word ^ cache_bits_repeat_byte(byte);

	return ~(((differs & CACHE_BITS_LOW7) + CACHE_BITS_LOW7) | differs | CACHE_BITS_LOW7);
}

/* Position, 0 to 7, of the lowest match in a mask of cache_bits_match_bytes; mask is not 0. */
static inline int
cache_bits_first_match(uint64 mask)
{
	return cache_bits_trailing_zeros(mask) / 8;
}

/* The mask without its lowest match. */
static inline uint64
cache_bits_next_match(uint64 mask)
{
	return mask & (mask - 1);
}

#endif
