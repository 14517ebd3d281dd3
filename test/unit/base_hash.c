/*
 * base_hash.c
 *    Unit tests of base/hash.c.
 */
#include "base/env.h"

#include "base/bits.h"
#include "base/hash.h"
#include "base/wyrand.h"
#include "check.h"

typedef struct Golden
{
	Size len;
	uint64 unseeded;
	uint64 seeded;
} Golden;

/*
 * XXH3 of bytes i * 31 + 7, at the lengths where the algorithm changes its way: files on disk and
 * cluster neighbours rely on these values.
 */
static const Golden goldens[] = {
	{ 0, UINT64_C(0x2d06800538d394c2), UINT64_C(0x602b0e2cd6662c8b) },
	{ 1, UINT64_C(0x4c5cca45d0f4811f), UINT64_C(0x2f3acd3805f81de3) },
	{ 3, UINT64_C(0x15f7093b173d005c), UINT64_C(0x079dd5d54d89480a) },
	{ 4, UINT64_C(0xdca012f95811b6b9), UINT64_C(0x1a246e2efb9c9b2e) },
	{ 8, UINT64_C(0xdec6a9a43575982e), UINT64_C(0x19ef7d3919108aff) },
	{ 9, UINT64_C(0xcbe393399f17ffbd), UINT64_C(0x9c98d3e24dc54d34) },
	{ 16, UINT64_C(0x7e484c18d74895d0), UINT64_C(0xa106510078b0a252) },
	{ 17, UINT64_C(0x208bde5ee2bed407), UINT64_C(0x0b2caf8bf9648eff) },
	{ 32, UINT64_C(0x03df0ac5255d1446), UINT64_C(0x3acbfdfb7e9f9668) },
	{ 64, UINT64_C(0xdd30702ab46b3745), UINT64_C(0x4490c19c7048a1a1) },
	{ 128, UINT64_C(0xf92b70eaa21a6288), UINT64_C(0x95425530beb89fe8) },
	{ 129, UINT64_C(0xf8f76713f2bb60fa), UINT64_C(0x29fa850b97ed9666) },
	{ 240, UINT64_C(0xccc7375172c41f03), UINT64_C(0x2d882e7899ff64cc) },
	{ 241, UINT64_C(0x0b3b630948ce4a00), UINT64_C(0x422e82e8913e49e0) },
	{ 1024, UINT64_C(0x23bc880ebf0d29c6), UINT64_C(0x7e249adc60e1f9b4) },
	{ 2048, UINT64_C(0x19f6f9c987331373), UINT64_C(0x060600a6317839f9) },
};

static void
values_are_those_of_xxh3(void)
{
	uint8 bytes[2048];

	for (Size i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8) (i * 31 + 7);
	for (Size i = 0; i < lengthof(goldens); i++)
	{
		CHECK_EQ_UINT(cache_hash_bytes(bytes, goldens[i].len, 0), goldens[i].unseeded);
		CHECK_EQ_UINT(cache_hash_bytes(bytes, goldens[i].len, UINT64_C(0x9e3779b97f4a7c15)),
					  goldens[i].seeded);
	}
	CHECK_EQ_UINT(cache_hash_slice(cache_slice_cstr("products:42"), 0),
				  UINT64_C(0xebe3c0868ac37719));
}

static void
no_bytes_hash_without_a_pointer(void)
{
	CHECK_EQ_UINT(cache_hash_bytes(NULL, 0, 0), cache_hash_bytes("x", 0, 0));
	CHECK(cache_hash_bytes(NULL, 0, 0) != cache_hash_bytes(NULL, 0, 1));
}

static void
place_in_memory_does_not_matter(void)
{
	CacheWyrand random = cache_wyrand_seeded(check_seed());
	uint64 aligned[40];
	char moved[sizeof(aligned) + 8];

	for (Size len = 0; len <= sizeof(aligned); len++)
	{
		for (Size i = 0; i < lengthof(aligned); i++)
			aligned[i] = cache_wyrand_next(&random);
		for (Size shift = 0; shift < 8; shift++)
		{
			memcpy(moved + shift, aligned, len);
			CHECK_EQ_UINT(cache_hash_bytes(moved + shift, len, 5),
						  cache_hash_bytes(aligned, len, 5));
		}
	}
}

/*
 * One bit of the key flips half of the hash, give or take: every cut of the hash is as good as
 * another.
 */
static void
each_key_bit_reaches_every_hash_bit(void)
{
	CacheWyrand random = cache_wyrand_seeded(check_seed());
	int flips[64] = { 0 };
	int pairs = 0;

	for (int round = 0; round < 200; round++)
	{
		char key[16];
		uint64 before;

		for (Size i = 0; i < sizeof(key); i++)
			key[i] = (char) cache_wyrand_next(&random);
		before = cache_hash_bytes(key, sizeof(key), 0);
		for (int bit = 0; bit < (int) sizeof(key) * 8; bit++)
		{
			uint64 changed;

			key[bit / 8] ^= (char) (1 << bit % 8);
			changed = before ^ cache_hash_bytes(key, sizeof(key), 0);
			key[bit / 8] ^= (char) (1 << bit % 8);
			for (int i = 0; i < 64; i++)
				flips[i] += (int) (changed >> i & 1);
			pairs++;
		}
	}
	for (int i = 0; i < 64; i++)
		CHECK(flips[i] > pairs * 0.48 && flips[i] < pairs * 0.52);
}

int
main(void)
{
	CHECK_RUN(values_are_those_of_xxh3);
	CHECK_RUN(no_bytes_hash_without_a_pointer);
	CHECK_RUN(place_in_memory_does_not_matter);
	CHECK_RUN(each_key_bit_reaches_every_hash_bit);
	return check_done();
}
