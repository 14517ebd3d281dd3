--
-- The server
--
create function cache.stats() returns table(namespace text, entries bigint, hits bigint, misses bigint,
		hit_ratio float8, sets bigint, deletes bigint, expirations bigint, evictions bigint, rejected_writes bigint,
		memory_used bigint, memory_limit bigint, stats_reset timestamptz)
	language c volatile parallel safe
	as 'MODULE_PATHNAME', 'cache_sql_stats';
comment on function cache.stats is
	'Counters by namespace, and in total in the row whose namespace is NULL; memory in bytes, hit_ratio 0 '
	'to 1 or NULL.';

create view cache.stats as select * from cache.stats();
comment on view cache.stats is
	'Counters by namespace, and in total in the row whose namespace is NULL; memory in bytes, hit_ratio 0 '
	'to 1 or NULL.';
grant select on cache.stats to public;
