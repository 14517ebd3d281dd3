/*
 * base_number.c
 *    Unit tests of base/number.c. The float vectors are those of INCRBYFLOAT in Redis 7.0.
 */
#include "base/env.h"

#include <errno.h>
#include <float.h>
#include <math.h>

#include "base/number.h"
#include "base/wyrand.h"
#include "check.h"

#define UNTOUCHED INT64_C(-123456789)

static bool
parses_int64(const char *text, int64 *value)
{
	return cache_number_parse_int64(cache_slice_cstr(text), value);
}

static void
integers_have_one_spelling(void)
{
	static const char *const valid[] = {
		"0",
		"1",
		"-1",
		"9",
		"10",
		"100",
		"1234567890",
		"9223372036854775807",
		"-9223372036854775808",
		"-9223372036854775807",
		"1000000000000000000",
	};
	static const char *const invalid[] = {
		"",
		"-",
		"+",
		"+1",
		"-0",
		"00",
		"01",
		"-01",
		" 1",
		"1 ",
		"1\n",
		"1.0",
		"1e3",
		"0x1",
		"--1",
		"1-",
		"a",
		"1a",
		"9223372036854775808",
		"-9223372036854775809",
		"10000000000000000000",
		"18446744073709551615",
		"18446744073709551616",
		"18446744073709551617",
		"99999999999999999999",
		"-99999999999999999999",
		"\xff",
		"1\xb2",
		"/",
		":",
		"1/",
		"1:",
	};

	for (Size i = 0; i < lengthof(valid); i++)
	{
		int64 value = UNTOUCHED;

		CHECK(parses_int64(valid[i], &value));
		CHECK_EQ_INT(value, strtoll(valid[i], NULL, 10));
	}
	for (Size i = 0; i < lengthof(invalid); i++)
	{
		int64 value = UNTOUCHED;

		if (parses_int64(invalid[i], &value))
			printf("# \"%s\" was taken for %" PRId64 "\n", invalid[i], value);
		CHECK_EQ_INT(value, UNTOUCHED);
	}
}

static void
integers_end_with_their_slice(void)
{
	int64 value = UNTOUCHED;

	CHECK(cache_number_parse_int64(cache_slice("123", 2), &value));
	CHECK_EQ_INT(value, 12);
	CHECK(!cache_number_parse_int64(cache_slice("12\0", 3), &value));
	CHECK(!cache_number_parse_int64(cache_slice(NULL, 0), &value));
}

static void
check_int64_round_trip(int64 value)
{
	char expected[32];
	char buffer[CACHE_NUMBER_INT64_CHARS + 1];
	int64 read = UNTOUCHED;
	int len;

	snprintf(expected, sizeof(expected), "%" PRId64, value);
	memset(buffer, '#', sizeof(buffer));
	len = cache_number_format_int64(buffer, value);
	CHECK_EQ_STR(buffer, expected);
	CHECK_EQ_INT(len, (int) strlen(expected));
	CHECK_EQ_INT(cache_number_int64_len(value), len);
	CHECK(buffer[CACHE_NUMBER_INT64_CHARS] == '#');
	CHECK(cache_number_parse_int64(cache_slice(buffer, (Size) len), &read));
	CHECK_EQ_INT(read, value);
}

static void
written_integers_read_back(void)
{
	CacheWyrand random = cache_wyrand_seeded(check_seed());
	int64 power = 1;

	for (int digits = 0; digits < 19; digits++)
	{
		for (int64 near = -2; near <= 2; near++)
		{
			check_int64_round_trip(power + near);
			check_int64_round_trip(-power + near);
		}
		if (digits < 18)
			power *= 10;
	}
	for (int bit = 0; bit < 64; bit++)
	{
		check_int64_round_trip((int64) (UINT64_C(1) << bit));
		check_int64_round_trip((int64) (UINT64_MAX >> bit));
	}
	check_int64_round_trip(PG_INT64_MIN);
	check_int64_round_trip(PG_INT64_MAX);
	for (int round = 0; round < 100000; round++)
	{
		uint64 bits = cache_wyrand_next(&random) >> cache_wyrand_below(&random, 64);

		check_int64_round_trip((int64) bits);
		check_int64_round_trip((int64) (0 - bits));
	}
}

/*
 * Of random short texts, those are numbers that the C library reads whole and writes back the same.
 */
