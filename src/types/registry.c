/*
 * registry.c
 *    The table of types, which the keyspace declares; see keyspace/type.h.
 */
#include "base/env.h"

#include "types/string.h"

const CacheTypeOps *const cache_types[CACHE_TYPES] = {
	[CACHE_TYPE_STRING] = &cache_type_string,
};
