\pset border 1
\pset footer off
\set QUIET on
\echo
\echo '== 1. An expensive question: which cities of a million are nearest to most places of the US? ==================='
\echo
\timing on
SELECT * FROM jsonb_to_recordset(nearest_cities('US')) AS (city text, serves int, average_km int);
\timing off
\echo
\echo 'That is the database at work. Cache-aside as a function: the first caller computes, all others find.'
\echo
\sf cached_nearest_cities
\echo
\timing on
SELECT * FROM jsonb_to_recordset(cached_nearest_cities('US')) AS (city text, serves int, average_km int);
SELECT * FROM jsonb_to_recordset(cached_nearest_cities('US')) AS (city text, serves int, average_km int);
\timing off
\echo
\echo 'A new session finds it as well. (Its very first query loads catalogs; the second is what a session sees.)'
\echo
\connect
\timing on
SELECT cached_nearest_cities('US') #>> '{0,city}' AS city;
SELECT cached_nearest_cities('US') #>> '{0,city}' AS city;
\timing off

\echo
\echo '== 2. Time to live ============================================================================================'
\echo
SELECT cache.set('offer', 'half price', ttl => '1.5 s');
SELECT cache.get('offer'), cache.ttl('offer'), pg_sleep(0.9) AS wait;
SELECT cache.get('offer'), cache.ttl('offer'), pg_sleep(0.9) AS wait;
SELECT cache.get('offer'), cache.exists('offer');

\echo
\echo '== 3. An atomic counter: three calls in a window of two seconds ==============================================='
\echo
\echo 'The time to live counts from the first call; later ones do not prolong it.'
\echo
CREATE FUNCTION may_call(who text) RETURNS text LANGUAGE sql
RETURN CASE WHEN cache.incr('calls:' || who, ttl => '2 s') <= 3 THEN 'served' ELSE 'refused' END;

SELECT call, may_call('alice'), cache.ttl('calls:alice') AS window_ends_in FROM generate_series(1, 5) AS call;
SELECT pg_sleep(2.1) AS two_seconds_later, may_call('alice'), cache.get('calls:alice') AS calls;
\echo
\echo 'Eight sessions (pgbench) call cache.incr 4,000 times in all. No lock of a row, no dead rows, none lost:'
\echo
\! pgbench -n -c 8 -j 2 -t 500 -f incr.pgbench 2>&1 | grep -E 'processed|tps'
SELECT cache.get('visits');

\echo
\echo '== 4. Places by key: text, json, parts of values ==============================================================='
\echo
\timing on
SELECT count(cache.set_json('place:' || geonameid, to_jsonb(p))) AS keys_set FROM places p;
SELECT count(cache.get_json('place:' || geonameid)) AS keys_found FROM places;
\timing off
SELECT cache.get_json('place:1850147') ->> 'name' AS name, cache.get_json('place:1850147') ->> 'population' AS population;
SELECT place ->> 'name' AS name FROM unnest(cache.mget_json('{place:2988507,place:2643743,place:0}')) AS place;
SELECT cache.set('motto', 'Fluctuat'), cache.append('motto', ' nec mergitur'), cache.getset('motto', 'Paris'), cache.getdel('motto');
SELECT key, cache.type(key), cache.object_encoding(key), cache.memory_usage(key) AS bytes FROM cache.keys('[cnv]*') ORDER BY key;

\echo
\echo '== 5. What the cache says of itself ==========================================================================='
\echo
SELECT entries, hits, misses, round(hit_ratio::numeric, 4) AS hit_ratio, sets, evictions,
	pg_size_pretty(memory_used) AS used, pg_size_pretty(memory_limit) AS of
FROM cache.stats WHERE namespace IS NULL;
SELECT cache.clear_all() AS keys_discarded, cache.dbsize() AS keys_left;
