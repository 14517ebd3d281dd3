/*
 * sql_error.h
 *    What goes wrong, as SQL sees it: the only place where a CacheStatus becomes an error.
 */
#ifndef CACHE_FACES_SQL_SQL_ERROR_H
#define CACHE_FACES_SQL_SQL_ERROR_H

#include "base/compat.h"

#include "base/slice.h"
#include "base/status.h"

/* Raise what a verb on these keys returned; a status above CACHE_BUSY. */
CACHE_NORETURN extern void cache_error_raise(CacheStatus status, const CacheSlice *keys, int n);

/* An argument that must not be NULL is. */
CACHE_NORETURN extern void cache_error_null(const char *argument);

/* The value of this key is not valid text. */
CACHE_NORETURN extern void cache_error_not_text(CacheSlice key);

/* An argument's value makes no sense: 22023, with a hint or NULL. */
CACHE_NORETURN extern void cache_error_argument(const char *message, const char *hint);

#endif
