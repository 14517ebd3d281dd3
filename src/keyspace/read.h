/*
 * read.h
 *    Reading one value, or several at one moment, without a lock.
 *
 * An optimistic read notes the partition's version, resolves the space, walks, copies, and looks at the version again;
 * if it moved, the read starts over, and after a few failures takes the partition's lock in shared mode. (The seqlock;
 * for hash tables: B. Fan, D. Andersen, M. Kaminsky, "MemC3", NSDI 2013, section 3.2.)
 *
 * A value that is built of blocks is not copied optimistically: its root is pinned, the version looked at once more, and
 * then the blocks can neither be freed nor changed until the pin is let go.
 */
#ifndef CACHE_KEYSPACE_READ_H
#define CACHE_KEYSPACE_READ_H

#include "keyspace/space.h"
#include "keyspace/type.h"

/* What a read found. The value's bytes are in the caller's buffer. */
typedef struct CacheFound
{
	uint8 type;
	uint8 encoding;
	uint8 flags;
	int64 deadline_ms; /* 0: none */
	uint64 len;        /* of the value: for a string its bytes, however they are stored */
} CacheFound;

typedef enum CacheReadMode
{
	CACHE_READ_USE, /* a use of the entry, as the eviction policy sees it */
	CACHE_READ_PEEK /* looks only */
} CacheReadMode;

/*
 * Read a key's value into buffer[capacity]. CACHE_OK; CACHE_MISSING; CACHE_MORE if the value is found->len bytes, which
 * is more than the buffer takes (nothing useful is in it then); CACHE_INTERRUPTED between the blocks of a large one.
 * No lock may be held.
 */
extern CacheStatus cache_read(CacheDatabaseShared *database, CacheSlice key, CacheReadMode mode,
							  char *buffer, Size capacity, CacheFound *found);

/* Bring the bucket of a hash nearer, for those who have something else to do first. */
extern void cache_read_prefetch(CacheDatabaseShared *database, uint64 hash);

/*
 * Several reads as of one moment. begin; read each with cache_snapshot_read; end says whether nothing moved. If it did,
 * begin again; from the third time on begin takes the locks of all the keys' partitions, end releases them, and the
 * reads hold without fail. Between begin and end nothing may throw; a buffer that is too small is grown after end.
 */
typedef struct CacheSnapshot
{
	int tries;
	bool locked;
	int64 now_ms; /* the moment: keys that end together end for all of the reads or for none */
	CacheDatabaseShared *database;
	CacheSpaceShared *space; /* the database's at the beginning: a clear moves no version */
	uint64 used[CACHE_PARTITIONS / 64];
	uint32 version[CACHE_PARTITIONS];
} CacheSnapshot;

extern void cache_snapshot_begin(CacheSnapshot *snapshot, CacheDatabaseShared *database,
								 const CacheSlice *keys, int n);
extern CacheStatus cache_snapshot_read(CacheSnapshot *snapshot, CacheSlice key, CacheReadMode mode,
									   char *buffer, Size capacity, CacheFound *found);
extern bool cache_snapshot_end(CacheSnapshot *snapshot);

#endif
