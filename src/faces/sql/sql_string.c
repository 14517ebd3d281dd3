/*
 * sql_string.c
 *    Whole values: set, get, lookup, getset, getdel, getex. Parts of values are in sql_string_part.c.
 */
#include "base/compat.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "miscadmin.h"

#include "commands/cmd_key.h"
#include "faces/sql/sql_call.h"
#include "faces/sql/sql_ttl.h"
#include "faces/sql/sql_value.h"

/* Where set's arguments stand; value and if_equals differ in type only. */
enum
{
	SET_KEY,
	SET_VALUE,
	SET_TTL,
	SET_EX,
	SET_AT,
	SET_NX,
	SET_XX,
	SET_KEEPTTL,
	SET_IF_EQUALS,
	SET_PERSIST
};

static inline Datum
set(FunctionCallInfo fcinfo, CacheValueReader read_value, CacheValueReader read_condition)
{
	const CacheContext *context = cache_backend_context();
	CacheSlice key = cache_call_key(fcinfo, SET_KEY);
	CacheValue value = read_value(fcinfo, SET_VALUE);
	CacheSetOptions options = {
		.ttl = cache_ttl_read(fcinfo, SET_TTL, SET_PERSIST, SET_KEEPTTL),
		.nx = cache_call_option(fcinfo, SET_NX),
		.xx = cache_call_option(fcinfo, SET_XX),
	};
	CacheValue if_equals;
	CacheStatus status;

	if (options.nx && (options.xx || !PG_ARGISNULL(SET_IF_EQUALS)))
		cache_error_argument("nx excludes xx and if_equals", NULL);
	if (!PG_ARGISNULL(SET_IF_EQUALS))
	{
		if_equals = read_condition(fcinfo, SET_IF_EQUALS);
		options.if_equals = &if_equals;
	}
	if (cache_call_is_off())
		PG_RETURN_BOOL(!options.xx && options.if_equals == NULL);
	status =
		cache_call_run(cache_cmd_set(context, key, value, &options, NULL, NULL), &key, 1, NULL);
	PG_RETURN_BOOL(status == CACHE_OK);
}

CACHE_FUNCTION(cache_sql_set)
{
	return set(fcinfo, cache_value_from_text, cache_value_from_text);
}

CACHE_FUNCTION(cache_sql_set_scalar)
{
	return set(fcinfo, cache_value_from_scalar, cache_value_from_text);
}

CACHE_FUNCTION(cache_sql_set_bytes)
{
	return set(fcinfo, cache_value_from_bytes, cache_value_from_bytes);
}

CACHE_FUNCTION(cache_sql_set_json)
{
	return set(fcinfo, cache_value_from_json, cache_value_from_json);
}

static inline Datum
get(FunctionCallInfo fcinfo, CacheValueForm form)
{
	const CacheContext *context = cache_backend_context();
	CacheSlice key = cache_call_key(fcinfo, 0);
	CacheAnswer answer;

	if (cache_call_is_off())
		PG_RETURN_NULL();
	cache_call_answer_init(&answer);
	if (cache_call_run(cache_cmd_get(context, key, &answer.out), &key, 1, &answer) == CACHE_MISSING)
		PG_RETURN_NULL();
	CACHE_RETURN_ANSWER(form, &answer, key);
}

CACHE_FUNCTION(cache_sql_get)
{
	return get(fcinfo, cache_value_to_text);
}

CACHE_FUNCTION(cache_sql_get_bytes)
{
	return get(fcinfo, cache_value_to_bytes);
}

CACHE_FUNCTION(cache_sql_get_json)
{
	return get(fcinfo, cache_value_to_json);
}

static inline Datum
lookup(FunctionCallInfo fcinfo, CacheValueForm form)
{
	const CacheContext *context = cache_backend_context();
	CacheSlice key = cache_call_key(fcinfo, 0);
	TupleDesc row = cache_call_row(fcinfo);
	struct varlena *value = NULL;
	bool found = false;
	CacheAnswer answer;
	Datum columns[2];
	bool nulls[2];

	if (!cache_call_is_off())
	{
		CacheStatus status;

		cache_call_answer_init(&answer);
		status = cache_call_run(cache_cmd_get(context, key, &answer.out), &key, 1, &answer);
		found = status == CACHE_OK;
	}
	if (found)
		value = form(&answer.out.found, answer.out.data, answer.block, key);
	columns[0] = BoolGetDatum(found);
	nulls[0] = false;
	columns[1] = PointerGetDatum(value);
	nulls[1] = value == NULL;
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(row, columns, nulls)));
}

CACHE_FUNCTION(cache_sql_lookup)
{
	return lookup(fcinfo, cache_value_to_text);
}

CACHE_FUNCTION(cache_sql_lookup_bytes)
{
	return lookup(fcinfo, cache_value_to_bytes);
}

CACHE_FUNCTION(cache_sql_lookup_json)
{
	return lookup(fcinfo, cache_value_to_json);
}

/* What a text verb that replaces or removes a value shows of it: the value as it was just seen. */
static CacheValue
seen_value(const CacheAnswer *answer)
{
	return (CacheValue){ answer->out.found.encoding,
						 cache_slice(answer->out.data, answer->out.found.len) };
}

