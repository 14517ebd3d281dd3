/*
 * purge.h
 *    Freeing what a dead space holds, in bounded steps.
 */
#ifndef CACHE_KEYSPACE_PURGE_H
#define CACHE_KEYSPACE_PURGE_H

#include "keyspace/space.h"

/* Empty up to so many buckets of a dead space, and free its table after the last. False if no space is dead. */
extern bool cache_purge_step(uint32 buckets);

#endif
