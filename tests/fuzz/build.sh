#!/usr/bin/env bash
# Builds the targets with coverage for the engine, by a stable compiler, and
# prints where the program stands. Arguments go to cargo (`--features pdf`).
set -euo pipefail
cd "$(dirname "$0")"

target="$(rustc -vV | sed -n 's/^host: //p')"
flags=(
    -Cpasses=sancov-module
    -Cllvm-args=-sanitizer-coverage-level=4
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters
    -Cllvm-args=-sanitizer-coverage-pc-table
    -Cllvm-args=-sanitizer-coverage-trace-compares
    -Cllvm-args=-simplifycfg-branch-fold-threshold=0
)
# A named target keeps the flags from build scripts.
RUSTFLAGS="${flags[*]}" cargo build --quiet --locked --release --target "$target" "$@" >&2
echo "$PWD/target/$target/release/docledger-fuzz"
