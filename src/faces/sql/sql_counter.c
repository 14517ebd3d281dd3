/*
 * sql_counter.c
 *    Counters: incr, decr, incrby, decrby, incrbyfloat. Their time to live counts from their creation.
 */
#include "base/compat.h"

#include "common/shortest_dec.h"

#include "base/number.h"
#include "commands/cmd_string.h"
#include "faces/sql/sql_call.h"
#include "faces/sql/sql_ttl.h"

/* The options stand at first. */
static int64
count(FunctionCallInfo fcinfo, int64 delta, int first)
{
	const CacheContext *context = cache_backend_context();
	CacheSlice key = cache_call_key(fcinfo, 0);
	CacheTtl ttl = cache_ttl_read(fcinfo, first, first + 3, CACHE_TTL_NO_KEEP);
	int64 result = 0;

	if (cache_call_is_off())
		return delta;
	cache_call_run(cache_cmd_incrby(context, key, delta, ttl, &result), &key, 1, NULL);
	return result;
}

CACHE_FUNCTION(cache_sql_incr)
{
	PG_RETURN_INT64(count(fcinfo, 1, 1));
}

CACHE_FUNCTION(cache_sql_decr)
{
	PG_RETURN_INT64(count(fcinfo, -1, 1));
}

CACHE_FUNCTION(cache_sql_incrby)
{
	if (PG_ARGISNULL(1))
		cache_error_null("increment");
	PG_RETURN_INT64(count(fcinfo, PG_GETARG_INT64(1), 2));
}

CACHE_FUNCTION(cache_sql_decrby)
{
	if (PG_ARGISNULL(1))
		cache_error_null("decrement");
	if (PG_GETARG_INT64(1) == PG_INT64_MIN)
		ereport(ERROR, errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				errmsg("decrement is out of range"));
	PG_RETURN_INT64(count(fcinfo, -PG_GETARG_INT64(1), 2));
}

/* The long double of the number's shortest text: 0.1 is meant, not what a float8 makes of it. */
static long double
widen(double number)
{
	char text[DOUBLE_SHORTEST_DECIMAL_LEN];
	int len = double_to_shortest_decimal_bufn(number, text);
	long double wide;

	return cache_number_parse_float(cache_slice(text, (Size) len), &wide) ? wide : number;
}

CACHE_FUNCTION(cache_sql_incrbyfloat)
{
	const CacheContext *context = cache_backend_context();
	CacheSlice key = cache_call_key(fcinfo, 0);
	CacheTtl ttl = cache_ttl_read(fcinfo, 2, 5, CACHE_TTL_NO_KEEP);
	double result = 0;
	long double increment;

	if (PG_ARGISNULL(1))
		cache_error_null("increment");
	if (cache_call_is_off())
		PG_RETURN_FLOAT8(PG_GETARG_FLOAT8(1));
	increment = widen(PG_GETARG_FLOAT8(1));
	cache_call_run(cache_cmd_incrbyfloat(context, key, increment, ttl, &result), &key, 1, NULL);
	PG_RETURN_FLOAT8(result);
}
