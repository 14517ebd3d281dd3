/*
 * settings.c
 *    The settings of the cache.
 */
#include "postgres.h"

#include <limits.h>

#include "utils/guc.h"

#include "faces/server/settings.h"
#include "faces/server/stop.h"
#include "policy/policy.h"

#define KB_PER_MB 1024

int cache_settings_memory_kb = 64 * KB_PER_MB;
bool cache_settings_enabled = true;
int cache_settings_policy = CACHE_POLICY_LRU;

static char *stop_point;

/* The rows of the policy table; the last is the list's end. */
static struct config_enum_entry policies[CACHE_POLICIES + 1];

void
cache_settings_define(void)
{
	for (int i = 0; i < CACHE_POLICIES; i++)
		policies[i] = (struct config_enum_entry){ cache_policies[i]->name, i, false };

	/* the range is checked at start: out of a range given here it would be the default, with a mere warning */
	DefineCustomIntVariable("cache.memory", "Sets the amount of shared memory for the cache.",
							"All keys, values and tables of the cache are in it.",
							&cache_settings_memory_kb, 64 * KB_PER_MB, 0, INT_MAX, PGC_POSTMASTER,
							GUC_UNIT_KB, NULL, NULL, NULL);
	DefineCustomBoolVariable("cache.enabled", "Switches the cache on.",
							 "Off, verbs act as on an empty cache that forgets at once; only those "
							 "that remove keys still do.",
							 &cache_settings_enabled, true, PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomEnumVariable("cache.policy", "Chooses what is evicted when the memory is full.",
							 NULL, &cache_settings_policy, CACHE_POLICY_LRU, policies, PGC_SIGHUP,
							 0, NULL, NULL, NULL);
	DefineCustomStringVariable("cache.stop_point", "Makes the session stop at named points.",
							   "For tests: name:action, separated by commas; the actions are wait, "
							   "error, cancel, terminate and crash.",
							   &stop_point, "", PGC_SUSET, GUC_NOT_IN_SAMPLE, cache_stop_check,
							   cache_stop_assign, NULL);
	MarkGUCPrefixReserved("cache");
}
