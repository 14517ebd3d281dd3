/*
 * base_units.c
 *    Fuzzer of base/units.c: the input is a text that may be a size.
 *
 * What parses is in range and survives writing and reading; space around it changes nothing; what
 * does not parse leaves the result alone.
 */
#include "base/env.h"

#include "base/units.h"

#define UNTOUCHED UINT64_C(0xfeedfacefeedface) /* not a size */
#define MAX_TEXT 200

extern int LLVMFuzzerTestOneInput(const uint8 *data, size_t size);

static void
expect(bool holds)
{
	if (!holds)
		abort();
}

static void
written_size_reads_back(uint64 bytes)
{
	char buffer[CACHE_UNITS_SIZE_CHARS];
	uint64 read = UNTOUCHED;
	int len = cache_units_format_size(buffer, bytes);

	expect((Size) len == strlen(buffer) && len < CACHE_UNITS_SIZE_CHARS);
	expect(cache_units_parse_size(cache_slice(buffer, (Size) len), &read) == CACHE_UNITS_OK);
	expect(read == bytes);
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	char padded[MAX_TEXT + 4];
	CacheSlice text = cache_slice(data, Min(size, MAX_TEXT));
	uint64 bytes = UNTOUCHED;
	uint64 again = UNTOUCHED;
	CacheUnitsStatus status = cache_units_parse_size(text, &bytes);

	memcpy(padded, " \t", 2);
	if (text.len > 0)
		memcpy(padded + 2, text.data, text.len);
	memcpy(padded + 2 + text.len, "\n ", 2);
	expect(cache_units_parse_size(cache_slice(padded, text.len + 4), &again) == status);
	expect(again == bytes);

	if (status == CACHE_UNITS_OK)
	{
		expect(bytes <= PG_INT64_MAX);
		written_size_reads_back(bytes);
	}
	else
	{
		expect(bytes == UNTOUCHED);
		expect(cache_units_message(status) != NULL);
	}
	return 0;
}
