# 080_stress.pl
#    A dozen backends write and read values that carry their checksum, while others are cancelled and terminated at random.
#
# First a server of which nothing is evicted, where what is moved stays in sum, then one that evicts and empties itself.
# Each half takes half of CACHE_STRESS_SECONDS. What has to hold all along is in stress_workers.sql; what has to hold
# at the end is here.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use CacheTest;
use POSIX ();
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $seconds = $ENV{CACHE_STRESS_SECONDS} // 20;
my $batch = 0.7;
# SQLSTATEs that a worker may see: it was cancelled or terminated.
my $disturbed = qr/^(canceling statement due to user request|terminating connection due to administrator command)/;

my $node = new_server('stress', <<'CONF');
cache.memory = '12MB'
max_connections = 40
log_line_prefix = '%m [%p] %a '
CONF
$node->safe_psql('postgres', 'CREATE DATABASE other');
foreach my $database ('postgres', 'other')
{
	install($node, $database);
	$node->safe_psql($database, slurp_file("$FindBin::RealBin/stress_workers.sql"));
}
$node->safe_psql('postgres', q{SELECT cache.set('warm', 'up'); SELECT cache.clear_all()});
my $used_at_first = used_bytes($node);

# Call a function again and again until the time is over; complaints and results go to a file. A process of its own.
sub worker
{
	my ($n, $database, $call, $until) = @_;
	my $file = PostgreSQL::Test::Utils::tempdir() . "/worker.$n";
	my $pid = fork // die "fork: $!";

	return { pid => $pid, file => $file, call => $call } if $pid;
	open STDOUT, '>>', $file;
	open STDERR, '>>', $file;
	$ENV{PGAPPNAME} = $call =~ /bank/ ? 'undisturbed' : 'stressed';
	$ENV{PGOPTIONS} = '-c search_path=stress';
	while (time < $until)
	{
		my $left = $until - time;
		my $slice = $left < $batch ? $left : $batch;
		my $sql = $call =~ s/UNTIL/clock_timestamp() + '$slice s'/r;
		system('psql', '-XAtq', '-v', 'SHOW_CONTEXT=never', '-d', $node->connstr($database), '-c', $sql);
	}
	POSIX::_exit(0);
}

# One half of the test: returns the number that the undisturbed workers counted.
sub run_half
{
	my ($name, $conserving, $half) = @_;
	my $until = time + $half;
	my $bool = $conserving ? 'true' : 'false';
	my @calls = map { "SELECT stress.$_(UNTIL, $bool)" } qw(single single pairs tokens records windows walk hot_writes hot_reads twin_writes twin_reads);
	my @workers;
	my ($cancels, $terminations);
	my $counted = 0;

	foreach my $i (0 .. $#calls)
	{
		push @workers, worker("$name.$i", 'postgres', $calls[$i], $until);
	}
	push @workers, worker("$name.other", 'other', "SELECT stress.single(UNTIL, $bool)", $until);
	push @workers, map { worker("$name.bank$_", 'postgres', 'SELECT stress.bank(UNTIL)', $until) } 1, 2
	  if $conserving;

	($cancels, $terminations) = split /\|/, $node->safe_psql('postgres', "SELECT * FROM stress.disturb(clock_timestamp() + '$half s')");

	my @wrong;
	foreach my $worker (@workers)
	{
		waitpid $worker->{pid}, 0;
		foreach my $line (split /\n/, slurp_file($worker->{file}))
		{
			next if $line eq '' || $line =~ /^(DETAIL|HINT)/;
			next if $line =~ /^\s+(This probably means|before or while processing)/;
			if ($line =~ /^\d+$/) { $counted += $line; next }
			next if $line =~ /^(ERROR|FATAL): +(.*)/ && $2 =~ $disturbed;
			next if $line =~ /server closed the connection unexpectedly|connection to server was lost/;
			push @wrong, "$worker->{call}: $line";
		}
	}
	splice @wrong, 20 if @wrong > 20;
	is(join("\n", @wrong), '', "$name: workers saw nothing but what was to be expected");
	cmp_ok($cancels + $terminations, '>', $half, "$name: $cancels were cancelled, $terminations terminated");
	return $counted;
}

# What holds when all is quiet.
sub check_quiet
{
	my ($name) = @_;

	verified($node, "$name: the accounting equals a full walk");
	ok($node->poll_query_until($_, 'SELECT cache.dbsize() = (SELECT count(*) FROM cache.keys())'),
		"$name: as many keys in $_ as it counts")
	  foreach 'postgres', 'other';
	my ($evictions, $expirations, $rejected) = split /\|/,
	  $node->safe_psql('postgres', 'SELECT evictions, expirations, rejected_writes FROM cache.stats WHERE namespace IS NULL');
	note("evictions $evictions, expirations $expirations, rejected writes $rejected");
	return ($evictions, $expirations, $rejected);
}

# Nothing is evicted
$node->safe_psql('postgres', q{ALTER SYSTEM SET cache.policy = 'noeviction'; SELECT pg_reload_conf()});
$node->safe_psql('postgres', q{
	SELECT cache.set('token:' || t || ':1', stress.value_of('token:' || t, 5000 * t)) FROM generate_series(0, 5) AS t;
	SELECT cache.set('account:' || a, 1000) FROM generate_series(0, 4) AS a;
	SELECT cache.set('counter', 0)});
my $counted = run_half('noeviction', 1, $seconds / 2);
is($node->safe_psql('postgres', q{SELECT sum(cache.get('account:' || a)::bigint) FROM generate_series(0, 4) AS a}),
	5000, 'what was moved between accounts is all there');
is($node->safe_psql('postgres', q{SELECT cache.get('counter')}), $counted, 'every increment was counted once');
my ($evictions) = check_quiet('noeviction');
is($evictions, 0, 'nothing was evicted');

# Everything may be
$node->safe_psql('postgres', q{ALTER SYSTEM RESET cache.policy; SELECT pg_reload_conf()});
$node->safe_psql('postgres', q{SELECT cache.clear_all()});
$node->poll_query_until('postgres', q{SELECT current_setting('cache.policy') <> 'noeviction'});
run_half('evicting', 0, $seconds / 2);
($evictions, my $expirations) = check_quiet('evicting');
cmp_ok($evictions, '>', 0, 'entries were evicted');
cmp_ok($expirations, '>', 0, 'entries expired');

# Nothing is lost
$node->safe_psql($_, q{SELECT cache.clear_all()}) foreach 'postgres', 'other';
settled($node, $used_at_first + 65536, 'emptied, the memory is all there again');
verified($node, 'the empty cache is sound');

$node->stop;
my $log = slurp_file($node->logfile);
unlike($log, qr/PANIC:|TRAP:|was terminated by signal|exited with exit code [^01]/, 'no process crashed');
my @fatal = grep { !/terminating (connection|background worker "cache maintenance") due to administrator command/ }
  $log =~ /^.*FATAL:.*$/mg;
is(join("\n", @fatal), '', 'no error was fatal but where it was asked for');

done_testing();
