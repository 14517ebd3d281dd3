#!/bin/bash
# bench.sh [NAME...]
#    Run the benchmarks of test/bench: every executable there, or those named. Each says what it measures.
#
# They get $PG_CONFIG, and build and start what they need with the functions of lib.sh.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
cd "$TOP"

test/tools/setup.sh bench
ran=0
for bench in test/bench/*; do
	name=$(basename "$bench")
	if [ ! -f "$bench" ] || [ ! -x "$bench" ]; then
		continue
	fi
	if [ $# -gt 0 ] && [[ " $* " != *" ${name%.*} "* ]]; then
		continue
	fi
	say "== $name"
	PG_CONFIG=$PG_CONFIG "$bench"
	ran=$((ran + 1))
done
[ $ran -gt 0 ] || say "no benchmark to run"
