#!/usr/bin/env bash
# A throw-away PostgreSQL with PostGIS for tests, on a free port of the loopback address.
#
#   postgres-for-tests.sh start DIR   starts one in DIR (or finds it running) and prints its URL
#   postgres-for-tests.sh stop DIR    stops it and throws its data away
#   postgres-for-tests.sh share DIR   as start, but it stops itself when nobody holds a lock on DIR/users any longer:
#                                     each test process of a run holds a shared one
#
# As root the server runs as user postgres, to whom DIR is given. It syncs to disk as a real one does, because that is
# part of what is tested. Its collation is not that of bytes, so that an order that rests on it is noticed.
set -eu

verb=${1:-} dir=${2:-}
if [ -z "$dir" ]; then
    sed -n '2,11s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
self=$(realpath "$0")
mkdir -p "$dir"
dir=$(realpath "$dir")
cluster=$dir/cluster

say() { echo "$*" >&2; }

as_postgres() {
    if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

# The newest installed server that has PostGIS.
find_binaries() {
    local initdb version
    for initdb in $(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -rV) $(command -v initdb || true); do
        bin=$(dirname "$initdb")
        version=$("$initdb" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')
        if [ -e "/usr/share/postgresql/$version/extension/postgis.control" ]; then return 0; fi
        if [ -e "$("$bin/pg_config" --sharedir 2>/dev/null)/extension/postgis.control" ]; then return 0; fi
    done
    say "PostgreSQL with PostGIS is not installed: \`make test\` installs them (Debian: apt-get install postgresql postgresql-postgis)."
    exit 3
}

is_running() { [ -e "$cluster/postmaster.pid" ] && as_postgres "$bin/pg_ctl" -D "$cluster" status >/dev/null 2>&1; }

make_cluster() {
    rm -rf "$cluster"
    local options=(-D "$cluster" --username=onemap --auth=trust --encoding=UTF8 --no-sync)
    as_postgres "$bin/initdb" "${options[@]}" --locale=C.UTF-8 --locale-provider=icu --icu-locale=en-US >"$dir/initdb.log" 2>&1 ||
        { rm -rf "$cluster"; as_postgres "$bin/initdb" "${options[@]}" --locale=C >"$dir/initdb.log" 2>&1; } ||
        { say "cannot make a database cluster in $dir:"; cat "$dir/initdb.log" >&2; exit 1; }
    as_postgres tee -a "$cluster/postgresql.conf" >/dev/null <<-CONF
		listen_addresses = '127.0.0.1'
		unix_socket_directories = ''
		fsync = on
		synchronous_commit = on
		max_connections = 300
		shared_buffers = 256MB
	CONF
}

start() {
    find_binaries
    if [ "$(id -u)" = 0 ]; then chown postgres "$dir"; fi
    as_postgres test -x "$dir" || { say "user postgres cannot enter $dir: choose a folder under a public one, as /tmp is"; exit 1; }
    # One at a time: many test processes begin at once. The server must not inherit the lock.
    exec 8>"$dir/start.lock"
    flock 8
    new=no
    if ! is_running; then
        make_cluster
        local tries port
        for tries in $(seq 20); do
            port=$((20000 + RANDOM % 12000))
            if as_postgres "$bin/pg_ctl" -D "$cluster" -w -t 60 -s -l "$cluster/log" -o "-p $port" start 8>&- >"$dir/start.log" 2>&1; then
                echo "postgres://onemap@127.0.0.1:$port/postgres" >"$dir/url"
                new=yes
                break
            fi
        done
        [ $new = yes ] || { say "cannot start PostgreSQL in $dir:"; cat "$dir/start.log" "$cluster/log" >&2 || true; exit 1; }
    fi
    flock -u 8
    cat "$dir/url"
}

stop() {
    find_binaries
    if is_running; then as_postgres "$bin/pg_ctl" -D "$cluster" -s -w -m immediate stop; fi
    rm -rf "$cluster" "$dir/url"
}

cd /
case $verb in
start) start ;;
stop) stop ;;
share)
    start
    if [ $new = yes ]; then setsid "$self" keep "$dir" </dev/null >/dev/null 2>&1 8>&- & fi
    ;;
keep)
    exec 9>>"$dir/users"
    while sleep 3; do
        if flock -n -x 9; then
            stop
            exit
        fi
    done
    ;;
*)
    say "unknown word $verb"
    exit 2
    ;;
esac
