-- Versions, statistics, grants, and the switch.
SELECT cache.clear_all() IS NOT NULL AS cleared;
SELECT cache.library_version() = cache.extension_version() AS same, cache.library_version() = default_version AS as_in_control
FROM pg_available_extensions WHERE name = 'cache';
SELECT extname, extversion = cache.extension_version() AS same, nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'cache';

-- statistics: this database's keys, and all counters of the server
CREATE TEMP TABLE before AS SELECT * FROM cache.stats WHERE namespace IS NULL;
SELECT cache.set('a', '1'), cache.get('a'), cache.get('a'), cache.get('missing'), cache.del('a'), cache.set('b', '1'), cache.mget(ARRAY['b', 'missing']);
SELECT s.hits - b.hits AS hits, s.misses - b.misses AS misses, s.sets - b.sets AS sets, s.deletes - b.deletes AS deletes,
	s.hit_ratio BETWEEN 0 AND 1 AS ratio, s.memory_limit = pg_size_bytes(current_setting('cache.memory')) AS limit,
	s.memory_used BETWEEN 1 AND s.memory_limit AS used, s.stats_reset <= now() AS reset
FROM cache.stats s, before b WHERE s.namespace IS NULL;
SELECT namespace, entries, memory_used > 0 AS used, memory_limit IS NULL AS no_limit, hits IS NULL AS not_by_namespace FROM cache.stats WHERE namespace = 'default';
SELECT count(*) FROM cache.stats();
DROP TABLE before;

-- verbs that read and replace or remove count as one read, in every form
SELECT hits AS h, misses AS m FROM cache.stats WHERE namespace IS NULL \gset
SELECT cache.getset('rr', '1'), cache.getset('rr', '2'), cache.getdel('rr'), cache.getdel('rr');
SELECT hits - :h AS hits, misses - :m AS misses FROM cache.stats WHERE namespace IS NULL;
SELECT hits AS h, misses AS m FROM cache.stats WHERE namespace IS NULL \gset
SELECT cache.getset_bytes('rr', '1'), cache.getset_bytes('rr', '2'), cache.getdel_bytes('rr'), cache.getdel_bytes('rr');
SELECT hits - :h AS hits, misses - :m AS misses FROM cache.stats WHERE namespace IS NULL;

-- the worker, the locks' names, the settings
SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'cache maintenance';
SELECT name, context, unit, boot_val FROM pg_settings WHERE name LIKE 'cache.%' ORDER BY name;

-- off: an empty cache that forgets; removing still works
SELECT cache.clear_all() >= 0 AS cleared, cache.mset(ARRAY['a', 'b', 'c'], ARRAY['1', '2', '3']);
SET cache.enabled = off;
SELECT cache.get('a') IS NULL AS get, (cache.lookup('a')).found, cache.mget(ARRAY['a', 'b']), cache.exists('a'), cache.exists_many(ARRAY['a']), cache.strlen('a'), cache.getrange('a', 0, 1) = '' AS getrange;
SELECT cache.set('a', 'x'), cache.set('a', 'x', xx => true), cache.set('a', 'x', if_equals => '1'), cache.set('n', 'x', nx => true), cache.mset(ARRAY['a'], ARRAY['x']), cache.msetnx(ARRAY['a'], ARRAY['x']), cache.mset_object('{"a": 1}');
SELECT cache.incr('a'), cache.decr('a'), cache.incrby('a', 5), cache.decrby('a', 5), cache.incrbyfloat('a', 1.5), cache.append('a', 'xyz'), cache.setrange('a', 2, 'xyz');
SELECT cache.getset('a', 'x') IS NULL AS getset, cache.getdel('a') IS NULL AS getdel, cache.getex('a', ttl => '1 s') IS NULL AS getex, cache.getset_bytes('a', 'x') IS NULL AS getset_bytes, cache.getdel_bytes('a') IS NULL AS getdel_bytes;
SELECT cache.expire('a', '1 s'), cache.expireat('a', 'infinity'), cache.persist('a'), cache.ttl('a') IS NULL AS ttl, cache.expiretime('a') IS NULL AS expiretime, cache.touch('a'), cache.touch_many(ARRAY['a']), cache.type('a') IS NULL AS type;
SELECT cache.rename('a', 'z'), cache.renamenx('a', 'z'), cache.copy('a', 'z'), cache.object_encoding('a') IS NULL AS encoding, cache.memory_usage('a') IS NULL AS memory, cache.randomkey() IS NULL AS randomkey;
SELECT * FROM cache.scan();
SELECT * FROM cache.keys();
SELECT cache.dbsize(), cache.del('b'), cache.del_if_equal('c', '3');
SET cache.enabled = on;
SELECT * FROM cache.keys();
SELECT cache.get('a');

