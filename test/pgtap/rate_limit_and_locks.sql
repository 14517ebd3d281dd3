--
-- rate_limit_and_locks.sql
--    Counters that are windows, and locks made of one key: patterns that applications bring with them from Redis.
--
SET client_min_messages = warning;
CREATE SCHEMA app;
CREATE FUNCTION app.advance(ms bigint) RETURNS void LANGUAGE c STRICT AS '$libdir/cache', 'cache_test_advance_clock';

-- At most so many calls in a window that begins with the first.
CREATE FUNCTION app.allowed(client text, calls int, per interval) RETURNS boolean LANGUAGE sql
	RETURN cache.incr('rate:' || client, ttl => per) <= calls;

-- A lock that frees itself; the owner's token keeps others from freeing it.
CREATE FUNCTION app.lock(name text, token text) RETURNS boolean LANGUAGE sql
	RETURN cache.set('lock:' || name, token, ttl => '1 minute', nx => true);
CREATE FUNCTION app.unlock(name text, token text) RETURNS boolean LANGUAGE sql
	RETURN cache.del_if_equal('lock:' || name, token);

BEGIN;
SELECT no_plan();

SELECT results_eq($$SELECT app.allowed('ann', 3, '1 minute') FROM generate_series(1, 5)$$, ARRAY[true, true, true, false, false],
	'three calls in a minute');
SELECT is(app.allowed('ben', 3, '1 minute'), true, 'others have their own window');
SELECT lives_ok('SELECT app.advance(59 * 1000)', 'a moment before the minute is over');
SELECT is(app.allowed('ann', 3, '1 minute'), false, 'calls that are refused do not prolong it');
SELECT lives_ok('SELECT app.advance(2 * 1000)', 'a moment later');
SELECT is(app.allowed('ann', 3, '1 minute'), true, 'a new window begins');
SELECT cmp_ok(cache.ttl('rate:ann'), '<=', '1 minute'::interval, 'of a minute');
SELECT is(cache.get('rate:ann'), '1', 'from one on');

SELECT is(app.lock('job', 'a'), true, 'the first gets the lock');
SELECT is(app.lock('job', 'b'), false, 'the second does not');
SELECT is(app.unlock('job', 'b'), false, 'nor does it free it');
SELECT is(app.unlock('job', 'a'), true, 'the owner does');
SELECT is(app.lock('job', 'b'), true, 'then the second gets it');
SELECT lives_ok('SELECT app.advance(61 * 1000)', 'its owner dies');
SELECT is(app.lock('job', 'c'), true, 'the next gets it a minute later');
SELECT is(app.unlock('job', 'b'), false, 'an owner that comes late frees nothing');
SELECT is(cache.get('lock:job'), 'c', 'the lock is its');

-- counters of other kinds
SELECT is(cache.incrby('stock', 10), 10::bigint, 'a counter begins at 0');
SELECT is(cache.decrby('stock', 12), -2::bigint, 'and may go below');
SELECT is(cache.incrbyfloat('price', 0.1) + cache.incrbyfloat('price', 0.2), 0.4::float8, 'one of floats');
SELECT throws_ok($$SELECT cache.incr('lock:job')$$, '22P02', NULL, 'what is no number is not counted');
SELECT throws_ok($$SELECT cache.set('top', 9223372036854775807), cache.incr('top')$$, '22003', NULL, 'nor beyond bigint');
SELECT is(cache.get('top'), '9223372036854775807', 'an error changes nothing');
SELECT is(app.allowed('eve', 3, '1 hour'), true, 'another window');
SELECT results_eq($$SELECT key FROM cache.keys('rate:*') AS key ORDER BY key$$, $$VALUES ('rate:eve'::text)$$, 'keys by pattern, without what has ended');

SELECT * FROM finish();
ROLLBACK;
