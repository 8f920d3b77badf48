#!/usr/bin/env bash
# Coverage-guided fuzzing of every reader, SECONDS_EACH for each target (60 when not said), on as many processes as there
# are processors. New inputs that reach new code stay in target/fuzz/corpus; what breaks a reader is printed, and kept as
# intake/fuzz/finds/TARGET/…, which `make test` reads again from then on. `fuzz.sh csv osm` takes only those.
set -eu
cd "$(dirname "$0")/.."
each=${SECONDS_EACH:-60}
tools=$PWD/target/tools

# The flags for counting what code is reached are not in a stable compiler unless it is told so.
export RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$PWD/target/fuzz
[ -x "$tools/bin/cargo-fuzz" ] || cargo install --locked --root "$tools" --target-dir target/tools/build cargo-fuzz
export PATH=$tools/bin:$PATH

targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(cd intake/fuzz/fuzz_targets && ls | sed 's/\.rs$//')
# The host's own target is named: a sanitizer must not reach build scripts.
host=$(rustc -vV | sed -n 's/^host: //p')
cargo fuzz build --fuzz-dir intake/fuzz --target "$host" >&2

failed=0
for target in "${targets[@]}"; do
    corpus=target/fuzz/corpus/$target finds=intake/fuzz/finds/$target log=target/fuzz/$target.log
    mkdir -p "$corpus" "$finds"
    # An input may take 10 s and 1 GB; a reader that asks for more is broken.
    if cargo fuzz run --fuzz-dir intake/fuzz --target "$host" "$target" "$corpus" "intake/fuzz/seeds/$target" "$finds" -- \
        -max_total_time="$each" -timeout=10 -rss_limit_mb=1024 -max_len=65536 -print_final_stats=1 \
        -artifact_prefix="$PWD/$finds/" >"$log" 2>&1; then
        result=ok
    else
        result=BROKEN failed=1
        grep -aE 'panicked at|ERROR:|SUMMARY:|Test unit written' "$log" >&2 || tail -20 "$log" >&2
    fi
    rmdir "$finds" 2>/dev/null || true
    printf '%-16s %9s runs %6s edges %5s inputs  %s\n' "$target" \
        "$(awk '/stat::number_of_executed_units/ { print $2 }' "$log")" \
        "$(grep -aoE 'cov: [0-9]+' "$log" | tail -1 | cut -d' ' -f2)" "$(find "$corpus" -type f | wc -l)" "$result"
done
rmdir intake/fuzz/finds 2>/dev/null || true
exit $failed
