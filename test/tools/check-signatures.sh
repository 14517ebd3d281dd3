#!/bin/bash
# check-signatures.sh
#    Is the interface what was designed? Loads docs/signatures.sql into a scratch database of the server that PSQL and
#    PGHOST etc. reach, checks the interface rules on it, and, where the current database has the extension, on that;
#    then compares what is installed with the design, both ways, for each name that is installed.
#
# The design grows by sections, and a later one may widen a function; an installed object has to equal one of
# its stages. Exit status 0: all is well; 1: the output says what is not; 77: no server.
set -euo pipefail
cd "$(dirname "$0")/../.."
tools=test/tools
PSQL=${PSQL:-psql}
scratch=cache_signatures_$$
work=$(mktemp -d)

sql()
{
	"$PSQL" -X -q -v ON_ERROR_STOP=1 "$@"
}

if ! sql -d "${PGDATABASE:-postgres}" -c 'select' > /dev/null 2> "$work/error"; then
	echo "no server: $(head -n 1 "$work/error")"
	rm -rf "$work"
	exit 77
fi
export PGDATABASE=${PGDATABASE:-postgres}
trap 'sql -c "drop database if exists $scratch" 2> /dev/null || true; rm -rf "$work"' EXIT
sql -c "create database $scratch template template0"

status=0
sections=$(grep -c '^-- [0-9]\. ' docs/signatures.sql)
sql -d "$scratch" -c 'create schema design; create table design.object (stage int, kind text, name text, line text)'
for stage in $(seq "$sections"); do
	sql -d "$scratch" -c 'drop schema if exists cache cascade' 2> /dev/null
	sql -d "$scratch" -v upto="$stage" -f docs/signatures.sql
	sql -d "$scratch" --csv -t -f $tools/check-signatures.describe.sql |
		sed "s/^/$stage,/" | sql -d "$scratch" -c '\copy design.object from pstdin csv'
done
rules()
{
	sql -d "$1" -f $tools/check-signatures.sql > "$work/rules" 2>&1 || {
		sed -n '/ERROR/,/^CONTEXT/p' "$work/rules" | sed -e "s/^.*ERROR: */$2: /" -e '/^CONTEXT/d'
		status=1
	}
}
rules "$scratch" "docs/signatures.sql"

# The rules have to be able to fail: each of these functions breaks the one that stands before it.
number=0
: > "$work/bad.sql"
: > "$work/expected"
while IFS='|' read -r expected bad; do
	number=$((number + 1))
	echo "create function cache.bad_$number$bad; comment on function cache.bad_$number is 'Bad.';" >> "$work/bad.sql"
	echo "bad_$number(.*$expected" >> "$work/expected"
done <<'BAD'
has no name|(text) returns text parallel unsafe language sql as 'select null::text'
key word|(key text, "limit" bigint) returns text language sql as 'select null::text'
key word|(key text, "values" text[]) returns text language sql as 'select null::text'
reserved word|(key text, out "end" bigint) language sql as 'select null::bigint'
VARIADIC|(variadic keys text[]) returns bigint language sql as 'select null::bigint'
polymorphic|(key text, value anyelement) returns bigint language sql as 'select null::bigint'
use one of|(key text, amount numeric) returns bigint language sql as 'select null::bigint'
of type|(key bigint) returns bigint language sql as 'select null::bigint'
no default|(key text, nx boolean) returns bigint language sql as 'select null::bigint'
has a default|(key text default 'k') returns bigint language sql as 'select null::bigint'
no ex|(key text, ttl interval default null) returns bigint language sql as 'select null::bigint'
returns bigint|(key text) returns integer language sql as 'select null::integer'
bare set|(key text) returns setof text language sql as 'select null::text'
timestamptz|(key text) returns table(at timestamp) language sql as 'select null::timestamp'
VOLATILE|(key text) returns text stable language sql as 'select null::text'
STRICT|(key text) returns text strict language sql as 'select null::text'
UNSAFE|(key text, nx boolean default false) returns text parallel safe language sql as 'select null::text'
DEFINER|(key text) returns text security definer language sql as 'select null::text'
BAD
sql -d "$scratch" -f "$work/bad.sql"
sql -d "$scratch" -f $tools/check-signatures.sql > "$work/rules" 2>&1 || true
while IFS= read -r expected; do
	grep -q "$expected" "$work/rules" || {
		echo "no rule refused $expected: $(grep "^create.*\.${expected%%(*}(" "$work/bad.sql")"
		status=1
	}
done < "$work/expected"

installed=$(sql -At -c "select count(*) from pg_extension where extname = 'cache'")
if [ "$installed" = 1 ]; then
	rules "$PGDATABASE" "the installed extension"
	sql -d "$scratch" -c 'create table design.installed (kind text, name text, line text)'
	sql --csv -t -f $tools/check-signatures.describe.sql | sql -d "$scratch" -c '\copy design.installed from pstdin csv'
	sql -d "$scratch" -At > "$work/difference" <<-'SQL'
		with designed as (
			select stage, kind, name, array_agg(line order by line) as lines from design.object group by stage, kind, name
		), actual as (
			select kind, name, array_agg(line order by line) as lines from design.installed group by kind, name
		), wrong as (
			select * from actual a
			where not exists (select from designed d where (d.kind, d.name, d.lines) = (a.kind, a.name, a.lines))
		)
		select report from (
			select kind, name, 1 as part, format('installed %s %s', kind, line) as report
			from wrong, unnest(lines) as line
			union all
			select d.kind, d.name, 2, format('designed  %s %s', d.kind, line)
			from wrong w, lateral (select * from designed d where (d.kind, d.name) = (w.kind, w.name) order by stage limit 1) d,
				unnest(d.lines) as line
			union all
			select w.kind, w.name, 3, format('designed  nothing named %s', w.name)
			from wrong w where not exists (select from designed d where (d.kind, d.name) = (w.kind, w.name))
		) r order by kind, name, part
	SQL
	if [ -s "$work/difference" ]; then
		echo "installed and docs/signatures.sql differ:"
		cat "$work/difference"
		status=1
	fi
fi

if [ $status = 0 ]; then
	echo "designed $(sql -d "$scratch" -At -c "select count(*) from design.object where stage = $sections") objects;" \
		"installed $( [ "$installed" = 1 ] && sql -d "$scratch" -At -c 'select count(*) from design.installed' || echo none)"
fi
exit $status
