#!/usr/bin/perl
# lint-layers.pl
#    The order of the rooms, read from #include lines. Prints what breaks it; exit status 1 if anything does.
#
# - Includes of this project name the room: "memory/arena.h". A file includes its own room and those below.
# - Rooms that are pure C get PostgreSQL only through base/env.h. (What stands between
#   #ifndef CACHE_STANDALONE and its #else or #endif is the server's half of a file, allowed in memory/.)
# - Only base/compat.h compares PostgreSQL's versions, and pure rooms do not include it.
use strict;
use warnings;
use File::Find;

my @rooms = qw(base memory structure policy keyspace types commands coherence durability faces);
my %rank = map { $rooms[$_] => $_ } 0 .. $#rooms;
my %pure = map { $_ => 1 } qw(base structure policy keyspace types);
my %own = map { $_ => 1 } qw(src/base/env.h src/base/compat.h);
my $bad = 0;

sub complain
{
	print join(':', @_[0, 1]), ": $_[2]\n";
	$bad = 1;
}

my @files;
find({ no_chdir => 1, wanted => sub { push @files, $_ if /\.[ch]$/ } }, 'src');

foreach my $file (sort @files)
{
	my ($room) = $file =~ m{^src/([^/]+)/};
	my $rank = defined $room ? $rank{$room} : scalar @rooms;
	if (!defined $rank)
	{
		complain($file, 1, "$room is no room");
		next;
	}
	$room //= '';

	open my $in, '<', $file or die "$file: $!";
	while (my $line = <$in>)
	{
		if ($line =~ /\bPG_(?:VERSION|MAJORVERSION)(?:_NUM)?\b/ && $file ne 'src/base/compat.h')
		{
			complain($file, $., 'only base/compat.h tells versions of PostgreSQL apart');
		}
		next unless $line =~ /^\s*#\s*include\s*(["<])([^">]+)[">]/;
		my ($quote, $name) = ($1, $2);
		my ($first) = $name =~ m{^([^/]+)/};

		if (defined $first && defined $rank{$first} && -e "src/$name")
		{
			if ($rank{$first} > $rank)
			{
				complain($file, $., "$room is below $first and must not include $name");
			}
			if ($name eq 'base/compat.h' && $pure{$room})
			{
				complain($file, $., "the pure room $room must not include $name");
			}
		}
		elsif ($quote eq '"')
		{
			(my $directory = $file) =~ s{/[^/]+$}{};
			if (-e "$directory/$name")
			{
				complain($file, $., "write the room: \"" . substr($directory, 4) . "/$name\"");
			}
			elsif ($pure{$room} && !$own{$file})
			{
				complain($file, $., "the pure room $room must not include $name");
			}
		}
	}
	close $in;
}
exit $bad;
