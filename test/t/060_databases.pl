# 060_databases.pl
#    Databases do not see each other's keys; dropping one, or the extension in it, discards its keys; encodings.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use CacheTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('databases');
install($node);
$node->safe_psql('postgres', 'CREATE DATABASE one');
$node->safe_psql('postgres', 'CREATE DATABASE two');
install($node, $_) foreach 'one', 'two';

# Apart
$node->safe_psql('one', q{SELECT cache.set('k', 'of one'), cache.set('only', '1')});
$node->safe_psql('two', q{SELECT cache.set('k', 'of two')});
is($node->safe_psql('one', q{SELECT cache.get('k'), cache.dbsize(), string_agg(key, ' ' ORDER BY key) FROM cache.keys() AS key}),
	'of one|2|k only', 'one sees its own keys');
is($node->safe_psql('two', q{SELECT cache.get('k'), cache.dbsize(), string_agg(key, ' ' ORDER BY key) FROM cache.keys() AS key}),
	'of two|1|k', 'two sees its own');
is($node->safe_psql('postgres', q{SELECT cache.get('k') IS NULL, cache.dbsize(), cache.randomkey() IS NULL}), 't|0|t', 'a third sees none');
is($node->safe_psql('two', q{SELECT cache.del('only'), cache.clear_all()}), 'f|1', 'nor does it remove them');
is($node->safe_psql('one', q{SELECT cache.get('only')}), '1', 'clear is of one database');
is($node->safe_psql('one', q{SELECT entries FROM cache.stats ORDER BY namespace NULLS LAST}), "2\n2", 'statistics tell one from all');

# DROP DATABASE
my $used = used_bytes($node);
$node->safe_psql('two', q{SELECT cache.set('large:' || i, repeat('x', 100000)) FROM generate_series(1, 100) AS i});
cmp_ok(used_bytes($node), '>', $used + 10_000_000, 'memory is in use');
$node->safe_psql('postgres', 'DROP DATABASE two');
settled($node, $used + 70_000, 'DROP DATABASE gives the memory back');
verified($node, 'the region is sound');
$node->safe_psql('postgres', 'CREATE DATABASE two TEMPLATE one');
is($node->safe_psql('two', q{SELECT cache.get('k') IS NULL, cache.dbsize()}), 't|0', 'a database made from another has its own, empty cache');
is($node->safe_psql('one', q{SELECT cache.get('k')}), 'of one', 'and that one keeps what it has');
# as many as there may be, one after the other
foreach my $i (1 .. 5)
{
	$node->safe_psql('postgres', "CREATE DATABASE passing TEMPLATE one");
	is($node->safe_psql('passing', q{SELECT cache.set('k', 'v'), cache.dbsize()}), 't|1', "database $i is empty at first");
	$node->safe_psql('postgres', 'DROP DATABASE passing');
}

# DROP EXTENSION
$node->safe_psql('two', q{SELECT cache.set('k', 'v')});
is($node->safe_psql('two', q{BEGIN; DROP EXTENSION cache CASCADE; ROLLBACK; SELECT cache.get('k')}), 'v', 'rolled back, it leaves the keys');
is($node->safe_psql('two', q{BEGIN; SAVEPOINT s; DROP EXTENSION cache CASCADE; ROLLBACK TO s; COMMIT; SELECT cache.get('k')}), 'v',
	'and so does a rollback to a savepoint');
my $other = $node->background_psql('two');
is($other->query_safe(q{SELECT cache.get('k')}), 'v', 'another session uses the extension');
$node->safe_psql('two', 'DROP EXTENSION cache CASCADE');
$node->safe_psql('two', 'CREATE EXTENSION cache');
is($node->safe_psql('two', q{SELECT cache.get('k') IS NULL, cache.dbsize()}), 't|0', 'dropped and made again, it is empty');
is($other->query_safe(q{SELECT cache.set('k', 'w'), cache.get('k')}), 't|w', 'the other session goes on with the new one');
is($node->safe_psql('one', q{SELECT cache.get('k')}), 'of one', 'other databases keep theirs');
$other->quit;

# used, made and dropped at the same time
my @users;
foreach my $i (1 .. 3)
{
	my $session = $node->background_psql('two', on_error_stop => 0);
	$session->{stdin} .= q{DO $$
		DECLARE
			until timestamptz := clock_timestamp() + '2 s';
		BEGIN
			WHILE clock_timestamp() < until LOOP
				BEGIN
					PERFORM cache.set('k' || i, repeat('x', i * 100)), cache.get('k' || i % 7) FROM generate_series(1, 100) AS i;
				EXCEPTION WHEN undefined_function OR invalid_schema_name OR internal_error OR undefined_object THEN
					NULL;
				END;
			END LOOP;
		END $$;} . "\n\\echo done\n";
	$session->{run}->pump_nb;
	push @users, $session;
}
foreach my $i (1 .. 10)
{
	$node->safe_psql('two', 'DROP EXTENSION cache');
	$node->safe_psql('two', 'CREATE EXTENSION cache');
}
foreach my $session (@users)
{
	$session->{run}->pump until $session->{stdout} =~ /done/;
	unlike($session->{stderr}, qr/ERROR|FATAL|connection/, 'a session works while the extension is dropped and made');
	$session->quit;
}
$node->safe_psql('two', 'SELECT cache.clear_all()');
verified($node, 'the region is sound after that');

