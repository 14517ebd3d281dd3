# 020_interrupted_at_stop_points.pl
#    A verb that fails, is cancelled or terminated at any stop point has done all of its work or nothing, and keeps no
#    memory.
#
# Every stop point that the source names is tried with every verb that changes something. What a verb does is learned from
# a run that nothing disturbs; after a disturbed one the keys have to be as before it or as after it, with as much
# memory in use.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use CacheTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('interrupted');
install($node);

# The keys that each verb finds: one to be changed, one large, one with a time to live, a counter.
$node->safe_psql('postgres', q{
	CREATE FUNCTION test.reset() RETURNS void LANGUAGE sql AS $$
		SELECT cache.del_many(ARRAY(SELECT key FROM cache.keys() AS key));
		SELECT cache.set('small', 'value'), cache.set('large', repeat('0123456789', 30000)),
			cache.set('short', 'lived', ttl => '1 day'), cache.set('n', 7), cache.set_json('json', '{"a": [1, 2]}');
	$$;
	-- All keys with what is in them.
	CREATE FUNCTION test.state() RETURNS text LANGUAGE sql AS $$
		SELECT string_agg(concat_ws('/', key, md5(cache.get_bytes(key)), cache.ttl(key) > '0', cache.object_encoding(key)), ' ' ORDER BY key)
		FROM cache.keys() AS key
	$$;
	-- The memory in use, when what others look at is free too.
	CREATE FUNCTION test.steady() RETURNS bigint LANGUAGE plpgsql AS $$
	BEGIN
		FOR try IN 1 .. 100 LOOP
			EXIT WHEN test.verify() IS NULL;
			PERFORM pg_sleep(0.01);
		END LOOP;
		RETURN test.used();
	END $$;
	CREATE TABLE test.done (verb text PRIMARY KEY, before text, used_before bigint, after text, used_after bigint);
	-- What is wrong after a disturbed run, or nothing.
	CREATE FUNCTION test.wrong(name text, must_be text) RETURNS text LANGUAGE plpgsql AS $$
	DECLARE
		now text := test.state();
		used bigint := test.steady();
		d test.done;
	BEGIN
		SELECT * INTO STRICT d FROM test.done WHERE verb = name;
		IF test.verify() IS NOT NULL THEN
			RETURN name || ': ' || test.verify();
		ELSIF now = d.before AND must_be <> 'after' THEN
			RETURN CASE WHEN used <> d.used_before THEN format('%s: done nothing, but %s bytes are in use rather than %s', name, used, d.used_before) END;
		ELSIF now = d.after AND must_be <> 'before' THEN
			RETURN CASE WHEN used <> d.used_after THEN format('%s: done, but %s bytes are in use rather than %s', name, used, d.used_after) END;
		END IF;
		RETURN format('%s: expected to be as %s, but: %s', name, must_be, now);
	END $$;
});

my %verbs = (
	set => q{cache.set('new', 'x')},
	set_large => q{cache.set('new', repeat('x', 200000))},
	set_over => q{cache.set('large', 'x')},
	set_large_over => q{cache.set('small', repeat('x', 200000), ttl => '1 day')},
	set_keepttl => q{cache.set('short', repeat('x', 20000), keepttl => true)},
	set_json => q{cache.set_json('new', '{"b": 1}')},
	getset => q{cache.getset('small', 'x')},
	getset_bytes => q{cache.getset_bytes('large', 'x')},
	getdel => q{cache.getdel('large')},
	getdel_bytes => q{cache.getdel_bytes('large')},
	getex => q{cache.getex('small', ttl => '1 day')},
	mset => q{cache.mset(ARRAY['new1', 'new2', 'large', 'small'], ARRAY['x', repeat('x', 100000), 'x', repeat('x', 5000)])},
	mset_object => q{cache.mset_object('{"new1": 1, "new2": {"a": 2}}', ttl => '1 day')},
	append => q{cache.append('small', 'x')},
	append_large => q{cache.append('large', repeat('x', 200000))},
	append_to_large => q{cache.append('small', repeat('x', 200000))},
	setrange => q{cache.setrange('small', 100000, 'x')},
	incr => q{cache.incr('new', ttl => '1 day')},
	incr_there => q{cache.incrby('n', 1000000000000)},
	incrbyfloat => q{cache.incrbyfloat('n', 0.5)},
	del => q{cache.del('large')},
	del_many => q{cache.del_many('{small,large,short}')},
	unlink => q{cache.unlink('large')},
	del_if_equal => q{cache.del_if_equal('small', 'value')},
	expire => q{cache.expire('small', '1 day')},
	expire_large => q{cache.expire('large', '1 day')},
	persist => q{cache.persist('short')},
	rename => q{cache.rename('small', 'large')},
	rename_large => q{cache.rename('large', repeat('new', 300))},
	copy => q{cache.copy('small', 'new')},
	copy_large => q{cache.copy('large', 'small', replace => true)});
my @names = sort keys %verbs;
# Those of most steps; a termination takes a connection each.
my @long = qw(append_to_large copy_large del_many expire_large getset incr mset rename_large set_large_over setrange);

