--
-- Keys: removing and testing
--
create function cache.del(key text) returns boolean language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_del';
comment on function cache.del is
	'Delete the key; false if it was missing. Big collections are freed in the background. O(1).';

create function cache.del_many(keys text[]) returns bigint language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_del_many';
comment on function cache.del_many is
	'Delete the keys at one moment; how many there were. O(keys).';

create function cache.del_if_equal(key text, value text) returns boolean language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_del_if_equal';
comment on function cache.del_if_equal is
	'Delete the key if its value is this text; false if it is missing or differs. O(1).';

create function cache.del_if_equal_bytes(key text, value bytea) returns boolean language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_del_if_equal_bytes';
comment on function cache.del_if_equal_bytes is
	'Delete the key if its value is these bytes; false if it is missing or differs. O(1).';

create function cache.unlink(key text) returns boolean language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_unlink';
comment on function cache.unlink is
	'The same as del. O(1).';

create function cache.unlink_many(keys text[]) returns bigint language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_unlink_many';
comment on function cache.unlink_many is
	'The same as del_many. O(keys).';

create function cache.exists(key text) returns boolean language c volatile parallel safe
	as 'MODULE_PATHNAME', 'cache_sql_exists';
comment on function cache.exists is
	'True if the key exists, also with a cached NULL. O(1).';

create function cache.exists_many(keys text[]) returns bigint language c volatile parallel safe
	as 'MODULE_PATHNAME', 'cache_sql_exists_many';
comment on function cache.exists_many is
	'How many of the keys exist, at one moment. O(keys).';

create function cache.touch(key text) returns boolean language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_touch';
comment on function cache.touch is
	'Count an access to the key for eviction; false if it is missing. O(1).';

create function cache.touch_many(keys text[]) returns bigint language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_touch_many';
comment on function cache.touch_many is
	'Count an access to each of the keys; how many exist. O(keys).';

create function cache.type(key text) returns text language c volatile parallel safe
	as 'MODULE_PATHNAME', 'cache_sql_type';
comment on function cache.type is
	'The type: string, hash, list, set, zset, stream, hll or bloom; NULL if missing. O(1).';

--
-- Keys: time to live. There is no infinite interval before PostgreSQL 17, so ttl is NULL for a key that never
-- expires as well as for a missing one; expiretime tells them apart.
--
create function cache.expire(key text, ttl interval default null, ex float8 default null,
		nx boolean default false, xx boolean default false, gt boolean default false, lt boolean default false)
	returns boolean language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_expire';
comment on function cache.expire is
	'Let the key end after ttl (or ex seconds), at once if not positive; false if missing, or refused by '
	'nx (has none), xx (has one), gt (later), lt (sooner). O(1).';

create function cache.expireat(key text, at timestamptz,
		nx boolean default false, xx boolean default false, gt boolean default false, lt boolean default false)
	returns boolean language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_expireat';
comment on function cache.expireat is
	'Let the key end at a point in time, at once if past; false if missing or refused by nx, xx, gt or lt. O(1).';

create function cache.persist(key text) returns boolean language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_persist';
comment on function cache.persist is
	'Remove the time to live; false if the key is missing or has none. O(1).';

create function cache.ttl(key text) returns interval language c volatile parallel safe
	as 'MODULE_PATHNAME', 'cache_sql_ttl';
comment on function cache.ttl is
	'The time left; NULL if the key is missing or never expires (expiretime tells which). O(1).';

create function cache.expiretime(key text) returns timestamptz language c volatile parallel safe
	as 'MODULE_PATHNAME', 'cache_sql_expiretime';
comment on function cache.expiretime is
	'When the key expires: infinity if never, NULL if missing. O(1).';

--
-- Keys: names
--
create function cache.rename(key text, new_key text) returns boolean language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_rename';
comment on function cache.rename is
	'Rename a key with its time to live, replacing new_key; false if key is missing. O(1).';

create function cache.renamenx(key text, new_key text) returns boolean language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_renamenx';
comment on function cache.renamenx is
	'Rename a key unless new_key exists; false if it exists or key is missing. O(1).';

create function cache.copy(source text, destination text, replace boolean default false) returns boolean language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_copy';
comment on function cache.copy is
	'Copy a key with its time to live; false if source is missing, or destination exists and not replace. '
	'O(size).';

create function cache.randomkey() returns text language c volatile parallel safe
	as 'MODULE_PATHNAME', 'cache_sql_randomkey';
comment on function cache.randomkey is
	'A key at random; NULL if there is none. O(1).';

create function cache.scan(cursor text default '0', pattern text default null, max_count bigint default 100,
		type_name text default null, out cursor text, out keys text[])
	language c volatile parallel safe
	as 'MODULE_PATHNAME', 'cache_sql_scan';
comment on function cache.scan is
	'One row: about max_count keys and the cursor for the next call, 0 at the end. Keys that stay are '
	'returned at least once. O(max_count).';

create function cache.keys(pattern text default '*') returns table(key text) language c volatile parallel safe
	as 'MODULE_PATHNAME', 'cache_sql_keys';
comment on function cache.keys is
	'All keys that match, in no order. O(all keys): for people; programs use scan.';

create function cache.dbsize() returns bigint language c volatile parallel safe
	as 'MODULE_PATHNAME', 'cache_sql_dbsize';
comment on function cache.dbsize is
	'The number of keys of this database, those expired but not yet removed included. O(1).';

create function cache.clear(namespace text) returns bigint language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_clear';
comment on function cache.clear is
	'Discard all keys of a namespace at once; how many there were. O(1), memory returns in the background.';

create function cache.clear_all() returns bigint language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_clear_all';
comment on function cache.clear_all is
	'Discard all keys of this database at once; how many there were. O(1), memory returns in the background.';

revoke execute on function cache.clear, cache.clear_all from public;

--
-- Keys: inside
--
create function cache.object_encoding(key text) returns text language c volatile parallel safe
	as 'MODULE_PATHNAME', 'cache_sql_object_encoding';
comment on function cache.object_encoding is
	'How the value is kept: null, int, embedded, raw, blocks, jsonb, packed and the like; NULL if missing. O(1).';

create function cache.object_freq(key text) returns bigint language c volatile parallel safe
	as 'MODULE_PATHNAME', 'cache_sql_object_freq';
comment on function cache.object_freq is
	'The access counter that the eviction policy keeps; NULL if the key is missing or the policy keeps '
	'none. O(1).';

create function cache.object_idletime(key text) returns interval language c volatile parallel safe
	as 'MODULE_PATHNAME', 'cache_sql_object_idletime';
comment on function cache.object_idletime is
	'The time since the last access, as far as the eviction policy keeps it; NULL if missing or not kept. O(1).';

create function cache.memory_usage(key text) returns bigint language c volatile parallel safe
	as 'MODULE_PATHNAME', 'cache_sql_memory_usage';
comment on function cache.memory_usage is
	'Bytes of cache memory the key takes, overhead included; NULL if missing. O(1).';
