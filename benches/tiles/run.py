#!/usr/bin/env python3
"""Tiles, nearest and positions beside PostGIS, Martin and Redis on this machine: `make bench-peers`.

    benches/tiles/run.py                  everything, about half an hour once Martin is built; writes docs/benchmarks.md
    SECONDS_EACH=1 REPEATS=1 benches/tiles/run.py --to -      a quick look, printed
    benches/tiles/run.py --only uncached,cached,known,filter,nearest,positions

All servers of a comparison run at once and are asked one after the other, round after round; figures are medians of the rounds.
`wrk` has one thread on the same processors. Server CPU is that of the server and of the database behind it, without the client.
What is made is kept in target/peers (BENCH_PEERS says where else).
"""

import argparse
import atexit
import json
import os
import platform
import random
import re
import statistics
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path

sys.dont_write_bytecode = True
import points
import positions
import report
import servers
from servers import Server, WHERE, run, say

SECONDS = max(1, int(os.environ.get("SECONDS_EACH", "3")))
REPEATS = int(os.environ.get("REPEATS", "5"))
COUNT = int(os.environ.get("POINTS", points.COUNT))
PARTS = ("uncached", "cached", "known", "filter", "nearest", "positions")
# Below this zoom we draw one point for a cell.
EACH_FROM = 14


def wrk(server, ask, connections, encoding="", token=""):
    """One round of one server: requests a second, processor a request, and so on."""
    words = ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--timeout", "60s", "--latency", "-s", Path(__file__).parent / "ask.lua"]
    env = {**os.environ, "ASK": str(ask), "ENCODING": encoding, "TOKEN": token}
    before = server.used_ms()
    said = run(*words, f"http://127.0.0.1:{server.port}", env=env)
    used = server.used_ms() - before
    told = json.loads(next(line for line in said.splitlines() if line.startswith("{")))
    requests = max(told["requests"], 1)
    return {"rate": told["requests"] / told["seconds"], "cpu_ms": used / requests, "p50_ms": told["p50_ms"], "p99_ms": told["p99_ms"],
            "kb": told["bytes"] / requests / 1000, "errors": told["errors"]}


def rounds(contenders):
    """Medians of the rounds, each contender in turn: `{name: figures}`."""
    taken = {name: [] for name in contenders}
    for _ in range(REPEATS):
        for name, ask in contenders.items():
            taken[name].append(ask())
    figures = {}
    for name, all in taken.items():
        figures[name] = {key: statistics.median(one[key] for one in all) for key in all[0]}
        rates = [one["rate"] for one in all]
        figures[name]["spread"] = (max(rates) - min(rates)) / statistics.median(rates) if max(rates) else 0
        if figures[name].get("errors"):
            say(f"{name}: {figures[name]['errors']} errors")
    return figures


def listed(name, lines):
    path = WHERE / "lists" / f"{name}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def told(work, figures):
    for name, f in figures.items():
        say(f"{work:<34} {name:<10} {f['rate']:>10.1f}/s  {f['cpu_ms'] * 1000:>10.1f} us CPU  p99 {f['p99_ms']:>8.2f} ms  {f['kb']:>8.1f} kB")
    return {"work": work, "figures": figures}