# Upgrades: what the SQL says and what the library is
is($node->safe_psql('one', 'SELECT cache.library_version() = cache.extension_version()'), 't', 'library and extension have one version');
is($node->safe_psql('one', q{SELECT extversion = cache.library_version() FROM pg_extension WHERE extname = 'cache'}), 't', 'as the catalogue has it');
my $control = slurp_file($node->config_data('--sharedir') . '/extension/cache.control');
my ($version) = $control =~ /^default_version = '(.*)'/m;
is($node->safe_psql('one', 'SELECT cache.library_version()'), $version, 'which is the one of the control file');
fails_with($node, q{CREATE FUNCTION check_library(text) RETURNS void LANGUAGE c AS '$libdir/cache', 'cache_sql_check_library';
	SELECT check_library('0.9')}, '55000', 'version 0.9 of the extension needs the library of the same version.*restart', 'an install script of another version', 'one');

# Encodings
$node->safe_psql('postgres', q{CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0});
$node->safe_psql('postgres', q{CREATE DATABASE ascii ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0});
$node->safe_psql('postgres', q{CREATE DATABASE utf ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0});
install($node, $_) foreach 'latin', 'ascii', 'utf';
is($node->safe_psql('latin', q{SET client_encoding = 'UTF8'; SELECT cache.set('é', 'größe'), cache.get('é'), cache.strlen('é'), cache.get_bytes('é')}),
	"t|größe|5|\\x6772f6df65", 'LATIN1: keys and values are in the encoding of the database');
is($node->safe_psql('utf', q{SET client_encoding = 'UTF8'; SELECT cache.set('é', 'größe'), cache.get('é'), cache.strlen('é'), cache.get_bytes('é')}),
	"t|größe|7|\\x6772c3b6c39f65", 'UTF8');
is($node->safe_psql('ascii', q{SELECT cache.set_bytes('k', '\xff80'), octet_length(cache.get('k')), cache.get_bytes('k')}),
	't|2|\xff80', 'SQL_ASCII takes any bytes but zero for text');
fails_with($node, q{SELECT cache.set_bytes('k', '\x00'); SELECT cache.get('k')}, '22021', 'not valid text in encoding "SQL_ASCII"', 'a zero byte', 'ascii');
is($node->safe_psql('latin', q{SELECT cache.set_bytes('k', '\xff80'), octet_length(cache.get('k'))}), 't|2', 'LATIN1: any byte is a character');
fails_with($node, q{SELECT cache.set_bytes('k', '\x00'); SELECT cache.get('k')}, '22021', 'LATIN1', 'a zero byte in LATIN1', 'latin');
foreach my $bytes ('\xff', '\xc3', '\x61c328', '\xeda080', '\x6100')
{
	fails_with($node, qq{SELECT cache.set_bytes('k', '$bytes'); SELECT cache.get('k')}, '22021',
		'not valid text in encoding "UTF8".*The key is "k".*_bytes', "UTF8: $bytes read as text", 'utf');
}
is($node->safe_psql('utf', q{SELECT cache.get_bytes('k'), cache.lookup_bytes('k'), cache.del('k')}), '\x6100|(t,"\\\\x6100")|t', 'as bytes it can be read');
foreach my $call (q{cache.getdel('k')}, q{cache.getset('k', 'new')}, q{cache.mget('{k}')}, q{cache.lookup('k')}, q{cache.getex('k', ttl => '1 day')}, q{cache.getrange('k')}, q{cache.get_json('k')})
{
	$node->safe_psql('utf', q{SELECT cache.set_bytes('k', '\xff')});
	fails_with($node, "SELECT $call", '22021', 'UTF8', $call, 'utf');
	is($node->safe_psql('utf', q{SELECT cache.get_bytes('k')}), '\xff', "$call leaves what it cannot return") unless $call =~ /getex/;
}
# a character cut in two
is($node->safe_psql('utf', q{SET client_encoding = 'UTF8'; SELECT cache.set('k', 'größe'), cache.getrange('k', 0, 3), cache.getrange_bytes('k', 0, 2)}),
	't|grö|\x6772c3', 'ranges are of bytes');
fails_with($node, q{SELECT cache.getrange('k', 0, 2)}, '22021', 'UTF8', 'a range that cuts a character', 'utf');
is($node->safe_psql('utf', q{SET client_encoding = 'UTF8'; SELECT cache.setrange_bytes('k', 2, '\xc3a4'), cache.get('k')}), '7|gräße', 'a range that replaces one');

$node->stop;
unlike(slurp_file($node->logfile), qr/PANIC:|TRAP:|was terminated by signal/, 'no process crashed');
done_testing();
