#!/bin/bash
# Fuzzes every decoder, or those named: fuzz.sh SECONDS [TARGET...]. Each target for so many seconds, one after the other, at the
# lowest priority. New inputs stay in build/fuzz/corpus; a crash stays in build/fuzz/artifacts and ends the run with status 1.
# `fuzz.sh minimise` writes the smallest set of inputs with the same coverage to fuzz/corpus.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

# The sanitizers are not part of the stable compiler's promises, but of the compiler.
export RUSTC_BOOTSTRAP=1
limits=(-max_len=4096 -rss_limit_mb=1024 -malloc_limit_mb=256 -timeout=10)
binaries=$PWD/build/fuzz/target/x86_64-unknown-linux-gnu/release
most_kb=32 # of inputs of one target that are committed

command -v cargo-fuzz >/dev/null || cargo install cargo-fuzz --version '^0.13' --locked
what=${1:-60}
shift || true
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
    mapfile -t targets < <(sed -n 's#^path = "targets/\(.*\)\.rs"#\1#p' fuzz/Cargo.toml)
fi
for target in "${targets[@]}"; do
    nice -n 19 cargo fuzz build -O "$target" --target-dir build/fuzz/target
done

for target in "${targets[@]}"; do
    grown=build/fuzz/corpus/$target
    kept=fuzz/corpus/$target
    mkdir -p "$grown" "$kept" "build/fuzz/artifacts/$target"
    if [ "$what" = minimise ]; then
        small=$(mktemp -d)
        "$binaries/$target" -set_cover_merge=1 "${limits[@]}" "$small" "$kept" "$grown"
        rm -f "$kept"/*
        # The smallest inputs first: many short ones say more than few long ones.
        size=0
        while read -r bytes path; do
            size=$((size + bytes))
            [ "$size" -gt $((most_kb * 1024)) ] && break
            cp "$path" "$kept/"
        done < <(find "$small" -type f -printf '%s %p\n' | sort -n)
        rm -r "$small"
        continue
    fi
    echo "== $target, $what s"
    nice -n 19 "$binaries/$target" "${limits[@]}" -max_total_time="$what" -print_final_stats=1 \
        -artifact_prefix="build/fuzz/artifacts/$target/" "$grown" "$kept" 2>&1 | tee "build/fuzz/$target.log" |
        grep -E '^(#[0-9]+.DONE|stat::|==|SUMMARY|thread .* panicked)' || { tail -n 40 "build/fuzz/$target.log"; exit 1; }
    grep -q 'DONE' "build/fuzz/$target.log"
done
