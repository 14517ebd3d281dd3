/*
 * base_slice.c
 *    Unit tests of base/slice.h.
 */
#include "base/env.h"

#include "base/slice.h"
#include "base/wyrand.h"
#include "check.h"

static int
sign(int value)
{
	return (value > 0) - (value < 0);
}

static void
empty_slices_are_equal_wherever_they_point(void)
{
	CacheSlice null = cache_slice(NULL, 0);
	CacheSlice nowhere = cache_slice("x", 0);

	CHECK(cache_slice_is_empty(null));
	CHECK(!cache_slice_is_empty(cache_slice("x", 1)));
	CHECK(cache_slice_equal(null, nowhere));
	CHECK_EQ_INT(cache_slice_compare(null, nowhere), 0);
	CHECK(cache_slice_starts_with(null, nowhere));
	CHECK(cache_slice_starts_with(cache_slice_cstr("x"), null));
	CHECK(!cache_slice_starts_with(null, cache_slice_cstr("x")));
	CHECK_EQ_UINT(cache_slice_find(null, 'x'), 0);
	CHECK_EQ_UINT(cache_slice_head(null, 3).len, 0);
	CHECK_EQ_UINT(cache_slice_tail(null, 0).len, 0);
	CHECK_EQ_UINT(cache_slice_tail(null, 3).len, 0);
}

static void
zero_bytes_are_bytes(void)
{
	CacheSlice slice = CACHE_SLICE_LITERAL("a\0b");

	CHECK_EQ_UINT(slice.len, 3);
	CHECK(!cache_slice_equal(slice, cache_slice_cstr("a")));
	CHECK(!cache_slice_equal(slice, cache_slice("a\0c", 3)));
	CHECK_EQ_UINT(cache_slice_find(slice, 'b'), 2);
	CHECK_EQ_UINT(cache_slice_find(slice, '\0'), 1);
}

static void
order_is_by_unsigned_bytes_then_length(void)
{
	static const CacheSlice ascending[] = {
		CACHE_SLICE_LITERAL(""),     CACHE_SLICE_LITERAL("\0"),   CACHE_SLICE_LITERAL("A"),
		CACHE_SLICE_LITERAL("a"),    CACHE_SLICE_LITERAL("a\0"),  CACHE_SLICE_LITERAL("aa"),
		CACHE_SLICE_LITERAL("ab"),   CACHE_SLICE_LITERAL("\x7f"), CACHE_SLICE_LITERAL("\x80"),
		CACHE_SLICE_LITERAL("\xff"),
	};

	for (int i = 0; i < (int) lengthof(ascending); i++)
	{
		for (int j = 0; j < (int) lengthof(ascending); j++)
		{
			CHECK_EQ_INT(sign(cache_slice_compare(ascending[i], ascending[j])), sign(i - j));
			CHECK_EQ_INT(cache_slice_equal(ascending[i], ascending[j]), i == j);
		}
	}
}

static void
parts_stay_inside(void)
{
	CacheSlice key = cache_slice_cstr("products:42");
	Size colon = cache_slice_find(key, ':');
	CacheSlice head = cache_slice_head(key, colon);
	CacheSlice tail = cache_slice_tail(key, colon + 1);

	CHECK_EQ_BYTES(head.data, head.len, "products", 8);
	CHECK_EQ_BYTES(tail.data, tail.len, "42", 2);
	CHECK_EQ_UINT(cache_slice_find(key, '/'), key.len);
	CHECK_EQ_UINT(cache_slice_head(key, 100).len, key.len);
	CHECK_EQ_UINT(cache_slice_tail(key, key.len).len, 0);
	CHECK_EQ_UINT(cache_slice_tail(key, SIZE_MAX).len, 0);
	CHECK(cache_slice_starts_with(key, head));
	CHECK(!cache_slice_starts_with(head, key));
	CHECK(!cache_slice_starts_with(key, tail));
}

static void
head_and_tail_of_random_slices_make_the_whole(void)
{
	CacheWyrand random = cache_wyrand_seeded(check_seed());
	char bytes[32];

	for (int round = 0; round < 10000; round++)
	{
		CacheSlice whole = cache_slice(bytes, cache_wyrand_below(&random, sizeof(bytes) + 1));
		Size cut = cache_wyrand_below(&random, sizeof(bytes) + 1);
		CacheSlice head;
		CacheSlice tail;
		Size found;

		for (Size i = 0; i < whole.len; i++)
			bytes[i] = (char) ('a' + cache_wyrand_below(&random, 4));
		head = cache_slice_head(whole, cut);
		tail = cache_slice_tail(whole, cut);
		CHECK_EQ_UINT(head.len + tail.len, whole.len);
		CHECK_EQ_UINT(head.len, Min(cut, whole.len));
		CHECK(tail.data == head.data + head.len);
		CHECK(cache_slice_starts_with(whole, head));
		CHECK_EQ_INT(sign(cache_slice_compare(whole, head)), tail.len > 0);

		found = cache_slice_find(whole, 'b');
		CHECK(found == whole.len || bytes[found] == 'b');
		for (Size i = 0; i < found; i++)
			CHECK(bytes[i] != 'b');
	}
}

int
main(void)
{
	CHECK_RUN(empty_slices_are_equal_wherever_they_point);
	CHECK_RUN(zero_bytes_are_bytes);
	CHECK_RUN(order_is_by_unsigned_bytes_then_length);
	CHECK_RUN(parts_stay_inside);
	CHECK_RUN(head_and_tail_of_random_slices_make_the_whole);
	return check_done();
}
