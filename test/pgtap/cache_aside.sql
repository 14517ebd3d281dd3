--
-- cache_aside.sql
--    A table, a function that looks into the cache first, and triggers that invalidate: what people write by hand.
--
SET client_min_messages = warning;
CREATE SCHEMA app;
CREATE TABLE app.product (id int PRIMARY KEY, name text NOT NULL, price numeric NOT NULL);
INSERT INTO app.product SELECT i, 'product ' || i, i * 1.5 FROM generate_series(1, 100) AS i;

CREATE SEQUENCE app.loads;
-- The product as json; what does not exist is remembered, too.
CREATE FUNCTION app.product(wanted int) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	key text := 'product:' || wanted;
	hit boolean;
	value jsonb;
BEGIN
	-- found alone would be plpgsql's own
	SELECT l.found, l.value INTO hit, value FROM cache.lookup_json(key) AS l;
	IF NOT hit THEN
		PERFORM nextval('app.loads');
		SELECT to_jsonb(p) INTO value FROM app.product AS p WHERE id = wanted;
		PERFORM cache.set_json(key, value, ttl => CASE WHEN value IS NULL THEN '10 seconds' ELSE '1 hour' END::interval);
	END IF;
	RETURN value;
END $$;

CREATE FUNCTION app.invalidate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP <> 'INSERT' THEN
		PERFORM cache.del('product:' || OLD.id);
	END IF;
	IF TG_OP <> 'DELETE' THEN
		PERFORM cache.del('product:' || NEW.id);
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER invalidate AFTER INSERT OR UPDATE OR DELETE ON app.product FOR EACH ROW EXECUTE FUNCTION app.invalidate();


BEGIN;
SELECT no_plan();

SELECT is(app.product(7), '{"id": 7, "name": "product 7", "price": 10.5}', 'loaded from the table');
SELECT is(app.product(7) ->> 'price', '10.5', 'read from the cache');
SELECT is((SELECT last_value FROM app.loads), 1::bigint, 'one load for two reads');
SELECT is(app.product(4711), NULL, 'what does not exist');
SELECT is(app.product(4711), NULL, 'is remembered as such');
SELECT is((SELECT last_value FROM app.loads), 2::bigint, 'by one more load');
SELECT results_eq($$SELECT found, value IS NULL FROM cache.lookup('product:4711')$$, $$VALUES (true, true)$$, 'as a cached NULL');

SELECT lives_ok($$UPDATE app.product SET price = 11 WHERE id = 7$$, 'the table changes');
SELECT is(app.product(7) ->> 'price', '11', 'and the cache with it');
SELECT lives_ok($$INSERT INTO app.product VALUES (4711, 'late', 1)$$, 'the missing one comes');
SELECT is(app.product(4711) ->> 'name', 'late', 'and is seen');
SELECT lives_ok($$DELETE FROM app.product WHERE id = 4711$$, 'it goes');
SELECT is(app.product(4711), NULL, 'and is gone');

-- many at once
SELECT is((SELECT count(app.product(id)) FROM app.product), 100::bigint, 'all are loaded');
SELECT is((SELECT count(v) FROM unnest(cache.mget_json(ARRAY(SELECT 'product:' || id FROM app.product))) AS v), 100::bigint, 'and read in one call');
SELECT is((SELECT sum((v ->> 'price')::numeric) FROM unnest(cache.mget_json(ARRAY(SELECT 'product:' || id FROM app.product))) AS v),
	(SELECT sum(price) FROM app.product), 'with the right values');
SELECT is(cache.del_many(ARRAY(SELECT key FROM cache.keys('product:*') AS key)), 101::bigint, 'invalidated in one call, the missing one too');
SELECT is(cache.exists_many('{product:1,product:2}'), 0::bigint, 'none is left');

-- forms of values
SELECT is(cache.set('n', 12.50), true, 'a number');
SELECT is(cache.get('n')::numeric, 12.50, 'comes back as its text');
SELECT is(cache.set('d', date '2024-02-29'), true, 'a date');
SELECT is(cache.get('d')::date, date '2024-02-29', 'likewise');
SELECT is(cache.set('u', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid), true, 'a uuid');
SELECT is(cache.get('u')::uuid, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'likewise');
SELECT throws_ok($$SELECT cache.set('r', p) FROM app.product AS p LIMIT 1$$, '42804', NULL, 'a row is refused');
SELECT lives_ok($$SELECT cache.set_json('r', to_jsonb(p)) FROM app.product AS p WHERE id = 1$$, 'as json it is taken');
SELECT is((jsonb_populate_record(NULL::app.product, cache.get_json('r'))).name, 'product 1', 'and becomes a row again');
SELECT throws_ok($$SELECT cache.get_json('n2') FROM cache.set('n2', 'no json')$$, '22P02', NULL, 'text that is no json is not read as such');

-- mistakes
SELECT throws_ok($$SELECT cache.get(NULL)$$, '22004', 'key must not be null', 'no key');
SELECT throws_ok($$SELECT cache.set('k', 'v', ttl => '-1 s')$$, '22023', NULL, 'a time to live that is over');
SELECT throws_ok($$SELECT cache.set('k', 'v', ttl => '1 s', ex => 1)$$, '22023', NULL, 'two times to live');
SELECT throws_ok($$SELECT cache.set('k', 'v', 10)$$, '42883', NULL, 'a number is no time to live');
SELECT throws_ok($$SELECT cache.mset('{a,b}', '{1}')$$, '22023', NULL, 'keys and values do not match');
SELECT is(cache.exists('k'), false, 'mistakes leave nothing behind');

SELECT * FROM finish();
ROLLBACK;
