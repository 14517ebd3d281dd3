/*
 * commands_model.c
 *    Random verbs against a plain model of Redis's strings and keys.
 *
 * The model is an array of keys with malloc'ed values. Every verb's answer is compared with the model's, and now and
 * then the whole keyspace is: by value, by deadline, by scan, and by cache_keyspace_verify. Key names and value
 * lengths are few and chosen so that values cross from the entry's block to a blob and back.
 */
#include "engine.h"

#include "base/number.h"
#include "commands/cmd_key.h"
#include "commands/cmd_string.h"

#define KEYS 24
#define LONGEST 40000
#define BUFFER ((Size) 1 << 20)

typedef struct ModelEntry
{
	bool exists;
	uint8 encoding;
	int64 deadline_ms;
	char *bytes;
	Size len;
} ModelEntry;

static ModelEntry model[KEYS];
static char key_text[KEYS][CACHE_KEY_MAX];
static CacheSlice key_slice[KEYS];
static CacheContext context;
static CacheWyrand dice;
static char *scratch;
static char *pattern_bytes;

static uint64
below(uint64 n)
{
	return cache_wyrand_below(&dice, n);
}

static void
model_forget(ModelEntry *entry)
{
	free(entry->bytes);
	*entry = (ModelEntry){ 0 };
}

/* The model's live entry. */
static ModelEntry *
look(int key)
{
	ModelEntry *entry = &model[key];

	if (entry->exists && entry->deadline_ms != 0 && entry->deadline_ms <= cache_clock_now_ms())
		model_forget(entry);
	return entry;
}

static void
model_put(int key, uint8 encoding, CacheSlice bytes, int64 deadline_ms)
{
	char *copy = malloc(bytes.len + 1);

	memcpy(copy, bytes.data, bytes.len);
	model_forget(&model[key]);
	model[key] = (ModelEntry){ true, encoding, deadline_ms, copy, bytes.len };
}

/* A few small lengths, the edges of blocks and blobs, and anything. */
static Size
some_len(void)
{
	static const Size edges[] = { 0, 1, 5, 100, 8000, 8100, 8176, 8177, 8192, 16352, 16353, 24528 };

	return below(3) == 0 ? edges[below(lengthof(edges))] : below(below(4) == 0 ? LONGEST : 300);
}

static CacheSlice
some_bytes(void)
{
	Size len = some_len();

	return cache_slice(pattern_bytes + below(1000), len);
}

static CacheTtl
some_ttl(bool may_keep)
{
	int64 now_ms = cache_clock_now_ms();

	switch (below(may_keep ? 4 : 3))
	{
		case 0:
			return (CacheTtl){ CACHE_TTL_AT, now_ms + 1 + (int64) below(100000) };
		case 3:
			return (CacheTtl){ .mode = CACHE_TTL_KEEP };
		default:
			return (CacheTtl){ .mode = CACHE_TTL_NONE };
	}
}

static int64
deadline_after(CacheTtl ttl, const ModelEntry *old)
{
	return ttl.mode == CACHE_TTL_AT     ? ttl.deadline_ms
		   : ttl.mode == CACHE_TTL_KEEP ? (old->exists ? old->deadline_ms : 0)
										: 0;
}

static bool
same_value(const ModelEntry *entry, const CacheFound *found, const char *data)
{
	return entry->encoding == found->encoding && entry->len == found->len &&
		   entry->deadline_ms == found->deadline_ms && memcmp(entry->bytes, data, entry->len) == 0;
}

static void
try_get(int key)
{
	ModelEntry *entry = look(key);
	CacheOut out = { scratch, below(4) == 0 ? below(200) : BUFFER, { 0 } };
	CacheStatus status = cache_cmd_get(&context, key_slice[key], &out);

	if (!entry->exists)
		CHECK_EQ_INT(status, CACHE_MISSING);
	else if (entry->len > out.capacity)
	{
		CHECK_EQ_INT(status, CACHE_MORE);
		CHECK_EQ_UINT(out.found.len, entry->len);
	}
	else
	{
		CHECK_EQ_INT(status, CACHE_OK);
		CHECK(same_value(entry, &out.found, scratch));
	}
}