static void
random_texts_are_integers_only_if_they_round_trip(void)
{
	CacheWyrand random = cache_wyrand_seeded(check_seed());
	int numbers = 0;

	for (int round = 0; round < 200000; round++)
	{
		static const char alphabet[] = "0123456789-+ 9";
		char text[24] = "";
		char written[32];
		Size len = cache_wyrand_below(&random, sizeof(text));
		int64 value = UNTOUCHED;
		bool expected;

		if (round % 2 == 0)
			len = Min(len, 4);
		for (Size i = 0; i < len; i++)
			text[i] = alphabet[cache_wyrand_below(&random, round % 4 < 2 ? 14 : 10)];
		snprintf(written, sizeof(written), "%lld", strtoll(text, NULL, 10));
		expected = strcmp(written, text) == 0;
		CHECK_EQ_INT(parses_int64(text, &value), expected);
		CHECK_EQ_INT(value, expected ? strtoll(text, NULL, 10) : UNTOUCHED);
		numbers += expected;
	}
	CHECK(numbers > 10000);
}

static void
integer_sums_stay_in_range(void)
{
	int64 sum;

	CHECK(cache_number_add_int64(1, -3, &sum));
	CHECK_EQ_INT(sum, -2);
	CHECK(cache_number_add_int64(PG_INT64_MAX, 0, &sum));
	CHECK(cache_number_add_int64(PG_INT64_MAX, PG_INT64_MIN, &sum));
	CHECK_EQ_INT(sum, -1);
	CHECK(!cache_number_add_int64(PG_INT64_MAX, 1, &sum));
	CHECK(!cache_number_add_int64(PG_INT64_MIN, -1, &sum));
	CHECK(!cache_number_add_int64(PG_INT64_MIN, PG_INT64_MIN, &sum));
}

static bool
parses_float(const char *text, long double *value)
{
	return cache_number_parse_float(cache_slice_cstr(text), value);
}

static void
floats_are_what_redis_takes_for_floats(void)
{
	static const char *const valid[] = {
		"0",     "-0",    "+1",   "01",  "1e3",  "1E+3", "1e-3",     ".5",    "5.",
		"-.5e1", "0x1p4", "0x.8", "inf", "-inf", "+INF", "Infinity", "1e-17",
	};
	static const char *const invalid[] = {
		"",     " ",      " 1",    "\t1",   "\n1", "\v1",      "1 ",      "1\n",      "nan",
		"-NaN", "nan(1)", ".",     "-",     "+",   "e5",       "1e",      "1e+",      "0x",
		"infx", "1,5",    "1_000", "1.2.3", "--1", "\xa0\x31", "1e99999", "-1e99999", "1e-99999",
	};

	for (Size i = 0; i < lengthof(valid); i++)
	{
		long double value = 7;

		if (!parses_float(valid[i], &value))
			printf("# \"%s\"\n", valid[i]);
		CHECK(parses_float(valid[i], &value));
		CHECK(value == strtold(valid[i], NULL));
	}
	for (Size i = 0; i < lengthof(invalid); i++)
	{
		long double value;

		if (parses_float(invalid[i], &value))
			printf("# \"%s\"\n", invalid[i]);
		CHECK(!parses_float(invalid[i], &value));
	}
}

static void
floats_end_with_their_slice(void)
{
	char zeros[CACHE_NUMBER_FLOAT_CHARS];
	long double value;

	CHECK(cache_number_parse_float(cache_slice("1.5", 2), &value));
	CHECK(value == 1);
	CHECK(!cache_number_parse_float(cache_slice("1\0", 2), &value));
	CHECK(!cache_number_parse_float(cache_slice("\0"
												"1",
												2),
									&value));
	CHECK(!cache_number_parse_float(cache_slice(NULL, 0), &value));

	memset(zeros, '0', sizeof(zeros));
	CHECK(cache_number_parse_float(cache_slice(zeros, sizeof(zeros) - 1), &value));
	CHECK(!cache_number_parse_float(cache_slice(zeros, sizeof(zeros)), &value));
}

static void
parsing_leaves_errno_alone(void)
{
	long double value;

	errno = ENOENT;
	CHECK(!parses_float("1e99999", &value));
	CHECK_EQ_INT(errno, ENOENT);
}

static void
check_sum(const char *a, const char *b, const char *expected)
{
	char buffer[CACHE_NUMBER_FLOAT_CHARS];
	long double x = 0;
	long double y = 0;
	long double sum;

	CHECK(parses_float(a, &x));
	CHECK(parses_float(b, &y));
	CHECK_OR_RETURN(cache_number_add_float(x, y, &sum));
	CHECK_EQ_INT(cache_number_format_float(buffer, sum), (int) strlen(expected));
	CHECK_EQ_STR(buffer, expected);
}

