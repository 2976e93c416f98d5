#!/bin/sh
# soak.sh BUILD MINUTES: long runs.  A third of the time random operations on conversations,
# compared with cold runs bit by bit, on arithmetic made of hashes and on tiny models; two thirds
# random clients against a server.
set -e
build=$1 minutes=$2
third=$((minutes * 60 / 3))
start=$(date +%s) round=1
while [ $(($(date +%s) - start)) -lt $third ]; do
    echo "interleaving, round $round"
    HEARTH_OPERATIONS=$((round * 10000)) "$build/tests/engine/session_test"
    HEARTH_OPERATIONS=$((round * 400)) "$build/tests/engine/engine_model_test"
    round=$((round + 1))
done
echo "random clients"
python3 tests/soak/clients.py "$build/hearth" "$(awk "BEGIN { print $minutes * 2 / 3 }")"
echo "soak: fine"
