#!/usr/bin/env bash
# A whole city from nothing to tiles, with the time and the memory of each step. It takes half an hour and 20 GB of disk.
# SCALE=tenth is a tenth of it; FOLDER is where it is made (and left, so that a second run only serves).
set -eu
cd "$(dirname "$0")/.."
onemap=${ONEMAP:-target/release/onemap}
scale=${SCALE:-city} folder=${FOLDER:-target/scale}
files=$folder/files-$scale data=$folder/data-$scale
address=127.0.0.1:${PORT:-8099}
export ONEMAP_DEMO_PASSWORD=scale-scale ONEMAP_LOG=info
mkdir -p "$folder"

say() { printf '%-34s %s\n' "$1" "$2"; }
say machine "$(nproc) processors, $(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo), load $(cut -d' ' -f1 /proc/loadavg)"

if [ ! -f "$files/planted.json" ]; then
    said=$("$onemap" generate city --scale "$scale" --seed 42 --anchor 2026-01-01 --out "$files")
    times >"$folder/times"
    say "generated" "$(tail -1 <<<"$said"), processor $(tail -1 "$folder/times")"
fi

server=
stop() { if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" || true; server=; fi; }
trap stop EXIT
# start WHAT WORDS: the server's own lines go to a log; prints how long it took until it was ready, and its memory.
start() {
    local what=$1 begun
    shift
    begun=$(date +%s%N)
    "$onemap" "$@" --data "$data" --listen "$address" >"$folder/server.log" 2>&1 &
    server=$!
    until curl -sf "http://$address/readyz" >/dev/null; do
        kill -0 "$server" 2>/dev/null || { cat "$folder/server.log" >&2; exit 1; }
        sleep 0.1
    done
    # Processor seconds tell what a busy machine hides.
    say "$what" "$((($(date +%s%N) - begun) / 1000000)) ms until ready, $(awk -v hz="$(getconf CLK_TCK)" \
        '{ printf "%.1f processor seconds", ($14 + $15) / hz }' "/proc/$server/stat"), $(awk '/VmRSS|VmHWM/ { printf "%s %d MiB ", $1, $2 / 1024 }' "/proc/$server/status")"
}

if [ ! -f "$data/ops.db" ]; then
    start "made, loaded, built" demo --still --scale "$scale" --seed 42 --anchor 2026-01-01
    say "  of which" "$(grep '^made ' "$folder/server.log")"
    until grep -q 'wrote a snapshot' "$folder/server.log"; do sleep 1; done
    stop
fi
say "registry" "$(du -m "$data/registry.db" | cut -f1) MB, snapshot $(du -sm "$data/snapshot" | cut -f1) MB"
start "from the snapshot" serve
stop
rm -rf "$data/snapshot"
start "without it" serve
# It leaves one for the next start; who stops it before gets none.
until grep -q 'wrote a snapshot' "$folder/server.log"; do sleep 1; done
stop
start "from the snapshot, files cached" serve

token=$(curl -sf "http://$address/api/v1/session" -H 'content-type: application/json' \
    -d '{"user":"lead","password":"scale-scale"}' | sed 's/.*"token":"\([^"]*\)".*/\1/')
# pan WHAT: the list once, tile after tile on one connection.
pan() {
    grep -v '^#' scripts/pan.txt | sed "s|.*|url = \"http://$address/tiles/&.mvt\"\noutput = \"/dev/null\"|" |
        curl -s -K - -H "Authorization: Bearer $token" -H 'Accept-Encoding: zstd' \
            -w '%{url} %{http_code} %{time_total} %{size_download}\n' >"$folder/pan.log"
    awk -v what="$1" '$2 != 200 && $2 != 204 { bad++ } { n = split($1, part, "/"); z = part[n - 2]; print z, $3 * 1000, $4 }
        END { if (bad) print "bad", bad, 0 }' "$folder/pan.log" | sort -k1,1n -k2,2n |
        awk -v what="$1" '$1 == "bad" { printf "%-34s %d tiles were refused\n", what, $2; next }
            $1 != z { tell(); z = $1; n = 0; bytes = 0 } { ms[++n] = $2; bytes += $3 } END { tell() }
            function tell() { if (n) printf "%-34s z%-2d %3d tiles, median %.1f ms, p95 %.1f ms, most %.1f ms, %.0f kB on the mean\n",
                what, z, n, ms[int((n + 1) / 2)], ms[int(n * 0.95 + 0.5)], ms[n], bytes / n / 1000 }'
}
pan "tiles, first look"
pan "tiles, again"
say "memory after that" "$(awk '/VmRSS|VmHWM/ { printf "%s %d MiB ", $1, $2 / 1024 }' "/proc/$server/status")"
stop

# Clicks while all units drive: incident written, cameras and units ranked, in one answer. Places are those of reported incidents.
start "all units driving" demo --scale "$scale" --seed 42 --anchor 2026-01-01
until curl -sf "http://$address/metrics" | grep -q '^onemap_standby_seconds_count'; do sleep 1; done
token=$(curl -sf "http://$address/api/v1/session" -H 'content-type: application/json' \
    -d '{"user":"lead","password":"scale-scale"}' | sed 's/.*"token":"\([^"]*\)".*/\1/')
# ask WHAT COUNT PATH BODY-OF-PLACE…: the times of so many questions, one after the other on one connection.
ask() {
    local what=$1 count=$2 path=$3 body=$4
    grep -o '"position":\[[^]]*\]' "$files/incidents.ndjson" | awk -v n="$count" -v all="$(wc -l <"$files/incidents.ndjson")" 'BEGIN { step = all * 0.9 / n } NR >= next_at && k < n { print; k++; next_at += step }' |
        sed 's/.*\[\(.*\),\(.*\)\]/\1 \2/' | while read -r lon lat; do
        printf 'url = "http://%s%s"\noutput = "/dev/null"\nheader = "Authorization: Bearer %s"\nheader = "Content-Type: application/json"\ndata = "%s"\nwrite-out = "%%{http_code} %%{time_total}\\n"\nnext\n' \
            "$address" "$path" "$token" "$(sed "s/LON/$lon/; s/LAT/$lat/; s/\"/\\\\\"/g" <<<"$body")"
    done | sed '$d' >"$folder/ask.curl"
    curl -s -K "$folder/ask.curl" >"$folder/ask.log"
    awk '$1 >= 300 { bad++ } { print $2 * 1000 } END { if (bad) print "refused", bad >"/dev/stderr" }' "$folder/ask.log" | sort -n |
        awk -v what="$what" '{ ms[NR] = $1 } END { printf "%-34s %d, median %.1f ms, p99 %.1f ms, most %.1f ms\n", what, NR, ms[int((NR + 1) / 2)], ms[int(NR * 0.99 + 0.5)], ms[NR] }'
}
ask "click: written and ranked" 300 /api/v1/incidents '{"kind":"traffic","priority":2,"source":"call_110","lon":LON,"lat":LAT}'
ask "coverage of the whole city" 5 /api/v1/coverage '{}'
say "memory after that" "$(awk '/VmRSS|VmHWM/ { printf "%s %d MiB ", $1, $2 / 1024 }' "/proc/$server/status")"
