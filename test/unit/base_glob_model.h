/*
 * base_glob_model.h
 *    Globs by definition: slow, recursive and plain.
 *
 * The unit test and the fuzzer compare base/glob.c to this. Pattern and text are first spelled out
 * as arrays of codes, one a character, so that the matching itself knows nothing of encodings. Time
 * is exponential in the number of stars: keep patterns short.
 */
#ifndef CACHE_TEST_UNIT_BASE_GLOB_MODEL_H
#define CACHE_TEST_UNIT_BASE_GLOB_MODEL_H

#include "base/env.h"

#include "base/glob.h"

#define MODEL_CHARS 64

/* The bytes of code in UTF-8, surrogates included; their number. */
static inline Size
model_encode(uint32 code, unsigned char *bytes)
{
	Size len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

	if (len == 1)
	{
		bytes[0] = (unsigned char) code;
		return 1;
	}
	for (Size i = len - 1; i > 0; i--, code >>= 6)
		bytes[i] = 0x80 | (code & 0x3f);
	bytes[0] = (unsigned char) ((0xf00 >> len) | code);
	return len;
}

/* Decoding is what encoding undoes: a sequence is valid if its code encodes to the same bytes. */
static inline Size
model_decode(CacheSlice slice, uint32 *codes)
{
	Size count = 0;

	Assert(slice.len <= MODEL_CHARS);
	for (Size i = 0; i < slice.len; count++)
	{
		const unsigned char *bytes = (const unsigned char *) slice.data + i;
		Size taken = 1;

		codes[count] = bytes[0] < 0x80 ? bytes[0] : 0x110000 + bytes[0];
		for (Size len = 2; len <= 4 && i + len <= slice.len; len++)
		{
			uint32 code = bytes[0] & (0x7f >> len);
			unsigned char encoded[4];

			for (Size j = 1; j < len; j++)
				code = code << 6 | (bytes[j] & 0x3f);
			if (code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) &&
				model_encode(code, encoded) == len && memcmp(encoded, bytes, len) == 0)
			{
				codes[count] = code;
				taken = len;
			}
		}
		i += taken;
	}
	return count;
}

/* Length of the bracket at p, which begins with "[", and whether it admits code. */
static inline Size
model_class(const uint32 *p, Size len, uint32 code, bool *admits)
{
	Size i = 1;
	bool negated = len > 1 && p[1] == '^';
	bool found = false;

	if (negated)
		i++;
	for (;;)
	{
		if (i + 1 < len && p[i] == '\\')
		{
			found |= p[i + 1] == code;
			i += 2;
		}
		else if (i >= len || p[i] == ']')
			break;
		else if (i + 2 < len && p[i + 1] == '-')
		{
			found |= (p[i] <= code && code <= p[i + 2]) || (p[i + 2] <= code && code <= p[i]);
			i += 3;
		}
		else
			found |= p[i++] == code;
	}
	*admits = found != negated;
	return Min(i + 1, len);
}

static inline bool
model_match_codes(const uint32 *p, Size p_len, const uint32 *t, Size t_len)
{
	Size taken = 1;
	bool agrees;

	if (p_len == 0)
		return t_len == 0;
	if (p[0] == '*')
		return model_match_codes(p + 1, p_len - 1, t, t_len) ||
			   (t_len > 0 && model_match_codes(p, p_len, t + 1, t_len - 1));
	if (t_len == 0)
		return false;
	if (p[0] == '?')
		agrees = true;
	else if (p[0] == '[')
		taken = model_class(p, p_len, t[0], &agrees);
	else if (p[0] == '\\' && p_len > 1)
	{
		agrees = p[1] == t[0];
		taken = 2;
	}
	else
		agrees = p[0] == t[0];
	return agrees && model_match_codes(p + taken, p_len - taken, t + 1, t_len - 1);
}

static inline bool
model_match(CacheSlice pattern, CacheSlice text, CacheGlobUnit unit)
{
	uint32 codes[2][MODEL_CHARS];
	CacheSlice slices[2] = { pattern, text };
	Size lens[2];

	for (int i = 0; i < 2; i++)
	{
		lens[i] = slices[i].len;
		Assert(slices[i].len <= MODEL_CHARS);
		if (unit == CACHE_GLOB_UTF8)
			lens[i] = model_decode(slices[i], codes[i]);
		else
			for (Size j = 0; j < slices[i].len; j++)
				codes[i][j] = (unsigned char) slices[i].data[j];
	}
	return model_match_codes(codes[0], lens[0], codes[1], lens[1]);
}

#endif
