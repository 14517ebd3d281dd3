/*
 * glob.h
 *    Does a key match a pattern? Redis's globs, in bounded time.
 *
 *     *         any text, also none
 *     ?         one character
 *     [abc]     one of these; [a-z] a range, in either direction; [^abc] none of these
 *     \x        the character x itself, inside brackets too
 *     x         itself
 *
 * Odd patterns mean what they mean to Redis: "[]" matches nothing and "[^]" any character; a
 * bracket that is never closed ends with the pattern; a backslash at the very end is itself; "[a-]"
 * is a range that ends in "]". Two things differ: "**" matches the empty text, as "*" does, and
 * ranges compare unsigned values, which Redis does on some processors only.
 *
 * A character is a byte in Redis. To a PostgreSQL user "?" is a letter, so there is a choice: with
 * CACHE_GLOB_UTF8 it is a code point, and ranges compare code points. Bytes that are not valid
 * UTF-8 count as a character each and match only themselves.
 *
 * Time is at most proportional to len(pattern) * len(text), on any pattern; there is no recursion
 * and no allocation.
 */
#ifndef CACHE_BASE_GLOB_H
#define CACHE_BASE_GLOB_H

#include "base/env.h"
#include "base/slice.h"

typedef enum CacheGlobUnit
{
	CACHE_GLOB_BYTES,
	CACHE_GLOB_UTF8
} CacheGlobUnit;

/* True if pattern matches the whole of text. */
extern bool cache_glob_match(CacheSlice pattern, CacheSlice text, CacheGlobUnit unit);

/* True if pattern has no special character, so that it matches nothing but itself. */
extern bool cache_glob_is_literal(CacheSlice pattern);

#endif
