--
-- try-signatures.forms.sql
--    Call every function of schema cache in the five forms that need no types: required arguments in order, all
--    arguments in order, all by name, each as untyped literals; then required in order and all by name as untyped
--    parameters. Each must reach exactly that function, and parameters must get its types. Polymorphic arguments other
--    than set's are given as a typed NULL, since they cannot be untyped. Prints what failed and a count.
--
create temporary table trial_form (ok boolean, report text);
do $$
declare
	f record;
	form record;
	types text;
begin
	for f in
		select p.oid, p.proname, p.pronargs, p.pronargs - p.pronargdefaults as required, p.proargnames as names,
		       p.proargtypes::regtype[] as types, p.proretset
		from pg_proc p
		where p.pronamespace = 'cache'::regnamespace and p.prokind = 'f'
		  and p.prorettype not in ('internal'::regtype, 'trigger'::regtype, 'event_trigger'::regtype)
		  and 'internal'::regtype <> all (p.proargtypes::oid[]) and 'anynonarray'::regtype <> all (p.proargtypes::oid[])
	loop
		for form in
			select v.kind, v.prepared, string_agg(case when v.named then f.names[n + 1] || ' => ' else '' end
				|| case when f.types[n] = 'anyelement'::regtype then 'null::trial.pair' when v.prepared then '$' || (n + 1 - v.skipped) else 'null' end,
				', ' order by n) filter (where n is not null) as arguments
			from (values ('required', false, false, f.required, 0), ('all', false, false, f.pronargs, 0), ('named', false, true, f.pronargs, 0),
			             ('parameters', true, false, f.required, (f.types[0] = 'anyelement'::regtype)::int),
			             ('named parameters', true, true, f.pronargs, (f.types[0] = 'anyelement'::regtype)::int)) v (kind, prepared, named, used, skipped)
			left join generate_series(0, f.pronargs - 1) as n on n < v.used
			group by v.kind, v.prepared
		loop
			begin
				delete from trial.call;
				if form.prepared then
					execute format('prepare trial_p as select cache.%I(%s)', f.proname, coalesce(form.arguments, ''));
					select array_to_string(parameter_types, ',') into types from pg_prepared_statements where name = 'trial_p';
					execute 'deallocate trial_p';
					insert into trial_form select types = wanted, format('%s %s: %s, not %s', f.oid::regprocedure, form.kind, types, wanted)
						from (select coalesce(string_agg(t::text, ',' order by n), '') as wanted from unnest(f.types) with ordinality as u (t, n)
						      where t <> 'anyelement'::regtype and (form.kind = 'named parameters' or n <= f.required)) w;
				else
					execute format('select cache.%I(%s)', f.proname, coalesce(form.arguments, ''));
					insert into trial_form select count(*) = 1, format('%s %s: reached %s', f.oid::regprocedure, form.kind, string_agg(call, '; '))
						from trial.call where split_part(call, ' ', 1) = f.proname;
				end if;
			exception when others then
				insert into trial_form values (false, format('%s %s: %s %s', f.oid::regprocedure, form.kind, sqlstate, sqlerrm));
			end;
		end loop;
	end loop;
end
$$;
select report from trial_form where not ok;
select format('count %s %s', count(*) filter (where ok), count(*) filter (where not ok)) from trial_form;
