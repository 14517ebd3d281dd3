/*
 * base_glob.c
 *    Fuzzer of base/glob.c: the first byte says how to cut the rest into pattern and text.
 *
 * Short inputs are compared to the plain model; long ones have to end, and in bounds. Bit 0 of the
 * first byte is the unit, the rest of it the length of the pattern.
 */
#include "base/env.h"

#include "base/glob.h"
#include "base_glob_model.h"

#define MODEL_STARS 6

extern int LLVMFuzzerTestOneInput(const uint8 *data, size_t size);

/* True if the model, which is exponential in stars, answers soon. */
static bool
fits_model(CacheSlice pattern, CacheSlice text)
{
	int stars = 0;

	if (pattern.len > 24 || text.len > 24)
		return false;
	for (Size i = 0; i < pattern.len; i++)
		stars += pattern.data[i] == '*';
	return stars <= MODEL_STARS;
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	CacheGlobUnit unit;
	CacheSlice input;
	CacheSlice pattern;
	CacheSlice text;
	bool matches;

	if (size == 0)
		return 0;
	unit = (data[0] & 1) != 0 ? CACHE_GLOB_UTF8 : CACHE_GLOB_BYTES;
	input = cache_slice(data + 1, size - 1);
	pattern = cache_slice_head(input, data[0] >> 1);
	text = cache_slice_tail(input, data[0] >> 1);

	matches = cache_glob_match(pattern, text, unit);
	if (fits_model(pattern, text) && matches != model_match(pattern, text, unit))
		abort();
	if (cache_glob_is_literal(pattern) && matches != cache_slice_equal(pattern, text))
		abort();
	if (!cache_glob_match(cache_slice_cstr("*"), text, unit))
		abort();
	return 0;
}
