/*
 * env.h
 *    The one header that every file of the pure rooms includes first.
 *
 * base, memory, structure, policy, keyspace and types are plain C11. They compile inside the server, where
 * postgres.h brings the types, and standalone (-DCACHE_STANDALONE) for unit tests, fuzzers, sanitizers and
 * the trace replay, where this file brings the few names of c.h that they use.
 */
#ifndef CACHE_BASE_ENV_H
#define CACHE_BASE_ENV_H

#ifndef CACHE_STANDALONE

#include "postgres.h"

#define CACHE_PER_BACKEND /* a process is a backend */

#else

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int8_t int8;
typedef int16_t int16;
typedef int32_t int32;
typedef int64_t int64;
typedef uint8_t uint8;
typedef uint16_t uint16;
typedef uint32_t uint32;
typedef uint64_t uint64;
typedef size_t Size;

#define CACHE_PER_BACKEND _Thread_local /* a thread plays a backend */

#define Assert(condition) assert(condition)
#define StaticAssertDecl(condition, message) _Static_assert(condition, message)
#define likely(x) __builtin_expect((x) != 0, 1)
#define unlikely(x) __builtin_expect((x) != 0, 0)
#define lengthof(array) (sizeof(array) / sizeof((array)[0]))
#define Min(x, y) ((x) < (y) ? (x) : (y))
#define Max(x, y) ((x) > (y) ? (x) : (y))
#define FLEXIBLE_ARRAY_MEMBER
#define PG_USED_FOR_ASSERTS_ONLY __attribute__((unused))
#define pg_attribute_unused() __attribute__((unused))
#define pg_noinline __attribute__((noinline))
#define PG_INT64_MIN INT64_MIN
#define PG_INT64_MAX INT64_MAX
#define PG_UINT32_MAX UINT32_MAX

#endif /* CACHE_STANDALONE */

#endif
