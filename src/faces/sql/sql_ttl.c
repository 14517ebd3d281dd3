/*
 * sql_ttl.c
 *    When an entry ends; see sql_ttl.h.
 */
#include "base/compat.h"

#include <math.h>

#include "datatype/timestamp.h"

#include "faces/sql/sql_error.h"
#include "faces/sql/sql_ttl.h"
#include "keyspace/entry.h"
#include "memory/clock.h"

#define MS_PER_DAY INT64_C(86400000)
#define MS_PER_MONTH (30 * MS_PER_DAY)

/* PostgreSQL counts from 2000, deadlines from 1970. */
#define EPOCHS_MS ((POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * MS_PER_DAY)

#define NEVER CACHE_DEADLINE_NEVER

/* Microseconds as milliseconds, rounded up. */
static int64
milliseconds(int64 us)
{
	return us / 1000 + (us % 1000 > 0);
}

/* A deadline after so many milliseconds, which may be negative, but are no more than a few hundred million years. */
static int64
deadline_after(int64 ms)
{
	return Max(Min(cache_clock_now_ms() + ms, CACHE_DEADLINE_MAX_MS), 1);
}

static int64
after_interval(const Interval *ttl)
{
	int infinite = cache_compat_interval_infinite(ttl);

	if (infinite != 0)
		return infinite > 0 ? NEVER : 1;
	/* no sum overflows: the months are at most 5.6e18 ms, the rest 2e17 */
	return deadline_after(ttl->month * MS_PER_MONTH + ttl->day * MS_PER_DAY +
						  milliseconds(ttl->time));
}

static int64
after_seconds(double seconds)
{
	double ms = seconds * 1000;

	if (isnan(seconds))
		cache_error_argument("ex must be a number of seconds", NULL);
	if (isinf(seconds))
		return seconds > 0 ? NEVER : 1;
	if (ms <= 0)
		return 1;
	return ms >= (double) CACHE_DEADLINE_MAX_MS ? CACHE_DEADLINE_MAX_MS
												: deadline_after((int64) Max(rint(ms), 1));
}

int64
cache_ttl_deadline(TimestampTz at)
{
	if (TIMESTAMP_IS_NOEND(at))
		return NEVER;
	if (TIMESTAMP_IS_NOBEGIN(at))
		return 1;
	return Max(Min(milliseconds(at) + EPOCHS_MS, CACHE_DEADLINE_MAX_MS), 1);
}

CacheTtl
cache_ttl_read(FunctionCallInfo fcinfo, int first, int persist, int keepttl)
{
	bool has_ttl = !PG_ARGISNULL(first);
	bool has_ex = !PG_ARGISNULL(first + 1);
	bool has_at = !PG_ARGISNULL(first + 2);
	bool has_persist = !PG_ARGISNULL(persist) && PG_GETARG_BOOL(persist);
	bool has_keepttl = keepttl >= 0 && !PG_ARGISNULL(keepttl) && PG_GETARG_BOOL(keepttl);
	int given = has_ttl + has_ex + has_at + has_persist + has_keepttl;
	int64 deadline_ms;

	if (likely(given == 0))
		return (CacheTtl){ CACHE_TTL_DEFAULT, 0 };
	if (given > 1)
		cache_error_argument(keepttl >= 0
								 ? "at most one of ttl, ex, at, persist and keepttl may be given"
								 : "at most one of ttl, ex, at and persist may be given",
							 NULL);
	if (has_persist)
		return (CacheTtl){ CACHE_TTL_NONE, 0 };
	if (has_keepttl)
		return (CacheTtl){ CACHE_TTL_KEEP, 0 };
	if (has_at)
		deadline_ms = cache_ttl_deadline(PG_GETARG_TIMESTAMPTZ(first + 2));
	else if (has_ttl)
		deadline_ms = after_interval(PG_GETARG_INTERVAL_P(first));
	else
		deadline_ms = after_seconds(PG_GETARG_FLOAT8(first + 1));
	if (deadline_ms == NEVER)
		return (CacheTtl){ CACHE_TTL_NONE, 0 };
	if (deadline_ms <= cache_clock_now_ms())
		cache_error_argument(has_at ? "at must not be past" : "time to live must be positive",
							 "To remove a key use cache.del.");
	return (CacheTtl){ CACHE_TTL_AT, deadline_ms };
}

int64
cache_ttl_read_relative(FunctionCallInfo fcinfo, int first)
{
	bool has_ttl = !PG_ARGISNULL(first);

	if (has_ttl != PG_ARGISNULL(first + 1))
		cache_error_argument("one of ttl and ex must be given",
							 "To remove the time to live use cache.persist.");
	return has_ttl ? after_interval(PG_GETARG_INTERVAL_P(first))
				   : after_seconds(PG_GETARG_FLOAT8(first + 1));
}

TimestampTz
cache_ttl_timestamp(int64 deadline_ms)
{
	return (deadline_ms - EPOCHS_MS) * 1000;
}

Interval *
cache_ttl_left(int64 deadline_ms)
{
	Interval *left = palloc0(sizeof(Interval));

	left->time = Max(deadline_ms - cache_clock_now_ms(), 0) * 1000;
	return left;
}
