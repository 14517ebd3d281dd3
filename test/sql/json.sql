-- jsonb values are kept in binary form.
SELECT cache.clear_all() IS NOT NULL AS cleared;

SELECT cache.set_json('j', '{"b": [1, 2.50, null, true, "text"], "a": {}}'), cache.get_json('j'), cache.object_encoding('j'), cache.type('j');
SELECT cache.get_json('j') -> 'b' ->> 1 AS part, cache.get_json('j') @> '{"a": {}}' AS contains, jsonb_typeof(cache.get_json('j')) AS type;
SELECT cache.get('j'), convert_from(cache.get_bytes('j'), 'UTF8');
SELECT found, value FROM cache.lookup_json('j');
SELECT found, value FROM cache.lookup('j');
SELECT found, value FROM cache.lookup_json('missing');
SELECT cache.get_json('missing') IS NULL AS missing, cache.set_json('null', NULL), cache.get_json('null') IS NULL AS null_value, cache.exists('null');
SELECT cache.set_json('json null', 'null'), cache.get_json('json null'), cache.get('json null');

-- scalars, nesting, size
SELECT v, cache.set_json('v', v), cache.get_json('v') = v AS same FROM (VALUES
	('1'::jsonb), ('-1.5e10'), ('"text"'), ('true'), ('[]'), ('{}'), ('[[[]]]'), ('{"": ""}'), ('"ünïcödé"'), ('12345678901234567890.123456789')) x(v);
SELECT cache.set_json('large', jsonb_agg(jsonb_build_object('id', i, 'name', 'name ' || i))), cache.object_encoding('large') FROM generate_series(1, 5000) i;
SELECT jsonb_array_length(cache.get_json('large')), cache.get_json('large') -> 4999 ->> 'name' AS last, cache.get('large')::jsonb = cache.get_json('large') AS same;
SELECT cache.strlen('large') = length(cache.get('large')) AS length_of_text;

-- text is parsed, json goes out as text
SELECT cache.set('t', '{"a":  1}'), cache.get_json('t'), cache.get('t');
SELECT cache.set_bytes('b', '\x5b315d'), cache.get_json('b');
SELECT cache.set('t', '[1, 2]'::json), cache.get('t'), cache.get_json('t');
SELECT cache.set('t', '{"x": 1}'::jsonb), cache.object_encoding('t');
SELECT cache.mget_json(ARRAY['j', 't', 'missing', 'null']);

-- replace if equal
SELECT cache.set_json('c', '{"v": 1}'), cache.set_json('c', '{"v": 2}', if_equals => '{"v":1}'), cache.set_json('c', '{"v": 3}', if_equals => '{"v":1}'), cache.get_json('c');
SELECT cache.set_json('c', '1', nx => true), cache.set_json('d', '1', xx => true), cache.set_json('c', '1', ttl => '1 hour'), cache.ttl('c') > '59 minutes' AS an_hour;
SELECT cache.getset('c', 'text'), cache.getdel('j'), cache.getset_bytes('null', 'x') IS NULL AS was_null;
SELECT cache.set_json('e', '[1]'), cache.getex('e', ttl => '1 hour'), cache.getex_bytes('e'), cache.copy('e', 'e2'), cache.get_json('e2'), cache.rename('e2', 'e3'), cache.get_json('e3');

-- a query's rows
CREATE TABLE part (id int PRIMARY KEY, name text, price numeric);
INSERT INTO part VALUES (1, 'bolt', 0.10), (2, 'nut', 0.05);
SELECT cache.set_json('part:' || id, to_jsonb(part)) FROM part;
SELECT r.* FROM jsonb_populate_record(NULL::part, cache.get_json('part:2')) r;
SELECT cache.set_json('parts', (SELECT jsonb_agg(p ORDER BY id) FROM part p));
SELECT p.* FROM jsonb_populate_recordset(NULL::part, cache.get_json('parts')) p;

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
SELECT pg_temp.fails($$SELECT cache.set('row', part) FROM part$$);
SELECT pg_temp.fails($$SELECT cache.set('row', ROW(1, 2))$$);
SELECT pg_temp.fails($$SELECT cache.set('array', ARRAY[1, 2])$$);
SELECT cache.set('text', 'no json'), cache.set('cut', '{"a": '), cache.set('empty', '');
SELECT pg_temp.fails($$SELECT cache.get_json('text')$$);
SELECT pg_temp.fails($$SELECT cache.get_json('cut')$$);
SELECT pg_temp.fails($$SELECT cache.get_json('empty')$$);
SELECT pg_temp.fails($$SELECT cache.append('parts', 'x')$$);
SELECT pg_temp.fails($$SELECT cache.setrange('parts', 0, 'x')$$);
SELECT pg_temp.fails($$SELECT cache.getrange('parts', 0, 1)$$);
SELECT pg_temp.fails($$SELECT cache.incr('parts')$$);
SELECT pg_temp.fails($$SELECT cache.set_json('parts', 'no json')$$);
DROP TABLE part;
