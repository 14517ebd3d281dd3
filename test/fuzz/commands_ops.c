/*
 * commands_ops.c
 *    Fuzzer of the verbs: the input is a sequence of operations on a few keys of a small region.
 *
 * Four bytes an operation: verb, key, and a number that makes lengths, offsets and times. A model that keeps each key's
 * bytes says what get and strlen must find; where memory runs out the key must be as before. At the end every
 * structure and sum of the region is verified, and once all is deleted no memory may be missing.
 */
#include "base/env.h"

#include <sys/mman.h>

#include "commands/cmd_key.h"
#include "commands/cmd_string.h"
#include "keyspace/keyspace.h"
#include "keyspace/sweep.h"
#include "keyspace/verify.h"
#include "memory/clock.h"

#define REGION ((Size) 3 << 20)
#define KEYS 6
#define LONGEST ((Size) 1 << 19)
#define OPERATIONS 400

extern int LLVMFuzzerTestOneInput(const uint8 *data, size_t size);

typedef struct ModelKey
{
	bool exists;
	int64 deadline_ms;
	Size len;
	char *bytes;
} ModelKey;

static ModelKey model[KEYS];
static CacheContext context;
static char *pattern;
static char *buffer;

static void
expect(bool holds)
{
	if (!holds)
		abort();
}

static CacheSlice
key_of(int key)
{
	static const char *const names[KEYS] = { "",    "a",
											 "b:1", "key:with:parts",
											 "0",   "longer-than-the-others" };

	return cache_slice_cstr(names[key]);
}

static ModelKey *
live(int key)
{
	ModelKey *entry = &model[key];

	if (entry->exists && entry->deadline_ms != 0 && entry->deadline_ms <= cache_clock_now_ms())
		entry->exists = false;
	return entry;
}

static void
model_write(int key, Size offset, Size len, int64 deadline_ms)
{
	ModelKey *entry = &model[key];
	Size old_len = entry->exists ? entry->len : 0;

	if (offset > old_len)
		memset(entry->bytes + old_len, 0, offset - old_len);
	memcpy(entry->bytes + offset, pattern + offset % 97, len);
	entry->len = Max(old_len, offset + len);
	entry->exists = true;
	entry->deadline_ms = deadline_ms;
}

static void
check_key(int key)
{
	ModelKey *entry = live(key);
	CacheOut out = { buffer, LONGEST, { 0 } };
	CacheStatus status = cache_cmd_get(&context, key_of(key), &out);

	expect(status == (entry->exists ? CACHE_OK : CACHE_MISSING));
	if (entry->exists)
		expect(out.found.len == entry->len && out.found.deadline_ms == entry->deadline_ms &&
			   memcmp(buffer, entry->bytes, entry->len) == 0);
}

static void
set(int key, Size len, int64 deadline_ms)
{
	CacheSetOptions options = { .ttl = { deadline_ms == 0 ? CACHE_TTL_NONE : CACHE_TTL_AT,
										 deadline_ms } };
	CacheStatus status = cache_cmd_set(
		&context, key_of(key), (CacheValue){ CACHE_STRING_BYTES, cache_slice(pattern, len) },
		&options, NULL, NULL);

	expect(status == CACHE_OK || status == CACHE_FULL);
	if (status == CACHE_OK)
	{
		live(key)->exists = false;
		model_write(key, 0, len, deadline_ms);
	}
}

static void
write_part(int key, bool append, Size offset, Size len)
{
	ModelKey *entry = live(key);
	Size old_len = entry->exists ? entry->len : 0;
	CacheValue value;
	CacheStatus status;
	uint64 new_len;

	if (append)
		offset = old_len;
	if (offset + len > LONGEST)
		return;
	value = (CacheValue){ CACHE_STRING_BYTES, cache_slice(pattern + offset % 97, len) };
	status = append ? cache_cmd_append(&context, key_of(key), value, &new_len)
					: cache_cmd_setrange(&context, key_of(key), offset, value, &new_len);
	expect(status == CACHE_OK || status == CACHE_FULL);
	if (status == CACHE_OK && (len > 0 || (append && !entry->exists)))
		model_write(key, offset, len, entry->exists ? entry->deadline_ms : 0);
	if (status == CACHE_OK)
		expect(new_len == (entry->exists ? entry->len : 0));
}

