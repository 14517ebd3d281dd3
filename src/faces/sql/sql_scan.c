/*
 * sql_scan.c
 *    Walking all keys: scan, keys, randomkey, dbsize, clear.
 */
#include "base/compat.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/tuplestore.h"

#include "base/glob.h"
#include "commands/cmd_key.h"
#include "faces/sql/sql_call.h"
#include "keyspace/type.h"

#define LIST_BYTES 16384
#define BATCH_KEYS 1000
#define PATTERN_MAX 4096
/* A scan looks at so many buckets for each key that was asked for, and no more, when few match. */
#define BUCKETS_A_KEY 10

static CacheKeyList
new_list(void)
{
	return (CacheKeyList){ .data = palloc(LIST_BYTES), .capacity = LIST_BYTES };
}

/* A bucket's keys more; the list grows as needed. */
static void
scan_bucket(const CacheContext *context, uint64 *position, CacheSlice pattern, int type,
			CacheKeyList *list)
{
	bool utf8 = GetDatabaseEncoding() == PG_UTF8;
	Size needed = 0;

	while (cache_call_run(cache_cmd_scan(context, position, pattern, utf8, type, list, &needed),
						  NULL, 0, NULL) == CACHE_MORE)
	{
		list->capacity = Max(list->capacity * 2, list->used + needed);
		list->data = repalloc_huge(list->data, list->capacity);
	}
	CHECK_FOR_INTERRUPTS();
}

/* The next key of a list, and how far it was read. */
static Datum
next_key(const CacheKeyList *list, Size *at)
{
	uint16 len;
	Datum key;

	memcpy(&len, list->data + *at, sizeof(len));
	key = PointerGetDatum(cstring_to_text_with_len(list->data + *at + sizeof(len), len));
	*at += sizeof(len) + len;
	return key;
}

/* The keys of a list as an array of text. */
static Datum
list_array(const CacheKeyList *list)
{
	Datum *keys = palloc(Max(list->count, 1) * sizeof(Datum));
	Size at = 0;

	for (uint64 i = 0; i < list->count; i++)
		keys[i] = next_key(list, &at);
	return PointerGetDatum(
		construct_array(keys, (int) list->count, TEXTOID, -1, false, TYPALIGN_INT));
}

/* A cursor is a position in decimal. */
static uint64
read_cursor(FunctionCallInfo fcinfo, int n)
{
	CacheSlice text = cache_call_text(fcinfo, n, "cursor");
	uint64 position = 0;
	bool valid = text.len > 0;

	for (Size i = 0; i < text.len && valid; i++)
	{
		uint8 digit = (uint8) (text.data[i] - '0');

		valid = digit <= 9 && !__builtin_mul_overflow(position, 10, &position) &&
				!__builtin_add_overflow(position, digit, &position);
	}
	if (!valid)
		cache_error_argument(
			"cursor is not valid",
			"Begin with '0' and continue with the cursor that cache.scan returned.");
	return position;
}

/* CACHE_TYPES for NULL. */
static int
read_type(FunctionCallInfo fcinfo, int n)
{
	CacheSlice name;
	int type = 0;

	if (PG_ARGISNULL(n))
		return CACHE_TYPES;
	name = cache_call_slice(PG_GETARG_VARLENA_PP(n));
	while (type < CACHE_TYPES &&
		   !cache_slice_equal(name, cache_slice_cstr(cache_types[type]->name)))
		type++;
	if (type == CACHE_TYPES)
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("type_name is no type"),
				errdetail("There is no type \"%.*s\".", (int) name.len, name.data));
	return type;
}

static CacheSlice
read_pattern(FunctionCallInfo fcinfo, int n)
{
	CacheSlice pattern =
		PG_ARGISNULL(n) ? cache_slice(NULL, 0) : cache_call_slice(PG_GETARG_VARLENA_PP(n));

	/* it is matched under a lock, in time that grows with its length */
	if (pattern.len > PATTERN_MAX)
		ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED), errmsg("pattern is too long"),
				errdetail("The pattern has %zu bytes, at most %d are possible.", pattern.len,
						  PATTERN_MAX));
	return pattern;
}

/*
 * A pattern without a special character is one key, which is looked up: true, and the key is in the list if it exists. (The
 * command would take an empty one for no pattern.)
 */
