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
--    :reader   VOLATILE, PARALLEL SAFE, called on NULL input; changes no value
--    :writer   VOLATILE, PARALLEL UNSAFE, called on NULL input
--    :pure     IMMUTABLE STRICT PARALLEL SAFE; depends on its arguments only
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
	'Set a value to the text form of any scalar (bytea and jsonb as they are). True if set, false if nx, xx or if_equals refused. Rows are an error. O(1).';

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
	'The value as text; NULL if missing or a cached NULL. Error if the bytes are no valid text (use get_bytes). O(1).';

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
	'The value as text, and the key is deleted; NULL if missing. Nothing is deleted if the value cannot be returned. O(1).';

create function cache.getdel_bytes(key text) returns bytea :writer;
comment on function cache.getdel_bytes is
	'The value as bytes, and the key is deleted; NULL if missing. O(1).';

create function cache.getex(key text, ttl interval default null, ex float8 default null,
		at timestamptz default null, persist boolean default false)
	returns text :writer;
comment on function cache.getex is
	'The value as text, with a new time to live, or none with persist; without options only reads. NULL if missing. O(1).';

create function cache.getex_bytes(key text, ttl interval default null, ex float8 default null,
		at timestamptz default null, persist boolean default false)
	returns bytea :writer;
comment on function cache.getex_bytes is
	'The value as bytes, with a new time to live, or none with persist; without options only reads. NULL if missing. O(1).';

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
	'Set many text values at one moment. False, and nothing set, if nx and any key exists, or xx and any is missing. O(keys).';

create function cache.mset_bytes(keys text[], vals bytea[], ttl interval default null, ex float8 default null,
		at timestamptz default null, nx boolean default false, xx boolean default false,
		keepttl boolean default false, persist boolean default false)
	returns boolean :writer;
comment on function cache.mset_bytes is
	'Set many binary values at one moment. False, and nothing set, if nx and any key exists, or xx and any is missing. O(keys).';

create function cache.mset_object(entries jsonb, ttl interval default null, ex float8 default null,
		at timestamptz default null, nx boolean default false, xx boolean default false,
		keepttl boolean default false, persist boolean default false)
	returns boolean :writer;
comment on function cache.mset_object is
	'Set a key for each member of a json object, at one moment: strings, numbers and booleans as text, null as a cached NULL, arrays and objects as jsonb. O(keys).';

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
	'Append text to the value, or set it if missing; the time to live stays. The new length in bytes. O(length of value).';

create function cache.append_bytes(key text, value bytea) returns bigint :writer;
comment on function cache.append_bytes is
	'Append bytes to the value, or set it if missing; the time to live stays. The new length in bytes. O(length of value).';

create function cache.strlen(key text) returns bigint :reader;
comment on function cache.strlen is
	'The length of the value in bytes, 0 if missing or a cached NULL. O(1).';

create function cache.getrange(key text, start bigint default 0, stop bigint default -1) returns text :reader;
comment on function cache.getrange is
	'The bytes from start to stop as text, empty if missing or outside. Error if a character is cut (use getrange_bytes). O(bytes).';

create function cache.getrange_bytes(key text, start bigint default 0, stop bigint default -1) returns bytea :reader;
comment on function cache.getrange_bytes is
	'The bytes from start to stop, empty if missing or outside. O(bytes).';

create function cache.setrange(key text, start bigint, value text) returns bigint :writer;
comment on function cache.setrange is
	'Overwrite bytes from start on, padding with zero bytes; the time to live stays. The new length in bytes. O(bytes).';

create function cache.setrange_bytes(key text, start bigint, value bytea) returns bigint :writer;
comment on function cache.setrange_bytes is
	'Overwrite bytes from start on, padding with zero bytes; the time to live stays. The new length in bytes. O(bytes).';

--
-- Strings: counters. The time to live counts from the creation of the counter: a call that finds it leaves it alone.
-- A missing counter and a cached NULL start at 0. Not an integer: 22P02. Out of range: 22003.
--
create function cache.incr(key text, ttl interval default null, ex float8 default null,
		at timestamptz default null, persist boolean default false)
	returns bigint :writer;
comment on function cache.incr is
	'Add one and return the new number; ttl, ex, at and persist apply only when this call creates the counter. O(1).';

create function cache.decr(key text, ttl interval default null, ex float8 default null,
		at timestamptz default null, persist boolean default false)
	returns bigint :writer;
comment on function cache.decr is
	'Subtract one and return the new number; ttl, ex, at and persist apply only when this call creates the counter. O(1).';

create function cache.incrby(key text, increment bigint, ttl interval default null, ex float8 default null,
		at timestamptz default null, persist boolean default false)
	returns bigint :writer;
comment on function cache.incrby is
	'Add an integer and return the new number; ttl, ex, at and persist apply only when this call creates the counter. O(1).';

create function cache.decrby(key text, decrement bigint, ttl interval default null, ex float8 default null,
		at timestamptz default null, persist boolean default false)
	returns bigint :writer;
comment on function cache.decrby is
	'Subtract an integer and return the new number; ttl, ex, at and persist apply only when this call creates the counter. O(1).';

create function cache.incrbyfloat(key text, increment float8, ttl interval default null, ex float8 default null,
		at timestamptz default null, persist boolean default false)
	returns float8 :writer;
comment on function cache.incrbyfloat is
	'Add a number and return the new one; ttl, ex, at and persist apply only when this call creates the counter. O(1).';

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
-- Keys: time to live. There is no infinite interval before PostgreSQL 17, so ttl is NULL for a key that never expires as
-- well as for a missing one; expiretime tells them apart.
--
create function cache.expire(key text, ttl interval default null, ex float8 default null,
		nx boolean default false, xx boolean default false, gt boolean default false, lt boolean default false)
	returns boolean :writer;
comment on function cache.expire is
	'Let the key end after ttl (or ex seconds), at once if not positive; false if missing, or refused by nx (has none), xx (has one), gt (later), lt (sooner). O(1).';

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
	'Copy a key with its time to live; false if source is missing, or destination exists and not replace. O(size).';

create function cache.randomkey() returns text :reader;
comment on function cache.randomkey is
	'A key at random; NULL if there is none. O(1).';

create function cache.scan(cursor text default '0', pattern text default null, max_count bigint default 100,
		type_name text default null, out cursor text, out keys text[])
	:reader;
comment on function cache.scan is
	'One row: about max_count keys and the cursor for the next call, 0 at the end. Keys that stay are returned at least once. O(max_count).';

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
	'The access counter that the eviction policy keeps; NULL if the key is missing or the policy keeps none. O(1).';

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
	'Counters by namespace, and in total in the row whose namespace is NULL; memory in bytes, hit_ratio 0 to 1 or NULL.';

create view cache.stats as select * from cache.stats();
comment on view cache.stats is
	'Counters by namespace, and in total in the row whose namespace is NULL; memory in bytes, hit_ratio 0 to 1 or NULL.';
