# 050_memory.pl
#    Full, tiny and huge: what happens at the ends of cache.memory.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use CacheTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('memory', "cache.memory = '12MB'\ncache.policy = 'noeviction'\nmax_connections = 20\n");
install($node);
$node->safe_psql('postgres', q{SELECT cache.set('warm', 'up'), cache.del('warm')});
my $used = used_bytes($node);

# Set values of one size until the region is full; how many went in.
$node->safe_psql('postgres', q{
	CREATE FUNCTION fill(bytes int) RETURNS int LANGUAGE plpgsql AS $$
	DECLARE
		n int := 0;
	BEGIN
		LOOP
			PERFORM cache.set('fill:' || n, rpad(n::text, bytes, '.'));
			n := n + 1;
		END LOOP;
	EXCEPTION WHEN out_of_memory THEN
		RETURN n;
	END $$;
	CREATE FUNCTION intact(n int, bytes int) RETURNS boolean LANGUAGE sql AS $$
		SELECT bool_and(cache.get('fill:' || i) = rpad(i::text, bytes, '.')) FROM generate_series(0, n - 1) AS i
	$$;
	CREATE FUNCTION empty(n int) RETURNS boolean LANGUAGE sql AS $$
		SELECT cache.del_many(ARRAY(SELECT 'fill:' || i FROM generate_series(0, n - 1) AS i)) = n
	$$});
foreach my $bytes (100, 5000, 100_000, 1_000_000, 10)
{
	my $n = $node->safe_psql('postgres', "SELECT fill($bytes)");
	cmp_ok($n * $bytes, '>', ($bytes == 10 ? 1.5 : 7) * 1024 * 1024, "$n values of $bytes bytes go in");
	is($node->safe_psql('postgres', "SELECT intact($n, $bytes)"), 't', "values of $bytes bytes are all there when it is full");
	is($node->safe_psql('postgres', 'SELECT evictions FROM cache.stats WHERE namespace IS NULL'), 0, 'nothing was evicted');
	is($node->safe_psql('postgres', "SELECT cache.dbsize() = $n"), 't', 'nothing is half there');
	verified($node, "full of $bytes bytes, the accounting equals a full walk");

	# what needs no more memory works, what does fails and changes nothing
	is($node->safe_psql('postgres', q{SELECT cache.expiretime('fill:0'), cache.exists('fill:1'), cache.strlen('fill:1'), cache.touch('fill:1')}),
		"infinity|t|$bytes|t", 'reading needs no memory');
	fails_with($node, q{SELECT cache.set('more', repeat('x', 3000000))}, '53200',
		'cache memory is full.*The key is "more".*HINT: +Raise cache.memory; with cache.policy = noeviction, nothing makes room but deleting', 'one value too many');
	fails_with($node, q{SELECT cache.mset(ARRAY['more', 'fill:1'], ARRAY[repeat('x', 3000000), 'x'])}, '53200', 'full', 'mset of too much');
	fails_with($node, q{SELECT cache.append('fill:1', repeat('x', 3000000))}, '53200', 'full', 'append of too much');
	fails_with($node, q{SELECT cache.setrange('fill:1', 3000000, 'x')}, '53200', 'full', 'setrange far behind the end');
	is($node->safe_psql('postgres', "SELECT cache.exists('more'), intact(2, $bytes)"), 'f|t', 'what failed left nothing behind');

	is($node->safe_psql('postgres', "SELECT empty($n), cache.set('again', repeat('x', 100000)), cache.del('again')"), 't|t|t',
		'deleting makes room at once');
	settled($node, $used + 900_000, 'all memory but the table is free again');
}
cmp_ok($node->safe_psql('postgres', 'SELECT rejected_writes FROM cache.stats WHERE namespace IS NULL'), '>', 10, 'refusals are counted');

