#!/bin/bash
# lint.sh
#    Checks over the sources and the installed extension, one TAP line each. Run by make lint.
#
# PSQL with PGHOST etc. reach a server that has the extension; CACHE_BUILT is where cache.so was built.
# Checks that have nothing to look at, or no tool, are skipped.
# No pipefail: a grep that finds nothing is no failure here.
set -u
. "$(dirname "$0")/lib.sh"
cd "$TOP" || exit 1
built=${CACHE_BUILT:-$TOP}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

number=0
# check NAME COMMAND...: passes if the command succeeds; its output explains a failure.
# Exit status 77 skips: the output says why.
check()
{
	local name=$1 status=0
	shift
	number=$((number + 1))
	"$@" > "$work/output" 2>&1 || status=$?
	if [ $status -eq 0 ]; then
		echo "ok $number - $name"
	elif [ $status -eq 77 ]; then
		echo "ok $number - $name # SKIP $(head -n 1 "$work/output")"
	else
		echo "not ok $number - $name"
		head -n 60 "$work/output" | sed 's/^/# /'
	fi
}

skip()
{
	echo "$*"
	exit 77
}

# Prints nothing and succeeds, or prints the offending lines and fails.
nothing()
{
	! grep .
}

sources()
{
	find src test/unit test/fuzz -name '*.[ch]' | sort
}

# Files under version control; all files where the sources came without git.
files()
{
	git ls-files -z 2> /dev/null | grep -z . || find . -path ./.git -prune -o -path ./build -prune -o -type f -print0
}

format()
(
	tool=$(command -v clang-format-14 || command -v clang-format) || skip "no clang-format"
	"$tool" --version | grep -q 'version 14' || skip "the format is clang-format 14's"
	for file in $(sources); do
		"$tool" --dry-run -Werror "$file" > "$work/format" 2>&1 || echo "$file: $(grep -c 'error:' "$work/format") places"
	done | nothing
)

compiles_alone()
{
	make -f test/tools/standalone.mk -s -k -j"$(nproc)" FLAVOUR="$1" objects 2>&1
}

# Same room and directory as the code, so a spec and a test of one name would share one expected file.
expected_names()
{
	{
		find test/sql -name '*.sql' -exec basename {} .sql \;
		find test/specs -name '*.spec' -exec basename {} .spec \;
	} | sort | uniq -d | sed 's/$/: a test and a spec have this name/' | nothing
}

expected_files()
{
	{
		for file in test/sql/*.sql test/specs/*.spec; do
			[ -e "$file" ] || continue
			name=$(basename "${file%.*}")
			[ -e "expected/$name.out" ] || echo "$file has no expected/$name.out"
			[ ! -e "sql/$name.sql" ] || echo "sql/$name.sql would be run in place of $file"
		done
		for file in expected/*.out; do
			[ -e "$file" ] || continue
			name=$(basename "${file%.out}")
			# name_1.out is an alternative of name.out
			[ -e "test/sql/$name.sql" ] || [ -e "test/specs/$name.spec" ] ||
				[ -e "test/sql/${name%_[0-9]}.sql" ] || [ -e "test/specs/${name%_[0-9]}.spec" ] ||
				echo "$file belongs to no test"
		done
	} | nothing
}

exported_names()
(
	[ -e "$built/cache.so" ] || skip "cache.so is not built"
	nm -D --defined-only "$built/cache.so" | awk '{ print $3 }' |
		grep -vE '^(_PG_init|Pg_magic_func|pg_finfo_cache_(sql|test)_[a-z0-9_]+|cache_(sql|test)_[a-z0-9_]+|cache_[a-z0-9_]+_main)$' | nothing
)

# A missing function would be found only when the server loads the library.
own_symbols()
(
	[ -e "$built/cache.so" ] || skip "cache.so is not built"
	nm -D --undefined-only "$built/cache.so" | awk '$2 ~ /^_?cache_/ { print $2 " is defined nowhere" }' | nothing
)

# What the install script names exists in the library, and the other way round.
entry_points()
(
	[ -e "$built/cache.so" ] || skip "cache.so is not built"
	nm -D --defined-only "$built/cache.so" | awk '{ print $3 }' | sed -n 's/^pg_finfo_//p' | sort > "$work/library"
	cat sql/parts/*.sql | sed 's/--.*//' | tr '\n' ' ' |
		grep -oE "'MODULE_PATHNAME' *, *'[a-z0-9_]+'" | sed "s/.*'\([a-z0-9_]*\)'$/\1/" | sort -u > "$work/script"
	{
		comm -23 "$work/library" "$work/script" | grep -v '^cache_test_' | sed 's/$/: in the library, in no part of the script/'
		comm -13 "$work/library" "$work/script" | sed 's/$/: in the script, not in the library/'
	} | nothing
)

has_server()
{
	[ -n "${PGHOST:-}" ] && [ "$(ask "SELECT count(*) FROM pg_extension WHERE extname = 'cache'")" = 1 ]
}

ask()
{
	"${PSQL:-psql}" -XAtq -c "$1"
}

comments()
(
	has_server || skip "no server with the extension"
	# Types of views and arrays come by themselves.
	ask "
		SELECT pg_describe_object(classid, objid, objsubid) || ' has no COMMENT'
		FROM pg_depend d
		WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
		  AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'cache')
		  AND (classid <> 'pg_type'::regclass OR EXISTS (
				SELECT FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
				WHERE t.oid = d.objid AND t.typelem = 0 AND coalesce(c.relkind, 'c') = 'c'))
		  AND NOT EXISTS (
				SELECT FROM pg_description
				WHERE pg_description.classoid = d.classid AND pg_description.objoid = d.objid AND objsubid = 0)
		ORDER BY 1" | nothing
)

