//! Heat: how densely it happens, in tiles of one scale, and never a single case (docs/heat.md).

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tests::{CENTRE, Client, Server, Tile, decode, decoded};

const CITY: [f64; 4] = [119.6, 27.0, 121.4, 28.7];

fn path(tile: Tile, dataset: &str, ending: &str, query: &str) -> String {
    let Tile { z, x, y } = tile;
    format!("/heat/{dataset}/{z}/{x}/{y}.{ending}?{query}")
}

/// A square of a tile: density and part of the scale.
struct Square {
    per_km2: f64,
    share: f64,
    /// Square kilometres of ground.
    km2: f64,
}

/// The squares of a tile by the place of their north-west corner on the grid of the whole zoom.
fn squares(client: &Client, tile: Tile, dataset: &str, query: &str) -> BTreeMap<(i64, i64), Square> {
    let answer = client.get(&path(tile, dataset, "mvt", query));
    assert!(matches!(answer.status, 200 | 204), "{}: {}", answer.asked, answer.text());
    let layers = decode(&decoded(&answer)).expect("a tile");
    let mut all = BTreeMap::new();
    for layer in layers {
        assert_eq!((layer.name.as_str(), layer.extent), ("heat", 4096));
        for feature in &layer.features {
            let number = |key: &str| feature.properties[key].as_f64().expect("a number");
            let (x, y) = feature.parts[0][0];
            let lat = tile.place(&layer, feature).expect("a square has a corner").1;
            let side = 40_030.2 * lat.to_radians().cos() / f64::from(1_u32 << tile.z) / 32.0;
            let at = (i64::from(tile.x) * 4096 + i64::from(x), i64::from(tile.y) * 4096 + i64::from(y));
            all.insert(at, Square { per_km2: number("per_km2"), share: number("share"), km2: side * side });
        }
    }
    all
}

/// The covers of the pixels of a picture: 0 is clear.
fn covers(png: &[u8]) -> Vec<u8> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().expect("a PNG");
    let mut bytes = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut bytes).expect("a whole PNG");
    assert_eq!((info.width, info.height), (256, 256));
    bytes.chunks_exact(4).map(|pixel| pixel[3]).collect()
}

#[test]
fn a_scale_says_what_stands_behind_it() {
    let server = Server::demo();
    let lead = server.login("lead");
    let all = lead.get("/heat/incidents.json").ok();
    assert!(all["n"].as_i64().is_some_and(|n| n > 1_000), "{all}");
    assert!((80..=91).contains(&all["days"].as_i64().unwrap()), "{all}");
    assert_eq!(
        (&all["radius_m"], &all["origin"], &all["days_in"]),
        (&json!(500), &json!("reported"), &json!("Asia/Shanghai"))
    );
    assert!(all["told_percent"].as_u64().is_some_and(|percent| (20..=100).contains(&percent)), "{all}");
    let steps = all["scale"]["steps"].as_array().unwrap();
    assert_eq!((steps.len(), steps[3]["per_km2"].as_f64()), (4, all["scale"]["top_per_km2"].as_f64()));
    assert!(all["text"].as_str().unwrap().contains("reported incidents of"), "{all}");
    let zh = lead.clone().with("accept-language", "zh").get("/heat/incidents.json").ok();
    assert!(zh["text"].as_str().unwrap().contains("群众报警"), "{zh}");
    // Windows and kinds are parts of the whole.
    let n = |query: &str| lead.get(&format!("/heat/incidents.json?{query}")).ok()["n"].as_i64().unwrap();
    let (first, last) = (all["first_day"].as_str().unwrap(), all["last_day"].as_str().unwrap());
    let whole = all["n"].as_i64().unwrap();
    assert!((n(&format!("from={first}&to={last}")) - whole).abs() <= 1);
    let kinds: Vec<i64> =
        all["kinds"].as_array().unwrap().iter().map(|kind| n(&format!("kinds={}", kind.as_str().unwrap()))).collect();
    assert!(
        (kinds.iter().sum::<i64>() - whole).abs() <= 6 && kinds.iter().filter(|n| **n > 0).count() >= 6,
        "{kinds:?}"
    );
    assert_eq!(n("from=2001-01-01&to=2001-12-31"), 0);
    // The template leads to a tile.
    let template = all["tiles"][0].as_str().unwrap();
    let over = Tile::over(CENTRE, 12);
    let filled = template.replace("{z}", "12").replace("{x}", &over.x.to_string()).replace("{y}", &over.y.to_string());
    assert!(covers(&lead.get(&filled).body).iter().any(|cover| *cover > 0));
}

