--
-- signatures.sql
--    The design of every SQL object of schema cache: names, arguments, defaults, results, volatility,
--    parallel safety, who may call it, and one line on what it does.
--
-- This is a design document that loads (psql -f, into an empty scratch database), not the install script: its bodies
-- raise. test/tools/check-signatures.sh compares what the extension installs with it, and
-- test/tools/try-signatures.sh calls it through psql, PREPARE and drivers.
--
-- How to read it
--    :reader      VOLATILE, PARALLEL SAFE, called on NULL input; changes no value
--    :writer      VOLATILE, PARALLEL UNSAFE, called on NULL input; writes or waits
--    :restricted  VOLATILE, PARALLEL RESTRICTED: reads that plan or load
--    :pure        IMMUTABLE STRICT PARALLEL SAFE; depends on its arguments only
-- A NULL key is an error everywhere (22004), so that nothing is STRICT: a NULL value is a value (a cached NULL).
-- Verbs work in READ ONLY transactions. Functions whose results are one row have OUT columns; those of many
-- rows RETURNS TABLE.
--
-- What every family shares
--    ttl, ex, at, persist   when the entry ends: an interval from now, seconds from now, a point in time, never.
--                           At most one of them (22023 otherwise). None: the namespace's default. Milliseconds
--                           count; a day is 24 hours, a month 30 days. Not positive: error 22023
--                           (expire and expireat delete instead); at 'infinity' is persist.
--    pattern                a Redis glob: * ? [a-z] [^a] \x
--    start, stop            positions from 0, both included, negative ones from the end, as in Redis
--    _bytes                 bytea in place of text; the same entry can be read either way
--    _many                  arrays; duplicates count as often as they are given, as in Redis
--
-- What drivers send, tried by try-signatures.sh
--    psycopg2, psycopg       strings untyped, other values typed: all calls work; set('k', 5) keeps the integer's form
--    node-pg, libpq, pg8000  text untyped: all calls work; a bare number as ttl is seconds; node-pg sends an object as json
--                            and an array as '{"a","b"}', which set takes as text
--    asyncpg (pgx alike)     asks the server for types: set wants a string, ttl a timedelta; convert, or cast in the
--                            query: set($1, $2::int)
--    JDBC                    setString is varchar: write $3::interval and $2::jsonb, or connect with
--                            stringtype=unspecified
--    Names that SQL's grammar takes (exists, row) need the schema: cache.exists('k'). All else works from search_path too.
--
-- The sections build on each other: 1 strings and keys, 2 namespaces and administration, 3 data types, 4 coherence,
-- 5 durability. psql -v upto=1 loads the first only. Where a later section widens a function, it drops and creates it.
--

\set ON_ERROR_STOP on
\set QUIET on
set check_function_bodies = off;
set client_min_messages = warning;

\set body 'as $$begin raise exception using errcode = ''feature_not_supported'', message = ''a design has no body''; end$$'
\set reader 'language plpgsql volatile parallel safe ' :body
\set writer 'language plpgsql volatile parallel unsafe ' :body
\set pure 'language plpgsql immutable strict parallel safe ' :body
\set restricted 'language plpgsql volatile parallel restricted ' :body
\set stable 'language plpgsql stable parallel safe ' :body

\if :{?upto}
\else
\set upto 5
\endif
select :upto >= 2 as with_2, :upto >= 3 as with_3, :upto >= 4 as with_4, :upto >= 5 as with_5 \gset

create schema cache;

-- ==========================================================================================================
-- 1. Strings and keys
-- ==========================================================================================================
--
-- Strings: writing one value
--
-- Untyped literals and parameters take the text form: set('k', 'v'), set($1, $2), set('k', null). Everything else that
-- is no string takes the other: its text form is stored; bytea as set_bytes does; jsonb as set_json does.
-- A row or record is refused (42804, hint: set_json with to_jsonb). An array matches neither: 42883, use set_json
-- with to_jsonb. A "char" column is ambiguous (42725): cast it to text.
-- An integer third argument is 42883, never a silent TTL: write ex => 10 or '10 s'.
--
create function cache.set(key text, value text, ttl interval default null, ex float8 default null,
		at timestamptz default null, nx boolean default false, xx boolean default false,
		keepttl boolean default false, if_equals text default null, persist boolean default false)
	returns boolean :writer;
comment on function cache.set(text, text, interval, float8, timestamptz, boolean, boolean, boolean, text, boolean) is
	'Set a text value. True if set, false if nx, xx or if_equals refused. NULL is cached as NULL. O(1).';

create function cache.set(key text, value anynonarray, ttl interval default null, ex float8 default null,
		at timestamptz default null, nx boolean default false, xx boolean default false,
		keepttl boolean default false, if_equals text default null, persist boolean default false)
	returns boolean :writer;
comment on function cache.set(text, anynonarray, interval, float8, timestamptz, boolean, boolean, boolean, text, boolean) is
	'Set a value to the text form of any scalar (bytea and jsonb as they are). True if set, false if nx, '
	'xx or if_equals refused. Rows are an error. O(1).';

create function cache.set_bytes(key text, value bytea, ttl interval default null, ex float8 default null,
		at timestamptz default null, nx boolean default false, xx boolean default false,
		keepttl boolean default false, if_equals bytea default null, persist boolean default false)
	returns boolean :writer;
comment on function cache.set_bytes is
	'Set a binary value. True if set, false if nx, xx or if_equals refused. O(1).';

create function cache.set_json(key text, value jsonb, ttl interval default null, ex float8 default null,
		at timestamptz default null, nx boolean default false, xx boolean default false,
		keepttl boolean default false, if_equals jsonb default null, persist boolean default false)
	returns boolean :writer;
comment on function cache.set_json is
	'Set a jsonb value, kept in binary form. True if set, false if nx, xx or if_equals refused. O(1).';

create function cache.getset(key text, value text, ttl interval default null, ex float8 default null,
		at timestamptz default null, keepttl boolean default false, persist boolean default false)
	returns text :writer;
comment on function cache.getset is
	'Set a text value and return the old one, NULL if there was none. O(1).';

create function cache.getset_bytes(key text, value bytea, ttl interval default null, ex float8 default null,
		at timestamptz default null, keepttl boolean default false, persist boolean default false)
	returns bytea :writer;
comment on function cache.getset_bytes is
	'Set a binary value and return the old one, NULL if there was none. O(1).';

--
-- Strings: reading one value
--
create function cache.get(key text) returns text :reader;
comment on function cache.get is
	'The value as text; NULL if missing or a cached NULL. Error if the bytes are no valid text (use '
	'get_bytes). O(1).';

create function cache.get_bytes(key text) returns bytea :reader;
comment on function cache.get_bytes is
	'The value as bytes (of a json value: its text); NULL if missing or a cached NULL. O(1).';

create function cache.get_json(key text) returns jsonb :reader;
comment on function cache.get_json is
	'The value as jsonb (text is parsed, an error if it is no json); NULL if missing or a cached NULL. O(1).';

create function cache.lookup(key text, out found boolean, out value text) :reader;
comment on function cache.lookup is
	'One row that tells a missing key (found false) from a cached NULL (found true, value NULL). O(1).';

create function cache.lookup_bytes(key text, out found boolean, out value bytea) :reader;
comment on function cache.lookup_bytes is
	'One row (found, value) with the value as bytes. O(1).';

create function cache.lookup_json(key text, out found boolean, out value jsonb) :reader;
comment on function cache.lookup_json is
	'One row (found, value) with the value as jsonb. O(1).';

create function cache.getdel(key text) returns text :writer;
comment on function cache.getdel is
	'The value as text, and the key is deleted; NULL if missing. Nothing is deleted if the value cannot '
	'be returned. O(1).';

create function cache.getdel_bytes(key text) returns bytea :writer;
comment on function cache.getdel_bytes is
	'The value as bytes, and the key is deleted; NULL if missing. O(1).';

create function cache.getex(key text, ttl interval default null, ex float8 default null,
		at timestamptz default null, persist boolean default false)
	returns text :writer;
comment on function cache.getex is
	'The value as text, with a new time to live, or none with persist; without options only reads. NULL '
	'if missing. O(1).';

create function cache.getex_bytes(key text, ttl interval default null, ex float8 default null,
		at timestamptz default null, persist boolean default false)
	returns bytea :writer;
comment on function cache.getex_bytes is
	'The value as bytes, with a new time to live, or none with persist; without options only reads. NULL '
	'if missing. O(1).';

--
-- Strings: many values, atomically. Arrays have one dimension; keys and vals of unlike length are 22023.
--
create function cache.mget(keys text[]) returns text[] :reader;
comment on function cache.mget is
	'The values as text, in the order of keys, NULL where missing or not a string. All at one moment. O(keys).';

create function cache.mget_bytes(keys text[]) returns bytea[] :reader;
comment on function cache.mget_bytes is
	'The values as bytes, in the order of keys, NULL where missing or not a string. All at one moment. O(keys).';

create function cache.mget_json(keys text[]) returns jsonb[] :reader;
comment on function cache.mget_json is
	'The values as jsonb, in the order of keys, NULL where missing or not a string. All at one moment. O(keys).';

create function cache.mset(keys text[], vals text[], ttl interval default null, ex float8 default null,
		at timestamptz default null, nx boolean default false, xx boolean default false,
		keepttl boolean default false, persist boolean default false)
	returns boolean :writer;
comment on function cache.mset is
	'Set many text values at one moment. False, and nothing set, if nx and any key exists, or xx and any '
	'is missing. O(keys).';

create function cache.mset_bytes(keys text[], vals bytea[], ttl interval default null, ex float8 default null,
		at timestamptz default null, nx boolean default false, xx boolean default false,
		keepttl boolean default false, persist boolean default false)
	returns boolean :writer;
comment on function cache.mset_bytes is
	'Set many binary values at one moment. False, and nothing set, if nx and any key exists, or xx and '
	'any is missing. O(keys).';

create function cache.mset_object(entries jsonb, ttl interval default null, ex float8 default null,
		at timestamptz default null, nx boolean default false, xx boolean default false,
		keepttl boolean default false, persist boolean default false)
	returns boolean :writer;
comment on function cache.mset_object is
	'Set a key for each member of a json object, at one moment: strings, numbers and booleans as text, '
	'null as a cached NULL, arrays and objects as jsonb. O(keys).';

create function cache.msetnx(keys text[], vals text[], ttl interval default null, ex float8 default null,
		at timestamptz default null, persist boolean default false)
	returns boolean :writer;
comment on function cache.msetnx is
	'Set many text values at one moment if none of the keys exists; false, and nothing set, otherwise. O(keys).';

--
-- Strings: parts of a value. Lengths and positions are bytes.
--
create function cache.append(key text, value text) returns bigint :writer;
comment on function cache.append is
	'Append text to the value, or set it if missing; the time to live stays. The new length in bytes. '
	'O(length of value).';

create function cache.append_bytes(key text, value bytea) returns bigint :writer;
comment on function cache.append_bytes is
	'Append bytes to the value, or set it if missing; the time to live stays. The new length in bytes. '
	'O(length of value).';

create function cache.strlen(key text) returns bigint :reader;
comment on function cache.strlen is
	'The length of the value in bytes, 0 if missing or a cached NULL. O(1).';

create function cache.getrange(key text, start bigint default 0, stop bigint default -1) returns text :reader;
comment on function cache.getrange is
	'The bytes from start to stop as text, empty if missing or outside. Error if a character is cut (use '
	'getrange_bytes). O(bytes).';

create function cache.getrange_bytes(key text, start bigint default 0, stop bigint default -1) returns bytea :reader;
comment on function cache.getrange_bytes is
	'The bytes from start to stop, empty if missing or outside. O(bytes).';

create function cache.setrange(key text, start bigint, value text) returns bigint :writer;
comment on function cache.setrange is
	'Overwrite bytes from start on, padding with zero bytes; the time to live stays. The new length in '
	'bytes. O(bytes).';

create function cache.setrange_bytes(key text, start bigint, value bytea) returns bigint :writer;
comment on function cache.setrange_bytes is
	'Overwrite bytes from start on, padding with zero bytes; the time to live stays. The new length in '
	'bytes. O(bytes).';

--
-- Strings: counters. The time to live counts from the creation of the counter: a call that finds it leaves it alone.
-- A missing counter and a cached NULL start at 0. Not an integer: 22P02. Out of range: 22003.
--
create function cache.incr(key text, ttl interval default null, ex float8 default null,
		at timestamptz default null, persist boolean default false)
	returns bigint :writer;
comment on function cache.incr is
	'Add one and return the new number; ttl, ex, at and persist apply only when this call creates the '
	'counter. O(1).';

create function cache.decr(key text, ttl interval default null, ex float8 default null,
		at timestamptz default null, persist boolean default false)
	returns bigint :writer;
comment on function cache.decr is
	'Subtract one and return the new number; ttl, ex, at and persist apply only when this call creates '
	'the counter. O(1).';

create function cache.incrby(key text, increment bigint, ttl interval default null, ex float8 default null,
		at timestamptz default null, persist boolean default false)
	returns bigint :writer;
comment on function cache.incrby is
	'Add an integer and return the new number; ttl, ex, at and persist apply only when this call creates '
	'the counter. O(1).';

create function cache.decrby(key text, decrement bigint, ttl interval default null, ex float8 default null,
		at timestamptz default null, persist boolean default false)
	returns bigint :writer;
comment on function cache.decrby is
	'Subtract an integer and return the new number; ttl, ex, at and persist apply only when this call '
	'creates the counter. O(1).';

create function cache.incrbyfloat(key text, increment float8, ttl interval default null, ex float8 default null,
		at timestamptz default null, persist boolean default false)
	returns float8 :writer;
comment on function cache.incrbyfloat is
	'Add a number and return the new one; ttl, ex, at and persist apply only when this call creates the '
	'counter. O(1).';

--
-- Keys: removing and testing
--
create function cache.del(key text) returns boolean :writer;
comment on function cache.del is
	'Delete the key; false if it was missing. Big collections are freed in the background. O(1).';

