#!/bin/sh
# Runs each test program given, prints one line for each, the output of those that fail, and a
# total.
# What setup.sh installs belongs to the system's python3, which may stand behind another in PATH.
[ "$(uname -s)" = Linux ] && PATH=/usr/bin:$PATH
export PATH
passed=0 failed=0 skipped=0
log=$(mktemp)
XDG_CACHE_HOME=$(mktemp -d) # what one run remembers must not help the next
export XDG_CACHE_HOME
trap 'rm -rf "$log" "$XDG_CACHE_HOME"' EXIT
for test in "$@"; do
    start=$(date +%s)
    "$test" >"$log" 2>&1
    status=$?
    p=$(grep -c '^\[       OK \]' "$log")
    f=$(grep -c '^\[  FAILED  \] [^0-9]' "$log")
    s=$(grep -c '^\[  SKIPPED \] [^0-9]' "$log")
    # cmocka lists failed and skipped names once when they happen and once at the end
    f=$(((f + 1) / 2)) s=$(((s + 1) / 2))
    [ $status -ne 0 ] && [ "$f" -eq 0 ] && f=1
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    printf '%-52s %4d ok %3d failed %3d skipped  %3d s\n' "${test#${BUILD:-build}/tests/}" \
        "$p" "$f" "$s" $(($(date +%s) - start))
    [ $status -ne 0 ] && tail -n 60 "$log"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
