#!/bin/sh
# clang-format over the tree, where it is installed; with "tidy" as argument clang-tidy over src/
# too.
set -eu
files=$(find src tests bench -name '*.c' -o -name '*.h' | sort)
if command -v clang-format >/dev/null 2>&1; then
    clang-format --dry-run --Werror $files
    echo "format: ok"
else
    echo "format: skipped, clang-format is not installed"
fi

[ "${1:-}" = tidy ] || exit 0
if ! command -v clang-tidy >/dev/null 2>&1; then
    echo "tidy: skipped, clang-tidy is not installed"
    exit 0
fi
libraries=$(pkg-config --cflags json-c libevent libedit 2>/dev/null)
flags="-std=c11 -Isrc -I. -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE $libraries"
case $(uname -m) in
x86_64) skip='_neon|vulkan/' flags="$flags -mavx2 -mfma -mf16c" ;;
*) skip='_avx2|vulkan/' ;;
esac
find src -name '*.c' | grep -vE "$skip" | sort |
    xargs -P 2 -I FILE clang-tidy --quiet FILE -- $flags 2>/dev/null
echo "tidy: ok"