static void
try_set(int key)
{
	ModelEntry *entry = look(key);
	CacheValue value = { (uint8) below(2), some_bytes() };
	CacheValue expected = { entry->encoding, cache_slice(entry->bytes, entry->len) };
	CacheSetOptions options = { .ttl = some_ttl(true), .nx = below(5) == 0, .xx = below(5) == 0 };
	CacheOut old = { scratch, BUFFER, { 0 } };
	bool with_old = below(3) == 0;
	bool had_old = false;
	bool refused = (options.nx && entry->exists) || (options.xx && !entry->exists);
	CacheStatus status;

	if (below(5) == 0)
	{
		if (entry->exists && below(2) == 0)
			options.if_equals = &expected;
		else
		{
			expected.bytes = cache_slice("no such value", 13);
			options.if_equals = &expected;
			refused = true;
		}
	}
	status = cache_cmd_set(&context, key_slice[key], value, &options, with_old ? &old : NULL,
						   with_old ? &had_old : NULL);
	CHECK_EQ_INT(status, refused ? CACHE_REFUSED : CACHE_OK);
	if (with_old)
	{
		CHECK_EQ_INT(had_old, entry->exists);
		if (had_old && entry->exists)
			CHECK(same_value(entry, &old.found, scratch));
	}
	if (!refused)
		model_put(key, value.encoding, value.bytes, deadline_after(options.ttl, entry));
}

static void
try_part(int key)
{
	ModelEntry *entry = look(key);
	bool append = below(2) == 0;
	CacheValue value = { (uint8) below(2), some_bytes() };
	uint64 offset = append ? entry->len : below(3) == 0 ? some_len() : below(entry->len + 1);
	Size new_len = Max(entry->len, offset + value.bytes.len);
	bool text = value.encoding == CACHE_STRING_TEXT && offset == entry->len &&
				(!entry->exists || entry->encoding == CACHE_STRING_TEXT);
	CacheStatus status;
	uint64 len = 0;
	char *bytes;

	if (new_len > LONGEST * 2)
		return;
	status = append ? cache_cmd_append(&context, key_slice[key], value, &len)
					: cache_cmd_setrange(&context, key_slice[key], offset, value, &len);
	CHECK_EQ_INT(status, CACHE_OK);
	if (value.bytes.len == 0 && (entry->exists || !append))
	{
		CHECK_EQ_UINT(len, entry->len);
		return;
	}
	CHECK_EQ_UINT(len, new_len);
	bytes = calloc(1, new_len + 1);
	if (entry->len > 0)
		memcpy(bytes, entry->bytes, entry->len);
	memcpy(bytes + offset, value.bytes.data, value.bytes.len);
	model_put(key, text ? CACHE_STRING_TEXT : CACHE_STRING_BYTES, cache_slice(bytes, new_len),
			  entry->deadline_ms);
	free(bytes);
}

static void
try_getrange(int key)
{
	ModelEntry *entry = look(key);
	int64 start = (int64) below(LONGEST) - LONGEST / 2;
	int64 stop = (int64) below(LONGEST) - LONGEST / 2;
	CacheOut out = { scratch, BUFFER, { 0 } };
	int64 len = (int64) entry->len;
	int64 first = start < 0 ? Max(start + len, 0) : start;
	int64 last = Min(stop < 0 ? Max(stop + len, 0) : stop, len - 1);
	bool empty = first > last || (start < 0 && stop < start);
	Size expected = empty ? 0 : (Size) (last - first + 1);

	CHECK_EQ_INT(cache_cmd_getrange(&context, key_slice[key], start, stop, &out), CACHE_OK);
	CHECK_EQ_UINT(out.found.len, expected);
	if (expected > 0 && out.found.len == expected)
		CHECK(memcmp(scratch, entry->bytes + first, expected) == 0);
}

static void
try_incr(int key)
{
	ModelEntry *entry = look(key);
	int64 delta = below(10) == 0 ? INT64_MAX : (int64) below(2000) - 1000;
	CacheTtl ttl = some_ttl(false);
	int64 old = 0;
	int64 sum = 0;
	int64 result;
	CacheStatus expected = CACHE_OK;
	CacheStatus status;

	if (entry->exists && !cache_number_parse_int64(cache_slice(entry->bytes, entry->len), &old))
		expected = CACHE_NOT_INTEGER;
	else if (__builtin_add_overflow(old, delta, &sum))
		expected = CACHE_OVERFLOW;
	status = cache_cmd_incrby(&context, key_slice[key], delta, ttl, &result);
	CHECK_EQ_INT(status, expected);
	if (status == CACHE_OK)
	{
		char text[32];
		int len = snprintf(text, sizeof(text), "%" PRId64, sum);

		CHECK_EQ_INT(result, sum);
		model_put(key, CACHE_STRING_TEXT, cache_slice(text, (Size) len),
				  entry->exists ? entry->deadline_ms : deadline_after(ttl, entry));
	}
}

