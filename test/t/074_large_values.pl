# 074_large_values.pl
#    Values of any size come back as they went in; interrupted reads of large ones hold on to nothing.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use CacheTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = new_server('large', "cache.memory = '400MB'\n");
install($node);
$node->safe_psql('postgres', q{SELECT cache.set('warm', 'up'), cache.del('warm')});
my $used = used_bytes($node);

# Around every size where something changes, text and bytes
$node->safe_psql('postgres', q{
	-- no part of it is like another
	CREATE FUNCTION body(bytes int) RETURNS text LANGUAGE sql AS $$
		SELECT left(string_agg(md5(i::text), ''), bytes) FROM generate_series(0, bytes / 32) AS i
	$$;
	CREATE FUNCTION wrong_sizes(sizes int[]) RETURNS SETOF text LANGUAGE plpgsql AS $$
	DECLARE
		size int;
		longest text := body((SELECT max(s) FROM unnest(sizes) AS s));
		value text;
		got text;
		got_bytes bytea;
	BEGIN
		FOREACH size IN ARRAY sizes LOOP
			value := left(longest, size);
			PERFORM cache.set('text', value);
			got := cache.get('text');
			IF got IS DISTINCT FROM value OR cache.strlen('text') <> size THEN
				RETURN NEXT format('%s bytes of text come back as %s', size, length(got));
			END IF;
			got := cache.getset('text', 'other');
			IF got IS DISTINCT FROM value THEN
				RETURN NEXT format('getset of %s bytes gives %s', size, length(got));
			END IF;
			PERFORM cache.set_bytes('bytes', convert_to(value, 'UTF8'));
			got_bytes := cache.get_bytes('bytes');
			IF got_bytes IS DISTINCT FROM convert_to(value, 'UTF8') THEN
				RETURN NEXT format('%s bytes come back as %s', size, length(got_bytes));
			END IF;
			got := cache.mget(ARRAY['none', 'bytes', 'text'])::text;
			IF got IS DISTINCT FROM ARRAY[NULL, value, 'other']::text THEN
				RETURN NEXT format('mget of %s bytes gives %s', size, length(got));
			END IF;
			IF cache.copy('bytes', 'copy', replace => true) AND cache.getdel('copy') IS DISTINCT FROM value THEN
				RETURN NEXT format('a copy of %s bytes is another', size);
			END IF;
			IF size > 0 THEN
				PERFORM cache.append('bytes', 'and more'), cache.setrange('bytes', size / 2, '!');
				got := overlay(value || 'and more' PLACING '!' FROM size / 2 + 1 FOR 1);
				IF cache.get('bytes') IS DISTINCT FROM got OR cache.getrange('bytes', size / 2, -1) IS DISTINCT FROM substr(got, size / 2 + 1) THEN
					RETURN NEXT format('append and setrange on %s bytes', size);
				END IF;
			END IF;
		END LOOP;
	END $$});
is($node->safe_psql('postgres', q{SELECT * FROM wrong_sizes(ARRAY(SELECT generate_series(0, 300)))}), '', 'every size up to 300 bytes');
is($node->safe_psql('postgres', q{
	SELECT * FROM wrong_sizes(ARRAY(SELECT b + d FROM unnest('{512, 1024, 2048, 4096, 8000, 8192, 16384, 32768, 65536, 131072, 262144, 1048576}'::int[]) AS b,
		unnest('{-40, -33, -32, -25, -24, -17, -16, -9, -8, -1, 0, 1, 8}'::int[]) AS d))}), '', 'around powers of two');
is($node->safe_psql('postgres', q{SELECT * FROM wrong_sizes('{10000000, 33554433}')}), '', 'up to 32 MB');

# More than a hundred megabytes
is($node->safe_psql('postgres', q{
	SELECT cache.del_many('{text,bytes}');
	SELECT cache.set('large', repeat('0123456789abcdef', 8 * 1024 * 1024)), cache.strlen('large'),
		cache.get('large') = repeat('0123456789abcdef', 8 * 1024 * 1024), cache.memory_usage('large') < 1.02 * 128 * 1024 * 1024}),
	"2\nt|134217728|t|t", '128 MB of text');
is($node->safe_psql('postgres', q{
	SELECT cache.set_bytes('large', decode(repeat('00ff10', 40 * 1024 * 1024), 'hex')), length(cache.get_bytes('large')),
		cache.getrange_bytes('large', -3, -1), cache.get_bytes('large') = decode(repeat('00ff10', 40 * 1024 * 1024), 'hex')}),
	't|125829120|\x00ff10|t', '120 MB of bytes, written over it');
fails_with($node, q{SELECT cache.setrange('large', 512 * 1024 * 1024, 'x')}, '54000', 'value is too long for the cache', 'more than 512 MB');
fails_with($node, q{SELECT cache.set(repeat('k', 1025), 'x')}, '54000', 'key is too long for the cache.*The key has 1025 bytes, at most 1024 are possible', 'a key of more than a kilobyte');
is($node->safe_psql('postgres', q{SELECT cache.set(repeat('k', 1024), 'x'), cache.get(repeat('k', 1024)), cache.get(repeat('k', 1025)) IS NULL, cache.set('', 'empty key'), cache.get('')}),
	't|x|t|t|empty key', 'a key of a kilobyte, and an empty one');

# json keeps its form
is($node->safe_psql('postgres', q{
	SELECT cache.set_json('j', jsonb_agg(jsonb_build_object('i', i, 'v', repeat('é', i % 50)))) FROM generate_series(1, 20000) AS i;
	SELECT cache.get_json('j') = (SELECT jsonb_agg(jsonb_build_object('i', i, 'v', repeat('é', i % 50))) FROM generate_series(1, 20000) AS i),
		cache.get('j')::jsonb = cache.get_json('j'), cache.object_encoding('j')}), "t\nt|t|jsonb", 'large json');

# Reads and writes that are interrupted in the middle
$node->safe_psql('postgres', q{SELECT cache.set('large', repeat('x', 120000000))});
my $before = used_bytes($node);
my $cut_short = 0;
foreach my $ms (1, 3, 8, 12, 16, 20, 30, 40)
{
	foreach my $sql (q{SELECT length(cache.get('large'))}, q{SELECT cache.copy('large', 'copy')}, q{SELECT cache.append('large', repeat('y', 1000000))},
		q{SELECT length((cache.mget(ARRAY['warm', 'large']))[2])})
	{
		my ($status, $stdout, $stderr) = $node->psql('postgres', "SET statement_timeout = $ms; $sql");
		$cut_short++ if $stderr =~ /canceling statement due to statement timeout/;
		$node->safe_psql('postgres', q{RESET statement_timeout; SELECT cache.del('copy')});
	}
}
cmp_ok($cut_short, '>', 5, "$cut_short statements were cut short");
is($node->safe_psql('postgres', q{SELECT cache.get('large') = rpad(repeat('x', 120000000), cache.strlen('large')::int, 'y') AND (cache.strlen('large') - 120000000) % 1000000 = 0}),
	't', 'the value is whole');
$node->safe_psql('postgres', q{SELECT cache.del_many(ARRAY(SELECT key FROM cache.keys() AS key))});
settled($node, $used + 300_000, 'all memory is free again, so nothing holds on to it');
verified($node, 'the region is sound');

$node->stop;
unlike(slurp_file($node->logfile), qr/PANIC:|TRAP:|was terminated by signal/, 'no process crashed');
done_testing();
