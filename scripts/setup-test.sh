#!/usr/bin/env bash
# Installs what the tests need and is not there. `setup-test.sh browser` leaves the database out.
# On Debian and its kin through apt-get; elsewhere it says what to install.
set -eu
cd "$(dirname "$0")/.."

only=${1:-all}
packages=()

has_postgis() {
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1
}

# Cameras that speak RTSP: tests/cameras/camera.py, run by the system's own Python, for which the bindings are built.
has_cameras() {
    /usr/bin/python3 -c 'import gi; gi.require_version("GstRtspServer", "1.0"); from gi.repository import GstRtspServer' \
        2>/dev/null && ls /usr/lib/*/gstreamer-1.0/libgstx264.so >/dev/null 2>&1 &&
        ls /usr/lib/*/gstreamer-1.0/libgstrtp.so >/dev/null 2>&1
}

command -v chromium >/dev/null || packages+=(chromium fonts-liberation)
has_cameras || packages+=(python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good
    gstreamer1.0-plugins-ugly)
if [ "$only" = all ]; then
    has_postgis || packages+=(postgresql postgresql-postgis)
    command -v psql >/dev/null || packages+=(postgresql-client)
    # What the server asks of the system, written down: tests/tests/durability.rs.
    command -v strace >/dev/null || packages+=(strace)
    command -v pgrep >/dev/null || packages+=(procps)
    # Reads our tiles: tests/tests/tile_readers.rs.
    command -v ogrinfo >/dev/null || packages+=(gdal-bin)
fi

if [ ${#packages[@]} -gt 0 ]; then
    if ! command -v apt-get >/dev/null; then
        echo "The tests need ${packages[*]}; please install them with this system's package manager." >&2
        exit 1
    fi
    as_root=()
    [ "$(id -u)" = 0 ] || as_root=(sudo)
    echo "installing ${packages[*]}"
    "${as_root[@]}" apt-get update -q
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${packages[@]}" </dev/null
fi

# The browser is the system's: nothing is downloaded besides npm packages.
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1
for folder in web-viewer tests/browser; do
    done=$folder/node_modules/.package-lock.json
    if [ ! -e "$done" ] || [ "$folder/package-lock.json" -nt "$done" ]; then
        (cd "$folder" && npm install --no-save)
        touch "$done"
    fi
done
