/*
 * stress_engine.c
 *    Threads as backends, all at once in a small region: no value is torn or another key's, and no memory is lost.
 *
 * Every value carries its key's number, a version and a hash of the rest, so that whatever a reader without a lock gets
 * can be checked. Each key has one writer at a time, who notes the last version in a table of its own before and after:
 * a reader that finds the table unmoved around its read knows which version it must have seen.
 *
 *     readers     single values and snapshots of several, small and of many blocks
 *     writers     set, with and without deadlines, change in place, append, delete
 *                 and pairs of keys that are never seen half written
 *     the sweeper expires, drains, shrinks, compacts, and clears now and then
 *     the mover   evicts and relocates all the time
 *
 * CACHE_STRESS_SECONDS sets how long each part runs.
 */
#include "base/env.h"

#include "base/wyrand.h"
#include "check.h"
#include "engine.h"
#include "keyspace/relocate.h"
#include "memory/pins.h"

#include <pthread.h>
#include <sched.h>

#define KEYS 8192
#define PAIRS 16 /* of keys that are written together: numbers above KEYS */
#define VALUE_MOST (160 * 1024)
#define THREADS_MOST 16

typedef struct Worker
{
	pthread_t thread;
	uint32 number;
	CacheWyrand random;
	uint64 operations;
	uint64 failures;
	const char *failure;
	char *value;
	char *key_text;
} Worker;

/* What writers say of a key: odd while one writes, then the version that stands. */
typedef struct Ledger
{
	_Atomic uint64 seen; /* raised before and after each change */
	_Atomic uint64 version;
	pthread_mutex_t mutex; /* one writer at a time */
} Ledger;

static Ledger ledger[KEYS];
static pthread_mutex_t pair_mutex[PAIRS];
static CacheAtomic32 stop;
static uint64 seed;

/* What this part of the test does. */
static struct
{
	uint32 keys;
	uint32 small_most;
	uint32 large_in; /* one value in so many is large; 0: none */
	uint32 clear_in; /* of a clearer's rounds */
	int64 deadline_most_ms;
	bool keeps_all; /* nothing is evicted, expires or is cleared: a key that exists is found */
} plan;

/* At the engine's race points: let others go first now and then, even where there are few processors. */
void
cache_race_yield(void)
{
	static _Thread_local CacheWyrand random;
	uint64 dice = cache_wyrand_next(&random);

	if (dice % 4096 == 0)
		nanosleep(&(struct timespec){ .tv_nsec = 20000 }, NULL);
	else if (dice % 64 == 0)
		sched_yield();
}

static void
fail(Worker *worker, const char *failure)
{
	worker->failures++;
	worker->failure = failure;
}

static CacheSlice
key_of(Worker *worker, uint32 number)
{
	return engine_key(number, worker->key_text);
}

static uint32
random_key(Worker *worker)
{
	/* a few keys are hot */
	uint32 most = cache_wyrand_below(&worker->random, 4) == 0 ? 16 : plan.keys;

	return (uint32) cache_wyrand_below(&worker->random, most);
}

static Size
random_len(Worker *worker)
{
	uint64 drift = worker->operations / 5000 * 37 % (plan.small_most + 1);

	if (plan.large_in != 0 && cache_wyrand_below(&worker->random, plan.large_in) == 0)
		return (Size) cache_wyrand_below(&worker->random, VALUE_MOST);
	/* most are of much the same length, which moves on: so pages of other classes empty, and are emptied */
	if (cache_wyrand_below(&worker->random, 4) != 0)
		return (Size) drift;
	return (Size) cache_wyrand_below(&worker->random, plan.small_most + 1);
}

/* A change of the key begins and ends: between the two, readers expect nothing of it. */
static void
change_begin(uint32 number)
{
	pthread_mutex_lock(&ledger[number].mutex);
	atomic_fetch_add(&ledger[number].seen, 1);
}

static void
change_end(uint32 number, uint64 version)
{
	atomic_store(&ledger[number].version, version);
	atomic_fetch_add(&ledger[number].seen, 1);
	pthread_mutex_unlock(&ledger[number].mutex);
}

