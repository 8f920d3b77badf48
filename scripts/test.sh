#!/usr/bin/env bash
# What `make test` runs: stage after stage, all of them even when one fails, with the time of each at the end.
set -u
cd "$(dirname "$0")/.."

export NO_COLOR=1 PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
names=() times=() results=() failed=0
begun=$SECONDS

stage() { # name, command…
    local name=$1 from=$SECONDS result=ok
    shift
    printf '\n=== %s\n' "$name"
    "$@" || { result=FAILED; failed=$((failed + 1)); }
    names+=("$name") times+=($((SECONDS - from))) results+=("$result")
}

# What failed tests of an earlier run left to be looked at.
rm -rf target/e2e/[0-9]*-[0-9]*

database=$(mktemp -d)
stop_database() {
    [ -z "${ONEMAP_TEST_POSTGRES:-}" ] || scripts/postgres-for-tests.sh stop "$database" || true
    rm -rf "$database"
}
trap stop_database EXIT

start_database() {
    ONEMAP_TEST_POSTGRES=$(scripts/postgres-for-tests.sh start "$database") && export ONEMAP_TEST_POSTGRES
}

# The binary and all tests in one go: what the tests alone depend on adds features to shared crates, and a second build
# would compile those again, and all that leans on them.
build() { cargo build --release --workspace --lib --bins --tests; }
viewer() { (cd web-viewer && npm run check && npm test && npm run build); }

tests() {
    if cargo nextest --version >/dev/null 2>&1; then
        cargo nextest run --release --workspace
    else
        # Without nextest the tests of one file share a process; two at a time, since each starts a server.
        RUST_TEST_THREADS=2 cargo test --release --workspace --lib --bins --tests --no-fail-fast
    fi
}

doc() { RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --workspace --release; }
browser() { (cd tests/browser && npx playwright test); }

stage "setup"              scripts/setup-test.sh
stage "format"             cargo fmt --all --check
stage "viewer"             viewer
stage "build"              build
stage "generated files"    scripts/generated.sh check
stage "clippy"             cargo clippy --release --workspace --all-targets -- -D warnings
stage "database"           start_database
stage "tests"              tests
stage "examples in docs"   cargo test --doc --release --workspace
stage "documentation"      doc
stage "browser"            browser

printf '\n'
for i in "${!names[@]}"; do
    printf '%-18s %6d s  %s\n' "${names[$i]}" "${times[$i]}" "${results[$i]}"
done
printf '%-18s %6d s\n' "all" $((SECONDS - begun))
echo "stages: $((${#names[@]} - failed)) passed, $failed failed"
[ "$failed" = 0 ]
