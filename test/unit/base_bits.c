/*
 * base_bits.c
 *    Unit tests of base/bits.h: every function against its definition, bit by bit.
 */
#include "base/env.h"

#include "base/bits.h"
#include "base/wyrand.h"
#include "check.h"

#define ROUNDS 100000

/* Random words with many, few, high and low ones. */
static uint64
random_word(CacheWyrand *random)
{
	uint64 word = cache_wyrand_next(random);

	switch (cache_wyrand_below(random, 4))
	{
		case 0:
			return word >> cache_wyrand_below(random, 64);
		case 1:
			return word & cache_wyrand_next(random) & cache_wyrand_next(random);
		case 2:
			return word | cache_wyrand_next(random) | cache_wyrand_next(random);
		default:
			return word;
	}
}

static bool
bit_of(uint64 word, int position)
{
	return (word >> position & 1) != 0;
}

static void
counts_are_those_of_single_bits(void)
{
	CacheWyrand random = cache_wyrand_seeded(check_seed());

	CHECK_EQ_INT(cache_bits_popcount(0), 0);
	CHECK_EQ_INT(cache_bits_popcount(UINT64_MAX), 64);
	for (int round = 0; round < ROUNDS; round++)
	{
		uint64 word = random_word(&random);
		int ones = 0;
		int lowest = -1;
		int highest = -1;

		for (int i = 0; i < 64; i++)
		{
			if (!bit_of(word, i))
				continue;
			ones++;
			highest = i;
			if (lowest < 0)
				lowest = i;
		}
		CHECK_EQ_INT(cache_bits_popcount(word), ones);
		if (word == 0)
			continue;
		CHECK_EQ_INT(cache_bits_trailing_zeros(word), lowest);
		CHECK_EQ_INT(cache_bits_leading_zeros(word), 63 - highest);
		CHECK_EQ_INT(cache_bits_log2_floor(word), highest);
		CHECK_EQ_INT(cache_bits_log2_ceil(word), ones == 1 ? highest : highest + 1);
		CHECK_EQ_INT(cache_bits_is_power_of_two(word), ones == 1);
	}
}

static void
reversing_moves_each_bit_to_its_mirror(void)
{
	CacheWyrand random = cache_wyrand_seeded(check_seed());

	for (int i = 0; i < 64; i++)
		CHECK_EQ_UINT(cache_bits_reverse(UINT64_C(1) << i), UINT64_C(1) << (63 - i));
	for (int round = 0; round < ROUNDS; round++)
	{
		uint64 word = random_word(&random);
		uint64 reversed = cache_bits_reverse(word);

		for (int i = 0; i < 64; i++)
			CHECK(bit_of(word, i) == bit_of(reversed, 63 - i));
	}
}

/* What scan cursors do: every bucket once, and the halves of a doubled bucket side by side. */
static void
reversed_counting_visits_every_bucket_once(void)
{
	const uint64 mask = 1023;
	bool seen[1024] = { false };
	uint64 cursor = 0;
	int steps = 0;

	do
	{
		CHECK(!seen[cursor & mask]);
		seen[cursor & mask] = true;
		cursor = cache_bits_reverse(cache_bits_reverse(cursor | ~mask) + 1);
		steps++;
	} while (cursor != 0 && steps <= 1024);
	CHECK_EQ_INT(steps, 1024);
}

static void
rounding_goes_up_and_no_further(void)
{
	CacheWyrand random = cache_wyrand_seeded(check_seed());

	CHECK(!cache_bits_is_power_of_two(0));
	CHECK_EQ_UINT(cache_bits_round_to_power(0), 1);
	CHECK_EQ_UINT(cache_bits_round_to_power(1), 1);
	CHECK_EQ_UINT(cache_bits_round_to_power(2), 2);
	CHECK_EQ_UINT(cache_bits_round_to_power(3), 4);
	CHECK_EQ_UINT(cache_bits_round_to_power(UINT64_C(1) << 63), UINT64_C(1) << 63);
	CHECK_EQ_UINT(cache_bits_round_to_power((UINT64_C(1) << 62) + 1), UINT64_C(1) << 63);
	CHECK_EQ_UINT(cache_bits_divide_up(0, 7), 0);
	CHECK_EQ_UINT(cache_bits_divide_up(UINT64_MAX, 1), UINT64_MAX);
	CHECK_EQ_UINT(cache_bits_divide_up(UINT64_MAX, 2), UINT64_C(1) << 63);
	CHECK_EQ_UINT(cache_bits_align_up(UINT64_MAX - 7, 8), UINT64_MAX - 7);
	for (int round = 0; round < ROUNDS; round++)
	{
		uint64 value = random_word(&random) >> 2;
		uint64 unit = UINT64_C(1) << cache_wyrand_below(&random, 40);
		uint64 divisor = 1 + cache_wyrand_below(&random, 1000);
		uint64 power = cache_bits_round_to_power(value);
		uint64 aligned = cache_bits_align_up(value, unit);
		uint64 parts = cache_bits_divide_up(value, divisor);

		CHECK(cache_bits_is_power_of_two(power) && power >= value);
		CHECK(power == 1 || power / 2 < value);
		CHECK(aligned % unit == 0 && aligned >= value && aligned - value < unit);
		CHECK((value == 0 && parts == 0) || (parts - 1 == (value - 1) / divisor));
	}
}

