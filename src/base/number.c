/*
 * number.c
 *    Reading and writing numbers by Redis's rules; number.h states them.
 *
 * Integers are written by hand, two digits a division: this runs on every INCR. Floats go through
 * the C library, whose long double conversions round correctly.
 */
#include "base/env.h"

#include <errno.h>
#include <math.h>

#include "base/bits.h"
#include "base/number.h"

/* The server maps snprintf to its own, which does not know long double. */
#undef snprintf

static const char digit_pairs[] = "00010203040506070809"
								  "10111213141516171819"
								  "20212223242526272829"
								  "30313233343536373839"
								  "40414243444546474849"
								  "50515253545556575859"
								  "60616263646566676869"
								  "70717273747576777879"
								  "80818283848586878889"
								  "90919293949596979899";

/* |value|; the type is unsigned because the smallest int64 has no positive counterpart in it. */
static inline uint64
magnitude_of(int64 value)
{
	return value < 0 ? 0 - (uint64) value : (uint64) value;
}

/*
 * Decimal digits of value. 1233 / 4096 is just over log10(2), so the estimate is exact or one too
 * big.
 */
static inline int
count_digits(uint64 value)
{
	static const uint64 powers[] = {
		UINT64_C(0),
		UINT64_C(10),
		UINT64_C(100),
		UINT64_C(1000),
		UINT64_C(10000),
		UINT64_C(100000),
		UINT64_C(1000000),
		UINT64_C(10000000),
		UINT64_C(100000000),
		UINT64_C(1000000000),
		UINT64_C(10000000000),
		UINT64_C(100000000000),
		UINT64_C(1000000000000),
		UINT64_C(10000000000000),
		UINT64_C(100000000000000),
		UINT64_C(1000000000000000),
		UINT64_C(10000000000000000),
		UINT64_C(100000000000000000),
		UINT64_C(1000000000000000000),
		UINT64_C(10000000000000000000),
	};
	int estimate = (cache_bits_log2_floor(value | 1) + 1) * 1233 >> 12;

	return estimate + (value >= powers[estimate]);
}

bool
cache_number_parse_int64(CacheSlice text, int64 *value)
{
	const char *next = text.data;
	const char *end;
	uint64 limit = PG_INT64_MAX;
	uint64 magnitude;
	bool negative;

	if (text.len == 0 || text.len >= CACHE_NUMBER_INT64_CHARS)
		return false;
	end = text.data + text.len;

	if (text.len == 1 && *next == '0')
	{
		*value = 0;
		return true;
	}

	negative = *next == '-';
	if (negative)
	{
		next++;
		limit++;
	}
	if (next == end || *next < '1' || *next > '9')
		return false;

	for (magnitude = 0; next < end; next++)
	{
		uint64 digit = (uint64) (unsigned char) *next - '0';

		if (digit > 9 || magnitude > (limit - digit) / 10)
			return false;
		magnitude = magnitude * 10 + digit;
	}
	*value = (int64) (negative ? 0 - magnitude : magnitude);
	return true;
}

int
cache_number_int64_len(int64 value)
{
	return (value < 0) + count_digits(magnitude_of(value));
}

int
cache_number_format_int64(char *buffer, int64 value)
{
	uint64 rest = magnitude_of(value);
	int len = (value < 0) + count_digits(rest);
	char *next = buffer + len;

	*next = '\0';
	while (rest >= 100)
	{
		next -= 2;
		memcpy(next, digit_pairs + 2 * (rest % 100), 2);
		rest /= 100;
	}
	if (rest >= 10)
		memcpy(next - 2, digit_pairs + 2 * rest, 2);
	else
		next[-1] = (char) ('0' + rest);
	if (value < 0)
		buffer[0] = '-';
	return len;
}

/*
 * strtold skips what the locale calls space, and a single-byte locale may call a byte above 127
 * that. No number begins with either.
 */
static inline bool
may_begin_number(char first)
{
	return first > ' ' && (unsigned char) first < 0x80;
}

bool
cache_number_parse_float(CacheSlice text, long double *value)
{
	char copy[CACHE_NUMBER_FLOAT_CHARS];
	char *end;
	int saved_errno = errno;
	bool out_of_range;

	if (text.len == 0 || text.len >= sizeof(copy) || !may_begin_number(text.data[0]))
		return false;
	memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';

	errno = 0;
	*value = strtold(copy, &end);
	/* A denormal is ERANGE too, yet a number; what became infinite or zero is lost. */
	out_of_range = errno == ERANGE && (isinf(*value) || *value == 0);
	errno = saved_errno;

	/* A zero byte inside ends the conversion early. */
	return (Size) (end - copy) == text.len && !out_of_range && !isnan(*value);
}

int
cache_number_format_float(char *buffer, long double value)
{
	int len;

	Assert(!isnan(value));
	if (isinf(value))
	{
		strcpy(buffer, value > 0 ? "inf" : "-inf");
		return (int) strlen(buffer);
	}

	/* The longest is "-", 4933 digits, ".", 17 digits. */
	len = snprintf(buffer, CACHE_NUMBER_FLOAT_CHARS, "%.17Lf", value);
	Assert(len > 0 && len < CACHE_NUMBER_FLOAT_CHARS);
	while (buffer[len - 1] == '0')
		len--; /* stops at the point at the latest */
	if (buffer[len - 1] == '.')
		len--;
	if (len == 2 && buffer[0] == '-' && buffer[1] == '0')
		buffer[0] = buffer[--len];
	buffer[len] = '\0';
	return len;
}
