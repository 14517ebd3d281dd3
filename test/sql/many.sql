-- Many values at one moment: mget, mset, msetnx, mset_object.
SELECT cache.clear_all() IS NOT NULL AS cleared;

SELECT cache.mset(ARRAY['a', 'b', 'c'], ARRAY['1', NULL, 'three']);
SELECT cache.mget(ARRAY['a', 'b', 'c', 'missing', 'a']);
SELECT cache.mget_bytes(ARRAY['a', 'b', 'c', 'missing']);
SELECT cache.exists('b'), cache.exists('missing');
SELECT cache.mget('{}'), cache.mget_bytes('{}'), cache.mget_json('{}'), cache.mset('{}', '{}'), cache.msetnx('{}', '{}');

-- a key given twice ends with its last value
SELECT cache.mset(ARRAY['d', 'd'], ARRAY['first', 'last']), cache.get('d');

-- bytes and json
SELECT cache.mset_bytes(ARRAY['x', 'y'], ARRAY['\xff'::bytea, '\x00']), cache.mget_bytes(ARRAY['x', 'y']);
SELECT cache.set_json('j', '{"k": [1, 2]}'), cache.mget_json(ARRAY['j', 'a', 'missing', 'b']), cache.mget(ARRAY['j', 'a']);

-- options
SELECT cache.mset(ARRAY['a', 'new'], ARRAY['x', 'x'], nx => true), cache.mget(ARRAY['a', 'new']);
SELECT cache.mset(ARRAY['new1', 'new2'], ARRAY['x', 'y'], nx => true), cache.mget(ARRAY['new1', 'new2']);
SELECT cache.mset(ARRAY['a', 'new3'], ARRAY['x', 'x'], xx => true), cache.mget(ARRAY['a', 'new3']);
SELECT cache.mset(ARRAY['a', 'new1'], ARRAY['y', 'z'], xx => true), cache.mget(ARRAY['a', 'new1']);
SELECT cache.mset(ARRAY['t1', 't2'], ARRAY['1', '2'], ttl => '1 hour'), cache.ttl('t1') > '59 minutes' AS t1, cache.ttl('t2') > '59 minutes' AS t2;
SELECT cache.mset(ARRAY['t1', 't3'], ARRAY['1', '2'], keepttl => true), cache.ttl('t1') > '59 minutes' AS kept, cache.ttl('t3') IS NULL AS none;
SELECT cache.mset(ARRAY['t1', 't2'], ARRAY['1', '2']), cache.ttl('t1') IS NULL AS cleared, cache.ttl('t2') IS NULL AS cleared2;
SELECT cache.mset_bytes(ARRAY['t1'], ARRAY['\x01'::bytea], ex => 100), cache.ttl('t1') > '90 s' AS hundred;

-- msetnx sets all or none
SELECT cache.msetnx(ARRAY['n1', 'n2'], ARRAY['1', '2']), cache.msetnx(ARRAY['n2', 'n3'], ARRAY['x', 'y']), cache.mget(ARRAY['n1', 'n2', 'n3']);
SELECT cache.msetnx(ARRAY['n4'], ARRAY['1'], ttl => '1 hour'), cache.ttl('n4') > '59 minutes' AS an_hour;

-- an object's members
SELECT cache.mset_object('{"o:text": "t", "o:number": 1.50, "o:true": true, "o:null": null, "o:array": [1, {"a": 2}], "o:object": {}}');
SELECT cache.mget(ARRAY['o:text', 'o:number', 'o:true', 'o:null', 'o:array', 'o:object']), cache.exists('o:null');
SELECT cache.get_json('o:array') -> 1 ->> 'a' AS two, cache.object_encoding('o:array'), cache.object_encoding('o:number');
SELECT cache.mset_object('{}'), cache.mset_object('{"o:text": 1, "o:new": 2}', nx => true), cache.get('o:text');
SELECT cache.mset_object('{"o:t": "v"}', ttl => '1 hour'), cache.ttl('o:t') > '59 minutes' AS an_hour;

-- many and large
SELECT cache.mset(array_agg('m:' || i), array_agg(repeat(i::text, 10))) FROM generate_series(1, 5000) i;
SELECT count(*) FROM generate_series(1, 5000) i WHERE cache.get('m:' || i) = repeat(i::text, 10);
SELECT count(*) FROM (SELECT unnest(cache.mget(array_agg('m:' || i))) AS v FROM generate_series(1, 6000) i) x WHERE v IS NOT NULL;
SELECT cache.mset(ARRAY['big1', 'big2'], ARRAY[repeat('x', 100000), repeat('y', 200000)]);
SELECT array_agg(length(v)) FROM unnest(cache.mget(ARRAY['big1', 'a', 'big2', 'missing'])) v;
SELECT cache.del_many(array_agg('m:' || i)) FROM generate_series(1, 6000) i;

-- columns, in one call
CREATE TABLE items (id int, name text);
INSERT INTO items SELECT i, 'item ' || i FROM generate_series(1, 10) i;
SELECT cache.mset(array_agg('item:' || id), array_agg(name), ttl => '1 day') FROM items;
SELECT * FROM unnest(ARRAY['item:2', 'item:11'], cache.mget(ARRAY['item:2', 'item:11'])) AS t(key, value);
DROP TABLE items;

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
SELECT pg_temp.fails($$SELECT cache.mget(NULL)$$);
SELECT pg_temp.fails($$SELECT cache.mget(ARRAY['a', NULL])$$);
SELECT pg_temp.fails($$SELECT cache.mget(ARRAY[['a', 'b'], ['c', 'd']])$$);
SELECT pg_temp.fails($$SELECT cache.mset(ARRAY['a', 'b'], ARRAY['1'])$$);
SELECT pg_temp.fails($$SELECT cache.mset(ARRAY['a'], NULL)$$);
SELECT pg_temp.fails($$SELECT cache.mset(ARRAY['a', NULL], ARRAY['1', '2'])$$);
SELECT pg_temp.fails($$SELECT cache.mset(ARRAY['a'], ARRAY['1'], nx => true, xx => true)$$);
SELECT pg_temp.fails($$SELECT cache.mset(ARRAY['a'], ARRAY['1'], ttl => '1 s', ex => 1)$$);
SELECT pg_temp.fails($$SELECT cache.mset(ARRAY['a', repeat('k', 1025)], ARRAY['1', '2'])$$);
SELECT pg_temp.fails($$SELECT cache.mset_object('[1]')$$);
SELECT pg_temp.fails($$SELECT cache.mset_object(NULL)$$);
SELECT pg_temp.fails($$SELECT cache.mget(ARRAY['a', 'x'])$$);