# What each does undisturbed. The second time, when the table has grown as far as it will.
foreach my $round (1, 2)
{
	$node->safe_psql('postgres', 'TRUNCATE test.done');
	foreach my $name (@names)
	{
		$node->safe_psql('postgres', qq{
			SELECT test.reset();
			INSERT INTO test.done VALUES ('$name', test.state(), test.steady());
			SELECT $verbs{$name};
			UPDATE test.done SET after = test.state(), used_after = test.steady() WHERE verb = '$name'});
	}
}
is($node->safe_psql('postgres', 'SELECT string_agg(verb, $$ $$) FROM test.done WHERE before = after'), '', 'every verb changes something');

my $points = stop_points();
my @points = sort keys %$points;
cmp_ok(scalar @points, '>=', 6, "stop points: @points");

my %reached;
POINT: foreach my $point (@points)
{
	# behind call_after, a verb that reads and then replaces comes to a second part; before_drop comes when all is done
	my $must_be =
		$point eq 'call_after' ? q{'any'}
	  : $point eq 'before_drop' ? q{'after'}
	  : q{CASE WHEN :'failed'::boolean THEN 'before' ELSE 'after' END};
	# the second, third … time that a verb comes by, it has done more by then
	foreach my $how ('error', 'cancel', 'error@2', 'error@3', 'cancel@3', 'error@5', 'error@9', 'error@20')
	{
		my ($action, $nth) = $how =~ /^(\w+)(.*)/;
		my $script = "\\set VERBOSITY verbose\n\\set SHOW_CONTEXT never\n";
		foreach my $name (@names)
		{
			$script .= "SELECT test.reset();\nSET cache.stop_point = '$point$nth:$action';\n\\warn VERB $name\n"
			  . "SELECT $verbs{$name} \\g /dev/null\n\\set failed :ERROR\nRESET cache.stop_point;\n"
			  . "SELECT test.wrong('$name', $must_be);\n";
		}
		my ($status, $stdout, $stderr) = $node->psql('postgres', $script, on_error_stop => 0);
		# memory that is lost spoils all that follows
		is(join("\n", grep { /\S/ } split /\n/, $stdout), '', "$how at $point: all was done, or nothing")
		  or last POINT;
		my @unexpected;
		foreach my $line (split /\n/, $stderr)
		{
			next if $line =~ /^(VERB|DETAIL|HINT|LOCATION)/;
			$reached{ $point . $nth }++;
			next if $action eq 'cancel' && $line =~ /ERROR:  57014: canceling statement due to user request/;
			next if $action eq 'error' && $line =~ /ERROR:  (P0001: stop point "$point" was reached|53200: cache memory is full)/;
			push @unexpected, $line;
		}
		last if $nth ne q{} && !$reached{ $point . $nth };
		is(join("\n", @unexpected), '', "$how at $point: errors are the expected ones");
	}
	my @wrong;
	foreach my $name (@long)
	{
		my ($status, $stdout, $stderr) = $node->psql('postgres',
			"SELECT test.reset(); SET cache.stop_point = '$point:terminate'; SELECT $verbs{$name} \\g /dev/null\n");
		push @wrong, "$name: $stderr"
		  if $status != 0 && $stderr !~ /terminating connection due to administrator command|server closed the connection/;
		push @wrong, $node->safe_psql('postgres', "SELECT test.wrong('$name', 'any')");
	}
	is(join("\n", grep { /\S/ } @wrong), '', "terminate at $point: all was done, or nothing");
}
is(join(' ', grep { !$reached{$_} } @points), '', 'every stop point was reached by some verb');

# Cancelled and terminated by others while it stands at the point
my $control = $node->background_psql('postgres');
foreach my $point (@points)
{
	foreach my $name ('mset', 'copy_large')
	{
		foreach my $how ('cancel', 'terminate')
		{
			$node->safe_psql('postgres', 'SELECT test.reset()');
			hold_point($control, $point);
			my $session = $node->background_psql('postgres', on_error_stop => 0);
			$session->query_safe("SET cache.stop_point = '$point:wait'; SET application_name = 'stopped'");
			$session->{stdin} .= "SELECT $verbs{$name} \\g /dev/null\n\\echo over\n";
			$session->{run}->pump_nb;
			# some verbs pass by some points
			$node->poll_query_until('postgres', q{
				SELECT coalesce(wait_event_type = 'Lock' OR state = 'idle' AND query LIKE '%SELECT cache.%', false)
				FROM pg_stat_activity WHERE application_name = 'stopped'})
			  or die "$name does not stop at $point";
			$node->safe_psql('postgres', "SELECT pg_${how}_backend(pid) FROM pg_stat_activity WHERE application_name = 'stopped'");
			release_point($control, $point);
			eval { $session->quit };
			is($node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'stopped'})
				  && $node->safe_psql('postgres', "SELECT test.wrong('$name', 'any')"),
				'', "$name at $point, $how by another: all was done, or nothing");
		}
	}
}
$control->quit;

$node->stop;
unlike(slurp_file($node->logfile), qr/PANIC:|TRAP:|was terminated by signal/, 'no process crashed');
done_testing();
