/*
 * sql_admin.c
 *    The server: versions, and statistics.
 */
#include "base/compat.h"

#include "access/htup_details.h"
#include "catalog/namespace.h"
#include "catalog/pg_namespace.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/syscache.h"
#include "utils/tuplestore.h"

#include "commands/cmd_key.h"
#include "faces/server/startup.h"
#include "faces/sql/sql_call.h"
#include "keyspace/space.h"
#include "memory/arena.h"
#include "memory/counters.h"
#include "memory/region.h"

CACHE_FUNCTION(cache_sql_library_version)
{
	PG_RETURN_TEXT_P(cstring_to_text(CACHE_VERSION));
}

/*
 * Whoever owns the schema can put functions of their own beside the extension's, where all who trust it would call them:
 * a schema that was there before has to be a superuser's.
 */
static void
check_schema_owner(void)
{
	Oid schema = get_namespace_oid("cache", false);
	HeapTuple tuple = SearchSysCache1(NAMESPACEOID, ObjectIdGetDatum(schema));
	Oid owner;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for schema %u", schema);
	owner = ((Form_pg_namespace) GETSTRUCT(tuple))->nspowner;
	ReleaseSysCache(tuple);
	if (!superuser_arg(owner))
		ereport(ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				errmsg("schema \"cache\" exists and is not owned by a superuser"),
				errdetail("Its owner is \"%s\".", GetUserNameFromId(owner, false)),
				errhint("Drop or rename it, and create the extension again."));
}

/* Called by the install script before anything else: the version is the script's. */
CACHE_FUNCTION(cache_sql_check_library)
{
	char *version = text_to_cstring(PG_GETARG_TEXT_PP(0));

	cache_backend_join();
	if (strcmp(version, CACHE_VERSION) != 0)
		ereport(
			ERROR, errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			errmsg("version %s of the extension needs the library of the same version", version),
			errdetail("The server has loaded version %s.", CACHE_VERSION),
			errhint("Install version %s and restart the server.", version));
	check_schema_owner();
	PG_RETURN_VOID();
}

/* stats' columns after the namespace. */
enum
{
	STATS_NAMESPACE,
	STATS_ENTRIES,
	STATS_HITS,
	STATS_MISSES,
	STATS_HIT_RATIO,
	STATS_SETS,
	STATS_DELETES,
	STATS_EXPIRATIONS,
	STATS_EVICTIONS,
	STATS_REJECTED_WRITES,
	STATS_MEMORY_USED,
	STATS_MEMORY_LIMIT,
	STATS_RESET,
	STATS_COLUMNS
};

static const struct
{
	int column;
	CacheCounter counter;
} counted[] = {
	{ STATS_HITS, CACHE_COUNT_HITS },
	{ STATS_MISSES, CACHE_COUNT_MISSES },
	{ STATS_SETS, CACHE_COUNT_SETS },
	{ STATS_DELETES, CACHE_COUNT_DELETES },
	{ STATS_EXPIRATIONS, CACHE_COUNT_EXPIRED },
	{ STATS_EVICTIONS, CACHE_COUNT_EVICTED },
	{ STATS_REJECTED_WRITES, CACHE_COUNT_REJECTED },
};

typedef struct StatsRow
{
	Datum values[STATS_COLUMNS];
	bool nulls[STATS_COLUMNS];
} StatsRow;

static void
stats_set(StatsRow *row, int column, Datum value)
{
	row->values[column] = value;
	row->nulls[column] = false;
}

static StatsRow
stats_row(uint64 entries, uint64 used)
{
	StatsRow row;

	memset(row.nulls, true, sizeof(row.nulls));
	stats_set(&row, STATS_ENTRIES, Int64GetDatum((int64) entries));
	stats_set(&row, STATS_MEMORY_USED, Int64GetDatum((int64) used));
	stats_set(&row, STATS_RESET, TimestampTzGetDatum(cache_startup_time()));
	return row;
}

static uint64
entries_of_all(void)
{
	uint32 end = cache_atomic_acquire(&cache_spaces->spaces_end);
	uint64 entries = 0;

	for (uint32 id = 0; id < end; id++)
	{
		CacheSpaceShared *space = cache_space_by_id(id);

		if (space != NULL && cache_space_is_live(space))
			entries += cache_space_entries(space);
	}
	return entries;
}

/* The server as a whole: all databases, and all that the region holds. */
static StatsRow
stats_total(void)
{
	StatsRow row = stats_row(entries_of_all(), cache_arena_used_bytes());
	uint64 sums[CACHE_COUNTERS];
	uint64 reads;

	cache_counters_sum(sums);
	for (Size i = 0; i < lengthof(counted); i++)
		stats_set(&row, counted[i].column, Int64GetDatum((int64) sums[counted[i].counter]));
	reads = sums[CACHE_COUNT_HITS] + sums[CACHE_COUNT_MISSES];
	if (reads > 0)
		stats_set(&row, STATS_HIT_RATIO,
				  Float8GetDatum((double) sums[CACHE_COUNT_HITS] / (double) reads));
	stats_set(&row, STATS_MEMORY_LIMIT, Int64GetDatum((int64) cache_region_size()));
	return row;
}

/* Counters are kept for the server: those of a namespace are not known. */
CACHE_FUNCTION(cache_sql_stats)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	const CacheContext *context = cache_backend_context();
	StatsRow total = stats_total();
	StatsRow row = stats_row(cache_cmd_dbsize(context), cache_cmd_used_bytes(context));

	InitMaterializedSRF(fcinfo, 0);
	stats_set(&row, STATS_NAMESPACE, CStringGetTextDatum("default"));
	tuplestore_putvalues(result->setResult, result->setDesc, row.values, row.nulls);
	tuplestore_putvalues(result->setResult, result->setDesc, total.values, total.nulls);
	return (Datum) 0;
}
