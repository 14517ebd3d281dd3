-- Whole values: set, get, lookup, getset, getdel, getex, and parts of values.
SELECT cache.clear_all() IS NOT NULL AS cleared;

-- set and get
SELECT cache.set('s', 'first'), cache.get('s');
SELECT cache.set('s', 'second'), cache.get('s');
SELECT cache.get('missing') IS NULL AS missing;
SELECT cache.set('', 'the empty key'), cache.get('');
SELECT cache.set('empty', ''), cache.get('empty') = '' AS empty, cache.strlen('empty');
SELECT cache.set('a key with spaces, "quotes" and ünïcödé', 'ok');
SELECT cache.get('a key with spaces, "quotes" and ünïcödé');

-- a cached NULL is not a missing key
SELECT cache.set('nothing', NULL), cache.get('nothing') IS NULL AS reads_null, cache.exists('nothing');
SELECT * FROM cache.lookup('nothing');
SELECT * FROM cache.lookup('missing');
SELECT * FROM cache.lookup('s');
SELECT found, value FROM cache.lookup_bytes('s');
SELECT (cache.lookup('s')).value, (cache.lookup('missing')).found;

-- nx and xx
SELECT cache.set('nx', '1', nx => true), cache.set('nx', '2', nx => true), cache.get('nx');
SELECT cache.set('xx', '1', xx => true), cache.exists('xx');
SELECT cache.set('nx', '3', xx => true), cache.get('nx');
SELECT cache.set('nx', '4', nx => NULL, xx => NULL), cache.get('nx');

-- compare and set
SELECT cache.set('cas', 'new', if_equals => 'old'), cache.exists('cas');
SELECT cache.set('cas', 'old'), cache.set('cas', 'new', if_equals => 'old'), cache.set('cas', 'newer', if_equals => 'old');
SELECT cache.get('cas');
SELECT cache.set_bytes('cas', '\x01', if_equals => '\x02'), cache.set_bytes('cas', '\x01'),
	cache.set_bytes('cas', '\x03', if_equals => '\x01'), cache.get_bytes('cas');
SELECT cache.set_json('cas', '{"a": 1}'), cache.set_json('cas', '{"a": 2}', if_equals => '{ "a" : 1 }'), cache.get_json('cas');