# Functions that people call: not triggers, not handlers, not those of the tests.
verbs()
{
	ask "
		SELECT DISTINCT proname
		FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND deptype = 'e'
		WHERE refclassid = 'pg_extension'::regclass
		  AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'cache')
		  AND prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype, 'fdw_handler'::regtype)
		  AND proname !~ '^(_|test_)'
		ORDER BY 1"
}

verbs_documented()
(
	has_server || skip "no server with the extension"
	[ -e docs/verbs.md ] || { echo "there is no docs/verbs.md"; exit 1; }
	grep '^#' docs/verbs.md > "$work/headings"
	for verb in $(verbs); do
		grep -qE "(^|[^a-z0-9_])$verb([^a-z0-9_]|$)" "$work/headings" || echo "$verb has no heading in docs/verbs.md"
	done | nothing
)

verbs_tested()
(
	has_server || skip "no server with the extension"
	cat test/sql/*.sql test/pgtap/*.sql > "$work/tests" 2> /dev/null
	for verb in $(verbs); do
		grep -qE "(^|[^a-z0-9_])$verb *\(" "$work/tests" || echo "$verb is called by no file of test/sql and test/pgtap"
	done | nothing
)

# Server-side files are read without PostgreSQL's headers, of which a few macros need a meaning.
static_analysis()
(
	command -v cppcheck > /dev/null || skip "no cppcheck"
	cppcheck -q -j "$(nproc)" --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
		--suppressions-list=test/tools/cppcheck.txt --template='{file}:{line}: {severity} {id}: {message}' \
		-DCACHE_STANDALONE -D__GNUC__=12 '-DCACHE_FUNCTION(name)=Datum name(FunctionCallInfo fcinfo)' -DPG_MODULE_MAGIC= -DPG_VERSION_NUM=150000 -DPGDLLEXPORT= \
		'-DPG_FUNCTION_INFO_V1(name)=' -Isrc src
)

scripts_parse()
{
	local file bad=0
	for file in test/tools/*.sh test/data/*.sh test/bench/*.sh .ci/run; do
		[ ! -e "$file" ] || bash -n "$file" || bad=1
	done
	return $bad
}

# Words that belong to unfinished work or to somebody's machine. Bracketed, so as not to find themselves.
leftovers()
{
	files | xargs -0 grep -nIE '\bTO[D]O\b|\bFIX[M]E\b|\bXX[X]\b|[^A-Za-z0-9_.]/(wor[k]|far[m]|hom[e])/|\b[Ii]ssue #?[0-9]+\b' \
		-- /dev/null | grep -v '^test/data/places.csv' | nothing
}

check "sources have clang-format's form" format
check "a room includes only itself and rooms below" perl test/tools/lint-layers.pl
check "pure rooms compile alone with gcc" compiles_alone gcc
check "pure rooms compile alone with clang" compiles_alone clang
check "cppcheck finds nothing" static_analysis
check "only entry points are exported" exported_names
check "the library defines all of its own symbols" own_symbols
check "install script and library name the same entry points" entry_points
check "SQL objects keep the interface rules and are as docs/signatures.sql has them" test/tools/check-signatures.sh
check "every SQL object has a COMMENT" comments
check "every verb has its place in docs/verbs.md" verbs_documented
check "every verb is called by a test" verbs_tested
check "every test has its expected file and every expected file its test" expected_files
check "no test and spec share a name" expected_names
check "scripts parse" scripts_parse
check "nothing unfinished or of one machine is left in the files" leftovers
echo "1..$number"
