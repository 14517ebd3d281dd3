-- Walking all keys: scan, keys, randomkey.
SELECT cache.clear_all() IS NOT NULL AS cleared;

SELECT * FROM cache.scan();
SELECT * FROM cache.keys();
SELECT cache.randomkey() IS NULL AS none;

SELECT cache.mset(ARRAY['user:1', 'user:2', 'user:10', 'order:1', 'Ünicode'], ARRAY['a', 'b', 'c', 'd', 'e']);
SELECT key FROM cache.keys() ORDER BY key COLLATE "C";
SELECT key FROM cache.keys('user:*') ORDER BY key COLLATE "C";
SELECT key FROM cache.keys('user:?') ORDER BY key COLLATE "C";
SELECT key FROM cache.keys('*:[13-9]') ORDER BY key COLLATE "C";
SELECT key FROM cache.keys('?nicode');
SELECT count(*) FROM cache.keys('');
SELECT key FROM cache.keys('user:1');
SELECT count(*) FROM cache.keys('user:3');
SELECT * FROM cache.scan(pattern => 'user:1', type_name => 'string');
SELECT * FROM cache.scan(pattern => 'user:3');
SELECT count(*) FROM cache.keys(NULL);
SELECT count(*) FROM cache.keys('\*');
SELECT cache.set('', 'empty key'), cache.set('*', 'star');
SELECT count(*), min(key) = '' AS the_empty_one FROM cache.keys('');
SELECT key FROM cache.keys('\*');
SELECT cache.del_many(ARRAY['', '*']);
SELECT cache.randomkey() IN (SELECT key FROM cache.keys()) AS one_of_them;

-- a scan returns every key that is there from start to end
CREATE FUNCTION scan_all(pattern text DEFAULT NULL, max_count bigint DEFAULT 100, type_name text DEFAULT NULL) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	page record;
BEGIN
	page := cache.scan(pattern => pattern, max_count => max_count, type_name => type_name);
	LOOP
		RETURN QUERY SELECT unnest(page.keys);
		EXIT WHEN page.cursor = '0';
		page := cache.scan(page.cursor, pattern, max_count, type_name);
	END LOOP;
END
$$;
SELECT s FROM scan_all('user:*') s ORDER BY s COLLATE "C";
SELECT count(cache.set('n:' || i, i)) FROM generate_series(1, 10000) i;
SELECT count(DISTINCT s), count(*) FROM scan_all('n:*') s;
SELECT count(DISTINCT s) FROM scan_all('n:*', 1) s;
SELECT count(DISTINCT s) FROM scan_all('n:*', 100000) s;
SELECT count(DISTINCT s), count(*) FROM scan_all('n:1*5') s;
SELECT count(DISTINCT s) FROM scan_all(type_name => 'string') s;
SELECT array_length(keys, 1) BETWEEN 100 AND 200 AS about_a_hundred, cursor <> '0' AS more FROM cache.scan();
SELECT keys = '{}' AS none_here, cursor <> '0' AS more FROM cache.scan(pattern => 'no such key', max_count => 1);

-- also while the table grows and shrinks
DO $$
DECLARE
	page record;
	found text[] := '{}';
	step int := 0;
BEGIN
	page := cache.scan(max_count => 500);
	LOOP
		found := found || page.keys;
		EXIT WHEN page.cursor = '0';
		step := step + 1;
		IF step <= 5 THEN
			PERFORM cache.mset(array_agg(format('grow:%s:%s', step, i)), array_agg('x'::text)) FROM generate_series(1, 10000) i;
		ELSIF step <= 10 THEN
			PERFORM cache.del_many(array_agg(format('grow:%s:%s', step - 5, i))) FROM generate_series(1, 10000) i;
		END IF;
		page := cache.scan(page.cursor, max_count => 500);
	END LOOP;
	RAISE NOTICE '% of the first keys', (SELECT count(DISTINCT k) FROM unnest(found) k WHERE k LIKE 'n:%');
END
$$;

-- expired keys are not returned
SELECT cache.clear_all() > 0 AS some;
SELECT cache.set('live', 'v'), cache.set('due', 'v', ttl => '1 ms'), pg_sleep(0.01) IS NOT NULL AS slept;
SELECT * FROM cache.keys();
SELECT keys FROM cache.scan();
SELECT cache.randomkey();

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
SELECT pg_temp.fails($$SELECT cache.scan('x')$$);
SELECT pg_temp.fails($$SELECT cache.scan('')$$);
SELECT pg_temp.fails($$SELECT cache.scan('-1')$$);
SELECT pg_temp.fails($$SELECT cache.scan('99999999999999999999')$$);
SELECT pg_temp.fails($$SELECT cache.scan(NULL)$$);
SELECT pg_temp.fails($$SELECT cache.scan(max_count => 0)$$);
SELECT pg_temp.fails($$SELECT cache.scan(type_name => 'tree')$$);
SELECT pg_temp.fails($$SELECT cache.scan('18446744073709551615')$$);
DROP FUNCTION scan_all;
