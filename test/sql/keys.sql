-- Keys of any type: del, unlink, exists, touch, type, rename, copy, and what is known of them.
SELECT cache.clear_all() IS NOT NULL AS cleared;
CREATE FUNCTION verify() RETURNS text LANGUAGE c AS '$libdir/cache', 'cache_test_verify';

-- removing
SELECT cache.set('a', '1'), cache.del('a'), cache.del('a'), cache.exists('a');
SELECT cache.set('a', '1'), cache.unlink('a'), cache.unlink('a');
SELECT cache.mset(ARRAY['a', 'b', 'c'], ARRAY['1', '2', '3']), cache.del_many(ARRAY['a', 'b', 'a', 'missing']), cache.exists('c'), cache.del_many('{}');
SELECT cache.set('a', '1'), cache.unlink_many(ARRAY['a', 'c', 'missing']), cache.dbsize();
SELECT cache.set('large', repeat('x', 1000000)), cache.del('large'), cache.set('large', repeat('x', 1000000)), cache.unlink('large'), cache.exists('large');

-- delete if equal
SELECT cache.set('lock', 'mine'), cache.del_if_equal('lock', 'yours'), cache.del_if_equal('lock', 'mine'), cache.del_if_equal('lock', 'mine');
SELECT cache.set_bytes('lock', '\xff'), cache.del_if_equal_bytes('lock', '\xfe'), cache.del_if_equal_bytes('lock', '\xff'), cache.exists('lock');
SELECT cache.set('lock', NULL), cache.del_if_equal('lock', ''), cache.del_if_equal('lock', NULL), cache.exists('lock');
SELECT cache.set('lock', repeat('x', 100000)), cache.del_if_equal('lock', repeat('x', 99999) || 'y'), cache.del_if_equal('lock', repeat('x', 100000));

-- testing
SELECT cache.mset(ARRAY['a', 'b'], ARRAY['1', NULL]), cache.exists('a'), cache.exists('b'), cache.exists('c'), cache.exists_many(ARRAY['a', 'b', 'c', 'a']), cache.exists_many('{}');
SELECT cache.touch('a'), cache.touch('missing'), cache.touch_many(ARRAY['a', 'b', 'missing', 'a']);
SELECT cache.type('a'), cache.type('b'), cache.type('missing') IS NULL AS missing;

-- names
SELECT cache.rename('a', 'z'), cache.exists('a'), cache.get('z'), cache.rename('a', 'z'), cache.get('z');
SELECT cache.set('y', 'of y'), cache.rename('y', 'z'), cache.get('z'), cache.rename('z', 'z'), cache.get('z');
SELECT cache.set('t', 'v', ttl => '1 hour'), cache.rename('t', 't2'), cache.ttl('t2') > '59 minutes' AS an_hour;
SELECT cache.set('t3', 'x'), cache.rename('t3', 't2'), cache.ttl('t2') IS NULL AS none;
SELECT cache.renamenx('z', 't2'), cache.renamenx('z', 'new'), cache.get('new'), cache.renamenx('missing', 'x'), cache.renamenx('new', 'new'), cache.renamenx('missing', 'missing');
SELECT cache.set('large', repeat('0123456789', 10000), ttl => '1 hour'), cache.rename('large', repeat('k', 1000)), cache.get(repeat('k', 1000)) = repeat('0123456789', 10000) AS same, cache.rename(repeat('k', 1000), 'large');
SELECT cache.set('m', repeat('0123456789', 810)), cache.rename('m', repeat('k', 1024)), cache.get(repeat('k', 1024)) = repeat('0123456789', 810) AS same;

-- copies
SELECT cache.copy('new', 'copy'), cache.get('copy'), cache.copy('large', 'copy'), cache.get('copy'), cache.copy('missing', 'x');
SELECT cache.copy('large', 'copy', replace => true), cache.get('copy') = cache.get('large') AS same, cache.ttl('copy') > '59 minutes' AS an_hour;
SELECT cache.append('copy', '!'), cache.strlen('copy'), cache.strlen('large'), cache.copy('copy', 'copy'), cache.copy('copy', 'copy', replace => true);
SELECT cache.set_json('j', '{"a": 1}'), cache.copy('j', 'j2'), cache.get_json('j2'), cache.set('n', NULL), cache.copy('n', 'n2'), (cache.lookup('n2')).found;

-- inside
SELECT k, cache.object_encoding(k), cache.memory_usage(k) BETWEEN bytes AND bytes + 110 AS as_expected
FROM (VALUES ('i', 1), ('e', 100), ('n', 0)) v(k, bytes), LATERAL (SELECT cache.set(k, CASE k WHEN 'i' THEN '7' WHEN 'e' THEN repeat('x', 100) END)) s;
SELECT cache.object_encoding('large'), cache.memory_usage('large') > 100000 AS large, cache.object_encoding('j'), cache.object_encoding('missing') IS NULL AS none, cache.memory_usage('missing') IS NULL AS missing;
SELECT cache.set_bytes('i', '12'), cache.object_encoding('i'), cache.set('i', '012'), cache.object_encoding('i'), cache.set('i', ''), cache.object_encoding('i');
SELECT cache.object_freq('a') IS NULL AS not_kept, cache.object_idletime('a') IS NULL AS not_kept_either;

SELECT verify() AS problem;
SELECT cache.clear_all() > 0 AS some, cache.dbsize(), cache.clear_all();
SELECT cache.set('a', '1'), cache.clear('default'), cache.exists('a');
SELECT cache.set('a', '1'), cache.dbsize();
SELECT verify() AS problem;
DROP FUNCTION verify;
