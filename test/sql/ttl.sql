-- Times to live. The cache's clock is moved on instead of waited for.
SELECT cache.clear_all() IS NOT NULL AS cleared;
CREATE FUNCTION advance_clock(ms bigint) RETURNS void LANGUAGE c STRICT AS '$libdir/cache', 'cache_test_advance_clock';
CREATE FUNCTION verify() RETURNS text LANGUAGE c AS '$libdir/cache', 'cache_test_verify';
-- The time left, in whole seconds, of a key that was touched a moment ago.
CREATE FUNCTION left_s(key text) RETURNS numeric LANGUAGE sql RETURN round(extract(epoch FROM cache.ttl(key)));

-- set in every way
SELECT cache.set('ttl', 'v', ttl => '10 s'), cache.set('ex', 'v', ex => 1.5), cache.set('at', 'v', at => '2100-01-01 00:00:00+00'), cache.set('bare', 'v', '1 min'), cache.set('number', 'v', '20');
SELECT left_s('ttl') AS ttl, left_s('bare') AS bare, left_s('number') AS number, cache.expiretime('at') = '2100-01-01 00:00:00+00' AS exact;
SELECT cache.ttl('none') IS NULL AS missing, cache.expiretime('none') IS NULL AS missing_too, cache.set('none', 'v'), cache.ttl('none') IS NULL AS never, cache.expiretime('none');
SELECT advance_clock(2000);
SELECT cache.get('ex') IS NULL AS gone, cache.exists('ex'), cache.ttl('ex') IS NULL AS no_ttl, cache.type('ex') IS NULL AS no_type, left_s('ttl') AS eight;
SELECT advance_clock(8000);
SELECT cache.mget(ARRAY['ttl', 'bare', 'none']), (cache.lookup('ttl')).found, cache.exists_many(ARRAY['ttl', 'ex', 'none']), cache.del('ttl'), cache.strlen('ttl');

-- months have 30 days, days 24 hours
SELECT cache.set('m', 'v', ttl => '1 month'), left_s('m') = 30 * 86400 AS month, cache.set('y', 'v', ttl => '1 year 1 day'), left_s('y') = 361 * 86400 AS year;
SELECT cache.set('sum', 'v', ttl => '1 day -23:59:50'), left_s('sum');
-- less than a millisecond is one; the end of time is in 6429
SELECT cache.set('tiny', 'v', ttl => '1 microsecond'), cache.set('tiny2', 'v', ex => 1e-9), cache.set('huge', 'v', ttl => '178000000 years'), cache.set('huge2', 'v', ex => 1e300);
SELECT cache.expiretime('huge') = cache.expiretime('huge2') AS same, extract(year FROM cache.expiretime('huge')) AS year;
SELECT cache.set('late', 'v', at => '290000-01-01'), extract(year FROM cache.expiretime('late')) AS year;

-- infinity and persist
SELECT cache.set('p', 'v', at => 'infinity'), cache.expiretime('p'), cache.set('p', 'v', ex => 'infinity'), cache.expiretime('p'), cache.set('p', 'v', persist => true), cache.expiretime('p');

-- what other verbs do about it
SELECT cache.set('k', 'v', ttl => '100 s'), cache.set('k', 'w'), cache.ttl('k') IS NULL AS cleared;
SELECT cache.set('k', 'v', ttl => '100 s'), cache.set('k', 'w', keepttl => true), left_s('k') AS kept, cache.set('new', 'v', keepttl => true), cache.ttl('new') IS NULL AS none;
SELECT cache.getset('k', 'x'), cache.ttl('k') IS NULL AS cleared, cache.getset('k', 'y', ttl => '50 s'), left_s('k'), cache.getset('k', 'z', keepttl => true), left_s('k');
SELECT cache.getset_bytes('k', 'x', keepttl => true), left_s('k'), cache.getset_bytes('k', 'x', ex => 7), left_s('k');
SELECT cache.set('n', '1', ttl => '100 s'), cache.incr('n'), left_s('n') AS kept, cache.append('n', '0'), left_s('n') AS kept2, cache.setrange('n', 0, '5'), left_s('n') AS kept3;
SELECT cache.set_json('j', '1', ttl => '100 s'), left_s('j'), cache.set_bytes('b', '1', ttl => '100 s'), left_s('b');

