/*
 * startup.c
 *    Making the region when the server starts, and finding it in each process.
 *
 * One piece of the main shared memory segment:
 *
 *     | header: magic, version, tranche ids | to CACHE_REGION_ALIGN | the region, cache.memory bytes |
 *
 * The postmaster lays it out before there are other processes, and again after a crash; forked processes inherit the
 * mapping. Where processes are started anew they find it by name, and check that the library they loaded is the one
 * that made it.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "storage/proc.h"
#include "storage/shmem.h"
#include "utils/timestamp.h"

#include "base/bits.h"
#include "base/units.h"
#include "faces/server/settings.h"
#include "faces/server/startup.h"
#include "keyspace/keyspace.h"
#include "memory/region.h"

/* As far as 32-bit references reach. */
#define REGION_MAX (UINT64_C(64) << 30)

#define SERVER_MAGIC UINT64_C(0x6361636865737276)

typedef struct ServerShared
{
	uint64 magic;
	char version[32];
	Size region_size;
	int tranches[CACHE_RANKS];
	TimestampTz started_at;
} ServerShared;

CacheStartupState cache_startup_state = CACHE_STARTUP_ABSENT;

int cache_lock_tranches[CACHE_RANKS];

static const char *const tranche_names[CACHE_RANKS] = {
	[CACHE_RANK_GROWTH] = "CacheGrowth",       [CACHE_RANK_REGISTRY] = "CacheRegistry",
	[CACHE_RANK_PARTITION] = "CachePartition", [CACHE_RANK_LIMBO] = "CacheLimbo",
	[CACHE_RANK_SHARD] = "CacheArenaShard",    [CACHE_RANK_POOL] = "CacheArenaPool",
};

static ServerShared *server;
static shmem_request_hook_type previous_request_hook;
static shmem_startup_hook_type previous_startup_hook;

static Size
region_size(void)
{
	return (Size) cache_settings_memory_kb * 1024;
}

static Size
shared_size(void)
{
	return add_size(add_size(region_size(), sizeof(ServerShared)), CACHE_REGION_ALIGN);
}

/* The numbers that processes may join with are below this; prepared transactions have theirs above. */
static uint32
backends(void)
{
	return (uint32) (MaxBackends + NUM_AUXILIARY_PROCS);
}

static void *
region(void)
{
	return (void *) (uintptr_t) cache_bits_align_up((uint64) (uintptr_t) (server + 1),
													CACHE_REGION_ALIGN);
}

static void
refuse_small_region(void)
{
	Size least = cache_bits_align_up(cache_keyspace_least(backends()), 1024 * 1024);
	char text[CACHE_UNITS_SIZE_CHARS];

	cache_units_format_size(text, least);
	ereport(FATAL, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("cache.memory is too small"),
			errdetail("The tables for %u processes leave no memory for keys.", backends()),
			errhint("Set cache.memory to at least %s.", text));
}

static void
refuse_large_region(void)
{
	char text[CACHE_UNITS_SIZE_CHARS];

	cache_units_format_size(text, REGION_MAX);
	ereport(FATAL, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("cache.memory is too large"),
			errhint("Set cache.memory to at most %s.", text));
}

static void
request(void)
{
	if (previous_request_hook != NULL)
		previous_request_hook();
	if (region_size() > REGION_MAX)
		refuse_large_region();
	if (region_size() < cache_keyspace_least(backends()))
		refuse_small_region();
	RequestAddinShmemSpace(shared_size());
}

static void
create(void)
{
	uint64 seed;

	if (!pg_strong_random(&seed, sizeof(seed)))
		ereport(FATAL, errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not get random numbers"));
	memset(server, 0, sizeof(*server));
	server->region_size = region_size();
	for (int rank = 0; rank < CACHE_RANKS; rank++)
		server->tranches[rank] = cache_lock_tranches[rank] = LWLockNewTrancheId();
	if (!cache_keyspace_create(region(), server->region_size, backends(), seed))
		refuse_small_region();
	server->started_at = GetCurrentTimestamp();
	strlcpy(server->version, CACHE_VERSION, sizeof(server->version));
	server->magic = SERVER_MAGIC;
}

/* Use what another process made; false if another version of the library did. */
static bool
attach(void)
{
	if (server->magic != SERVER_MAGIC || strcmp(server->version, CACHE_VERSION) != 0)
		return false;
	memcpy(cache_lock_tranches, server->tranches, sizeof(cache_lock_tranches));
	return cache_keyspace_attach(region());
}

static void
startup(void)
{
	bool found;

	if (previous_startup_hook != NULL)
		previous_startup_hook();
	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	server = ShmemInitStruct("cache", shared_size(), &found);
	cache_startup_state = CACHE_STARTUP_READY;
	if (!found)
		create();
	else if (!attach())
		cache_startup_state = CACHE_STARTUP_MISMATCH;
	LWLockRelease(AddinShmemInitLock);
	if (cache_startup_state == CACHE_STARTUP_READY)
		for (int rank = 0; rank < CACHE_RANKS; rank++)
			LWLockRegisterTranche(cache_lock_tranches[rank], tranche_names[rank]);
}

void
cache_startup_install(void)
{
	previous_request_hook = shmem_request_hook;
	shmem_request_hook = request;
	previous_startup_hook = shmem_startup_hook;
	shmem_startup_hook = startup;
}

TimestampTz
cache_startup_time(void)
{
	return server->started_at;
}
