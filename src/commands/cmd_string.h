/*
 * cmd_string.h
 *    The verbs of strings: SET, GET and their family. Semantics as in Redis where not said otherwise.
 *
 * Any of them returns CACHE_TOO_LONG for a key of more than CACHE_KEY_MAX or a value of more than CACHE_STRING_MAX bytes,
 * CACHE_WRONG_TYPE for a key of another type, CACHE_FULL when there is no memory and nothing to evict, and the three
 * that command.h explains; then nothing was changed.
 */
#ifndef CACHE_COMMANDS_CMD_STRING_H
#define CACHE_COMMANDS_CMD_STRING_H

#include "commands/command.h"
#include "types/string.h"

typedef struct CacheSetOptions
{
	CacheTtl ttl;
	bool nx; /* only if the key is missing */
	bool xx; /* only if it exists */
	const CacheValue
		*if_equals; /* only if it has this value, in the same form; NULL: no such condition */
} CacheSetOptions;

/*
 * SET. CACHE_REFUSED if a condition did not hold. With old: the value before is copied there, of any string;
 * old->found.len is 0 and *had_old false if there was none (then also when refused).
 */
extern CacheStatus cache_cmd_set(const CacheContext *context, CacheSlice key, CacheValue value,
								 const CacheSetOptions *options, CacheOut *old, bool *had_old);

/* GET. CACHE_OK with the value in out, or CACHE_MISSING. */
extern CacheStatus cache_cmd_get(const CacheContext *context, CacheSlice key, CacheOut *out);

/*
 * For verbs that look, and change only what is still as it was seen: GET that is not counted, and the count of what it
 * came to once the verb is through.
 */
extern CacheStatus cache_cmd_see(const CacheContext *context, CacheSlice key, CacheOut *out);
extern void cache_cmd_count_read(CacheStatus status);

/* GETDEL and GETEX. With CACHE_TTL_KEEP, GETEX is GET. */
extern CacheStatus cache_cmd_getdel(const CacheContext *context, CacheSlice key, CacheOut *out);
extern CacheStatus cache_cmd_getex(const CacheContext *context, CacheSlice key, CacheTtl ttl,
								   CacheOut *out);

/* One of MGET's values: CACHE_OK, CACHE_MISSING or CACHE_WRONG_TYPE, and where its bytes are in the buffer. */
typedef struct CacheManyFound
{
	CacheStatus status;
	CacheFound found;
	Size offset;
} CacheManyFound;

/*
 * MGET: all values as of one moment, one after the other in the buffer, each at an offset that is a multiple of 8.
 * CACHE_OK, or CACHE_MORE with *needed the capacity to come again with.
 */
extern CacheStatus cache_cmd_mget(const CacheContext *context, const CacheSlice *keys, int n,
								  char *buffer, Size capacity, CacheManyFound *found, Size *needed);

/*
 * MSET: all at one moment; of a key that is there twice the last value stays. CACHE_REFUSED, and nothing set, if with nx
 * any key exists or with xx any is missing. if_equals is not looked at.
 */
extern CacheStatus cache_cmd_mset(const CacheContext *context, const CacheSlice *keys,
								  const CacheValue *values, int n, const CacheSetOptions *options);

/*
 * APPEND and SETRANGE; *len is the new length in bytes. The result is text if the old value and the new part are, and (for
 * setrange) nothing was padded; else bytes: whether text is still whole characters is for its reader to check.
 * A cached NULL counts as missing. CACHE_NOT_BYTES for a json value.
 */
extern CacheStatus cache_cmd_append(const CacheContext *context, CacheSlice key, CacheValue value,
									uint64 *len);
extern CacheStatus cache_cmd_setrange(const CacheContext *context, CacheSlice key, uint64 start,
									  CacheValue value, uint64 *len);

/* GETRANGE, positions as Redis takes them. An empty value if missing. CACHE_NOT_BYTES for a json value. */
extern CacheStatus cache_cmd_getrange(const CacheContext *context, CacheSlice key, int64 start,
									  int64 stop, CacheOut *out);

/*
 * INCRBY and INCRBYFLOAT. The ttl applies if the call creates the counter, and not otherwise. A cached NULL
 * counts as 0. CACHE_NOT_INTEGER, CACHE_NOT_FLOAT, CACHE_OVERFLOW, CACHE_NOT_FINITE.
 */
extern CacheStatus cache_cmd_incrby(const CacheContext *context, CacheSlice key, int64 delta,
									CacheTtl ttl, int64 *result);
extern CacheStatus cache_cmd_incrbyfloat(const CacheContext *context, CacheSlice key,
										 long double delta, CacheTtl ttl, double *result);

#endif
