# 072_parallel_and_read_only.pl
#    Parallel workers read the cache; read-only transactions and standbys read and write it.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use CacheTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('primary', "max_prepared_transactions = 5\n", allows_streaming => 1);
install($node);

# Parallel workers
$node->safe_psql('postgres', q{
	CREATE TABLE t AS SELECT i AS id, md5(i::text) AS v FROM generate_series(1, 20000) AS i;
	ANALYZE t;
	SELECT cache.mset(array_agg('t:' || id), array_agg(v)) FROM t;
	SELECT cache.set('large', repeat('x', 200000))});
my $parallel = q{
	SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;
	SET max_parallel_workers_per_gather = 2; SET parallel_leader_participation = off; };
like($node->safe_psql('postgres', $parallel . q{EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) SELECT count(*) FROM t WHERE cache.get('t:' || id) = v}),
	qr/Workers Launched: 2/, 'a query that reads the cache is parallel');
is($node->safe_psql('postgres', $parallel . q{SELECT count(*) FROM t WHERE cache.get('t:' || id) = v}), 20000, 'its workers see all values');
is($node->safe_psql('postgres', $parallel . q{SELECT count(*) FROM t WHERE cache.strlen('large') = 200000 AND length(cache.get('large')) = 200000 AND id % 20 = 0}), 1000,
	'also large ones');
is($node->safe_psql('postgres', $parallel . q{SELECT sum(cardinality(cache.mget(ARRAY['t:' || id, 'large', 'none']))) FROM t WHERE id <= 300}), 900, 'and many at once');
unlike($node->safe_psql('postgres', $parallel . q{EXPLAIN SELECT count(*) FROM t WHERE cache.set('t:' || id, v)}), qr/Parallel|Gather/,
	'one that writes is not');

# Read-only transactions
is($node->safe_psql('postgres', q{
	BEGIN READ ONLY;
	SELECT cache.set('r', 1), cache.incr('r'), cache.get('r'), cache.expire('r', '1 day'), cache.del('r');
	COMMIT}), 't|2|2|t|t', 'verbs work in a read-only transaction');
is($node->safe_psql('postgres', q{SET default_transaction_read_only = on; SELECT cache.mset('{a,b}', '{1,2}'), cache.mget('{a,b}'), cache.clear_all() > 0}),
	't|{1,2}|t', 'and where all are');
is($node->safe_psql('postgres', q{
	BEGIN; SELECT cache.set('prepared', 'v'); PREPARE TRANSACTION 'p'; ROLLBACK PREPARED 'p';
	SELECT cache.get('prepared')}), "t\nv", 'two-phase commit does not hold verbs back');
is($node->safe_psql('postgres', q{SELECT pg_current_wal_insert_lsn() AS before \gset
	SELECT count(cache.set('w' || i, i)) FROM generate_series(1, 1000) AS i;
	SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), :'before') < 8000}), "1000\nt", 'the cache writes no WAL');

# A standby
$node->safe_psql('postgres', q{SELECT cache.set('k', 'of the primary')});
$node->backup('copy');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'copy', has_streaming => 1);
$standby->start;
$node->wait_for_catchup($standby);
is($standby->safe_psql('postgres', 'SELECT pg_is_in_recovery(), cache.get($$k$$) IS NULL, cache.dbsize()'), 't|t|0', 'a standby has a cache of its own');
is($standby->safe_psql('postgres', q{
	SELECT cache.set('k', 'of the standby', ttl => '1 hour'), cache.incr('n'), cache.mget('{k,n}'), cache.getset('n', '7'), cache.rename('n', 'm'), cache.append('m', '8')}),
	't|1|{"of the standby",1}|1|t|2', 'verbs work on it');
is($node->safe_psql('postgres', q{SELECT cache.get('k')}), 'of the primary', 'the primary does not see it');
is($standby->safe_psql('postgres', q{SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'cache maintenance'}), 1, 'the maintenance worker is there');
$standby->safe_psql('postgres', q{SELECT test.advance(2 * 3600 * 1000)});
ok($standby->poll_query_until('postgres', 'SELECT cache.dbsize() = 1'), 'and removes what has ended');
verified($standby, 'the region is sound');

# A database that is dropped on the primary goes on the standby, too
$node->safe_psql('postgres', 'CREATE DATABASE two');
install($node, 'two');
$node->wait_for_catchup($standby);
my $used = used_bytes($standby);
$standby->safe_psql('two', q{SELECT cache.set('k' || i, repeat('x', 10000)) FROM generate_series(1, 500) AS i});
cmp_ok(used_bytes($standby), '>', $used + 5_000_000, 'memory is in use on the standby');
$node->safe_psql('postgres', 'DROP DATABASE two');
$node->wait_for_catchup($standby);
settled($standby, $used + 100_000, 'its memory is free again');

is($standby->safe_psql('postgres', q{SELECT cache.set('stays', 'here')}), 't', 'something to be kept');
$standby->promote;
is($standby->safe_psql('postgres', q{SELECT pg_is_in_recovery(), cache.get('stays')}), 'f|here', 'promotion leaves the cache alone');
$standby->safe_psql('postgres', q{CREATE TABLE after (i int); SELECT cache.set('after', 1)});

$standby->stop;
$node->stop;
unlike(slurp_file($_->logfile), qr/PANIC:|TRAP:|was terminated by signal/, 'no process crashed') foreach $node, $standby;
done_testing();
