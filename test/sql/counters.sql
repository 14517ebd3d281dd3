-- Counters: incr, decr, incrby, decrby, incrbyfloat.
SELECT cache.clear_all() IS NOT NULL AS cleared;
CREATE FUNCTION advance_clock(ms bigint) RETURNS void LANGUAGE c STRICT AS '$libdir/cache', 'cache_test_advance_clock';

SELECT cache.incr('c'), cache.incr('c'), cache.decr('c'), cache.incrby('c', 10), cache.decrby('c', 3), cache.get('c');
SELECT cache.decr('d'), cache.incrby('d', -5), cache.decrby('d', -10), cache.get('d');
SELECT cache.set('s', '41'), cache.incr('s'), cache.set('s', 9), cache.incr('s'), cache.object_encoding('s');
SELECT cache.set('null', NULL), cache.incr('null');
SELECT cache.incrby('zero', 0), cache.exists('zero');
SELECT cache.set('w', '9'), cache.incr('w'), cache.set('w', '-1'), cache.incr('w'), cache.incrby('w', 1000000000000);
SELECT cache.set_bytes('b', '5'), cache.incr('b');

-- floats are written as Redis writes them
SELECT cache.incrbyfloat('f', 10.5), cache.incrbyfloat('f', 0.25), cache.get('f');
SELECT cache.incrbyfloat('f', -10.75), cache.get('f'), cache.incrbyfloat('f2', 5.0e3), cache.get('f2');
SELECT cache.set('f3', '3.0e3'), cache.incrbyfloat('f3', 200), cache.get('f3');
SELECT cache.incr('f5'), cache.incrbyfloat('f5', 1.5), cache.get('f5');

-- a window: the time to live counts from the counter's creation
SELECT cache.incr('window', ttl => '10 s'), cache.incr('window', ttl => '10 s'), cache.ttl('window') <= '10 s' AS ten;
SELECT advance_clock(6000);
SELECT cache.incr('window', ttl => '10 s'), cache.ttl('window') <= '4 s' AS four_left;
SELECT advance_clock(5000);
SELECT cache.incr('window', ttl => '10 s'), cache.ttl('window') > '9 s' AS a_new_window;
SELECT cache.incrby('w2', 5, ex => 100), cache.ttl('w2') > '99 s' AS hundred, cache.incrbyfloat('w3', 1, ttl => '1 hour'), cache.ttl('w3') > '59 minutes' AS an_hour;
SELECT cache.decr('w4', at => now() + interval '1 day'), cache.decrby('w5', 1, persist => true), cache.ttl('w5') IS NULL AS never;
SELECT cache.set('w6', '1'), cache.incr('w6', ttl => '1 s'), cache.ttl('w6') IS NULL AS untouched;

-- many steps
SELECT max(cache.incr('many')) FROM generate_series(1, 1000);

-- what is refused; nothing is changed then
CREATE FUNCTION pg_temp.fails(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	code text; message text; detail text; hint text;
BEGIN
	EXECUTE call;
	RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS code = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
	RETURN concat_ws(E'\n', code || ' ' || message, '  detail: ' || nullif(detail, ''), '  hint: ' || nullif(hint, ''));
END
$$;
\pset format unaligned
\pset tuples_only
SELECT cache.set('text', 'abc'), cache.set('float', '1.5'), cache.set('space', ' 1'), cache.set('plus', '+1'), cache.set('lead', '01'), cache.set('none', ''), cache.set_json('json', '1');
SELECT pg_temp.fails($$SELECT cache.incr('text')$$);
SELECT pg_temp.fails($$SELECT cache.incr('float')$$);
SELECT pg_temp.fails($$SELECT cache.incr('space')$$);
SELECT pg_temp.fails($$SELECT cache.incr('plus')$$);
SELECT pg_temp.fails($$SELECT cache.incr('lead')$$);
SELECT pg_temp.fails($$SELECT cache.incr('none')$$);
SELECT pg_temp.fails($$SELECT cache.incr('json')$$);
SELECT pg_temp.fails($$SELECT cache.incrbyfloat('text', 1)$$);
SELECT pg_temp.fails($$SELECT cache.incr(NULL)$$);
SELECT pg_temp.fails($$SELECT cache.incrby('c', NULL)$$);
SELECT pg_temp.fails($$SELECT cache.decrby('c', NULL)$$);
SELECT pg_temp.fails($$SELECT cache.incrbyfloat('c', NULL)$$);
SELECT cache.set('max', 9223372036854775807), cache.set('min', (-9223372036854775808)::bigint);
SELECT pg_temp.fails($$SELECT cache.incr('max')$$);
SELECT pg_temp.fails($$SELECT cache.decr('min')$$);
SELECT pg_temp.fails($$SELECT cache.decrby('c', (-9223372036854775808)::bigint)$$);
SELECT cache.get('max'), cache.get('min'), cache.decr('max'), cache.incr('min');
SELECT pg_temp.fails($$SELECT cache.incrbyfloat('c', 'NaN')$$);
SELECT pg_temp.fails($$SELECT cache.incrbyfloat('c', 'Infinity')$$);
SELECT cache.incrbyfloat('c', 1e308);
SELECT pg_temp.fails($$SELECT cache.incrbyfloat('c', 1e308)$$);
SELECT cache.get('c')::float8;
SELECT pg_temp.fails($$SELECT cache.incr('c', ttl => '-1 s')$$);
SELECT pg_temp.fails($$SELECT cache.incr('c', ttl => '1 s', persist => true)$$);
\pset format aligned
\pset tuples_only off
DROP FUNCTION advance_clock;
