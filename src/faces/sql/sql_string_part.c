/*
 * sql_string_part.c
 *    Parts of values: append, strlen, getrange, setrange. Lengths and positions are bytes.
 */
#include "base/compat.h"

#include "commands/cmd_key.h"
#include "faces/sql/sql_call.h"
#include "faces/sql/sql_value.h"
#include "types/string.h"

static void
require_value(FunctionCallInfo fcinfo, int n)
{
	if (PG_ARGISNULL(n))
		cache_error_null("value");
}

static inline Datum
append(FunctionCallInfo fcinfo, CacheValueReader read_value)
{
	const CacheContext *context = cache_backend_context();
	CacheSlice key = cache_call_key(fcinfo, 0);
	CacheValue value;
	uint64 len = 0;

	require_value(fcinfo, 1);
	value = read_value(fcinfo, 1);
	if (cache_call_is_off())
		PG_RETURN_INT64((int64) value.bytes.len);
	cache_call_run(cache_cmd_append(context, key, value, &len), &key, 1, NULL);
	PG_RETURN_INT64((int64) len);
}

CACHE_FUNCTION(cache_sql_append)
{
	return append(fcinfo, cache_value_from_text);
}

CACHE_FUNCTION(cache_sql_append_bytes)
{
	return append(fcinfo, cache_value_from_bytes);
}

/* The length of a json value is that of its text. */
static int64
json_len(const CacheContext *context, CacheSlice key)
{
	CacheAnswer answer;
	struct varlena *text;

	cache_call_answer_init(&answer);
	if (cache_call_run(cache_cmd_get(context, key, &answer.out), &key, 1, &answer) == CACHE_MISSING)
		return 0;
	text = cache_value_to_bytes(&answer.out.found, answer.out.data, answer.block, key);
	return text == NULL ? 0 : (int64) VARSIZE_ANY_EXHDR(text);
}

CACHE_FUNCTION(cache_sql_strlen)
{
	const CacheContext *context = cache_backend_context();
	CacheSlice key = cache_call_key(fcinfo, 0);
	CacheDescription description;

	if (cache_call_is_off() || cache_call_run(cache_cmd_describe(context, key, &description), &key,
											  1, NULL) == CACHE_MISSING)
		PG_RETURN_INT64(0);
	if (description.type != CACHE_TYPE_STRING)
		cache_error_raise(CACHE_WRONG_TYPE, &key, 1);
	if (description.encoding == CACHE_STRING_JSON)
		PG_RETURN_INT64(json_len(context, key));
	PG_RETURN_INT64((int64) description.len);
}

static int64
position(FunctionCallInfo fcinfo, int n, const char *name)
{
	if (PG_ARGISNULL(n))
		cache_error_null(name);
	return PG_GETARG_INT64(n);
}

static inline Datum
getrange(FunctionCallInfo fcinfo, CacheValueForm form)
{
	const CacheContext *context = cache_backend_context();
	CacheSlice key = cache_call_key(fcinfo, 0);
	int64 start = position(fcinfo, 1, "start");
	int64 stop = position(fcinfo, 2, "stop");
	CacheAnswer answer;

	cache_call_answer_init(&answer);
	answer.out.found = (CacheFound){ .encoding = CACHE_STRING_TEXT };
	if (!cache_call_is_off())
		cache_call_run(cache_cmd_getrange(context, key, start, stop, &answer.out), &key, 1,
					   &answer);
	/* a cached NULL has no bytes, as a missing key has none */
	if (answer.out.found.encoding == CACHE_STRING_NULL)
		answer.out.found.encoding = CACHE_STRING_TEXT;
	CACHE_RETURN_ANSWER(form, &answer, key);
}

CACHE_FUNCTION(cache_sql_getrange)
{
	return getrange(fcinfo, cache_value_to_text);
}

CACHE_FUNCTION(cache_sql_getrange_bytes)
{
	return getrange(fcinfo, cache_value_to_bytes);
}

static inline Datum
setrange(FunctionCallInfo fcinfo, CacheValueReader read_value)
{
	const CacheContext *context = cache_backend_context();
	CacheSlice key = cache_call_key(fcinfo, 0);
	int64 start = position(fcinfo, 1, "start");
	CacheValue value;
	uint64 len = 0;

	require_value(fcinfo, 2);
	value = read_value(fcinfo, 2);
	if (start < 0)
		cache_error_argument("start must not be negative", NULL);
	if (cache_call_is_off())
		PG_RETURN_INT64(value.bytes.len == 0 ? 0 : start + (int64) value.bytes.len);
	cache_call_run(cache_cmd_setrange(context, key, (uint64) start, value, &len), &key, 1, NULL);
	PG_RETURN_INT64((int64) len);
}

CACHE_FUNCTION(cache_sql_setrange)
{
	return setrange(fcinfo, cache_value_from_text);
}

CACHE_FUNCTION(cache_sql_setrange_bytes)
{
	return setrange(fcinfo, cache_value_from_bytes);
}
