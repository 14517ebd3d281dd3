--
-- try-signatures.trace.sql
--    Give every function of schema cache a body that notes, in trial.call, which one was reached with what. An argument
--    shows as name=value unless it is NULL or false; a polymorphic one shows its type too.
--
create schema trial;
create table trial.call (n bigint generated always as identity, call text not null);
grant usage on schema cache, trial to public;
do $$
declare
	f record;
	note text;
	answer text;
begin
	for f in
		select p.oid, p.proname, p.proargnames, p.proargmodes, p.proallargtypes, p.prorettype::regtype::text as result, p.proretset,
		       p.proargtypes::regtype[] as types, pg_get_function_arguments(p.oid) as arguments,
		       pg_get_function_result(p.oid) as returns
		from pg_proc p
		where p.pronamespace = 'cache'::regnamespace and p.prokind = 'f'
		  and p.prorettype not in ('internal'::regtype, 'trigger'::regtype, 'event_trigger'::regtype)
		  and 'internal'::regtype <> all (p.proargtypes::oid[])
	loop
		select coalesce(string_agg(case
				when t::text = 'boolean' then format(', case when $%s then %L end', n, f.proargnames[n])
				when t::text like 'any%' then format(', %L || pg_typeof($%s) || ''='' || $%s::text', f.proargnames[n] || ':', n, n)
				else format(', %L || $%s::text', f.proargnames[n] || '=', n) end, '' order by n), '')
			into note from unnest(f.types) with ordinality as a (t, n);
		answer := case
			when f.proargmodes is not null then (select '; select ' || string_agg(format('null::%s', t::regtype), ', ' order by n)
				from unnest(f.proallargtypes, f.proargmodes) with ordinality as a (t, m, n) where m in ('o', 't'))
			when f.result = 'void' then ''
			when f.result = 'anyelement' then '; select $1' || case when f.proretset then ' where false' else '' end
			else '; select null::' || f.result end;
		execute format('create or replace function cache.%I(%s) returns %s language sql volatile as %L', f.proname, f.arguments,
			f.returns, format('insert into trial.call (call) values (concat_ws('' '', %L%s))%s', f.proname, note, answer));
	end loop;
end
$$;
