"""A million made-up cameras around Wenzhou, the same each time, and the tiles and places that are asked for.

64 towns of unequal size (the n-th has 1/n of the first), each a normal distribution of 0.4 to 4 km, and one point in ten
anywhere in the square of 60 km around 120.70 E, 28.00 N: the figures of the comparison that this one follows.
"""

import json
import math
import random
from pathlib import Path

COUNT = 1_000_000
UNITS = 100_000
MIDDLE = (120.70, 28.00)
HALF_M = 30_000.0
TOWNS = 64
KINDS = ("fixed", "ptz", "dome")
WEIGHTS = (45, 30, 25)
ZOOMS = (10, 11, 12, 13, 14, 15, 16)
LIST = 256


def places(count, seed):
    """Longitude and latitude of so many points, degrees."""
    chance = random.Random(seed)
    per_degree = 111_195.0
    across = per_degree * math.cos(math.radians(MIDDLE[1]))
    # The towns are those of one seed, whatever points are drawn around them.
    build = random.Random(20)
    towns = [(build.uniform(-HALF_M, HALF_M), build.uniform(-HALF_M, HALF_M), build.uniform(400, 4_000)) for _ in range(TOWNS)]
    shares = [1 / (n + 1) for n in range(TOWNS)]
    chosen = chance.choices(range(TOWNS), shares, k=count)
    for town in chosen:
        while True:
            if chance.random() < 0.1:
                x, y = chance.uniform(-HALF_M, HALF_M), chance.uniform(-HALF_M, HALF_M)
            else:
                east, north, sigma = towns[town]
                x, y = chance.gauss(east, sigma), chance.gauss(north, sigma)
            if abs(x) < HALF_M and abs(y) < HALF_M:
                break
        yield round(MIDDLE[0] + x / across, 7), round(MIDDLE[1] + y / per_degree, 7)


def rows(count):
    """Cameras with six attributes; one without an opening has no view, so a tile has one layer."""
    chance = random.Random(3)
    for n, (lon, lat) in enumerate(places(count, 1), 1):
        kind = chance.choices(KINDS, WEIGHTS)[0]
        yield {
            "id": n, "lon": lon, "lat": lat, "name": f"cam {n:x}", "kind": kind, "azimuth_deg": float(chance.randrange(360)),
            "range_m": float(chance.randrange(20, 120)), "height_m": chance.randrange(30, 90) / 10, "online": chance.random() < 0.93,
        }


FIELDS = ("name", "kind", "azimuth_deg", "range_m", "height_m", "online")


def write(folder, count):
    """The cameras as GeoJSON lines for us and as CSV for the peers, and units for the roster."""
    folder = Path(folder)
    done = folder / f"points-{count}"
    if done.exists():
        return
    with open(folder / "cameras.geojsonl", "w") as ours, open(folder / "cameras.csv", "w") as theirs:
        for row in rows(count):
            point = {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
            properties = {name: row[name] for name in FIELDS}
            ours.write(json.dumps({"type": "Feature", "id": str(row["id"]), "geometry": point, "properties": properties}) + "\n")
            theirs.write(",".join(str(row[name]) for name in ("id", "lon", "lat", *FIELDS)) + "\n")
    with open(folder / "units.ndjson", "w") as file:
        for n, (lon, lat) in enumerate(places(UNITS, 2)):
            unit = {"id": f"bench-{n:x}", "kind": "police_vehicle", "call_sign": f"bench {n:x}", "org": "bench", "division": "330302",
                    "duty": "on_duty", "home": [lon, lat]}
            file.write(json.dumps(unit) + "\n")
    done.touch()


def tile_of(lon, lat, z):
    """The tile z/x/y over a place."""
    side = 1 << z
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return z, int((lon + 180) / 360 * side), int(y * side)


def corner(z, x, y):
    """Longitude and latitude of the north-west corner of a tile."""
    side = 1 << z
    return x / side * 360 - 180, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / side))))


def lists(inside=None):
    """For each zoom the tiles over points drawn like the data, at most so many; `inside` says which tiles count."""
    lists = {z: [] for z in ZOOMS}
    for lon, lat in places(40_000, 4):
        for z, tiles in lists.items():
            tile = tile_of(lon, lat, z)
            if len(tiles) < LIST and tile not in tiles and (inside is None or inside(tile)):
                tiles.append(tile)
        if all(len(tiles) >= LIST for tiles in lists.values()):
            break
    return lists


def within(outline):
    """Whether all corners and the middle of a tile lie in an outline (rings of longitude and latitude): near enough for a
    list of tiles, and what is drawn is counted anyway."""
    def holds(lon, lat):
        odd = False
        for ring in outline:
            for (ax, ay), (bx, by) in zip(ring, ring[1:]):
                if (ay > lat) != (by > lat) and lon < (bx - ax) * (lat - ay) / (by - ay) + ax:
                    odd = not odd
        return odd

    def inside(tile):
        z, x, y = tile
        spots = [(0, 0), (1, 0), (0, 1), (1, 1), (0.5, 0.5), (0.5, 0), (0, 0.5), (1, 0.5), (0.5, 1)]
        return all(holds(*corner(z, x + dx, y + dy)) for dx, dy in spots)

    return inside


def features(tile):
    """How many features each layer of a vector tile has: as little of the format as that takes."""
    def varint(at):
        number = shift = 0
        while True:
            byte = tile[at]
            at += 1
            number |= (byte & 127) << shift
            if byte < 128:
                return number, at
            shift += 7

    counts, at = {}, 0
    while at < len(tile):
        _, at = varint(at)
        length, at = varint(at)
        end, name, count = at + length, "", 0
        while at < end:
            tag, at = varint(at)
            if tag & 7 == 0:
                _, at = varint(at)
                continue
            size, at = varint(at)
            if tag == 1 << 3 | 2:
                name = tile[at:at + size].decode()
            count += tag == 2 << 3 | 2
            at += size
        counts[name] = count
    return counts