/* Check a value that was read while the ledger did not move; 0 stands for a key that was deleted. */
static void
check_value(Worker *worker, uint32 number, CacheStatus status, const CacheFound *found,
			uint64 seen_before, uint64 version_before, int64 read_ms)
{
	bool unmoved;
	uint64 version;

	atomic_thread_fence(memory_order_seq_cst);
	unmoved = seen_before % 2 == 0 && atomic_load(&ledger[number].seen) == seen_before;
	if (status == CACHE_MISSING)
	{
		/* elsewhere it may have been evicted, have expired or been cleared */
		if (plan.keeps_all && unmoved && version_before != 0)
			fail(worker, "a key that exists was missed");
		return;
	}
	if (status != CACHE_OK)
	{
		fail(worker, "a read failed");
		return;
	}
	if (found->type != CACHE_TYPE_STRING || found->encoding != 0)
		fail(worker, "a value of another type");
	if (!engine_is_whole(worker->value, found->len, number, &version))
		fail(worker, "a torn or foreign value");
	else if (unmoved && version_before == 0)
		fail(worker, "a value that was deleted");
	else if (unmoved && found->len >= 16 && version != version_before)
		fail(worker, "a value that was overwritten");
	if (found->deadline_ms != 0 && found->deadline_ms <= read_ms)
		fail(worker, "a value that had expired");
}

static void
read_one(Worker *worker)
{
	uint32 number = random_key(worker);
	uint64 seen = atomic_load(&ledger[number].seen);
	uint64 version = atomic_load(&ledger[number].version);
	int64 read_ms = cache_clock_now_ms();
	CacheFound found;
	CacheStatus status =
		cache_read(engine_database, key_of(worker, number),
				   cache_wyrand_below(&worker->random, 8) ? CACHE_READ_USE : CACHE_READ_PEEK,
				   worker->value, VALUE_MOST, &found);

	check_value(worker, number, status, &found, seen, version, read_ms);
}

static void
read_several(Worker *worker)
{
	enum
	{
		SEVERAL = 5
	};
	CacheSnapshot snapshot = { 0 };
	char text[SEVERAL][ENGINE_KEY_MAX];
	CacheSlice keys[SEVERAL];
	uint32 numbers[SEVERAL];
	uint64 seen[SEVERAL];
	uint64 version[SEVERAL];
	uint64 read_version[SEVERAL];
	bool read[SEVERAL];

	for (int i = 0; i < SEVERAL; i++)
	{
		numbers[i] = random_key(worker);
		keys[i] = engine_key(numbers[i], text[i]);
		seen[i] = atomic_load(&ledger[numbers[i]].seen);
		version[i] = atomic_load(&ledger[numbers[i]].version);
	}
	do
	{
		cache_snapshot_begin(&snapshot, engine_database, keys, SEVERAL);
		for (int i = 0; i < SEVERAL; i++)
		{
			CacheFound found;
			CacheStatus status = cache_snapshot_read(&snapshot, keys[i], CACHE_READ_USE,
													 worker->value, VALUE_MOST, &found);

			read[i] = status == CACHE_OK;
			if (read[i] && !engine_is_whole(worker->value, found.len, numbers[i], &read_version[i]))
				fail(worker, "a torn or foreign value in a snapshot");
			if (read[i] && found.len < 16)
				read[i] = false;
		}
	} while (!cache_snapshot_end(&snapshot));
	atomic_thread_fence(memory_order_seq_cst);
	for (int i = 0; i < SEVERAL; i++)
		if (read[i] && seen[i] % 2 == 0 && atomic_load(&ledger[numbers[i]].seen) == seen[i] &&
			read_version[i] != version[i])
			fail(worker, "a snapshot of a value that was overwritten");
}

