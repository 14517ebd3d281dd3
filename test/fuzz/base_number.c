/*
 * base_number.c
 *    Fuzzer of base/number.c: the input is a text that may be a number, and bytes of one.
 *
 * What parses as an integer is its only spelling, and is what the C library reads. What parses as a
 * float settles when written once. Any int64 reads back.
 */
#include "base/env.h"

#include <math.h>

#include "base/bits.h"
#include "base/number.h"

extern int LLVMFuzzerTestOneInput(const uint8 *data, size_t size);

static void
expect(bool holds)
{
	if (!holds)
		abort();
}

static void
integer_text_is_its_only_spelling(CacheSlice text)
{
	char buffer[CACHE_NUMBER_INT64_CHARS];
	int64 value;
	int len;

	if (!cache_number_parse_int64(text, &value))
		return;
	len = cache_number_format_int64(buffer, value);
	expect(cache_slice_equal(cache_slice(buffer, (Size) len), text));
	expect(cache_number_int64_len(value) == len);
	expect(strtoll(buffer, NULL, 10) == value);
}

static void
any_integer_reads_back(int64 value)
{
	char buffer[CACHE_NUMBER_INT64_CHARS];
	char expected[32];
	int64 read;
	int len = cache_number_format_int64(buffer, value);

	snprintf(expected, sizeof(expected), "%" PRId64, value);
	expect(strcmp(buffer, expected) == 0);
	expect(cache_number_parse_int64(cache_slice(buffer, (Size) len), &read) && read == value);
}

/* An integer's text is also a float, of that value if the mantissa holds it. */
static void
float_text_settles_when_written(CacheSlice text)
{
	static char first[CACHE_NUMBER_FLOAT_CHARS];
	static char second[CACHE_NUMBER_FLOAT_CHARS];
	long double value;
	int64 integer;
	int len;

	if (!cache_number_parse_float(text, &value))
	{
		expect(!cache_number_parse_int64(text, &integer));
		return;
	}
	expect(!isnan(value));
	if (cache_number_parse_int64(text, &integer))
		expect((long double) integer == value);

	len = cache_number_format_float(first, value);
	expect(len > 0 && (Size) len == strlen(first));
	expect(strcmp(first, "-0") != 0);
	expect(strchr(first, '.') == NULL || (first[len - 1] != '0' && first[len - 1] != '.'));
	expect(cache_number_parse_float(cache_slice(first, (Size) len), &value));
	expect(cache_number_format_float(second, value) == len && strcmp(first, second) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	CacheSlice text = cache_slice(data, size);

	integer_text_is_its_only_spelling(text);
	float_text_settles_when_written(text);
	if (size >= sizeof(uint64))
		any_integer_reads_back((int64) cache_bits_load64(data));
	return 0;
}
