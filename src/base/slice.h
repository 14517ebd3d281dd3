/*
 * slice.h
 *    A run of bytes that somebody else owns: pointer and length.
 *
 * Keys, fields, members and values pass between the rooms as slices. A slice may hold any byte,
 * zero included, and is not terminated. It is two words, so it travels by value. An empty slice may
 * have a NULL pointer; every function here accepts that (memcmp and memchr themselves do not).
 *
 * A slice is only as alive as the bytes it points at: one that points into the arena dies with the
 * partition lock, or with the version check of a lock-free read.
 */
#ifndef CACHE_BASE_SLICE_H
#define CACHE_BASE_SLICE_H

#include "base/env.h"

typedef struct CacheSlice
{
	const char *data;
	Size len;
} CacheSlice;

/* A slice of a string literal, usable in the initialiser of a const table. */
#define CACHE_SLICE_LITERAL(text)                                                                  \
	{                                                                                              \
		"" text "", sizeof(text) - 1                                                               \
	}

static inline CacheSlice
cache_slice(const void *data, Size len)
{
	CacheSlice slice = { (const char *) data, len };

	return slice;
}

static inline CacheSlice
cache_slice_cstr(const char *text)
{
	return cache_slice(text, strlen(text));
}

static inline bool
cache_slice_is_empty(CacheSlice slice)
{
	return slice.len == 0;
}

static inline bool
cache_slice_equal(CacheSlice a, CacheSlice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/*
 * Order by unsigned bytes, a prefix before what it is a prefix of: negative, zero or positive. This
 * is the order of sorted-set members and of lexical ranges, and is independent of any collation.
 */
static inline int
cache_slice_compare(CacheSlice a, CacheSlice b)
{
	Size common = Min(a.len, b.len);
	int order = common == 0 ? 0 : memcmp(a.data, b.data, common);

	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

static inline bool
cache_slice_starts_with(CacheSlice slice, CacheSlice prefix)
{
	return slice.len >= prefix.len &&
		   (prefix.len == 0 || memcmp(slice.data, prefix.data, prefix.len) == 0);
}

/* Position of the first such byte; the slice's length if there is none. */
static inline Size
cache_slice_find(CacheSlice slice, char byte)
{
	const char *hit = slice.len == 0 ? NULL : (const char *) memchr(slice.data, byte, slice.len);

	return hit == NULL ? slice.len : (Size) (hit - slice.data);
}

/* The first len bytes, or all of them if there are fewer. */
static inline CacheSlice
cache_slice_head(CacheSlice slice, Size len)
{
	return cache_slice(slice.data, Min(len, slice.len));
}

/* What is left after the first skip bytes; empty if there are no more. */
static inline CacheSlice
cache_slice_tail(CacheSlice slice, Size skip)
{
	if (skip == 0)
		return slice; /* NULL plus zero is not defined in C */
	skip = Min(skip, slice.len);
	return cache_slice(skip == 0 ? slice.data : slice.data + skip, slice.len - skip);
}

#endif