create function cache.del_many(keys text[]) returns bigint :writer;
comment on function cache.del_many is
	'Delete the keys at one moment; how many there were. O(keys).';

create function cache.del_if_equal(key text, value text) returns boolean :writer;
comment on function cache.del_if_equal is
	'Delete the key if its value is this text; false if it is missing or differs. O(1).';

create function cache.del_if_equal_bytes(key text, value bytea) returns boolean :writer;
comment on function cache.del_if_equal_bytes is
	'Delete the key if its value is these bytes; false if it is missing or differs. O(1).';

create function cache.unlink(key text) returns boolean :writer;
comment on function cache.unlink is
	'The same as del. O(1).';

create function cache.unlink_many(keys text[]) returns bigint :writer;
comment on function cache.unlink_many is
	'The same as del_many. O(keys).';

create function cache.exists(key text) returns boolean :reader;
comment on function cache.exists is
	'True if the key exists, also with a cached NULL. O(1).';

create function cache.exists_many(keys text[]) returns bigint :reader;
comment on function cache.exists_many is
	'How many of the keys exist, at one moment. O(keys).';

create function cache.touch(key text) returns boolean :writer;
comment on function cache.touch is
	'Count an access to the key for eviction; false if it is missing. O(1).';

create function cache.touch_many(keys text[]) returns bigint :writer;
comment on function cache.touch_many is
	'Count an access to each of the keys; how many exist. O(keys).';

create function cache.type(key text) returns text :reader;
comment on function cache.type is
	'The type: string, hash, list, set, zset, stream, hll or bloom; NULL if missing. O(1).';

--
-- Keys: time to live. There is no infinite interval before PostgreSQL 17, so ttl is NULL for a key that never
-- expires as well as for a missing one; expiretime tells them apart.
--
create function cache.expire(key text, ttl interval default null, ex float8 default null,
		nx boolean default false, xx boolean default false, gt boolean default false, lt boolean default false)
	returns boolean :writer;
comment on function cache.expire is
	'Let the key end after ttl (or ex seconds), at once if not positive; false if missing, or refused by '
	'nx (has none), xx (has one), gt (later), lt (sooner). O(1).';

create function cache.expireat(key text, at timestamptz,
		nx boolean default false, xx boolean default false, gt boolean default false, lt boolean default false)
	returns boolean :writer;
comment on function cache.expireat is
	'Let the key end at a point in time, at once if past; false if missing or refused by nx, xx, gt or lt. O(1).';

create function cache.persist(key text) returns boolean :writer;
comment on function cache.persist is
	'Remove the time to live; false if the key is missing or has none. O(1).';

create function cache.ttl(key text) returns interval :reader;
comment on function cache.ttl is
	'The time left; NULL if the key is missing or never expires (expiretime tells which). O(1).';

create function cache.expiretime(key text) returns timestamptz :reader;
comment on function cache.expiretime is
	'When the key expires: infinity if never, NULL if missing. O(1).';

--
-- Keys: names
--
create function cache.rename(key text, new_key text) returns boolean :writer;
comment on function cache.rename is
	'Rename a key with its time to live, replacing new_key; false if key is missing. O(1).';

create function cache.renamenx(key text, new_key text) returns boolean :writer;
comment on function cache.renamenx is
	'Rename a key unless new_key exists; false if it exists or key is missing. O(1).';

create function cache.copy(source text, destination text, replace boolean default false) returns boolean :writer;
comment on function cache.copy is
	'Copy a key with its time to live; false if source is missing, or destination exists and not replace. '
	'O(size).';

create function cache.randomkey() returns text :reader;
comment on function cache.randomkey is
	'A key at random; NULL if there is none. O(1).';

create function cache.scan(cursor text default '0', pattern text default null, max_count bigint default 100,
		type_name text default null, out cursor text, out keys text[])
	:reader;
comment on function cache.scan is
	'One row: about max_count keys and the cursor for the next call, 0 at the end. Keys that stay are '
	'returned at least once. O(max_count).';

create function cache.keys(pattern text default '*') returns table(key text) :reader;
comment on function cache.keys is
	'All keys that match, in no order. O(all keys): for people; programs use scan.';

create function cache.dbsize() returns bigint :reader;
comment on function cache.dbsize is
	'The number of keys of this database, those expired but not yet removed included. O(1).';

create function cache.clear(namespace text) returns bigint :writer;
comment on function cache.clear is
	'Discard all keys of a namespace at once; how many there were. O(1), memory returns in the background.';

create function cache.clear_all() returns bigint :writer;
comment on function cache.clear_all is
	'Discard all keys of this database at once; how many there were. O(1), memory returns in the background.';

revoke execute on function cache.clear, cache.clear_all from public;

--
-- Keys: inside
--
create function cache.object_encoding(key text) returns text :reader;
comment on function cache.object_encoding is
	'How the value is kept: null, int, embedded, raw, blocks, jsonb, packed and the like; NULL if missing. O(1).';

create function cache.object_freq(key text) returns bigint :reader;
comment on function cache.object_freq is
	'The access counter that the eviction policy keeps; NULL if the key is missing or the policy keeps '
	'none. O(1).';

create function cache.object_idletime(key text) returns interval :reader;
comment on function cache.object_idletime is
	'The time since the last access, as far as the eviction policy keeps it; NULL if missing or not kept. O(1).';

create function cache.memory_usage(key text) returns bigint :reader;
comment on function cache.memory_usage is
	'Bytes of cache memory the key takes, overhead included; NULL if missing. O(1).';

--
-- The server
--
create function cache.library_version() returns text :stable;
comment on function cache.library_version is
	'The version of the library in this server''s memory; works when it is not preloaded.';

create function cache.extension_version() returns text :stable;
comment on function cache.extension_version is
	'The version of the SQL objects installed in this database, as pg_extension has it.';

create function cache.stats() returns table(namespace text, entries bigint, hits bigint, misses bigint,
		hit_ratio float8, sets bigint, deletes bigint, expirations bigint, evictions bigint, rejected_writes bigint,
		memory_used bigint, memory_limit bigint, stats_reset timestamptz)
	:reader;
comment on function cache.stats is
	'Counters by namespace, and in total in the row whose namespace is NULL; memory in bytes, hit_ratio 0 '
	'to 1 or NULL.';

create view cache.stats as select * from cache.stats();
comment on view cache.stats is
	'Counters by namespace, and in total in the row whose namespace is NULL; memory in bytes, hit_ratio 0 '
	'to 1 or NULL.';
grant select on cache.stats to public;

-- ==========================================================================================================
-- 2. Namespaces and administration
-- ==========================================================================================================
\if :with_2

--
-- Namespaces: transactional, effective at commit in all backends. Sizes are text as PostgreSQL writes them ('64MB').
-- Creating, altering and dropping need CREATE on schema cache or the namespace's ownership, and no READ ONLY
-- transaction. NULL leaves an option at its default (create) or as it is (alter).
-- A namespace is a server of the foreign-data wrapper cache_namespace, which checks options with namespace_validator.
--
create function cache.create_namespace(name text, quota text default null, reserve text default null,
		policy text default null, ttl interval default null, jitter float8 default null,
		if_not_exists boolean default false)
	returns boolean :writer;
comment on function cache.create_namespace is
	'Create a namespace for the keys that begin with name and a colon; those there are discarded, with a '
	'NOTICE. False if it exists and if_not_exists.';

create function cache.alter_namespace(name text, quota text default null, reserve text default null,
		policy text default null, ttl interval default null, jitter float8 default null,
		owner text default null, reset text[] default null)
	returns boolean :writer;
comment on function cache.alter_namespace is
	'Change options of a namespace at commit; reset names options that go back to their defaults. True.';

create function cache.drop_namespace(name text, if_exists boolean default false) returns boolean :writer;
comment on function cache.drop_namespace is
	'Drop a namespace and discard its keys at commit, with a NOTICE. False if it is missing and if_exists.';

create function cache.grant_namespace(name text, role_name text, privileges text default 'read')
	returns boolean :writer;
comment on function cache.grant_namespace is
	'Let a role (or public) use a namespace: read, write, or ''read, write''. False if it could already.';

create function cache.revoke_namespace(name text, role_name text, privileges text default 'read, write')
	returns boolean :writer;
comment on function cache.revoke_namespace is
	'Take privileges on a namespace from a role (or public). False if it had none of them.';

create function cache.namespace_validator(options text[], catalog oid) returns boolean :writer;
comment on function cache.namespace_validator is
	'Check the options of a namespace; called by CREATE and ALTER SERVER.';

create function cache.namespaces()
	returns table(name text, owner text, quota bigint, reserve bigint, policy text, ttl interval,
		jitter float8, readers text[], writers text[], options jsonb) :reader;
comment on function cache.namespaces is
	'The namespaces of this database; sizes in bytes, all other options as a json object.';

create view cache.namespaces as select * from cache.namespaces();
comment on view cache.namespaces is
	'The namespaces of this database; sizes in bytes, all other options as a json object.';

