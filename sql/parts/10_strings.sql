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
	returns boolean language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_set';
comment on function cache.set(text, text, interval, float8, timestamptz, boolean, boolean, boolean, text, boolean) is
	'Set a text value. True if set, false if nx, xx or if_equals refused. NULL is cached as NULL. O(1).';

create function cache.set(key text, value anynonarray, ttl interval default null, ex float8 default null,
		at timestamptz default null, nx boolean default false, xx boolean default false,
		keepttl boolean default false, if_equals text default null, persist boolean default false)
	returns boolean language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_set_scalar';
comment on function cache.set(text, anynonarray, interval, float8, timestamptz, boolean, boolean, boolean, text, boolean) is
	'Set a value to the text form of any scalar (bytea and jsonb as they are). True if set, false if nx, '
	'xx or if_equals refused. Rows are an error. O(1).';

create function cache.set_bytes(key text, value bytea, ttl interval default null, ex float8 default null,
		at timestamptz default null, nx boolean default false, xx boolean default false,
		keepttl boolean default false, if_equals bytea default null, persist boolean default false)
	returns boolean language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_set_bytes';
comment on function cache.set_bytes is
	'Set a binary value. True if set, false if nx, xx or if_equals refused. O(1).';

create function cache.set_json(key text, value jsonb, ttl interval default null, ex float8 default null,
		at timestamptz default null, nx boolean default false, xx boolean default false,
		keepttl boolean default false, if_equals jsonb default null, persist boolean default false)
	returns boolean language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_set_json';
comment on function cache.set_json is
	'Set a jsonb value, kept in binary form. True if set, false if nx, xx or if_equals refused. O(1).';

create function cache.getset(key text, value text, ttl interval default null, ex float8 default null,
		at timestamptz default null, keepttl boolean default false, persist boolean default false)
	returns text language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_getset';
comment on function cache.getset is
	'Set a text value and return the old one, NULL if there was none. O(1).';

create function cache.getset_bytes(key text, value bytea, ttl interval default null, ex float8 default null,
		at timestamptz default null, keepttl boolean default false, persist boolean default false)
	returns bytea language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_getset_bytes';
comment on function cache.getset_bytes is
	'Set a binary value and return the old one, NULL if there was none. O(1).';

--
-- Strings: reading one value
--
create function cache.get(key text) returns text language c volatile parallel safe
	as 'MODULE_PATHNAME', 'cache_sql_get';
comment on function cache.get is
	'The value as text; NULL if missing or a cached NULL. Error if the bytes are no valid text (use '
	'get_bytes). O(1).';

create function cache.get_bytes(key text) returns bytea language c volatile parallel safe
	as 'MODULE_PATHNAME', 'cache_sql_get_bytes';
comment on function cache.get_bytes is
	'The value as bytes (of a json value: its text); NULL if missing or a cached NULL. O(1).';

create function cache.get_json(key text) returns jsonb language c volatile parallel safe
	as 'MODULE_PATHNAME', 'cache_sql_get_json';
comment on function cache.get_json is
	'The value as jsonb (text is parsed, an error if it is no json); NULL if missing or a cached NULL. O(1).';

create function cache.lookup(key text, out found boolean, out value text) language c volatile parallel safe
	as 'MODULE_PATHNAME', 'cache_sql_lookup';
comment on function cache.lookup is
	'One row that tells a missing key (found false) from a cached NULL (found true, value NULL). O(1).';

create function cache.lookup_bytes(key text, out found boolean, out value bytea) language c volatile parallel safe
	as 'MODULE_PATHNAME', 'cache_sql_lookup_bytes';
comment on function cache.lookup_bytes is
	'One row (found, value) with the value as bytes. O(1).';

create function cache.lookup_json(key text, out found boolean, out value jsonb) language c volatile parallel safe
	as 'MODULE_PATHNAME', 'cache_sql_lookup_json';
comment on function cache.lookup_json is
	'One row (found, value) with the value as jsonb. O(1).';

create function cache.getdel(key text) returns text language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_getdel';
comment on function cache.getdel is
	'The value as text, and the key is deleted; NULL if missing. Nothing is deleted if the value cannot '
	'be returned. O(1).';

create function cache.getdel_bytes(key text) returns bytea language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_getdel_bytes';
comment on function cache.getdel_bytes is
	'The value as bytes, and the key is deleted; NULL if missing. O(1).';

create function cache.getex(key text, ttl interval default null, ex float8 default null,
		at timestamptz default null, persist boolean default false)
	returns text language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_getex';
comment on function cache.getex is
	'The value as text, with a new time to live, or none with persist; without options only reads. NULL '
	'if missing. O(1).';