static void
write_one(Worker *worker)
{
	uint32 number = random_key(worker);
	uint64 version = cache_wyrand_next(&worker->random) | 1;
	Size len = random_len(worker);
	int64 deadline_ms =
		cache_wyrand_below(&worker->random, 3) == 0 && plan.deadline_most_ms != 0
			? cache_clock_now_ms() +
				  (int64) cache_wyrand_below(&worker->random, (uint64) plan.deadline_most_ms)
			: 0;
	CacheStatus status;

	engine_fill(worker->value, len, number, version);
	change_begin(number);
	status = engine_set(key_of(worker, number), cache_slice(worker->value, len), deadline_ms);
	change_end(number, status == CACHE_OK ? version : atomic_load(&ledger[number].version));
	if (status != CACHE_OK)
		fail(worker, "a write failed");
}

static void
delete_one(Worker *worker)
{
	uint32 number = random_key(worker);

	change_begin(number);
	engine_delete(key_of(worker, number));
	change_end(number, 0);
}

static void
expire_one(Worker *worker)
{
	uint32 number = random_key(worker);

	if (plan.deadline_most_ms == 0)
		return;
	change_begin(number);
	engine_set_deadline(
		key_of(worker, number),
		cache_clock_now_ms() +
			(int64) cache_wyrand_below(&worker->random, (uint64) plan.deadline_most_ms));
	change_end(number, atomic_load(&ledger[number].version));
}

/* Overwrite a value where it stands, with another of the same length. */
static void
change_one_in_place(Worker *worker)
{
	uint32 number = random_key(worker);
	uint64 version = cache_wyrand_next(&worker->random) | 1;
	uint64 stands;
	CacheHold hold;

	change_begin(number);
	stands = atomic_load(&ledger[number].version);
	cache_hold_init(&hold, engine_database, key_of(worker, number));
	cache_holds_lock(&hold, 1, CACHE_POLICIES);
	if (cache_hold_find(&hold, cache_clock_now_ms()) != NULL)
	{
		Size len = cache_string_len(hold.entry);

		engine_fill(worker->value, len, number, version);
		cache_hold_begin(&hold);
		if (!cache_hold_is_pinned(&hold))
		{
			stands = version;
			if (hold.entry->flags & CACHE_ENTRY_BLOCKS)
			{
				CacheBlob blob = cache_string_blob(hold.entry);

				cache_blob_write(&blob, 0, worker->value, len);
			}
			else
				memcpy(cache_entry_value(hold.entry), worker->value, len);
		}
		cache_hold_end(&hold, 0);
	}
	cache_holds_unlock(&hold, 1);
	change_end(number, stands);
}

/* Grow or shorten a value of many blocks where it stands, as far as free blocks go. */
static void
resize_one_in_place(Worker *worker)
{
	uint32 number = random_key(worker);
	uint64 version = cache_wyrand_next(&worker->random) | 1;
	uint64 stands;
	CacheHold hold;

	change_begin(number);
	stands = atomic_load(&ledger[number].version);
	cache_hold_init(&hold, engine_database, key_of(worker, number));
	cache_holds_lock(&hold, 1, CACHE_POLICIES);
	if (cache_hold_find(&hold, cache_clock_now_ms()) != NULL &&
		(hold.entry->flags & CACHE_ENTRY_BLOCKS))
	{
		Size len = cache_string_len(hold.entry);
		Size more = (Size) cache_wyrand_below(&worker->random, 40000);
		Size wanted = Min(len + more, VALUE_MOST);
		uint64 before = cache_entry_memory(hold.entry);
		CacheSource source;

		cache_arena_source_init(&source, (uint32) hold.hash);
		cache_hold_begin(&hold);
		if (!cache_hold_is_pinned(&hold))
		{
			CacheBlob blob = cache_string_blob(hold.entry);
			CacheBlobOwner owner = { .hash = hold.hash, .space = hold.space->id };

			if (cache_blob_reserve(&blob, wanted, &owner, &source))
			{
				stands = version;
				engine_fill(worker->value, wanted, number, version);
				cache_blob_write(&blob, 0, worker->value, wanted);
			}
			cache_string_set_blob(hold.entry, &blob);
		}
		cache_hold_end(&hold, (int64) cache_entry_memory(hold.entry) - (int64) before);
	}
	cache_holds_unlock(&hold, 1);
	change_end(number, stands);
}

