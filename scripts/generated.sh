#!/usr/bin/env bash
# Files made from the code: docs/openapi.json from the binary, the viewer's wire types from that.
# `generated.sh write` makes them anew; `generated.sh check` fails when a kept one is old.
set -eu
cd "$(dirname "$0")/.."

described=docs/openapi.json
types=web-viewer/src/wire/types.gen.ts

make_all() { # into this folder
    target/release/onemap openapi >"$1/openapi.json"
    web-viewer/node_modules/.bin/openapi-typescript "$1/openapi.json" -o "$1/types.gen.ts" >/dev/null
}

case "${1:-}" in
write)
    make_all "$(dirname "$types")"
    mv "$(dirname "$types")/openapi.json" "$described"
    ;;
check)
    fresh=$(mktemp -d)
    trap 'rm -rf "$fresh"' EXIT
    make_all "$fresh"
    old=0
    cmp -s "$fresh/openapi.json" "$described" || { echo "$described is old: make generated" >&2; old=1; }
    cmp -s "$fresh/types.gen.ts" "$types" || { echo "$types is old: make generated" >&2; old=1; }
    exit "$old"
    ;;
*)
    echo "generated.sh write | check" >&2
    exit 2
    ;;
esac