static void
try_many(void)
{
	CacheSlice keys[KEYS];
	CacheValue values[KEYS];
	int which[KEYS];
	int n = 1 + (int) below(KEYS);
	bool refused = false;
	CacheSetOptions options = { .ttl = some_ttl(true), .nx = below(4) == 0, .xx = below(8) == 0 };

	for (int i = 0; i < n; i++)
	{
		which[i] = (int) below(KEYS);
		keys[i] = key_slice[which[i]];
		values[i] = (CacheValue){ CACHE_STRING_TEXT, some_bytes() };
		refused |=
			(options.nx && look(which[i])->exists) || (options.xx && !look(which[i])->exists);
	}
	CHECK_EQ_INT(cache_cmd_mset(&context, keys, values, n, &options),
				 refused ? CACHE_REFUSED : CACHE_OK);
	for (int i = 0; i < n && !refused; i++)
		model_put(which[i], CACHE_STRING_TEXT, values[i].bytes,
				  deadline_after(options.ttl, look(which[i])));
}

static void
try_mget(void)
{
	CacheSlice keys[KEYS];
	CacheManyFound found[KEYS];
	int n = 1 + (int) below(KEYS);
	Size capacity = below(3) == 0 ? below(2000) : BUFFER;
	Size needed;
	CacheStatus status;

	for (int i = 0; i < n; i++)
		keys[i] = key_slice[i];
	status = cache_cmd_mget(&context, keys, n, scratch, capacity, found, &needed);
	if (status == CACHE_MORE)
	{
		CHECK(needed > capacity);
		status = cache_cmd_mget(&context, keys, n, scratch, needed, found, &needed);
	}
	CHECK_EQ_INT(status, CACHE_OK);
	for (int i = 0; i < n; i++)
	{
		ModelEntry *entry = look(i);

		CHECK_EQ_INT(found[i].status, entry->exists ? CACHE_OK : CACHE_MISSING);
		if (entry->exists && found[i].status == CACHE_OK)
			CHECK(same_value(entry, &found[i].found, scratch + found[i].offset));
	}
}

static void
try_del(int key)
{
	CacheSlice keys[KEYS];
	int n = 1 + (int) below(3);
	int64 expected = 0;
	int64 count;

	for (int i = 0; i < n; i++)
	{
		int which = (key + i * 5) % KEYS;

		keys[i] = key_slice[which];
		expected += look(which)->exists;
		model_forget(&model[which]);
	}
	CHECK_EQ_INT(cache_cmd_del(&context, keys, n, below(2) == 0, &count), CACHE_OK);
	CHECK_EQ_INT(count, expected);
}

static void
try_expire(int key)
{
	ModelEntry *entry = look(key);
	int conditions = below(2) == 0 ? 0 : 1 << below(4);
	int64 deadline_ms = cache_clock_now_ms() + (int64) below(100000) - 5000;
	int64 old = entry->deadline_ms;
	CacheStatus expected = CACHE_OK;

	if (!entry->exists)
		expected = CACHE_MISSING;
	else if (((conditions & CACHE_EXPIRE_IF_NONE_SET) && old != 0) ||
			 ((conditions & CACHE_EXPIRE_IF_SET) && old == 0) ||
			 ((conditions & CACHE_EXPIRE_IF_LATER) && (old == 0 || deadline_ms <= old)) ||
			 ((conditions & CACHE_EXPIRE_IF_SOONER) && old != 0 && deadline_ms >= old))
		expected = CACHE_REFUSED;
	CHECK_EQ_INT(cache_cmd_expireat(&context, key_slice[key], deadline_ms, conditions), expected);
	if (expected == CACHE_OK)
		entry->deadline_ms = deadline_ms;
	(void) look(key);
}