static void
float_sums_are_written_for_people(void)
{
	check_sum("0", "0", "0");
	check_sum("-0", "-0", "0");
	check_sum("3.0e3", "200", "3200");
	check_sum("5.0e3", "-5000", "0");
	check_sum("100", "0", "100");
	check_sum("10.50", "0.1", "10.6");
	check_sum("0x1p4", ".5", "16.5");
	check_sum("-1.25", "0", "-1.25");
	check_sum("1e-17", "0", "0.00000000000000001");
	check_sum("4e-18", "0", "0");
	check_sum("-4e-18", "0", "0");
	check_sum("1e21", "0", "1000000000000000000000");
#if LDBL_MANT_DIG == 64
	check_sum("0.1", "0.2", "0.3");
	check_sum("1.1", "2.2", "3.3");
	check_sum("5e-18", "0", "0");
	check_sum("6e-18", "0", "0.00000000000000001");
	check_sum("1e22", "0.1", "10000000000000000000000");
#endif
}

static void
sums_that_are_no_number_are_refused(void)
{
	long double sum;

	CHECK(!cache_number_add_float(INFINITY, 1, &sum));
	CHECK(!cache_number_add_float(INFINITY, -INFINITY, &sum));
	CHECK(!cache_number_add_float(LDBL_MAX, LDBL_MAX, &sum));
	CHECK(cache_number_add_float(LDBL_MAX, -LDBL_MAX, &sum));
	CHECK(sum == 0);
}

static void
the_longest_floats_fit(void)
{
	char *buffer = malloc(CACHE_NUMBER_FLOAT_CHARS);
	long double read = 0;
	int len;

	CHECK_OR_RETURN(buffer != NULL);
	len = cache_number_format_float(buffer, -LDBL_MAX);
	CHECK(len < CACHE_NUMBER_FLOAT_CHARS && len == (int) strlen(buffer));
	CHECK(cache_number_parse_float(cache_slice(buffer, (Size) len), &read));
	CHECK(read == -LDBL_MAX);

	CHECK_EQ_INT(cache_number_format_float(buffer, LDBL_MIN), 1);
	CHECK_EQ_STR(buffer, "0");
	CHECK_EQ_INT(cache_number_format_float(buffer, INFINITY), 3);
	CHECK_EQ_STR(buffer, "inf");
	CHECK_EQ_INT(cache_number_format_float(buffer, -INFINITY), 4);
	CHECK_EQ_STR(buffer, "-inf");
	free(buffer);
}

/* Quarters have an exact short spelling, so nothing may be lost either way. */
static void
written_floats_read_back(void)
{
	CacheWyrand random = cache_wyrand_seeded(check_seed());
	char buffer[CACHE_NUMBER_FLOAT_CHARS];
	char again[CACHE_NUMBER_FLOAT_CHARS];

	for (int round = 0; round < 50000; round++)
	{
		int64 quarters =
			(int64) cache_wyrand_next(&random) >> cache_wyrand_below(&random, 60) >> 12;
		long double value = (long double) quarters / 4;
		long double read = 0;
		int len = cache_number_format_float(buffer, value);

		CHECK(cache_number_parse_float(cache_slice(buffer, (Size) len), &read));
		CHECK(read == value);

		/* Any other value settles after one writing. */
		value = cache_wyrand_unit(&random) * 1000;
		len = cache_number_format_float(buffer, value);
		CHECK(cache_number_parse_float(cache_slice(buffer, (Size) len), &read));
		CHECK(fabsl(read - value) < 1e-16L);
		cache_number_format_float(again, read);
		CHECK_EQ_STR(again, buffer);
	}
}

#define REASON "long doubles are emulated"

/* Valgrind computes long doubles with the precision and range of doubles. */
static bool
long_doubles_are_long(void)
{
	volatile long double sum = 1;

	sum += LDBL_EPSILON;
	return sum != 1;
}

int
main(void)
{
	bool whole = long_doubles_are_long();

	CHECK_RUN(integers_have_one_spelling);
	CHECK_RUN(integers_end_with_their_slice);
	CHECK_RUN(written_integers_read_back);
	CHECK_RUN(random_texts_are_integers_only_if_they_round_trip);
	CHECK_RUN(integer_sums_stay_in_range);
	CHECK_RUN_IF(whole, REASON, floats_are_what_redis_takes_for_floats);
	CHECK_RUN(floats_end_with_their_slice);
	CHECK_RUN_IF(whole, REASON, parsing_leaves_errno_alone);
	CHECK_RUN_IF(whole, REASON, float_sums_are_written_for_people);
	CHECK_RUN_IF(whole, REASON, sums_that_are_no_number_are_refused);
	CHECK_RUN_IF(whole, REASON, the_longest_floats_fit);
	CHECK_RUN(written_floats_read_back);
	return check_done();
}