class Bench:
    def __init__(self, parts):
        self.parts, self.results, self.notes = parts, {}, {}
        WHERE.mkdir(parents=True, exist_ok=True)
        servers.install()
        files = WHERE / "files"
        files.mkdir(exist_ok=True)
        say("making the points")
        points.write(files, COUNT)
        self.files = files
        self.data = servers.fill_onemap(files)
        self.database = servers.Database(files / "cameras.csv")
        atexit.register(self.database.stop)
        atexit.register(Server.stop_all)
        county = next(self.borders("330302"))
        self.lists = {"lead": points.lists(), "dispatcher": points.lists(points.within(county))}

    def borders(self, code):
        """The rings of a division."""
        for line in open(next((WHERE / "city").glob("jurisdictions.*"))):
            feature = json.loads(line.strip().rstrip(",").lstrip("\x1e") or "{}")
            if feature.get("properties", {}).get("code") == f"{code:0<12}":
                geometry = feature["geometry"]
                polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
                yield [ring for polygon in polygons for ring in polygon]

    def paths(self, user, z, before, after=""):
        return [f"{before}/{z}/{x}/{y}{after}" for z, x, y in self.lists[user][z]]

    # What both draw.

    def compare_content(self, martin, ours, user, token):
        """Keeps of each list the tiles in which both have as many features, but for one in 200: a point on an edge may be on
        either side, and a cell of theirs may be two of ours. Says how many those were."""
        for z, tiles in self.lists[user].items():
            source = "cameras" if z >= EACH_FROM else "thinned"
            same = []
            for tile in tiles:
                place = "/".join(map(str, tile))
                mine = points.features(ours.get(f"/tiles/cameras/{place}.mvt", Authorization=f"Bearer {token}")[2])
                theirs = points.features(martin.get(f"/{source}/{place}")[2])
                if abs(mine.get("cameras", 0) - theirs.get("cameras", 0)) * 200 <= theirs.get("cameras", 0):
                    same.append(tile)
            self.notes[f"{user} z{z}"] = {"asked": len(tiles), "same": len(same)}
            say(f"{user} z{z}: as many features in {len(same)} of {len(tiles)} tiles")
            self.lists[user][z] = same

    def uncached(self):
        martin, ours = servers.martin(self.database, 0), servers.onemap(self.data, 0)
        rows = []
        for user in ("lead", "dispatcher"):
            token = servers.token(ours, user)
            self.compare_content(martin, ours, user, token)
            for z in points.ZOOMS:
                if not self.lists[user][z]:
                    continue
                mine = listed(f"{user}-{z}-ours", self.paths(user, z, "/tiles/cameras", ".mvt"))
                table = listed(f"{user}-{z}-table", self.paths(user, z, "/cameras"))
                thinned = listed(f"{user}-{z}-thinned", self.paths(user, z, "/thinned"))
                for encoding in ("", "gzip") if z in (12, 14, 16) else ("",):
                    connections = 16 if encoding else 4
                    contenders = {"Martin": lambda: wrk(martin, table, connections, encoding)}
                    if z < EACH_FROM:
                        contenders["Martin, thinned"] = lambda: wrk(martin, thinned, connections, encoding)
                    contenders["onemap"] = lambda: wrk(ours, mine, connections, encoding, token)
                    row = told(f"uncached {user} z{z} {encoding}", rounds(contenders))
                    rows.append({**row, "user": user, "z": z, "encoding": encoding})
        self.results["uncached"] = rows
        martin.stop()
        ours.stop()

    def cached(self):
        martin, ours = servers.martin(self.database, 4000), servers.onemap(self.data, 4000)
        rows = []
        for user in ("lead", "dispatcher"):
            token = servers.token(ours, user)
            for encoding in ("", "gzip"):
                ready = WHERE / "ready" / f"{user}-{encoding or 'plain'}"
                ready.mkdir(parents=True, exist_ok=True)
                for z in points.ZOOMS:
                    for path in self.paths(user, z, "/tiles/cameras", ".mvt"):
                        body = ours.get(path, Authorization=f"Bearer {token}", **{"Accept-Encoding": encoding or "identity"})[2]
                        (ready / (path.replace("/", "%2F") + (".gz" if encoding else ""))).write_bytes(body)
                    if user == "lead":
                        for path in self.paths(user, z, "/cameras"):
                            martin.get(path)
                bare = servers.bare(ready)
                for z in points.ZOOMS:
                    if not self.lists[user][z]:
                        continue
                    mine = listed(f"{user}-{z}-ours", self.paths(user, z, "/tiles/cameras", ".mvt"))
                    table = listed(f"{user}-{z}-table", self.paths(user, z, "/cameras"))
                    contenders = {
                        "bare": lambda: wrk(bare, mine, 16, encoding),
                        "onemap": lambda: wrk(ours, mine, 16, encoding, token),
                    }
                    if user == "lead":
                        contenders["Martin"] = lambda: wrk(martin, table, 16, encoding)
                    row = told(f"cached {user} z{z} {encoding}", rounds(contenders))
                    rows.append({**row, "user": user, "z": z, "encoding": encoding})
                bare.stop()
        self.notes["memory_kib"] = servers.kib(ours.process.pid)
        self.results["cached"] = rows
        martin.stop()
        ours.stop()

    def known(self):
        """304 by If-None-Match."""
        ours = servers.onemap(self.data, 256)
        bare = servers.bare(WHERE / "ready" / "lead-gzip")
        rows = []
        for user in ("lead", "dispatcher"):
            token = servers.token(ours, user)
            lines, plain = [], []
            for path in self.paths(user, 14, "/tiles/cameras", ".mvt"):
                headers = ours.get(path, Authorization=f"Bearer {token}", **{"Accept-Encoding": "gzip"})[1]
                lines.append(f"{path}\t{headers['ETag']}")
                plain.append(f"{path}\t\"0123456789abcdef01234567-gzip\"")
            mine, theirs = listed(f"{user}-known", lines), listed(f"{user}-known-bare", plain)
            for connections in (16, 64):
                row = told(f"304 {user}, {connections} connections", rounds({
                    "bare": lambda: wrk(bare, theirs, connections, "gzip"),
                    "onemap": lambda: wrk(ours, mine, connections, "gzip", token),
                }))
                rows.append({**row, "user": user, "connections": connections})
        self.results["known"] = rows
        bare.stop()
        ours.stop()

    def filter(self):
        ours = servers.onemap(self.data, 0)
        token = servers.token(ours, "lead")
        rows = []
        filters = {"kind = 'ptz'": 0.30, "kind = 'ptz' AND online = TRUE": 0.28}
        for z in (10, 12, 14, 16):
            all = listed(f"filter-{z}-all", self.paths("lead", z, "/tiles/cameras", ".mvt"))
            contenders = {"unfiltered": lambda: wrk(ours, all, 4, "", token)}
            for text in filters:
                some = listed(f"filter-{z}-{len(text)}", self.paths("lead", z, "/tiles/cameras", f".mvt?filter={urllib.parse.quote(text)}"))
                contenders[text] = lambda some=some: wrk(ours, some, 4, "", token)
            rows.append({**told(f"filter z{z}", rounds(contenders)), "z": z})
        self.results["filter"] = rows
        ours.stop()

    def nearest(self):
        ours, redis = servers.onemap(self.data, 256), servers.redis()
        token = servers.token(ours, "lead")
        positions.load_redis(redis, self.files / "cameras.csv")
        chance = random.Random(5)
        spots = [line.split(",")[1:3] for line in open(self.files / "cameras.csv") if chance.random() < 0.01]
        mine = listed("nearest", [f"/api/v1/nearest/cameras?lon={lon}&lat={lat}&k=10" for lon, lat in spots])
        ready = WHERE / "ready" / "nearest"
        ready.mkdir(parents=True, exist_ok=True)
        path = mine.read_text().splitlines()[0]
        (ready / "%2Fapi%2Fv1%2Fnearest%2Fcameras").write_bytes(ours.get(path, Authorization=f"Bearer {token}")[2])
        bare = servers.bare(ready)
        self.results["nearest"] = [told("nearest 10 of the cameras", rounds({
            "bare": lambda: wrk(bare, mine, 16),
            "onemap": lambda: wrk(ours, mine, 16, "", token),
            "PostGIS": lambda: positions.knn(self.database, SECONDS),
            "Redis, 100 m": lambda: positions.geosearch(redis, COUNT, 100, SECONDS),
            "Redis, 500 m": lambda: positions.geosearch(redis, COUNT, 500, SECONDS),
        }))]
        for server in (bare, redis, ours):
            server.stop()

    def positions(self):
        ours, redis = servers.onemap(self.data, 256), servers.redis()
        token = servers.token(ours, "lead")
        moves = positions.Moves(self.files)
        self.results["positions"] = [told("positions of 100,000 units", rounds({
            "onemap": lambda: moves.to_onemap(ours, token),
            "Redis": lambda: moves.to_redis(redis),
        }))]
        redis.stop()
        ours.stop()

    def machine(self):
        processor = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.processor())
        memory = next(int(line.split()[1]) for line in open("/proc/meminfo"))
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=servers.ROOT).stdout.strip()
        if "ONEMAP_BIN" in os.environ:
            commit += " (the server: another binary, ONEMAP_BIN)"
        version = lambda *words: re.search(r"\d+\.\d+(\.\d+)?", run(*words)).group()
        return {
            "date": time.strftime("%Y-%m-%d"), "processor": processor, "processors": os.cpu_count(), "gib": round(memory / 2**20),
            "system": platform.freedesktop_os_release().get("PRETTY_NAME", platform.system()), "commit": commit,
            "postgres": self.database.version, "martin": servers.MARTIN, "redis": version("redis-server", "--version"),
            "rust": version("rustc", "--version"), "points": COUNT, "seconds": SECONDS, "repeats": REPEATS,
            "load": Path("/proc/loadavg").read_text().split()[0],
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--to", default=str(servers.ROOT / "docs/benchmarks.md"), help="`-` prints the page")
    asked = parser.parse_args()
    parts = asked.only.split(",")
    if not set(parts) <= set(PARTS):
        sys.exit(f"parts are {', '.join(PARTS)}")
    bench = Bench(parts)
    machine = bench.machine()
    for part in parts:
        getattr(bench, part)()
    kept = WHERE / "results.json"
    # A run of some parts leaves the others as they were measured last, with their own date.
    all = json.loads(kept.read_text()) if kept.exists() else {}
    for part in parts:
        all[part] = {"machine": machine, "rows": bench.results[part], "notes": bench.notes}
    kept.write_text(json.dumps(all, indent=1))
    page = report.page(all)
    if asked.to == "-":
        print(page)
    else:
        Path(asked.to).write_text(page)


main()
