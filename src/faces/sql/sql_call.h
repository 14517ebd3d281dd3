/*
 * sql_call.h
 *    What all SQL functions share: reading their keys, running a verb until it has answered, and where answers go.
 *
 * A function reads its arguments (which may throw), runs the verb, and turns the answer into a Datum. Keys and values
 * are not copied on the way in; on the way out a small value goes through a buffer of the process into the result, and a
 * large one straight into a block that becomes the result.
 */
#ifndef CACHE_FACES_SQL_SQL_CALL_H
#define CACHE_FACES_SQL_SQL_CALL_H

#include "base/compat.h"

#include "access/tupdesc.h"

#include "base/stop.h"
#include "commands/command.h"
#include "faces/server/backend.h"
#include "faces/sql/sql_error.h"

#define CACHE_CALL_SCRATCH 8192

/* The process's buffer for answers: aligned as a varlena's content would have to be. */
typedef union CacheScratch
{
	char data[CACHE_CALL_SCRATCH];
	uint64 align;
} CacheScratch;

extern CacheScratch cache_call_scratch;

/* A value on its way out. */
typedef struct CacheAnswer
{
	CacheOut out;
	struct varlena *block; /* palloc'd, out.data is its content; NULL while the scratch suffices */
} CacheAnswer;

static inline void
cache_call_answer_init(CacheAnswer *answer)
{
	answer->out.data = cache_call_scratch.data;
	answer->out.capacity = sizeof(cache_call_scratch.data);
	answer->block = NULL;
}

/*
 * After a status that is no answer: serve the interrupt, wait, or give the answer a larger block, and return true to call
 * again. False for CACHE_MORE without an answer to enlarge. Throws for errors.
 */
extern bool cache_call_again(CacheStatus status, const CacheSlice *keys, int n,
							 CacheAnswer *answer);

/* Run a verb until it has answered: CACHE_OK, CACHE_MISSING or CACHE_REFUSED (or CACHE_MORE, without an answer). */
#define cache_call_run(call, keys, n, answer)                                                      \
	({                                                                                             \
		CacheStatus status_;                                                                       \
		CACHE_STOP_POINT("call_before");                                                           \
		do                                                                                         \
			status_ = (call);                                                                      \
		while (unlikely(status_ >= CACHE_MORE) && cache_call_again(status_, keys, n, answer));     \
		CACHE_STOP_POINT("call_after");                                                            \
		status_;                                                                                   \
	})

/* True if cache.enabled is off. Called after the arguments were read and the context was. */
static inline bool
cache_call_is_off(void)
{
	return unlikely(!cache_settings_enabled);
}

static inline CacheSlice
cache_call_slice(struct varlena *packed)
{
	return cache_slice(VARDATA_ANY(packed), VARSIZE_ANY_EXHDR(packed));
}

/* A text argument that must not be NULL; name is for the error. */
static inline CacheSlice
cache_call_text(FunctionCallInfo fcinfo, int n, const char *name)
{
	if (unlikely(PG_ARGISNULL(n)))
		cache_error_null(name);
	return cache_call_slice(PG_GETARG_VARLENA_PP(n));
}

static inline CacheSlice
cache_call_key(FunctionCallInfo fcinfo, int n)
{
	return cache_call_text(fcinfo, n, "key");
}

/* A boolean option; NULL is false. */
static inline bool
cache_call_option(FunctionCallInfo fcinfo, int n)
{
	return !PG_ARGISNULL(n) && PG_GETARG_BOOL(n);
}

/* An array of text or bytea with one dimension or none: its elements, and NULL for those that are NULL. */
typedef struct CacheElements
{
	int n;
	CacheSlice *slices;
	bool *nulls;
} CacheElements;

extern CacheElements cache_call_elements(FunctionCallInfo fcinfo, int n, Oid type,
										 const char *name);

/* The same for keys, of which none may be NULL. */
extern CacheElements cache_call_keys(FunctionCallInfo fcinfo, int n);

/* The result type's row descriptor, looked up once for each call site. */
extern TupleDesc cache_call_row(FunctionCallInfo fcinfo);

#endif
