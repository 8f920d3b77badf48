#!/usr/bin/env bash
# The tests marked `#[ignore]`: long, and about time, so they want a machine that does nothing else.
# Today that is one load: 1,000 units at 1 Hz for 20 s, and how soon another viewer sees each fix.
set -eu
cd "$(dirname "$0")/.."

if cargo nextest --version >/dev/null 2>&1; then
    exec cargo nextest run --release --workspace --run-ignored only --test-threads 1 --no-capture
fi
exec cargo test --release --workspace --tests -- --ignored --test-threads 1 --nocapture
