--
-- session_store.sql
--    An application that keeps its sessions in the cache, and how it would test them.
--
SET client_min_messages = warning;
CREATE SCHEMA app;
CREATE FUNCTION app.advance(ms bigint) RETURNS void LANGUAGE c STRICT AS '$libdir/cache', 'cache_test_advance_clock';

CREATE FUNCTION app.login(user_id int, data jsonb DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	token text := md5(random()::text || clock_timestamp());
BEGIN
	PERFORM cache.set_json('session:' || token, data || jsonb_build_object('user', user_id), ttl => '30 minutes');
	PERFORM cache.incr('logins:' || user_id);
	RETURN token;
END $$;

-- The session's data, which lives half an hour from its last use; NULL if there is none.
CREATE FUNCTION app.session(token text) RETURNS jsonb LANGUAGE sql AS $$
	SELECT cache.get_json('session:' || token)
	WHERE cache.expire('session:' || token, '30 minutes')
$$;

CREATE FUNCTION app.logout(token text) RETURNS boolean LANGUAGE sql RETURN cache.del('session:' || token);

BEGIN;
SELECT plan(17);

SELECT lives_ok($$CREATE TEMP TABLE mine AS SELECT app.login(7, '{"theme": "dark", "cart": [1, 2]}') AS token$$, 'a user logs in');
SELECT is(app.session(token), '{"user": 7, "theme": "dark", "cart": [1, 2]}', 'the session is there') FROM mine;
SELECT is(app.session(token) -> 'cart' -> 1, '2', 'and is json') FROM mine;
SELECT is(app.session('no such token'), NULL, 'another is not');
SELECT cmp_ok(cache.ttl('session:' || token), '>', '29 minutes'::interval, 'it has half an hour') FROM mine;

-- used, it stays
SELECT lives_ok('SELECT app.advance(20 * 60000)', 'twenty minutes later');
SELECT isnt(app.session(token), NULL, 'it is still there') FROM mine;
SELECT lives_ok('SELECT app.advance(20 * 60000)', 'twenty minutes later again');
SELECT isnt(app.session(token), NULL, 'its use has prolonged it') FROM mine;
-- unused, it goes
SELECT lives_ok('SELECT app.advance(31 * 60000)', 'half an hour later');
SELECT is(app.session(token), NULL, 'it is over') FROM mine;
SELECT is(app.logout(token), false, 'there is nothing to log out of') FROM mine;

SELECT lives_ok($$UPDATE mine SET token = app.login(7)$$, 'the user logs in again');
SELECT is(app.logout(token), true, 'and out') FROM mine;
SELECT is(app.session(token), NULL, 'the session has ended') FROM mine;
SELECT is(cache.get('logins:7'), '2', 'logins were counted');

-- what a transaction that fails has set is set: the application does not rely on it
SAVEPOINT before;
SELECT cache.set('session:lost', 'x') AS ignored \gset
ROLLBACK TO before;
SELECT is(cache.get('session:lost'), 'x', 'ROLLBACK does not undo what the cache was told');

SELECT * FROM finish();
ROLLBACK;
