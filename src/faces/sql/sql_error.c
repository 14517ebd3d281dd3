/*
 * sql_error.c
 *    What goes wrong, as SQL sees it; see sql_error.h.
 */
#include "base/compat.h"

#include "mb/pg_wchar.h"

#include "faces/sql/sql_error.h"
#include "keyspace/entry.h"
#include "types/string.h"

typedef struct StatusError
{
	int sqlstate;
	const char *message;
	const char *hint;
} StatusError;

/* Indexed by CacheStatus; what has no message is no error. */
static const StatusError errors[] = {
	[CACHE_FULL] = { ERRCODE_OUT_OF_MEMORY, "cache memory is full",
					 "Raise cache.memory; with cache.policy = noeviction, nothing makes room but "
					 "deleting." },
	[CACHE_TOO_LONG] = { ERRCODE_PROGRAM_LIMIT_EXCEEDED, "value is too long for the cache", NULL },
	[CACHE_WRONG_TYPE] = { ERRCODE_WRONG_OBJECT_TYPE,
						   "key holds a value of another type than the function works on",
						   "cache.type tells the type of a key." },
	[CACHE_NOT_INTEGER] = { ERRCODE_INVALID_TEXT_REPRESENTATION,
							"value is not an integer or out of the range of bigint", NULL },
	[CACHE_NOT_FLOAT] = { ERRCODE_INVALID_TEXT_REPRESENTATION, "value is not a number", NULL },
	[CACHE_OVERFLOW] = { ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
						 "counter would leave the range of bigint", NULL },
	[CACHE_NOT_FINITE] = { ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE,
						   "counter would become infinite or not a number", NULL },
	[CACHE_OUT_OF_RANGE] = { ERRCODE_INVALID_PARAMETER_VALUE, "position is out of range", NULL },
	[CACHE_NOT_BYTES] = { ERRCODE_WRONG_OBJECT_TYPE, "value is json, which has no bytes to work on",
						  "Read it with cache.get_json, or set it as text." },
};

static int
key_detail(CacheSlice key)
{
	return errdetail("The key is \"%.*s\".", (int) key.len, key.data);
}

static void
raise_long_key(CacheSlice key)
{
	ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("key is too long for the cache"),
			errdetail("The key has %zu bytes, at most %d are possible.", key.len, CACHE_KEY_MAX));
}

void
cache_error_raise(CacheStatus status, const CacheSlice *keys, int n)
{
	const StatusError *error;

	for (int i = 0; status == CACHE_TOO_LONG && i < n; i++)
		if (keys[i].len > CACHE_KEY_MAX)
			raise_long_key(keys[i]);
	if ((Size) status >= lengthof(errors) || errors[status].message == NULL)
		elog(ERROR, "unexpected status %d of a cache command", (int) status);
	error = &errors[status];
	ereport(ERROR, errcode(error->sqlstate), errmsg("%s", error->message),
			n == 1 && keys[0].len <= CACHE_KEY_MAX ? key_detail(keys[0]) : 0,
			error->hint != NULL ? errhint("%s", error->hint) : 0);
}

void
cache_error_null(const char *argument)
{
	ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			errmsg("%s must not be null", argument));
}

void
cache_error_not_text(CacheSlice key)
{
	ereport(ERROR, errcode(ERRCODE_CHARACTER_NOT_IN_REPERTOIRE),
			errmsg("value is not valid text in encoding \"%s\"", GetDatabaseEncodingName()),
			key_detail(key), errhint("Use the form of the function whose name ends in _bytes."));
}

void
cache_error_argument(const char *message, const char *hint)
{
	ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("%s", message),
			hint != NULL ? errhint("%s", hint) : 0);
}
