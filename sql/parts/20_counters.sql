--
-- Strings: counters. The time to live counts from the creation of the counter: a call that finds it leaves it alone.
-- A missing counter and a cached NULL start at 0. Not an integer: 22P02. Out of range: 22003.
--
create function cache.incr(key text, ttl interval default null, ex float8 default null,
		at timestamptz default null, persist boolean default false)
	returns bigint language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_incr';
comment on function cache.incr is
	'Add one and return the new number; ttl, ex, at and persist apply only when this call creates the '
	'counter. O(1).';

create function cache.decr(key text, ttl interval default null, ex float8 default null,
		at timestamptz default null, persist boolean default false)
	returns bigint language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_decr';
comment on function cache.decr is
	'Subtract one and return the new number; ttl, ex, at and persist apply only when this call creates '
	'the counter. O(1).';

create function cache.incrby(key text, increment bigint, ttl interval default null, ex float8 default null,
		at timestamptz default null, persist boolean default false)
	returns bigint language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_incrby';
comment on function cache.incrby is
	'Add an integer and return the new number; ttl, ex, at and persist apply only when this call creates '
	'the counter. O(1).';

create function cache.decrby(key text, decrement bigint, ttl interval default null, ex float8 default null,
		at timestamptz default null, persist boolean default false)
	returns bigint language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_decrby';
comment on function cache.decrby is
	'Subtract an integer and return the new number; ttl, ex, at and persist apply only when this call '
	'creates the counter. O(1).';

create function cache.incrbyfloat(key text, increment float8, ttl interval default null, ex float8 default null,
		at timestamptz default null, persist boolean default false)
	returns float8 language c volatile parallel unsafe
	as 'MODULE_PATHNAME', 'cache_sql_incrbyfloat';
comment on function cache.incrbyfloat is
	'Add a number and return the new one; ttl, ex, at and persist apply only when this call creates the '
	'counter. O(1).';