static void
words_are_little_endian_in_memory(void)
{
	const uint8 bytes[] = { 0xff, 1, 2, 3, 4, 5, 6, 7, 8, 0xff };
	uint8 copy[sizeof(bytes)] = { 0 };

	CHECK_EQ_UINT(cache_bits_load64(bytes + 1), UINT64_C(0x0807060504030201));
	cache_bits_store64(copy + 1, UINT64_C(0x0807060504030201));
	CHECK_EQ_BYTES(copy + 1, 8, bytes + 1, 8);
	CHECK_EQ_INT(copy[0] + copy[9], 0);
	CHECK_EQ_UINT(cache_bits_swap_bytes(UINT64_C(0x0807060504030201)),
				  UINT64_C(0x0102030405060708));
}

/* Differing only in bit 0 or 7, or one above a match, is what inexact methods stumble over. */
static void
byte_matches_are_exact(void)
{
	CacheWyrand random = cache_wyrand_seeded(check_seed());

	CHECK_EQ_UINT(cache_bits_match_bytes(0, 0), UINT64_C(0x8080808080808080));
	CHECK_EQ_UINT(cache_bits_match_bytes(UINT64_MAX, 0xff), UINT64_C(0x8080808080808080));
	CHECK_EQ_UINT(cache_bits_match_bytes(0x0100, 0), UINT64_C(0x8080808080800080));
	for (int round = 0; round < ROUNDS; round++)
	{
		uint8 byte = (uint8) cache_wyrand_next(&random);
		uint8 near_byte = byte ^ (uint8) (1u << cache_wyrand_below(&random, 8));
		uint8 bytes[8];
		uint64 expected = 0;
		uint64 mask;

		for (int i = 0; i < 8; i++)
		{
			uint8 choices[] = { byte, near_byte, (uint8) (byte + 1),
								(uint8) cache_wyrand_next(&random) };

			bytes[i] = choices[cache_wyrand_below(&random, lengthof(choices))];
			if (bytes[i] == byte)
				expected |= UINT64_C(0x80) << (8 * i);
		}
		mask = cache_bits_match_bytes(cache_bits_load64(bytes), byte);
		CHECK_EQ_UINT(mask, expected);
		for (int i = 0; i < 8; i++)
		{
			if (bytes[i] != byte)
				continue;
			CHECK_OR_RETURN(mask != 0);
			CHECK_EQ_INT(cache_bits_first_match(mask), i);
			mask = cache_bits_next_match(mask);
		}
		CHECK_EQ_UINT(mask, 0);
	}
}

static void
ones_of_a_byte_string_are_summed(void)
{
	CacheWyrand random = cache_wyrand_seeded(check_seed());
	uint8 bytes[1200];

	CHECK_EQ_UINT(cache_bits_popcount_bytes(NULL, 0), 0);
	memset(bytes, 0xff, sizeof(bytes));
	for (Size len = 0; len <= sizeof(bytes); len++)
		CHECK_EQ_UINT(cache_bits_popcount_bytes(bytes, len), 8 * len);
	for (int round = 0; round < 3000; round++)
	{
		Size start = cache_wyrand_below(&random, 16);
		Size len = cache_wyrand_below(&random, sizeof(bytes) - start + 1);
		uint64 ones = 0;

		for (Size i = 0; i < len; i++)
		{
			bytes[start + i] = (uint8) random_word(&random);
			for (int bit = 0; bit < 8; bit++)
				ones += bit_of(bytes[start + i], bit);
		}
		CHECK_EQ_UINT(cache_bits_popcount_bytes(bytes + start, len), ones);
	}
}

int
main(void)
{
	CHECK_RUN(counts_are_those_of_single_bits);
	CHECK_RUN(reversing_moves_each_bit_to_its_mirror);
	CHECK_RUN(reversed_counting_visits_every_bucket_once);
	CHECK_RUN(rounding_goes_up_and_no_further);
	CHECK_RUN(words_are_little_endian_in_memory);
	CHECK_RUN(byte_matches_are_exact);
	CHECK_RUN(ones_of_a_byte_string_are_summed);
	return check_done();
}
