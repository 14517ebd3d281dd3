/*
 * sql_value.c
 *    Values between SQL and the cache; see sql_value.h.
 */
#include "base/compat.h"

#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"

#include "faces/sql/sql_value.h"

static const CacheValue null_value = { CACHE_STRING_NULL, { NULL, 0 } };

static CacheValue
packed_value(Datum datum, CacheStringEncoding encoding)
{
	return (CacheValue){ encoding, cache_call_slice(PG_DETOAST_DATUM_PACKED(datum)) };
}

CacheValue
cache_value_from_text(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? null_value : packed_value(PG_GETARG_DATUM(n), CACHE_STRING_TEXT);
}

CacheValue
cache_value_from_bytes(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? null_value : packed_value(PG_GETARG_DATUM(n), CACHE_STRING_BYTES);
}

CacheValue
cache_value_from_json(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? null_value : packed_value(PG_GETARG_DATUM(n), CACHE_STRING_JSON);
}

/* How values of one type become text, found out once for each call site. */
typedef struct TextCast
{
	enum
	{
		CAST_PACKED,   /* a varlena whose bytes are the value */
		CAST_FUNCTION, /* a cast function that returns text */
		CAST_OUTPUT    /* the output function */
	} kind;
	CacheStringEncoding encoding;
	FmgrInfo function;
} TextCast;

static void
refuse_row(Oid type)
{
	ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
			errmsg("a value of type %s cannot be cached as text", format_type_be(type)),
			errhint("Use cache.set_json with to_jsonb(value)."));
}

/* As an explicit cast to text does it. */
static void
find_text_cast(TextCast *cast, Oid type, MemoryContext context)
{
	Oid base = getBaseType(type);
	Oid function = InvalidOid;
	bool is_varlena;

	cast->kind = CAST_PACKED;
	cast->encoding = CACHE_STRING_TEXT;
	if (base == BYTEAOID || base == JSONBOID)
	{
		cast->encoding = base == BYTEAOID ? CACHE_STRING_BYTES : CACHE_STRING_JSON;
		return;
	}
	if (base == TEXTOID || base == VARCHAROID || base == JSONOID)
		return;
	if (base == RECORDOID || type_is_rowtype(base))
		refuse_row(type);
	if (find_coercion_pathway(TEXTOID, base, COERCION_EXPLICIT, &function) == COERCION_PATH_FUNC &&
		get_func_nargs(function) == 1)
		cast->kind = CAST_FUNCTION;
	else
	{
		getTypeOutputInfo(base, &function, &is_varlena);
		cast->kind = CAST_OUTPUT;
	}
	fmgr_info_cxt(function, &cast->function, context);
}

CacheValue
cache_value_from_scalar(FunctionCallInfo fcinfo, int n)
{
	TextCast *cast = fcinfo->flinfo->fn_extra;

	if (PG_ARGISNULL(n))
		return null_value;
	if (unlikely(cast == NULL))
	{
		MemoryContext context = fcinfo->flinfo->fn_mcxt;

		cast = MemoryContextAllocZero(context, sizeof(TextCast));
		find_text_cast(cast, get_fn_expr_argtype(fcinfo->flinfo, n), context);
		fcinfo->flinfo->fn_extra = cast;
	}
	switch (cast->kind)
	{
		case CAST_PACKED:
			return packed_value(PG_GETARG_DATUM(n), cast->encoding);
		case CAST_FUNCTION:
			return packed_value(FunctionCall1(&cast->function, PG_GETARG_DATUM(n)),
								CACHE_STRING_TEXT);
		case CAST_OUTPUT:
			break;
	}
	return (CacheValue){ CACHE_STRING_TEXT, cache_slice_cstr(OutputFunctionCall(
												&cast->function, PG_GETARG_DATUM(n))) };
}

void
cache_value_check_text(const char *data, Size len, CacheSlice key)
{
	if (!pg_verifymbstr(data, (int) len, true))
		cache_error_not_text(key);
}

/* The bytes as they are: in the block they are in, or a new one. */
static struct varlena *
raw(const CacheFound *found, const char *data, struct varlena *block)
{
	if (block == NULL)
	{
		block = palloc(VARHDRSZ + found->len);
		memcpy(VARDATA(block), data, found->len);
	}
	SET_VARSIZE(block, VARHDRSZ + found->len);
	return block;
}

/* A jsonb's text. */
static struct varlena *
json_text(const CacheFound *found, char *data)
{
	StringInfoData text;

	initStringInfo(&text);
	JsonbToCString(&text, (JsonbContainer *) data, (int) found->len);
	return (struct varlena *) cstring_to_text_with_len(text.data, text.len);
}

struct varlena *
cache_value_to_text(const CacheFound *found, char *data, struct varlena *block, CacheSlice key)
{
	switch ((CacheStringEncoding) found->encoding)
	{
		case CACHE_STRING_NULL:
			return NULL;
		case CACHE_STRING_JSON:
			return json_text(found, data);
		case CACHE_STRING_BYTES:
			cache_value_check_text(data, found->len, key);
			break;
		case CACHE_STRING_TEXT:
			break;
	}
	return raw(found, data, block);
}

struct varlena *
cache_value_to_bytes(const CacheFound *found, char *data, struct varlena *block, CacheSlice key)
{
	switch ((CacheStringEncoding) found->encoding)
	{
		case CACHE_STRING_NULL:
			return NULL;
		case CACHE_STRING_JSON:
			return json_text(found, data);
		case CACHE_STRING_BYTES:
		case CACHE_STRING_TEXT:
			break;
	}
	return raw(found, data, block);
}

struct varlena *
cache_value_to_json(const CacheFound *found, char *data, struct varlena *block, CacheSlice key)
{
	switch ((CacheStringEncoding) found->encoding)
	{
		case CACHE_STRING_NULL:
			return NULL;
		case CACHE_STRING_JSON:
			return raw(found, data, block);
		case CACHE_STRING_BYTES:
			cache_value_check_text(data, found->len, key);
			break;
		case CACHE_STRING_TEXT:
			break;
	}
	return (struct varlena *) DatumGetPointer(
		DirectFunctionCall1(jsonb_in, CStringGetDatum(pnstrdup(data, found->len))));
}
