/*
 * sql_value.h
 *    Values between SQL and the cache: text, bytes, jsonb, and the text form of any scalar.
 *
 * What is stored is told by its encoding: TEXT is valid in the database's encoding and needs no check when read, BYTES
 * does, JSON is a jsonb without its length word, NULL a cached NULL.
 */
#ifndef CACHE_FACES_SQL_SQL_VALUE_H
#define CACHE_FACES_SQL_SQL_VALUE_H

#include "base/compat.h"

#include "commands/cmd_string.h"
#include "faces/sql/sql_call.h"

/* An argument as a value; NULL is the cached NULL. */
extern CacheValue cache_value_from_text(FunctionCallInfo fcinfo, int n);
extern CacheValue cache_value_from_bytes(FunctionCallInfo fcinfo, int n);
extern CacheValue cache_value_from_json(FunctionCallInfo fcinfo, int n);

/* An argument of any type: text, bytea and jsonb as above, all else as the text it is cast to. Rows are refused. */
extern CacheValue cache_value_from_scalar(FunctionCallInfo fcinfo, int n);

typedef CacheValue (*CacheValueReader)(FunctionCallInfo fcinfo, int n);

/*
 * A value as SQL's: NULL for a cached NULL. data is aligned to 4 bytes; block, unless NULL, is what data is the content of
 * and becomes the result if it can. key is for errors.
 */
typedef struct varlena *(*CacheValueForm)(const CacheFound *found, char *data,
										  struct varlena *block, CacheSlice key);

extern struct varlena *cache_value_to_text(const CacheFound *found, char *data,
										   struct varlena *block, CacheSlice key);
extern struct varlena *cache_value_to_bytes(const CacheFound *found, char *data,
											struct varlena *block, CacheSlice key);
extern struct varlena *cache_value_to_json(const CacheFound *found, char *data,
										   struct varlena *block, CacheSlice key);

/* Throws unless the bytes are valid text. */
extern void cache_value_check_text(const char *data, Size len, CacheSlice key);

/* Return an answer from an SQL function. */
#define CACHE_RETURN_ANSWER(form, answer, key)                                                     \
	do                                                                                             \
	{                                                                                              \
		struct varlena *result_ =                                                                  \
			form(&(answer)->out.found, (answer)->out.data, (answer)->block, key);                  \
		if (result_ == NULL)                                                                       \
			PG_RETURN_NULL();                                                                      \
		PG_RETURN_POINTER(result_);                                                                \
	} while (0)

#endif
