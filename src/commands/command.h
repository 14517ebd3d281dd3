/*
 * command.h
 *    What all verbs share: on whose behalf they run, times to live, and where results go.
 *
 * Verbs know neither Datum nor socket. They lock, check the type, act, wake and count; failure is a CacheStatus, which
 * the face that called turns into its own kind of error. A face's part of the bargain:
 *
 *     CACHE_MORE          grow the buffer to what was asked for, and call again: nothing was changed
 *     CACHE_INTERRUPTED   serve the interrupt, and call again: nothing was changed, nothing is held
 *     CACHE_BUSY          a reader is copying the value: sleep a little (a millisecond), and call again
 *
 * cache_call_run in faces/sql/ does all three.
 */
#ifndef CACHE_COMMANDS_COMMAND_H
#define CACHE_COMMANDS_COMMAND_H

#include "base/slice.h"
#include "base/status.h"
#include "keyspace/read.h"
#include "keyspace/space.h"

/* On whose behalf a verb runs. */
typedef struct CacheContext
{
	CacheDatabaseShared *database;
	CachePolicyId policy; /* of a space that the verb creates */
} CacheContext;

/* What a writing verb does about the entry's time to live. */
typedef enum CacheTtlMode
{
	CACHE_TTL_DEFAULT, /* the namespace's */
	CACHE_TTL_AT,      /* a point in time */
	CACHE_TTL_NONE,    /* none, whatever the namespace says */
	CACHE_TTL_KEEP     /* what the entry has */
} CacheTtlMode;

typedef struct CacheTtl
{
	CacheTtlMode mode;
	int64 deadline_ms; /* with CACHE_TTL_AT: milliseconds since 1970 */
} CacheTtl;

/* A value on its way in. */
typedef struct CacheValue
{
	uint8 encoding; /* CacheStringEncoding */
	CacheSlice bytes;
} CacheValue;

/*
 * A value on its way out: the caller's buffer, and what the verb says of the value. With CACHE_MORE, found.len is the
 * capacity it takes.
 */
typedef struct CacheOut
{
	char *data;
	Size capacity;
	CacheFound found;
} CacheOut;

#endif
