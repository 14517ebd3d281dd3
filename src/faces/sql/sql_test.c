/*
 * sql_test.c
 *    What tests need and nobody else: the clock, and a walk over the whole region. The install script does not declare
 *    these; a test does, as a superuser:
 *
 *    CREATE FUNCTION advance_clock(ms bigint) RETURNS void LANGUAGE c STRICT AS '$libdir/cache', 'cache_test_advance_clock';
 *    CREATE FUNCTION verify() RETURNS text LANGUAGE c AS '$libdir/cache', 'cache_test_verify';
 */
#include "base/compat.h"

#include "utils/builtins.h"

#include "faces/sql/sql_call.h"
#include "keyspace/partition.h"
#include "keyspace/verify.h"
#include "memory/clock.h"

/* Move the cache's clock on, for all sessions. */
CACHE_FUNCTION(cache_test_advance_clock)
{
	(void) cache_backend_context();
	cache_atomic_add(&cache_clock->offset_ms, PG_GETARG_INT64(0));
	PG_RETURN_VOID();
}

/* What does not hold in the region, or NULL. Nobody else may write to the cache meanwhile: what a writer has prepared and
 * not yet linked would count as lost. */
CACHE_FUNCTION(cache_test_verify)
{
	const char *wrong;

	(void) cache_backend_context();
	for (uint32 i = 0; i < CACHE_PARTITIONS; i++)
		cache_partition_lock(i);
	wrong = cache_keyspace_verify();
	for (uint32 i = CACHE_PARTITIONS; i-- > 0;)
		cache_partition_unlock(i);
	if (wrong == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(wrong));
}
