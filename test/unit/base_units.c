/*
 * base_units.c
 *    Unit tests of base/units.c.
 */
#include "base/env.h"

#include "base/units.h"
#include "base/wyrand.h"
#include "check.h"

#define UNTOUCHED UINT64_C(0xdeadbeef)

typedef struct Vector
{
	const char *text;
	CacheUnitsStatus status;
	uint64 bytes;
} Vector;

static const Vector vectors[] = {
	{ "0", CACHE_UNITS_OK, 0 },
	{ "8192", CACHE_UNITS_OK, 8192 },
	{ "007", CACHE_UNITS_OK, 7 },
	{ "1B", CACHE_UNITS_OK, 1 },
	{ "12 bytes", CACHE_UNITS_OK, 12 },
	{ "1kB", CACHE_UNITS_OK, 1024 },
	{ "64MB", CACHE_UNITS_OK, 67108864 },
	{ "64 mb", CACHE_UNITS_OK, 67108864 },
	{ " 64\tMB\n", CACHE_UNITS_OK, 67108864 },
	{ "1GB", CACHE_UNITS_OK, 1073741824 },
	{ "1TB", CACHE_UNITS_OK, UINT64_C(1) << 40 },
	{ "1PB", CACHE_UNITS_OK, UINT64_C(1) << 50 },
	/* fractions */
	{ "1.5GB", CACHE_UNITS_OK, 1610612736 },
	{ ".5kB", CACHE_UNITS_OK, 512 },
	{ "1.kB", CACHE_UNITS_OK, 1024 },
	{ "0.1kB", CACHE_UNITS_OK, 102 },
	{ "0.2kB", CACHE_UNITS_OK, 205 },
	{ "0.4B", CACHE_UNITS_OK, 0 },
	{ "0.5B", CACHE_UNITS_OK, 1 },
	{ "1.99999999999999999999999B", CACHE_UNITS_OK, 2 },
	{ "0.9990234375kB", CACHE_UNITS_OK, 1023 },
	{ "1.00000000000000088817841970012523233890533447265625PB", CACHE_UNITS_OK,
	  (UINT64_C(1) << 50) + 1 },
	/* the end of the range */
	{ "9223372036854775807", CACHE_UNITS_OK, PG_INT64_MAX },
	{ "9223372036854775807.4", CACHE_UNITS_OK, PG_INT64_MAX },
	{ "8191.9PB", CACHE_UNITS_OK, UINT64_C(9223259446864091546) },
	{ "9223372036854775807.5", CACHE_UNITS_TOO_BIG, 0 },
	{ "9223372036854775808", CACHE_UNITS_TOO_BIG, 0 },
	{ "8192PB", CACHE_UNITS_TOO_BIG, 0 },
	{ "8191.99999999999999999999PB", CACHE_UNITS_TOO_BIG, 0 },
	{ "18446744073709551616", CACHE_UNITS_TOO_BIG, 0 },
	{ "99999999999999999999999999999kB", CACHE_UNITS_TOO_BIG, 0 },
	/* not sizes */
	{ "", CACHE_UNITS_NO_NUMBER, 0 },
	{ "  ", CACHE_UNITS_NO_NUMBER, 0 },
	{ "MB", CACHE_UNITS_NO_NUMBER, 0 },
	{ ".", CACHE_UNITS_NO_NUMBER, 0 },
	{ ".MB", CACHE_UNITS_NO_NUMBER, 0 },
	{ "-", CACHE_UNITS_NO_NUMBER, 0 },
	{ "+1", CACHE_UNITS_NO_NUMBER, 0 },
	{ "-1", CACHE_UNITS_NEGATIVE, 0 },
	{ "-1MB", CACHE_UNITS_NEGATIVE, 0 },
	{ "1k", CACHE_UNITS_UNKNOWN_UNIT, 0 },
	{ "1M", CACHE_UNITS_UNKNOWN_UNIT, 0 },
	{ "1kBB", CACHE_UNITS_UNKNOWN_UNIT, 0 },
	{ "1byte", CACHE_UNITS_UNKNOWN_UNIT, 0 },
	{ "1 MB MB", CACHE_UNITS_UNKNOWN_UNIT, 0 },
	{ "1e3", CACHE_UNITS_UNKNOWN_UNIT, 0 },
	{ "0x10", CACHE_UNITS_UNKNOWN_UNIT, 0 },
	{ "1.5.5", CACHE_UNITS_UNKNOWN_UNIT, 0 },
	{ "1,5MB", CACHE_UNITS_UNKNOWN_UNIT, 0 },
	{ "1 000", CACHE_UNITS_UNKNOWN_UNIT, 0 },
};

static void
sizes_are_read_as_postgresql_reads_them(void)
{
	for (Size i = 0; i < lengthof(vectors); i++)
	{
		const Vector *v = &vectors[i];
		uint64 bytes = UNTOUCHED;
		CacheUnitsStatus status = cache_units_parse_size(cache_slice_cstr(v->text), &bytes);
		uint64 expected = v->status == CACHE_UNITS_OK ? v->bytes : UNTOUCHED;

		if (status != v->status || bytes != expected)
			printf("# size \"%s\"\n", v->text);
		CHECK_EQ_INT(status, v->status);
		CHECK_EQ_UINT(bytes, expected);
	}
}

