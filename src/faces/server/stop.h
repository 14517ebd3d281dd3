/*
 * stop.h
 *    The setting that arms stop points; see base/stop.h.
 */
#ifndef CACHE_FACES_SERVER_STOP_H
#define CACHE_FACES_SERVER_STOP_H

#include "postgres.h"

#include "utils/guc.h"

#include "base/stop.h"

/* Hooks of cache.stop_point. */
extern bool cache_stop_check(char **value, void **extra, GucSource source);
extern void cache_stop_assign(const char *value, void *extra);

#endif