/* Write two keys as one change. */
static void
write_pair(Worker *worker)
{
	uint32 pair = (uint32) cache_wyrand_below(&worker->random, PAIRS);
	uint64 version = cache_wyrand_next(&worker->random) | 1;
	CacheRef blocks[2] = { CACHE_REF_NONE, CACHE_REF_NONE };
	CacheRef spares[3] = { CACHE_REF_NONE, CACHE_REF_NONE, CACHE_REF_NONE };
	CacheRef old[2];
	char text[2][ENGINE_KEY_MAX];
	CacheHold holds[2];
	uint32 ready = 0;

	pthread_mutex_lock(&pair_mutex[pair]);
	for (uint32 i = 0; i < 2; i++)
	{
		uint32 number = KEYS + 2 * pair + i;
		Size len = 16 + random_len(worker) / 2;

		engine_fill(worker->value, len, number, version);
		if (engine_prepare(engine_key(number, text[i]), cache_slice(worker->value, len), 0,
						   &blocks[i]) != CACHE_OK)
		{
			fail(worker, "a pair found no memory");
			if (i == 1)
				cache_entry_discard(blocks[0]);
			pthread_mutex_unlock(&pair_mutex[pair]);
			return;
		}
	}
	for (;;)
	{
		uint32 needed;

		for (uint32 i = 0; i < 2; i++)
		{
			cache_hold_init(&holds[i], engine_database, engine_key(KEYS + 2 * pair + i, text[i]));
			holds[i].order = i;
		}
		cache_holds_sort(holds, 2);
		if (cache_holds_lock(holds, 2, engine_policy) != CACHE_OK)
		{
			CacheSpaceShared *space;

			cache_reclaim_space(engine_database, engine_policy, &space);
			continue;
		}
		needed = cache_holds_spares_needed(holds, 2);
		if (needed <= ready)
			break;
		cache_holds_unlock(holds, 2);
		while (ready < needed && cache_reclaim_bucket(0, &spares[ready]) == CACHE_OK)
			ready++;
	}
	cache_holds_begin(holds, 2);
	for (int i = 0; i < 2; i++)
	{
		CacheRef none = CACHE_REF_NONE;

		cache_hold_find(&holds[i], cache_clock_now_ms());
		old[i] = cache_hold_swap(&holds[i], blocks[holds[i].order],
								 ready > 0 ? &spares[ready - 1] : &none);
		if (ready > 0 && cache_ref_is_none(spares[ready - 1]))
			ready--;
	}
	cache_holds_end(holds, 2);
	for (int i = 0; i < 2; i++)
		if (!cache_ref_is_none(old[i]))
			cache_entry_discard(old[i]);
	cache_holds_unlock(holds, 2);
	while (ready > 0)
		cache_limbo_add_block(spares[--ready]);
	cache_limbo_drain();
	pthread_mutex_unlock(&pair_mutex[pair]);
}

/* Both of a pair, if neither was evicted, have one version. */
static void
read_pair(Worker *worker)
{
	uint32 pair = (uint32) cache_wyrand_below(&worker->random, PAIRS);
	CacheSnapshot snapshot = { 0 };
	char text[2][ENGINE_KEY_MAX];
	CacheSlice keys[2];
	uint64 version[2];
	bool read[2];

	for (uint32 i = 0; i < 2; i++)
		keys[i] = engine_key(KEYS + 2 * pair + i, text[i]);
	do
	{
		cache_snapshot_begin(&snapshot, engine_database, keys, 2);
		for (uint32 i = 0; i < 2; i++)
		{
			CacheFound found;

			read[i] = cache_snapshot_read(&snapshot, keys[i], CACHE_READ_USE, worker->value,
										  VALUE_MOST, &found) == CACHE_OK;
			if (read[i] &&
				!engine_is_whole(worker->value, found.len, KEYS + 2 * pair + i, &version[i]))
				fail(worker, "a torn or foreign value of a pair");
		}
	} while (!cache_snapshot_end(&snapshot));
	if (read[0] && read[1] && version[0] != version[1])
		fail(worker, "half of a pair");
}

