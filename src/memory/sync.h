/*
 * sync.h
 *    Locks, version counters and critical sections, for the server and for standalone programs.
 *
 * In the server a CacheLock is an LWLock that lives in the cache's own region; standalone it is a pthread
 * rwlock, so that unit tests run the same code with real threads. Atomics are C11's.
 *
 * A version counter (a seqlock) is odd while its owner changes what it guards:
 *
 *     writer, holding the lock                 reader, holding nothing
 *     ------------------------                 -----------------------
 *     cache_version_begin(v)   odd             if ((seen = cache_version_read(v)) is odd) retry
 *     ... change ...                           ... copy, bounds-checking every offset ...
 *     cache_version_end(v)     even            if (!cache_version_same(v, seen)) retry
 *
 * The release fence after the odd store and the acquire fence before the last load make this hold on weakly
 * ordered processors too. Memory that a change unlinks is handed to the allocator only after the version
 * has turned odd, and the allocator's locks order that before any later owner's stores: so a reader that copied a new
 * owner's bytes sees the version moved.
 */
#ifndef CACHE_MEMORY_SYNC_H
#define CACHE_MEMORY_SYNC_H

#include "base/env.h"

#include <stdatomic.h>

typedef _Atomic uint8 CacheAtomic8;
typedef _Atomic uint16 CacheAtomic16;
typedef _Atomic uint32 CacheAtomic32;
typedef _Atomic uint64 CacheAtomic64;
typedef _Atomic int64 CacheAtomicCount;

#define cache_atomic_get(p) atomic_load_explicit((p), memory_order_relaxed)
#define cache_atomic_set(p, value) atomic_store_explicit((p), (value), memory_order_relaxed)
#define cache_atomic_acquire(p) atomic_load_explicit((p), memory_order_acquire)
#define cache_atomic_release(p, value) atomic_store_explicit((p), (value), memory_order_release)
#define cache_atomic_add(p, delta) atomic_fetch_add_explicit((p), (delta), memory_order_relaxed)
#define cache_fence_full() atomic_thread_fence(memory_order_seq_cst)

/* Locks, lowest rank first: a backend may only take a lock of a higher rank than those it holds. */
typedef enum CacheLockRank
{
	CACHE_RANK_GROWTH,    /* one table's growth and purge; of a second table only by trying */
	CACHE_RANK_REGISTRY,  /* databases and spaces */
	CACHE_RANK_PARTITION, /* ascending among themselves */
	CACHE_RANK_LIMBO,     /* deferred frees */
	CACHE_RANK_SHARD,     /* an allocator front */
	CACHE_RANK_POOL,      /* free pages */
	CACHE_RANKS
} CacheLockRank;

/*
 * Where assertions are on, each process counts what it holds by rank, and asserts the order. Partitions among themselves
 * are the business of who locks several; a second growth lock, or one out of order, may only be tried for.
 */
#if (defined(CACHE_STANDALONE) && !defined(NDEBUG)) || defined(USE_ASSERT_CHECKING)
#define CACHE_CHECK_RANKS 1
#endif

#ifdef CACHE_CHECK_RANKS

extern CACHE_PER_BACKEND uint16 cache_ranks_held[CACHE_RANKS];

static inline void
cache_rank_check(CacheLockRank rank)
{
	for (CacheLockRank held = rank; held < CACHE_RANKS; held++)
		Assert(cache_ranks_held[held] == 0 || (held == rank && rank == CACHE_RANK_PARTITION));
}

#define cache_rank_take(rank) ((void) cache_ranks_held[rank]++)
#define cache_rank_drop(rank) ((void) cache_ranks_held[rank]--)

#else

#define cache_rank_check(rank) ((void) 0)
#define cache_rank_take(rank) ((void) 0)
#define cache_rank_drop(rank) ((void) 0)

#endif

#ifndef CACHE_STANDALONE

#include "miscadmin.h"
#include "storage/lwlock.h"

typedef struct CacheLock
{
	LWLock lwlock;
	uint8 rank;
} CacheLock;

/* The tranche ids by rank, kept in the region and set by faces/server/startup.c before any lock is initialised. */
extern int cache_lock_tranches[CACHE_RANKS];

