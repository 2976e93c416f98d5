#!/bin/sh
# run-fuzzers.sh SECONDS FUZZER...: runs each target on its kept corpus for SECONDS; new inputs stay
# in build/fuzz/new/NAME.  Stops at the first finding.
seconds=$1
shift
for fuzzer in "$@"; do
    name=$(basename "$fuzzer" _fuzz)
    mkdir -p "build/fuzz/new/$name" "tests/fuzz/corpus/$name"
    echo "fuzzing $name for $seconds s"
    "$fuzzer" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3000 -print_final_stats=1 \
        -artifact_prefix="build/fuzz/$name-" "build/fuzz/new/$name" "tests/fuzz/corpus/$name" \
        >"build/fuzz/$name.log" 2>&1 || { tail -n 40 "build/fuzz/$name.log"; exit 1; }
    grep -E 'stat::number_of_executed_units' "build/fuzz/$name.log"
done
