/*
 * settings.h
 *    The settings of the cache: each is defined once, in settings.c.
 */
#ifndef CACHE_FACES_SERVER_SETTINGS_H
#define CACHE_FACES_SERVER_SETTINGS_H

#include "postgres.h"

extern int cache_settings_memory_kb; /* cache.memory */
extern bool cache_settings_enabled;  /* cache.enabled */
extern int cache_settings_policy;    /* cache.policy: a CachePolicyId */

/* Define them, while the server preloads libraries. */
extern void cache_settings_define(void);

#endif
