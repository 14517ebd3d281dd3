# 040_maintenance_worker.pl
#    The maintenance worker can be seen, ended, reloaded, and is in nobody's way; what waits in the cache has a name.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use CacheTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('maintenance');
install($node);
my $worker = q{pg_stat_activity WHERE backend_type = 'cache maintenance'};

ok($node->poll_query_until('postgres', "SELECT wait_event_type = 'Extension' FROM $worker"), 'it waits most of the time');
like($node->safe_psql('postgres', "SELECT datname IS NULL, usename IS NULL OR usename = 'postgres', wait_event, state FROM $worker AND wait_event IS NOT NULL"),
	qr/^t\|t\|(CacheMaintenance|Extension)\|/, 'it is in no database, and what it waits for has a name');

# Ended, it is started again
$node->safe_psql('postgres', q{SELECT cache.set('k' || i, i, ttl => '1 minute') FROM generate_series(1, 1000) AS i});
my $pid = $node->safe_psql('postgres', "SELECT pid FROM $worker");
$node->safe_psql('postgres', "SELECT pg_terminate_backend($pid)");
ok($node->poll_query_until('postgres', "SELECT count(*) = 1 FROM $worker AND pid <> $pid"), 'terminated, it is started again');
is($node->safe_psql('postgres', q{SELECT cache.get('k17'), cache.dbsize()}), '17|1000', 'the keys are still there');
$node->safe_psql('postgres', 'SELECT test.advance(120 * 1000)');
ok($node->poll_query_until('postgres', 'SELECT cache.dbsize() = 0'), 'the new one does the work');
# so it does after more than one end, and a cancel means nothing to it
foreach my $round (1 .. 3)
{
	$pid = $node->safe_psql('postgres', "SELECT pid FROM $worker");
	$node->safe_psql('postgres', "SELECT pg_cancel_backend($pid); SELECT pg_terminate_backend($pid)");
	ok($node->poll_query_until('postgres', "SELECT count(*) = 1 FROM $worker AND pid <> $pid"), "end $round");
}
verified($node, 'the region is sound');

# It is in nobody's way
$node->safe_psql('postgres', 'CREATE DATABASE a');
$node->safe_psql('postgres', 'CREATE DATABASE b TEMPLATE a');
$node->safe_psql('postgres', 'ALTER DATABASE b RENAME TO c');
$node->safe_psql('postgres', 'DROP DATABASE a');
pass('databases can be made from others, renamed and dropped');

# Settings are followed
is($node->safe_psql('postgres', 'SHOW cache.policy'), 'allkeys-lru', 'the policy to begin with');
$node->append_conf('postgresql.conf', "cache.policy = 'noeviction'");
$node->reload;
ok($node->poll_query_until('postgres', q{SELECT current_setting('cache.policy') = 'noeviction'}), 'a reload is seen by sessions');
$node->append_conf('postgresql.conf', "cache.policy = 'no such policy'");
$node->reload;
ok($node->wait_for_log(qr/invalid value for parameter "cache.policy"/), 'an unknown policy is refused');
is($node->safe_psql('postgres', 'SHOW cache.policy'), 'noeviction', 'and the old one stays');
fails_with($node, q{SET cache.policy = 'allkeys-lru'}, '55P02', 'cannot be changed now', 'the policy cannot be set in a session');
fails_with($node, q{SET cache.memory = '1GB'}, '55P02', 'without restarting', 'nor the memory');
fails_with($node, q{SET cache.no_such_setting = 1}, '42602', 'cache', 'a setting that there is not');

is($node->safe_psql('postgres', q{SELECT count(*) FROM pg_settings WHERE name LIKE 'cache.%' AND short_desc = ''}), 0, 'every setting is described');

# Locks have names: a walk over all keys holds each partition's lock, and writers wait
$node->safe_psql('postgres', q{SELECT cache.mset(array_agg('lock:' || i), array_agg(i::text)) FROM generate_series(1, 100000) AS i});
my @busy;
foreach my $call ('test.verify()', q{cache.set('lock:1', '1')})
{
	my $session = $node->background_psql('postgres', on_error_stop => 0);
	$session->{stdin} .= qq{DO \$\$ BEGIN LOOP PERFORM $call; END LOOP; END \$\$;\n};
	$session->{run}->pump_nb;
	push @busy, $session;
}
ok($node->poll_query_until('postgres', q{SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'LWLock' AND wait_event = 'CachePartition'}),
	'who waits for a partition says so');
$node->safe_psql('postgres', q{SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'DO %'});
eval { $_->quit } foreach @busy;
verified($node, 'the region is sound after that');

# The server's own view of the memory
cmp_ok($node->safe_psql('postgres', q{SELECT allocated_size FROM pg_shmem_allocations WHERE name = 'cache'}), '>=', 64 * 1024 * 1024,
	'the region is in the main shared memory segment');

$node->stop;
my $log = slurp_file($node->logfile);
unlike($log, qr/PANIC:|TRAP:|was terminated by signal/, 'no process crashed');
unlike($log, qr/ERROR:.*cache maintenance/, 'the worker met no error');
done_testing();