static bool
find_literal(const CacheContext *context, CacheSlice pattern, int type, CacheKeyList *list)
{
	CacheDescription description = { 0 };
	uint16 len = (uint16) pattern.len;
	CacheStatus status;

	if (pattern.data == NULL || pattern.len > CACHE_KEY_MAX || !cache_glob_is_literal(pattern))
		return false;
	status = cache_call_run(cache_cmd_describe(context, pattern, &description), &pattern, 1, NULL);
	if (status == CACHE_OK && (type == CACHE_TYPES || type == description.type))
	{
		memcpy(list->data, &len, sizeof(len));
		memcpy(list->data + sizeof(len), pattern.data, pattern.len);
		list->used = sizeof(len) + pattern.len;
		list->count = 1;
	}
	return true;
}

CACHE_FUNCTION(cache_sql_scan)
{
	const CacheContext *context = cache_backend_context();
	uint64 position = read_cursor(fcinfo, 0);
	CacheSlice pattern = read_pattern(fcinfo, 1);
	int64 max_count = PG_ARGISNULL(2) ? 100 : PG_GETARG_INT64(2);
	int type = read_type(fcinfo, 3);
	TupleDesc row = cache_call_row(fcinfo);
	CacheKeyList list = new_list();
	char cursor[24];
	Datum columns[2];
	bool nulls[2] = { false, false };

	if (max_count <= 0)
		cache_error_argument("max_count must be positive", NULL);
	if (cache_call_is_off() || find_literal(context, pattern, type, &list))
		position = 0;
	else
	{
		/* no more than fit an array */
		int64 keys = Min(max_count, INT_MAX / 2);
		int64 buckets = 0;

		do
			scan_bucket(context, &position, pattern, type, &list);
		while (position != 0 && list.count < keys && ++buckets < keys * BUCKETS_A_KEY);
	}
	snprintf(cursor, sizeof(cursor), UINT64_FORMAT, position);
	columns[0] = CStringGetTextDatum(cursor);
	columns[1] = list_array(&list);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(row, columns, nulls)));
}

static void
return_keys(ReturnSetInfo *result, const CacheKeyList *list)
{
	Size at = 0;

	for (uint64 i = 0; i < list->count; i++)
	{
		Datum key = next_key(list, &at);
		bool null = false;

		tuplestore_putvalues(result->setResult, result->setDesc, &key, &null);
		pfree(DatumGetPointer(key));
	}
}

CACHE_FUNCTION(cache_sql_keys)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	const CacheContext *context = cache_backend_context();
	CacheSlice pattern = read_pattern(fcinfo, 0);
	CacheKeyList list = new_list();
	uint64 position = 0;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (cache_call_is_off())
		return (Datum) 0;
	if (find_literal(context, pattern, CACHE_TYPES, &list))
	{
		return_keys(result, &list);
		return (Datum) 0;
	}
	do
	{
		list.used = 0;
		list.count = 0;
		do
			scan_bucket(context, &position, pattern, CACHE_TYPES, &list);
		while (position != 0 && list.count < BATCH_KEYS);
		return_keys(result, &list);
	} while (position != 0);
	return (Datum) 0;
}

CACHE_FUNCTION(cache_sql_randomkey)
{
	const CacheContext *context = cache_backend_context();
	CacheKeyList list = new_list();
	CacheStatus status;
	Size at = 0;

	if (cache_call_is_off())
		PG_RETURN_NULL();
	while ((status = cache_call_run(cache_cmd_randomkey(context, &list), NULL, 0, NULL)) ==
		   CACHE_MORE)
	{
		list.capacity *= 2;
		list.data = repalloc_huge(list.data, list.capacity);
	}
	if (status == CACHE_MISSING)
		PG_RETURN_NULL();
	PG_RETURN_DATUM(next_key(&list, &at));
}

CACHE_FUNCTION(cache_sql_dbsize)
{
	PG_RETURN_INT64((int64) cache_cmd_dbsize(cache_backend_context()));
}

CACHE_FUNCTION(cache_sql_clear)
{
	const CacheContext *context = cache_backend_context();
	CacheSlice name = cache_call_text(fcinfo, 0, "namespace");

	if (!cache_slice_equal(name, cache_slice_cstr("default")))
		ereport(ERROR, errcode(ERRCODE_UNDEFINED_OBJECT),
				errmsg("namespace \"%.*s\" does not exist", (int) name.len, name.data));
	PG_RETURN_INT64((int64) cache_cmd_clear(context));
}

CACHE_FUNCTION(cache_sql_clear_all)
{
	PG_RETURN_INT64((int64) cache_cmd_clear(cache_backend_context()));
}
