# 070_not_preloaded.pl
#    Without the preload everything says what to put where, and nobody's DDL, DML or dump stops.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use CacheTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('not_preloaded');
$node->init;
$node->start;

sub preload
{
	my ($libraries) = @_;
	$node->append_conf('postgresql.conf', "shared_preload_libraries = '$libraries'");
	$node->restart;
}
my $needs = qr/the cache is not loaded at server start.*HINT: +Put this in postgresql.conf and restart the server: shared_preload_libraries = /s;

# Never preloaded
fails_with($node, 'CREATE EXTENSION cache', '55000', qr/${needs}'cache'/, 'CREATE EXTENSION');
is($node->safe_psql('postgres', q{SELECT count(*) FROM pg_extension WHERE extname = 'cache'}), 0, 'nothing of it is left');
my ($status, $stdout, $stderr) = $node->psql('postgres', q{LOAD 'cache'});
is("$status $stdout $stderr", '0  ', 'LOAD is quiet');
is($node->safe_psql('postgres', q{LOAD 'cache'; SET cache.enabled = off; SHOW cache.enabled}), 'off', 'settings may be there already');
($status, $stdout, $stderr) = $node->psql('postgres', 'SELECT 1', extra_params => [], on_error_stop => 1);
is($stdout, 1, 'and sessions work');
{
	local $ENV{PGOPTIONS} = '-c session_preload_libraries=cache';
	($status, $stdout, $stderr) = $node->psql('postgres', 'SELECT 1');
	is("$status $stdout $stderr", '0 1 ', 'session_preload_libraries is quiet, too');
}

# There are others already
preload('pg_stat_statements');
fails_with($node, 'CREATE EXTENSION cache', '55000', qr/${needs}'pg_stat_statements, cache'/, 'CREATE EXTENSION beside another library');

# Preloaded, used, and not preloaded any more
preload('pg_stat_statements, cache');
install($node);
$node->safe_psql('postgres', q{
	CREATE ROLE app LOGIN;
	GRANT USAGE ON SCHEMA cache TO app;
	CREATE TABLE t (id int PRIMARY KEY, v text DEFAULT 'd');
	CREATE VIEW cached AS SELECT id, cache.get('t:' || id) FROM t;
	SELECT cache.set('k', 'v')});
preload('pg_stat_statements');
# every function, with the arguments that have no defaults
my @calls = split /\n/, $node->safe_psql('postgres', q{
	SELECT format('SELECT cache.%I(%s)', proname, (
		SELECT string_agg(CASE t::regtype::text WHEN 'text[]' THEN '''{x}''' WHEN 'bytea[]' THEN '''{x}''' WHEN 'jsonb' THEN '''{"a": 1}'''
			WHEN 'bigint' THEN '1' WHEN 'double precision' THEN '1' WHEN 'anynonarray' THEN '1' WHEN 'timestamp with time zone' THEN '''tomorrow'''
			ELSE '''x''' END, ', ' ORDER BY n)
		FROM unnest(proargtypes::oid[]) WITH ORDINALITY AS a(t, n) WHERE n <= pronargs - pronargdefaults))
	FROM pg_proc WHERE pronamespace = 'cache'::regnamespace AND proname NOT IN ('library_version', 'extension_version')});
cmp_ok(scalar @calls, '>', 50, scalar(@calls) . ' functions to call');
my @silent;
foreach my $call (@calls)
{
	my ($status, $stdout, $stderr) = $node->psql('postgres', "\\set VERBOSITY verbose\n$call");
	push @silent, "$call: $stdout$stderr" unless $stderr =~ /ERROR: +55000: $needs/;
}
is(join("\n", @silent), '', 'each of them says what is missing');
fails_with($node, 'SELECT cache.get($$k$$)', '55000', qr/${needs}'pg_stat_statements, cache'/, 'get');
fails_with($node, 'SELECT * FROM cache.stats', '55000', $needs, 'the view');
fails_with($node, 'SET ROLE app; SELECT cache.get($$k$$)', '55000', qr/${needs}'cache'/, 'who may not see the setting is told his part');
is($node->safe_psql('postgres', 'SELECT cache.library_version() = cache.extension_version()'), 't', 'the version can be asked for');

is($node->safe_psql('postgres', q{
	INSERT INTO t VALUES (1); UPDATE t SET v = 'w'; ALTER TABLE t ADD c int; TRUNCATE t; DROP VIEW cached;
	CREATE VIEW cached AS SELECT id, cache.get('t:' || id) FROM t; SELECT count(*) FROM cached}), 0, 'tables and views work');
my ($dump, $errors);
IPC::Run::run([ 'pg_dump', '-d', $node->connstr('postgres') ], '>', \$dump, '2>', \$errors);
is($errors, '', 'pg_dump works');
like($dump, qr/CREATE EXTENSION IF NOT EXISTS cache WITH SCHEMA cache;/, 'and has the extension');
unlike($dump, qr/CREATE FUNCTION cache\./, 'but not its members');
$node->safe_psql('postgres', 'DROP EXTENSION cache CASCADE');
pass('DROP EXTENSION works');

# and again
preload('cache');
$node->safe_psql('postgres', 'DROP SCHEMA test CASCADE');
$node->safe_psql('postgres', 'DROP TABLE t');
install($node);
is($node->safe_psql('postgres', q{SELECT cache.get('k') IS NULL, cache.set('k', 'v'), cache.get('k')}), 't|t|v', 'preloaded again, it works');

# Dump and restore
$node->safe_psql('postgres', 'CREATE DATABASE restored');
IPC::Run::run([ 'pg_dump', '-N', 'test', '-d', $node->connstr('postgres') ], '|', [ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('restored') ],
	'>', \$dump, '2>', \$errors);
is($errors, '', 'a dump is restored');
is($node->safe_psql('restored', q{SELECT cache.dbsize(), cache.set('k', 'v')}), '0|t', 'without keys, and works');

$node->stop;
unlike(slurp_file($node->logfile), qr/PANIC:|TRAP:|was terminated by signal/, 'no process crashed');
done_testing();
