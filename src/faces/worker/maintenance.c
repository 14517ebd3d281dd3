/*
 * maintenance.c
 *    The background worker that keeps the cache in order: expiry, deferred frees, relocation, shrinking.
 *
 * It sweeps once a second and tidies up after that. Looking costs it at most a twentieth of a core, on average over
 * a second: what it spends is taken from a credit that fills with time. What it takes to return memory that is due
 * (expired keys, discarded spaces) is not charged: that is done as fast as can be, with a pause now and then.
 *
 * It is connected to no database, so that it is in nobody's way, but as a connection, since only that shows it in
 * pg_stat_activity; so it starts when connections may, on a standby too. Terminated, it is started again a second
 * later; a crash of it restarts the server as that of any backend does.
 */
#include "base/compat.h"

#include "libpq/pqsignal.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "portability/instr_time.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "utils/backend_status.h"
#include "utils/guc.h"

#include "faces/server/backend.h"
#include "faces/server/drops.h"
#include "faces/server/settings.h"
#include "faces/worker/maintenance.h"
#include "keyspace/sweep.h"
#include "memory/counters.h"

#define RESTART_S 1
#define STEP_BUCKETS 4096
#define SLICE_US 10000 /* worked between two looks for other business */
#define SLICE_PAUSE_MS 1
#define CREDIT_SHARE 20
#define REMOVAL_US 1 /* what returning one entry may cost */
#define CREDIT_MAX_US (1000 * 1000 / CREDIT_SHARE)
#define POOR_PAUSE_MS 10
#define PASSES_A_LOOK 5  /* at the catalogue, on a standby */
#define SWEEP_SLACK_MS 5 /* the sweep's clock may be that much behind */

typedef struct Work
{
	bool more;       /* something is left that could be done now */
	bool pressing;   /* and most of it returns memory */
	int64 looked_us; /* time spent without returning memory */
} Work;

static int64
now_us(void)
{
	instr_time now;

	INSTR_TIME_SET_CURRENT(now);
	return (int64) INSTR_TIME_GET_MICROSEC(now);
}

static uint64
removed(void)
{
	return cache_atomic_get(&cache_counters_mine->count[CACHE_COUNT_EXPIRED]);
}

/* A bounded piece of work. */
static Work
work_step(void)
{
	uint64 before = removed();
	int64 began_us = now_us();
	int64 useful_us;
	int64 spent_us;
	Work work;

	work.more = cache_sweep_step(STEP_BUCKETS) == STEP_BUCKETS;
	if (!work.more)
		work.more = cache_sweep_tidy();
	spent_us = now_us() - began_us;
	useful_us = (int64) (removed() - before) * REMOVAL_US;
	if (cache_atomic_get(&cache_spaces->dead) > 0)
		useful_us = spent_us;
	work.looked_us = Max(spent_us - useful_us, 0);
	work.pressing = work.more && useful_us * 2 >= spent_us;
	return work;
}

/* Existing spaces follow the setting. */
static void
apply_policy(void)
{
	uint32 end = cache_atomic_acquire(&cache_spaces->spaces_end);

	for (uint32 id = 0; id < end; id++)
	{
		CacheSpaceShared *space = cache_space_by_id(id);

		if (space != NULL && cache_space_is_live(space))
			cache_atomic_set(&space->policy, (uint8) cache_settings_policy);
	}
}

static void
serve_requests(void)
{
	CHECK_FOR_INTERRUPTS();
	/* an exit with 0 would be for good */
	if (ShutdownRequestPending)
		proc_exit(1);
	if (ConfigReloadPending)
	{
		ConfigReloadPending = false;
		ProcessConfigFile(PGC_SIGHUP);
		apply_policy();
	}
}

/* Work until nothing is left, the credit is used up, or the slice. */
static Work
work_slice(int64 *credit_us)
{
	int64 began_us = now_us();
	Work work;

	do
	{
		serve_requests();
		work = work_step();
		*credit_us -= work.looked_us;
	} while (work.more && (work.pressing || *credit_us > 0) && now_us() - began_us < SLICE_US);
	return work;
}

static void
wait_ms(int64 timeout_ms)
{
	static uint32 event = 0;

	if (event == 0)
		event = cache_compat_wait_event("CacheMaintenance");
	(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, (long) timeout_ms,
					 event);
	ResetLatch(MyLatch);
}

/* Sweep and tidy until nothing is left to do now. */
static void
work_all(int64 *credit_us, int64 *filled_us)
{
	for (;;)
	{
		int64 began_us = now_us();
		Work work;

		*credit_us = Min(*credit_us + (began_us - *filled_us) / CREDIT_SHARE, CREDIT_MAX_US);
		*filled_us = began_us;
		work = work_slice(credit_us);
		if (!work.more)
			return;
		wait_ms(work.pressing || *credit_us > 0 ? SLICE_PAUSE_MS : POOR_PAUSE_MS);
	}
}

void
cache_maintenance_main(Datum argument)
{
	int64 credit_us = CREDIT_MAX_US;
	int64 filled_us = now_us();
	uint32 passes = 0;

	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	pqsignal(SIGTERM, SignalHandlerForShutdownRequest);
	BackgroundWorkerUnblockSignals();
	BackgroundWorkerInitializeConnection(NULL, NULL, 0);
	cache_backend_join();
	apply_policy();

	for (;;)
	{
		int64 began_us = now_us();
		int64 worked_ms;

		pgstat_report_activity(STATE_RUNNING, "returning memory of the cache");
		if (passes++ % PASSES_A_LOOK == 0)
			cache_drops_follow_recovery();
		work_all(&credit_us, &filled_us);
		pgstat_report_activity(STATE_IDLE, NULL);
		worked_ms = (now_us() - began_us) / 1000;
		wait_ms(Max(CACHE_SWEEP_EVERY_MS - worked_ms, 0) + SWEEP_SLACK_MS);
	}
}

void
cache_maintenance_register(void)
{
	BackgroundWorker worker = { 0 };

	strlcpy(worker.bgw_name, "cache maintenance", BGW_MAXLEN);
	strlcpy(worker.bgw_type, "cache maintenance", BGW_MAXLEN);
	strlcpy(worker.bgw_library_name, "cache", BGW_MAXLEN);
	strlcpy(worker.bgw_function_name, "cache_maintenance_main", BGW_MAXLEN);
	worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
	worker.bgw_start_time = BgWorkerStart_ConsistentState;
	worker.bgw_restart_time = RESTART_S;
	RegisterBackgroundWorker(&worker);
}
