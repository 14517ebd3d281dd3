# lib.sh
#    What the tools share: where things are, as whom a server runs, and a private PostgreSQL tree.
#
# PostgreSQL finds its share and library directories relative to its executable, when the executable's
# directory ends as configured. So a copy of the executables at <dir>/usr/lib/postgresql/15/bin uses
# <dir>/usr/share/postgresql/15 and <dir>/usr/lib/postgresql/15/lib. These are filled with links to the
# system's files and with this clone's extension: nothing is installed, and clones do not meet.
#
#     $STATE  = ${TMPDIR:-/tmp}/cache-<user>-<hash of the clone's path>
#         server/     the throwaway server of `make server`
#         run.<pid>/  one test run or demo: pg/ (the tree), work/ (copies for the tests), servers
#
# PostgreSQL refuses to run as root. For root, servers and tests run as the user postgres, who may not be
# able to read the clone: what they need is copied into $STATE.
#
# Sourced by bash scripts that set -euo pipefail.

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
PG_CONFIG=${PG_CONFIG:-pg_config}
SERVER_USER=postgres

# A make that starts a tool is not its parent in building: PostgreSQL's own makefiles ask who is topmost.
unset MAKEFLAGS MFLAGS MAKELEVEL

# The clones of one user are told apart by path. A socket path must stay below 108 bytes.
state_base=${TMPDIR:-/tmp}
if [ "$(id -u)" = 0 ] || [ "${#state_base}" -gt 50 ]; then
	state_base=/tmp
fi
state_base=$(cd "$state_base" && pwd -P)
STATE=$state_base/cache-$(id -un)-$(printf '%s' "$TOP" | cksum | awk '{ printf "%08x", $1 }')

say()
{
	printf '%s\n' "$*"
}

die()
{
	printf '%s\n' "$*" >&2
	exit 1
}

# Ask pg_config once for everything; fails with advice when there is none.
pg_paths()
{
	command -v "$PG_CONFIG" > /dev/null || die "no $PG_CONFIG found: run test/tools/setup.sh build"
	BINDIR=$("$PG_CONFIG" --bindir)
	SHAREDIR=$("$PG_CONFIG" --sharedir)
	PKGLIBDIR=$("$PG_CONFIG" --pkglibdir)
	PGXS_TOP=$(dirname "$("$PG_CONFIG" --pgxs)")/../..
	PG_MAJOR=$("$PG_CONFIG" --version | sed 's/^PostgreSQL \([0-9]*\).*/\1/')
}

# Make $STATE, refusing one that somebody else made.
make_state()
{
	mkdir -p "$STATE"
	[ -O "$STATE" ] && [ ! -L "$STATE" ] || die "$STATE belongs to somebody else"
	chmod 755 "$STATE"
	if [ "$(id -u)" = 0 ] && ! getent passwd "$SERVER_USER" > /dev/null; then
		say "creating the system user $SERVER_USER, as whom servers run for root"
		useradd --system --user-group --home-dir /nonexistent --shell /bin/sh "$SERVER_USER"
	fi
}

# Run a command as the user of the servers, in a clean environment. What is named CACHE_*, PG_TEST_* or in
# the list passes through; PATH begins with the private tree.
as_server()
{
	local keep=() name
	for name in $(compgen -e); do
		case $name in
			CACHE_* | PG_TEST_* | TERM | CI | TESTDIR | TESTDATADIR | TESTLOGDIR | PG_REGRESS | PERL5LIB | \
				PGHOST | PGPORT | PGUSER | PGDATABASE | TEST_TMP | top_builddir)
				keep+=("$name=${!name}")
				;;
		esac
	done
	local drop=()
	if [ "$(id -u)" = 0 ]; then
		drop=(setpriv "--reuid=$SERVER_USER" "--regid=$SERVER_USER" --init-groups)
	fi
	"${drop[@]}" env -i "${keep[@]}" PATH="$STAGE_BIN:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin" \
		HOME="$STAGE_HOME" TMPDIR="${TEST_TMP:-$STAGE_HOME}" LANG=C.UTF-8 LC_MESSAGES=C PSQLRC=/dev/null PSQL_HISTORY=/dev/null \
		PAGER=cat "$@" 9>&-
}

# Make a directory that the server's user owns.
server_dir()
{
	mkdir -p "$1"
	if [ "$(id -u)" = 0 ]; then
		chown "$SERVER_USER:" "$1"
	fi
	chmod 755 "$1"
}

link_entries()
{
	mkdir -p "$2"
	find "$1" -mindepth 1 -maxdepth 1 ! -name "${3:-}" -exec ln -sfn -t "$2" {} +
}