#[test]
fn all_tiles_of_a_heat_have_one_scale_and_add_up_to_what_it_says() {
    let server = Server::demo();
    let lead = server.login("lead");
    for (dataset, query) in [("incidents", "radius_m=1000"), ("people", "radius_m=500")] {
        let scale = lead.get(&format!("/heat/{dataset}.json?{query}")).ok();
        let (top, n) = (scale["scale"]["top_per_km2"].as_f64().unwrap(), scale["n"].as_f64().unwrap());
        let (mut sum, mut seen) = (0.0, 0);
        for tile in Tile::cover(CITY, 11) {
            for square in squares(&lead, tile, dataset, query).values() {
                let share = (square.per_km2 / top * 100.0).round().min(100.0);
                assert!((square.share - share).abs() <= 1.0, "{} is not {share}", square.share);
                sum += square.per_km2 * square.km2;
                seen += 1;
            }
        }
        // Squares of less than one percent of the scale are left out.
        assert!(seen > 300 && sum <= n * 1.03 && sum > n * 0.75, "{dataset}: {sum} of {n} in {seen} squares");
    }
}

/// A picture hides the ground where the numbers of the same tile are.
#[test]
fn a_picture_and_its_numbers_are_of_one_field() {
    let server = Server::demo();
    let lead = server.login("lead");
    let tile = Tile::over(CENTRE, 12);
    let answer = lead.get(&path(tile, "incidents", "png", ""));
    assert_eq!(
        (answer.status, answer.header("content-type"), answer.header("content-encoding")),
        (200, "image/png", "")
    );
    let covers = covers(&answer.body);
    let squares = squares(&lead, tile, "incidents", "");
    let (mut hot, mut seen) = (0, 0);
    for (square, number) in (0..1024_usize).zip(0_i64..) {
        let (column, row) = (square % 32, square / 32);
        let cover = (0..64).map(|n| u32::from(covers[(row * 8 + n / 8) * 256 + column * 8 + n % 8])).sum::<u32>() / 64;
        let at = (i64::from(tile.x) * 4096 + number % 32 * 128, i64::from(tile.y) * 4096 + number / 32 * 128);
        let share = squares.get(&at).map_or(0.0, |square| square.share);
        if share >= 10.0 {
            assert!(cover > 20, "{share} % is not seen");
            hot += 1;
        }
        assert!(share > 0.0 || cover < 20, "cover {cover} without a number");
        seen += 1;
    }
    assert!(hot > 20 && seen == 1024, "{hot}");
}

