/*
 * sql_object.c
 *    What is known of a key beside its value: object_encoding, object_freq, object_idletime, memory_usage.
 */
#include "base/compat.h"

#include "utils/builtins.h"

#include "base/number.h"
#include "commands/cmd_key.h"
#include "faces/sql/sql_call.h"
#include "keyspace/read.h"
#include "types/string.h"

/* A text or bytes that is an integer's spelling is told apart, as in Redis; it is kept as any other. */
static bool
is_integer(const CacheContext *context, CacheSlice key)
{
	char text[CACHE_NUMBER_INT64_CHARS];
	CacheFound found;
	int64 number;

	return cache_read(context->database, key, CACHE_READ_PEEK, text, sizeof(text), &found) ==
			   CACHE_OK &&
		   cache_number_parse_int64(cache_slice(text, found.len), &number);
}

static const char *
string_encoding(const CacheContext *context, CacheSlice key, const CacheDescription *description)
{
	switch ((CacheStringEncoding) description->encoding)
	{
		case CACHE_STRING_NULL:
			return "null";
		case CACHE_STRING_JSON:
			return "jsonb";
		case CACHE_STRING_TEXT:
		case CACHE_STRING_BYTES:
			break;
	}
	if (description->has_blocks)
		return "blocks";
	if (description->len > 0 && description->len < CACHE_NUMBER_INT64_CHARS &&
		is_integer(context, key))
		return "int";
	return "embedded";
}

CACHE_FUNCTION(cache_sql_object_encoding)
{
	const CacheContext *context = cache_backend_context();
	CacheSlice key = cache_call_key(fcinfo, 0);
	CacheDescription description;

	if (cache_call_is_off() || cache_call_run(cache_cmd_describe(context, key, &description), &key,
											  1, NULL) == CACHE_MISSING)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(string_encoding(context, key, &description)));
}

/* The policies that there are keep an order of use, but count neither uses nor time. */
static Datum
not_kept(FunctionCallInfo fcinfo)
{
	(void) cache_backend_context();
	(void) cache_call_key(fcinfo, 0);
	PG_RETURN_NULL();
}

CACHE_FUNCTION(cache_sql_object_freq)
{
	return not_kept(fcinfo);
}

CACHE_FUNCTION(cache_sql_object_idletime)
{
	return not_kept(fcinfo);
}

CACHE_FUNCTION(cache_sql_memory_usage)
{
	const CacheContext *context = cache_backend_context();
	CacheSlice key = cache_call_key(fcinfo, 0);
	CacheDescription description;

	if (cache_call_is_off() || cache_call_run(cache_cmd_describe(context, key, &description), &key,
											  1, NULL) == CACHE_MISSING)
		PG_RETURN_NULL();
	PG_RETURN_INT64((int64) description.memory);
}
