#!/usr/bin/env python3
"""Compares the roads of this house with igraph and Valhalla on one extract, in one run.

    python3 -m venv peers && peers/bin/pip install igraph pyvalhalla-weekly
    ONEMAP_TEST_DATA=… peers/bin/python benches/peers.py

`ONEMAP_ROADS_BENCH` may name the bench where it is built already (`cargo bench -p intake --bench roads --no-run` says where).

Three questions: the nearest five of 200 units, how far one comes in eight minutes, and a matrix of 1,000 × 1,000.

igraph is handed the very graph of `cargo bench -p intake --bench roads` (junctions, copies for turn restrictions, arcs with
milliseconds) and places at junctions, so that its answers must be equal and are compared. It has no isochrone: it is asked for the
times to all junctions, which is the first half of one. Valhalla reads the extract itself and has its own speeds and costs, so only
its times to answer are comparable; it finds the road of each coordinate anew, as its users do. What is not installed is left out
and said. Times are of one thread; ours are those that the bench prints.
"""

import array
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
MINUTES = 8


def told(what, who, figure):
    print(f"{what:<34} {who:<10} {figure}", flush=True)


def spread(calls):
    """Median and 99th percentile of the calls, milliseconds, and their answers."""
    times, answers = [], []
    for call in calls:
        start = time.perf_counter()
        answers.append(call())
        times.append((time.perf_counter() - start) * 1e3)
    times.sort()
    return f"p50 {statistics.median(times):.2f} ms, p99 {times[int((len(times) - 1) * 0.99)]:.2f} ms", answers


def ours(folder):
    """Runs the bench, which leaves its graph, its questions and its answers in the folder."""
    built = os.environ.get("ONEMAP_ROADS_BENCH")
    bench = [built] if built else ["cargo", "bench", "-p", "intake", "--bench", "roads"]
    run = subprocess.run(bench, cwd=HERE, env={**os.environ, "ONEMAP_PEERS": str(folder)}, capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"the bench failed:\n{run.stderr[-2000:]}")
    print(run.stdout)
    return json.loads((folder / "questions.json").read_text())


def of_igraph(folder, asked):
    try:
        import igraph
    except ImportError:
        return print("igraph is not installed: left out")
    arcs = array.array("I")
    with open(folder / "arcs.bin", "rb") as file:
        arcs.fromfile(file, (folder / "arcs.bin").stat().st_size // 4)
    copies = {}
    for junction, state in asked["copies"]:
        copies.setdefault(junction, []).append(state)
    start = time.perf_counter()
    pairs, weights = list(zip(arcs[0::3], arcs[1::3])), list(arcs[2::3])
    # Who arrives at a copy of a junction has arrived: each incident is a vertex behind its junction and the copies of it.
    incidents = range(asked["states"], asked["states"] + len(asked["incidents"]["states"]))
    for sink, junction in zip(incidents, asked["incidents"]["states"]):
        doors = [junction, *copies.get(junction, [])]
        pairs += [(door, sink) for door in doors]
        weights += [0] * len(doors)
    graph = igraph.Graph(incidents.stop, pairs, directed=True)
    told("graph made", "igraph", f"{time.perf_counter() - start:.2f} s, {graph.vcount()} states, {graph.ecount()} arcs")

    units, junctions = asked["units"]["states"], asked["incidents"]["states"]
    nearest = lambda at: sorted(graph.distances(source=at, target=units, weights=weights, mode="in")[0])[:5]
    figure, answers = spread([lambda at=at: nearest(at) for at in incidents])
    told("nearest 5 of 200", "igraph", figure)
    agree = sum(found == expected for found, expected in zip(answers, asked["nearest_ms"]))
    print(f"the same times as ours: {agree} of {len(answers)}")
    if agree != len(answers):
        sys.exit("the answers differ")
    figure, _ = spread([lambda at=at: graph.distances(source=at, weights=weights, mode="out") for at in junctions[:20]])
    told("times to everywhere (no isochrone)", "igraph", figure)
    start = time.perf_counter()
    rows = 50
    graph.distances(source=asked["starts"]["states"][:rows], target=asked["ends"]["states"], weights=weights, mode="out")
    seconds = time.perf_counter() - start
    told("matrix 1,000 × 1,000", "igraph", f"{seconds / rows * 1000:.1f} s (from {rows} rows)")


def of_valhalla(folder, asked, extract):
    try:
        import valhalla
    except ImportError:
        return print("pyvalhalla is not installed: left out")
    tiles = folder / "tiles"
    tiles.mkdir()
    config = valhalla.get_config(tile_extract="", tile_dir=tiles)
    limits = config["service_limits"]["auto"]
    limits["max_matrix_location_pairs"] = 2_000_000
    limits["max_matrix_distance"] = limits["max_distance"] = 5_000_000
    config["mjolnir"]["concurrency"] = 2
    written = folder / "valhalla.json"
    written.write_text(json.dumps(config))
    start = time.perf_counter()
    build = [sys.executable, "-m", "valhalla", "valhalla_build_tiles", "-c", str(written), str(extract)]
    # Its launcher looks for its programs on the path, also where its environment is not the active one.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    run = subprocess.run(build, capture_output=True, text=True, env={**os.environ, "PATH": path})
    if run.returncode != 0:
        return print(f"Valhalla could not read the extract: {run.stderr[-500:]}")
    told("graph from PBF, 2 threads", "valhalla", f"{time.perf_counter() - start:.1f} s")
    actor = valhalla.Actor(config)
    places = lambda name: [{"lon": lon, "lat": lat} for lon, lat in asked[name]["places"]]
    units = places("units")

    def nearest(at):
        query = {"sources": units, "targets": [at], "costing": "auto"}
        rows = actor.matrix(query)["sources_to_targets"]
        return sorted(row[0]["time"] for row in rows if row[0]["time"] is not None)[:5]

    figure, answers = spread([lambda at=at: nearest(at) for at in places("incidents")])
    told("nearest 5 of 200", "valhalla", f"{figure}; {sum(len(found) == 5 for found in answers)} answered with five")
    polygon = {"costing": "auto", "contours": [{"time": MINUTES}], "polygons": True}
    figure, _ = spread([lambda at=at: actor.isochrone({"locations": [at], **polygon}) for at in places("incidents")])
    told(f"isochrone of {MINUTES} minutes, polygon", "valhalla", figure)
    start = time.perf_counter()
    actor.matrix({"sources": places("starts"), "targets": places("ends"), "costing": "auto"})
    told("matrix 1,000 × 1,000", "valhalla", f"{time.perf_counter() - start:.1f} s")


def main():
    data = os.environ.get("ONEMAP_TEST_DATA")
    extract = Path(data or "") / "osm-porto-roads" / "porto.osm.pbf"
    if not data or not extract.is_file():
        sys.exit("ONEMAP_TEST_DATA names no folder with osm-porto-roads/porto.osm.pbf")
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        asked = ours(folder)
        of_igraph(folder, asked)
        of_valhalla(folder, asked, extract)


if __name__ == "__main__":
    main()
