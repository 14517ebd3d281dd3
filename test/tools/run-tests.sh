#!/bin/bash
# run-tests.sh [--build-dir DIR] [--fuzz-seconds N] [LAYER...]
#    Run test layers, count their tests, show what failed. Last line: "N passed, N failed".
#
# Layers: unit fuzz regress isolation pgtap tap lint (all of these without arguments), and valgrind.
# TESTS="name ..." (globs) picks files by name. A layer without files is skipped with a note. A failure in
# one layer does not keep the others from running; what it wrote is in build/test-output/<layer>.
#
# With --build-dir the extension is built in a copy there, for the server of PG_CONFIG.
# The total is also written to the file $CACHE_RESULT, if set.
set -euo pipefail
. "$(dirname "$0")/lib.sh"

build_dir=$TOP
fuzz_seconds=
layers=()
while [ $# -gt 0 ]; do
	case $1 in
		--build-dir) build_dir=$2; shift ;;
		--fuzz-seconds) fuzz_seconds=$2; shift ;;
		unit | fuzz | regress | isolation | pgtap | tap | lint | valgrind) layers+=("$1") ;;
		*) die "unknown layer $1" ;;
	esac
	shift
done
[ ${#layers[@]} -gt 0 ] || layers=(unit fuzz regress isolation pgtap tap lint)

cd "$TOP"
exec < /dev/null 2>&1
test/tools/setup.sh test
pg_paths
make_run
ulimit -S -c 0
# Output is gathered in the run's directory and shown where people look when a layer is done, so that two
# runs in one clone do not mix theirs.
OUTPUT=$RUN/output
SHOWN=$TOP/build/test-output
jobs=$(nproc)
total_passed=0
total_failed=0
summary=()

# Names of the files of a directory that TESTS picks.
pick()
{
	local file name pattern
	for file in "$1"/*."$2"; do
		[ -e "$file" ] || continue
		name=$(basename "$file" ".$2")
		if [ -z "${TESTS:-}" ]; then
			echo "$name"
			continue
		fi
		set -f
		for pattern in $TESTS; do
			# shellcheck disable=SC2053
			if [[ $name == $pattern ]]; then
				echo "$name"
				break
			fi
		done
		set +f
	done
}

# Counts of the layer that runs, and how it adds to them.
passed=0 failed=0 skipped=0
count()
{
	passed=$((passed + $1))
	failed=$((failed + $2))
	skipped=$((skipped + ${3:-0}))
}

# Count the TAP output in $1 of a program with exit status $2; show it if something failed.
count_tap()
{
	local counts
	counts=$(awk -v status="$2" -f test/tools/tap-count.awk "$1")
	# shellcheck disable=SC2086
	count $counts
	set -- "$1" "$2" $counts
	if [ "$4" -gt 0 ]; then
		say "--- $(basename "$1" .out): exit status $2, $3 passed, $4 failed"
		grep -v '^ok ' "$1" | tail -n 80 || true
	fi
}

# Run programs side by side: reads lines "name command", leaves $1/name.out and $1/name.status.
run_programs()
{
	local out=$1 limit=$2
	mkdir -p "$out"
	# shellcheck disable=SC2016
	xargs -P "$jobs" -L 1 bash -c '
		out=$1 limit=$2 name=$3
		shift 3
		run() { timeout -k 10 "$limit" "$@" > "$out/$name.out" 2>&1 9>&-; }
		status=0
		run "$@" || status=$?
		# Where tracing is forbidden the leak checker cannot work, and says so.
		if [ $status -ne 0 ] && grep -q "LeakSanitizer has encountered a fatal error" "$out/$name.out"; then
			export ASAN_OPTIONS=detect_leaks=0
			status=0
			run "$@" || status=$?
		fi
		if [ $status -eq 124 ]; then
			echo "stopped after $limit seconds" >> "$out/$name.out"
		fi
		echo $status > "$out/$name.status"' programs "$out" "$limit" || true
}

build_standalone()
{
	mkdir -p "$OUTPUT/$layer" build
	if ! flock build/lock make -f test/tools/standalone.mk -s -k -j"$jobs" FLAVOUR="$1" "$2" > "$OUTPUT/$layer/make.log" 2>&1; then
		say "--- does not build:"
		grep -v '^make' "$OUTPUT/$layer/make.log" | head -n 60 || true
		count 0 1
	fi
}

layer_unit()
{
	run_units asan
}

layer_valgrind()
{
	run_units plain valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite \
		--errors-for-leak-kinds=definite
}

run_units()
{
	local flavour=$1 name names bin=build/standalone/$1/unit
	shift
	names=$(pick test/unit c)
	[ -n "$names" ] || return 0
	build_standalone "$flavour" units
	for name in $names; do
		if [ -x "$bin/$name" ]; then
			echo "$name $* $bin/$name"
		fi
	done | run_programs "$OUTPUT/$layer" 1200
	for name in $names; do
		if [ -e "$OUTPUT/$layer/$name.status" ]; then
			count_tap "$OUTPUT/$layer/$name.out" "$(cat "$OUTPUT/$layer/$name.status")"
		fi
	done
}

# In `make test` bounded by runs and by time; with --fuzz-seconds by time alone, and the corpus is kept.
layer_fuzz()
{
	local name names bin=build/standalone/fuzz/fuzz bound found
	names=$(pick test/fuzz c)
	[ -n "$names" ] || return 0
	build_standalone fuzz fuzzers
	bound="-runs=50000 -max_total_time=15 -seed=1"
	if [ -n "$fuzz_seconds" ]; then
		bound="-max_total_time=$fuzz_seconds"
	fi
	for name in $names; do
		if [ -x "$bin/$name" ]; then
			if [ -n "$fuzz_seconds" ]; then
				found=build/fuzz-corpus/$name
			else
				found=$RUN/fuzz-corpus/$name
			fi
			mkdir -p "$found" "$RUN/no-seeds" "build/fuzz-finds/$name"
			local seeds=test/fuzz/corpus/$name
			[ -d "$seeds" ] || seeds=$RUN/no-seeds
			echo "$name $bin/$name $bound -timeout=20 -rss_limit_mb=2048 -print_final_stats=1" \
				"-artifact_prefix=build/fuzz-finds/$name/ $found $seeds"
		fi
	done | run_programs "$OUTPUT/$layer" $((${fuzz_seconds:-60} + 120))
	for name in $names; do
		if [ -e "$OUTPUT/$layer/$name.status" ]; then
			if [ "$(cat "$OUTPUT/$layer/$name.status")" = 0 ]; then
				say "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$OUTPUT/$layer/$name.out") runs"
				count 1 0
			else
				say "--- fuzzer $name:"
				tail -n 60 "$OUTPUT/$layer/$name.out"
				say "inputs that fail are in build/fuzz-finds/$name"
				count 0 1
			fi
		fi
	done
}

# The extension and its private tree are made when the first layer needs them; false if that fails.
tree=
need_tree()
{
	if [ -z "$tree" ]; then
		mkdir -p "$OUTPUT"
		tree=failed
		if build_extension "$build_dir" > "$OUTPUT/build.log" 2>&1; then
			stage_tree "$RUN" "$build_dir"
			server_dir "$RUN/work"
			# pg_regress wants its files below one directory; the examples of the documents are tests too, and tests
			# find the stop points in the source.
			for part in test expected test/sql test/specs docs README.md src; do
				if [ -e "$part" ]; then
					cp -r "$part" "$RUN/work/"
				fi
			done
			chmod -R a+rX "$RUN/work"
			if [ "$(id -u)" = 0 ]; then
				chown -R "$SERVER_USER:" "$RUN/work"
			fi
			tree=made
		else
			say "--- the extension does not build:"
			tail -n 40 "$OUTPUT/build.log"
		fi
	fi
	if [ $tree != made ]; then
		say "not run: the extension does not build"
		count 0 1
		return 1
	fi
	return 0
}

# A fresh server for the layer that runs, at $RUN/<layer>.
need_server()
{
	need_tree || return 1
	if ! make_cluster "$RUN/$layer" || ! start_cluster "$RUN/$layer"; then
		say "not run: no server"
		count 0 1
		return 1
	fi
	export PGHOST=$RUN/$layer PGPORT=5432 PGUSER=postgres PGDATABASE=postgres
}

# Stop the layer's server; that it lived until now is one of the tests.
done_with_server()
{
	local log=$RUN/$layer/server.log
	stop_cluster "$RUN/$layer"
	cp "$log" "$OUTPUT/$layer/server.log"
	if grep -qE 'PANIC:|TRAP:|was terminated by signal|exited with exit code [^01]' "$log"; then
		say "--- the server crashed:"
		grep -nE -A4 'PANIC:|TRAP:|was terminated by signal|exited with exit code [^01]' "$log" | head -n 60
		count 0 1
	fi
	unset PGHOST PGPORT PGUSER PGDATABASE
}

# pg_regress and pg_isolation_regress: $1 the program, $2 the output's name, then the tests.
run_regress()
{
	local program=$1 out=$OUTPUT/$layer status=0 counts
	shift
	mkdir -p "$out"
	(cd "$RUN/work" && TESTDIR=$RUN/work as_server timeout -k 10 1200 "$PGXS_TOP/src/test/$program" --inputdir="$RUN/work" \
		--outputdir="$RUN/work" --bindir="$STAGE_BIN" --host="$PGHOST" --port="$PGPORT" --user=postgres \
		--dbname="cache_$layer" --load-extension=cache $([ "$PG_MAJOR" -lt 16 ] || echo --expecteddir=.) "$@") \
		> "$out/output" 2>&1 || status=$?
	counts=$(awk '/^(test|     ) .*\.\.\. ok|^ok /             { passed++ }
		/^(test|     ) .*\.\.\. (FAILED|failed)|^not ok /     { failed++ }
		END { printf "%d %d", passed, failed }' "$out/output")
	if [ $status -ne 0 ] && [ "${counts#* }" = 0 ]; then
		counts="${counts% *} 1"
	fi
	# shellcheck disable=SC2086
	count $counts
	rm -rf "$out/results"
	cp -r "$RUN/work/results" "$out/" 2> /dev/null || true
	if [ "${counts#* }" != 0 ]; then
		grep -vE '\.\.\. ok|^ok ' "$out/output" | tail -n 60 || true
		if [ -e "$RUN/work/regression.diffs" ]; then
			cp "$RUN/work/regression.diffs" "$out/"
			head -n 300 "$out/regression.diffs"
		fi
		say "results are in $SHOWN/$layer/results; what is right there goes to expected/"
	fi
	rm -rf "$RUN/work/results" "$RUN/work"/regression.*
}

layer_regress()
{
	local names
	names=$(pick test/sql sql)
	[ -n "$names" ] && need_server || return 0
	# shellcheck disable=SC2086
	run_regress regress/pg_regress $names
	done_with_server
}

layer_isolation()
{
	local names
	names=$(pick test/specs spec)
	[ -n "$names" ] && need_server || return 0
	# shellcheck disable=SC2086
	run_regress isolation/pg_isolation_regress $names
	done_with_server
}

# Each file in a database of its own that has both extensions.
layer_pgtap()
{
	local name names status out=$OUTPUT/$layer
	names=$(pick test/pgtap sql)
	[ -n "$names" ] && need_server || return 0
	mkdir -p "$out"
	for name in $names; do
		status=0
		(cd "$RUN/work" && as_server psql -Xq -v ON_ERROR_STOP=1 -c "CREATE DATABASE \"$name\"" &&
			as_server psql -Xq -d "$name" -v ON_ERROR_STOP=1 -c 'CREATE EXTENSION pgtap' -c 'CREATE EXTENSION cache' &&
			as_server timeout -k 10 300 psql -XAtq -d "$name" -v ON_ERROR_STOP=1 -f "test/pgtap/$name.sql") \
			> "$out/$name.out" 2>&1 || status=$?
		count_tap "$out/$name.out" $status
	done
	done_with_server
}

# PostgreSQL::Test: each file starts its own servers, in a directory that vanishes with the run.
layer_tap()
{
	local name names status out=$OUTPUT/$layer started
	names=$(pick test/t pl)
	[ -n "$names" ] && need_tree || return 0
	mkdir -p "$out"
	for name in $names; do
		status=0
		started=$SECONDS
		server_dir "$RUN/tap"
		server_dir "$RUN/tap/$name"
		server_dir "$RUN/tap/tmp"
		(
			cd "$RUN/work"
			export TESTDIR=$RUN/tap/$name TESTDATADIR=$RUN/tap/$name/tmp_check TESTLOGDIR=$RUN/tap/$name/tmp_check/log
			export PG_REGRESS=$PGXS_TOP/src/test/regress/pg_regress top_builddir=$RUN/tap TEST_TMP=$RUN/tap/tmp
			export PERL5LIB=$PGXS_TOP/src/test/perl:$RUN/work/test/t
			export CACHE_STRESS_SECONDS=${CACHE_STRESS_SECONDS:-20}
			as_server timeout -k 10 $((900 + CACHE_STRESS_SECONDS)) perl "test/t/$name.pl"
		) > "$out/$name.out" 2>&1 || status=$?
		rm -rf "$out/$name.log"
		cp -r "$RUN/tap/$name/tmp_check/log" "$out/$name.log" 2> /dev/null || true
		count_tap "$out/$name.out" $status
		# what a test dies of is in its log only
		[ $status -eq 0 ] || tail -n 15 "$out/$name.log/regress_log_$name" || true
		say "$name: $((SECONDS - started)) s"
		remove_tree "$RUN/tap"
	done
}

layer_lint()
{
	local status=0 out=$OUTPUT/$layer
	mkdir -p "$out"
	if need_server; then
		(cd "$RUN" && as_server psql -Xq -c 'CREATE EXTENSION cache') || true
	fi
	CACHE_BUILT=$build_dir PSQL=${STAGE_BIN:-}/psql test/tools/lint.sh > "$out/lint.out" 2>&1 || status=$?
	count_tap "$out/lint.out" $status
	if [ -n "${PGHOST:-}" ]; then
		done_with_server
	fi
}

for layer in "${layers[@]}"; do
	passed=0 failed=0 skipped=0
	started=$SECONDS
	say "== $layer"
	"layer_$layer"
	rm -rf "${SHOWN:?}/$layer"
	if [ -d "$OUTPUT/$layer" ]; then
		mkdir -p "$SHOWN"
		cp -r "$OUTPUT/$layer" "$SHOWN/"
	fi
	if [ $((passed + failed + skipped)) -eq 0 ]; then
		line="nothing to run"
	else
		line="$passed passed, $failed failed"
		[ $skipped -eq 0 ] || line="$line, $skipped skipped"
	fi
	summary+=("$(printf '%-10s %s (%d s)' "$layer" "$line" $((SECONDS - started)))")
	say "== $layer: $line"
	total_passed=$((total_passed + passed))
	total_failed=$((total_failed + failed))
done

say
printf '%s\n' "${summary[@]}"
if [ -n "${CACHE_RESULT:-}" ]; then
	echo "$total_passed $total_failed" > "$CACHE_RESULT"
fi
say "$total_passed passed, $total_failed failed"
[ "$total_failed" -eq 0 ] && [ "$total_passed" -gt 0 ]
