#!/bin/bash
# server.sh start|stop|status|psql
#    The throwaway server for people: one a clone, reused while it runs, gone with its data when stopped.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

dir=$STATE/server

psql_line()
{
	echo "psql -h $dir -U postgres -d postgres"
}

start()
{
	make_state
	# Only one start or stop at a time; the lock does not outlive this process.
	exec 9> "$STATE/server.lock"
	flock 9
	if cluster_running "$dir"; then
		if ! cmp -s "$TOP/cache.so" "$dir/pg$PKGLIBDIR/cache.so"; then
			say "note: the server runs an older build; make server-stop first to get the new one"
		fi
		return
	fi
	remove_tree "$dir"
	test/tools/setup.sh build
	build_extension
	mkdir "$dir"
	stage_tree "$dir" "$TOP"
	make_cluster "$dir" || die "could not make a cluster in $dir"
	printf '%s\n' ${SERVER_MEMORY:+"cache.memory = '$SERVER_MEMORY'"} "log_min_messages = warning" |
		as_server tee -a "$dir/data/postgresql.conf" > /dev/null
	start_cluster "$dir" || die "the server did not start: $dir/server.log"
	if ! as_server psql -Xq -h "$dir" -U postgres -d postgres -c 'CREATE EXTENSION cache'; then
		remove_tree "$dir"
		exit 1
	fi
	exec 9>&-
}

cd "$TOP"
case ${1:-} in
	start)
		test/tools/setup.sh build
		pg_paths
		start
		say "server running; log in $dir/server.log; connect with:"
		psql_line
		;;
	stop)
		if [ -d "$dir" ]; then
			pg_paths
			use_tree "$dir"
			stop_cluster "$dir" || true
			remove_tree "$dir"
			rm -f "$STATE/server.lock"
			rmdir "$STATE" 2> /dev/null || true
			say "server stopped and its data removed"
		else
			say "no server"
		fi
		;;
	status)
		if cluster_running "$dir"; then
			psql_line
		else
			say "no server"
			exit 1
		fi
		;;
	psql)
		test/tools/setup.sh build
		pg_paths
		start
		shift
		exec "$dir/pg$BINDIR/psql" -h "$dir" -U postgres -d postgres "$@"
		;;
	*) die "usage: $0 start|stop|status|psql [psql's arguments]" ;;
esac
