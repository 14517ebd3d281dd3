/*
 * sweep.h
 *    What the maintenance worker does to the keyspace, in bounded steps.
 */
#ifndef CACHE_KEYSPACE_SWEEP_H
#define CACHE_KEYSPACE_SWEEP_H

#include "base/env.h"

/* A pass over every space begins no sooner than this after the one before. */
#define CACHE_SWEEP_EVERY_MS 1000

/*
 * Look through up to `buckets` bucket lines for what has expired, and remove it. Returns how many lines it looked at:
 * fewer than asked if the pass is complete, 0 if it is not yet time for another. Only one process may sweep.
 */
extern uint32 cache_sweep_step(uint32 buckets);

/* Other work that waits: limbo, dead spaces, tables far too large, sparse pages when few are free. False if none did. */
extern bool cache_sweep_tidy(void);

#endif