--
-- Keys with parts. A part's backslashes and colons are escaped. Not STRICT: a NULL part is an error, not a NULL key.
--
create function cache.key(name text, parts text[]) returns text language plpgsql immutable parallel safe :body;
comment on function cache.key is
	'The key of these parts in a namespace, with colons in parts escaped: key(''orders'', array[''10'', '
	'''a'']) is orders:10:a.';

create function cache.key_parts(key text) returns text[] language plpgsql immutable parallel safe :body;
comment on function cache.key_parts is
	'The parts of a key after its first colon, unescaped; the inverse of key.';

--
-- Locks. The token grows with every grant, across restarts too. No ttl: 30 seconds, or with session until disconnect.
-- wait NULL: at most cache.max_wait; '0': not at all. A waiting call holds its transaction's snapshot.
--
create function cache.lock(name text, ttl interval default null, ex float8 default null,
		wait interval default null, session boolean default false)
	returns bigint :writer;
comment on function cache.lock is
	'Take a lock, waiting in order of arrival; its fencing token, NULL at timeout.';

create function cache.try_lock(name text, ttl interval default null, ex float8 default null,
		session boolean default false)
	returns bigint :writer;
comment on function cache.try_lock is
	'Take a lock if it is free; its fencing token, NULL otherwise.';

create function cache.unlock(name text, token bigint) returns boolean :writer;
comment on function cache.unlock is
	'Release a lock; false if it is no longer held with this token.';

create function cache.renew(name text, token bigint, ttl interval default null, ex float8 default null)
	returns boolean :writer;
comment on function cache.renew is
	'Let a lock last from now; false if it is no longer held with this token.';

create function cache.locks()
	returns table(name text, token bigint, role_name text, pid integer, session boolean,
		granted_at timestamptz, expires_at timestamptz, waiters bigint) :reader;
comment on function cache.locks is
	'Locks that are held and how many wait; pid only of session locks.';

create view cache.locks as select * from cache.locks();
comment on view cache.locks is 'Locks that are held and how many wait; pid only of session locks.';

--
-- Limits. quantity 0 asks without taking.
--
create function cache.throttle(name text, max_count bigint, period interval, burst bigint default null,
		quantity bigint default 1, out allowed boolean, out remaining bigint, out retry_after interval,
		out reset_after interval)
	:writer;
comment on function cache.throttle is
	'GCRA: max_count per period, evenly, and burst (default max_count) at once. One row; retry_after is '
	'NULL if allowed. O(1).';

create function cache.sliding_window(name text, max_count bigint, period interval, quantity bigint default 1,
		out allowed boolean, out used bigint, out remaining bigint, out retry_after interval,
		out reset_after interval)
	:writer;
comment on function cache.sliding_window is
	'At most max_count in the last period, counted exactly. One row; retry_after is NULL if allowed. O(expired).';

create function cache.reset_limit(name text) returns boolean :writer;
comment on function cache.reset_limit is
	'Forget the state of a throttle or sliding window; false if there is none.';

--
-- What is inside. Statistics are open to pg_monitor, reset_stats to the owner.
--
create function cache.reset_stats(namespace text default null) returns void :writer;
comment on function cache.reset_stats is
	'Set the counters of a namespace, or of all, to zero.';

create function cache.memory()
	returns table(item_size bigint, slabs bigint, items bigint, used bigint, free bigint, slack bigint) :reader;
comment on function cache.memory is
	'The region by size class, in bytes: used by entries, free in slabs, slack within items; item_size '
	'NULL is whole free slabs.';

create view cache.memory as select * from cache.memory();
comment on view cache.memory is
	'The region by size class, in bytes: used by entries, free in slabs, slack within items; item_size '
	'NULL is whole free slabs.';

create function cache.check_memory() returns table(problem text) :reader;
comment on function cache.check_memory is
	'Walk the whole region and compare it with the accounting; no row if all is well. O(memory).';

create function cache.entries(pattern text default '*', namespace text default null,
		type_name text default null, max_count bigint default 1000, out key text, out type text,
		out encoding text, out bytes bigint, out elements bigint, out expires_at timestamptz,
		out idletime interval, out freq bigint)
	returns setof record :reader;
comment on function cache.entries is
	'Entries that the caller may read, at most max_count, in no order. O(all keys).';

create view cache.entries as select * from cache.entries();
comment on view cache.entries is
	'Entries that the caller may read, at most 1000; the function of the same name filters.';

create function cache.hot_keys(max_count bigint default 20, namespace text default null, out key text,
		out type text, out freq bigint, out bytes bigint)
	returns setof record :reader;
comment on function cache.hot_keys is
	'The keys read most, by sampling, most read first.';

create view cache.hot_keys as select * from cache.hot_keys();
comment on view cache.hot_keys is 'The 20 keys read most, by sampling, most read first.';

create function cache.big_keys(max_count bigint default 20, namespace text default null, out key text,
		out type text, out bytes bigint, out elements bigint)
	returns setof record :reader;
comment on function cache.big_keys is
	'The keys that take most memory, largest first. O(all keys).';

create view cache.big_keys as select * from cache.big_keys();
comment on view cache.big_keys is 'The 20 keys that take most memory, largest first.';

create function cache.workers()
	returns table(pid integer, kind text, database text, state text, started_at timestamptz,
		last_run_at timestamptz, restarts bigint, last_error text, last_error_at timestamptz) :reader;
comment on function cache.workers is
	'The background workers of the cache; pid NULL while one is not running.';

create view cache.workers as select * from cache.workers();
comment on view cache.workers is 'The background workers of the cache; pid NULL while one is not running.';

create function cache.explain(key text) returns table(property text, value text) :reader;
comment on function cache.explain is
	'Where the key lives and what a read would do: namespace, type, encoding, deadlines, bytes, policy '
	'state. O(1).';

revoke execute on function cache.reset_stats, cache.check_memory, cache.stats, cache.memory, cache.entries,
	cache.hot_keys, cache.big_keys, cache.workers, cache.locks from public;
grant execute on function cache.stats, cache.memory, cache.entries, cache.hot_keys, cache.big_keys, cache.workers,
	cache.locks to pg_monitor;
revoke all on cache.stats, cache.memory, cache.entries, cache.hot_keys, cache.big_keys, cache.workers,
	cache.locks from public;
grant select on cache.stats, cache.memory, cache.entries, cache.hot_keys, cache.big_keys, cache.workers,
	cache.locks to pg_monitor;
\endif

-- ==========================================================================================================
-- 3. Data types
-- ==========================================================================================================
\if :with_3

-- A missing key reads as an empty collection. NULL members, elements and items are an error (22004). A NULL hash field
-- is an absent one: setting a field to NULL removes it. A key of another type is an error (42809).
-- Numbers as members need a cast (sadd('k', id::text)): a polymorphic argument would refuse untyped literals.
-- Verbs beginning with b wait by default (wait NULL: at most cache.max_wait); the others only if told.
-- wait '0' means not at all.
-- Waiting calls give NULL or no row at timeout, can be cancelled, and hold their transaction's snapshot.

--
-- Hashes. The field's time to live verbs take text fields.
--
create function cache.hset(key text, field text, value text) returns boolean :writer;
comment on function cache.hset is
	'Set a field; true if it is new. NULL removes it (false). O(1).';

create function cache.hset_bytes(key text, field bytea, value bytea) returns boolean :writer;
comment on function cache.hset_bytes is
	'The same as hset with bytes.';

create function cache.hset_many(key text, fields jsonb) returns bigint :writer;
comment on function cache.hset_many is
	'Set fields from a json object at one moment; how many are new. Members that are null remove their '
	'field. O(fields).';

create function cache.hset_many_bytes(key text, fields bytea[], vals bytea[]) returns bigint :writer;
comment on function cache.hset_many_bytes is
	'Set fields from two arrays at one moment; how many are new. O(fields).';

create function cache.hset_row(key text, source anyelement) returns bigint :writer;
comment on function cache.hset_row is
	'Set a field for each column of a row, as text; how many are new. NULL columns remove their field. '
	'O(columns).';

create function cache.hsetnx(key text, field text, value text) returns boolean :writer;
comment on function cache.hsetnx is
	'Set a field if it is missing; false otherwise. O(1).';

create function cache.hsetnx_bytes(key text, field bytea, value bytea) returns boolean :writer;
comment on function cache.hsetnx_bytes is
	'The same as hsetnx with bytes.';

create function cache.hget(key text, field text) returns text :reader;
comment on function cache.hget is
	'The value of a field; NULL if missing. O(1).';

create function cache.hget_bytes(key text, field bytea) returns bytea :reader;
comment on function cache.hget_bytes is
	'The same as hget with bytes.';

create function cache.hmget(key text, fields text[]) returns text[] :reader;
comment on function cache.hmget is
	'The values of the fields, in their order, NULL where missing. O(fields).';

create function cache.hmget_bytes(key text, fields bytea[]) returns bytea[] :reader;
comment on function cache.hmget_bytes is
	'The same as hmget with bytes.';

create function cache.hgetall(key text) returns table(field text, value text) :reader;
comment on function cache.hgetall is
	'All fields and values, in no order. O(fields).';

create function cache.hgetall_bytes(key text) returns table(field bytea, value bytea) :reader;
comment on function cache.hgetall_bytes is
	'The same as hgetall with bytes.';

create function cache.hgetall_json(key text) returns jsonb :reader;
comment on function cache.hgetall_json is
	'All fields and values as a json object of strings; NULL if the key is missing. O(fields).';

create function cache.hdel(key text, field text) returns boolean :writer;
comment on function cache.hdel is
	'Delete a field; false if it was missing. O(1).';

create function cache.hdel_bytes(key text, field bytea) returns boolean :writer;
comment on function cache.hdel_bytes is
	'The same as hdel with bytes.';

create function cache.hdel_many(key text, fields text[]) returns bigint :writer;
comment on function cache.hdel_many is
	'Delete fields; how many there were. O(fields).';

create function cache.hgetdel(key text, field text) returns text :writer;
comment on function cache.hgetdel is
	'The value of a field, which is deleted; NULL if missing. O(1).';

create function cache.hgetdel_bytes(key text, field bytea) returns bytea :writer;
comment on function cache.hgetdel_bytes is
	'The same as hgetdel with bytes.';

create function cache.hgetdel_many(key text, fields text[]) returns text[] :writer;
comment on function cache.hgetdel_many is
	'The values of the fields, NULL where missing; all are deleted. O(fields).';

create function cache.hgetdel_many_bytes(key text, fields bytea[]) returns bytea[] :writer;
comment on function cache.hgetdel_many_bytes is
	'The same as hgetdel_many with bytes.';

create function cache.hgetex(key text, field text, ttl interval default null, ex float8 default null,
		at timestamptz default null, persist boolean default false)
	returns text :writer;
comment on function cache.hgetex is
	'The value of a field, with a new time to live, or none with persist; NULL if missing. O(1).';

create function cache.hgetex_many(key text, fields text[], ttl interval default null, ex float8 default null,
		at timestamptz default null, persist boolean default false)
	returns text[] :writer;
comment on function cache.hgetex_many is
	'The values of the fields, NULL where missing, with a new time to live, or none with persist. O(fields).';

create function cache.hexists(key text, field text) returns boolean :reader;
comment on function cache.hexists is
	'True if the field exists. O(1).';

create function cache.hexists_bytes(key text, field bytea) returns boolean :reader;
comment on function cache.hexists_bytes is
	'The same as hexists with bytes.';

create function cache.hlen(key text) returns bigint :reader;
comment on function cache.hlen is
	'The number of fields, 0 if missing. O(1).';

create function cache.hstrlen(key text, field text) returns bigint :reader;
comment on function cache.hstrlen is
	'The length of a field''s value in bytes, 0 if missing. O(1).';

create function cache.hstrlen_bytes(key text, field bytea) returns bigint :reader;
comment on function cache.hstrlen_bytes is
	'The same as hstrlen with bytes.';

create function cache.hkeys(key text) returns table(field text) :reader;
comment on function cache.hkeys is
	'All fields, in no order. O(fields).';

create function cache.hkeys_bytes(key text) returns table(field bytea) :reader;
comment on function cache.hkeys_bytes is
	'The same as hkeys with bytes.';

create function cache.hvals(key text) returns table(value text) :reader;
comment on function cache.hvals is
	'All values, in no order. O(fields).';

create function cache.hvals_bytes(key text) returns table(value bytea) :reader;
comment on function cache.hvals_bytes is
	'The same as hvals with bytes.';

create function cache.hincrby(key text, field text, increment bigint) returns bigint :writer;
comment on function cache.hincrby is
	'Add an integer to a field, from 0 if missing; the new number. O(1).';

create function cache.hincrby_bytes(key text, field bytea, increment bigint) returns bigint :writer;
comment on function cache.hincrby_bytes is
	'The same as hincrby with bytes.';

create function cache.hincrbyfloat(key text, field text, increment float8) returns float8 :writer;
comment on function cache.hincrbyfloat is
	'Add a number to a field, from 0 if missing; the new number. O(1).';

create function cache.hincrbyfloat_bytes(key text, field bytea, increment float8) returns float8 :writer;
comment on function cache.hincrbyfloat_bytes is
	'The same as hincrbyfloat with bytes.';

create function cache.hrandfield(key text) returns text :reader;
comment on function cache.hrandfield is
	'A field at random; NULL if there is none. O(1).';

create function cache.hrandfield_bytes(key text) returns bytea :reader;
comment on function cache.hrandfield_bytes is
	'The same as hrandfield with bytes.';

create function cache.hrandfield_many(key text, max_count bigint) returns table(field text, value text) :reader;
comment on function cache.hrandfield_many is
	'Distinct random fields with their values; a negative max_count allows repetition. O(max_count).';

create function cache.hrandfield_many_bytes(key text, max_count bigint)
	returns table(field bytea, value bytea) :reader;
comment on function cache.hrandfield_many_bytes is
	'The same as hrandfield_many with bytes.';

create function cache.hscan(key text, cursor text default '0', pattern text default null,
		max_count bigint default 100, out cursor text, out fields text[], out vals text[])
	:reader;
comment on function cache.hscan is
	'One row: about max_count fields with their values, and the cursor for the next call, 0 at the end. '
	'O(max_count).';

create function cache.hscan_bytes(key text, cursor text default '0', pattern bytea default null,
		max_count bigint default 100, out cursor text, out fields bytea[], out vals bytea[])
	:reader;
comment on function cache.hscan_bytes is
	'The same as hscan with bytes.';

create function cache.hexpire(key text, field text, ttl interval default null, ex float8 default null,
		nx boolean default false, xx boolean default false, gt boolean default false, lt boolean default false)
	returns boolean :writer;
comment on function cache.hexpire is
	'Let a field end after ttl (or ex seconds); NULL if missing, false if refused by nx, xx, gt or lt. O(1).';

create function cache.hexpire_many(key text, fields text[], ttl interval default null, ex float8 default null,
		nx boolean default false, xx boolean default false, gt boolean default false, lt boolean default false)
	returns boolean[] :writer;
comment on function cache.hexpire_many is
	'hexpire for each of the fields. O(fields).';

create function cache.hexpireat(key text, field text, at timestamptz, nx boolean default false,
		xx boolean default false, gt boolean default false, lt boolean default false)
	returns boolean :writer;
comment on function cache.hexpireat is
	'Let a field end at a point in time; NULL if missing, false if refused by nx, xx, gt or lt. O(1).';

create function cache.httl(key text, field text) returns interval :reader;
comment on function cache.httl is
	'The time a field has left; NULL if missing or without end (hexpiretime tells which). O(1).';

create function cache.hexpiretime(key text, field text) returns timestamptz :reader;
comment on function cache.hexpiretime is
	'When a field expires: infinity if never, NULL if missing. O(1).';

create function cache.hpersist(key text, field text) returns boolean :writer;
comment on function cache.hpersist is
	'Remove a field''s time to live; false if missing or without end. O(1).';

--
-- Lists. max_count in lpush_many and rpush_many trims the other end, in the same step. The single forms have no such
-- option: lpush('l', '1', '2') would read as a cap.
--
create function cache.lpush(key text, value text) returns bigint :writer;
comment on function cache.lpush is
	'Push at the head; the new length. O(1).';

create function cache.lpush_bytes(key text, value bytea) returns bigint :writer;
comment on function cache.lpush_bytes is
	'The same as lpush with bytes.';

create function cache.rpush(key text, value text) returns bigint :writer;
comment on function cache.rpush is
	'Push at the tail; the new length. O(1).';

create function cache.rpush_bytes(key text, value bytea) returns bigint :writer;
comment on function cache.rpush_bytes is
	'The same as rpush with bytes.';

create function cache.lpush_many(key text, vals text[], max_count bigint default null) returns bigint :writer;
comment on function cache.lpush_many is
	'Push one after the other at the head, keeping at most max_count; the new length. O(vals).';

create function cache.lpush_many_bytes(key text, vals bytea[], max_count bigint default null)
	returns bigint :writer;
comment on function cache.lpush_many_bytes is
	'The same as lpush_many with bytes.';

create function cache.rpush_many(key text, vals text[], max_count bigint default null) returns bigint :writer;
comment on function cache.rpush_many is
	'Push one after the other at the tail, keeping at most max_count; the new length. O(vals).';

create function cache.rpush_many_bytes(key text, vals bytea[], max_count bigint default null)
	returns bigint :writer;
comment on function cache.rpush_many_bytes is
	'The same as rpush_many with bytes.';

create function cache.lpushx(key text, value text) returns bigint :writer;
comment on function cache.lpushx is
	'lpush if the list exists; the new length, 0 if missing. O(1).';

create function cache.lpushx_bytes(key text, value bytea) returns bigint :writer;
comment on function cache.lpushx_bytes is
	'The same as lpushx with bytes.';

create function cache.rpushx(key text, value text) returns bigint :writer;
comment on function cache.rpushx is
	'rpush if the list exists; the new length, 0 if missing. O(1).';

create function cache.rpushx_bytes(key text, value bytea) returns bigint :writer;
comment on function cache.rpushx_bytes is
	'The same as rpushx with bytes.';

create function cache.lpop(key text) returns text :writer;
comment on function cache.lpop is
	'Pop from the head; NULL if missing. O(1).';

create function cache.lpop_bytes(key text) returns bytea :writer;
comment on function cache.lpop_bytes is
	'The same as lpop with bytes.';

create function cache.rpop(key text) returns text :writer;
comment on function cache.rpop is
	'Pop from the tail; NULL if missing. O(1).';

create function cache.rpop_bytes(key text) returns bytea :writer;
comment on function cache.rpop_bytes is
	'The same as rpop with bytes.';

create function cache.lpop_many(key text, max_count bigint) returns table(value text) :writer;
comment on function cache.lpop_many is
	'Pop up to max_count from the head, in order. O(max_count).';

create function cache.lpop_many_bytes(key text, max_count bigint) returns table(value bytea) :writer;
comment on function cache.lpop_many_bytes is
	'The same as lpop_many with bytes.';

create function cache.rpop_many(key text, max_count bigint) returns table(value text) :writer;
comment on function cache.rpop_many is
	'Pop up to max_count from the tail, last first. O(max_count).';

create function cache.rpop_many_bytes(key text, max_count bigint) returns table(value bytea) :writer;
comment on function cache.rpop_many_bytes is
	'The same as rpop_many with bytes.';

create function cache.llen(key text) returns bigint :reader;
comment on function cache.llen is
	'The length, 0 if missing. O(1).';

create function cache.lrange(key text, start bigint default 0, stop bigint default -1)
	returns table(value text) :reader;
comment on function cache.lrange is
	'The elements from start to stop, in list order. O(start + elements).';

create function cache.lrange_bytes(key text, start bigint default 0, stop bigint default -1)
	returns table(value bytea) :reader;
comment on function cache.lrange_bytes is
	'The same as lrange with bytes.';

create function cache.lindex(key text, index bigint) returns text :reader;
comment on function cache.lindex is
	'The element at a position; NULL if outside. O(index).';

create function cache.lindex_bytes(key text, index bigint) returns bytea :reader;
comment on function cache.lindex_bytes is
	'The same as lindex with bytes.';

create function cache.lset(key text, index bigint, value text) returns boolean :writer;
comment on function cache.lset is
	'Replace the element at a position; false if outside or missing. O(index).';

create function cache.lset_bytes(key text, index bigint, value bytea) returns boolean :writer;
comment on function cache.lset_bytes is
	'The same as lset with bytes.';

create function cache.linsert(key text, pivot text, value text, after boolean default false)
	returns bigint :writer;
comment on function cache.linsert is
	'Insert before (or after) the first pivot; the new length, NULL if there is no pivot. O(length).';

create function cache.linsert_bytes(key text, pivot bytea, value bytea, after boolean default false)
	returns bigint :writer;
comment on function cache.linsert_bytes is
	'The same as linsert with bytes.';

create function cache.lrem(key text, max_count bigint, value text) returns bigint :writer;
comment on function cache.lrem is
	'Remove elements equal to value: max_count 0 all, positive the first, negative the last of them; how '
	'many. O(length).';

create function cache.lrem_bytes(key text, max_count bigint, value bytea) returns bigint :writer;
comment on function cache.lrem_bytes is
	'The same as lrem with bytes.';

create function cache.ltrim(key text, start bigint, stop bigint) returns bigint :writer;
comment on function cache.ltrim is
	'Keep the elements from start to stop only; the new length. O(removed).';

create function cache.lpos(key text, value text, rank bigint default 1, maxlen bigint default 0)
	returns bigint :reader;
comment on function cache.lpos is
	'The position of the rank-th match (negative: from the tail) among maxlen compared, 0 all; NULL if '
	'none. O(length).';

create function cache.lpos_bytes(key text, value bytea, rank bigint default 1, maxlen bigint default 0)
	returns bigint :reader;
comment on function cache.lpos_bytes is
	'The same as lpos with bytes.';

create function cache.lpos_many(key text, value text, max_count bigint default 0, rank bigint default 1,
		maxlen bigint default 0)
	returns table(index bigint) :reader;
comment on function cache.lpos_many is
	'The positions of up to max_count matches, 0 all. O(length).';

create function cache.lpos_many_bytes(key text, value bytea, max_count bigint default 0, rank bigint default 1,
		maxlen bigint default 0)
	returns table(index bigint) :reader;
comment on function cache.lpos_many_bytes is
	'The same as lpos_many with bytes.';

create function cache.lmove(source text, destination text, wherefrom text default 'right',
		whereto text default 'left')
	returns text :writer;
comment on function cache.lmove is
	'Move an element from one end of source to one end of destination; NULL if source is missing. O(1).';

create function cache.lmove_bytes(source text, destination text, wherefrom text default 'right',
		whereto text default 'left')
	returns bytea :writer;
comment on function cache.lmove_bytes is
	'The same as lmove with bytes.';

create function cache.lmpop(keys text[], wherefrom text default 'left', max_count bigint default 1)
	returns table(key text, value text) :writer;
comment on function cache.lmpop is
	'Pop up to max_count from the first list that is not empty. O(keys + max_count).';

create function cache.lmpop_bytes(keys text[], wherefrom text default 'left', max_count bigint default 1)
	returns table(key text, value bytea) :writer;
comment on function cache.lmpop_bytes is
	'The same as lmpop with bytes.';

create function cache.blpop(key text, wait interval default null) returns text :writer;
comment on function cache.blpop is
	'lpop, waiting for an element; NULL at timeout. O(1).';

create function cache.blpop_bytes(key text, wait interval default null) returns bytea :writer;
comment on function cache.blpop_bytes is
	'The same as blpop with bytes.';

create function cache.brpop(key text, wait interval default null) returns text :writer;
comment on function cache.brpop is
	'rpop, waiting for an element; NULL at timeout. O(1).';

create function cache.brpop_bytes(key text, wait interval default null) returns bytea :writer;
comment on function cache.brpop_bytes is
	'The same as brpop with bytes.';

create function cache.blpop_many(keys text[], wait interval default null)
	returns table(key text, value text) :writer;
comment on function cache.blpop_many is
	'lpop from the first list that is not empty, waiting; no row at timeout. O(keys).';

create function cache.blpop_many_bytes(keys text[], wait interval default null)
	returns table(key text, value bytea) :writer;
comment on function cache.blpop_many_bytes is
	'The same as blpop_many with bytes.';

create function cache.brpop_many(keys text[], wait interval default null)
	returns table(key text, value text) :writer;
comment on function cache.brpop_many is
	'rpop from the first list that is not empty, waiting; no row at timeout. O(keys).';

create function cache.brpop_many_bytes(keys text[], wait interval default null)
	returns table(key text, value bytea) :writer;
comment on function cache.brpop_many_bytes is
	'The same as brpop_many with bytes.';

create function cache.blmove(source text, destination text, wherefrom text default 'right',
		whereto text default 'left', wait interval default null)
	returns text :writer;
comment on function cache.blmove is
	'lmove, waiting for an element; NULL at timeout. O(1).';

create function cache.blmove_bytes(source text, destination text, wherefrom text default 'right',
		whereto text default 'left', wait interval default null)
	returns bytea :writer;
comment on function cache.blmove_bytes is
	'The same as blmove with bytes.';

create function cache.blmpop(keys text[], wherefrom text default 'left', max_count bigint default 1,
		wait interval default null)
	returns table(key text, value text) :writer;
comment on function cache.blmpop is
	'lmpop, waiting for an element; no row at timeout. O(keys + max_count).';

create function cache.blmpop_bytes(keys text[], wherefrom text default 'left', max_count bigint default 1,
		wait interval default null)
	returns table(key text, value bytea) :writer;
comment on function cache.blmpop_bytes is
	'The same as blmpop with bytes.';

--
-- Sets
--
create function cache.sadd(key text, member text) returns boolean :writer;
comment on function cache.sadd is
	'Add a member; false if it was there. O(1).';

create function cache.sadd_bytes(key text, member bytea) returns boolean :writer;
comment on function cache.sadd_bytes is
	'The same as sadd with bytes.';

create function cache.sadd_many(key text, members text[]) returns bigint :writer;
comment on function cache.sadd_many is
	'Add members; how many are new. O(members).';

create function cache.srem(key text, member text) returns boolean :writer;
comment on function cache.srem is
	'Remove a member; false if it was missing. O(1).';

create function cache.srem_bytes(key text, member bytea) returns boolean :writer;
comment on function cache.srem_bytes is
	'The same as srem with bytes.';

create function cache.srem_many(key text, members text[]) returns bigint :writer;
comment on function cache.srem_many is
	'Remove members; how many there were. O(members).';

create function cache.sismember(key text, member text) returns boolean :reader;
comment on function cache.sismember is
	'True if it is a member. O(1).';

create function cache.sismember_bytes(key text, member bytea) returns boolean :reader;
comment on function cache.sismember_bytes is
	'The same as sismember with bytes.';

create function cache.smismember(key text, members text[]) returns boolean[] :reader;
comment on function cache.smismember is
	'For each, whether it is a member. O(members).';

create function cache.smembers(key text) returns table(member text) :reader;
comment on function cache.smembers is
	'All members, in no order. O(members).';

create function cache.smembers_bytes(key text) returns table(member bytea) :reader;
comment on function cache.smembers_bytes is
	'The same as smembers with bytes.';

create function cache.scard(key text) returns bigint :reader;
comment on function cache.scard is
	'The number of members, 0 if missing. O(1).';

create function cache.spop(key text) returns text :writer;
comment on function cache.spop is
	'Remove a member at random and return it; NULL if missing. O(1).';

create function cache.spop_bytes(key text) returns bytea :writer;
comment on function cache.spop_bytes is
	'The same as spop with bytes.';

create function cache.spop_many(key text, max_count bigint) returns table(member text) :writer;
comment on function cache.spop_many is
	'Remove up to max_count random members and return them. O(max_count).';

create function cache.spop_many_bytes(key text, max_count bigint) returns table(member bytea) :writer;
comment on function cache.spop_many_bytes is
	'The same as spop_many with bytes.';

create function cache.srandmember(key text) returns text :reader;
comment on function cache.srandmember is
	'A member at random; NULL if missing. O(1).';

create function cache.srandmember_bytes(key text) returns bytea :reader;
comment on function cache.srandmember_bytes is
	'The same as srandmember with bytes.';

create function cache.srandmember_many(key text, max_count bigint) returns table(member text) :reader;
comment on function cache.srandmember_many is
	'Distinct random members; a negative max_count allows repetition. O(max_count).';

create function cache.srandmember_many_bytes(key text, max_count bigint) returns table(member bytea) :reader;
comment on function cache.srandmember_many_bytes is
	'The same as srandmember_many with bytes.';

create function cache.smove(source text, destination text, member text) returns boolean :writer;
comment on function cache.smove is
	'Move a member; false if it is not in source. O(1).';

create function cache.smove_bytes(source text, destination text, member bytea) returns boolean :writer;
comment on function cache.smove_bytes is
	'The same as smove with bytes.';

create function cache.sinter(keys text[]) returns table(member text) :reader;
comment on function cache.sinter is
	'The members of all the sets. O(smallest * keys).';

create function cache.sinter_bytes(keys text[]) returns table(member bytea) :reader;
comment on function cache.sinter_bytes is
	'The same as sinter with bytes.';

create function cache.sunion(keys text[]) returns table(member text) :reader;
comment on function cache.sunion is
	'The members of any of the sets. O(members).';

create function cache.sunion_bytes(keys text[]) returns table(member bytea) :reader;
comment on function cache.sunion_bytes is
	'The same as sunion with bytes.';

create function cache.sdiff(keys text[]) returns table(member text) :reader;
comment on function cache.sdiff is
	'The members of the first set and none of the others. O(members).';

create function cache.sdiff_bytes(keys text[]) returns table(member bytea) :reader;
comment on function cache.sdiff_bytes is
	'The same as sdiff with bytes.';

create function cache.sinterstore(destination text, keys text[]) returns bigint :writer;
comment on function cache.sinterstore is
	'Store the intersection; its size. O(smallest * keys).';

create function cache.sunionstore(destination text, keys text[]) returns bigint :writer;
comment on function cache.sunionstore is
	'Store the union; its size. O(members).';

create function cache.sdiffstore(destination text, keys text[]) returns bigint :writer;
comment on function cache.sdiffstore is
	'Store the difference; its size. O(members).';

create function cache.sintercard(keys text[], max_count bigint default null) returns bigint :reader;
comment on function cache.sintercard is
	'The size of the intersection, counting up to max_count. O(smallest * keys).';

create function cache.sscan(key text, cursor text default '0', pattern text default null,
		max_count bigint default 100, out cursor text, out members text[])
	:reader;
comment on function cache.sscan is
	'One row: about max_count members, and the cursor for the next call, 0 at the end. O(max_count).';

create function cache.sscan_bytes(key text, cursor text default '0', pattern bytea default null,
		max_count bigint default 100, out cursor text, out members bytea[])
	:reader;
comment on function cache.sscan_bytes is
	'The same as sscan with bytes.';

--
-- Sorted sets. Score bounds are numbers with flags (a '(1' is an error); lexical bounds are as in Redis: '[a', '(a',
-- '-', '+' (anything else is an error). min and max keep their meaning when descending.
--
create function cache.zadd(key text, score float8, member text, nx boolean default false,
		xx boolean default false, gt boolean default false, lt boolean default false, ch boolean default false)
	returns boolean :writer;
comment on function cache.zadd is
	'Add a member or change its score, subject to nx, xx, gt, lt; true if added, or with ch also if '
	'changed. O(log n).';

create function cache.zadd_bytes(key text, score float8, member bytea, nx boolean default false,
		xx boolean default false, gt boolean default false, lt boolean default false, ch boolean default false)
	returns boolean :writer;
comment on function cache.zadd_bytes is
	'The same as zadd with bytes.';

create function cache.zadd_many(key text, scores float8[], members text[], nx boolean default false,
		xx boolean default false, gt boolean default false, lt boolean default false, ch boolean default false)
	returns bigint :writer;
comment on function cache.zadd_many is
	'zadd for many at one moment; how many were added, or with ch also changed. O(members * log n).';

create function cache.zincrby(key text, increment float8, member text, nx boolean default false,
		xx boolean default false, gt boolean default false, lt boolean default false)
	returns float8 :writer;
comment on function cache.zincrby is
	'Add to a score, from 0 if missing; the new score, NULL if refused by nx, xx, gt or lt. O(log n).';

create function cache.zincrby_bytes(key text, increment float8, member bytea, nx boolean default false,
		xx boolean default false, gt boolean default false, lt boolean default false)
	returns float8 :writer;
comment on function cache.zincrby_bytes is
	'The same as zincrby with bytes.';

create function cache.zrem(key text, member text) returns boolean :writer;
comment on function cache.zrem is
	'Remove a member; false if it was missing. O(log n).';

create function cache.zrem_bytes(key text, member bytea) returns boolean :writer;
comment on function cache.zrem_bytes is
	'The same as zrem with bytes.';

create function cache.zrem_many(key text, members text[]) returns bigint :writer;
comment on function cache.zrem_many is
	'Remove members; how many there were. O(members * log n).';

create function cache.zscore(key text, member text) returns float8 :reader;
comment on function cache.zscore is
	'The score of a member; NULL if missing. O(1).';

create function cache.zscore_bytes(key text, member bytea) returns float8 :reader;
comment on function cache.zscore_bytes is
	'The same as zscore with bytes.';

create function cache.zmscore(key text, members text[]) returns float8[] :reader;
comment on function cache.zmscore is
	'The scores of the members, NULL where missing. O(members).';

create function cache.zcard(key text) returns bigint :reader;
comment on function cache.zcard is
	'The number of members, 0 if missing. O(1).';

create function cache.zcount(key text, min float8 default '-infinity', max float8 default 'infinity',
		min_exclusive boolean default false, max_exclusive boolean default false)
	returns bigint :reader;
comment on function cache.zcount is
	'How many have a score from min to max. O(log n).';

create function cache.zlexcount(key text, min text default '-', max text default '+') returns bigint :reader;
comment on function cache.zlexcount is
	'How many lie from min to max, all scores being equal. O(log n).';

create function cache.zlexcount_bytes(key text, min bytea default '-', max bytea default '+')
	returns bigint :reader;
comment on function cache.zlexcount_bytes is
	'The same as zlexcount with bytes.';

create function cache.zrank(key text, member text) returns bigint :reader;
comment on function cache.zrank is
	'The position of a member by rising score, from 0; NULL if missing. O(log n).';

create function cache.zrank_bytes(key text, member bytea) returns bigint :reader;
comment on function cache.zrank_bytes is
	'The same as zrank with bytes.';

create function cache.zrevrank(key text, member text) returns bigint :reader;
comment on function cache.zrevrank is
	'The position of a member by falling score, from 0; NULL if missing. O(log n).';

create function cache.zrevrank_bytes(key text, member bytea) returns bigint :reader;
comment on function cache.zrevrank_bytes is
	'The same as zrevrank with bytes.';

create function cache.zrank_withscore(key text, member text) returns table(rank bigint, score float8) :reader;
comment on function cache.zrank_withscore is
	'zrank and the score; no row if missing. O(log n).';

create function cache.zrank_withscore_bytes(key text, member bytea)
	returns table(rank bigint, score float8) :reader;
comment on function cache.zrank_withscore_bytes is
	'The same as zrank_withscore with bytes.';

create function cache.zrevrank_withscore(key text, member text)
	returns table(rank bigint, score float8) :reader;
comment on function cache.zrevrank_withscore is
	'zrevrank and the score; no row if missing. O(log n).';

create function cache.zrevrank_withscore_bytes(key text, member bytea)
	returns table(rank bigint, score float8) :reader;
comment on function cache.zrevrank_withscore_bytes is
	'The same as zrevrank_withscore with bytes.';

create function cache.zrange(key text, start bigint default 0, stop bigint default -1,
		descending boolean default false)
	returns table(member text, score float8) :reader;
comment on function cache.zrange is
	'The members at positions start to stop, in order. O(log n + members).';

create function cache.zrange_bytes(key text, start bigint default 0, stop bigint default -1,
		descending boolean default false)
	returns table(member bytea, score float8) :reader;
comment on function cache.zrange_bytes is
	'The same as zrange with bytes.';

create function cache.zrangebyscore(key text, min float8 default '-infinity', max float8 default 'infinity',
		min_exclusive boolean default false, max_exclusive boolean default false,
		descending boolean default false, skip bigint default 0, max_count bigint default null)
	returns table(member text, score float8) :reader;
comment on function cache.zrangebyscore is
	'The members with a score from min to max, in order, without the first skip. O(log n + members).';

create function cache.zrangebyscore_bytes(key text, min float8 default '-infinity',
		max float8 default 'infinity', min_exclusive boolean default false, max_exclusive boolean default false,
		descending boolean default false, skip bigint default 0, max_count bigint default null)
	returns table(member bytea, score float8) :reader;
comment on function cache.zrangebyscore_bytes is
	'The same as zrangebyscore with bytes.';

create function cache.zrangebylex(key text, min text default '-', max text default '+',
		descending boolean default false, skip bigint default 0, max_count bigint default null)
	returns table(member text, score float8) :reader;
comment on function cache.zrangebylex is
	'The members from min to max, all scores being equal, without the first skip. O(log n + members).';

create function cache.zrangebylex_bytes(key text, min bytea default '-', max bytea default '+',
		descending boolean default false, skip bigint default 0, max_count bigint default null)
	returns table(member bytea, score float8) :reader;
comment on function cache.zrangebylex_bytes is
	'The same as zrangebylex with bytes.';

create function cache.zrangestore(destination text, source text, start bigint default 0, stop bigint default -1,
		descending boolean default false)
	returns bigint :writer;
comment on function cache.zrangestore is
	'Store what zrange gives; how many. O(members * log n).';

create function cache.zrangestore_byscore(destination text, source text, min float8 default '-infinity',
		max float8 default 'infinity', min_exclusive boolean default false, max_exclusive boolean default false,
		descending boolean default false, skip bigint default 0, max_count bigint default null)
	returns bigint :writer;
comment on function cache.zrangestore_byscore is
	'Store what zrangebyscore gives; how many. O(members * log n).';

create function cache.zrangestore_bylex(destination text, source text, min text default '-',
		max text default '+', descending boolean default false, skip bigint default 0,
		max_count bigint default null)
	returns bigint :writer;
comment on function cache.zrangestore_bylex is
	'Store what zrangebylex gives; how many. O(members * log n).';

create function cache.zrangestore_bylex_bytes(destination text, source text, min bytea default '-',
		max bytea default '+', descending boolean default false, skip bigint default 0,
		max_count bigint default null)
	returns bigint :writer;
comment on function cache.zrangestore_bylex_bytes is
	'The same as zrangestore_bylex with bytes.';

create function cache.zpopmin(key text, max_count bigint default 1)
	returns table(member text, score float8) :writer;
comment on function cache.zpopmin is
	'Remove the members with the lowest scores and return them. O(max_count * log n).';

create function cache.zpopmin_bytes(key text, max_count bigint default 1)
	returns table(member bytea, score float8) :writer;
comment on function cache.zpopmin_bytes is
	'The same as zpopmin with bytes.';

create function cache.zpopmax(key text, max_count bigint default 1)
	returns table(member text, score float8) :writer;
comment on function cache.zpopmax is
	'Remove the members with the highest scores and return them. O(max_count * log n).';

create function cache.zpopmax_bytes(key text, max_count bigint default 1)
	returns table(member bytea, score float8) :writer;
comment on function cache.zpopmax_bytes is
	'The same as zpopmax with bytes.';

create function cache.zmpop(keys text[], descending boolean default false, max_count bigint default 1)
	returns table(key text, member text, score float8) :writer;
comment on function cache.zmpop is
	'Pop the lowest (descending: highest) from the first sorted set that is not empty. O(keys + max_count '
	'* log n).';

create function cache.zmpop_bytes(keys text[], descending boolean default false, max_count bigint default 1)
	returns table(key text, member bytea, score float8) :writer;
comment on function cache.zmpop_bytes is
	'The same as zmpop with bytes.';

create function cache.bzpopmin(key text, wait interval default null)
	returns table(member text, score float8) :writer;
comment on function cache.bzpopmin is
	'zpopmin of one, waiting; no row at timeout. O(log n).';

create function cache.bzpopmin_bytes(key text, wait interval default null)
	returns table(member bytea, score float8) :writer;
comment on function cache.bzpopmin_bytes is
	'The same as bzpopmin with bytes.';

create function cache.bzpopmax(key text, wait interval default null)
	returns table(member text, score float8) :writer;
comment on function cache.bzpopmax is
	'zpopmax of one, waiting; no row at timeout. O(log n).';

create function cache.bzpopmax_bytes(key text, wait interval default null)
	returns table(member bytea, score float8) :writer;
comment on function cache.bzpopmax_bytes is
	'The same as bzpopmax with bytes.';

create function cache.bzpopmin_many(keys text[], wait interval default null)
	returns table(key text, member text, score float8) :writer;
comment on function cache.bzpopmin_many is
	'zpopmin of one from the first that is not empty, waiting; no row at timeout. O(keys + log n).';

create function cache.bzpopmin_many_bytes(keys text[], wait interval default null)
	returns table(key text, member bytea, score float8) :writer;
comment on function cache.bzpopmin_many_bytes is
	'The same as bzpopmin_many with bytes.';

create function cache.bzpopmax_many(keys text[], wait interval default null)
	returns table(key text, member text, score float8) :writer;
comment on function cache.bzpopmax_many is
	'zpopmax of one from the first that is not empty, waiting; no row at timeout. O(keys + log n).';

create function cache.bzpopmax_many_bytes(keys text[], wait interval default null)
	returns table(key text, member bytea, score float8) :writer;
comment on function cache.bzpopmax_many_bytes is
	'The same as bzpopmax_many with bytes.';

create function cache.bzmpop(keys text[], descending boolean default false, max_count bigint default 1,
		wait interval default null)
	returns table(key text, member text, score float8) :writer;
comment on function cache.bzmpop is
	'zmpop, waiting; no row at timeout. O(keys + max_count * log n).';

create function cache.bzmpop_bytes(keys text[], descending boolean default false, max_count bigint default 1,
		wait interval default null)
	returns table(key text, member bytea, score float8) :writer;
comment on function cache.bzmpop_bytes is
	'The same as bzmpop with bytes.';

create function cache.zrandmember(key text) returns text :reader;
comment on function cache.zrandmember is
	'A member at random; NULL if missing. O(1).';

create function cache.zrandmember_bytes(key text) returns bytea :reader;
comment on function cache.zrandmember_bytes is
	'The same as zrandmember with bytes.';

create function cache.zrandmember_many(key text, max_count bigint)
	returns table(member text, score float8) :reader;
comment on function cache.zrandmember_many is
	'Distinct random members; a negative max_count allows repetition. O(max_count).';

create function cache.zrandmember_many_bytes(key text, max_count bigint)
	returns table(member bytea, score float8) :reader;
comment on function cache.zrandmember_many_bytes is
	'The same as zrandmember_many with bytes.';

create function cache.zunion(keys text[], weights float8[] default null, aggregate text default 'sum')
	returns table(member text, score float8) :reader;
comment on function cache.zunion is
	'The members of any; scores weighted, then sum, min or max. Keys may be sets. O(members * log n).';

create function cache.zunion_bytes(keys text[], weights float8[] default null, aggregate text default 'sum')
	returns table(member bytea, score float8) :reader;
comment on function cache.zunion_bytes is
	'The same as zunion with bytes.';

create function cache.zinter(keys text[], weights float8[] default null, aggregate text default 'sum')
	returns table(member text, score float8) :reader;
comment on function cache.zinter is
	'The members of all; scores weighted, then sum, min or max. Keys may be sets. O(smallest * keys).';

create function cache.zinter_bytes(keys text[], weights float8[] default null, aggregate text default 'sum')
	returns table(member bytea, score float8) :reader;
comment on function cache.zinter_bytes is
	'The same as zinter with bytes.';

create function cache.zdiff(keys text[]) returns table(member text, score float8) :reader;
comment on function cache.zdiff is
	'The members of the first and none of the others. O(members * log n).';

create function cache.zdiff_bytes(keys text[]) returns table(member bytea, score float8) :reader;
comment on function cache.zdiff_bytes is
	'The same as zdiff with bytes.';

create function cache.zunionstore(destination text, keys text[], weights float8[] default null,
		aggregate text default 'sum')
	returns bigint :writer;
comment on function cache.zunionstore is
	'Store the union; its size. O(members * log n).';

create function cache.zinterstore(destination text, keys text[], weights float8[] default null,
		aggregate text default 'sum')
	returns bigint :writer;
comment on function cache.zinterstore is
	'Store the intersection; its size. O(smallest * keys).';

create function cache.zdiffstore(destination text, keys text[]) returns bigint :writer;
comment on function cache.zdiffstore is
	'Store the difference; its size. O(members * log n).';

create function cache.zintercard(keys text[], max_count bigint default null) returns bigint :reader;
comment on function cache.zintercard is
	'The size of the intersection, counting up to max_count. O(smallest * keys).';

create function cache.zremrangebyrank(key text, start bigint, stop bigint) returns bigint :writer;
comment on function cache.zremrangebyrank is
	'Remove the members at positions start to stop; how many. O(log n + members).';

create function cache.zremrangebyscore(key text, min float8, max float8, min_exclusive boolean default false,
		max_exclusive boolean default false)
	returns bigint :writer;
comment on function cache.zremrangebyscore is
	'Remove the members with a score from min to max; how many. O(log n + members).';

create function cache.zremrangebylex(key text, min text, max text) returns bigint :writer;
comment on function cache.zremrangebylex is
	'Remove the members from min to max, all scores being equal; how many. O(log n + members).';

create function cache.zremrangebylex_bytes(key text, min bytea, max bytea) returns bigint :writer;
comment on function cache.zremrangebylex_bytes is
	'The same as zremrangebylex with bytes.';

create function cache.zscan(key text, cursor text default '0', pattern text default null,
		max_count bigint default 100, out cursor text, out members text[], out scores float8[])
	:reader;
comment on function cache.zscan is
	'One row: about max_count members with scores, and the cursor for the next call, 0 at the end. O(max_count).';

create function cache.zscan_bytes(key text, cursor text default '0', pattern bytea default null,
		max_count bigint default 100, out cursor text, out members bytea[], out scores float8[])
	:reader;
comment on function cache.zscan_bytes is
	'The same as zscan with bytes.';

--
-- Geo: a sorted set. Members are text; units m, km, mi, ft.
--
create function cache.geoadd(key text, longitude float8, latitude float8, member text, nx boolean default false,
		xx boolean default false, ch boolean default false)
	returns boolean :writer;
comment on function cache.geoadd is
	'Add a place or move it; true if added, or with ch also if moved. O(log n).';

create function cache.geoadd_many(key text, longitudes float8[], latitudes float8[], members text[],
		nx boolean default false, xx boolean default false, ch boolean default false)
	returns bigint :writer;
comment on function cache.geoadd_many is
	'geoadd for many at one moment; how many were added, or with ch also moved. O(members * log n).';

create function cache.geopos(key text, member text) returns table(longitude float8, latitude float8) :reader;
comment on function cache.geopos is
	'Where a place is; no row if missing. O(1).';

create function cache.geopos_many(key text, members text[])
	returns table(member text, longitude float8, latitude float8) :reader;
comment on function cache.geopos_many is
	'Where the places are, NULL where missing, in the order of members. O(members).';

create function cache.geodist(key text, member1 text, member2 text, unit text default 'm')
	returns float8 :reader;
comment on function cache.geodist is
	'The distance of two places; NULL if one is missing. O(1).';

create function cache.geohash(key text, member text) returns text :reader;
comment on function cache.geohash is
	'The geohash of a place, 11 characters; NULL if missing. O(1).';

create function cache.geohash_many(key text, members text[]) returns text[] :reader;
comment on function cache.geohash_many is
	'The geohashes of the places, NULL where missing. O(members).';

create function cache.geosearch(key text, from_member text default null, longitude float8 default null,
		latitude float8 default null, radius float8 default null, width float8 default null,
		height float8 default null, unit text default 'm', descending boolean default false,
		max_count bigint default null, first_found boolean default false)
	returns table(member text, distance float8, longitude float8, latitude float8) :reader;
comment on function cache.geosearch is
	'Places within radius, or width by height, of a member or point, nearest first (descending: '
	'farthest); first_found stops at max_count unsorted. O(n in the area).';

create function cache.geosearchstore(destination text, source text, from_member text default null,
		longitude float8 default null, latitude float8 default null, radius float8 default null,
		width float8 default null, height float8 default null, unit text default 'm',
		descending boolean default false, max_count bigint default null, first_found boolean default false,
		storedist boolean default false)
	returns bigint :writer;
comment on function cache.geosearchstore is
	'Store what geosearch gives, with distances as scores if storedist; how many. O(n in the area).';

--
-- Streams. Fields are a json object; the _bytes forms keep their order, repetitions and bytes in two aligned arrays.
-- group_name is the consumer group. Ids as in Redis: '5-1', '5', '-', '+', '*', '$', '>', '(5-1'.
--
create function cache.xadd(key text, fields jsonb, id text default '*', nomkstream boolean default false,
		maxlen bigint default null, minid text default null, approximate boolean default false,
		max_count bigint default null)
	returns text :writer;
comment on function cache.xadd is
	'Append an entry, then trim to maxlen or minid, removing at most max_count; its id, NULL if '
	'nomkstream and missing. O(1).';

create function cache.xadd_bytes(key text, fields bytea[], vals bytea[], id text default '*',
		nomkstream boolean default false, maxlen bigint default null, minid text default null,
		approximate boolean default false, max_count bigint default null)
	returns bytea :writer;
comment on function cache.xadd_bytes is
	'The same as xadd with bytes.';

create function cache.xlen(key text) returns bigint :reader;
comment on function cache.xlen is
	'The number of entries, 0 if missing. O(1).';

create function cache.xrange(key text, start text default '-', stop text default '+',
		max_count bigint default null)
	returns table(id text, fields jsonb) :reader;
comment on function cache.xrange is
	'The entries from start to stop, oldest first. O(log n + entries).';

create function cache.xrange_bytes(key text, start text default '-', stop text default '+',
		max_count bigint default null)
	returns table(id text, fields bytea[], vals bytea[]) :reader;
comment on function cache.xrange_bytes is
	'The same as xrange with bytes.';

create function cache.xrevrange(key text, start text default '+', stop text default '-',
		max_count bigint default null)
	returns table(id text, fields jsonb) :reader;
comment on function cache.xrevrange is
	'The entries from start down to stop, newest first. O(log n + entries).';

create function cache.xrevrange_bytes(key text, start text default '+', stop text default '-',
		max_count bigint default null)
	returns table(id text, fields bytea[], vals bytea[]) :reader;
comment on function cache.xrevrange_bytes is
	'The same as xrevrange with bytes.';

create function cache.xread(key text, id text, max_count bigint default null, wait interval default '0')
	returns table(id text, fields jsonb) :writer;
comment on function cache.xread is
	'The entries after id ($: after now), waiting for one if told. O(entries).';

create function cache.xread_bytes(key text, id text, max_count bigint default null, wait interval default '0')
	returns table(id text, fields bytea[], vals bytea[]) :writer;
comment on function cache.xread_bytes is
	'The same as xread with bytes.';

create function cache.xread_many(keys text[], ids text[], max_count bigint default null,
		wait interval default '0')
	returns table(key text, id text, fields jsonb) :writer;
comment on function cache.xread_many is
	'The entries of each stream after its id, waiting for one if told. O(entries).';

create function cache.xread_many_bytes(keys text[], ids text[], max_count bigint default null,
		wait interval default '0')
	returns table(key text, id text, fields bytea[], vals bytea[]) :writer;
comment on function cache.xread_many_bytes is
	'The same as xread_many with bytes.';

create function cache.xdel(key text, id text) returns boolean :writer;
comment on function cache.xdel is
	'Delete an entry; false if missing. O(1).';

create function cache.xdel_many(key text, ids text[]) returns bigint :writer;
comment on function cache.xdel_many is
	'Delete entries; how many there were. O(ids).';

create function cache.xtrim(key text, maxlen bigint default null, minid text default null,
		approximate boolean default false, max_count bigint default null)
	returns bigint :writer;
comment on function cache.xtrim is
	'Remove the oldest entries down to maxlen or minid, at most max_count; how many. O(removed).';

create function cache.xgroup_create(key text, group_name text, id text default '$',
		mkstream boolean default false, entries_read bigint default null)
	returns boolean :writer;
comment on function cache.xgroup_create is
	'Create a consumer group that reads on from id; false if it exists. Warns in a namespace that evicts. O(1).';

create function cache.xgroup_setid(key text, group_name text, id text, entries_read bigint default null)
	returns boolean :writer;
comment on function cache.xgroup_setid is
	'Set where a group reads on; false if missing. O(1).';

create function cache.xgroup_destroy(key text, group_name text) returns boolean :writer;
comment on function cache.xgroup_destroy is
	'Drop a group and its pending entries; false if missing. O(pending).';

create function cache.xgroup_createconsumer(key text, group_name text, consumer text) returns boolean :writer;
comment on function cache.xgroup_createconsumer is
	'Create a consumer; false if it exists. O(1).';

create function cache.xgroup_delconsumer(key text, group_name text, consumer text) returns bigint :writer;
comment on function cache.xgroup_delconsumer is
	'Drop a consumer; how many entries were pending for it. O(pending).';

create function cache.xreadgroup(key text, group_name text, consumer text, id text default '>',
		max_count bigint default null, wait interval default '0', noack boolean default false)
	returns table(id text, fields jsonb) :writer;
comment on function cache.xreadgroup is
	'New entries for a consumer (>), or its pending ones after id; waiting for one if told. O(entries).';

create function cache.xreadgroup_bytes(key text, group_name text, consumer text, id text default '>',
		max_count bigint default null, wait interval default '0', noack boolean default false)
	returns table(id text, fields bytea[], vals bytea[]) :writer;
comment on function cache.xreadgroup_bytes is
	'The same as xreadgroup with bytes.';

create function cache.xreadgroup_many(keys text[], group_name text, consumer text, ids text[] default null,
		max_count bigint default null, wait interval default '0', noack boolean default false)
	returns table(key text, id text, fields jsonb) :writer;
comment on function cache.xreadgroup_many is
	'xreadgroup on several streams; ids NULL means > for each. O(entries).';

create function cache.xreadgroup_many_bytes(keys text[], group_name text, consumer text,
		ids text[] default null, max_count bigint default null, wait interval default '0',
		noack boolean default false)
	returns table(key text, id text, fields bytea[], vals bytea[]) :writer;
comment on function cache.xreadgroup_many_bytes is
	'The same as xreadgroup_many with bytes.';

create function cache.xack(key text, group_name text, id text) returns boolean :writer;
comment on function cache.xack is
	'Mark an entry as done; false if it was not pending. O(1).';

create function cache.xack_many(key text, group_name text, ids text[]) returns bigint :writer;
comment on function cache.xack_many is
	'Mark entries as done; how many were pending. O(ids).';

create function cache.xpending(key text, group_name text, out pending bigint, out min_id text, out max_id text,
		out consumers jsonb)
	:reader;
comment on function cache.xpending is
	'One row: how much is pending, its lowest and highest id, and the count by consumer. O(consumers).';

create function cache.xpending_range(key text, group_name text, start text default '-', stop text default '+',
		max_count bigint default 100, consumer text default null, min_idle interval default null)
	returns table(id text, consumer text, idle interval, deliveries bigint) :reader;
comment on function cache.xpending_range is
	'The pending entries from start to stop, at most max_count. O(entries).';

create function cache.xclaim(key text, group_name text, consumer text, min_idle interval, ids text[],
		idle interval default null, delivered_at timestamptz default null, retrycount bigint default null,
		force boolean default false, lastid text default null, justid boolean default false)
	returns table(id text, fields jsonb) :writer;
comment on function cache.xclaim is
	'Make pending entries that are idle for min_idle a consumer''s own; fields are NULL with justid. O(ids).';

create function cache.xclaim_bytes(key text, group_name text, consumer text, min_idle interval, ids text[],
		idle interval default null, delivered_at timestamptz default null, retrycount bigint default null,
		force boolean default false, lastid text default null, justid boolean default false)
	returns table(id text, fields bytea[], vals bytea[]) :writer;
comment on function cache.xclaim_bytes is
	'The same as xclaim with bytes.';

create function cache.xautoclaim(key text, group_name text, consumer text, min_idle interval,
		start text default '0-0', max_count bigint default 100, justid boolean default false, out cursor text,
		out ids text[], out fields jsonb[], out deleted_ids text[])
	:writer;
comment on function cache.xautoclaim is
	'One row: claim up to max_count idle entries from start on; the cursor for the next call, 0-0 at the '
	'end. O(max_count).';

create function cache.xinfo_stream(key text)
	returns table(length bigint, groups bigint, entries_added bigint, last_generated_id text,
		max_deleted_entry_id text, recorded_first_entry_id text, first_id text, last_id text) :reader;
comment on function cache.xinfo_stream is
	'What a stream holds; no row if missing. O(1).';

create function cache.xinfo_groups(key text)
	returns table(name text, consumers bigint, pending bigint, last_delivered_id text, entries_read bigint,
		lag bigint) :reader;
comment on function cache.xinfo_groups is
	'The groups of a stream. O(groups).';

create function cache.xinfo_consumers(key text, group_name text)
	returns table(name text, pending bigint, idle interval, inactive interval) :reader;
comment on function cache.xinfo_consumers is
	'The consumers of a group. O(consumers).';

create function cache.xsetid(key text, last_id text, entries_added bigint default null,
		max_deleted_id text default null)
	returns boolean :writer;
comment on function cache.xsetid is
	'Set the last id of a stream; false if missing. O(1).';

--
-- HyperLogLog. An element counts by its bytes; hll_agg takes the text form, so that both agree. A sketch is a bytea that
-- dumps and merges. PL/pgSQL knows no internal arguments: the bodies of functions that have one are internal_in,
-- which only raises.
--
create function cache.pfadd(key text, element text) returns boolean :writer;
comment on function cache.pfadd is
	'Count an element; true if the estimate changed. O(1).';

create function cache.pfadd_bytes(key text, element bytea) returns boolean :writer;
comment on function cache.pfadd_bytes is
	'The same as pfadd with bytes.';

create function cache.pfadd_many(key text, elements text[]) returns boolean :writer;
comment on function cache.pfadd_many is
	'Count elements; true if the estimate changed. O(elements).';

create function cache.pfcount(key text) returns bigint :reader;
comment on function cache.pfcount is
	'About how many distinct elements were counted, 0 if missing. O(1) after the first.';

create function cache.pfcount_many(keys text[]) returns bigint :reader;
comment on function cache.pfcount_many is
	'About how many distinct elements were counted by any of the keys. O(keys).';

create function cache.pfmerge(destination text, sources text[]) returns boolean :writer;
comment on function cache.pfmerge is
	'Merge sketches into destination; true if the estimate changed. O(sources).';

create function cache.pfsketch(key text) returns bytea :reader;
comment on function cache.pfsketch is
	'The sketch itself, NULL if missing. O(1).';

create function cache.pfmerge_sketch(key text, sketch bytea) returns boolean :writer;
comment on function cache.pfmerge_sketch is
	'Merge a sketch, as from hll_agg, into a key; true if the estimate changed. O(1).';

create function cache.hll_count(sketch bytea) returns bigint :pure;
comment on function cache.hll_count is
	'About how many distinct elements a sketch counted; NULL for NULL. O(1).';

create function cache.hll_agg_transfn(state internal, value anyelement) returns internal
	language internal immutable parallel safe as 'internal_in';
comment on function cache.hll_agg_transfn is 'Add a value to the state of hll_agg.';

create function cache.hll_agg_combinefn(state internal, other internal) returns internal
	language internal immutable parallel safe as 'internal_in';
comment on function cache.hll_agg_combinefn is 'Merge two states of hll_agg.';

create function cache.hll_agg_serialfn(state internal) returns bytea
	language internal immutable strict parallel safe as 'internal_in';
comment on function cache.hll_agg_serialfn is 'The state of hll_agg, for a parallel worker''s leader.';

create function cache.hll_agg_deserialfn(serialized bytea, state internal) returns internal
	language internal immutable strict parallel safe as 'internal_in';
comment on function cache.hll_agg_deserialfn is 'The state of hll_agg, from a parallel worker.';

create function cache.hll_agg_finalfn(state internal) returns bytea
	language internal immutable parallel safe as 'internal_in';
comment on function cache.hll_agg_finalfn is 'The sketch of hll_agg.';

create function cache.hll_union_agg_transfn(state internal, sketch bytea) returns internal
	language internal immutable parallel safe as 'internal_in';
comment on function cache.hll_union_agg_transfn is 'Merge a sketch into the state of hll_union_agg.';

create aggregate cache.hll_agg(value anyelement) (sfunc = cache.hll_agg_transfn, stype = internal,
	combinefunc = cache.hll_agg_combinefn, serialfunc = cache.hll_agg_serialfn,
	deserialfunc = cache.hll_agg_deserialfn, finalfunc = cache.hll_agg_finalfn, parallel = safe);
comment on aggregate cache.hll_agg(anyelement) is
	'The sketch of the distinct text forms of its values; NULLs are ignored.';

create aggregate cache.hll_union_agg(sketch bytea) (sfunc = cache.hll_union_agg_transfn, stype = internal,
	combinefunc = cache.hll_agg_combinefn, serialfunc = cache.hll_agg_serialfn,
	deserialfunc = cache.hll_agg_deserialfn, finalfunc = cache.hll_agg_finalfn, parallel = safe);
comment on aggregate cache.hll_union_agg(bytea) is
	'The union of sketches; NULLs are ignored.';

--
-- Bitmaps: bits are integers 0 and 1, as in get_bit. Offsets count bits from 0; ranges count bytes, or bits with
-- unit 'bit'.
--
create function cache.setbit(key text, bit_offset bigint, value integer) returns integer :writer;
comment on function cache.setbit is
	'Set a bit, growing the string; the old bit. O(1) or the growth.';

create function cache.getbit(key text, bit_offset bigint) returns integer :reader;
comment on function cache.getbit is
	'A bit, 0 if outside or missing. O(1).';

create function cache.bitcount(key text, start bigint default 0, stop bigint default -1,
		unit text default 'byte')
	returns bigint :reader;
comment on function cache.bitcount is
	'How many bits are 1 from start to stop. O(bytes).';

create function cache.bitpos(key text, value integer, start bigint default 0, stop bigint default null,
		unit text default 'byte')
	returns bigint :reader;
comment on function cache.bitpos is
	'The first bit with this value from start to stop; NULL if none. O(bytes).';

create function cache.bitop(operation text, destination text, keys text[]) returns bigint :writer;
comment on function cache.bitop is
	'Store and, or, xor or not of strings; the length in bytes. O(bytes).';

create function cache.bitfield_get(key text, encoding text, bit_offset bigint) returns bigint :reader;
comment on function cache.bitfield_get is
	'An integer of the string; encoding as in Redis: u8, i16 and so on. O(1).';

create function cache.bitfield_set(key text, encoding text, bit_offset bigint, value bigint,
		overflow text default 'wrap')
	returns bigint :writer;
comment on function cache.bitfield_set is
	'Set an integer of the string; the old one, NULL if overflow is fail and it would. O(1).';

create function cache.bitfield_incrby(key text, encoding text, bit_offset bigint, increment bigint,
		overflow text default 'wrap')
	returns bigint :writer;
comment on function cache.bitfield_incrby is
	'Add to an integer of the string; the new one, NULL if overflow (wrap, sat, fail) is fail and it would. O(1).';

create function cache.bitfield(key text, operations text[]) returns bigint[] :writer;
comment on function cache.bitfield is
	'BITFIELD''s own words, one an element, as one atomic step: array[''incrby'', ''u8'', ''#1'', ''5'']; '
	'a result for each. O(operations).';

--
-- Bloom filters
--
create function cache.bf_reserve(key text, error_rate float8, capacity bigint, expansion bigint default 2)
	returns boolean :writer;
comment on function cache.bf_reserve is
	'Create a filter that grows by expansion (0: not at all); false if the key exists. O(capacity).';

create function cache.bf_add(key text, item text) returns boolean :writer;
comment on function cache.bf_add is
	'Add an item, creating a filter of 0.01 and 1000 if missing; false if it may have been there. O(1).';

create function cache.bf_add_bytes(key text, item bytea) returns boolean :writer;
comment on function cache.bf_add_bytes is
	'The same as bf_add with bytes.';

create function cache.bf_add_many(key text, items text[]) returns boolean[] :writer;
comment on function cache.bf_add_many is
	'bf_add for each of the items. O(items).';

create function cache.bf_exists(key text, item text) returns boolean :reader;
comment on function cache.bf_exists is
	'False if the item was surely never added. O(1).';

create function cache.bf_exists_bytes(key text, item bytea) returns boolean :reader;
comment on function cache.bf_exists_bytes is
	'The same as bf_exists with bytes.';

create function cache.bf_exists_many(key text, items text[]) returns boolean[] :reader;
comment on function cache.bf_exists_many is
	'bf_exists for each of the items. O(items).';

create function cache.bf_card(key text) returns bigint :reader;
comment on function cache.bf_card is
	'How many items were added, 0 if missing. O(1).';

create function cache.bf_info(key text)
	returns table(capacity bigint, bytes bigint, filters bigint, items bigint, expansion bigint,
		error_rate float8) :reader;
comment on function cache.bf_info is
	'What a filter is; no row if missing. O(1).';

create function cache.bf_load(key text, filter bytea) returns boolean :writer;
comment on function cache.bf_load is
	'Make a key of a filter, as from bf_agg, replacing it; true. O(bytes).';

create function cache.bf_test(filter bytea, item text) returns boolean :pure;
comment on function cache.bf_test is
	'bf_exists on a filter, as from bf_agg. O(1).';

create function cache.bf_agg_transfn(state internal, value anyelement, error_rate float8, capacity bigint) returns internal
	language internal immutable parallel safe as 'internal_in';
comment on function cache.bf_agg_transfn is 'Add a value to the state of bf_agg.';

create function cache.bf_agg_combinefn(state internal, other internal) returns internal
	language internal immutable parallel safe as 'internal_in';
comment on function cache.bf_agg_combinefn is 'Merge two states of bf_agg.';

create function cache.bf_agg_serialfn(state internal) returns bytea
	language internal immutable strict parallel safe as 'internal_in';
comment on function cache.bf_agg_serialfn is 'The state of bf_agg, for a parallel worker''s leader.';

create function cache.bf_agg_deserialfn(serialized bytea, state internal) returns internal
	language internal immutable strict parallel safe as 'internal_in';
comment on function cache.bf_agg_deserialfn is 'The state of bf_agg, from a parallel worker.';

create function cache.bf_agg_finalfn(state internal) returns bytea
	language internal immutable parallel safe as 'internal_in';
comment on function cache.bf_agg_finalfn is 'The filter of bf_agg.';

create aggregate cache.bf_agg(value anyelement, error_rate float8, capacity bigint) (
	sfunc = cache.bf_agg_transfn, stype = internal, combinefunc = cache.bf_agg_combinefn,
	serialfunc = cache.bf_agg_serialfn, deserialfunc = cache.bf_agg_deserialfn,
	finalfunc = cache.bf_agg_finalfn, parallel = safe);
comment on aggregate cache.bf_agg(anyelement, float8, bigint) is
	'A Bloom filter of the text forms of its values; NULLs are ignored.';

--
-- Publish and subscribe. subscriber NULL is this session's own, freed at disconnect; a named one lives until it is idle
-- for idle_timeout. A full buffer drops the oldest message and counts it.
--
create function cache.publish(channel text, message text) returns bigint :writer;
comment on function cache.publish is
	'Send a message at once; how many subscribers get it. O(subscribers).';

create function cache.publish_bytes(channel text, message bytea) returns bigint :writer;
comment on function cache.publish_bytes is
	'The same as publish with bytes.';

create function cache.subscribe(channel text, subscriber text default null, idle_timeout interval default null,
		buffer_size text default null)
	returns boolean :writer;
comment on function cache.subscribe is
	'Listen to a channel; false if already. O(1).';

create function cache.psubscribe(pattern text, subscriber text default null, idle_timeout interval default null,
		buffer_size text default null)
	returns boolean :writer;
comment on function cache.psubscribe is
	'Listen to the channels that match; false if already. O(1).';

create function cache.unsubscribe(channel text default null, subscriber text default null)
	returns bigint :writer;
comment on function cache.unsubscribe is
	'Listen to a channel, or to any, no more; how many it were. O(1).';

create function cache.punsubscribe(pattern text default null, subscriber text default null)
	returns bigint :writer;
comment on function cache.punsubscribe is
	'Listen to a pattern, or to any, no more; how many it were. O(1).';

create function cache.messages(wait interval default '0', max_count bigint default 100,
		subscriber text default null)
	returns table(channel text, pattern text, message text, published_at timestamptz) :writer;
comment on function cache.messages is
	'Take the messages that have come, waiting for one if told. O(messages).';

create function cache.messages_bytes(wait interval default '0', max_count bigint default 100,
		subscriber text default null)
	returns table(channel text, pattern text, message bytea, published_at timestamptz) :writer;
comment on function cache.messages_bytes is
	'The same as messages with bytes.';

create function cache.channels(pattern text default '*')
	returns table(channel text, subscribers bigint) :reader;
comment on function cache.channels is
	'The channels that someone listens to by name. O(channels).';

create function cache.numsub(channel text) returns bigint :reader;
comment on function cache.numsub is
	'How many listen to a channel by name. O(1).';

create function cache.numsub_many(channels text[]) returns bigint[] :reader;
comment on function cache.numsub_many is
	'How many listen to each of the channels by name. O(channels).';

create function cache.numpat() returns bigint :reader;
comment on function cache.numpat is
	'How many patterns are listened to. O(1).';

create function cache.subscribers()
	returns table(name text, pid integer, channels bigint, patterns bigint, buffered bigint, dropped bigint,
		idle interval) :reader;
comment on function cache.subscribers is
	'Who listens, and how many messages wait and were dropped; pid of session subscribers.';

create view cache.subscribers as select * from cache.subscribers();
comment on view cache.subscribers is
	'Who listens, and how many messages wait and were dropped; pid of session subscribers.';

revoke execute on function cache.subscribers from public;
grant execute on function cache.subscribers to pg_monitor;
revoke all on cache.subscribers from public;
grant select on cache.subscribers to pg_monitor;
\endif

-- ==========================================================================================================
-- 4. Coherence
-- ==========================================================================================================
\if :with_4

--
-- Attached tables. relation takes 'products' or 'shop.products'. write is none, around, through (and back, with
-- durability). tags are templates over columns: array['author:{author_id}'].
--
create function cache.attach(relation regclass, namespace text default null, key_name text default null,
		tags text[] default '{}', write text default 'around', ttl interval default null,
		missing_ok boolean default false)
	returns text :writer;
comment on function cache.attach is
	'Let changes of a table invalidate at commit, and make its namespace with a loader (the row as jsonb) '
	'and, if it writes, a writer; the namespace''s name.';

create function cache.detach(relation regclass, missing_ok boolean default false) returns boolean :writer;
comment on function cache.detach is
	'Undo attach, its namespace included; false if it was not attached and missing_ok.';

create function cache.attached()
	returns table(relation regclass, namespace text, key_name text, key_columns text[], tags text[],
		write text, leaves bigint, intact boolean) :reader;
comment on function cache.attached is
	'The attached tables; intact is false while a trigger is missing or not enabled, and reads bypass.';

create view cache.attached as select * from cache.attached();
comment on view cache.attached is
	'The attached tables; intact is false while a trigger is missing or not enabled, and reads bypass.';

create function cache.row_changed() returns trigger :writer;
comment on function cache.row_changed is 'Row trigger of an attached table: invalidates the tags of the old and new row.';

create function cache.table_changed() returns trigger :writer;
comment on function cache.table_changed is 'Statement trigger of an attached table: invalidates its own tags.';

create function cache.ddl_started() returns event_trigger :writer;
comment on function cache.ddl_started is 'Event trigger: invalidates what a DDL command is about to change.';

create function cache.ddl_ended() returns event_trigger :writer;
comment on function cache.ddl_ended is 'Event trigger: invalidates what a DDL command changed, and keeps triggers on new partitions.';

create function cache.objects_dropped() returns event_trigger :writer;
comment on function cache.objects_dropped is 'Event trigger: invalidates what was dropped.';

--
-- Invalidation: at commit, immediate (not undone by ROLLBACK), or soft (stale values may be served while refreshed).
--
create function cache.invalidate(tag text, immediate boolean default false, soft boolean default false)
	returns void :writer;
comment on function cache.invalidate is
	'Void every value that depends on a tag, at commit. O(1).';

create function cache.invalidate_many(tags text[], immediate boolean default false, soft boolean default false)
	returns void :writer;
comment on function cache.invalidate_many is
	'Void every value that depends on any of the tags, at commit. O(tags).';

create function cache.invalidate_namespace(namespace text, immediate boolean default false,
		soft boolean default false)
	returns void :writer;
comment on function cache.invalidate_namespace is
	'Void every tagged value of a namespace, at commit. O(1).';

create function cache.invalidate_pattern(pattern text, cursor text default '0', max_count bigint default 1000,
		out cursor text, out invalidated bigint)
	:writer;
comment on function cache.invalidate_pattern is
	'One row: void the matching among about max_count keys at once; the cursor for the next call, 0 at '
	'the end. O(max_count).';

create function cache.invalidations(since bigint default 0, max_count bigint default 1000,
		wait interval default '0')
	returns table(seq bigint, tag text, committed_at timestamptz) :writer;
comment on function cache.invalidations is
	'The feed of committed invalidations after a sequence number, waiting for one if told; error 55000 if '
	'the log no longer reaches back.';

--
-- Reading through. shared: one result for all roles. token: opaque, good once.
--
create function cache.row(row_type anyelement, parts text[]) returns anyelement :restricted;
comment on function cache.row is
	'The row of an attached table by its key parts: row(null::products, array[''42'']); NULL if missing.';

create function cache.fetch(key text, query text, args text[] default '{}', ttl interval default null,
		ex float8 default null, tags text[] default '{}', shared boolean default false)
	returns jsonb :restricted;
comment on function cache.fetch is
	'The result of a query as a json array of its rows, from the cache while what it read is unchanged. '
	'Unattached tables need a ttl.';

create function cache.fetch_rows(row_type anyelement, key text, query text, args text[] default '{}',
		ttl interval default null, ex float8 default null, tags text[] default '{}',
		shared boolean default false)
	returns setof anyelement :restricted;
comment on function cache.fetch_rows is
	'fetch as rows of a type: fetch_rows(null::products, ''top'', ''select …'').';

create function cache.lease(key text, tags text[] default '{}', wait interval default '0', out found boolean,
		out value text, out token text)
	:writer;
comment on function cache.lease is
	'One row: the value, or a token to compute it under and to publish it with set(…, lease => token); '
	'token NULL if none may be granted.';

create function cache.lease_bytes(key text, tags text[] default '{}', wait interval default '0',
		out found boolean, out value bytea, out token text)
	:writer;
comment on function cache.lease_bytes is
	'The same as lease with bytes.';

--
-- Transactions
--
create function cache.key_version(key text) returns bigint :reader;
comment on function cache.key_version is
	'The version of a key, for expect; 0 if missing. O(1).';

create function cache.expect(key text, version bigint default null) returns bigint :writer;
comment on function cache.expect is
	'Let this transaction fail at commit (40001) if the key''s version is no longer this (NULL: the '
	'present one); the version. O(1).';

create function cache.version(name text) returns bigint :reader;
comment on function cache.version is
	'The generation of a family of keys, to be made part of them; 1 at first. O(1).';

create function cache.bump(name text) returns bigint :writer;
comment on function cache.bump is
	'Raise the generation of a family at commit, which voids its keys; the new one. O(1).';

--
-- Seeing that it holds
--
create function cache.verify(namespace text, sample float8 default 1)
	returns table(key text, cached text, computed text) :writer;
comment on function cache.verify is
	'Compute a sample of a namespace''s entries again in one snapshot; those that differ. O(entries).';

create function cache.rebuild_guard(namespace text) returns bigint :writer;
comment on function cache.rebuild_guard is
	'Build the Bloom filter of existing keys again from the attached table; how many keys. O(rows).';

create function cache.coherence() returns table(namespace text, event text, reason text, total bigint) :reader;
comment on function cache.coherence is
	'Counters by namespace: hit, miss, bypass and refused fill by reason, load, coalesced, stale served.';

create view cache.coherence as select * from cache.coherence();
comment on view cache.coherence is
	'Counters by namespace: hit, miss, bypass and refused fill by reason, load, coalesced, stale served.';

revoke execute on function cache.row_changed, cache.table_changed, cache.ddl_started, cache.ddl_ended,
	cache.objects_dropped, cache.verify, cache.rebuild_guard, cache.coherence, cache.invalidate_namespace,
	cache.invalidate_pattern from public;
grant execute on function cache.coherence to pg_monitor;
revoke all on cache.coherence from public;
grant select on cache.coherence to pg_monitor;

--
-- set takes a lease; namespaces take a loader, a writer and what goes with them.
--
drop function cache.set(text, text, interval, float8, timestamptz, boolean, boolean, boolean, text, boolean);
drop function cache.set(text, anynonarray, interval, float8, timestamptz, boolean, boolean, boolean, text, boolean);
drop function cache.set_bytes, cache.set_json, cache.create_namespace, cache.alter_namespace;

create function cache.set(key text, value text, ttl interval default null, ex float8 default null,
		at timestamptz default null, nx boolean default false, xx boolean default false,
		keepttl boolean default false, if_equals text default null, persist boolean default false,
		lease text default null)
	returns boolean :writer;
comment on function cache.set(text, text, interval, float8, timestamptz, boolean, boolean, boolean, text, boolean, text) is
	'Set a text value. True if set, false if nx, xx, if_equals or a void lease refused. NULL is cached as '
	'NULL. O(1).';

create function cache.set(key text, value anynonarray, ttl interval default null, ex float8 default null,
		at timestamptz default null, nx boolean default false, xx boolean default false,
		keepttl boolean default false, if_equals text default null, persist boolean default false,
		lease text default null)
	returns boolean :writer;
comment on function cache.set(text, anynonarray, interval, float8, timestamptz, boolean, boolean, boolean, text, boolean, text) is
	'Set a value to the text form of any scalar (bytea and jsonb as they are). True if set, false if nx, '
	'xx, if_equals or a void lease refused. Rows are an error. O(1).';

create function cache.set_bytes(key text, value bytea, ttl interval default null, ex float8 default null,
		at timestamptz default null, nx boolean default false, xx boolean default false,
		keepttl boolean default false, if_equals bytea default null, persist boolean default false,
		lease text default null)
	returns boolean :writer;
comment on function cache.set_bytes is
	'Set a binary value. True if set, false if nx, xx, if_equals or a void lease refused. O(1).';

create function cache.set_json(key text, value jsonb, ttl interval default null, ex float8 default null,
		at timestamptz default null, nx boolean default false, xx boolean default false,
		keepttl boolean default false, if_equals jsonb default null, persist boolean default false,
		lease text default null)
	returns boolean :writer;
comment on function cache.set_json is
	'Set a jsonb value, kept in binary form. True if set, false if nx, xx, if_equals or a void lease '
	'refused. O(1).';

create function cache.create_namespace(name text, quota text default null, reserve text default null,
		policy text default null, ttl interval default null, jitter float8 default null,
		if_not_exists boolean default false, loader text default null, writer text default null,
		remover text default null, write text default null, shared boolean default null,
		negative_ttl interval default null, beta float8 default null, max_loads bigint default null,
		stale_while_revalidate interval default null, stale_if_error interval default null,
		key_pattern text default null, guard boolean default null)
	returns boolean :writer;
comment on function cache.create_namespace is
	'Create a namespace for the keys that begin with name and a colon; those there are discarded, with a '
	'NOTICE. False if it exists and if_not_exists.';

create function cache.alter_namespace(name text, quota text default null, reserve text default null,
		policy text default null, ttl interval default null, jitter float8 default null,
		owner text default null, reset text[] default null, loader text default null, writer text default null,
		remover text default null, write text default null, shared boolean default null,
		negative_ttl interval default null, beta float8 default null, max_loads bigint default null,
		stale_while_revalidate interval default null, stale_if_error interval default null,
		key_pattern text default null, guard boolean default null)
	returns boolean :writer;
comment on function cache.alter_namespace is
	'Change options of a namespace at commit; reset names options that go back to their defaults. True.';

\endif

-- ==========================================================================================================
-- 5. Durability
-- ==========================================================================================================
\if :with_5

--
-- Write-back
--
create function cache.write_now(namespace text default null, wait interval default null) returns bigint :writer;
comment on function cache.write_now is
	'Write unwritten values of a namespace, or of all, to the database now; how many. NULL at timeout.';

create function cache.wait_written(wait interval default null, namespace text default null)
	returns boolean :writer;
comment on function cache.wait_written is
	'Wait until what is unwritten now has been written; false at timeout.';

create function cache.write_back()
	returns table(namespace text, depth bigint, bytes bigint, oldest_age interval, rate float8, written bigint,
		retries bigint, conflicts bigint, dead bigint, last_error text, last_error_at timestamptz) :reader;
comment on function cache.write_back is
	'Unwritten values by namespace; rate in writes a second.';

create view cache.write_back as select * from cache.write_back();
comment on view cache.write_back is 'Unwritten values by namespace; rate in writes a second.';

create table cache.dead_letters (id bigint generated always as identity primary key, namespace text not null,
	key text not null, operation text not null, value bytea, attempts bigint not null, error text not null,
	failed_at timestamptz not null default now());
comment on table cache.dead_letters is 'Writes that the database refused for good; requeue tries again, DELETE gives up.';

create function cache.requeue(id bigint) returns boolean :writer;
comment on function cache.requeue is
	'Queue a dead letter again, unless a newer value is queued; false if there is none. O(1).';

create function cache.requeue_namespace(namespace text) returns bigint :writer;
comment on function cache.requeue_namespace is
	'Queue the dead letters of a namespace again; how many. O(letters).';

--
-- Files
--
create function cache.journal()
	returns table(namespace text, mode text, segments bigint, bytes bigint, last_sync_at timestamptz,
		last_compaction_at timestamptz, last_error text) :reader;
comment on function cache.journal is
	'The journal by namespace.';

create view cache.journal as select * from cache.journal();
comment on view cache.journal is 'The journal by namespace.';

create function cache.compact_journal() returns bigint :writer;
comment on function cache.compact_journal is
	'Rewrite the journal to what is needed; how many bytes were freed.';

create function cache.save(wait interval default null) returns boolean :writer;
comment on function cache.save is
	'Write the snapshot file; true once written, false at timeout (it goes on). wait ''0'' only starts it.';

create function cache.progress()
	returns table(operation text, namespace text, done bigint, total bigint, started_at timestamptz,
		finished_at timestamptz, last_error text) :reader;
comment on function cache.progress is
	'Saves, loads, replays, warm-ups and guard builds that run or ran last.';

create view cache.progress as select * from cache.progress();
comment on view cache.progress is 'Saves, loads, replays, warm-ups and guard builds that run or ran last.';

--
-- Warming and recording
--
create function cache.warm_up(namespace text default null, recording text default null) returns bigint :writer;
comment on function cache.warm_up is
	'Load the keys of a namespace''s warm-up query, hottest list, or of a recording; how many were queued.';

create function cache.swap_namespace(name text, other_name text) returns void :writer;
comment on function cache.swap_namespace is
	'Exchange the contents of two namespaces at commit. O(1).';

create function cache.start_recording(file_name text, sample float8 default 0.01, namespace text default null)
	returns boolean :writer;
comment on function cache.start_recording is
	'Record a sample of key accesses to a file of the server; false if one runs.';

create function cache.stop_recording() returns bigint :writer;
comment on function cache.stop_recording is
	'End the recording; how many accesses it holds, NULL if none ran.';

--
-- Sizing
--
create function cache.sizing(namespace text default null, out name text, out memory bigint,
		out hit_ratio float8)
	returns setof record :reader;
comment on function cache.sizing is
	'The hit ratio that each amount of memory would give, measured online.';

create view cache.sizing as select * from cache.sizing();
comment on view cache.sizing is 'The hit ratio that each amount of memory would give, measured online.';

create function cache.advise() returns table(namespace text, topic text, advice text) :reader;
comment on function cache.advise is
	'What to change, in words; no row if nothing.';

create function cache.metrics() returns text :reader;
comment on function cache.metrics is
	'All counters and gauges in Prometheus text form.';

revoke execute on function cache.write_now, cache.write_back, cache.requeue, cache.requeue_namespace,
	cache.journal, cache.compact_journal, cache.save, cache.progress, cache.warm_up, cache.start_recording,
	cache.stop_recording, cache.sizing, cache.advise, cache.metrics from public;
grant execute on function cache.write_back, cache.journal, cache.progress, cache.sizing, cache.advise,
	cache.metrics to pg_monitor;
revoke all on cache.write_back, cache.journal, cache.progress, cache.sizing, cache.dead_letters from public;
grant select on cache.write_back, cache.journal, cache.progress, cache.sizing to pg_monitor;

--
-- Namespaces take the write-back, journal and warm-up options; clear refuses unwritten values.
--
drop function cache.create_namespace, cache.alter_namespace, cache.clear, cache.clear_all;

create function cache.create_namespace(name text, quota text default null, reserve text default null,
		policy text default null, ttl interval default null, jitter float8 default null,
		if_not_exists boolean default false, loader text default null, writer text default null,
		remover text default null, write text default null, shared boolean default null,
		negative_ttl interval default null, beta float8 default null, max_loads bigint default null,
		stale_while_revalidate interval default null, stale_if_error interval default null,
		key_pattern text default null, guard boolean default null, max_dirty text default null,
		max_dirty_keys bigint default null, flush_interval interval default null,
		flush_batch bigint default null, on_conflict text default null, journal text default null,
		warm_keys bigint default null, warm_query text default null)
	returns boolean :writer;
comment on function cache.create_namespace is
	'Create a namespace for the keys that begin with name and a colon; those there are discarded, with a '
	'NOTICE. False if it exists and if_not_exists.';

create function cache.alter_namespace(name text, quota text default null, reserve text default null,
		policy text default null, ttl interval default null, jitter float8 default null,
		owner text default null, reset text[] default null, loader text default null, writer text default null,
		remover text default null, write text default null, shared boolean default null,
		negative_ttl interval default null, beta float8 default null, max_loads bigint default null,
		stale_while_revalidate interval default null, stale_if_error interval default null,
		key_pattern text default null, guard boolean default null, max_dirty text default null,
		max_dirty_keys bigint default null, flush_interval interval default null,
		flush_batch bigint default null, on_conflict text default null, journal text default null,
		warm_keys bigint default null, warm_query text default null)
	returns boolean :writer;
comment on function cache.alter_namespace is
	'Change options of a namespace at commit; reset names options that go back to their defaults. True.';

create function cache.clear(namespace text, discard_unwritten boolean default false) returns bigint :writer;
comment on function cache.clear is
	'Discard all keys of a namespace at once; how many there were. Error if any is unwritten, unless told. O(1).';

create function cache.clear_all(discard_unwritten boolean default false) returns bigint :writer;
comment on function cache.clear_all is
	'Discard all keys of this database at once; how many there were. Error if any is unwritten, unless '
	'told. O(1).';

revoke execute on function cache.clear, cache.clear_all from public;
\endif
