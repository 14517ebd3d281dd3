# 030_expiry.pl
#    Keys end when they should, for all readers at one moment, and their memory comes back by itself.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use CacheTest;
use Test::More;
use Time::HiRes qw(time);

my $node = new_server('expiry', "cache.memory = '64MB'\n");
install($node);

# Memory
$node->safe_psql('postgres', q{SELECT cache.set('warm', 'up'), cache.del('warm')});
my $used = used_bytes($node);
$node->safe_psql('postgres', q{
	SELECT cache.set('small:' || i, repeat('x', 50), ttl => '1 hour') FROM generate_series(1, 50000) AS i;
	SELECT cache.set('large:' || i, repeat('x', 500000), ttl => '1 hour') FROM generate_series(1, 20) AS i;
	SELECT cache.set('stays:' || i, repeat('x', 50), ttl => '5 hours') FROM generate_series(1, 100) AS i});
cmp_ok(used_bytes($node), '>', $used + 14_000_000, 'memory is in use');
my $started = time;
$node->safe_psql('postgres', q{SELECT test.advance(2 * 3600 * 1000)});
is($node->safe_psql('postgres', q{SELECT cache.get('small:1') IS NULL AND cache.get('large:1') IS NULL AND cache.get('stays:1') IS NOT NULL}),
	't', 'what has ended is not there, whether removed or not');
ok($node->poll_query_until('postgres', 'SELECT cache.dbsize() = 100'), 'the maintenance worker removes what has ended');
# promised within 2 s; a busy machine may take its time
cmp_ok(time - $started, '<', 10, 'it does so soon');
settled($node, $used + 600_000, 'the memory is free again, but for the table');
is($node->safe_psql('postgres', q{SELECT expirations FROM cache.stats WHERE namespace IS NULL}), 50020, 'expirations are counted');
verified($node, 'the accounting equals a full walk');

# Keys that were set together end together
is($node->safe_psql('postgres', q{
	CREATE FUNCTION seen_in_part(rounds int) RETURNS int LANGUAGE plpgsql AS $$
	DECLARE
		keys text[] := ARRAY(SELECT 'together:' || i FROM generate_series(1, 300) AS i);
		seen int;
		in_part int := 0;
	BEGIN
		FOR round IN 1 .. rounds LOOP
			PERFORM cache.mset(keys, keys, ex => 0.01);
			LOOP
				seen := num_nonnulls(VARIADIC cache.mget(keys));
				EXIT WHEN seen = 0;
				in_part := in_part + (seen < 300)::int;
				seen := cache.exists_many(keys);
				EXIT WHEN seen = 0;
				in_part := in_part + (seen < 300)::int;
			END LOOP;
		END LOOP;
		RETURN in_part;
	END $$;
	SELECT seen_in_part(100)}), 0, 'keys that were set together are all there or none, also at the moment of their end');

# A window that counts begins anew
is($node->safe_psql('postgres', q{
	SELECT cache.incr('window', ttl => '1 minute'), cache.incr('window', ttl => '1 hour');
	SELECT test.advance(30 * 1000);
	SELECT cache.incr('window', ttl => '1 minute');
	SELECT test.advance(31 * 1000);
	SELECT cache.incr('window', ttl => '1 minute')}), "1|2\n\n3\n\n1", 'a window is over a minute after its first call');

$node->stop;
done_testing();
