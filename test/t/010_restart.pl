# 010_restart.pl
#    After a restart, and after a crash of a backend anywhere in a change, the cache is empty and works.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use CacheTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('restart', "restart_after_crash = on\n");
install($node);

# Fill a little, of every kind.
my $fill = q{
	SELECT cache.set('k' || i, repeat('x', i), ttl => CASE WHEN i % 2 = 0 THEN '1 hour'::interval END) FROM generate_series(1, 1000) AS i;
	SELECT cache.set('large', repeat('x', 300000)), cache.incr('n')};
my $works = q{
	SELECT cache.set('works', 'yes'), cache.get('works'), cache.incr('counter'), cache.dbsize()};

sub empty_and_sound
{
	my ($name) = @_;
	is($node->safe_psql('postgres', 'SELECT cache.dbsize(), cache.get($$large$$) IS NULL, count(*) FROM cache.keys()'), '0|t|0', "$name: the cache is empty");
	verified($node, "$name: the region is sound");
	is($node->safe_psql('postgres', $works), 't|yes|1|2', "$name: it works");
}

$node->safe_psql('postgres', $fill);
is($node->safe_psql('postgres', 'SELECT cache.dbsize()'), 1002, 'there is something to forget');
my $reset = $node->safe_psql('postgres', 'SELECT DISTINCT stats_reset FROM cache.stats');
foreach my $mode ('fast', 'immediate')
{
	$node->safe_psql('postgres', $fill);
	$node->stop($mode);
	$node->start;
	empty_and_sound("$mode restart");
}
isnt($node->safe_psql('postgres', 'SELECT DISTINCT stats_reset FROM cache.stats'), $reset, 'statistics begin anew');

# A backend kills itself at each stop point, as SIGKILL from outside would
sub crash
{
	my ($name, $code) = @_;
	my $generation = $node->safe_psql('postgres', 'SELECT pg_postmaster_start_time(), max(stats_reset) FROM cache.stats');

	$node->safe_psql('postgres', $fill);
	$code->();
	ok($node->poll_query_until('postgres', "SELECT max(stats_reset) > split_part('$generation', '|', 2)::timestamptz FROM cache.stats"),
		"$name: the server comes back") or return;
	empty_and_sound($name);
}

my $points = stop_points();
foreach my $point (sort keys %$points)
{
	crash("crash at $point", sub {
		my ($status, $stdout, $stderr) = $node->psql('postgres',
			"SET cache.stop_point = '$point:crash'; 
			SELECT length(cache.get('large'));
			SELECT cache.mset(keys, vals) FROM (
				SELECT array_agg('new' || i) || 'large'::text AS keys, array_agg('y'::text) || repeat('y', 400000) AS vals
				FROM generate_series(1, 500) AS i) AS many");
		like($stderr, qr{server closed the connection}, "crash at $point: the backend dies");
	});
}

# Killed while it waits with all that it has reserved
crash('SIGKILL before the lock', sub {
	my $control = $node->background_psql('postgres');
	hold_point($control, 'before_lock');
	my $victim = $node->background_psql('postgres', on_error_stop => 0);
	my $pid = $victim->query_safe(q{SET cache.stop_point = 'before_lock:wait'; SELECT pg_backend_pid()});
	$victim->{stdin} .= q{SELECT cache.set('large', repeat('y', 400000));} . "\n";
	$victim->{run}->pump_nb;
	wait_for_stop($node, 'before_lock');
	kill 'KILL', $pid;
	eval { $_->quit } foreach $victim, $control;
});

# The maintenance worker counts as a backend
crash('SIGKILL of the maintenance worker', sub {
	kill 'KILL', $node->safe_psql('postgres', q{SELECT pid FROM pg_stat_activity WHERE backend_type = 'cache maintenance'});
});
ok($node->poll_query_until('postgres', q{SELECT count(*) = 1 FROM pg_stat_activity WHERE backend_type = 'cache maintenance'}),
	'the maintenance worker is back');

$node->stop;
unlike(slurp_file($node->logfile), qr/PANIC:|TRAP:/, 'nothing but what was killed broke');
done_testing();