/*
 * Read a value that will be returned as text and then replaced or removed: an error about its form comes before
 * anything is changed. Returns its text, NULL for a cached NULL; the answer still holds what was seen. Not counted: a
 * verb that has to look again counts once.
 */
static CacheStatus
see_text(const CacheContext *context, CacheSlice key, CacheAnswer *answer, struct varlena **text)
{
	CacheStatus status;

	CHECK_FOR_INTERRUPTS();
	cache_call_answer_init(answer);
	status = cache_call_run(cache_cmd_see(context, key, &answer->out), &key, 1, answer);
	*text = NULL;
	if (status == CACHE_OK)
		*text = cache_value_to_text(&answer->out.found, answer->out.data, NULL, key);
	return status;
}

CACHE_FUNCTION(cache_sql_getset)
{
	const CacheContext *context = cache_backend_context();
	CacheSlice key = cache_call_key(fcinfo, 0);
	CacheValue value = cache_value_from_text(fcinfo, 1);
	CacheSetOptions options = { .ttl = cache_ttl_read(fcinfo, 2, 6, 5) };
	struct varlena *text;
	CacheStatus status;

	if (cache_call_is_off())
		PG_RETURN_NULL();
	do
	{
		CacheValue seen = { 0 };
		CacheAnswer answer;

		options.nx = see_text(context, key, &answer, &text) == CACHE_MISSING;
		if (!options.nx)
			seen = seen_value(&answer);
		options.if_equals = options.nx ? NULL : &seen;
		status =
			cache_call_run(cache_cmd_set(context, key, value, &options, NULL, NULL), &key, 1, NULL);
	} while (status == CACHE_REFUSED);
	cache_cmd_count_read(options.nx ? CACHE_MISSING : CACHE_OK);
	if (text == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(text);
}

CACHE_FUNCTION(cache_sql_getset_bytes)
{
	const CacheContext *context = cache_backend_context();
	CacheSlice key = cache_call_key(fcinfo, 0);
	CacheValue value = cache_value_from_bytes(fcinfo, 1);
	CacheSetOptions options = { .ttl = cache_ttl_read(fcinfo, 2, 6, 5) };
	bool had_old = false;
	CacheAnswer answer;

	if (cache_call_is_off())
		PG_RETURN_NULL();
	cache_call_answer_init(&answer);
	cache_call_run(cache_cmd_set(context, key, value, &options, &answer.out, &had_old), &key, 1,
				   &answer);
	if (!had_old)
		PG_RETURN_NULL();
	CACHE_RETURN_ANSWER(cache_value_to_bytes, &answer, key);
}

CACHE_FUNCTION(cache_sql_getdel)
{
	const CacheContext *context = cache_backend_context();
	CacheSlice key = cache_call_key(fcinfo, 0);
	struct varlena *text;
	CacheStatus seen;
	CacheStatus status;

	if (cache_call_is_off())
		PG_RETURN_NULL();
	do
	{
		CacheAnswer answer;

		seen = status = see_text(context, key, &answer, &text);
		if (seen == CACHE_OK)
			status = cache_call_run(cache_cmd_del_if_equal(context, key, seen_value(&answer)), &key,
									1, NULL);
	} while (seen == CACHE_OK && status != CACHE_OK);
	cache_cmd_count_read(seen);
	if (text == NULL)
		PG_RETURN_NULL();
	PG_RETURN_POINTER(text);
}

CACHE_FUNCTION(cache_sql_getdel_bytes)
{
	const CacheContext *context = cache_backend_context();
	CacheSlice key = cache_call_key(fcinfo, 0);
	CacheAnswer answer;

	if (cache_call_is_off())
		PG_RETURN_NULL();
	cache_call_answer_init(&answer);
	if (cache_call_run(cache_cmd_getdel(context, key, &answer.out), &key, 1, &answer) ==
		CACHE_MISSING)
		PG_RETURN_NULL();
	CACHE_RETURN_ANSWER(cache_value_to_bytes, &answer, key);
}

static inline Datum
getex(FunctionCallInfo fcinfo, CacheValueForm form)
{
	const CacheContext *context = cache_backend_context();
	CacheSlice key = cache_call_key(fcinfo, 0);
	CacheTtl ttl = cache_ttl_read(fcinfo, 1, 4, CACHE_TTL_NO_KEEP);
	CacheAnswer answer;

	if (cache_call_is_off())
		PG_RETURN_NULL();
	if (ttl.mode == CACHE_TTL_DEFAULT)
		ttl.mode = CACHE_TTL_KEEP;
	cache_call_answer_init(&answer);
	if (cache_call_run(cache_cmd_getex(context, key, ttl, &answer.out), &key, 1, &answer) ==
		CACHE_MISSING)
		PG_RETURN_NULL();
	CACHE_RETURN_ANSWER(form, &answer, key);
}

CACHE_FUNCTION(cache_sql_getex)
{
	return getex(fcinfo, cache_value_to_text);
}

CACHE_FUNCTION(cache_sql_getex_bytes)
{
	return getex(fcinfo, cache_value_to_bytes);
}
