--
-- The library: it has to be preloaded, and of the version of this script; the schema a superuser's. Checked before
-- anything else, since a missing entry point of another version would say less.
--
comment on schema cache is
	'The cache: GRANT USAGE lets a role use it.';
revoke all on schema cache from public;

create function cache.library_version() returns text language c stable parallel safe
	as 'MODULE_PATHNAME', 'cache_sql_library_version';
comment on function cache.library_version is
	'The version of the library in this server''s memory; works when it is not preloaded.';

create function cache.extension_version() returns text language sql stable parallel safe
	return (select extversion from pg_catalog.pg_extension where extname = 'cache');
comment on function cache.extension_version is
	'The version of the SQL objects installed in this database, as pg_extension has it.';

create function cache._check_library(version text) returns void language c volatile strict
	as 'MODULE_PATHNAME', 'cache_sql_check_library';
select cache._check_library(cache.extension_version());
drop function cache._check_library(text);
