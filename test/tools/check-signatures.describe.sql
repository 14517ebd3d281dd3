--
-- check-signatures.describe.sql
--    What schema cache of the current database offers, one line an object: kind, name, and all that its callers depend
--    on. Run by check-signatures.sh on the design and on the installed extension, as CSV.
--
-- Names that begin with _ or test_ are no part of the interface, nor are the functions that only an aggregate or a
-- foreign-data wrapper calls; of an aggregate the implementation does not show.
--
set search_path = pg_catalog;

with grantees as (
	select p.oid, coalesce(string_agg(distinct case a.grantee when 0 then 'public' else a.grantee::regrole::text end, ', ')
			filter (where a.grantee <> p.proowner), 'owner') as who
	from pg_proc p cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
	where p.pronamespace = 'cache'::regnamespace
	group by p.oid
)
select case p.prokind when 'a' then 'aggregate' else 'function' end as kind, p.proname::text as name,
       format('%s(%s) returns %s%s%s parallel %s for %s', p.proname, pg_get_function_arguments(p.oid),
              pg_get_function_result(p.oid),
              case p.provolatile when 'v' then ' volatile' when 's' then ' stable' else ' immutable' end,
              case when p.proisstrict then ' strict' else '' end,
              case p.proparallel when 's' then 'safe' when 'r' then 'restricted' else 'unsafe' end, g.who) as line
from pg_proc p join grantees g using (oid)
where p.pronamespace = 'cache'::regnamespace
  and p.proname !~ '^(_|test_)'
  and 'internal'::regtype <> all (p.proargtypes::oid[])
  and p.prorettype not in ('internal'::regtype, 'fdw_handler'::regtype)
union all
select case c.relkind when 'v' then 'view' else 'table' end, c.relname::text,
       format('%s(%s) for %s', c.relname,
              (select string_agg(format('%s %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum)
               from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
              (select coalesce(string_agg(distinct case x.grantee when 0 then 'public' else x.grantee::regrole::text end, ', ')
                       filter (where x.grantee <> c.relowner), 'owner')
               from aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) x))
from pg_class c
where c.relnamespace = 'cache'::regnamespace and c.relkind in ('v', 'm', 'r', 'p') and c.relname !~ '^(_|test_)'
union all
select 'type', t.typname::text, t.typname::text
from pg_type t left join pg_class c on c.oid = t.typrelid
where t.typnamespace = 'cache'::regnamespace and t.typelem = 0 and coalesce(c.relkind, 'c') = 'c'
order by 1, 2, 3;
