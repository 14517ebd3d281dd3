/*
 * drops.c
 *    Discarding the keys of a database that is dropped, or in which the extension is dropped.
 *
 * The drop is noted when it happens and acted upon at commit: one that is rolled back leaves the keys. After DROP
 * DATABASE nobody is connected, so its row can become another's; after DROP EXTENSION other sessions may be in a verb,
 * so the row stays.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/objectaccess.h"
#include "catalog/pg_database.h"
#include "catalog/pg_extension.h"
#include "commands/extension.h"
#include "miscadmin.h"

#include "faces/server/drops.h"
#include "faces/server/startup.h"
#include "keyspace/space.h"

static object_access_hook_type previous_hook;

/* Of the running transaction. */
static Oid dropped_database = InvalidOid;
static Oid dropped_extension = InvalidOid;

static void
note_drop(ObjectAccessType access, Oid class, Oid object, int sub, void *argument)
{
	if (previous_hook != NULL)
		previous_hook(access, class, object, sub, argument);
	if (access != OAT_DROP || cache_startup_state != CACHE_STARTUP_READY)
		return;
	if (class == DatabaseRelationId)
		dropped_database = object;
	else if (class == ExtensionRelationId)
	{
		const char *name = get_extension_name(object);

		if (name != NULL && strcmp(name, "cache") == 0)
			dropped_extension = object;
	}
}

/* The extension is still there if the drop was rolled back to a savepoint. */
static void
confirm_drop(void)
{
	if (OidIsValid(dropped_extension) && get_extension_oid("cache", true) == dropped_extension)
		dropped_extension = InvalidOid;
}

static void
discard_dropped(void)
{
	if (OidIsValid(dropped_database))
		cache_database_forget(dropped_database);
	if (OidIsValid(dropped_extension))
	{
		CacheDatabaseShared *database = cache_database_open(MyDatabaseId);

		if (database != NULL)
			cache_space_clear(database);
	}
}

static void
end_transaction(XactEvent event, void *argument)
{
	if (likely(!OidIsValid(dropped_database) && !OidIsValid(dropped_extension)))
		return;
	switch (event)
	{
		case XACT_EVENT_PRE_COMMIT:
		case XACT_EVENT_PRE_PREPARE:
			confirm_drop();
			return;
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_PREPARE: /* what is rolled back later has lost its keys, nothing worse */
			discard_dropped();
			break;
		default:
			break;
	}
	dropped_database = InvalidOid;
	dropped_extension = InvalidOid;
}

void
cache_drops_install(void)
{
	previous_hook = object_access_hook;
	object_access_hook = note_drop;
	RegisterXactCallback(end_transaction, NULL);
}