static inline void
cache_lock_init(CacheLock *lock, CacheLockRank rank)
{
	LWLockInitialize(&lock->lwlock, cache_lock_tranches[rank]);
	lock->rank = (uint8) rank;
}

static inline void
cache_lock_exclusive(CacheLock *lock)
{
	cache_rank_check(lock->rank);
	LWLockAcquire(&lock->lwlock, LW_EXCLUSIVE);
	cache_rank_take(lock->rank);
}

static inline void
cache_lock_shared(CacheLock *lock)
{
	cache_rank_check(lock->rank);
	LWLockAcquire(&lock->lwlock, LW_SHARED);
	cache_rank_take(lock->rank);
}

static inline bool
cache_lock_try(CacheLock *lock)
{
	if (!LWLockConditionalAcquire(&lock->lwlock, LW_EXCLUSIVE))
		return false;
	cache_rank_take(lock->rank);
	return true;
}

static inline void
cache_lock_release(CacheLock *lock)
{
	cache_rank_drop(lock->rank);
	LWLockRelease(&lock->lwlock);
}

static inline bool
cache_lock_held(CacheLock *lock)
{
	return LWLockHeldByMe(&lock->lwlock);
}

/* An interrupt (cancel, terminate, …) waits to be served and could be served by the caller's caller. */
static inline bool
cache_interrupted(void)
{
	return unlikely(InterruptPending) && InterruptHoldoffCount == 0 && CritSectionCount == 0;
}

#define cache_critical_begin() START_CRIT_SECTION()
#define cache_critical_end() END_CRIT_SECTION()
#define cache_race_point() ((void) 0)

#else

#include <pthread.h>

typedef struct CacheLock
{
	pthread_rwlock_t rwlock;
	uint8 rank;
} CacheLock;

static inline void
cache_lock_init(CacheLock *lock, CacheLockRank rank)
{
	pthread_rwlock_init(&lock->rwlock, NULL);
	lock->rank = (uint8) rank;
}

static inline void
cache_lock_exclusive(CacheLock *lock)
{
	cache_rank_check(lock->rank);
	pthread_rwlock_wrlock(&lock->rwlock);
	cache_rank_take(lock->rank);
}

static inline void
cache_lock_shared(CacheLock *lock)
{
	cache_rank_check(lock->rank);
	pthread_rwlock_rdlock(&lock->rwlock);
	cache_rank_take(lock->rank);
}

static inline bool
cache_lock_try(CacheLock *lock)
{
	if (pthread_rwlock_trywrlock(&lock->rwlock) != 0)
		return false;
	cache_rank_take(lock->rank);
	return true;
}

static inline void
cache_lock_release(CacheLock *lock)
{
	cache_rank_drop(lock->rank);
	pthread_rwlock_unlock(&lock->rwlock);
}

static inline bool
cache_lock_held(CacheLock *lock)
{
	(void) lock;
	return true;
}

static inline bool
cache_interrupted(void)
{
	return false;
}

#define cache_critical_begin() ((void) 0)
#define cache_critical_end() ((void) 0)

/* Where a race would be won or lost: a test that defines this lets other threads go first now and then. */
extern void cache_race_yield(void) __attribute__((weak));

#define cache_race_point() (cache_race_yield != NULL ? cache_race_yield() : (void) 0)

#endif /* CACHE_STANDALONE */

static inline uint32
cache_version_read(CacheAtomic32 *version)
{
	uint32 seen = cache_atomic_acquire(version);

	cache_race_point();
	return seen;
}

static inline bool
cache_version_same(CacheAtomic32 *version, uint32 seen)
{
	cache_race_point();
	atomic_thread_fence(memory_order_acquire);
	return cache_atomic_get(version) == seen;
}

static inline void
cache_version_begin(CacheAtomic32 *version)
{
	cache_race_point();
	cache_atomic_set(version, cache_atomic_get(version) + 1);
	atomic_thread_fence(memory_order_release);
	cache_race_point();
}

static inline void
cache_version_end(CacheAtomic32 *version)
{
	cache_race_point();
	cache_atomic_release(version, cache_atomic_get(version) + 1);
	cache_race_point();
}

#endif
