/*
 * number.h
 *    Numbers in values: when text is a number, and how a number is written back.
 *
 * A counter is a string value that happens to be a number, so the text is the truth, and parsing
 * accepts exactly what Redis accepts: a migrated value must not change its nature.
 *
 *     integer   one spelling each: no plus sign, spaces, leading zeros or "-0". What parses
 *               therefore formats back to the same bytes, and a value may be kept as an int64
 *               without loss.
 *     float     what C's strtold reads, the whole of it: "1e3", ".5", "inf", "0x1p4". Refused:
 *               space in front, junk behind, NaN, overflow, underflow to zero, 5 kB and more.
 *
 * Floats are long doubles, as in Redis: on x86-64 that is 64 bits of mantissa, so 0.1 + 0.2 is
 * "0.3". They are written in plain notation with at most 17 decimals and no trailing zeros. Where
 * long double is wider or narrower (ARM, Power, Windows) the last decimals differ, as they do
 * between Redis builds.
 *
 * The decimal point is that of LC_NUMERIC, which PostgreSQL holds at "C" in every backend. Nothing
 * here throws.
 */
#ifndef CACHE_BASE_NUMBER_H
#define CACHE_BASE_NUMBER_H

#include "base/env.h"
#include "base/slice.h"

/* Room for any int64 and a terminating zero byte. */
#define CACHE_NUMBER_INT64_CHARS 21

/*
 * Room for any long double and a terminating zero byte, and the bound on text that is read as one.
 */
#define CACHE_NUMBER_FLOAT_CHARS (5 * 1024)

/* True, and the value, if text is the spelling of an int64. */
extern bool cache_number_parse_int64(CacheSlice text, int64 *value);

/*
 * Write value and a zero byte to buffer, which has CACHE_NUMBER_INT64_CHARS; its length without the
 * zero byte.
 */
extern int cache_number_format_int64(char *buffer, int64 value);

/* Length of the text that cache_number_format_int64 writes. */
extern int cache_number_int64_len(int64 value);

/* True, and the value, if text is a float; infinities are. */
extern bool cache_number_parse_float(CacheSlice text, long double *value);

/*
 * Write value and a zero byte to buffer, which has CACHE_NUMBER_FLOAT_CHARS; its length without the
 * zero byte. Infinities are "inf" and "-inf", zero has no sign. value is not NaN.
 */
extern int cache_number_format_float(char *buffer, long double value);

/* True, and the sum, unless it leaves the range of int64. */
static inline bool
cache_number_add_int64(int64 a, int64 b, int64 *sum)
{
	return !__builtin_add_overflow(a, b, sum);
}

/* True, and the sum, unless it is NaN or infinite. */
static inline bool
cache_number_add_float(long double a, long double b, long double *sum)
{
	*sum = a + b;
	return __builtin_isfinite(*sum);
}

#endif