static void
visit(CacheEntryShared *entry, void *state)
{
	Worker *worker = state;

	if (cache_entry_type(entry) != CACHE_TYPE_STRING || entry->key_len < 5 ||
		memcmp(cache_entry_key(entry), "key:", 4) != 0)
		fail(worker, "a scan met what is no key");
	worker->operations++;
}

static void
scan_all(Worker *worker)
{
	uint64 position = 0;

	while (cache_scan_step(engine_database, &position, visit, worker) &&
		   cache_atomic_get(&stop) == 0)
		;
}

static void *
worker_main(void *argument, void (*round)(Worker *worker))
{
	Worker *worker = argument;

	cache_keyspace_join(worker->number);
	worker->random = cache_wyrand_seeded(seed + worker->number);
	worker->value = malloc(VALUE_MOST);
	worker->key_text = malloc(ENGINE_KEY_MAX);
	while (cache_atomic_get(&stop) == 0)
	{
		round(worker);
		worker->operations++;
	}
	free(worker->value);
	free(worker->key_text);
	cache_keyspace_leave();
	return NULL;
}

static void
reader_round(Worker *worker)
{
	switch (cache_wyrand_below(&worker->random, 10))
	{
		case 0:
			read_several(worker);
			break;
		case 1:
			read_pair(worker);
			break;
		default:
			read_one(worker);
	}
	if (cache_wyrand_below(&worker->random, 20000) == 0)
		scan_all(worker);
}

/* Long phases of writing and of deleting: the table grows and shrinks by half and more. */
static bool
is_deleting_phase(const Worker *worker)
{
	return plan.keeps_all && worker->operations / 40000 % 2 != 0;
}

static void
writer_round(Worker *worker)
{
	if (is_deleting_phase(worker) && cache_wyrand_below(&worker->random, 4) != 0)
	{
		delete_one(worker);
		return;
	}
	switch (cache_wyrand_below(&worker->random, 13))
	{
		case 0:
		case 1:
			delete_one(worker);
			break;
		case 2:
			expire_one(worker);
			break;
		case 3:
		case 4:
			change_one_in_place(worker);
			break;
		case 5:
			resize_one_in_place(worker);
			break;
		case 6:
			read_one(worker);
			break;
		case 7:
			write_pair(worker);
			break;
		default:
			write_one(worker);
	}
}

static void
sweeper_round(Worker *worker)
{
	for (int i = 0; i < 20; i++)
	{
		engine_pass_time(60);
		cache_sweep_step(64);
		cache_sweep_tidy();
	}
	if (plan.clear_in != 0 && cache_wyrand_below(&worker->random, plan.clear_in) == 0)
		cache_space_clear(engine_database);
}

/* Loosen pages, and empty them. */
static void
mover_round(Worker *worker)
{
	for (uint64 i = cache_wyrand_below(&worker->random, 200); i > 0; i--)
		cache_evict_one();
	for (int i = 0; i < 4; i++)
		cache_reclaim_page((uint32) cache_wyrand_next(&worker->random));
}

static void *
reader_main(void *worker)
{
	return worker_main(worker, reader_round);
}

static void *
writer_main(void *worker)
{
	return worker_main(worker, writer_round);
}

static void *
sweeper_main(void *worker)
{
	return worker_main(worker, sweeper_round);
}

static void *
mover_main(void *worker)
{
	return worker_main(worker, mover_round);
}

/* Nothing is left but the descriptors of spaces once all keys are cleared and purged. */
static void
check_nothing_is_lost(void)
{
	ENGINE_VERIFY();
	CHECK(engine_tidy());
	ENGINE_VERIFY();
	cache_space_clear(engine_database);
	CHECK(engine_tidy());
	ENGINE_VERIFY();
	CHECK_EQ_UINT(cache_arena_used_bytes(), cache_atomic_get(&cache_spaces->spaces_end) *
												cache_arena_round(sizeof(CacheSpaceShared)));
	CHECK_EQ_UINT(cache_atomic_get(&cache_limbo->length), 0);
}

