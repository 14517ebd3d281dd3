/*
 * evict.h
 *    Choosing and removing a victim.
 */
#ifndef CACHE_KEYSPACE_EVICT_H
#define CACHE_KEYSPACE_EVICT_H

#include "keyspace/space.h"

/* Evict one entry, or remove an expired one. Returns the bytes it held; 0 if there is nothing to evict. No locks held. */
extern uint64 cache_evict_one(void);

#endif
