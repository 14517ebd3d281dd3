/*
 * drops.c
 *    Discarding the keys of a database that is dropped, or in which the extension is dropped.
 *
 * The drop is noted when it happens and acted upon at commit: one that is rolled back leaves the keys. After DROP
 * DATABASE nobody is connected, so its row can become another's; after DROP EXTENSION other sessions may be in a verb,
 * so the row stays.
 *
 * On a standby a drop is replayed, and no hook is called: there the maintenance worker looks now and then which databases
 * are still in the catalogue. The keys of a dropped extension stay: they are within the reach of its next user only.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "access/xlog.h"
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

/* The databases that the catalogue has. */
static List *
existing_databases(void)
{
	Relation catalogue = table_open(DatabaseRelationId, AccessShareLock);
	TableScanDesc scan = table_beginscan_catalog(catalogue, 0, NULL);
	List *databases = NIL;
	HeapTuple row;

	while ((row = heap_getnext(scan, ForwardScanDirection)) != NULL)
		databases = lappend_oid(databases, ((Form_pg_database) GETSTRUCT(row))->oid);
	table_endscan(scan);
	table_close(catalogue, AccessShareLock);
	return databases;
}

void
cache_drops_follow_recovery(void)
{
	static bool recovered = false;
	Oid known[CACHE_DATABASES_MAX];
	List *existing;

	if (recovered)
		return;
	/* what was replayed since the last look is seen to once more when recovery is over */
	recovered = !RecoveryInProgress();
	/* first what the cache knows, which was in the catalogue by then */
	for (int i = 0; i < CACHE_DATABASES_MAX; i++)
		known[i] = cache_atomic_acquire(&cache_spaces->database[i].oid);
	StartTransactionCommand();
	existing = existing_databases();
	for (int i = 0; i < CACHE_DATABASES_MAX; i++)
		if (OidIsValid(known[i]) && !list_member_oid(existing, known[i]))
			cache_database_forget(known[i]);
	CommitTransactionCommand();
}

void
cache_drops_install(void)
{
	previous_hook = object_access_hook;
	object_access_hook = note_drop;
	RegisterXactCallback(end_transaction, NULL);
}
