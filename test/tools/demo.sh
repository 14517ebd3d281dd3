#!/bin/bash
# demo.sh
#    The product on real data: a throwaway server, the places of the world, and test/demo/demo.sql in psql.
#    Leaves nothing behind but the built extension and the Debian packages it had to install.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$TOP"

test/tools/setup.sh demo
pg_paths
make_run
dir=$RUN/demo

say "Building cache for $("$PG_CONFIG" --version)"
build_extension > "$RUN/build.log" 2>&1 || {
	tail -n 40 "$RUN/build.log" >&2
	die "the extension does not build"
}
stage_tree "$RUN" "$TOP"
say "Starting a throwaway server in $dir"
make_cluster "$dir"
start_cluster "$dir"
server_dir "$RUN/work"
cp test/data/places.csv test/demo/* "$RUN/work/"
chmod -R a+rX "$RUN/work"

export PATH=$BINDIR:$PATH PGHOST=$dir PGPORT=5432 PGUSER=postgres PGDATABASE=postgres
cd "$RUN/work"
as_server psql -Xq -v ON_ERROR_STOP=1 -f setup.sql
as_server psql -Xq -v ON_ERROR_STOP=1 -v ECHO=queries -f demo.sql < /dev/null
cd "$TOP"
stop_cluster "$dir"
say
say "The server is stopped and removed. To try for yourself: make psql"
