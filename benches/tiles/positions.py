"""Positions and nearest, as the peers take them."""

import datetime
import json
import math
import random
import re
import socket
import subprocess
import time
from pathlib import Path

import points
from servers import WHERE, run, say

# Moves of a round, and in how many each batch has.
MOVES = 300_000
BATCH = 5_000
HANDS = 2


def resp(words):
    """A command in Redis' protocol."""
    return f"*{len(words)}\r\n" + "".join(f"${len(word)}\r\n{word}\r\n" for word in words)


def load_redis(redis, csv):
    say("loading the points into Redis")
    path = WHERE / "files" / "cameras.resp"
    if not path.exists():
        with open(csv) as rows, open(path, "w") as out:
            for row in rows:
                number, lon, lat = row.split(",", 3)[:3]
                out.write(resp(["GEOADD", "cameras", lon, lat, f"{int(number):012}"]))
    pipe(redis, path)


def pipe(redis, path):
    with open(path, "rb") as commands:
        done = subprocess.run(["redis-cli", "-p", str(redis.port), "--pipe"], stdin=commands, capture_output=True, text=True)
    if "errors: 0" not in done.stdout:
        raise SystemExit(f"Redis did not take them: {done.stdout}{done.stderr}")


def figures(count, seconds, used_ms, p50=0.0, p99=0.0):
    return {"rate": count / seconds, "cpu_ms": used_ms / max(count, 1), "p50_ms": p50, "p99_ms": p99, "kb": 0.0, "errors": 0}


def knn(database, seconds):
    """The ten nearest by the index, in Web Mercator: PostGIS' fastest way."""
    script = WHERE / "knn.sql"
    script.write_text("\\set n random(1, 10000)\n"
                      "select id from cameras order by geom <-> (select geom from asked where n = :n) limit 10;\n")
    before = database.used_ms()
    said = run("pgbench", "-n", "-M", "prepared", "-c", "4", "-j", "2", "-T", max(1, round(seconds)), "-f", script, database.url())
    time.sleep(0.3)
    used = database.used_ms() - before
    count = int(re.search(r"actually processed: (\d+)", said).group(1))
    rate = float(re.search(r"^tps = ([\d.]+)", said, re.M).group(1))
    return figures(count, count / rate, used)


def geosearch(redis, count, radius_m, seconds):
    """The ten nearest within a radius that the asker must guess: of the points of the data."""
    # Requests that fit the time, by a small round.
    def ask(requests):
        words = ["redis-benchmark", "-p", redis.port, "-c", "4", "-r", count, "-n", requests, "--csv", "GEOSEARCH", "cameras",
                 "FROMMEMBER", "__rand_int__", "BYRADIUS", radius_m, "m", "ASC", "COUNT", "10"]
        row = [cell.strip('"') for cell in run(*words).strip().splitlines()[-1].split(",")]
        # "test","rps","avg","min","p50","p95","p99","max"
        return float(row[1]), float(row[4]), float(row[6])

    rate, _, _ = ask(400)
    requests = max(400, int(rate * seconds))
    before = redis.used_ms()
    rate, p50, p99 = ask(requests)
    return figures(requests, requests / rate, redis.used_ms() - before, p50, p99)


class Moves:
    """Units that move up to 50 m, all in turn, a second later in each round."""

    def __init__(self, files):
        self.files = files
        self.places = [list(place) for place in points.places(points.UNITS, 2)]
        self.chance = random.Random(9)
        # In the past, so that no fix is ahead of the server's clock; each is later than the last of its unit.
        self.at = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=2)
        self.next = 0

    def round(self):
        """`(unit, lon, lat, at)` of the moves of a round."""
        for _ in range(MOVES):
            unit = self.next % len(self.places)
            if unit == 0:
                self.at += datetime.timedelta(seconds=30)
                self.stamp = self.at.strftime("%Y-%m-%dT%H:%M:%SZ")
            place = self.places[unit]
            place[0] += self.chance.uniform(-5e-4, 5e-4)
            place[1] += self.chance.uniform(-4.5e-4, 4.5e-4)
            self.next += 1
            yield unit, place[0], place[1], self.stamp

    def to_onemap(self, server, token):
        """Batches over HTTP on two connections, written before the clock runs."""
        posts, rows = [], []
        for unit, lon, lat, at in self.round():
            rows.append(f'{{"unit":"bench-{unit:x}","lon":{lon:.6f},"lat":{lat:.6f},"at":"{at}"}}')
            if len(rows) == BATCH:
                body = "\n".join(rows).encode()
                head = (f"POST /api/v1/positions HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
                        f"Content-Type: application/x-ndjson\r\nContent-Length: {len(body)}\r\n\r\n")
                posts.append(head.encode() + body)
                rows = []
        lines = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(HANDS)]
        before, begun, taken, times = server.used_ms(), time.perf_counter(), 0, []
        # Each connection has one post on its way; batches keep their order for each unit, for a round visits each once.
        for first in range(0, len(posts), HANDS):
            together = list(zip(lines, posts[first:first + HANDS]))
            sent = time.perf_counter()
            for line, post in together:
                line.sendall(post)
            for line, _ in together:
                taken += accepted(line)
                times.append((time.perf_counter() - sent) * 1000)
        seconds, used = time.perf_counter() - begun, server.used_ms() - before
        for line in lines:
            line.close()
        if taken != MOVES:
            raise SystemExit(f"{taken} of {MOVES} positions were taken")
        times.sort()
        return figures(taken, seconds, used, times[len(times) // 2], times[math.ceil(len(times) * 0.99) - 1])

    def to_redis(self, redis):
        path = WHERE / "files" / "moves.resp"
        with open(path, "w") as out:
            for unit, lon, lat, _ in self.round():
                out.write(resp(["GEOADD", "units", f"{lon:.6f}", f"{lat:.6f}", f"bench-{unit:x}"]))
        before, begun = redis.used_ms(), time.perf_counter()
        pipe(redis, path)
        return figures(MOVES, time.perf_counter() - begun, redis.used_ms() - before)


def accepted(line):
    """Reads an answer and says how many positions it took."""
    said = b""
    while b"\r\n\r\n" not in said:
        said += line.recv(65536)
    head, _, body = said.partition(b"\r\n\r\n")
    length = int(re.search(rb"content-length: (\d+)", head, re.I).group(1))
    while len(body) < length:
        body += line.recv(65536)
    if not head.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"positions were refused: {head[:100]} {body[:500]}")
    return json.loads(body)["accepted"]
