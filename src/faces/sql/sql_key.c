/*
 * sql_key.c
 *    Keys of any type: removing, testing, renaming, and their time to live. What tells of the inside is in sql_object.c.
 *
 * What only removes keys works with cache.enabled off too: a session that goes past the cache does not leave behind what
 * it has made stale.
 */
#include "base/compat.h"

#include "utils/builtins.h"

#include "commands/cmd_key.h"
#include "faces/sql/sql_call.h"
#include "faces/sql/sql_ttl.h"
#include "faces/sql/sql_value.h"
#include "keyspace/type.h"

static int64
del_keys(const CacheSlice *keys, int n, bool lazily)
{
	const CacheContext *context = cache_backend_context();
	int64 count = 0;

	cache_call_run(cache_cmd_del(context, keys, n, lazily, &count), keys, n, NULL);
	return count;
}

CACHE_FUNCTION(cache_sql_del)
{
	CacheSlice key = cache_call_key(fcinfo, 0);

	PG_RETURN_BOOL(del_keys(&key, 1, false) > 0);
}

CACHE_FUNCTION(cache_sql_unlink)
{
	CacheSlice key = cache_call_key(fcinfo, 0);

	PG_RETURN_BOOL(del_keys(&key, 1, true) > 0);
}

CACHE_FUNCTION(cache_sql_del_many)
{
	CacheElements keys = cache_call_keys(fcinfo, 0);

	PG_RETURN_INT64(del_keys(keys.slices, keys.n, false));
}

CACHE_FUNCTION(cache_sql_unlink_many)
{
	CacheElements keys = cache_call_keys(fcinfo, 0);

	PG_RETURN_INT64(del_keys(keys.slices, keys.n, true));
}

static bool
del_if_equal(FunctionCallInfo fcinfo, CacheValueReader read_value)
{
	const CacheContext *context = cache_backend_context();
	CacheSlice key = cache_call_key(fcinfo, 0);
	CacheValue value = read_value(fcinfo, 1);

	return cache_call_run(cache_cmd_del_if_equal(context, key, value), &key, 1, NULL) == CACHE_OK;
}

CACHE_FUNCTION(cache_sql_del_if_equal)
{
	PG_RETURN_BOOL(del_if_equal(fcinfo, cache_value_from_text));
}

CACHE_FUNCTION(cache_sql_del_if_equal_bytes)
{
	PG_RETURN_BOOL(del_if_equal(fcinfo, cache_value_from_bytes));
}

static int64
exist(const CacheSlice *keys, int n)
{
	const CacheContext *context = cache_backend_context();
	int64 count = 0;

	if (!cache_call_is_off())
		cache_call_run(cache_cmd_exists(context, keys, n, &count), keys, n, NULL);
	return count;
}

CACHE_FUNCTION(cache_sql_exists)
{
	CacheSlice key = cache_call_key(fcinfo, 0);

	PG_RETURN_BOOL(exist(&key, 1) > 0);
}

CACHE_FUNCTION(cache_sql_exists_many)
{
	CacheElements keys = cache_call_keys(fcinfo, 0);

	PG_RETURN_INT64(exist(keys.slices, keys.n));
}

static int64
touch(const CacheSlice *keys, int n)
{
	const CacheContext *context = cache_backend_context();
	int64 count = 0;

	if (!cache_call_is_off())
		cache_call_run(cache_cmd_touch(context, keys, n, &count), keys, n, NULL);
	return count;
}

CACHE_FUNCTION(cache_sql_touch)
{
	CacheSlice key = cache_call_key(fcinfo, 0);

	PG_RETURN_BOOL(touch(&key, 1) > 0);
}

CACHE_FUNCTION(cache_sql_touch_many)
{
	CacheElements keys = cache_call_keys(fcinfo, 0);

	PG_RETURN_INT64(touch(keys.slices, keys.n));
}

/* Describe the key that is the first argument; false if it is missing. */
static bool
describe(FunctionCallInfo fcinfo, CacheDescription *description)
{
	const CacheContext *context = cache_backend_context();
	CacheSlice key = cache_call_key(fcinfo, 0);

	return !cache_call_is_off() &&
		   cache_call_run(cache_cmd_describe(context, key, description), &key, 1, NULL) == CACHE_OK;
}

CACHE_FUNCTION(cache_sql_type)
{
	CacheDescription description;

	if (!describe(fcinfo, &description))
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(cache_types[description.type]->name));
}

CACHE_FUNCTION(cache_sql_ttl)
{
	CacheDescription description;

	if (!describe(fcinfo, &description) || description.deadline_ms == 0)
		PG_RETURN_NULL();
	PG_RETURN_INTERVAL_P(cache_ttl_left(description.deadline_ms));
}

