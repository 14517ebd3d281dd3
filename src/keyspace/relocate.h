/*
 * relocate.h
 *    Moving one block, so that its page can be emptied.
 */
#ifndef CACHE_KEYSPACE_RELOCATE_H
#define CACHE_KEYSPACE_RELOCATE_H

#include "memory/ref.h"

/*
 * Move a live block of a movable page elsewhere and free it. False if it cannot be moved now: it is not in a table yet or
 * any more, a reader has it pinned, or there is no other slot. No lock may be held.
 */
extern bool cache_relocate_block(CacheRef block);

#endif