#[test]
fn an_unchanged_tile_of_heat_is_not_sent_again_and_each_question_has_its_own() {
    let server = Server::demo();
    let lead = server.login("lead");
    let tile = Tile::over(CENTRE, 12);
    let mut tags = BTreeMap::new();
    for (ending, query) in
        [("png", ""), ("png", "theme=light"), ("mvt", ""), ("png", "radius_m=700"), ("png", "kinds=traffic")]
    {
        let answer = lead.get(&path(tile, "incidents", ending, query));
        let tag = answer.header("etag").to_owned();
        assert!(answer.status == 200 && tag.starts_with('"'), "{}", answer.asked);
        assert!(answer.header("cache-control").contains("private"), "{}", answer.asked);
        let again = lead.clone().with("if-none-match", &tag).get(&path(tile, "incidents", ending, query));
        assert_eq!((again.status, again.body.len()), (304, 0), "{}", answer.asked);
        assert!(tags.insert(tag, answer.body).is_none(), "{} has the tag of another", answer.asked);
    }
    // The order of kinds is no difference.
    let of =
        |kinds: &str| lead.get(&path(tile, "incidents", "png", &format!("kinds={kinds}"))).header("etag").to_owned();
    assert_eq!(of("traffic,help"), of("help,traffic,help"));
    for encoding in ["gzip", "br", "zstd"] {
        let answer = lead.clone().with("accept-encoding", encoding).get(&path(tile, "incidents", "mvt", ""));
        assert_eq!((answer.status, answer.header("content-encoding")), (200, encoding));
    }
    let nowhere = Tile::over((-150.0, -40.0), 12);
    assert_eq!(lead.get(&path(nowhere, "incidents", "mvt", "")).status, 204);
    assert!(covers(&lead.get(&path(nowhere, "incidents", "png", "")).body).iter().all(|cover| *cover == 0));
}

#[test]
fn everybody_has_the_heat_of_the_own_part_of_the_city() {
    let server = Server::demo();
    let (lead, seat) = (server.login("lead"), server.login("dispatcher"));
    for dataset in ["incidents", "people"] {
        let n = |client: &Client| client.get(&format!("/heat/{dataset}.json")).ok()["n"].as_i64().unwrap();
        let (city, county) = (n(&lead), n(&seat));
        assert!(county > 0 && county * 4 < city * 3, "{dataset}: {county} of {city}");
        // What the county's seat sees lies within a box; the city has much outside of it.
        let keys = |client: &Client| -> Vec<(i64, i64)> {
            Tile::cover(CITY, 10).into_iter().flat_map(|tile| squares(client, tile, dataset, "").into_keys()).collect()
        };
        let (all, mine) = (keys(&lead), keys(&seat));
        let span = |along: fn(&(i64, i64)) -> i64| {
            (mine.iter().map(along).min().unwrap(), mine.iter().map(along).max().unwrap())
        };
        let ((west, east), (north, south)) = (span(|at| at.0), span(|at| at.1));
        let outside = all.iter().filter(|(x, y)| *x < west || *x > east || *y < north || *y > south).count();
        assert!(outside > 30 && mine.len() > 5, "{dataset}: {outside} of {} outside, {} inside", all.len(), mine.len());
        let tag =
            |client: &Client| client.get(&path(Tile::over(CENTRE, 12), dataset, "png", "")).header("etag").to_owned();
        assert_ne!(tag(&lead), tag(&seat), "{dataset}");
        assert_eq!(tag(&seat), tag(&server.login("planner")), "{dataset}: the same sight is the same tile");
    }
}

#[test]
fn heat_is_for_those_who_plan_and_people_for_those_who_see_the_cells() {
    let server = Server::demo();
    let tile = Tile::over(CENTRE, 12);
    for (user, incidents, people) in [
        ("wall", true, true),
        ("wall_guest", false, true),
        ("dispatcher", true, true),
        ("station", true, true),
        ("planner", true, true),
        ("analyst", true, true),
        ("unit", false, false),
        ("auditor", false, false),
        ("secadmin", false, false),
        ("sysadmin", false, false),
    ] {
        let client = server.login(user);
        for (dataset, may) in [("incidents", incidents), ("people", people)] {
            for asked in
                [format!("/heat/{dataset}.json"), path(tile, dataset, "png", ""), path(tile, dataset, "mvt", "")]
            {
                let answer = client.get(&asked);
                if may {
                    assert!(matches!(answer.status, 200 | 204), "{user} {asked}: {}", answer.status);
                } else {
                    assert_eq!(answer.refused(403), "AUTH", "{user} {asked}");
                }
            }
        }
    }
    server.client().get("/heat/incidents.json").refused(401);
    let rows = server.login("auditor").get("/api/v1/audit?limit=200").ok();
    let rows = rows["rows"].as_array().or_else(|| rows["items"].as_array()).cloned().unwrap_or_default();
    let row = |outcome: &str, class: &str| {
        rows.iter().any(|r| r["action"] == "heat" && r["object_class"] == class && r["outcome"] == outcome)
    };
    assert!(row("ok", "incidents") && row("ok", "people") && row("denied", "incidents"), "{rows:?}");
}

