# 095_documented_examples.pl
#    Runs the examples of README.md and docs/*.md and compares what they give with what the documents say.
#
# Each ```sql block is run; all blocks of a file in one session, in a database of its own that has the extension (a file
# that says CREATE EXTENSION itself begins without). A role "app" is there. What an example gives is written as
#
#     SELECT cache.get('k');  -- hello          a comment behind the statement: unaligned, columns by |, rows by /,
#                                               an error as ERROR, SQLSTATE and, if wanted, the message
#     ```text                                   or a text block behind the sql block: what psql prints for all of it
#
# Three dots stand for anything within a line. A statement without either has to succeed. Links between the documents,
# the headings of docs/verbs.md and the figures of docs/settings.md are compared with what there is.
use strict;
use warnings;
use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $top = "$FindBin::RealBin/../..";
my @files = ('README.md', map { s{^\Q$top\E/}{}r } sort glob "$top/docs/*.md");

# The statements of a file: text, line, what is expected (comment), number of the block; and text blocks by block.
sub examples
{
	my ($file) = @_;
	my (@statements, %output);
	my ($language, $statement, $start, $after_sql) = ('', '', 0, 0);
	my $block = 0;

	open my $in, '<:encoding(UTF-8)', "$top/$file" or die "$file: $!";
	while (my $line = <$in>)
	{
		if ($line =~ /^```(\S*)/)
		{
			if ($language eq '')
			{
				$language = $1 eq '' ? 'none' : $1;
				$block++ if $language eq 'sql';
				$output{$block} = '' if $language eq 'text' && $after_sql;
			}
			else
			{
				die "$file:$.: a statement has no end\n" if $statement =~ /\S/;
				$after_sql = $language eq 'sql';
				$language = '';
				next;
			}
		}
		elsif ($language eq 'text' && $after_sql)
		{
			$output{$block} .= $line;
		}
		elsif ($language eq 'sql')
		{
			next if $statement eq '' && $line =~ /^\s*(--.*)?$/;
			$start = $. if $statement eq '';
			my $expected;
			$expected = $1 if $line =~ s/\s+--\s+(.*\S)\s*$/\n/;
			$statement .= $line;
			# within a function's body nothing ends
			next if (() = $statement =~ /\$\$/g) % 2;
			if ($line =~ /(;|\\g\w*.*)\s*$/ || $statement =~ /^\\/)
			{
				push @statements, { text => $statement, line => $start, expected => $expected, block => $block };
				$statement = '';
			}
			elsif (defined $expected)
			{
				die "$file:$.: what is expected stands before the end of the statement\n";
			}
		}
		$after_sql = 0 if $language eq '' && $line =~ /\S/;
	}
	close $in;
	return (\@statements, \%output);
}

# An expected text as a pattern.
sub pattern
{
	my ($text) = @_;
	my $quoted = join '.*', map { quotemeta } split /\.\.\./, $text, -1;
	return qr/^$quoted$/;
}

sub lines
{
	return grep { /\S/ } map { s/\s+$//r } split /\n/, $_[0];
}

sub matches
{
	my ($got, $expected) = @_;
	my @got = lines($got);
	my @expected = lines($expected);
	return 0 unless @got == @expected;
	for my $i (0 .. $#got)
	{
		return 0 unless $got[$i] =~ pattern($expected[$i]);
	}
	return 1;
}

# Split what a stream carried at the marks between the statements.
sub by_statement
{
	my ($stream, $n) = @_;
	my @parts = ('') x $n;
	my $i = -1;
	foreach my $line (split /(?<=\n)/, $stream)
	{
		if ($line =~ /^\@\@(\d+)$/) { $i = $1 }
		elsif ($i >= 0) { $parts[$i] .= $line }
	}
	return @parts;
}

# Error messages as a user sees them, with the SQLSTATE or without.
sub messages
{
	my ($stderr, $with_state) = @_;
	my $shown = '';
	foreach my $line (split /\n/, $stderr)
	{
		$line =~ s/^psql:\S*:\d+: //;
		next if $line =~ /^(LOCATION|STATEMENT|QUERY|CONTEXT): /;
		if ($line =~ /^(ERROR|WARNING|NOTICE|FATAL): +(\w{5}): (.*)/)
		{
			$line = $with_state ? "$1 $2: $3" : "$1:  $3";
		}
		$shown .= "$line\n";
	}
	return $shown;
}

my $node = PostgreSQL::Test::Cluster->new('examples');
$node->init;
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'cache'\ntimezone = 'UTC'\n");
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE app');

my %called;
my $number = 0;
foreach my $file (@files)
{
	my ($statements, $output) = examples($file);
	my $database = 'examples_' . ++$number;
	my $script = "\\set VERBOSITY verbose\n\\set SHOW_CONTEXT never\n";
	my $n = 0;

	next unless @$statements;
	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql($database, 'CREATE EXTENSION cache')
	  unless grep { $_->{text} =~ /^CREATE EXTENSION cache/ } @$statements;
	foreach my $statement (@$statements)
	{
		my $aligned = exists $output->{ $statement->{block} };
		$script .= $aligned
		  ? "\\pset format aligned\n\\pset tuples_only off\n\\pset null ''\n"
		  : "\\pset format unaligned\n\\pset tuples_only on\n\\pset null NULL\n\\pset fieldsep ' | '\n";
		$script .= "\\echo \@\@$n\n\\warn \@\@$n\n$statement->{text}";
		$n++;
		$called{$1} = 1 while $statement->{text} =~ /\bcache\.(\w+)/g;
	}

	my ($stdout, $stderr) = ('', '');
	IPC::Run::run([ 'psql', '-XAqt', '-d', $node->connstr($database) ], '<', \$script, '>', \$stdout, '2>', \$stderr);
	my @out = by_statement($stdout, $n);
	my @err = by_statement($stderr, $n);

	my %block_got;
	for my $i (0 .. $n - 1)
	{
		my $statement = $statements->[$i];
		my $block = $statement->{block};
		my $name = "$file:$statement->{line}: " . (lines($statement->{text}))[0];
		my $got;

		if (exists $output->{$block})
		{
			$block_got{$block} .= $out[$i] . messages($err[$i], 0);
			next if $i < $n - 1 && $statements->[ $i + 1 ]{block} == $block;
			ok(matches($block_got{$block}, $output->{$block}), "$name (block)")
			  or diag("expected:\n$output->{$block}got:\n$block_got{$block}");
			next;
		}
		$got = messages($err[$i], 1);
		if (defined $statement->{expected})
		{
			my $expected = $statement->{expected};
			# of an error the SQLSTATE alone will do
			my @got = $got =~ /^ERROR/m ? ((lines($got))[0]) : lines($out[$i]);
			my $joined = join ' / ', @got;
			$joined =~ s/^(ERROR \w+):.*/$1/ if $expected =~ /^ERROR \w+$/;
			like($joined, pattern($expected), $name);
		}
		else
		{
			unlike($got, qr/^ERROR/m, $name);
		}
	}
}
cmp_ok($number, '>', 0, 'there are examples');

# Every installed verb is called by an example.
$node->safe_psql('postgres', 'CREATE EXTENSION cache');
my @verbs = split /\n/, $node->safe_psql('postgres', q{
	SELECT DISTINCT proname FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
	WHERE d.deptype = 'e' AND refclassid = 'pg_extension'::regclass
	  AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'cache') AND proname !~ '^(_|test_)'
	ORDER BY 1});
is(join(' ', grep { !$called{$_} } @verbs), '', 'every verb has an example');

# Settings: a heading each, and the figures that the server has.
my $settings = slurp_file("$top/docs/settings.md");
foreach my $row (split /\n/, $node->safe_psql('postgres', q{
	SELECT name, context, CASE WHEN vartype = 'integer' AND unit = 'kB'
			THEN replace(pg_size_pretty(boot_val::bigint * 1024), ' ', '') ELSE boot_val END
	FROM pg_settings WHERE name LIKE 'cache.%' ORDER BY 1}))
{
	my ($name, $context, $default) = split /\|/, $row;
	my ($section) = $settings =~ /^## `?\Q$name\E`?\n(.*?)(?=^## |\z)/ms;
	ok(defined $section, "docs/settings.md describes $name") or next;
	$default = 'empty' if $default eq '';
	like($section, qr/^\|[^|]*\|[^|]*\| *`?\Q$default\E`? *\| *\Q$context\E *\|$/m,
		"docs/settings.md has the default and the context of $name");
}

# Links between the documents lead somewhere.
foreach my $file (@files)
{
	my $text = slurp_file("$top/$file");
	my ($folder) = $file =~ m{^(.*/)};
	$text =~ s/^```.*?^```//msg;
	while ($text =~ /\]\(([^)\s]+)\)/g)
	{
		my $link = $1;
		next if $link =~ m{^(https?|mailto):};
		my ($path, $anchor) = split /#/, $link, 2;
		my $target = $path eq '' ? $file : ($folder // '') . $path;
		1 while $target =~ s{[^/]+/\.\./}{};
		# what is staged for tests are README.md, docs and test
		next unless $target =~ m{^(README\.md|docs/)};
		ok(-e "$top/$target", "$file: $link") or next;
		next unless defined $anchor;
		my %anchors = map { lc(s/[^\w\- ]//gr =~ s/ /-/gr) => 1 } slurp_file("$top/$target") =~ /^#+ +(.*?) *$/mg;
		ok($anchors{$anchor}, "$file: the heading of $link");
	}
}

done_testing();