static void
try_persist(int key)
{
	ModelEntry *entry = look(key);
	CacheStatus expected = !entry->exists            ? CACHE_MISSING
						   : entry->deadline_ms == 0 ? CACHE_REFUSED
													 : CACHE_OK;

	CHECK_EQ_INT(cache_cmd_persist(&context, key_slice[key]), expected);
	entry->deadline_ms = 0;
}

static void
try_rename_or_copy(int from, int to)
{
	bool rename = below(2) == 0;
	bool replace = below(2) == 0;
	ModelEntry *source = look(from);
	ModelEntry *target = look(to);
	CacheStatus expected = CACHE_OK;
	CacheStatus status;

	if (from == to)
		expected = rename ? (!source->exists ? CACHE_MISSING
							 : replace       ? CACHE_OK
											 : CACHE_REFUSED)
						  : CACHE_REFUSED;
	else if (!source->exists)
		expected = CACHE_MISSING;
	else if (!replace && target->exists)
		expected = CACHE_REFUSED;
	status = rename ? cache_cmd_rename(&context, key_slice[from], key_slice[to], !replace)
					: cache_cmd_copy(&context, key_slice[from], key_slice[to], replace);
	CHECK_EQ_INT(status, expected);
	if (expected == CACHE_OK && from != to)
	{
		model_put(to, source->encoding, cache_slice(source->bytes, source->len),
				  source->deadline_ms);
		if (rename)
			model_forget(source);
	}
}

static void
try_getdel_or_getex(int key)
{
	ModelEntry *entry = look(key);
	CacheOut out = { scratch, BUFFER, { 0 } };
	bool del = below(2) == 0;
	CacheTtl ttl = some_ttl(true);
	CacheStatus status = del ? cache_cmd_getdel(&context, key_slice[key], &out)
							 : cache_cmd_getex(&context, key_slice[key], ttl, &out);

	CHECK_EQ_INT(status, entry->exists ? CACHE_OK : CACHE_MISSING);
	if (!entry->exists || status != CACHE_OK)
		return;
	CHECK(same_value(entry, &out.found, scratch));
	if (del)
		model_forget(entry);
	else
		entry->deadline_ms = deadline_after(ttl, entry);
}

/* Every key by scan, each that the model has at least once. */
static void
compare_scan(void)
{
	char found[BUFFER / 8];
	CacheKeyList list = { found, sizeof(found), 0, 0 };
	int seen[KEYS] = { 0 };
	uint64 position = 0;
	const char *at = found;

	do
	{
		Size needed;

		CHECK_EQ_INT(cache_cmd_scan(&context, &position, cache_slice(NULL, 0), false, CACHE_TYPES,
									&list, &needed),
					 CACHE_OK);
	} while (position != 0);
	for (uint64 i = 0; i < list.count; i++)
	{
		uint16 len;

		memcpy(&len, at, sizeof(len));
		for (int key = 0; key < KEYS; key++)
			seen[key] += cache_slice_equal(cache_slice(at + sizeof(len), len), key_slice[key]);
		at += sizeof(len) + len;
	}
	for (int key = 0; key < KEYS; key++)
		CHECK_EQ_INT(seen[key], look(key)->exists);
}

static void
compare_all(void)
{
	const char *wrong;

	for (int key = 0; key < KEYS; key++)
	{
		ModelEntry *entry = look(key);
		CacheDescription description;
		CacheOut out = { scratch, BUFFER, { 0 } };
		CacheStatus status = cache_cmd_get(&context, key_slice[key], &out);

		CHECK_EQ_INT(status, entry->exists ? CACHE_OK : CACHE_MISSING);
		if (entry->exists && status == CACHE_OK)
			CHECK(same_value(entry, &out.found, scratch));
		CHECK_EQ_INT(cache_cmd_describe(&context, key_slice[key], &description), status);
		if (status == CACHE_OK)
			CHECK(description.len == entry->len && description.memory > entry->len);
	}
	compare_scan();
	wrong = cache_keyspace_verify();
	if (wrong != NULL)
		CHECK_EQ_STR(wrong, "");
}

static void
step(void)
{
	int key = (int) below(KEYS);

	switch (below(16))
	{
		case 0:
		case 1:
		case 2:
			try_get(key);
			break;
		case 3:
		case 4:
			try_set(key);
			break;
		case 5:
		case 6:
		case 7:
			try_part(key);
			break;
		case 8:
			try_getrange(key);
			break;
		case 9:
			try_incr(key);
			break;
		case 10:
			try_many();
			break;
		case 11:
			try_mget();
			break;
		case 12:
			try_del(key);
			break;
		case 13:
			try_expire(key);
			try_persist((int) below(KEYS));
			break;
		case 14:
			try_rename_or_copy(key, (int) below(KEYS));
			break;
		default:
			try_getdel_or_getex(key);
			if (below(4) == 0)
				engine_pass_time((int64) below(30000));
	}
}

