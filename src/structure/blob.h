/*
 * blob.h
 *    A long run of bytes as a shallow tree of blocks, so that a value of 512 MB needs no hole larger than 8 kB.
 *
 *     chunks 1          chunks 2 .. 2044            chunks 2045 .. 4 million
 *     root -> chunk     root -> index -> chunks     root -> index -> indexes -> chunks
 *
 * A chunk carries 8,176 bytes, the last one as many as it needs; an index carries up to 2,044 references and grows
 * with its content. Each block begins with a header that leads back to its owner's table slot, so that the block can
 * be moved: the owner's hash and space, the block's level and its index within the level.
 *
 * Locking: none here. Whoever changes a blob holds its owner's partition lock; whoever reads without it has the root
 * pinned. Failure: out of blocks is a return value, and the blob stays whole, if longer than before.
 */
#ifndef CACHE_STRUCTURE_BLOB_H
#define CACHE_STRUCTURE_BLOB_H

#include "memory/source.h"

#define CACHE_KIND_CHUNK 0xF0 /* the first byte of each of a blob's blocks */

typedef struct CacheChunkShared
{
	uint8 kind;
	uint8 level; /* 0 for a chunk of bytes, 1 and 2 for indexes */
	uint16 space;
	uint32 index; /* among the blocks of its level */
	uint64 hash;  /* of the owner's key */
	union
	{
		CacheRef child[1];
		char bytes[1];
	};
} CacheChunkShared;

#define CACHE_CHUNK_HEADER offsetof(CacheChunkShared, bytes)
#define CACHE_CHUNK_BYTES (CACHE_BLOCK_MAX - CACHE_CHUNK_HEADER)
#define CACHE_CHUNK_FAN (CACHE_CHUNK_BYTES / sizeof(CacheRef))

StaticAssertDecl(offsetof(CacheChunkShared, bytes) == 16, "a chunk's header is 16 bytes");

typedef struct CacheBlob
{
	uint64 len;
	CacheRef root;
	uint32 chunks; /* may reach beyond len after a growth that ran out of blocks */
} CacheBlob;

/* Who the blocks belong to. */
typedef struct CacheBlobOwner
{
	uint64 hash;
	uint16 space;
} CacheBlobOwner;

/* Make room for len bytes in all. False if the source ran dry: len is unchanged then, and free still works. */
extern bool cache_blob_reserve(CacheBlob *blob, uint64 len, const CacheBlobOwner *owner,
							   CacheSource *source);

/* Copy in and out; the range lies within what was reserved. */
extern void cache_blob_write(const CacheBlob *blob, uint64 offset, const char *data, uint64 len);
extern void cache_blob_fill(const CacheBlob *blob, uint64 offset, char byte, uint64 len);
extern void cache_blob_read(const CacheBlob *blob, uint64 offset, char *data, uint64 len);

/* Copy all of a blob's bytes into another that has room for them. */
extern void cache_blob_transfer(const CacheBlob *to, const CacheBlob *from);

/* Give every block back. Blocks are freed one by one under the arena's own locks only. */
extern void cache_blob_free(CacheBlob *blob);

/* The reference in the blob (or in its tree) that leads to the block; NULL if it is not the blob's. */
extern CacheRef *cache_blob_parent(CacheBlob *blob, CacheRef block);

/* Bytes of all its slots. */
extern uint64 cache_blob_memory(const CacheBlob *blob);

/* Tell a new owner of a blob's blocks that it has them: used by rename. */
extern void cache_blob_adopt(const CacheBlob *blob, const CacheBlobOwner *owner);

#endif
