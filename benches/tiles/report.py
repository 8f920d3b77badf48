"""docs/benchmarks.md out of the figures."""

import math

INTRO = """# Benchmarks beside others

What this server does beside PostGIS with Martin, Redis, and a bare handler of the same HTTP library, on one machine in one run.
`make bench-peers` measures anew and writes this page (`benches/tiles/`); it installs what is missing and keeps what it makes in
`target/peers`. Rights are never switched off: each figure is of a login, `lead` (the whole city) or `dispatcher` (one county).

- **Data.** {points:,} made-up cameras in 60 × 60 km, one seed: 64 towns of unequal size, one point in ten anywhere. Six attributes,
  one of them unique. The same rows are in the still index, in PostGIS (Web Mercator, GiST, laid in geohash order) and in Redis.
- **Tiles.** Up to 256 a zoom, those that points drawn like the data fall into, so that dense ones are well represented; the dispatcher's
  are those inside of the county. Martin has no buffer here, so that both draw the same points. Only tiles are asked for in which both have
  as many features, but for one in 200. Below z14 we draw one point for each of 128 × 128 cells, and Martin does the same by a function
  in SQL (“thinned”) beside its whole table.
- **Figures.** Medians of the rounds, the servers in turn. “CPU” is processor time of the server, for Martin with PostGIS, per
  request, without the client. The client (`wrk`, one thread) runs on the same processors, so rates hold for this machine alone, and
  ratios carry further.
"""

NOT_HERE = """
## Not measured here

| work | where |
| --- | --- |
| city scale (4.5 million houses) along a trace | `make scale`: medians and p95 of one connection, not at half of the highest rate |
| heat of 3 million incidents | `cargo bench -p tiles --bench heat`: in process, without HTTP |
| nearest in process, moves of the grid | `make bench` (`spatial`) |
| an edit while 1,000 edits/s run; fan-out to 3,000 viewers; positions beside 2,000 tiles/s; growth to 10 million points | nowhere yet |
"""


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def micro(ms):
    return number(ms * 1000)


def table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "| " + " | ".join("---" for _ in heads) + " |"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def over(value, base):
    """How many times the base a value is; a server that answered nothing within a round is infinitely far behind."""
    return value / base if base else math.inf


def verdict(value, limit):
    return "reached" if value >= limit else "**missed**"


def stated(part):
    m = part["machine"]
    return (f"Measured {m['date']} at `{m['commit']}`: {m['processors']} processors ({m['processor']}), {m['gib']} GiB, {m['system']}, "
            f"Rust {m['rust']}, PostgreSQL {m['postgres']}, Martin {m['martin']}, Redis {m['redis']}; {m['repeats']} rounds of "
            f"{m['seconds']:g} s, load of the machine at the start {m['load']}.\n")


def detail(rows, names):
    out = []
    for row in rows:
        for name in names:
            if f := row["figures"].get(name):
                out.append([row["work"].strip(), name, number(f["rate"]), micro(f["cpu_ms"]), number(f["p50_ms"]), number(f["p99_ms"]),
                            number(f["kb"]), f"{f['spread'] * 100:.0f} %"])
    return table(["work", "server", "requests/s", "CPU, µs", "p50, ms", "p99, ms", "kB", "spread of rates"], out)


UNCACHED = {"": {10: 70, 11: 70, 12: 70, 13: 40, 14: 40, 15: 40, 16: 25}, "gzip": {12: 20, 14: 13, 16: 10}}


def uncached(part):
    rows = []
    for row in part["rows"]:
        ours, peer = row["figures"]["onemap"], row["figures"].get("Martin, thinned") or row["figures"]["Martin"]
        ratio, limit = over(peer["cpu_ms"], ours["cpu_ms"]), UNCACHED[row["encoding"]][row["z"]]
        rows.append([f"z{row['z']}", row["encoding"] or "plain", row["user"], "thinned" if row["z"] < 14 else "each point",
                     f"{ratio:.0f} ×", f"≥ {limit} ×", verdict(ratio, limit), f"{number(ours['rate'])} : {number(peer['rate'])}"])
    heads = ["zoom", "encoding", "login", "content", "CPU of Martin + PostGIS to ours", "limit", "", "tiles/s, ours : theirs"]
    same = ", ".join(f"{name}: {n['same']} of {n['asked']}" for name, n in part["notes"].items() if isinstance(n, dict))
    lead = next((r["figures"]["onemap"] for r in part["rows"] if (r["z"], r["user"], r["encoding"]) == (10, "lead", "")), None)
    z10 = ""
    if lead:
        z10 = (f"\nz10 thinned to what a screen can show: {number(lead['rate'])} tiles/s of {number(lead['kb'])} kB uncached "
               f"(limit ≥ 2,500 tiles/s, {verdict(lead['rate'], 2500)}; ≤ 250 kB, {verdict(250, lead['kb'])}).\n")
    return (f"## Uncached tiles\n\n{stated(part)}\n{table(heads, rows)}\n{z10}\nTiles with as many features in both: {same}.\n\n"
            + detail(part["rows"], ["Martin", "Martin, thinned", "onemap"]) + "\n")