CACHE_FUNCTION(cache_sql_expiretime)
{
	CacheDescription description;

	if (!describe(fcinfo, &description))
		PG_RETURN_NULL();
	if (description.deadline_ms == 0)
		PG_RETURN_TIMESTAMPTZ(DT_NOEND);
	PG_RETURN_TIMESTAMPTZ(cache_ttl_timestamp(description.deadline_ms));
}

/* nx, xx, gt and lt, which stand at first. */
static int
read_conditions(FunctionCallInfo fcinfo, int first)
{
	bool nx = cache_call_option(fcinfo, first);
	bool xx = cache_call_option(fcinfo, first + 1);
	bool gt = cache_call_option(fcinfo, first + 2);
	bool lt = cache_call_option(fcinfo, first + 3);

	if ((nx && (xx || gt || lt)) || (gt && lt))
		cache_error_argument("nx excludes xx, gt and lt, and gt excludes lt", NULL);
	return (nx ? CACHE_EXPIRE_IF_NONE_SET : 0) | (xx ? CACHE_EXPIRE_IF_SET : 0) |
		   (gt ? CACHE_EXPIRE_IF_LATER : 0) | (lt ? CACHE_EXPIRE_IF_SOONER : 0);
}

/* To expire never is to persist, except that a key without a time to live has then got what was wanted. */
static CacheStatus
expire_never(const CacheContext *context, CacheSlice key, int conditions)
{
	CacheStatus status;

	if (conditions != 0)
		cache_error_argument("infinity excludes nx, xx, gt and lt", "Use cache.persist.");
	if (cache_call_is_off())
		return CACHE_MISSING;
	status = cache_call_run(cache_cmd_persist(context, key), &key, 1, NULL);
	return status == CACHE_REFUSED ? CACHE_OK : status;
}

static bool
expire(const CacheContext *context, CacheSlice key, int64 deadline_ms, int conditions)
{
	if (deadline_ms == CACHE_DEADLINE_NEVER)
		return expire_never(context, key, conditions) == CACHE_OK;
	if (cache_call_is_off())
		return false;
	return cache_call_run(cache_cmd_expireat(context, key, deadline_ms, conditions), &key, 1,
						  NULL) == CACHE_OK;
}

CACHE_FUNCTION(cache_sql_expire)
{
	const CacheContext *context = cache_backend_context();
	CacheSlice key = cache_call_key(fcinfo, 0);
	int64 deadline_ms = cache_ttl_read_relative(fcinfo, 1);

	PG_RETURN_BOOL(expire(context, key, deadline_ms, read_conditions(fcinfo, 3)));
}

CACHE_FUNCTION(cache_sql_expireat)
{
	const CacheContext *context = cache_backend_context();
	CacheSlice key = cache_call_key(fcinfo, 0);

	if (PG_ARGISNULL(1))
		cache_error_null("at");
	PG_RETURN_BOOL(expire(context, key, cache_ttl_deadline(PG_GETARG_TIMESTAMPTZ(1)),
						  read_conditions(fcinfo, 2)));
}

CACHE_FUNCTION(cache_sql_persist)
{
	const CacheContext *context = cache_backend_context();
	CacheSlice key = cache_call_key(fcinfo, 0);

	if (cache_call_is_off())
		PG_RETURN_BOOL(false);
	PG_RETURN_BOOL(cache_call_run(cache_cmd_persist(context, key), &key, 1, NULL) == CACHE_OK);
}

static bool
rename_key(FunctionCallInfo fcinfo, bool nx)
{
	const CacheContext *context = cache_backend_context();
	CacheSlice keys[2] = { cache_call_key(fcinfo, 0), cache_call_text(fcinfo, 1, "new_key") };

	return !cache_call_is_off() && cache_call_run(cache_cmd_rename(context, keys[0], keys[1], nx),
												  keys, 2, NULL) == CACHE_OK;
}

CACHE_FUNCTION(cache_sql_rename)
{
	PG_RETURN_BOOL(rename_key(fcinfo, false));
}

CACHE_FUNCTION(cache_sql_renamenx)
{
	PG_RETURN_BOOL(rename_key(fcinfo, true));
}

CACHE_FUNCTION(cache_sql_copy)
{
	const CacheContext *context = cache_backend_context();
	CacheSlice keys[2] = { cache_call_text(fcinfo, 0, "source"),
						   cache_call_text(fcinfo, 1, "destination") };
	bool replace = cache_call_option(fcinfo, 2);

	PG_RETURN_BOOL(!cache_call_is_off() &&
				   cache_call_run(cache_cmd_copy(context, keys[0], keys[1], replace), keys, 2,
								  NULL) == CACHE_OK);
}
