/*
 * deadline.c
 *    Which one-byte deadlines a sweep looks at; see deadline.h.
 */
#include "base/env.h"

#include "keyspace/deadline.h"

/* Set the codes of the quanta first … last of one ring. */
static void
look_at(bool look[256], int base, int64 first, int64 last)
{
	if (last - first >= CACHE_DUE_CODES)
		first = last - CACHE_DUE_CODES + 1;
	for (int64 quantum = first; quantum <= last; quantum++)
		look[base + quantum % CACHE_DUE_CODES] = true;
}

void
cache_due_window(int64 since_ms, int64 now_ms, bool look[256])
{
	memset(look, 0, 256);
	since_ms = Max(Min(since_ms, now_ms), 0);
	/* half-seconds that are over, from the one that was running at the last pass on */
	look_at(look, 1, since_ms >> CACHE_DUE_NEAR_SHIFT, (now_ms >> CACHE_DUE_NEAR_SHIFT) - 1);
	/* half-minutes that have begun */
	look_at(look, 1 + CACHE_DUE_CODES, (since_ms >> CACHE_DUE_FAR_SHIFT),
			now_ms >> CACHE_DUE_FAR_SHIFT);
	/* and, after a gap, the half-second that runs: it stands for what could not be told apart */
	if (!cache_due_comparable(since_ms, now_ms))
		look[cache_due_encode(Max(now_ms, 1), now_ms)] = true;
}

bool
cache_due_looks_at_later(int64 since_ms, int64 now_ms, uint32 bucket)
{
	int64 first = (since_ms >> CACHE_DUE_FAR_SHIFT) + 1;
	int64 last = now_ms >> CACHE_DUE_FAR_SHIFT;

	if (last - first >= CACHE_DUE_LATER_ROUNDS)
		return true;
	for (int64 round = first; round <= last; round++)
		if (bucket % CACHE_DUE_LATER_ROUNDS == (uint32) (round % CACHE_DUE_LATER_ROUNDS))
			return true;
	return false;
}
