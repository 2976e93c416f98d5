#!/bin/sh
# clang-format and clang-tidy over the tree, where they are installed.
set -eu
files=$(find src tests bench -name '*.c' -o -name '*.h' | sort)
if command -v clang-format >/dev/null 2>&1; then
    clang-format --dry-run --Werror $files
    echo "format: ok"
else
    echo "format: skipped, clang-format is not installed"
fi
