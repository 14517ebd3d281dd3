/*
 * backend.h
 *    This process as a user of the cache: it joins at its first verb, and leaves when it exits.
 */
#ifndef CACHE_FACES_SERVER_BACKEND_H
#define CACHE_FACES_SERVER_BACKEND_H

#include "postgres.h"

#include "miscadmin.h"

#include "commands/command.h"
#include "faces/server/settings.h"

/* Whom this process acts for; use it through cache_backend_context. */
extern CacheContext cache_backend_own;

/* Join the cache if this process has not, without a database. Throws if there is no cache to join. */
extern void cache_backend_join(void);

/* Join, and find this database's row. */
extern void cache_backend_open(void);

/*
 * The context for verbs. The row is checked, since that of a dropped database may have become another's. Throws where the
 * library is not preloaded.
 */
static inline const CacheContext *
cache_backend_context(void)
{
	if (unlikely(cache_backend_own.database == NULL ||
				 cache_atomic_get(&cache_backend_own.database->oid) != MyDatabaseId))
		cache_backend_open();
	cache_backend_own.policy = (CachePolicyId) cache_settings_policy;
	return &cache_backend_own;
}

#endif
