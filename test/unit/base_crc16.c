/*
 * base_crc16.c
 *    Unit tests of base/crc16.c. Slots were taken from CLUSTER KEYSLOT of Redis 7.0.
 */
#include "base/env.h"

#include "base/crc16.h"
#include "base/wyrand.h"
#include "check.h"

/* The definition: polynomial division, a bit at a time. */
static uint16
crc16_by_bits(CacheSlice data)
{
	uint32 crc = 0;

	for (Size i = 0; i < data.len; i++)
	{
		crc ^= (uint32) (uint8) data.data[i] << 8;
		for (int bit = 0; bit < 8; bit++)
			crc = (crc << 1) ^ ((crc & 0x8000) != 0 ? 0x11021 : 0);
	}
	return (uint16) crc;
}

static void
crc_is_the_xmodem_variant(void)
{
	CHECK_EQ_UINT(cache_crc16(cache_slice(NULL, 0)), 0);
	CHECK_EQ_UINT(cache_crc16(cache_slice_cstr("123456789")), 0x31c3);
}

static void
table_agrees_with_bitwise_division(void)
{
	CacheWyrand random = cache_wyrand_seeded(check_seed());
	char bytes[64];

	for (int byte = 0; byte < 256; byte++)
	{
		bytes[0] = (char) byte;
		CHECK_EQ_UINT(cache_crc16(cache_slice(bytes, 1)), crc16_by_bits(cache_slice(bytes, 1)));
	}
	for (int round = 0; round < 10000; round++)
	{
		CacheSlice data = cache_slice(bytes, cache_wyrand_below(&random, sizeof(bytes) + 1));

		for (Size i = 0; i < data.len; i++)
			bytes[i] = (char) cache_wyrand_next(&random);
		CHECK_EQ_UINT(cache_crc16(data), crc16_by_bits(data));
	}
}

static int
slot_of(const char *key)
{
	return cache_crc16_slot(cache_slice_cstr(key));
}

static void
slots_are_those_of_redis_cluster(void)
{
	CHECK_EQ_INT(slot_of(""), 0);
	CHECK_EQ_INT(slot_of("foo"), 12182);
	CHECK_EQ_INT(slot_of("bar"), 5061);
	CHECK_EQ_INT(slot_of("123456789"), 12739);
}

static void
only_a_non_empty_tag_counts(void)
{
	CHECK_EQ_INT(slot_of("{user1000}.following"), slot_of("user1000"));
	CHECK_EQ_INT(slot_of("{user1000}.followers"), slot_of("user1000"));
	CHECK_EQ_INT(slot_of("a{foo}"), slot_of("foo"));
	CHECK_EQ_INT(slot_of("{foo}{bar}"), slot_of("foo"));
	CHECK_EQ_INT(slot_of("}{foo}"), slot_of("foo"));
	CHECK_EQ_INT(slot_of("foo{{bar}}zap"), slot_of("{bar"));
	CHECK_EQ_INT(slot_of("foo{}{bar}"), 8363);
	CHECK(slot_of("{foo") != slot_of("foo"));
	CHECK(slot_of("foo}") != slot_of("foo"));
	CHECK(slot_of("{}foo") != slot_of("foo"));
	CHECK_EQ_INT(slot_of("{"), cache_crc16(cache_slice_cstr("{")) % CACHE_CRC16_SLOTS);
	CHECK_EQ_INT(slot_of("{}"), cache_crc16(cache_slice_cstr("{}")) % CACHE_CRC16_SLOTS);
}

int
main(void)
{
	CHECK_RUN(crc_is_the_xmodem_variant);
	CHECK_RUN(table_agrees_with_bitwise_division);
	CHECK_RUN(slots_are_those_of_redis_cluster);
	CHECK_RUN(only_a_non_empty_tag_counts);
	return check_done();
}