-- expire
SELECT cache.expire('missing', '1 s'), cache.set('e', 'v'), cache.expire('e', '100 s'), left_s('e'), cache.expire('e', ex => 50), left_s('e');
SELECT cache.expire('e', '60 s', nx => true), cache.expire('e', '60 s', gt => true), left_s('e'), cache.expire('e', '50 s', gt => true), cache.expire('e', '70 s', lt => true), cache.expire('e', '40 s', lt => true), left_s('e');
SELECT cache.expire('e', '90 s', xx => true), left_s('e'), cache.expire('e', '80 s', xx => true, gt => true), left_s('e');
SELECT cache.persist('e'), cache.persist('e'), cache.persist('missing'), cache.ttl('e') IS NULL AS never;
SELECT cache.expire('e', '60 s', xx => true), cache.expire('e', '60 s', gt => true), cache.ttl('e') IS NULL AS never, cache.expire('e', '60 s', lt => true), left_s('e');
SELECT cache.expire('e', '0'), cache.exists('e'), cache.set('e', 'v'), cache.expire('e', ex => -1), cache.exists('e'), cache.set('e', 'v'), cache.expire('e', '-1 year'), cache.exists('e');
SELECT cache.set('e', 'v'), cache.expireat('e', '2100-01-01+00'), cache.expiretime('e') = '2100-01-01+00' AS exact, cache.expireat('e', '2000-01-01+00', gt => true), cache.exists('e'), cache.expireat('e', '2000-01-01+00'), cache.exists('e');
SELECT cache.set('e', 'v', ttl => '1 s'), cache.expireat('e', 'infinity'), cache.expiretime('e'), cache.expireat('e', 'infinity'), cache.expireat('missing', 'infinity'), cache.expireat('e', '-infinity'), cache.exists('e');
SELECT cache.set('e', 'v', nx => true), cache.expire('e', ex => 'infinity'), cache.expiretime('e'), cache.expire('e', ex => '-infinity'), cache.exists('e');
SELECT cache.set('big', repeat('x', 100000)), cache.expire('big', '10 s'), left_s('big'), cache.persist('big'), cache.strlen('big');

-- an expired key is missing for every condition
SELECT cache.set('x', 'old', ttl => '1 s'), advance_clock(1500);
SELECT cache.set('x', 'new', xx => true), cache.set('x', 'new', if_equals => 'old'), cache.set('x', 'new', nx => true), cache.get('x');
SELECT cache.set('x', '5', ttl => '1 s'), advance_clock(1500);
SELECT cache.incr('x'), cache.ttl('x') IS NULL AS none;
SELECT cache.set('x', 'old', ttl => '1 s'), advance_clock(1500);
SELECT cache.append('x', 'new'), cache.get('x'), cache.rename('ex', 'x'), cache.copy('ex', 'x', replace => true);
SELECT cache.set('x', 'v', ttl => '1 s'), cache.set('y', 'w'), advance_clock(1500);
SELECT cache.renamenx('y', 'x'), cache.get('x'), cache.msetnx(ARRAY['ttl', 'ex'], ARRAY['1', '2']);

-- memory comes back without anybody looking
SELECT cache.clear_all() > 0 AS some;
SELECT count(cache.set('sweep:' || i, repeat('x', 100), ttl => '30 s')) FROM generate_series(1, 10000) i;
SELECT advance_clock(31000);
DO $$
BEGIN
	FOR i IN 1 .. 100 LOOP
		EXIT WHEN cache.dbsize() = 0;
		PERFORM pg_sleep(0.1);
	END LOOP;
END
$$;
SELECT cache.dbsize(), verify() AS problem;

-- what is refused
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
SELECT pg_temp.fails($$SELECT cache.set('k', 'v', ttl => '1 s', ex => 1)$$);
SELECT pg_temp.fails($$SELECT cache.set('k', 'v', ttl => '1 s', persist => true)$$);
SELECT pg_temp.fails($$SELECT cache.set('k', 'v', ttl => '1 s', keepttl => true)$$);
SELECT pg_temp.fails($$SELECT cache.getex('k', ex => 1, persist => true)$$);
SELECT pg_temp.fails($$SELECT cache.set('k', 'v', ttl => '0')$$);
SELECT pg_temp.fails($$SELECT cache.set('k', 'v', ttl => '-1 s')$$);
SELECT pg_temp.fails($$SELECT cache.set('k', 'v', ex => 0)$$);
SELECT pg_temp.fails($$SELECT cache.set('k', 'v', ex => 'NaN')$$);
SELECT pg_temp.fails($$SELECT cache.set('k', 'v', at => '2000-01-01')$$);
SELECT pg_temp.fails($$SELECT cache.set('k', 'v', at => '-infinity')$$);
SELECT pg_temp.fails($$SELECT cache.expire('k')$$);
SELECT pg_temp.fails($$SELECT cache.expire('k', '1 s', 1)$$);
SELECT pg_temp.fails($$SELECT cache.expire('k', '1 s', nx => true, gt => true)$$);
SELECT pg_temp.fails($$SELECT cache.expire('k', '1 s', gt => true, lt => true)$$);
SELECT pg_temp.fails($$SELECT cache.expireat('k', NULL)$$);
SELECT pg_temp.fails($$SELECT cache.expireat('k', 'infinity', gt => true)$$);
\pset format aligned
\pset tuples_only off
SELECT cache.exists('k');
DROP FUNCTION advance_clock, verify, left_s;