/// What came in today is told when the day is over, and then only with two others: no call can be watched coming in.
#[test]
fn a_call_of_today_changes_no_tile() {
    let server = Server::demo();
    let lead = server.login("lead");
    let tile = Tile::over(CENTRE, 14);
    let seen = || {
        let tag = lead.get(&path(tile, "incidents", "png", "")).header("etag").to_owned();
        (lead.get("/heat/incidents.json").ok()["n"].as_i64(), tag)
    };
    let before = seen();
    for _ in 0..4 {
        let call = json!({"kind": "traffic", "priority": 3, "lon": CENTRE.0, "lat": CENTRE.1, "source": "call_110"});
        server.login("dispatcher").post("/api/v1/incidents", &call).ok();
    }
    assert_eq!(seen(), before);
}

#[test]
fn what_cannot_be_heat_is_refused_in_words() {
    let server = Server::demo();
    let lead = server.login("lead");
    for (asked, code, pointer) in [
        ("/heat/incidents.json?radius_m=249", "BAD-REQUEST", "/radius_m"),
        ("/heat/incidents.json?radius_m=5001", "BAD-REQUEST", "/radius_m"),
        ("/heat/incidents.json?radius_m=NaN", "BAD-REQUEST", "/radius_m"),
        ("/heat/incidents.json?radius_m=wide", "BAD-REQUEST", "/radius_m"),
        ("/heat/incidents.json?from=yesterday", "BAD-REQUEST", "/from"),
        ("/heat/incidents.json?to=2026-02-30", "BAD-REQUEST", "/to"),
        ("/heat/incidents.json?from=2026-03-02&to=2026-03-01", "BAD-REQUEST", "/from"),
        ("/heat/incidents.json?kinds=", "BAD-REQUEST", "/kinds"),
        ("/heat/incidents.json?kinds=traffic,witchcraft", "BAD-REQUEST", "/kinds"),
        ("/heat/incidents.json?theme=pink", "BAD-REQUEST", "/theme"),
        ("/heat/people.json?from=2026-03-01", "BAD-REQUEST", "/from"),
        ("/heat/people.json?kinds=traffic", "BAD-REQUEST", "/kinds"),
        ("/heat/incidents/23/0/0.png", "TILE-RANGE", "/z"),
        ("/heat/incidents/3/8/0.mvt", "TILE-RANGE", "/x"),
    ] {
        let answer = lead.get(asked);
        assert_eq!(answer.refused(400), code, "{asked}");
        assert!(answer.points_at(pointer), "{asked}: {}", answer.text());
    }
    for unknown in ["/heat/incidents.json?colour=red", "/heat/incidents/3/1/1.png?filter=x"] {
        lead.get(unknown).refused(400);
    }
    for missing in [
        "/heat/residents.json",
        "/heat/houses.json",
        "/heat/units/3/1/1.png",
        "/heat/incidents/3/1/1.gif",
        "/heat/incidents",
    ] {
        lead.get(missing).refused(404);
    }
    // What is wrong is said before who may.
    server.login("auditor").get("/heat/incidents.json?radius_m=1").refused(400);
    for edge in ["/heat/incidents/0/0/0.png", "/heat/people/22/0/0.png", "/heat/people/22/4194303/4194303.mvt"] {
        assert!(matches!(lead.get(edge).status, 200 | 204), "{edge}");
    }
    let far: Value = lead.get("/heat/incidents.json?from=-9999-01-01&to=9999-12-31").ok();
    assert!(far["n"].as_i64().unwrap() > 0, "{far}");
}
