/*
 * scan.h
 *    Walking all keys in steps while the table grows and shrinks underneath.
 *
 * A cursor is a position in the order of reversed hashes. A bucket, at any size of the table, is a range of that order, and
 * splitting or merging buckets only cuts or joins ranges: so a key that is there from the first step to the last has
 * one position, and the step that covers it returns it. A key may be returned twice if buckets were joined. (Redis's
 * SCAN counts buckets in the same order; here any number of buckets will do.)
 */
#ifndef CACHE_KEYSPACE_SCAN_H
#define CACHE_KEYSPACE_SCAN_H

#include "base/status.h"
#include "keyspace/space.h"

/* Called for each live entry of a bucket, under its partition's lock: must not throw or wait. */
typedef void (*CacheScanVisit)(CacheEntryShared *entry, void *state);

/*
 * Visit the live entries of the bucket at *position, and move the position to the next bucket. False if that was
 * the last one (*position is 0 then). No lock may be held.
 */
extern bool cache_scan_step(CacheDatabaseShared *database, uint64 *position, CacheScanVisit visit,
							void *state);

#endif
