#!/usr/bin/env bash
# The tests marked `#[ignore]`: long, and about time, so they want a machine that does nothing else. Each adds its
# figures to target/scenarios.tsv; at the end they are one table, and the exit code is 1 when a figure or a test failed.
#
#   scenarios.sh [WORD…]   only those whose name holds one of the words: `scenarios.sh s3 s16`, `scenarios.sh sabotage`
#
# The negative controls (scripts/sabotage.sh) come last: two more builds of the binary.
set -u
cd "$(dirname "$0")/.."

only=("$@")
table=target/scenarios.tsv
failed=0
rm -f "$table"

wanted() { # name
    [ ${#only[@]} -eq 0 ] && return 0
    local word
    for word in "${only[@]}"; do
        [[ $1 == *"$word"* ]] && return 0
    done
    return 1
}

database=$(mktemp -d)
stop_database() {
    [ -z "${started:-}" ] || scripts/postgres-for-tests.sh stop "$database" || true
    rm -rf "$database"
}
trap stop_database EXIT
if [ -z "${ONEMAP_TEST_POSTGRES:-}" ]; then
    ONEMAP_TEST_POSTGRES=$(scripts/postgres-for-tests.sh start "$database") || exit 1
    export ONEMAP_TEST_POSTGRES
    started=yes
fi

if [ "${only[*]-}" != sabotage ]; then
    # One after the other: a figure of time is worth nothing while other tests run.
    words=()
    [ ${#only[@]} -eq 0 ] || words=("${only[@]}")
    long=(--ignored --test-threads 1 --nocapture "${words[@]}")
    # The whole workspace, so that nothing is compiled again with other features of shared crates.
    cargo build --release --workspace --lib --bins --tests || exit 1
    files=()
    for file in {tests,api,fixtures}/tests/*.rs; do
        ! grep -q '#\[ignore' "$file" || files+=(--test "$(basename "$file" .rs)")
    done
    cargo test --release --workspace "${files[@]}" --no-fail-fast -- "${long[@]}" || failed=1
fi
# Scenarios that are as long as they need to be in `make test` already: they are run again, so that the table has all.
whole() { # scenario, what, test file, part of the tests' names
    wanted "$1" || return 0
    local said failures
    said=$(cargo test --release --workspace --test "$3" -- "$4" 2>&1) || failed=1
    failures=$(sed -n 's/.* passed; \([0-9]*\) failed.*/\1/p' <<<"$said" | head -1)
    grep -q 'test result: ok. [1-9]' <<<"$said" || printf '%s\n' "$said" | tail -20
    [ "${failures:-none}" = 0 ] && verdict=pass || verdict=FAIL
    printf '%s\tboth\t%s: tests that failed\t%s\t= 0\t%s\n' "$1" "$2" "${failures:-none}" "$verdict" >>"$table"
}
if [ "${only[*]-}" != sabotage ]; then
    whole s9 "jumps, zeros, futures, another coordinate system" scenario_field s9_
    whole s11 "an answer that never came back" scenario_field s11_
    whole s12 "clocks of devices that are wrong" scenario_field s12_
    whole s13 "the server's clock is set" scenario_clock s13_
    whole s18 "cameras by what they see of it" who_sees_it sees_it
    whole s20 "a bridge is closed" scenario_roads s20_
    whole s21 "the last of a district is sent" leaves last
    whole s23 "an end with twenty units at the scene" scenario_wall s23_
fi
# The wall for twenty hours in twenty minutes, then three minutes with a leak that must be found; its rows are its own.
if wanted long_wall; then
    scripts/setup-test.sh browser || failed=1
    for part in "" control; do
        (cd tests/browser && node long-wall.mjs $part) || failed=1
    done
fi
if wanted sabotage; then
    scripts/sabotage.sh || failed=1
fi

printf '\n'
{ printf 'scenario\tstore\tfigure\tvalue\tlimit\tpass\n'; cat "$table" 2>/dev/null; } | column -t -s "$(printf '\t')"
printf '\n%s on %s cores, %s\n' "$(date -u +%Y-%m-%dT%H:%MZ)" "$(nproc)" "$(uname -sr)"
if grep -q "$(printf '\t')FAIL$" "$table" 2>/dev/null; then failed=1; fi
rows=$(grep -c . "$table" 2>/dev/null || echo 0)
bad=$(grep -c "$(printf '\t')FAIL$" "$table" 2>/dev/null || true)
echo "$rows figures, ${bad:-0} failed"
exit "$failed"
