#!/usr/bin/env bash
# Negative controls: a test that cannot fail proves nothing. One extra build has its guards on switches (feature
# `sabotage`, never in what is shipped); with each guard taken out, the scenario that it guards must go red, and with all
# of them in place green. Prints a table and adds it to target/scenarios.tsv; exits 1 when a control did not go red.
set -u
cd "$(dirname "$0")/.."

folder=target/sabotage
mkdir -p "$folder"
# A cargo that builds with a feature puts the binary in the place of the shipped one: it is moved aside, and that one
# put back.
cargo build --release --workspace --lib --bins --features api/sabotage || exit 1
cp target/release/onemap "$folder/onemap"
cargo build --release --workspace --lib --bins --tests || exit 1

export CARGO_TERM_QUIET=true
run() { # binary, guard, test file, tests…
    local binary=$1 guard=$2 file=$3
    shift 3
    ONEMAP_BIN=$binary ONEMAP_SABOTAGE=$guard cargo test --release --workspace --test "$file" -- "$@" >"$folder/$guard-$file.log" 2>&1
}

failed=0
row() { # guard, what, want, got
    local verdict=pass
    [ "$3" = "$4" ] || { verdict=FAIL; failed=1; }
    printf '%s\t%s\t%s\t%s\t= %s\t%s\n' "control $1" both "$2" "$4" "$3" "$verdict" | tee -a target/scenarios.tsv
}

control() { # guard, what is taken out, test file, test
    local good=red bad=red
    run "$PWD/$folder/onemap" none "$3" "$4" && good=green
    run "$PWD/$folder/onemap" "$1" "$3" "$4" && bad=green
    row "$1" "all guards in place" green "$good"
    row "$1" "$2" red "$bad"
}

control s3 "decided on an older desk than the newest" scenario_race s3_one_unit
control s4 "what was on the screen is not looked at" scenario_race s4_an_old_picture
control s6 "answered before the commit" scenario_crash s6_what_was_answered
control s8 "what comes last is taken for the newest" scenario_field s8_a_unit_never
control s14 "who comes back is taken to have everything" scenario_wall s14_who_was_away
control sync "SQLite with synchronous = off" durability every_success

if grep -q ONEMAP_SABOTAGE target/release/onemap; then present=yes; else present=no; fi
row switch "the switch is in the shipped binary" no "$present"
if grep -q ONEMAP_SABOTAGE "$folder/onemap"; then present=yes; else present=no; fi
row switch "the switch is in the build with the feature" yes "$present"
exit "$failed"