static void
reading_stops_at_the_end_of_the_slice(void)
{
	uint64 bytes = UNTOUCHED;

	CHECK_EQ_INT(cache_units_parse_size(cache_slice("10MB", 2), &bytes), CACHE_UNITS_OK);
	CHECK_EQ_UINT(bytes, 10);
	CHECK_EQ_INT(cache_units_parse_size(cache_slice("10\0MB", 5), &bytes),
				 CACHE_UNITS_UNKNOWN_UNIT);
	CHECK_EQ_INT(cache_units_parse_size(cache_slice("1\0", 2), &bytes), CACHE_UNITS_UNKNOWN_UNIT);
	CHECK_EQ_INT(cache_units_parse_size(cache_slice(NULL, 0), &bytes), CACHE_UNITS_NO_NUMBER);
}

static void
check_format(uint64 bytes, const char *expected)
{
	char buffer[CACHE_UNITS_SIZE_CHARS];
	int len = cache_units_format_size(buffer, bytes);

	CHECK_EQ_STR(buffer, expected);
	CHECK_EQ_INT(len, (int) strlen(expected));
}

static void
sizes_are_written_as_show_writes_them(void)
{
	check_format(0, "0");
	check_format(1, "1B");
	check_format(1000, "1000B");
	check_format(1023, "1023B");
	check_format(1024, "1kB");
	check_format(1025, "1025B");
	check_format(1536, "1536B");
	check_format(67108864, "64MB");
	check_format(1610612736, "1536MB");
	check_format(UINT64_C(1) << 40, "1TB");
	check_format(UINT64_C(1) << 60, "1048576TB");
	check_format(PG_INT64_MAX, "9223372036854775807B");
}

static void
written_sizes_read_back(void)
{
	CacheWyrand random = cache_wyrand_seeded(check_seed());

	for (int round = 0; round < 100000; round++)
	{
		uint64 bytes = cache_wyrand_next(&random) >> (1 + cache_wyrand_below(&random, 63));
		uint64 read = UNTOUCHED;
		char buffer[CACHE_UNITS_SIZE_CHARS];
		int len;

		bytes &= UINT64_MAX << cache_wyrand_below(&random, 50);
		memset(buffer, '#', sizeof(buffer));
		len = cache_units_format_size(buffer, bytes);
		CHECK_OR_RETURN(len < (int) sizeof(buffer) && buffer[len] == '\0');
		CHECK_EQ_INT(cache_units_parse_size(cache_slice(buffer, len), &read), CACHE_UNITS_OK);
		CHECK_EQ_UINT(read, bytes);
	}
}

/* Up to nine decimals, where a product of 64 bits and a division give the exact answer. */
static void
random_fractions_are_rounded_to_the_nearest_byte(void)
{
	static const char *const names[] = { "B", "kB", "MB", "GB" };
	CacheWyrand random = cache_wyrand_seeded(check_seed());

	for (int round = 0; round < 100000; round++)
	{
		int unit = (int) cache_wyrand_below(&random, lengthof(names));
		uint64 whole = cache_wyrand_below(&random, 1000);
		uint64 billionths = cache_wyrand_below(&random, 1000000000);
		uint64 part = ((billionths << 10 * unit) + 500000000) / 1000000000;
		uint64 bytes = UNTOUCHED;
		char text[64];

		snprintf(text, sizeof(text), "%d.%09d%s", (int) whole, (int) billionths, names[unit]);
		CHECK_EQ_INT(cache_units_parse_size(cache_slice_cstr(text), &bytes), CACHE_UNITS_OK);
		if (bytes != (whole << 10 * unit) + part)
			printf("# size \"%s\"\n", text);
		CHECK_EQ_UINT(bytes, (whole << 10 * unit) + part);
	}
}

static void
each_failure_has_its_own_message(void)
{
	CHECK(cache_units_message(CACHE_UNITS_OK) == NULL);
	for (int i = CACHE_UNITS_OK + 1; i <= CACHE_UNITS_TOO_BIG; i++)
	{
		CHECK_OR_RETURN(cache_units_message((CacheUnitsStatus) i) != NULL);
		for (int j = CACHE_UNITS_OK + 1; j < i; j++)
			CHECK(strcmp(cache_units_message((CacheUnitsStatus) i),
						 cache_units_message((CacheUnitsStatus) j)) != 0);
	}
	CHECK(strstr(cache_units_hint(), "MB") != NULL);
}

int
main(void)
{
	CHECK_RUN(sizes_are_read_as_postgresql_reads_them);
	CHECK_RUN(reading_stops_at_the_end_of_the_slice);
	CHECK_RUN(sizes_are_written_as_show_writes_them);
	CHECK_RUN(written_sizes_read_back);
	CHECK_RUN(random_fractions_are_rounded_to_the_nearest_byte);
	CHECK_RUN(each_failure_has_its_own_message);
	return check_done();
}
