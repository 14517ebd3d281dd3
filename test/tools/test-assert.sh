#!/bin/bash
# test-assert.sh [LAYER...]
#    The server's tests on a PostgreSQL with assertions, built from Debian's source package.
#
# The build is kept outside the clone, for all clones: $CACHE_PG_DIR, or /var/cache/cache-postgresql for
# root (whose home the server's user cannot read), or ~/.cache/cache-postgresql. The package's source comes
# by apt-get source with lists of its own in a temporary directory: nothing of apt's set-up changes.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$TOP"

test/tools/setup.sh assert
pg_paths
major=$PG_MAJOR

if [ -n "${CACHE_PG_DIR:-}" ]; then
	keep=$CACHE_PG_DIR
elif [ "$(id -u)" = 0 ]; then
	keep=/var/cache/cache-postgresql
else
	keep=${XDG_CACHE_HOME:-$HOME/.cache}/cache-postgresql
fi
prefix=$keep/$major-assert

# Print deb-src lines for the Debian (or PGDG) archives that binary packages come from.
source_lines()
{
	local key=/usr/share/keyrings/debian-archive-keyring.gpg by=
	[ -e $key ] && by="[signed-by=$key] "
	{
		apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT) $(SUITE) $(SIGNED_BY)' 'Created-By: Packages' 2> /dev/null |
			awk -v key="$by" '$3 == "main" && $1 ~ /debian|postgresql/ {
				if ($5 ~ /^\// && $5 !~ /debian-archive/) key = "[signed-by=" $5 "] "
				print "deb-src " key $1 " " $2 " main" }' | sort -u
	} | grep . || {
		. /etc/os-release
		echo "deb-src ${by}http://deb.debian.org/debian $VERSION_CODENAME main"
		echo "deb-src ${by}http://deb.debian.org/debian-security $VERSION_CODENAME-security main"
	}
}

fetch_source()
{
	local work=$1 apt version
	mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/parts" "$work/state"
	source_lines > "$work/sources.list"
	apt=(-q -o "Dir::Etc::SourceList=$work/sources.list" -o "Dir::Etc::SourceParts=$work/parts"
		-o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o "Dir::State=$work/state"
		-o "Dir::State::status=/var/lib/dpkg/status" -o "APT::Sandbox::User=root" -o "Debug::NoLocking=1")
	apt-get "${apt[@]}" update
	# A mirror may announce a version before it has it, or after: the next best will do.
	for version in $(apt-cache "${apt[@]}" showsrc --only-source "postgresql-$major" | sed -n 's/^Version: //p' | sort -Vru); do
		if (cd "$work" && apt-get "${apt[@]}" source "postgresql-$major=$version"); then
			return 0
		fi
	done
	return 1
}

build_server()
{
	local work=$1 source
	fetch_source "$work" > "$work/log" 2>&1 || {
		tail -n 30 "$work/log" >&2
		die "could not fetch the source package postgresql-$major"
	}
	source=$(find "$work" -mindepth 1 -maxdepth 1 -type d -name "postgresql-$major-*")
	[ -x "$source/configure" ] || die "no source directory in $work"
	say "building $(basename "$source") with assertions (some minutes, once)"
	# Debian's flags are left out: -O1 keeps what assertions say readable in a debugger.
	(
		cd "$source" &&
			./configure --prefix="$prefix" --enable-cassert --enable-debug --enable-tap-tests --without-icu \
				CFLAGS='-O1 -g -fno-omit-frame-pointer' CC=gcc &&
			make -s -j"$(nproc)" &&
			make -s install &&
			make -s -j"$(nproc)" -C contrib &&
			make -s -C contrib install &&
			make -s -C src/test/isolation &&
			make -s -C src/test/isolation install
	) > "$work/log" 2>&1 || {
		tail -n 30 "$work/log" >&2
		die "PostgreSQL did not build"
	}
	"$prefix/bin/postgres" --version
	touch "$prefix/complete"
}

mkdir -p "$keep"
(
	# Two clones may want it at the same time.
	flock 7
	if [ ! -e "$prefix/complete" ]; then
		work=$(mktemp -d)
		trap 'rm -rf "$work"' EXIT
		trap 'exit 130' INT TERM HUP
		rm -rf "$prefix"
		build_server "$work"
	fi
) 7> "$keep/lock"
chmod -R a+rX "$keep"

layers=("$@")
[ ${#layers[@]} -gt 0 ] || layers=(regress isolation pgtap tap)
PG_CONFIG=$prefix/bin/pg_config exec test/tools/run-tests.sh --build-dir "$TOP/build/assert" "${layers[@]}"
