/*
 * units.c
 *    Reading and writing sizes; units.h states the rules.
 *
 * Integers only: a double would lose bytes past 2^53. A fraction is kept as 60 binary digits, and
 * is exact wherever the size is a whole number of bytes.
 */
#include "base/env.h"

#include "base/bits.h"
#include "base/number.h"
#include "base/units.h"

#define FRACTION_BITS 60

typedef struct SizeUnit
{
	CacheSlice name;
	int shift;    /* the unit is 2^shift bytes */
	bool written; /* cache_units_format_size may use it */
} SizeUnit;

/* Ascending. PB is read only: postgresql.conf does not know it. */
static const SizeUnit size_units[] = {
	{ CACHE_SLICE_LITERAL("B"), 0, true },    { CACHE_SLICE_LITERAL("bytes"), 0, false },
	{ CACHE_SLICE_LITERAL("kB"), 10, true },  { CACHE_SLICE_LITERAL("MB"), 20, true },
	{ CACHE_SLICE_LITERAL("GB"), 30, true },  { CACHE_SLICE_LITERAL("TB"), 40, true },
	{ CACHE_SLICE_LITERAL("PB"), 50, false },
};

static inline bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
}

static CacheSlice
trim(CacheSlice text)
{
	while (text.len > 0 && is_space(text.data[0]))
		text = cache_slice_tail(text, 1);
	while (text.len > 0 && is_space(text.data[text.len - 1]))
		text.len--;
	return text;
}

/* The digits at the start of text. */
static CacheSlice
leading_digits(CacheSlice text)
{
	Size len = 0;

	while (len < text.len && is_digit(text.data[len]))
		len++;
	return cache_slice_head(text, len);
}

/* The unit of that name, in any case, bytes for no name; NULL if unknown. */
static const SizeUnit *
find_unit(CacheSlice name)
{
	if (name.len == 0)
		return &size_units[0];
	for (Size i = 0; i < lengthof(size_units); i++)
	{
		const SizeUnit *unit = &size_units[i];
		Size same = 0;

		if (unit->name.len != name.len)
			continue;
		while (same < name.len && lower(name.data[same]) == lower(unit->name.data[same]))
			same++;
		if (same == name.len)
			return unit;
	}
	return NULL;
}

/* The whole number that digits spell; false if it is past 2^63 - 1. */
static bool
whole_number(CacheSlice digits, uint64 *number)
{
	*number = 0;
	for (Size i = 0; i < digits.len; i++)
	{
		uint64 digit = (uint64) (digits.data[i] - '0');

		if (*number > (PG_INT64_MAX - digit) / 10)
			return false;
		*number = *number * 10 + digit;
	}
	return true;
}

/* 0.digits of the unit, in bytes, rounded half up. */
static uint64
fraction_bytes(CacheSlice digits, const SizeUnit *unit)
{
	uint64 fraction = 0;
	int drop = FRACTION_BITS - unit->shift;

	/* From the last digit to the first: .25 is (2 + .5) / 10. 9 * 2^60 + 2^60 fits. */
	for (Size i = digits.len; i > 0; i--)
		fraction = (((uint64) (digits.data[i - 1] - '0') << FRACTION_BITS) + fraction) / 10;
	return (fraction + (UINT64_C(1) << (drop - 1))) >> drop;
}

CacheUnitsStatus
cache_units_parse_size(CacheSlice text, uint64 *bytes)
{
	CacheSlice rest = trim(text);
	CacheSlice whole;
	CacheSlice fraction = { NULL, 0 };
	const SizeUnit *unit;
	uint64 number;
	uint64 part;

	if (rest.len > 1 && rest.data[0] == '-' && is_digit(rest.data[1]))
		return CACHE_UNITS_NEGATIVE;

	whole = leading_digits(rest);
	rest = cache_slice_tail(rest, whole.len);
	if (rest.len > 0 && rest.data[0] == '.')
	{
		fraction = leading_digits(cache_slice_tail(rest, 1));
		rest = cache_slice_tail(rest, 1 + fraction.len);
	}
	if (whole.len + fraction.len == 0)
		return CACHE_UNITS_NO_NUMBER;

	unit = find_unit(trim(rest));
	if (unit == NULL)
		return CACHE_UNITS_UNKNOWN_UNIT;

	if (!whole_number(whole, &number) || number > (uint64) PG_INT64_MAX >> unit->shift)
		return CACHE_UNITS_TOO_BIG;
	number <<= unit->shift;
	part = fraction_bytes(fraction, unit);
	if (part > PG_INT64_MAX - number)
		return CACHE_UNITS_TOO_BIG;
	*bytes = number + part;
	return CACHE_UNITS_OK;
}

int
cache_units_format_size(char *buffer, uint64 bytes)
{
	const SizeUnit *best = &size_units[0];
	int len;

	Assert(bytes <= PG_INT64_MAX);
	if (bytes == 0)
		return cache_number_format_int64(buffer, 0);

	for (Size i = 1; i < lengthof(size_units); i++)
	{
		if (size_units[i].written && size_units[i].shift <= cache_bits_trailing_zeros(bytes))
			best = &size_units[i];
	}
	len = cache_number_format_int64(buffer, (int64) (bytes >> best->shift));
	memcpy(buffer + len, best->name.data, best->name.len + 1);
	return len + (int) best->name.len;
}

const char *
cache_units_message(CacheUnitsStatus status)
{
	static const char *const messages[] = {
		[CACHE_UNITS_OK] = NULL,
		[CACHE_UNITS_NO_NUMBER] = "a size begins with a number",
		[CACHE_UNITS_NEGATIVE] = "a size cannot be negative",
		[CACHE_UNITS_UNKNOWN_UNIT] = "unknown unit",
		[CACHE_UNITS_TOO_BIG] = "a size must be less than 8192PB",
	};

	return messages[status];
}

const char *
cache_units_hint(void)
{
	return "Valid units are \"B\", \"kB\", \"MB\", \"GB\", \"TB\" and \"PB\"; no unit means bytes.";
}
