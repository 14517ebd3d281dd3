/*
 * units.h
 *    Sizes as PostgreSQL writes them: '64MB', '1.5GB', '8192'.
 *
 * Read: a number, with a fraction if wanted, then B, kB, MB, GB, TB or PB in any case ("bytes"
 * too), with spaces around either. Each unit is 1024 of the one before; no unit means bytes. This
 * is what both postgresql.conf and pg_size_bytes() accept, except signs and exponents. A fraction
 * of a byte is rounded.
 *
 * Write: exact, in the largest unit that divides the size, as SHOW does: 1536MB rather than 1.5GB
 * or 2GB. What is written reads back as the same size and may be pasted into postgresql.conf.
 *
 * Sizes end at 2^63 - 1, what SQL's bigint holds. Nothing here throws: failure is a status, to be
 * reported with cache_units_message and cache_units_hint.
 */
#ifndef CACHE_BASE_UNITS_H
#define CACHE_BASE_UNITS_H

#include "base/env.h"
#include "base/slice.h"

typedef enum CacheUnitsStatus
{
	CACHE_UNITS_OK,
	CACHE_UNITS_NO_NUMBER,
	CACHE_UNITS_NEGATIVE,
	CACHE_UNITS_UNKNOWN_UNIT,
	CACHE_UNITS_TOO_BIG
} CacheUnitsStatus;

/* Room for any size and a terminating zero byte. */
#define CACHE_UNITS_SIZE_CHARS 24

/* Read a size; *bytes is set only if the result is CACHE_UNITS_OK. */
extern CacheUnitsStatus cache_units_parse_size(CacheSlice text, uint64 *bytes);

/*
 * Write bytes, at most 2^63 - 1, and a zero byte to buffer, which has CACHE_UNITS_SIZE_CHARS; its
 * length without the zero byte.
 */
extern int cache_units_format_size(char *buffer, uint64 bytes);

/* What is wrong, as the tail of an error message; NULL for CACHE_UNITS_OK. */
extern const char *cache_units_message(CacheUnitsStatus status);

/* What would be right, as a hint. */
extern const char *cache_units_hint(void);

#endif
