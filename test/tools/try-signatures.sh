#!/bin/bash
# try-signatures.sh
#    Does what people write reach the function they mean? Loads docs/signatures.sql into a scratch database of the
#    server that PSQL and PGHOST etc. reach, lets every function note how it was called, and calls it through psql and
#    PREPARE (try-signatures.cases), in every form that needs no types (try-signatures.forms.sql), and through
#    the drivers that are there: libpq without types, psycopg2, psycopg, asyncpg, pg8000 (try-signatures.py), node-pg
#    (try-signatures.js; NODE_PATH says where).
#
# Prints a count for each and exits 1 if anything failed. PYTHON names an interpreter that has the drivers.
set -euo pipefail
cd "$(dirname "$0")/../.."
tools=test/tools
PSQL=${PSQL:-psql}
PYTHON=${PYTHON:-/usr/bin/python3}
scratch=cache_trial_$$
work=$(mktemp -d)
export PGOPTIONS="-c timezone=UTC -c intervalstyle=postgres -c datestyle=ISO -c bytea_output=hex -c client_min_messages=warning"

sql()
{
	"$PSQL" -X -q -v ON_ERROR_STOP=1 "$@"
}

sql -d "${PGDATABASE:-postgres}" -c "create database $scratch template template0 encoding 'UTF8'"
trap 'sql -d "${PGDATABASE_BEFORE:-postgres}" -c "drop database if exists $scratch" || true; rm -rf "$work"' EXIT
PGDATABASE_BEFORE=${PGDATABASE:-postgres}
export PGDATABASE=$scratch
sql -f docs/signatures.sql -f $tools/try-signatures.trace.sql
sql -c "create type trial.mood as enum ('good', 'bad'); create domain trial.word as text; create type trial.pair as (a int, b text)"

failed=0
# count NAME PASSED FAILED
count()
{
	printf '%-22s %4d passed %4d failed\n' "$1" "$2" "$3"
	failed=$((failed + $3))
}

# psql: each case in a transaction, so that SET LOCAL works and an error undoes nothing else.
grep -vE '^(#|$)' $tools/try-signatures.cases > "$work/cases"
number=0
while IFS= read -r line; do
	number=$((number + 1))
	cat <<-SQL
		delete from trial.call;
		begin;
		\\o /dev/null
		${line#*| };
		\\set state :SQLSTATE
		\\o
		commit;
		deallocate all;
		select coalesce(string_agg(call, '; ' order by n), '') as got from trial.call \\gset
		\\echo $number|:state|:got
	SQL
done < "$work/cases" > "$work/cases.sql"
"$PSQL" -X -q -At -f "$work/cases.sql" > "$work/got" 2> "$work/errors"
passed=0
bad=0
while IFS= read -r line <&3 && IFS='|' read -r number state got <&4; do
	expected=$(sed 's/ *$//' <<< "${line%%| *}")
	case $expected in
		'! '*) [ "! $state$got" = "$expected" ] && ok=1 || ok=0 ;;
		*) [ "$state" = 00000 ] && [ "$got" = "$expected" ] && ok=1 || ok=0 ;;
	esac
	if [ $ok = 1 ]; then
		passed=$((passed + 1))
	else
		bad=$((bad + 1))
		printf 'psql: %s\n  expected %s\n  got      %s %s\n' "${line#*| }" "$expected" "$state" "$got"
	fi
done 3< "$work/cases" 4< "$work/got"
[ "$(wc -l < "$work/cases")" = $((passed + bad)) ] || { echo "psql: only $((passed + bad)) cases ran"; bad=$((bad + 1)); }
count "psql and PREPARE" $passed $bad

sql -At -f $tools/try-signatures.forms.sql > "$work/forms"
grep -v '^count ' "$work/forms" || true
count "every untyped form" $(sed -n 's/^count //p' "$work/forms")

# drivers: lines "name passed failed" or "name skipped why", and explanations
drivers()
{
	"$@" > "$work/driver" 2>&1 || { cat "$work/driver"; failed=$((failed + 1)); }
	grep -v '^count ' "$work/driver" || true
	while read -r _ name passed bad; do
		count "$name" "$passed" "$bad"
	done < <(grep '^count ' "$work/driver")
}
drivers "$PYTHON" $tools/try-signatures.py
if command -v node > /dev/null && node -e 'require("pg")' 2> /dev/null; then
	drivers node $tools/try-signatures.js
else
	echo "node-pg: not here"
fi
[ $failed = 0 ]
