#!/usr/bin/env bash
# run.sh [SECONDS for each target] [TARGET …] — all targets without names.
#
# FUZZ_FEATURES=pdf adds the reader of PDF files, whose parser takes minutes to
# build. New inputs gather in target/corpus; what broke a target stands in
# target/artifacts and belongs into findings/ once it is fixed.
set -euo pipefail
cd "$(dirname "$0")"

seconds="${1:-60}"
shift || true
program="$(./build.sh ${FUZZ_FEATURES:+--features "$FUZZ_FEATURES"})"

targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
    for folder in corpus/*/; do
        name="$(basename "$folder")"
        [ "$name" = pdf ] && [ -z "${FUZZ_FEATURES:-}" ] && continue
        targets+=("$name")
    done
fi

failed=()
fuzz() {
    local name="$1" longest=16384 options=()
    case "$name" in
        symbol | tile_path) longest=1200 ;;
        public_key | secret_key) longest=2048 ;;
        tile | verify) longest=384 ;;
        note | checkpoint) longest=4096 ;;
        pdf) longest=32768 ;;
    esac
    [ -f "dictionaries/$name" ] && options+=("-dict=dictionaries/$name")
    [ -d "findings/$name" ] && options+=("findings/$name")
    mkdir -p "target/corpus/$name" "target/artifacts/$name"
    DOCLEDGER_TARGET="$name" "$program" \
        -max_total_time="$seconds" -max_len="$longest" -timeout=10 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="target/artifacts/$name/" \
        "target/corpus/$name" "corpus/$name" "${options[@]}" \
        > "target/$name.log" 2>&1
}

for name in "${targets[@]}"; do
    if fuzz "$name"; then outcome=good; else outcome=FOUND; failed+=("$name"); fi
    covered="$(grep -o 'cov: [0-9]*' "target/$name.log" | tail -1)"
    done="$(grep -o '^Done [0-9]* runs in [0-9]* second' "target/$name.log" || true)"
    echo "$name: $outcome, $covered, ${done:-see target/$name.log}"
done
[ ${#failed[@]} -eq 0 ]
