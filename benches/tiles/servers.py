"""The servers that are compared: found or installed, started, stopped, and how much processor they used."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
WHERE = Path(os.environ.get("BENCH_PEERS", ROOT / "target" / "peers"))
TICK = os.sysconf("SC_CLK_TCK")
MARTIN = "1.14.0"
PASSWORD = "a-password-of-the-bench-0571"
PACKAGES = {"wrk": "wrk", "redis-server": "redis-server", "redis-cli": "redis-tools", "pgbench": "postgresql", "psql": "postgresql-client"}


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def run(*words, **more):
    """A command that must work; what it wrote."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, **more)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, words[:4]))}… failed:\n{done.stdout[-1500:]}{done.stderr[-1500:]}")
    return done.stdout


def install():
    """What is missing: packages of Debian, Martin by cargo, our binary and the bare handler."""
    missing = {package for program, package in PACKAGES.items() if not shutil.which(program)}
    if not list(Path("/usr/share/postgresql").glob("*/extension/postgis.control")):
        missing.add("postgresql-postgis")
    if missing:
        say("installing", *sorted(missing))
        sudo = [] if os.getuid() == 0 else ["sudo"]
        run(*sudo, "apt-get", "update", "-q")
        run(*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-qy", "--no-install-recommends", *sorted(missing))
    if not (WHERE / "bin" / "martin").exists():
        say("building Martin", MARTIN)
        features = ["--no-default-features", "--features", "postgres,metrics"]
        # In the folder above, so that this workspace's toolchain and target folder are not taken for it.
        target = {**os.environ, "CARGO_TARGET_DIR": str(WHERE / "build")}
        run("cargo", "install", "martin", "--version", MARTIN, "--locked", "--root", WHERE, *features, cwd="/", env=target)
    if "ONEMAP_BIN" not in os.environ:
        run("cargo", "build", "--release", "--bin", "onemap", cwd=ROOT)
    if "ONEMAP_BARE" not in os.environ:
        run("cargo", "build", "--release", "--locked", cwd=BARE_SOURCE, env={**os.environ, "CARGO_TARGET_DIR": str(WHERE / "bare")})


ONEMAP = os.environ.get("ONEMAP_BIN", str(ROOT / "target/release/onemap"))
BARE_SOURCE = Path(__file__).resolve().parent / "bare"
BARE = os.environ.get("ONEMAP_BARE", str(WHERE / "bare/release/bare"))


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


def used_ms(pid):
    """Milliseconds of processor that a process has used; with `None` nothing."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) * 1000 / TICK


def kib(pid):
    """Resident memory, KiB."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1])


class Server:
    """A process with an address; it ends with the run."""
    running = []

    def __init__(self, name, words, ready, port, beside=lambda: 0.0, env=None):
        self.name, self.port, self.beside = name, port, beside
        WHERE.mkdir(parents=True, exist_ok=True)
        self.log = open(WHERE / f"{name}.log", "w")
        self.process = subprocess.Popen([str(w) for w in words], stdout=self.log, stderr=self.log, env={**os.environ, **(env or {})})
        Server.running.append(self)
        for _ in range(1200):
            if self.process.poll() is not None:
                sys.exit(f"{name} ended: {Path(self.log.name).read_text()[-1500:]}")
            try:
                if ready(self):
                    return
            except OSError:
                pass
            time.sleep(0.1)
        sys.exit(f"{name} is not ready after two minutes")

    def used_ms(self):
        return used_ms(self.process.pid) + self.beside()

    def get(self, path, **headers):
        """Status, headers and body, as they come over the wire."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def stop(self):
        if self in Server.running:
            Server.running.remove(self)
            self.process.terminate()
            self.process.wait()
            self.log.close()

    @staticmethod
    def stop_all():
        for server in list(Server.running):
            server.stop()


def answers(path):
    return lambda server: server.get(path)[0] == 200


class Database:
    """PostGIS with the points, laid in geohash order and indexed: its best case. It syncs nothing."""

    def __init__(self, points):
        initdb = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))[-1]
        self.bin, self.data, self.port = initdb.parent, WHERE / "cluster", free_port()
        self.as_postgres = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        fresh = not (self.data / "PG_VERSION").exists()
        if fresh:
            self.data.mkdir(parents=True, exist_ok=True)
            if self.as_postgres:
                shutil.chown(self.data, "postgres", "postgres")
            self.own(initdb, "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale")
        settings = {
            "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "shared_buffers": "2GB", "work_mem": "64MB",
            "maintenance_work_mem": "1GB", "jit": "off", "max_parallel_workers_per_gather": "0", "random_page_cost": "1.1",
            "effective_cache_size": "8GB", "synchronous_commit": "off", "fsync": "off", "max_wal_size": "4GB",
        }
        options = " ".join(f"-c {name}={value!r}" for name, value in settings.items())
        self.own(self.bin / "pg_ctl", "-D", self.data, "-l", self.data / "log", "-w", "-o", f"-p {self.port} {options}", "start")
        if fresh:
            self.fill(points)
        self.version = self.sql("select split_part(version(), ' ', 2) || ', PostGIS ' || postgis_lib_version()").strip()

    def own(self, *words):
        # The server keeps what it inherits open, so its output goes nowhere.
        done = subprocess.run([*self.as_postgres, *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
        if done.returncode != 0:
            sys.exit(f"{words[0]} failed")

    def url(self):
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def sql(self, text):
        return run("psql", "-qAtX", "-v", "ON_ERROR_STOP=1", self.url(), "-c", text)

    def fill(self, points):
        say("loading the points into PostGIS")
        self.sql("create extension postgis")
        self.sql("create unlogged table raw (id int, lon float8, lat float8, name text, kind text, azimuth_deg float8, "
                 "range_m float8, height_m float8, online bool)")
        run("psql", "-qX", self.url(), "-c", rf"\copy raw from '{points}' csv")
        place = "st_transform(st_setsrid(st_makepoint(lon, lat), 4326), 3857)::geometry(point, 3857)"
        self.sql(f"create table cameras as select id, name, kind, azimuth_deg, range_m, height_m, online, {place} as geom "
                 "from raw order by st_geohash(st_makepoint(lon, lat), 10)")
        self.sql("alter table cameras add primary key (id)")
        self.sql("create index on cameras using gist (geom)")
        self.sql(f"create table asked as select row_number() over ()::int as n, {place} as geom from raw where id % 97 = 0 limit 10000")
        self.sql("alter table asked add primary key (n)")
        self.sql((Path(__file__).parent / "thinned.sql").read_text())
        self.sql("drop table raw")
        self.sql("vacuum analyze")

    def used_ms(self):
        """Of the postmaster, of those that it has buried, and of those that it has."""
        master = int((self.data / "postmaster.pid").read_text().split()[0])
        children = run("pgrep", "-P", master).split()
        return used_ms(master) + sum(used_ms(pid) for pid in children if Path(f"/proc/{pid}").exists())

    def stop(self):
        self.own(self.bin / "pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop")


def martin(database, cache_mb):
    """Martin over the table, and over a function that thins as we do. No buffer: points beyond the tile are not ours either."""
    columns = {"name": "text", "kind": "text", "azimuth_deg": "float8", "range_m": "float8", "height_m": "float8", "online": "bool"}
    table = {"schema": "public", "table": "cameras", "srid": 3857, "geometry_column": "geom", "id_column": "id", "geometry_type": "POINT",
             "extent": 4096, "buffer": 0, "clip_geom": True, "properties": columns}
    sources = {"connection_string": database.url(), "pool_size": 8, "auto_publish": False, "tables": {"cameras": table},
               "functions": {"thinned": {"schema": "public", "function": "thinned"}}}
    port = free_port()
    config = {"listen_addresses": f"127.0.0.1:{port}", "worker_processes": 2, "cache_size_mb": cache_mb, "postgres": sources}
    # JSON is YAML.
    path = WHERE / f"martin-{cache_mb}.yaml"
    path.write_text(json.dumps(config))
    return Server(f"martin-{cache_mb}", [WHERE / "bin/martin", "--config", path], answers("/health"), port, database.used_ms)


def fill_onemap(files):
    """A data folder with the borders of Wenzhou, the cameras, the units, and two logins."""
    data = WHERE / "data"
    if (data / "filled").exists():
        return data
    shutil.rmtree(data, ignore_errors=True)
    say("loading the points into onemap")
    city = WHERE / "city"
    run(ONEMAP, "generate", "city", "--scale", "small", "--seed", "1", "--anchor", "2026-01-01", "--out", city)
    borders = next(city.glob("jurisdictions.*"))
    run(ONEMAP, "import", "jurisdictions", borders, "--crs", "wgs84", "--data", data)
    run(ONEMAP, "import", "cameras", files / "cameras.geojsonl", "--format", "geojsonseq", "--crs", "wgs84", "--source", "bench", "--data", data)
    run(ONEMAP, "import", "units", files / "units.ndjson", "--crs", "wgs84", "--data", data)
    for name, scope in (("lead", "330300"), ("dispatcher", "330302")):
        words = ["user", "add", name, "--role", name, "--scope", scope, "--password-stdin", "--data", data]
        run(ONEMAP, *words, input=f"{PASSWORD}\n")
    (data / "filled").touch()
    return data


def onemap(data, cache_mb):
    port = free_port()
    words = [ONEMAP, "serve", "--data", data, "--listen", f"127.0.0.1:{port}", "--tile-cache-mb", cache_mb, "--log", "warn"]
    return Server(f"onemap-{cache_mb}", words, answers("/readyz"), port)


def token(server, user):
    body = json.dumps({"user": user, "password": PASSWORD}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}/api/v1/session", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read())["token"]


def bare(folder):
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    return Server("bare", [BARE, port, folder], answers("/"), port)


def redis():
    port = free_port()
    words = ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", WHERE]
    ping = ["redis-cli", "-p", str(port), "ping"]
    return Server("redis", words, lambda _: subprocess.run(ping, capture_output=True, text=True).stdout.strip() == "PONG", port)
