/*
 * deadline.h
 *    A deadline in one byte, so that a sweep finds what is due in the buckets' own lines.
 *
 *     0          none
 *     1 … 127    in a half-second of the next minute:       (deadline / 512 ms) mod 127 + 1
 *     128 … 254  in a half-minute of the next hour:         (deadline / 32.768 s) mod 127 + 128
 *     255        later
 *
 * A bucket with overflow has a byte to spare, its link's: it says when to look at the rest of the chain, so that a sweep
 * reads the first bucket of each chain and no other.
 *
 * The byte says when to look again, not when to expire: a sweep looks at the entry's exact deadline, and if that is
 * not over, writes the byte anew. A near code is looked at when its half-second is over, a far one when its half-minute
 * begins, a 255 about twice an hour. With ten million entries an hour from their end, that is one look an entry an hour.
 */
#ifndef CACHE_KEYSPACE_DEADLINE_H
#define CACHE_KEYSPACE_DEADLINE_H

#include "base/env.h"

#define CACHE_DUE_NONE 0
#define CACHE_DUE_LATER 255
#define CACHE_DUE_NEAR_SHIFT 9
#define CACHE_DUE_FAR_SHIFT 15
#define CACHE_DUE_CODES 127
#define CACHE_DUE_HORIZON                                                                          \
	120 /* of the 127 codes, those that a sweep a little late still tells from the past */
#define CACHE_DUE_LATER_ROUNDS 64 /* a 255 is looked at in one of so many half-minutes */

/* The code of a deadline as seen now; 0 for 0. What is over already is due in the half-second that runs. */
static inline uint8
cache_due_encode(int64 deadline_ms, int64 now_ms)
{
	int64 near = Max(deadline_ms, now_ms) >> CACHE_DUE_NEAR_SHIFT;
	int64 far = deadline_ms >> CACHE_DUE_FAR_SHIFT;

	if (deadline_ms == 0)
		return CACHE_DUE_NONE;
	if (near - (now_ms >> CACHE_DUE_NEAR_SHIFT) < CACHE_DUE_HORIZON)
		return (uint8) (near % CACHE_DUE_CODES + 1);
	if (far - (now_ms >> CACHE_DUE_FAR_SHIFT) < CACHE_DUE_HORIZON)
		return (uint8) (far % CACHE_DUE_CODES + 1 + CACHE_DUE_CODES);
	return CACHE_DUE_LATER;
}

/*
 * When a code is looked at, in milliseconds, if it is for from_ms or later: exact up to 126 half-seconds after from_ms, or
 * half-minutes for a far code. Codes go round after that.
 */
static inline int64
cache_due_time(uint8 code, int64 from_ms)
{
	int shift = code <= CACHE_DUE_CODES ? CACHE_DUE_NEAR_SHIFT : CACHE_DUE_FAR_SHIFT;
	int64 from = from_ms >> shift;
	int64 at = (code - 1) % CACHE_DUE_CODES;

	if (code == CACHE_DUE_NONE || code == CACHE_DUE_LATER)
		return code == CACHE_DUE_NONE ? INT64_MAX : INT64_MAX - 1;
	return (from + (at - from % CACHE_DUE_CODES + CACHE_DUE_CODES) % CACHE_DUE_CODES) << shift;
}

/* The code of the two that is looked at sooner. */
static inline uint8
cache_due_sooner(uint8 a, uint8 b, int64 from_ms)
{
	return cache_due_time(a, from_ms) <= cache_due_time(b, from_ms) ? a : b;
}

/*
 * True if codes that were written now can be told from those that the pass at swept_ms left: not if the next pass is late
 * by more than the codes beyond the horizon, nor if the clock was set back.
 */
static inline bool
cache_due_comparable(int64 swept_ms, int64 now_ms)
{
	int64 passed = (now_ms >> CACHE_DUE_NEAR_SHIFT) - (swept_ms >> CACHE_DUE_NEAR_SHIFT);

	return now_ms >= swept_ms && passed <= CACHE_DUE_CODES - CACHE_DUE_HORIZON;
}

/* Which codes a pass that follows one at since_ms looks at: look[code] is set. */
extern void cache_due_window(int64 since_ms, int64 now_ms, bool look[256]);

/* True if a pass that follows one at since_ms looks at the 255s of this bucket. */
extern bool cache_due_looks_at_later(int64 since_ms, int64 now_ms, uint32 bucket);

#endif