-- the text form of any scalar
SELECT k, cache.get(k) FROM (VALUES
	('int', cache.set('int', 42)), ('bigint', cache.set('bigint', 9223372036854775807)),
	('numeric', cache.set('numeric', 1.50)), ('float', cache.set('float', 0.1::float8)),
	('bool', cache.set('bool', true)), ('date', cache.set('date', date '2026-01-31')),
	('uuid', cache.set('uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid)),
	('varchar', cache.set('varchar', 'v'::varchar)), ('name', cache.set('name', 'n'::name)),
	('char', cache.set('char', 'c'::char(5))), ('json', cache.set('json', '[1, 2]'::json)),
	('inet', cache.set('inet', inet '10.0.0.1')), ('interval', cache.set('interval', interval '1 day 2 hours'))
) v(k, done);
CREATE DOMAIN cents AS bigint CHECK (value >= 0);
CREATE TYPE mood AS ENUM ('sad', 'happy');
SELECT cache.set('domain', 5::cents), cache.get('domain'), cache.set('enum', 'happy'::mood), cache.get('enum');
SELECT cache.set('nullint', NULL::int), cache.get('nullint') IS NULL AS reads_null, cache.exists('nullint');
SELECT cache.set('bytea', '\x00ff'::bytea), cache.get_bytes('bytea');
SELECT cache.set('jsonb', '{"b": [1, null]}'::jsonb), cache.get_json('jsonb') -> 'b' AS b, cache.object_encoding('jsonb');
SELECT count(cache.set('many:' || i, i)) FROM generate_series(1, 3) i;
SELECT cache.get('many:2');

-- untyped parameters are text
PREPARE set_it AS SELECT cache.set($1, $2);
PREPARE get_it AS SELECT cache.get($1);
EXECUTE set_it('prepared', 'value');
EXECUTE get_it('prepared');
DEALLOCATE ALL;

-- large values live in blocks of their own
SELECT cache.set('large', repeat('0123456789', 100000)), cache.strlen('large'), cache.object_encoding('large');
SELECT cache.get('large') = repeat('0123456789', 100000) AS same, cache.get_bytes('large') = repeat('0123456789', 100000)::bytea AS same_bytes;
SELECT (cache.lookup('large')).value = repeat('0123456789', 100000) AS same;
SELECT cache.set('random' || n, v), cache.get('random' || n) = v AS same, cache.strlen('random' || n) = n AS len
FROM (SELECT n, left((SELECT string_agg(md5(i::text || n), '') FROM generate_series(0, n / 32) i), n) AS v
	FROM unnest(ARRAY[1, 100, 8000, 8100, 8150, 8191, 8192, 8193, 16384, 100001]) n) x;

-- getset
SELECT cache.getset('gs', 'one') IS NULL AS none, cache.getset('gs', 'two'), cache.getset('gs', NULL), cache.getset('gs', 'three') IS NULL AS null_before;
SELECT cache.get('gs');
SELECT cache.getset_bytes('gs', '\x00'), cache.getset_bytes('gs', '\x01'), cache.getset_bytes('gs none', 'x') IS NULL AS none;
SELECT length(cache.getset('large', 'small')), cache.get('large');

-- getdel
SELECT cache.getdel('gs none'), cache.exists('gs none'), cache.getdel('gs none') IS NULL AS gone;
SELECT cache.set_bytes('gd', '\xff00'), cache.getdel_bytes('gd'), cache.exists('gd'), cache.getdel_bytes('gd') IS NULL AS gone;
SELECT cache.set('gd', NULL), cache.getdel('gd') IS NULL AS was_null, cache.exists('gd');
SELECT cache.set_json('gd', '[1]'), cache.getdel('gd'), cache.exists('gd');

-- getex
SELECT cache.set('gx', 'v'), cache.getex('gx'), cache.ttl('gx') IS NULL AS never;
SELECT cache.getex('gx', ttl => '1 hour'), cache.ttl('gx') > '59 minutes' AS an_hour;
SELECT cache.getex('gx'), cache.ttl('gx') > '59 minutes' AS still;
SELECT cache.getex('gx', persist => true), cache.ttl('gx') IS NULL AS never;
SELECT cache.getex_bytes('gx', ex => 100), cache.ttl('gx') > '90 s' AS hundred;
SELECT cache.getex('missing', ttl => '1 s') IS NULL AS missing;

-- append
SELECT cache.append('ap', 'Hello'), cache.append('ap', ' World'), cache.get('ap'), cache.append('ap', '');
SELECT cache.append('ap new', ''), cache.exists('ap new'), cache.get('ap new') = '' AS empty;
SELECT cache.append_bytes('ap', '\x21'), cache.get('ap'), cache.append_bytes('ap', '\xff'), cache.get_bytes('ap');
SELECT cache.set('ap', NULL), cache.append('ap', 'x'), cache.get('ap');
SELECT cache.set('ap', 'v', ttl => '1 hour'), cache.append('ap', 'w'), cache.ttl('ap') > '59 minutes' AS kept;
SELECT max(cache.append('log', repeat('x', 1000))) FROM generate_series(1, 100);
SELECT cache.get('log') = repeat('x', 100000) AS same, cache.strlen('log');

-- strlen counts bytes
SELECT cache.strlen('missing'), cache.set('u', 'ünï'), cache.strlen('u'), cache.strlen('nothing');
SELECT cache.set_json('j', '{"a":1}'), cache.strlen('j') = length(cache.get('j')) AS of_its_text;

-- getrange takes positions as Redis does
SELECT cache.set('r', 'This is a string');
SELECT cache.getrange('r', 0, 3), cache.getrange('r', -3, -1), cache.getrange('r', 0, -1), cache.getrange('r', 10, 100), cache.getrange('r');
SELECT cache.getrange('r', 5, 3) AS empty, cache.getrange('r', 16, 20) AS past, cache.getrange('r', -100, 3), cache.getrange('r', -1, -5) AS reversed;
SELECT cache.getrange('r', 0, -17) AS before_start, cache.getrange('r', -100, -100) AS before_both, cache.getrange('r', -1, -100) AS turned;
SELECT cache.getrange('missing', 0, 3) = '' AS empty, cache.getrange('nothing', 0, 3) = '' AS empty_null;
SELECT cache.getrange_bytes('r', 0, 1), cache.getrange_bytes('missing', 0, 1);
SELECT cache.getrange('log', 99990, 200000), length(cache.getrange('log', 1000, 90999));
SELECT cache.getrange('r', (-9223372036854775808)::bigint, 9223372036854775807);

-- setrange
SELECT cache.set('w', 'Hello World'), cache.setrange('w', 6, 'Redis'), cache.get('w');
SELECT cache.setrange_bytes('w new', 3, 'abc'), cache.get_bytes('w new');
SELECT cache.setrange('w none', 5, ''), cache.exists('w none'), cache.setrange('w', 2, '');
SELECT cache.setrange('w', 11, '!'), cache.get('w');
SELECT cache.setrange('log', 50000, 'here'), cache.getrange('log', 49999, 50004), cache.strlen('log');
SELECT cache.setrange('sparse', 1000000, 'end'), cache.getrange_bytes('sparse', 999998, 2000000), cache.strlen('sparse');

-- READ ONLY transactions may use the cache, and ROLLBACK does not undo
BEGIN READ ONLY;
SELECT cache.set('ro', 'written'), cache.get('ro');
ROLLBACK;
SELECT cache.get('ro');

SELECT cache.clear_all() > 40 AS many;
DROP DOMAIN cents;
DROP TYPE mood;