-- nobody may use it without a grant; clearing takes more
CREATE ROLE regress_cache_user;
SET ROLE regress_cache_user;
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
SELECT pg_temp.fails($$SELECT cache.get('a')$$);
RESET ROLE;
GRANT USAGE ON SCHEMA cache TO regress_cache_user;
SET ROLE regress_cache_user;
SELECT cache.get('a'), cache.set('a', '2'), (SELECT count(*) FROM cache.stats()), (SELECT count(*) FROM cache.stats);
SELECT pg_temp.fails($$SELECT cache.clear_all()$$);
SELECT pg_temp.fails($$SELECT cache.clear('default')$$);
SELECT pg_temp.fails($$SET cache.stop_point = 'call_before:error'$$);
DROP FUNCTION pg_temp.fails;
RESET ROLE;
REVOKE USAGE ON SCHEMA cache FROM regress_cache_user;
DROP ROLE regress_cache_user;
\pset format aligned
\pset tuples_only off

-- parallel workers read too
CREATE TABLE many_keys AS SELECT 'p:' || i AS key FROM generate_series(1, 2000) i;
SELECT count(cache.set(key, 'v')) FROM many_keys;
SELECT set_config(name, 'on', false) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
EXPLAIN (COSTS OFF) SELECT count(cache.get(key)) FROM many_keys;
SELECT count(cache.get(key)), count(cache.ttl(key)) FROM many_keys;
EXPLAIN (COSTS OFF) SELECT count(cache.set(key, 'v')) FROM many_keys;
SELECT set_config(name, 'off', false) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query');
DROP TABLE many_keys;

-- dropping the extension discards the database's keys, unless it is rolled back
SELECT cache.clear_all() > 0 AS some, cache.set('kept', 'v');
BEGIN;
SAVEPOINT s;
DROP EXTENSION cache CASCADE;
ROLLBACK TO s;
COMMIT;
SELECT cache.get('kept');
DROP EXTENSION cache;
CREATE EXTENSION cache;
SELECT cache.get('kept') IS NULL AS gone, cache.dbsize();

-- databases do not see each other's keys, and a dropped one's are gone
SELECT cache.set('mine', 'v'), current_database() AS back \gset
CREATE DATABASE cache_other TEMPLATE template0;
\c cache_other
-- a schema that somebody made beforehand is not filled
CREATE ROLE regress_cache_squatter;
CREATE SCHEMA cache AUTHORIZATION regress_cache_squatter;
CREATE EXTENSION cache;
DROP SCHEMA cache;
DROP ROLE regress_cache_squatter;
CREATE EXTENSION cache;
SELECT cache.get('mine') IS NULL AS not_mine, cache.set('mine', 'theirs'), cache.dbsize();
\c :back
SELECT cache.get('mine'), (SELECT entries FROM cache.stats WHERE namespace IS NULL) - cache.dbsize() > 0 AS others;
SELECT entries AS before FROM cache.stats WHERE namespace IS NULL \gset
DROP DATABASE cache_other;
SELECT :before - entries AS gone, cache.get('mine') FROM cache.stats WHERE namespace IS NULL;