# Build the private tree in <dir>/pg with the extension as built in directory $2, and a home beside it.
stage_tree()
{
	local dir=$1 built=$2 root=$1/pg file
	pg_paths
	STAGE_BIN=$root$BINDIR
	STAGE_HOME=$dir/home
	mkdir -p "$STAGE_BIN"
	cp -Lf "$BINDIR"/* "$STAGE_BIN"/
	link_entries "$SHAREDIR" "$root$SHAREDIR" extension
	link_entries "$SHAREDIR/extension" "$root$SHAREDIR/extension"
	link_entries "$PKGLIBDIR" "$root$PKGLIBDIR"
	# pgTAP is plain SQL: a server built from source can borrow Debian's.
	for file in "/usr/share/postgresql/$PG_MAJOR/extension"/pgtap*; do
		if [ -e "$file" ]; then
			ln -sfn "$file" "$root$SHAREDIR/extension/"
		fi
	done
	rm -rf "$root$SHAREDIR/extension"/cache.control "$root$SHAREDIR/extension"/cache--*.sql \
		"$root$PKGLIBDIR/cache.so" "$root$PKGLIBDIR/bitcode"
	cp "$built/cache.control" "$built"/sql/cache--*.sql "$root$SHAREDIR/extension/"
	cp "$built/cache.so" "$root$PKGLIBDIR/"
	chmod -R a+rX "$root"
	server_dir "$STAGE_HOME"
}

# Point at a tree that stage_tree made earlier.
use_tree()
{
	pg_paths
	STAGE_BIN=$1/pg$BINDIR
	STAGE_HOME=$1/home
}

# Make a cluster in $1: trust, but reachable through its own socket directory only.
make_cluster()
{
	local dir=$1
	server_dir "$dir"
	(cd "$dir" && as_server initdb --no-sync -A trust -U postgres -E UTF8 --locale=C.UTF-8 -D "$dir/data" \
		> "$dir/initdb.log" 2>&1) || {
		cat "$dir/initdb.log" >&2
		return 1
	}
	as_server tee -a "$dir/data/postgresql.conf" > /dev/null <<-CONF
		listen_addresses = ''
		unix_socket_directories = '$dir'
		shared_preload_libraries = 'cache'
		fsync = off
		max_connections = 100
		max_prepared_transactions = 10
		timezone = 'UTC'
		log_timezone = 'UTC'
		log_line_prefix = '%m [%p] %q%a '
		lc_messages = 'C'
	CONF
}

# Start the cluster in $1 and wait until it answers; its socket is $1/.s.PGSQL.5432.
start_cluster()
{
	(cd "$1" && as_server pg_ctl -D "$1/data" -l "$1/server.log" -w -t 60 -o "-p 5432" start > "$1/start.log" 2>&1) || {
		cat "$1/start.log" >&2
		tail -n 20 "$1/server.log" >&2 || true
		return 1
	}
}

cluster_running()
{
	[ -f "$1/data/postmaster.pid" ] && postmaster_of "$1/data/postmaster.pid" > /dev/null
}

stop_cluster()
{
	if cluster_running "$1"; then
		(cd "$1" && as_server pg_ctl -D "$1/data" -m "${2:-fast}" -w -t 60 stop > "$1/stop.log" 2>&1) ||
			kill_postmaster "$1/data/postmaster.pid"
	fi
}

# Print the process of a postmaster.pid file if it still runs in that data directory.
postmaster_of()
{
	local pid
	pid=$(head -n 1 "$1" 2> /dev/null) || return 1
	[ -n "$pid" ] && [ "$(readlink "/proc/$pid/cwd" 2> /dev/null)" = "$(dirname "$1")" ] && echo "$pid"
}

# Immediate shutdown of the postmaster that a pid file names.
kill_postmaster()
{
	local pid
	pid=$(postmaster_of "$1") || return 0
	kill -QUIT "$pid" 2> /dev/null || return 0
	for _ in $(seq 100); do
		[ -d "/proc/$pid" ] || return 0
		sleep 0.1
	done
	kill -KILL "$pid" 2> /dev/null || true
}

# Stop every server under a directory and remove it.
remove_tree()
{
	local file
	while IFS= read -r file; do
		kill_postmaster "$file"
	done < <(find "$1" -name postmaster.pid -type f 2> /dev/null)
	rm -rf "$1"
}

# Make $RUN, held by a lock for as long as this process lives, and clear those of dead runs.
make_run()
{
	local old
	make_state
	for old in "$STATE"/run.*; do
		if [ -d "$old" ] && ! runs_still "$old"; then
			say "removing the leftovers of a dead run: $old"
			remove_tree "$old"
		fi
	done
	RUN=$STATE/run.$$
	mkdir -p "$RUN"
	exec 9> "$RUN/lock"
	flock -n 9
	trap 'end_run' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

runs_still()
{
	! flock -n "$1/lock" true 2> /dev/null
}

end_run()
{
	local status=$?
	trap '' INT TERM HUP
	cd /
	remove_tree "$RUN"
	rmdir "$STATE" 2> /dev/null || true
	exit "$status"
}

# Build the extension: in the clone, or, for another server's sake, in a copy at $1 that is kept up to date.
build_extension()
{
	local built=${1:-$TOP} file
	if [ "$built" != "$TOP" ]; then
		mkdir -p "$built"
		(cd "$TOP" && find Makefile cache.control src sql -type f \( -name '*.[ch]' -o -name '*.sql' \
			-o -name Makefile -o -name cache.control \) ! -name "cache--[0-9]*" -print0 |
			xargs -0 cp -pu --parents -t "$built")
		(cd "$built" && find src sql/parts -name '*.[ch]' -o -name '*.sql') | while IFS= read -r file; do
			[ -e "$TOP/$file" ] || rm -f "$built/$file"
		done
	fi
	mkdir -p "$built/build"
	flock "$built/build/lock" make -C "$built" -s -j"$(nproc)" PG_CONFIG="$PG_CONFIG" all
}
