/*
 * sql_many.c
 *    Many values at one moment: mget, mset, msetnx, mset_object.
 */
#include "base/compat.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"

#include "faces/sql/sql_call.h"
#include "faces/sql/sql_ttl.h"
#include "faces/sql/sql_value.h"

/* Read all values into the scratch or a block that takes them; where they are is in found. */
static char *
read_many(const CacheContext *context, const CacheElements *keys, CacheManyFound *found)
{
	char *buffer = cache_call_scratch.data;
	Size capacity = sizeof(cache_call_scratch.data);
	Size needed;

	while (cache_call_run(
			   cache_cmd_mget(context, keys->slices, keys->n, buffer, capacity, found, &needed),
			   keys->slices, keys->n, NULL) == CACHE_MORE)
	{
		if (buffer != cache_call_scratch.data)
			pfree(buffer);
		capacity = needed;
		buffer = MemoryContextAllocHuge(CurrentMemoryContext, capacity);
	}
	return buffer;
}

static inline Datum
mget(FunctionCallInfo fcinfo, CacheValueForm form, Oid type)
{
	const CacheContext *context = cache_backend_context();
	CacheElements keys = cache_call_keys(fcinfo, 0);
	CacheManyFound *found = palloc0(Max(keys.n, 1) * sizeof(CacheManyFound));
	Datum *values = palloc(Max(keys.n, 1) * sizeof(Datum));
	bool *nulls = palloc(Max(keys.n, 1) * sizeof(bool));
	int low = 1;
	char *buffer;

	if (keys.n == 0)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(type));
	for (int i = 0; i < keys.n; i++)
		found[i].status = CACHE_MISSING;
	buffer = cache_call_is_off() ? NULL : read_many(context, &keys, found);
	for (int i = 0; i < keys.n; i++)
	{
		struct varlena *value = NULL;

		if (found[i].status == CACHE_OK)
			value = form(&found[i].found, buffer + found[i].offset, NULL, keys.slices[i]);
		values[i] = PointerGetDatum(value);
		nulls[i] = value == NULL;
	}
	PG_RETURN_ARRAYTYPE_P(
		construct_md_array(values, nulls, 1, &keys.n, &low, type, -1, false, TYPALIGN_INT));
}

CACHE_FUNCTION(cache_sql_mget)
{
	return mget(fcinfo, cache_value_to_text, TEXTOID);
}

CACHE_FUNCTION(cache_sql_mget_bytes)
{
	return mget(fcinfo, cache_value_to_bytes, BYTEAOID);
}

CACHE_FUNCTION(cache_sql_mget_json)
{
	return mget(fcinfo, cache_value_to_json, JSONBOID);
}

static bool
set_many(const CacheSlice *keys, const CacheValue *values, int n, const CacheSetOptions *options)
{
	const CacheContext *context = cache_backend_context();

	if (options->nx && options->xx)
		cache_error_argument("nx excludes xx", NULL);
	if (cache_call_is_off())
		return !options->xx || n == 0;
	return cache_call_run(cache_cmd_mset(context, keys, values, n, options), keys, n, NULL) ==
		   CACHE_OK;
}

/* Set keys and vals, the first two arguments. */
static bool
set_arrays(FunctionCallInfo fcinfo, Oid type, CacheStringEncoding encoding,
		   const CacheSetOptions *options)
{
	CacheElements keys = cache_call_keys(fcinfo, 0);
	CacheElements vals = cache_call_elements(fcinfo, 1, type, "vals");
	CacheValue *values = palloc(Max(keys.n, 1) * sizeof(CacheValue));

	if (keys.n != vals.n)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				errmsg("keys and vals must have the same length"),
				errdetail("There are %d keys and %d vals.", keys.n, vals.n));
	for (int i = 0; i < keys.n; i++)
		values[i] = (CacheValue){ vals.nulls[i] ? CACHE_STRING_NULL : encoding, vals.slices[i] };
	return set_many(keys.slices, values, keys.n, options);
}

/* The options of mset and its kin: ttl, ex and at at first, then nx, xx, keepttl, persist. */
static CacheSetOptions
read_options(FunctionCallInfo fcinfo, int first)
{
	return (CacheSetOptions){
		.ttl = cache_ttl_read(fcinfo, first, first + 6, first + 5),
		.nx = cache_call_option(fcinfo, first + 3),
		.xx = cache_call_option(fcinfo, first + 4),
	};
}

CACHE_FUNCTION(cache_sql_mset)
{
	CacheSetOptions options = read_options(fcinfo, 2);

	PG_RETURN_BOOL(set_arrays(fcinfo, TEXTOID, CACHE_STRING_TEXT, &options));
}

CACHE_FUNCTION(cache_sql_mset_bytes)
{
	CacheSetOptions options = read_options(fcinfo, 2);

	PG_RETURN_BOOL(set_arrays(fcinfo, BYTEAOID, CACHE_STRING_BYTES, &options));
}

CACHE_FUNCTION(cache_sql_msetnx)
{
	CacheSetOptions options = {
		.ttl = cache_ttl_read(fcinfo, 2, 5, CACHE_TTL_NO_KEEP),
		.nx = true,
	};

	PG_RETURN_BOOL(set_arrays(fcinfo, TEXTOID, CACHE_STRING_TEXT, &options));
}

/* A member's value: what is no scalar stays jsonb. */
static CacheValue
member_value(const JsonbValue *member)
{
	switch (member->type)
	{
		case jbvNull:
			return (CacheValue){ CACHE_STRING_NULL, cache_slice(NULL, 0) };
		case jbvString:
			return (CacheValue){ CACHE_STRING_TEXT,
								 cache_slice(member->val.string.val, member->val.string.len) };
		case jbvNumeric:
			return (CacheValue){ CACHE_STRING_TEXT,
								 cache_slice_cstr(DatumGetCString(DirectFunctionCall1(
									 numeric_out, NumericGetDatum(member->val.numeric)))) };
		case jbvBool:
			return (CacheValue){ CACHE_STRING_TEXT,
								 cache_slice_cstr(member->val.boolean ? "true" : "false") };
		default:
			break;
	}
	return (CacheValue){ CACHE_STRING_JSON, cache_call_slice((struct varlena *) JsonbValueToJsonb(
												(JsonbValue *) member)) };
}

CACHE_FUNCTION(cache_sql_mset_object)
{
	CacheSetOptions options = read_options(fcinfo, 1);
	CacheSlice *keys;
	CacheValue *values;
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue member;
	Jsonb *entries;
	int n = 0;

	if (PG_ARGISNULL(0))
		cache_error_null("entries");
	entries = PG_GETARG_JSONB_P(0);
	if (!JB_ROOT_IS_OBJECT(entries))
		cache_error_argument("entries must be a json object", NULL);
	keys = palloc(Max(JB_ROOT_COUNT(entries), 1) * sizeof(CacheSlice));
	values = palloc(Max(JB_ROOT_COUNT(entries), 1) * sizeof(CacheValue));
	iterator = JsonbIteratorInit(&entries->root);
	while ((token = JsonbIteratorNext(&iterator, &member, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
			keys[n] = cache_slice(member.val.string.val, member.val.string.len);
		else if (token == WJB_VALUE)
			values[n++] = member_value(&member);
	}
	PG_RETURN_BOOL(set_many(keys, values, n, &options));
}
