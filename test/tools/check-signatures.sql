--
-- check-signatures.sql
--    The interface rules that the catalogue can show, for schema cache of the current database: the installed
--    extension or docs/signatures.sql. Raises an error that lists every breach.
--
--    psql -X -v ON_ERROR_STOP=1 -f test/tools/check-signatures.sql
--
-- Names that begin with _ or test_ are no part of the interface and only need a comment.
--
\set ON_ERROR_STOP on
set client_min_messages = notice;
begin;
set local search_path = pg_catalog;

create temporary view sig_function as
select p.oid, p.proname::text as name, p.prokind as kind, p.provolatile as volatility, p.proparallel as parallel,
       p.proisstrict as strict, p.prosecdef as definer, p.proconfig as config, p.provariadic as variadic_type,
       p.pronargs as inputs, p.pronargdefaults as defaults, p.proretset as retset,
       p.prorettype::regtype::text as result, p.oid::regprocedure::text as signature,
       p.proname ~ '^(_|test_)' as private,
       (p.prorettype in ('trigger'::regtype, 'event_trigger'::regtype, 'fdw_handler'::regtype, 'internal'::regtype)
        or 'internal'::regtype = any (p.proargtypes::oid[])) as support
from pg_proc p
where p.pronamespace = 'cache'::regnamespace;

create temporary view sig_argument as
select f.*, a.position, coalesce(p.proargnames[a.position], '') as argument, coalesce(p.proargmodes[a.position], 'i') as mode,
       a.type::regtype::text as type,
       rank() over (partition by f.oid, coalesce(p.proargmodes[a.position], 'i') in ('i', 'b', 'v') order by a.position)
         > f.inputs - f.defaults as optional
from sig_function f
join pg_proc p on p.oid = f.oid
cross join lateral unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) with ordinality as a (type, position);

-- What a name means wherever it is an input: its type, and whether it is an option.
create temporary view sig_vocabulary as
select * from (values
	('key', '{text}', false), ('keys', '{text[]}', false), ('new_key', '{text}', false),
	('source', '{text,anyelement}', false), ('destination', '{text}', false),
	('value', '{text,bytea,jsonb,anynonarray,anyelement,integer,bigint}', false),
	('vals', '{text[],bytea[]}', false), ('fields', '{jsonb,text[],bytea[]}', false),
	('field', '{text,bytea}', false), ('member', '{text,bytea}', false), ('members', '{text[]}', false),
	('score', '{double precision}', false), ('scores', '{double precision[]}', false),
	('increment', '{bigint,double precision}', false), ('decrement', '{bigint}', false),
	('ttl', '{interval}', true), ('ex', '{double precision}', true), ('at', '{timestamp with time zone}', null),
	('persist', '{boolean}', true), ('keepttl', '{boolean}', true), ('if_equals', '{text,bytea,jsonb}', true),
	('nx', '{boolean}', true), ('xx', '{boolean}', true), ('gt', '{boolean}', true), ('lt', '{boolean}', true),
	('ch', '{boolean}', true), ('wait', '{interval}', true), ('max_count', '{bigint}', null),
	('skip', '{bigint}', true), ('cursor', '{text}', true), ('pattern', '{text,bytea}', null),
	('start', '{bigint,text}', null), ('stop', '{bigint,text}', null), ('descending', '{boolean}', true),
	('group_name', '{text}', false), ('consumer', '{text}', null), ('lease', '{text}', true), ('session', '{boolean}', true),
	('token', '{bigint,text}', false), ('namespace', '{text}', null), ('tags', '{text[]}', null), ('type_name', '{text}', true),
	('sample', '{double precision}', true)
) v (argument, types, optional);

create temporary view sig_problem as
-- names
select signature as object, format('argument %s has no name', position) as problem
from sig_argument where argument = '' and not private
union all
select signature, format('argument "%s" is a key word of SQL: an error in many places, also as %s => …', argument, argument)
from sig_argument join pg_get_keywords() k on k.word = argument
where mode in ('i', 'b', 'v') and k.catcode <> 'U' and not private
union all
select signature, format('result column "%s" is a reserved word', argument)
from sig_argument join pg_get_keywords() k on k.word = argument
where mode in ('o', 't') and k.catcode in ('R', 'T') and not private
union all
select signature, format('argument "%s" is not lower case with underscores', argument)
from sig_argument where argument !~ '^[a-z][a-z0-9_]*$' and argument <> '' and not private
union all
select c.relname, format('column "%s" is a reserved word', a.attname)
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 join pg_get_keywords() k on k.word = a.attname
where c.relnamespace = 'cache'::regnamespace and c.relkind in ('v', 'm', 'r', 'p') and k.catcode in ('R', 'T')
-- resolution
union all
select signature, 'VARIADIC: nothing could follow it, and untyped parameters fail' from sig_function where variadic_type <> 0
union all
select name, format('%s functions of this name: only set may be overloaded, and only with anynonarray', count(*))
from sig_function where not private group by name having count(*) > case when name = 'set' then 2 else 1 end
union all
select signature, format('argument %s is polymorphic: untyped literals fail', argument)
from sig_argument
where type like 'any%' and kind = 'f' and not support and not private
  and not (name = 'set' and type = 'anynonarray') and argument not in ('row_type', 'source')
