#!/bin/sh
# Builds the kernels and their tests for aarch64 and runs them under qemu-user: the NEON layer
# against the scalar one.  Skipped, saying so, without the cross compiler.
set -eu
cc=aarch64-linux-gnu-gcc
if ! command -v $cc >/dev/null 2>&1 || ! command -v qemu-aarch64-static >/dev/null 2>&1; then
    echo "neon: skipped, $cc or qemu-aarch64-static is not installed"
    exit 0
fi
root=$(pwd)
build=$root/${BUILD:-build}/neon
kernels=src/backend/cpu/kernels
sources="src/backend/cpu/kernels.c
    $(ls $kernels/*_scalar.c $kernels/*_neon.c $kernels/integer_form*.c)
    src/tensor/dtype_table.c src/tensor/iq_tables.c
    $(ls src/tensor/dequant_*.c src/tensor/quant_*.c)
    src/base/os_linux.c src/base/os_posix.c src/base/memory.c src/base/error.c"
# One flag set for all: what runs under qemu has every feature.  cmocka is not there for this
# target; tests/cmocka holds the words the tests use.
flags="-std=c11 -O2 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror
    -ffp-contract=off -fno-math-errno -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE
    -march=armv8.2-a+dotprod+fp16 -I$root/src -I$root -isystem $root/tests/cmocka"
mkdir -p "$build"
for source in $sources; do
    $cc $flags -c -o "$build/$(basename "$source" .c).o" "$source"
done
for test in products elementwise sequence; do
    name=kernels_${test}_test
    $cc $flags -static -o "$build/$name" tests/backend/$name.c "$build"/*.o -lm
    qemu-aarch64-static "$build/$name" | tee "$build/$name.log"
    ! grep -q FAILED "$build/$name.log"
done
grep -q 'layers: scalar neon' "$build/kernels_products_test.log" # or nothing was tested