static void
verbs_agree_with_the_model(void)
{
	engine_create((Size) 24 << 20, 1);
	context = (CacheContext){ engine_database, CACHE_POLICY_NOEVICTION };
	for (int i = 0; i < 40000 && check_state.failures < 5; i++)
	{
		step();
		if (i % 500 == 0)
			compare_all();
		if (below(300) == 0)
			while (cache_sweep_step(1000) >= 1000)
				;
		if (below(100) == 0)
			cache_sweep_tidy();
	}
	compare_all();
	for (int key = 0; key < KEYS; key++)
		model_forget(&model[key]);
	engine_destroy();
}

/* Nothing is lost when memory runs out in the middle of any verb: what is refused leaves all as it was. */
static void
full_region_refuses_and_keeps(void)
{
	CacheSetOptions options = { .ttl.mode = CACHE_TTL_NONE };
	int refused = 0;
	int filler = 0;
	char name[32];

	engine_create((Size) 4 << 20, 1);
	context = (CacheContext){ engine_database, CACHE_POLICY_NOEVICTION };
	for (;; filler++)
	{
		int len = snprintf(name, sizeof(name), "filler:%d", filler);

		if (cache_cmd_set(&context, cache_slice(name, (Size) len),
						  (CacheValue){ 0, cache_slice(pattern_bytes, 3000) }, &options, NULL,
						  NULL) != CACHE_OK)
			break;
	}
	CHECK(filler > 500);
	for (int i = 0; i < 3000; i++)
	{
		int key = (int) below(KEYS);
		CacheValue value = { 0, cache_slice(pattern_bytes, 1 + below(200000)) };
		CacheStatus status;
		uint64 len;

		switch (below(4))
		{
			case 0:
				status = cache_cmd_set(&context, key_slice[key], value, &options, NULL, NULL);
				break;
			case 1:
				status = cache_cmd_append(&context, key_slice[key], value, &len);
				break;
			case 2:
				status = cache_cmd_setrange(&context, key_slice[key], below(300000), value, &len);
				break;
			default:
				status =
					cache_cmd_copy(&context, key_slice[key], key_slice[(key + 1) % KEYS], true);
		}
		refused += status == CACHE_FULL;
		CHECK(status == CACHE_OK || status == CACHE_FULL || status == CACHE_MISSING);
		if (i % 100 == 0)
		{
			const char *wrong = cache_keyspace_verify();

			if (wrong != NULL)
				CHECK_EQ_STR(wrong, "");
		}
	}
	CHECK(refused > 100);
	for (int i = 0; i < filler; i++)
	{
		int len = snprintf(name, sizeof(name), "filler:%d", i);
		CacheOut out = { scratch, BUFFER, { 0 } };

		CHECK_EQ_INT(cache_cmd_get(&context, cache_slice(name, (Size) len), &out), CACHE_OK);
	}
	engine_destroy();
}

static void
prepare_keys(void)
{
	for (int key = 0; key < KEYS; key++)
	{
		int len = snprintf(key_text[key], sizeof(key_text[key]), "key:%d:", key);

		/* some keys are as long as keys get */
		if (key % 6 == 5)
			for (; len < CACHE_KEY_MAX; len++)
				key_text[key][len] = (char) ('a' + key);
		if (key == 0)
			len = 0;
		key_slice[key] = cache_slice(key_text[key], (Size) len);
	}
}

int
main(void)
{
	dice = cache_wyrand_seeded(check_seed());
	scratch = malloc(BUFFER);
	pattern_bytes = malloc(LONGEST + 400000);
	for (Size i = 0; i < LONGEST + 400000; i++)
		pattern_bytes[i] = (char) ('a' + (i * 7 + i / 251) % 26);
	prepare_keys();
	CHECK_RUN(verbs_agree_with_the_model);
	CHECK_RUN(full_region_refuses_and_keeps);
	free(scratch);
	free(pattern_bytes);
	return check_done();
}
