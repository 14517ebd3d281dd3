\pset border 1
\pset footer off
\echo
\echo ================================================================================
\echo 1. An expensive question, asked of the tables and asked of the cache
\echo ================================================================================
\echo
SELECT count(*) AS places, count(*) FILTER (WHERE population > 1000000) AS big_cities FROM places;

\timing on
\echo Five cities of Japan that are the nearest big city of most places. The answer of the database:
SELECT * FROM jsonb_to_recordset(nearest_cities('JP')) AS (city text, serves int, average_km int);

\echo Kept under a key for an hour:
SELECT cache.set_json('nearest:JP', nearest_cities('JP'), ttl => '1 hour');

\echo The same answer from shared memory, in this and in every other session:
SELECT * FROM jsonb_to_recordset(cache.get_json('nearest:JP')) AS (city text, serves int, average_km int);
\timing off

\echo Cache-aside in one expression: what is missing is computed.
SELECT coalesce(cache.get_json('nearest:JP'), nearest_cities('JP')) ->> 0 AS first_of_five,
	cache.ttl('nearest:JP') AS time_left;

\echo
\echo ================================================================================
\echo 2. Time to live
\echo ================================================================================
\echo
SELECT cache.set('offer', 'half price', ex => 1.0);
SELECT cache.get('offer') AS offer, cache.ttl('offer') AS time_left;
SELECT pg_sleep(1.1);
SELECT cache.get('offer') AS offer, cache.exists('offer') AS exists;

\echo
\echo ================================================================================
\echo 3. A counter: at most three calls in a window of ten seconds
\echo ================================================================================
\echo
SELECT call, count, CASE WHEN count <= 3 THEN 'served' ELSE 'refused' END AS outcome
FROM generate_series(1, 5) AS call, cache.incr('calls:alice', ttl => '10 s') AS count;
SELECT cache.ttl('calls:alice') AS window_ends_in;

\echo
\echo ================================================================================
\echo 4. Ten thousand places as keys, and what the cache says of itself
\echo ================================================================================
\echo
\timing on
SELECT count(cache.set('place:' || geonameid, name)) AS keys_set FROM places WHERE population > 50000;
SELECT count(cache.get('place:' || geonameid)) AS keys_found FROM places WHERE population > 50000;
\timing off
SELECT cache.get('place:1850147') AS tokyo, cache.dbsize() AS keys;
SELECT * FROM cache.stats \gx