def share(part, title, limit, label, names):
    rows = []
    for row in part["rows"]:
        ours, bare = row["figures"]["onemap"], row["figures"]["bare"]
        of = over(ours["rate"], bare["rate"])
        cells = [row["work"].strip(), f"{of * 100:.0f} %", f"≥ {limit * 100:.0f} %", verdict(of, limit)]
        if "Martin" in names:
            martin = row["figures"].get("Martin")
            cells.append(f"{over(ours['rate'], martin['rate']):.2g} × {verdict(ours['rate'], martin['rate'])}" if martin else "")
        rows.append(cells)
    heads = ["work", label, "limit", ""] + (["Martin's warm cache (limit: ahead)"] if "Martin" in names else [])
    return f"## {title}\n\n{stated(part)}\n{table(heads, rows)}\n\n" + detail(part["rows"], names) + "\n"


def filtered(part):
    rows = []
    for row in part["rows"]:
        all = row["figures"]["unfiltered"]
        for text, some in row["figures"].items():
            if text != "unfiltered":
                ratio = over(some["rate"], all["rate"])
                rows.append([f"z{row['z']}", f"`{text}`", f"{ratio:.2f} ×", "≥ 1 ×", verdict(ratio, 1)])
    names = list(part["rows"][0]["figures"])
    heads = ["zoom", "filter", "rate to that of the unfiltered tile", "limit", ""]
    return f"## Filters that keep about 30 %\n\n{stated(part)}\n{table(heads, rows)}\n\n" + detail(part["rows"], names) + "\n"


def nearest(part):
    figures = part["rows"][0]["figures"]
    ours = figures["onemap"]["rate"]
    rows = [["a bare handler with the same bytes", f"{over(ours, figures['bare']['rate']) * 100:.0f} %", "≥ 45 %", verdict(over(ours, figures["bare"]["rate"]), 0.45)]]
    for name in ("PostGIS", "Redis, 100 m", "Redis, 500 m"):
        ratio = over(ours, figures[name]["rate"])
        rows.append([f"{name}, over its own protocol", f"{ratio:.2g} ×", "≥ 5 ×", verdict(ratio, 5)])
    text = "Redis needs a radius: within 100 m there are often fewer than ten, within 500 m nearly always more. Ours are the nearest in metres, with all attributes.\n"
    return f"## The ten nearest of {part['machine']['points']:,} cameras\n\n{stated(part)}\n{table(['beside', 'our requests/s', 'limit', ''], rows)}\n\n{text}\n" + detail(part["rows"], list(figures)) + "\n"


def positions(part):
    figures = part["rows"][0]["figures"]
    ratio = over(figures["onemap"]["rate"], figures["Redis"]["rate"])
    rows = [["Redis, `GEOADD` piped", f"{ratio:.2g} ×", "≥ 1.2 ×", verdict(ratio, 1.2)]]
    text = "NDJSON in posts of 5,000 on two connections. Each position is checked, labelled, moves its unit, and is written to the track behind the answer; Redis keeps nothing.\n"
    return f"## Positions of 100,000 units in batches\n\n{stated(part)}\n{table(['beside', 'our positions/s', 'limit', ''], rows)}\n\n{text}\n" + detail(part["rows"], list(figures)) + "\n"


def page(all):
    any = next(iter(all.values()))
    parts = [INTRO.format(points=any["machine"]["points"])]
    if part := all.get("uncached"):
        parts.append(uncached(part))
    if part := all.get("cached"):
        parts.append(share(part, "Cached tiles", 0.6, "requests/s of a bare handler's with the same bytes", ["bare", "onemap", "Martin"]))
        kib = part["notes"].get("memory_kib")
        if kib:
            parts.append(f"The server that served those held {kib / 1024:,.0f} MiB, tiles and all.\n")
    if part := all.get("known"):
        parts.append(share(part, "Tiles that the client holds (304)", 0.7, "requests/s of a bare handler's", ["bare", "onemap"]))
    if part := all.get("filter"):
        parts.append(filtered(part))
    if part := all.get("nearest"):
        parts.append(nearest(part))
    if part := all.get("positions"):
        parts.append(positions(part))
    return "\n".join(parts) + NOT_HERE
