/*
 * cmd_key.h
 *    The verbs that work on keys of any type.
 *
 * Errors as cmd_string.h says. A key longer than CACHE_KEY_MAX is CACHE_TOO_LONG where the verb would write it, and simply
 * missing where it looks it up.
 */
#ifndef CACHE_COMMANDS_CMD_KEY_H
#define CACHE_COMMANDS_CMD_KEY_H

#include "commands/command.h"

/* DEL and UNLINK of several keys at one moment; *count is how many there were. lazily: memory is freed in the background. */
extern CacheStatus cache_cmd_del(const CacheContext *context, const CacheSlice *keys, int n,
								 bool lazily, int64 *count);

/* Delete the key if it has this value in the same form. CACHE_REFUSED if not, CACHE_MISSING. */
extern CacheStatus cache_cmd_del_if_equal(const CacheContext *context, CacheSlice key,
										  CacheValue value);

/* EXISTS at one moment, TOUCH one by one; a key given twice counts twice. */
extern CacheStatus cache_cmd_exists(const CacheContext *context, const CacheSlice *keys, int n,
									int64 *count);
extern CacheStatus cache_cmd_touch(const CacheContext *context, const CacheSlice *keys, int n,
								   int64 *count);

/* When EXPIRE does it: CACHE_REFUSED otherwise. Any set of them, all have to hold; no deadline counts as infinitely late. */
typedef enum CacheExpireIf
{
	CACHE_EXPIRE_IF_NONE_SET = 1 << 0, /* nx */
	CACHE_EXPIRE_IF_SET = 1 << 1,      /* xx */
	CACHE_EXPIRE_IF_LATER = 1 << 2,    /* gt */
	CACHE_EXPIRE_IF_SOONER = 1 << 3    /* lt */
} CacheExpireIf;

/* EXPIREAT: a deadline that is past deletes. CACHE_OK, CACHE_MISSING, CACHE_REFUSED. */
extern CacheStatus cache_cmd_expireat(const CacheContext *context, CacheSlice key,
									  int64 deadline_ms, int conditions);

/* PERSIST: CACHE_REFUSED if it has no deadline. */
extern CacheStatus cache_cmd_persist(const CacheContext *context, CacheSlice key);

/* RENAME and RENAMENX. CACHE_MISSING, CACHE_REFUSED (nx and new_key exists, also if it is key itself). */
extern CacheStatus cache_cmd_rename(const CacheContext *context, CacheSlice key, CacheSlice new_key,
									bool nx);

/* COPY. CACHE_MISSING, CACHE_REFUSED (destination exists and not replace; or is source itself). */
extern CacheStatus cache_cmd_copy(const CacheContext *context, CacheSlice source,
								  CacheSlice destination, bool replace);

/* What is known of an entry without reading its value. */
typedef struct CacheDescription
{
	uint8 type;
	uint8 encoding;
	bool has_blocks;
	int64 deadline_ms; /* 0: none */
	uint64 len;        /* of a string: bytes of its value */
	uint64 memory;     /* bytes, the entry's share of its table included */
	uint8 mark;        /* of the eviction policy */
	uint8 policy;
	uint32 age_epochs; /* since the last use, if the policy keeps it */
} CacheDescription;

/* Describe a key; no use of it. CACHE_OK or CACHE_MISSING. */
extern CacheStatus cache_cmd_describe(const CacheContext *context, CacheSlice key,
									  CacheDescription *description);

/* Keys that a scan collects: one after the other in data, each behind its length (uint16, unaligned). */
typedef struct CacheKeyList
{
	char *data;
	Size capacity;
	Size used;
	uint64 count;
} CacheKeyList;

/*
 * SCAN, a bucket at a time: add the bucket's keys that match to the list, and move *position on (0: that was the last).
 * An empty pattern matches all; type is CACHE_TYPES for any. utf8: the pattern's ? is a character. CACHE_OK, or CACHE_MORE if
 * the list had no room: position and list are as before, and the list needs at least *needed bytes more.
 */
extern CacheStatus cache_cmd_scan(const CacheContext *context, uint64 *position, CacheSlice pattern,
								  bool utf8, int type, CacheKeyList *list, Size *needed);

/* RANDOMKEY: one key in the list. CACHE_OK, CACHE_MISSING, CACHE_MORE. */
extern CacheStatus cache_cmd_randomkey(const CacheContext *context, CacheKeyList *list);

/* The number of keys, and bytes of their entries; expired ones that are not yet removed included. */
extern uint64 cache_cmd_dbsize(const CacheContext *context);
extern uint64 cache_cmd_used_bytes(const CacheContext *context);

/* Discard all keys; returns how many there were. O(1). */
extern uint64 cache_cmd_clear(const CacheContext *context);

#endif
