/*
 * sql_ttl.h
 *    The arguments ttl, ex, at, persist and keepttl: when an entry ends.
 *
 * At most one of them may be given. Milliseconds count: less is rounded up. A day is 24 hours and a month 30 days. What is
 * later than the keyspace's last deadline (the year 6429) ends then; infinity never does.
 */
#ifndef CACHE_FACES_SQL_SQL_TTL_H
#define CACHE_FACES_SQL_SQL_TTL_H

#include "base/compat.h"

#include "commands/command.h"

#define CACHE_TTL_NO_KEEP (-1)

/*
 * Read the options: ttl, ex and at stand at first and the two after it, persist and keepttl (or CACHE_TTL_NO_KEEP)
 * where they say. What is not positive, or past, is an error.
 */
extern CacheTtl cache_ttl_read(FunctionCallInfo fcinfo, int first, int persist, int keepttl);

/* The options ttl and ex of expire: the deadline, which may be past; CACHE_DEADLINE_NEVER for infinity. */
extern int64 cache_ttl_read_relative(FunctionCallInfo fcinfo, int first);

/* A point in time as a deadline, in the same way. */
extern int64 cache_ttl_deadline(TimestampTz at);

#define CACHE_DEADLINE_NEVER PG_INT64_MAX

/* The point in time of a deadline, and the time from now to it. */
extern TimestampTz cache_ttl_timestamp(int64 deadline_ms);
extern Interval *cache_ttl_left(int64 deadline_ms);

#endif
