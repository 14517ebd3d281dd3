-- What is refused, and how it is said.
SELECT cache.clear_all() IS NOT NULL AS cleared;
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

-- no key
SELECT pg_temp.fails($$SELECT cache.set(NULL, 'v')$$);
SELECT pg_temp.fails($$SELECT cache.set(NULL, 1)$$);
SELECT pg_temp.fails($$SELECT cache.set_bytes(NULL, 'v')$$);
SELECT pg_temp.fails($$SELECT cache.set_json(NULL, '1')$$);
SELECT pg_temp.fails($$SELECT cache.getset(NULL, 'v')$$);
SELECT pg_temp.fails($$SELECT cache.get(NULL)$$);
SELECT pg_temp.fails($$SELECT cache.get_bytes(NULL)$$);
SELECT pg_temp.fails($$SELECT cache.get_json(NULL)$$);
SELECT pg_temp.fails($$SELECT cache.lookup(NULL)$$);
SELECT pg_temp.fails($$SELECT cache.getdel(NULL)$$);
SELECT pg_temp.fails($$SELECT cache.getex(NULL)$$);
SELECT pg_temp.fails($$SELECT cache.append(NULL, 'v')$$);
SELECT pg_temp.fails($$SELECT cache.strlen(NULL)$$);
SELECT pg_temp.fails($$SELECT cache.getrange(NULL)$$);
SELECT pg_temp.fails($$SELECT cache.setrange(NULL, 0, 'v')$$);
SELECT pg_temp.fails($$SELECT cache.del(NULL)$$);
SELECT pg_temp.fails($$SELECT cache.del_many(NULL)$$);
SELECT pg_temp.fails($$SELECT cache.del_many(ARRAY[NULL])$$);
SELECT pg_temp.fails($$SELECT cache.del_if_equal(NULL, 'v')$$);
SELECT pg_temp.fails($$SELECT cache.unlink(NULL)$$);
SELECT pg_temp.fails($$SELECT cache.exists(NULL)$$);
SELECT pg_temp.fails($$SELECT cache.exists_many(ARRAY['a', NULL])$$);
SELECT pg_temp.fails($$SELECT cache.touch(NULL)$$);
SELECT pg_temp.fails($$SELECT cache.type(NULL)$$);
SELECT pg_temp.fails($$SELECT cache.expire(NULL, '1 s')$$);
SELECT pg_temp.fails($$SELECT cache.expireat(NULL, now())$$);
SELECT pg_temp.fails($$SELECT cache.persist(NULL)$$);
SELECT pg_temp.fails($$SELECT cache.ttl(NULL)$$);
SELECT pg_temp.fails($$SELECT cache.expiretime(NULL)$$);
SELECT pg_temp.fails($$SELECT cache.rename(NULL, 'b')$$);
SELECT pg_temp.fails($$SELECT cache.rename('a', NULL)$$);
SELECT pg_temp.fails($$SELECT cache.copy('a', NULL)$$);
SELECT pg_temp.fails($$SELECT cache.copy(NULL, 'b')$$);
SELECT pg_temp.fails($$SELECT cache.object_encoding(NULL)$$);
SELECT pg_temp.fails($$SELECT cache.object_freq(NULL)$$);
SELECT pg_temp.fails($$SELECT cache.memory_usage(NULL)$$);
SELECT pg_temp.fails($$SELECT cache.clear(NULL)$$);

-- no value where there has to be one
SELECT pg_temp.fails($$SELECT cache.append('a', NULL)$$);
SELECT pg_temp.fails($$SELECT cache.setrange('a', 0, NULL)$$);
SELECT pg_temp.fails($$SELECT cache.setrange('a', NULL, 'v')$$);
SELECT pg_temp.fails($$SELECT cache.getrange('a', NULL, 1)$$);

-- contradictions and impossible arguments
SELECT pg_temp.fails($$SELECT cache.set('a', 'v', nx => true, xx => true)$$);
SELECT pg_temp.fails($$SELECT cache.set('a', 'v', nx => true, if_equals => 'x')$$);
SELECT pg_temp.fails($$SELECT cache.setrange('a', -1, 'v')$$);
SELECT pg_temp.fails($$SELECT cache.clear('nowhere')$$);
SELECT pg_temp.fails($$SELECT cache.set('a', 'v', 10)$$);

-- too long
SELECT pg_temp.fails($$SELECT cache.set(repeat('k', 1025), 'v')$$);
SELECT pg_temp.fails($$SELECT cache.incr(repeat('k', 1025))$$);
SELECT pg_temp.fails($$SELECT cache.rename('a', repeat('k', 1025))$$);
SELECT pg_temp.fails($$SELECT cache.setrange('a', 536870912, 'v')$$);
SELECT pg_temp.fails($$SELECT cache.setrange('a', 9223372036854775807, 'v')$$);
SELECT cache.get(repeat('k', 1025)) IS NULL, cache.del(repeat('k', 100000)), cache.exists(repeat('k', 1025)), cache.set(repeat('k', 1024), 'v');

-- larger than the region: refused before anything is evicted for it
SELECT cache.set('stays', 'v');
SELECT pg_temp.fails($$SELECT cache.set('a', repeat('x', 200000000))$$);
SELECT pg_temp.fails($$SELECT cache.setrange('a', 200000000, 'v')$$);
SELECT cache.get('stays');
SELECT cache.exists('a');

-- the settings
SELECT pg_temp.fails($$SET cache.memory = '1GB'$$);
SELECT pg_temp.fails($$SET cache.policy = 'noeviction'$$);
SELECT pg_temp.fails($$SET cache.nonsense = 1$$);
SELECT pg_temp.fails($$SET cache.stop_point = 'here'$$);
SELECT pg_temp.fails($$SET cache.stop_point = 'here:dance'$$);
SET cache.stop_point = 'call_before:error';
SELECT pg_temp.fails($$SELECT cache.set('a', 'v')$$);
SET cache.stop_point = 'elsewhere:crash, call_after:error';
SELECT pg_temp.fails($$SELECT cache.set('a', 'v')$$);
RESET cache.stop_point;
SELECT cache.get('a');
