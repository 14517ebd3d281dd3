/*
 * cache.c
 *    Where the server takes hold of the library: settings, shared memory, hooks, workers.
 *
 * Only while the server preloads libraries, since shared memory is asked for then and never later. In any other process
 * that loads it (CREATE EXTENSION without the preload, LOAD, pg_upgrade's servers) the library keeps quiet, and
 * its functions say what is missing.
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"

#include "faces/server/drops.h"
#include "faces/server/settings.h"
#include "faces/server/startup.h"
#include "faces/worker/maintenance.h"

PG_MODULE_MAGIC;

extern PGDLLEXPORT void _PG_init(void);

void
_PG_init(void)
{
	if (!process_shared_preload_libraries_in_progress || IsBinaryUpgrade)
		return;
	cache_settings_define();
	cache_startup_install();
	cache_drops_install();
	cache_maintenance_register();
}
