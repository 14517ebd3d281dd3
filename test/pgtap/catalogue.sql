--
-- catalogue.sql
--    What is installed, as its users may rely on it: names, results, strictness, volatility, privileges.
--
SET client_min_messages = warning;
BEGIN;
SELECT no_plan();

SELECT has_extension('cache');
SELECT has_schema('cache');
SELECT isnt_empty($$SELECT 1 FROM pg_extension WHERE extname = 'cache' AND extnamespace = 'cache'::regnamespace$$, 'the extension is in its schema');
SELECT is(cache.library_version(), cache.extension_version(), 'library and SQL have one version');

-- Verbs: name, arguments without defaults, result
CREATE TEMP TABLE verb (name name, args text[], result text, writes boolean);
INSERT INTO verb VALUES
	('get', '{text}', 'text', false), ('get_bytes', '{text}', 'bytea', false), ('get_json', '{text}', 'jsonb', false),
	('lookup', '{text}', 'record', false), ('mget', '{text[]}', 'text[]', false), ('mget_bytes', '{text[]}', 'bytea[]', false),
	('mget_json', '{text[]}', 'jsonb[]', false), ('strlen', '{text}', 'bigint', false), ('exists', '{text}', 'boolean', false),
	('exists_many', '{text[]}', 'bigint', false), ('type', '{text}', 'text', false), ('ttl', '{text}', 'interval', false),
	('expiretime', '{text}', 'timestamp with time zone', false), ('randomkey', '{}', 'text', false), ('dbsize', '{}', 'bigint', false),
	('memory_usage', '{text}', 'bigint', false), ('object_encoding', '{text}', 'text', false),
	('getdel', '{text}', 'text', true), ('append', '{text,text}', 'bigint', true), ('setrange', '{text,bigint,text}', 'bigint', true),
	('del', '{text}', 'boolean', true), ('del_many', '{text[]}', 'bigint', true), ('unlink', '{text}', 'boolean', true),
	('del_if_equal', '{text,text}', 'boolean', true), ('touch', '{text}', 'boolean', true), ('persist', '{text}', 'boolean', true),
	('rename', '{text,text}', 'boolean', true), ('renamenx', '{text,text}', 'boolean', true),
	('clear', '{text}', 'bigint', true), ('clear_all', '{}', 'bigint', true);
SELECT has_function('cache', name, args, format('cache.%s(%s) is there', name, array_to_string(args, ', '))) FROM verb;
SELECT function_returns('cache', name, args, result, format('cache.%s returns %s', name, result)) FROM verb;
-- verbs with options
SELECT has_function('cache', name, format('cache.%s is there', name))
FROM unnest('{set,set_bytes,set_json,getset,getex,mset,mset_bytes,mset_object,msetnx,incr,decr,incrby,decrby,incrbyfloat,expire,expireat,copy,scan,keys,getrange}'::name[]) AS name;

SELECT volatility_is('cache', name, args, 'volatile', format('cache.%s is volatile: two calls in one statement may differ', name)) FROM verb;
SELECT isnt_strict('cache', name, args, format('cache.%s takes NULL for what it is', name)) FROM verb WHERE args <> '{}';
SELECT is(proparallel::text, CASE WHEN writes THEN 'u' ELSE 's' END, format('cache.%s %s in parallel workers', name, CASE WHEN writes THEN 'does not run' ELSE 'runs' END))
FROM verb JOIN pg_proc ON proname = name AND pronamespace = 'cache'::regnamespace AND pronargs = cardinality(args);

-- No member without a comment, none that is SECURITY DEFINER, none that leaks through a view
SELECT is_empty($$
	SELECT p.oid::regprocedure FROM pg_proc p WHERE pronamespace = 'cache'::regnamespace AND obj_description(p.oid, 'pg_proc') IS NULL$$,
	'every function has a comment');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p WHERE pronamespace = 'cache'::regnamespace AND prosecdef$$,
	'no function runs with its owner''s rights');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p WHERE pronamespace = 'cache'::regnamespace AND provariadic <> 0$$,
	'none takes VARIADIC');
SELECT is_empty($$
	SELECT p.oid::regprocedure FROM pg_proc p, pg_get_keywords() k
	WHERE pronamespace = 'cache'::regnamespace AND k.word = ANY (proargnames) AND k.catcode = 'R'$$,
	'no parameter is a reserved word');
SELECT columns_are('cache', 'stats', '{namespace,entries,hits,misses,hit_ratio,sets,deletes,expirations,evictions,rejected_writes,memory_used,memory_limit,stats_reset}'::name[]);

-- Privileges
CREATE ROLE nobody_special;
CREATE ROLE app_user;
SELECT schema_privs_are('cache', 'nobody_special', '{}'::name[], 'the schema is closed to everybody');
SELECT function_privs_are('cache', 'get', '{text}', 'nobody_special', '{EXECUTE}'::name[], 'functions need no grant of their own');
SELECT function_privs_are('cache', 'clear_all', '{}', 'nobody_special', '{}'::name[], 'but clear_all does');
SELECT function_privs_are('cache', 'clear', '{text}', 'nobody_special', '{}'::name[], 'and clear');
GRANT USAGE ON SCHEMA cache TO app_user;

SET LOCAL ROLE nobody_special;
SELECT throws_ok($$SELECT cache.get('k')$$, '42501', NULL, 'without USAGE nothing can be read');
SELECT throws_ok($$SELECT cache.set('k', 'v')$$, '42501', NULL, 'or written');
SELECT throws_ok($$SELECT * FROM cache.stats$$, '42501', NULL, 'or looked at');
RESET ROLE;
SET LOCAL ROLE app_user;
SELECT lives_ok($$SELECT cache.set('k', 'v'), cache.get('k'), cache.del('k')$$, 'USAGE on the schema opens it');
SELECT throws_ok($$SELECT cache.clear_all()$$, '42501', NULL, 'but not for discarding everything');
SELECT throws_ok($$SELECT cache.clear('default')$$, '42501', NULL, 'nor a namespace');
SELECT throws_ok($$SET cache.stop_point = 'call_before:error'$$, '42501', NULL, 'nor for what only tests need');
RESET ROLE;
GRANT EXECUTE ON FUNCTION cache.clear_all TO app_user;
SET LOCAL ROLE app_user;
SELECT lives_ok($$SELECT cache.clear_all()$$, 'what was granted works');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