union all
select signature, format('argument %s is %s: use one of the types that the others use', argument, type)
from sig_argument
where mode in ('i', 'b', 'v') and not support and not private
  and type not in ('text', 'text[]', 'bytea', 'bytea[]', 'jsonb', 'jsonb[]', 'bigint', 'bigint[]', 'double precision',
                   'double precision[]', 'boolean', 'interval', 'timestamp with time zone', 'regclass', 'anynonarray', 'anyelement')
  and not (type = 'integer' and name in ('setbit', 'bitpos')) and not (type = 'oid' and name ~ '_validator$')
union all
select signature, format('%s is of type %s, elsewhere %s', argument, type, types)
from sig_argument join sig_vocabulary using (argument)
where mode in ('i', 'b', 'v') and not support and not private and type <> all (types::text[])
-- options
union all
select a.signature, format('option %s has no default', argument)
from sig_argument a join sig_vocabulary v using (argument)
where mode in ('i', 'b') and not support and not private and v.optional and not a.optional and kind = 'f'
union all
select a.signature, format('%s is data and has a default', argument)
from sig_argument a join sig_vocabulary v using (argument)
where mode in ('i', 'b') and not support and not private and not v.optional and a.optional and kind = 'f'
union all
select signature, format('boolean %s has no default', argument)
from sig_argument where mode in ('i', 'b') and type = 'boolean' and not optional and not support and not private
union all
select f.signature, 'has ttl but no ex, or ex but no ttl'
from sig_function f
where not private and name not in ('attach', 'create_namespace', 'alter_namespace')
  and (select count(distinct argument) from sig_argument a where a.oid = f.oid and a.mode = 'i' and argument in ('ttl', 'ex')) = 1
-- results
union all
select signature, 'a function that counts returns bigint'
from sig_function where result in ('integer', 'smallint', 'numeric') and name not in ('setbit', 'getbit') and not private
union all
select signature, 'several values are TABLE (named columns) or an array, not a bare set'
from sig_function f
where retset and not private and result <> 'anyelement' and not exists (select from sig_argument a where a.oid = f.oid and mode in ('o', 't'))
union all
select signature, format('column %s: a point in time is timestamptz', argument)
from sig_argument where mode in ('o', 't') and type in ('timestamp without time zone', 'date', 'time without time zone') and not private
-- twins and batches
union all
select f.signature, 'has no form without _bytes'
from sig_function f
where name ~ '_bytes$' and not private and not exists (select from sig_function t where t.name = regexp_replace(f.name, '_bytes$', ''))
union all
select f.signature, format('differs from %s in more than text and bytea', t.name)
from sig_function f join sig_function t on t.name = regexp_replace(f.name, '_bytes$', '')
where f.name ~ '_bytes$' and not f.private and f.name <> 'set_bytes'
  and not exists (select from sig_argument a where a.oid = t.oid and type = 'jsonb')
  and regexp_replace(pg_get_function_identity_arguments(f.oid) || ' ' || pg_get_function_result(f.oid), '\mbytea\M', 'text', 'g')
      <> regexp_replace(pg_get_function_identity_arguments(t.oid) || ' ' || pg_get_function_result(t.oid), '\mbytea\M', 'text', 'g')
union all
select f.signature, 'has no form without _many'
from sig_function f
where name ~ '_many(_bytes)?$' and not private
  and not exists (select from sig_function t where t.name = regexp_replace(f.name, '_many(_bytes)?$', ''))
-- attributes
union all
select signature, 'is not VOLATILE' from sig_function
where volatility <> 'v' and not support and not private and kind = 'f'
  and not (volatility = 'i' and name in ('key', 'key_parts', 'hll_count', 'bf_test'))
  and not (volatility = 's' and name in ('library_version', 'extension_version'))
union all
select signature, 'is VOLATILE and STRICT: a NULL key is an error, a NULL value is a value'
from sig_function where strict and volatility = 'v' and not private
union all
select signature, 'writes or waits, and is not PARALLEL UNSAFE'
from sig_function f
where parallel = 's' and volatility = 'v' and not support and not private and exists (
	select from sig_argument a where a.oid = f.oid and mode = 'i'
	  and argument in ('ttl', 'ex', 'nx', 'xx', 'persist', 'wait', 'increment', 'destination', 'lease', 'immediate'))
union all
select signature, 'is SECURITY DEFINER or has SET: privileges are checked in the function'
from sig_function where definer or config is not null
-- comments
union all
select f.signature, 'has no COMMENT'
from sig_function f where coalesce(obj_description(f.oid, 'pg_proc'), '') = ''
union all
select f.signature, 'COMMENT does not end as a sentence, or has several lines'
from sig_function f where obj_description(f.oid, 'pg_proc') !~ '\.$' or obj_description(f.oid, 'pg_proc') ~ '\n'
union all
select 'cache.' || c.relname, 'has no COMMENT'
from pg_class c
where c.relnamespace = 'cache'::regnamespace and c.relkind in ('v', 'm', 'r', 'p') and coalesce(obj_description(c.oid, 'pg_class'), '') = ''
union all
select 'cache.' || t.typname, 'has no COMMENT'
from pg_type t left join pg_class c on c.oid = t.typrelid
where t.typnamespace = 'cache'::regnamespace and t.typelem = 0 and coalesce(c.relkind, 'c') = 'c'
  and coalesce(obj_description(t.oid, 'pg_type'), '') = '';

do $$
declare
	problems text := (select string_agg(object || ': ' || problem, E'\n' order by object, problem) from pg_temp.sig_problem);
begin
	if (select count(*) from pg_temp.sig_function) = 0 then
		raise exception 'schema cache has no functions';
	end if;
	if problems is not null then
		raise exception using message = E'the interface breaks its rules:\n' || problems;
	end if;
end
$$;
rollback;
