/*
 * sql_call.c
 *    What all SQL functions share; see sql_call.h.
 */
#include "base/compat.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "storage/latch.h"
#include "utils/array.h"

#include "faces/sql/sql_call.h"

#define BUSY_WAIT_MS 1

CacheScratch cache_call_scratch;

static void
wait_for_reader(void)
{
	static uint32 event = 0;

	if (event == 0)
		event = cache_compat_wait_event("CachePinned");
	(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, BUSY_WAIT_MS, event);
	ResetLatch(MyLatch);
}

static void
enlarge(CacheAnswer *answer, Size capacity)
{
	if (answer->block != NULL)
		pfree(answer->block);
	/* none is left behind if palloc throws: the context takes care of it */
	answer->block = palloc(VARHDRSZ + capacity);
	answer->out.data = VARDATA(answer->block);
	answer->out.capacity = capacity;
}

bool
cache_call_again(CacheStatus status, const CacheSlice *keys, int n, CacheAnswer *answer)
{
	switch (status)
	{
		case CACHE_MORE:
			if (answer == NULL)
				return false;
			enlarge(answer, answer->out.found.len);
			return true;
		case CACHE_INTERRUPTED:
			CHECK_FOR_INTERRUPTS();
			return true;
		case CACHE_BUSY:
			wait_for_reader();
			CHECK_FOR_INTERRUPTS();
			return true;
		default:
			cache_error_raise(status, keys, n);
	}
}

CacheElements
cache_call_elements(FunctionCallInfo fcinfo, int n, Oid type, const char *name)
{
	CacheElements elements;
	ArrayType *array;
	Datum *datums;

	if (PG_ARGISNULL(n))
		cache_error_null(name);
	array = PG_GETARG_ARRAYTYPE_P(n);
	if (ARR_NDIM(array) > 1)
		ereport(ERROR, errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				errmsg("%s must be an array of one dimension", name));
	deconstruct_array(array, type, -1, false, TYPALIGN_INT, &datums, &elements.nulls, &elements.n);
	elements.slices = palloc(Max(elements.n, 1) * sizeof(CacheSlice));
	for (int i = 0; i < elements.n; i++)
		elements.slices[i] = elements.nulls[i]
								 ? cache_slice(NULL, 0)
								 : cache_call_slice(PG_DETOAST_DATUM_PACKED(datums[i]));
	return elements;
}

CacheElements
cache_call_keys(FunctionCallInfo fcinfo, int n)
{
	CacheElements keys = cache_call_elements(fcinfo, n, TEXTOID, "keys");

	for (int i = 0; i < keys.n; i++)
		if (keys.nulls[i])
			cache_error_null("key");
	return keys;
}

TupleDesc
cache_call_row(FunctionCallInfo fcinfo)
{
	if (unlikely(fcinfo->flinfo->fn_extra == NULL))
	{
		MemoryContext old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
		TupleDesc row;

		if (get_call_result_type(fcinfo, NULL, &row) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "a row was expected as the function's result");
		fcinfo->flinfo->fn_extra = BlessTupleDesc(row);
		MemoryContextSwitchTo(old);
	}
	return fcinfo->flinfo->fn_extra;
}
