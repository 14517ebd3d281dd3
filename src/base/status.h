/*
 * status.h
 *    How the rooms below the faces say what became of a request: failure is a value.
 */
#ifndef CACHE_BASE_STATUS_H
#define CACHE_BASE_STATUS_H

typedef enum CacheStatus
{
	CACHE_OK,
	CACHE_MISSING,     /* no such key, or it has expired */
	CACHE_REFUSED,     /* a condition of the call (nx, xx, if-equals, gt …) did not hold */
	CACHE_MORE,        /* the caller's buffer or reservation is too small: grow it and call again */
	CACHE_INTERRUPTED, /* serve the interrupt and call again */
	CACHE_BUSY,        /* a reader has the value pinned: wait a little and call again */
	CACHE_FULL,        /* no memory, and nothing left to evict */
	CACHE_TOO_LONG,    /* key or value past its limit */
	CACHE_WRONG_TYPE,
	CACHE_NOT_INTEGER,
	CACHE_NOT_FLOAT,
	CACHE_OVERFLOW,
	CACHE_NOT_FINITE, /* the result would be infinite or not a number */
	CACHE_OUT_OF_RANGE,
	CACHE_NOT_BYTES /* the value is json, which has no bytes to work on */
} CacheStatus;

#endif