create function cache.getex_bytes(key text, ttl interval default null, ex float8 default null,
		at timestamptz default null, persist boolean default false)
	returns bytea language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_getex_bytes';
comment on function cache.getex_bytes is
	'The value as bytes, with a new time to live, or none with persist; without options only reads. NULL '
	'if missing. O(1).';

--
-- Strings: many values, atomically. Arrays have one dimension; keys and vals of unlike length are 22023.
--
create function cache.mget(keys text[]) returns text[] language c volatile parallel safe
	as 'MODULE_PATHNAME', 'cache_sql_mget';
comment on function cache.mget is
	'The values as text, in the order of keys, NULL where missing or not a string. All at one moment. O(keys).';

create function cache.mget_bytes(keys text[]) returns bytea[] language c volatile parallel safe
	as 'MODULE_PATHNAME', 'cache_sql_mget_bytes';
comment on function cache.mget_bytes is
	'The values as bytes, in the order of keys, NULL where missing or not a string. All at one moment. O(keys).';

create function cache.mget_json(keys text[]) returns jsonb[] language c volatile parallel safe
	as 'MODULE_PATHNAME', 'cache_sql_mget_json';
comment on function cache.mget_json is
	'The values as jsonb, in the order of keys, NULL where missing or not a string. All at one moment. O(keys).';

create function cache.mset(keys text[], vals text[], ttl interval default null, ex float8 default null,
		at timestamptz default null, nx boolean default false, xx boolean default false,
		keepttl boolean default false, persist boolean default false)
	returns boolean language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_mset';
comment on function cache.mset is
	'Set many text values at one moment. False, and nothing set, if nx and any key exists, or xx and any '
	'is missing. O(keys).';

create function cache.mset_bytes(keys text[], vals bytea[], ttl interval default null, ex float8 default null,
		at timestamptz default null, nx boolean default false, xx boolean default false,
		keepttl boolean default false, persist boolean default false)
	returns boolean language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_mset_bytes';
comment on function cache.mset_bytes is
	'Set many binary values at one moment. False, and nothing set, if nx and any key exists, or xx and '
	'any is missing. O(keys).';

create function cache.mset_object(entries jsonb, ttl interval default null, ex float8 default null,
		at timestamptz default null, nx boolean default false, xx boolean default false,
		keepttl boolean default false, persist boolean default false)
	returns boolean language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_mset_object';
comment on function cache.mset_object is
	'Set a key for each member of a json object, at one moment: strings, numbers and booleans as text, '
	'null as a cached NULL, arrays and objects as jsonb. O(keys).';

create function cache.msetnx(keys text[], vals text[], ttl interval default null, ex float8 default null,
		at timestamptz default null, persist boolean default false)
	returns boolean language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_msetnx';
comment on function cache.msetnx is
	'Set many text values at one moment if none of the keys exists; false, and nothing set, otherwise. O(keys).';

--
-- Strings: parts of a value. Lengths and positions are bytes.
--
create function cache.append(key text, value text) returns bigint language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_append';
comment on function cache.append is
	'Append text to the value, or set it if missing; the time to live stays. The new length in bytes. '
	'O(length of value).';

create function cache.append_bytes(key text, value bytea) returns bigint language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_append_bytes';
comment on function cache.append_bytes is
	'Append bytes to the value, or set it if missing; the time to live stays. The new length in bytes. '
	'O(length of value).';

create function cache.strlen(key text) returns bigint language c volatile parallel safe
	as 'MODULE_PATHNAME', 'cache_sql_strlen';
comment on function cache.strlen is
	'The length of the value in bytes, 0 if missing or a cached NULL. O(1).';

create function cache.getrange(key text, start bigint default 0, stop bigint default -1) returns text language c volatile parallel safe
	as 'MODULE_PATHNAME', 'cache_sql_getrange';
comment on function cache.getrange is
	'The bytes from start to stop as text, empty if missing or outside. Error if a character is cut (use '
	'getrange_bytes). O(bytes).';

create function cache.getrange_bytes(key text, start bigint default 0, stop bigint default -1) returns bytea language c volatile parallel safe
	as 'MODULE_PATHNAME', 'cache_sql_getrange_bytes';
comment on function cache.getrange_bytes is
	'The bytes from start to stop, empty if missing or outside. O(bytes).';

create function cache.setrange(key text, start bigint, value text) returns bigint language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_setrange';
comment on function cache.setrange is
	'Overwrite bytes from start on, padding with zero bytes; the time to live stays. The new length in '
	'bytes. O(bytes).';

create function cache.setrange_bytes(key text, start bigint, value bytea) returns bigint language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_setrange_bytes';
comment on function cache.setrange_bytes is
	'Overwrite bytes from start on, padding with zero bytes; the time to live stays. The new length in '
	'bytes. O(bytes).';
