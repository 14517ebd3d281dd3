/*
 * backend.c
 *    Joining and leaving; see backend.h.
 */
#include "base/compat.h"

#include "catalog/pg_authid.h"
#include "storage/ipc.h"
#include "utils/acl.h"
#include "utils/guc.h"

#include "faces/server/backend.h"
#include "faces/server/startup.h"
#include "keyspace/keyspace.h"

CacheContext cache_backend_own;

static bool joined;

/* The line for postgresql.conf, with what is there already as far as the user may see it. */
static const char *
preload_line(void)
{
	const char *now = "";

	if (has_privs_of_role(GetUserId(), ROLE_PG_READ_ALL_SETTINGS))
		now = GetConfigOption("shared_preload_libraries", true, false);
	if (now == NULL || now[0] == '\0')
		return "shared_preload_libraries = 'cache'";
	return psprintf("shared_preload_libraries = '%s, cache'", now);
}

static void
refuse(void)
{
	if (cache_startup_state == CACHE_STARTUP_MISMATCH)
		ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				errmsg("the server was started with another version of the cache's library"),
				errdetail("The library that is installed has version %s.", CACHE_VERSION),
				errhint("Restart the server."));
	ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			errmsg("the cache is not loaded at server start"),
			errhint("Put this in postgresql.conf and restart the server: %s", preload_line()));
}

static void
leave(int code, Datum argument)
{
	cache_backend_own.database = NULL;
	joined = false;
	cache_keyspace_leave();
}

void
cache_backend_join(void)
{
	if (joined)
		return;
	if (cache_startup_state != CACHE_STARTUP_READY)
		refuse();
	before_shmem_exit(leave, (Datum) 0);
	cache_keyspace_join(cache_compat_backend());
	joined = true;
}

void
cache_backend_open(void)
{
	cache_backend_join();
	cache_backend_own.database = cache_database_open(MyDatabaseId);
	if (cache_backend_own.database == NULL)
		ereport(ERROR, errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
				errmsg("too many databases use the cache"),
				errdetail("At most %d databases of a server can.", CACHE_DATABASES_MAX));
}
