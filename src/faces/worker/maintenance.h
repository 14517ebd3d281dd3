/*
 * maintenance.h
 *    The background worker that keeps the cache in order.
 */
#ifndef CACHE_FACES_WORKER_MAINTENANCE_H
#define CACHE_FACES_WORKER_MAINTENANCE_H

#include "postgres.h"

/* Ask the postmaster to run it, while the server preloads libraries. */
extern void cache_maintenance_register(void);

/* Its entry point. */
extern PGDLLEXPORT void cache_maintenance_main(Datum argument);

#endif