static void
move(int from, int to, bool rename)
{
	CacheStatus status = rename ? cache_cmd_rename(&context, key_of(from), key_of(to), false)
								: cache_cmd_copy(&context, key_of(from), key_of(to), true);
	ModelKey *source = live(from);

	if (from == to)
		return;
	expect(status == CACHE_OK || status == CACHE_FULL ||
		   (status == CACHE_MISSING && !source->exists));
	if (status != CACHE_OK)
		return;
	memcpy(model[to].bytes, source->bytes, source->len);
	model[to].len = source->len;
	model[to].deadline_ms = source->deadline_ms;
	model[to].exists = true;
	if (rename)
		source->exists = false;
}

static void
del(int key)
{
	CacheSlice name = key_of(key);
	int64 count;

	expect(cache_cmd_del(&context, &name, 1, key % 2 == 0, &count) == CACHE_OK);
	expect(count == live(key)->exists);
	model[key].exists = false;
}

static void
expire(int key, int64 deadline_ms)
{
	CacheStatus status = cache_cmd_expireat(&context, key_of(key), deadline_ms, 0);

	expect(status == CACHE_FULL || (status == CACHE_OK) == live(key)->exists);
	if (status == CACHE_OK)
		model[key].deadline_ms = deadline_ms;
}

static void
operate(const uint8 *operation)
{
	int key = operation[1] % KEYS;
	Size number = operation[2] | (Size) operation[3] << 8;
	Size len = operation[0] & 0x80 ? number * 7 : number % 300;
	int64 later_ms = cache_clock_now_ms() + 1000 + (int64) number;

	switch (operation[0] % 12)
	{
		case 0:
		case 1:
			set(key, len, 0);
			break;
		case 2:
			set(key, len, later_ms);
			break;
		case 3:
			write_part(key, true, 0, len);
			break;
		case 4:
			write_part(key, false, number, len % 5000);
			break;
		case 5:
			move(key, operation[2] % KEYS, true);
			break;
		case 6:
			move(key, operation[2] % KEYS, false);
			break;
		case 7:
			del(key);
			break;
		case 8:
			expire(key, later_ms);
			break;
		case 9:
			cache_atomic_add(&cache_clock->offset_ms, (int64) number * 3);
			while (cache_sweep_step(64) == 64)
				;
			break;
		case 10:
			cache_sweep_tidy();
			break;
		default:
			if (number % 16 == 0)
			{
				cache_cmd_clear(&context);
				for (int i = 0; i < KEYS; i++)
					model[i].exists = false;
			}
	}
	check_key(key);
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	void *memory = mmap(NULL, REGION, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pattern == NULL)
	{
		pattern = malloc(LONGEST + 97);
		buffer = malloc(LONGEST);
		for (Size i = 0; i < LONGEST + 97; i++)
			pattern[i] = (char) (i * 31 + i / 509);
		for (int key = 0; key < KEYS; key++)
			model[key].bytes = malloc(LONGEST);
	}
	expect(memory != MAP_FAILED && cache_keyspace_create(memory, REGION, 1, size));
	cache_keyspace_join(0);
	context = (CacheContext){ cache_database_open(1), CACHE_POLICY_NOEVICTION };
	for (int key = 0; key < KEYS; key++)
		model[key].exists = false;

	for (size_t at = 0; at + 4 <= size && at < OPERATIONS * 4; at += 4)
		operate(data + at);
	for (int key = 0; key < KEYS; key++)
		check_key(key);
	expect(cache_keyspace_verify() == NULL);
	cache_cmd_clear(&context);
	while (cache_sweep_tidy())
		;
	expect(cache_keyspace_verify() == NULL);

	cache_keyspace_leave();
	munmap(memory, REGION);
	return 0;
}
