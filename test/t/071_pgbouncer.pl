# 071_pgbouncer.pl
#    Many clients on few connections: nothing that the cache does needs a session of its own.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use CacheTest;
use PostgreSQL::Test::Utils;
use Test::More;

my ($pgbouncer) = grep { -x } map { "$_/pgbouncer" } split(/:/, $ENV{PATH}), '/usr/sbin';
plan skip_all => 'pgbouncer is not installed' unless defined $pgbouncer;

my $node = new_server('pgbouncer');
install($node);

# A pooler in transaction mode with four connections
my $dir = PostgreSQL::Test::Utils::tempdir_short();
my $port = PostgreSQL::Test::Cluster::get_free_port();
append_to_file("$dir/ini", sprintf <<'INI', $node->host, $node->port, $dir, $port, $dir, $dir);
[databases]
* = host=%s port=%d user=postgres
[pgbouncer]
unix_socket_dir = %s
listen_addr =
listen_port = %d
auth_type = any
pool_mode = transaction
default_pool_size = 4
max_client_conn = 200
logfile = %s/log
pidfile = %s/pid
INI
$node->safe_psql('postgres', q{DO $$ BEGIN CREATE ROLE postgres SUPERUSER LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$});
my ($in, $out) = ('', '');
my $pooler = IPC::Run::start([ $pgbouncer, "$dir/ini" ], '<', \$in, '>', \$out, '2>&1');
my $through = "host=$dir port=$port dbname=postgres user=postgres";

sub ask
{
	my ($sql) = @_;
	my ($stdout, $stderr);
	IPC::Run::run([ 'psql', '-XAtq', '-d', $through, '-v', 'ON_ERROR_STOP=1' ], '<', \$sql, '>', \$stdout, '2>', \$stderr);
	chomp $stdout;
	return $stderr eq '' ? $stdout : $stderr;
}
for (1 .. 600)
{
	last if ask('SELECT 1') eq '1';
	select undef, undef, undef, 0.1;
}
is(ask(q{SELECT cache.set('k', 'v'), cache.get('k')}), 't|v', 'the cache is there through the pooler');

# Forty clients; a wrong answer is an error of the client, which ends it
foreach my $mode ('simple', 'extended')
{
	append_to_file("$dir/$mode.sql", q{
\set k random(1, 50)
SELECT cache.set('key:' || :k, 'value:' || :k::text, ex => 60);
SELECT 1 / (cache.get('key:' || :k) = 'value:' || :k::text)::int;
SELECT cache.incr('counter');
BEGIN;
SELECT cache.mset(ARRAY['a:' || :k, 'b:' || :k], ARRAY[:client_id::text, :client_id::text]);
SELECT 1 / (vals[1] = vals[2])::int FROM cache.mget(ARRAY['a:' || :k, 'b:' || :k]) AS vals;
COMMIT;
});
	$node->safe_psql('postgres', q{SELECT cache.del('counter')});
	my ($stdout, $stderr);
	IPC::Run::run([ 'pgbench', '-n', '-c', 40, '-j', 2, '-t', 40, '-M', $mode, '-f', "$dir/$mode.sql", $through ], '>', \$stdout, '2>', \$stderr);
	like($stdout, qr{number of transactions actually processed: 1600/1600}, "forty clients, $mode protocol: no wrong answer") or diag($stderr);
	is($node->safe_psql('postgres', q{SELECT cache.get('counter')}), 1600, 'every increment was counted');
}
cmp_ok($node->safe_psql('postgres', q{SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()}),
	'<=', 4, 'on four connections');

# Prepared statements with untyped parameters, as far as a pooler of any age lets them live
is(ask(q{
	BEGIN;
	PREPARE setter AS SELECT cache.set($1, $2, ex => $3);
	PREPARE getter AS SELECT cache.get($1);
	EXECUTE setter('p', 'value', 100);
	EXECUTE getter('p');
	DEALLOCATE ALL;
	COMMIT}), "t\nvalue", 'prepared statements');
is(ask(q{BEGIN; SET LOCAL cache.enabled = off; SELECT cache.get('p') IS NULL; COMMIT; SELECT cache.get('p')}), "t\nvalue",
	'a setting for a transaction goes with it');

# The pooler's own resetting of sessions does no harm
is(ask(q{DISCARD ALL; SELECT cache.get('p')}), 'value', 'DISCARD ALL leaves the cache alone');

kill 'INT', slurp_file("$dir/pid");
$pooler->finish;
verified($node, 'the region is sound');
$node->stop;
done_testing();
