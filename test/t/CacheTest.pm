# CacheTest.pm
#    What the TAP tests share: servers with the cache, a look at the inside, and the stop points.
#
# install() makes the schema "test" in a database: test.verify() is NULL if the accounting equals a walk over the whole
# region, test.advance(ms) moves the cache's clock on, test.used() is the memory in use.
package CacheTest;

use strict;
use warnings;
# what is waited for takes a second or two; a test that fails should not take minutes
BEGIN { $ENV{PG_TEST_TIMEOUT_DEFAULT} //= 60 }
use Exporter 'import';
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(new_server install verified settled used_bytes fails_with stop_points hold_point release_point
  wait_for_stop);

# Class of the advisory locks that stop points wait for.
use constant ADVISORY_CLASS => 1667326824;

# A running server with the cache preloaded; further lines for postgresql.conf; none is installed yet.
sub new_server
{
	my ($name, $conf, %options) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);

	$node->init(%options);
	$node->append_conf('postgresql.conf', "shared_preload_libraries = 'cache'\ntimezone = 'UTC'\n" . ($conf // ''));
	$node->start;
	return $node;
}

# The extension and the schema "test" in a database.
sub install
{
	my ($node, $database) = @_;

	$node->safe_psql($database // 'postgres', q{
		CREATE EXTENSION cache;
		CREATE SCHEMA test;
		CREATE FUNCTION test.advance(ms bigint) RETURNS void LANGUAGE c STRICT
			AS '$libdir/cache', 'cache_test_advance_clock';
		CREATE FUNCTION test.verify() RETURNS text LANGUAGE c AS '$libdir/cache', 'cache_test_verify';
		CREATE FUNCTION test.used() RETURNS bigint LANGUAGE sql
			RETURN (SELECT memory_used FROM cache.stats WHERE namespace IS NULL);
	});
}

# The walk finds nothing wrong. What the maintenance worker is freeing at this moment would count as lost, so a second
# look is allowed.
sub verified
{
	my ($node, $name, $database) = @_;
	$database //= 'postgres';
	my $sound = $node->poll_query_until($database, 'SELECT test.verify() IS NULL');

	ok($sound, $name) or diag($node->safe_psql($database, 'SELECT test.verify()'));
	return $sound;
}

sub used_bytes
{
	my ($node, $database) = @_;
	return $node->safe_psql($database // 'postgres', 'SELECT test.used()');
}

# Memory comes down to so many bytes.
sub settled
{
	my ($node, $bytes, $name, $database) = @_;
	$database //= 'postgres';
	my $down = $node->poll_query_until($database, "SELECT test.used() <= $bytes");

	ok($down, $name) or diag('used: ' . used_bytes($node, $database) . ", expected at most $bytes");
	return $down;
}

# A statement fails with this SQLSTATE, and what is said matches.
sub fails_with
{
	my ($node, $sql, $state, $pattern, $name, $database) = @_;
	my ($status, $stdout, $stderr) =
	  $node->psql($database // 'postgres', "\\set VERBOSITY verbose\n$sql", on_error_stop => 1);

	isnt($status, 0, "$name: fails");
	like($stderr, qr/(ERROR|FATAL): +\Q$state\E: .*$pattern/s, "$name: error");
}

# The names of all stop points, from the source. Points of the faces throw, those below return a status.
sub stop_points
{
	my %points;
	foreach my $file (glob "$FindBin::RealBin/../../src/*/*.c $FindBin::RealBin/../../src/*/*.h "
		. "$FindBin::RealBin/../../src/*/*/*.c $FindBin::RealBin/../../src/*/*/*.h")
	{
		my $text = slurp_file($file);
		$points{$2} = $1 while $text =~ /CACHE_STOP_(POINT|STATUS)\("(\w+)"\)/g;
	}
	delete $points{name};
	return \%points;
}

# Make sessions that reach a point with the action "wait" stand there: takes the point's lock in a session.
sub hold_point
{
	my ($session, $point) = @_;
	$session->query_safe('SELECT pg_advisory_lock(' . ADVISORY_CLASS . ", hashtext('$point'))");
}

sub release_point
{
	my ($session, $point) = @_;
	$session->query_safe('SELECT pg_advisory_unlock(' . ADVISORY_CLASS . ", hashtext('$point'))");
}

# Wait until a backend stands at the point.
sub wait_for_stop
{
	my ($node, $point) = @_;
	return $node->poll_query_until('postgres',
		"SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = " . ADVISORY_CLASS
		  . " AND objid::bigint = hashtext('$point')::bigint & 4294967295 AND NOT granted");
}

1;
