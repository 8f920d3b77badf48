#!/usr/bin/env bash
# Says in words what is missing for a build: a Rust toolchain, Node with npm, a C compiler. Nothing else is needed.
set -eu

missing=0
want() { # what is missing, how to get it
    echo "onemap needs $1. $2" >&2
    missing=1
}

command -v cargo >/dev/null || want "Rust (cargo)" "See https://rustup.rs, or: apt-get install rustup && rustup default stable"
# Rust links with it, and the embedded database is C.
command -v cc >/dev/null || want "a C compiler (cc)" "On Debian: apt-get install build-essential"
if command -v node >/dev/null; then
    major=$(node -p 'process.versions.node.split(".")[0]')
    [ "$major" -ge 20 ] || want "Node 20 or newer" "This is Node $(node --version). See https://nodejs.org"
else
    want "Node 20 or newer" "On Debian: apt-get install nodejs npm, if that is 20 or newer; else see https://nodejs.org"
fi
command -v npm >/dev/null || want "npm" "On Debian: apt-get install npm"
exit "$missing"
