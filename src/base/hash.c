/*
 * hash.c
 *    XXH3 as an ordinary function; hash.h tells why it is compiled here.
 */
#include "base/env.h"

#include "base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64
cache_hash_bytes(const void *data, Size len, uint64 seed)
{
	return XXH3_64bits_withSeed(data, len, seed);
}