static void
run(Size region, int readers, int writers)
{
	void *(*mains[THREADS_MOST])(void *);
	static Worker workers[THREADS_MOST];
	const char *setting = getenv("CACHE_STRESS_SECONDS");
	struct timespec pause = { .tv_sec = setting != NULL ? atoi(setting) : 4 };
	uint64 sums[CACHE_COUNTERS];
	uint64 operations = 0;
	int n = 0;

	while (n < readers)
		mains[n++] = reader_main;
	while (n < readers + writers)
		mains[n++] = writer_main;
	mains[n++] = sweeper_main;
	mains[n++] = mover_main;

	engine_create(region, (uint32) n + 1);
	engine_policy = plan.keeps_all ? CACHE_POLICY_NOEVICTION : CACHE_POLICY_LRU;
	seed = check_seed();
	cache_atomic_set(&stop, 0);
	for (uint32 i = 0; i < KEYS; i++)
	{
		atomic_store(&ledger[i].seen, 0);
		atomic_store(&ledger[i].version, 0);
	}
	memset(workers, 0, sizeof(workers));
	for (int i = 0; i < n; i++)
	{
		workers[i].number = (uint32) i + 1;
		if (pthread_create(&workers[i].thread, NULL, mains[i], &workers[i]) != 0)
			exit(1);
	}
	nanosleep(&pause, NULL);
	cache_atomic_set(&stop, 1);
	for (int i = 0; i < n; i++)
	{
		pthread_join(workers[i].thread, NULL);
		operations += workers[i].operations;
		if (workers[i].failures > 0)
			printf("# thread %d: %s, and %" PRIu64 " failures in all\n", i, workers[i].failure,
				   workers[i].failures);
		CHECK_EQ_UINT(workers[i].failures, 0);
	}
	cache_counters_sum(sums);
	printf("# %" PRIu64 " operations: %" PRIu64 " evicted, %" PRIu64 " expired, %" PRIu64
		   " moved, %" PRIu64 " retries\n",
		   operations, sums[CACHE_COUNT_EVICTED], sums[CACHE_COUNT_EXPIRED],
		   sums[CACHE_COUNT_RELOCATED], sums[CACHE_COUNT_RETRIES]);
	check_nothing_is_lost();
	engine_destroy();
}

static void
small_values_while_the_table_grows_shrinks_and_is_cleared(void)
{
	plan.keys = KEYS;
	plan.small_most = 200;
	plan.large_in = 0;
	plan.clear_in = 100;
	plan.deadline_most_ms = 1000;
	run((Size) 5 << 20, 2, 3);
}

static void
no_key_is_missed_while_the_table_grows_shrinks_and_moves(void)
{
	plan.keys = KEYS;
	plan.small_most = 300;
	plan.large_in = 200;
	plan.clear_in = 0;
	plan.deadline_most_ms = 0;
	plan.keeps_all = true;
	run((Size) 64 << 20, 3, 3);
	plan.keeps_all = false;
}

static void
large_values_among_small_ones(void)
{
	plan.keys = 600;
	plan.small_most = 9000;
	plan.large_in = 3;
	plan.clear_in = 0;
	plan.deadline_most_ms = 100000;
	run((Size) 6 << 20, 3, 3);
}

static void
a_few_hot_keys_of_every_size(void)
{
	plan.keys = 24;
	plan.small_most = 9000;
	plan.large_in = 2;
	plan.clear_in = 1000;
	plan.deadline_most_ms = 3000;
	run((Size) 4 << 20, 3, 3);
}

int
main(void)
{
	for (int i = 0; i < KEYS; i++)
		pthread_mutex_init(&ledger[i].mutex, NULL);
	for (int i = 0; i < PAIRS; i++)
		pthread_mutex_init(&pair_mutex[i], NULL);
	CHECK_RUN(small_values_while_the_table_grows_shrinks_and_is_cleared);
	CHECK_RUN(no_key_is_missed_while_the_table_grows_shrinks_and_moves);
	CHECK_RUN(large_values_among_small_ones);
	CHECK_RUN(a_few_hot_keys_of_every_size);
	return check_done();
}
