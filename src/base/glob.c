/*
 * glob.c
 *    Globs matched by a loop with one point to go back to.
 *
 * Between stars, each element of a pattern takes exactly one character. So when a star's remainder
 * fails, it is enough to let the latest star take one character more: what an earlier star could
 * offer, a later one that starts further left can do as well. One saved position of pattern and
 * text thus replaces the usual recursion, and a*a*a*a*b on a text of a's costs a product of lengths
 * rather than a power.
 *
 *     pattern   a * b ? * c d        text   a x b y z c c d
 *                       ^ retry_pattern           ^ retry_text
 *
 * Codes: the value of a character is its byte, or its code point. Bytes that form no valid UTF-8
 * get values past the last code point, so they equal only themselves and lie in no range of
 * characters.
 */
#include "base/env.h"

#include "base/glob.h"

#define INVALID_CODE_BASE 0x110000

/* A position in pattern or text. */
typedef struct Cursor
{
	const unsigned char *next;
	const unsigned char *end;
} Cursor;

static inline bool
at_end(const Cursor *cursor)
{
	return cursor->next == cursor->end;
}

static inline Size
bytes_left(const Cursor *cursor)
{
	return (Size) (cursor->end - cursor->next);
}

static inline bool
is_continuation(unsigned char byte)
{
	return (byte & 0xC0) == 0x80;
}

/*
 * Length of the valid UTF-8 sequence at the cursor, which is not at its end; 0 if there is none.
 * Refuses overlong forms, surrogates and values past 10FFFF, as PostgreSQL does.
 */
static Size
utf8_len(const Cursor *cursor)
{
	const unsigned char *s = cursor->next;
	Size left = bytes_left(cursor);

	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xC2 || left < 2 || !is_continuation(s[1]))
		return 0;
	if (s[0] < 0xE0)
		return 2;
	if (left < 3 || !is_continuation(s[2]))
		return 0;
	if (s[0] < 0xF0)
		return (s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) ? 0 : 3;
	if (left < 4 || !is_continuation(s[3]) || s[0] > 0xF4)
		return 0;
	return (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] > 0x8F) ? 0 : 4;
}

/* Step over one character, the cursor not being at its end; the character's code. */
static inline uint32
take(Cursor *cursor, CacheGlobUnit unit)
{
	const unsigned char *s = cursor->next;
	Size len;

	if (s[0] < 0x80 || unit == CACHE_GLOB_BYTES)
	{
		cursor->next++;
		return s[0];
	}
	len = utf8_len(cursor);
	cursor->next += Max(len, 1);
	switch (len)
	{
		case 2:
			return (uint32) (s[0] & 0x1F) << 6 | (s[1] & 0x3F);
		case 3:
			return (uint32) (s[0] & 0x0F) << 12 | (uint32) (s[1] & 0x3F) << 6 | (s[2] & 0x3F);
		case 4:
			return (uint32) (s[0] & 0x07) << 18 | (uint32) (s[1] & 0x3F) << 12 |
				   (uint32) (s[2] & 0x3F) << 6 | (s[3] & 0x3F);
		default:
			return INVALID_CODE_BASE + s[0];
	}
}

/*
 * The character that the pattern stands for, a backslash before it removed unless it is the last
 * byte.
 */
static inline uint32
take_escaped(Cursor *pattern, CacheGlobUnit unit)
{
	if (*pattern->next == '\\' && bytes_left(pattern) > 1)
		pattern->next++;
	return take(pattern, unit);
}

/*
 * Step over a bracket's content and its end, the opening bracket being behind; true if it admits
 * code. Goes to the end even after a hit, as the pattern has to continue behind it.
 */
static bool
take_class(Cursor *pattern, uint32 code, CacheGlobUnit unit)
{
	bool negated = !at_end(pattern) && *pattern->next == '^';
	bool found = false;

	if (negated)
		pattern->next++;
	while (!at_end(pattern) && *pattern->next != ']')
	{
		bool escaped = *pattern->next == '\\' && bytes_left(pattern) > 1;
		uint32 from = take_escaped(pattern, unit);
		uint32 to = from;

		/* A range needs something behind its dash, and an escaped character starts none. */
		if (!escaped && bytes_left(pattern) > 1 && *pattern->next == '-')
		{
			pattern->next++;
			to = take(pattern, unit);
		}
		if (code >= Min(from, to) && code <= Max(from, to))
			found = true;
	}
	if (!at_end(pattern))
		pattern->next++;
	return found != negated;
}

/*
 * Step over one element, neither a star nor the end, and one character of text; true if they agree.
 */
static inline bool
take_element(Cursor *pattern, Cursor *text, CacheGlobUnit unit)
{
	uint32 code = take(text, unit);

	switch (*pattern->next)
	{
		case '?':
			pattern->next++;
			return true;
		case '[':
			pattern->next++;
			return take_class(pattern, code, unit);
		default:
			return take_escaped(pattern, unit) == code;
	}
}

static inline Cursor
cursor_over(CacheSlice slice)
{
	const unsigned char *start = (const unsigned char *) (slice.len == 0 ? "" : slice.data);
	Cursor cursor = { start, start + slice.len };

	return cursor;
}

bool
cache_glob_match(CacheSlice pattern_slice, CacheSlice text_slice, CacheGlobUnit unit)
{
	Cursor pattern = cursor_over(pattern_slice);
	Cursor text = cursor_over(text_slice);
	Cursor retry_pattern = { NULL, NULL }; /* behind the latest star; none yet */
	Cursor retry_text = { NULL, NULL };    /* where that star's remainder was last tried */

	for (;;)
	{
		if (!at_end(&pattern) && *pattern.next == '*')
		{
			pattern.next++;
			if (at_end(&pattern))
				return true;
			retry_pattern = pattern;
			retry_text = text;
			continue;
		}
		if (at_end(&text))
			return at_end(&pattern);
		if (!at_end(&pattern) && take_element(&pattern, &text, unit))
			continue;

		/* Mismatch, or text left over: let the latest star take one character more. */
		if (retry_pattern.next == NULL)
			return false;
		(void) take(&retry_text, unit);
		pattern = retry_pattern;
		text = retry_text;
	}
}

bool
cache_glob_is_literal(CacheSlice pattern)
{
	for (Size i = 0; i < pattern.len; i++)
	{
		if (strchr("*?[\\", pattern.data[i]) != NULL && pattern.data[i] != '\0')
			return false;
	}
	return true;
}