# A reload makes it evict, also for sessions that are there
my $session = $node->background_psql('postgres', on_error_stop => 0);
$session->query_safe('SELECT fill(1000)');
$node->append_conf('postgresql.conf', "cache.policy = 'allkeys-lru'");
$node->reload;
ok($node->poll_query_until('postgres', q{SELECT current_setting('cache.policy') = 'allkeys-lru'}), 'reloaded');
$node->safe_psql('postgres', q{
	CREATE FUNCTION try_set() RETURNS boolean LANGUAGE plpgsql AS $$
	BEGIN
		RETURN cache.set('large', repeat('x', 1000000));
	EXCEPTION WHEN out_of_memory THEN
		RETURN false;
	END $$});
ok($node->poll_query_until('postgres', 'SELECT try_set()'), 'a full cache that may evict takes new values');
is($session->query_safe(q{SELECT cache.set('another', repeat('x', 1000000))}), 't', 'in a session from before too');
$session->quit;
cmp_ok($node->safe_psql('postgres', 'SELECT evictions FROM cache.stats WHERE namespace IS NULL'), '>', 0, 'by evicting');
# more than the region holds is refused, whatever may be evicted
fails_with($node, q{SELECT cache.set('too large', repeat('x', 13000000))}, '53200', 'full', 'a value larger than the region');
verified($node, 'the region is sound after that');
is($node->safe_psql('postgres', q{SELECT cache.set('k', 'v'), cache.get('k')}), 't|v', 'and works');

# Off, it forgets at once
is($node->safe_psql('postgres', q{
	SET cache.enabled = off;
	SELECT cache.set('k', 'w'), cache.get('k') IS NULL, cache.incr('n'), cache.incr('n'), cache.exists('k'), cache.del('k')}),
	't|t|1|1|f|t', 'switched off, verbs act as on an empty cache, and remove what is there');
is($node->safe_psql('postgres', q{SELECT cache.get('k') IS NULL, cache.get('n') IS NULL}), 't|t', 'nothing was set');

# Sizes
sub start_with
{
	my ($memory) = @_;
	my $from = -s $node->logfile;

	$node->append_conf('postgresql.conf', "cache.memory = '$memory'");
	my $started = $node->start(fail_ok => 1);
	return ($started, substr(slurp_file($node->logfile), $from));
}
$node->stop;
my ($started, $log) = start_with('10kB');
ok(!$started, 'a server with next to no memory does not start');
($started, $log) = start_with('1MB');
ok(!$started, 'a server with too little memory does not start');
like($log, qr/FATAL: +cache.memory is too small/, 'it says why');
my ($least) = $log =~ /HINT: +Set cache.memory to at least "?(\d+ ?[kMG]B)"?\./;
ok(defined $least, 'and what the least is') or diag($log);
($started) = start_with($least =~ s/ //r);
ok($started, "with the least, $least, it starts");
is($node->safe_psql('postgres', q{SELECT cache.set('k', 'v'), cache.get('k')}), 't|v', 'and works');
is($node->safe_psql('postgres', q{
	SELECT count(cache.set('k' || i, repeat('x', 200))) FROM generate_series(1, 20000) AS i;
	SELECT cache.get('k20000') = repeat('x', 200), cache.dbsize() > 100}), "20000\nt|t", 'the smallest region evicts as any other');
verified($node, 'the smallest region is sound');

$node->stop;
($started, $log) = start_with('1TB');
ok(!$started, 'a terabyte is refused');
like($log, qr/FATAL: +cache.memory is too large.*HINT: +Set cache.memory to at most 64GB\./s, 'and what the most is');
($started, $log) = start_with('6GB');
SKIP:
{
	skip 'this machine does not give 6 GB of address space', 3 if !$started && $log =~ /could not (map|create) .*shared memory/;
	ok($started, 'several gigabytes are possible') or diag($log);
	is($node->safe_psql('postgres', q{SELECT cache.set('k', repeat('x', 1000000)), cache.strlen('k'), memory_limit > 6 * 1024^3 * 0.99 FROM cache.stats WHERE namespace IS NULL}),
		't|1000000|t', 'and work');
	my ($touched) = slurp_file('/proc/' . slurp_file($node->data_dir . '/postmaster.pid') =~ s/\n.*//sr . '/status') =~ /^RssShmem:\s+(\d+) kB/m;
	cmp_ok($touched, '<', 1024 * 1024, "memory that is not used is not touched: $touched kB");
}
$node->stop;
done_testing();
