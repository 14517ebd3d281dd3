/*
 * verify.h
 *    A full walk that checks what the accounting claims. For tests, and for whoever suspects memory.
 */
#ifndef CACHE_KEYSPACE_VERIFY_H
#define CACHE_KEYSPACE_VERIFY_H

#include "base/env.h"

/*
 * Check every page, table, chain, entry and sum of the region. NULL if all hold, else what does not. Nobody else may use
 * the region meanwhile: in a server, callers hold every partition's lock.
 */
extern const char *cache_keyspace_verify(void);

#endif
