//! What others read in our tiles: the library of the map's renderer and GDAL find in each tile what we find in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tests::strict::judge;
use tests::{CENTRE, Chance, Folder, Server, Tile, decode, workspace};

const STILL: &str =
    "people,houses,buildings,enterprises,cameras,places,roads,water,land,grids,jurisdictions,units,incidents";

/// A layer as a reader tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Told {
    features: u64,
    attributes: u64,
    points: u64,
    sum: i64,
}

/// Tiles of the demo city with everything in them, written as `n.mvt`: all of them at low zooms, deeper ones by chance.
fn tiles(server: &Server, folder: &Folder) -> Vec<PathBuf> {
    let lead = server.login("lead");
    let call = json!({"kind": "traffic", "priority": 2, "lon": CENTRE.0, "lat": CENTRE.1, "source": "call_110"});
    lead.post("/api/v1/incidents", &call).ok();
    let bounds = lead.get("/tiles/jurisdictions.json").ok()["bounds"].clone();
    let side = |n: usize| bounds[n].as_f64().expect("a number of the bounds");
    let mut chance = Chance::seeded(1);
    let mut paths: Vec<String> = Vec::new();
    for z in 0..=17 {
        let all = Tile::cover([side(0), side(1), side(2), side(3)], z);
        let near = |tile: &Tile| {
            let centre = Tile::over(CENTRE, z);
            tile.x.abs_diff(centre.x) < 8 && tile.y.abs_diff(centre.y) < 8
        };
        let wanted = all.into_iter().filter(|tile| z < 9 || near(tile));
        let some: Vec<Tile> = wanted.filter(|_| z < 9 || chance.below(8) == 0).collect();
        paths.extend(some.iter().map(|tile| tile.path(STILL)));
        paths.extend(some.iter().take(2).map(|tile| {
            let Tile { z, x, y } = tile;
            format!("/heat/people/{z}/{x}/{y}.mvt")
        }));
    }
    let mut files = Vec::new();
    for path in paths {
        let answer = lead.get(&path);
        assert!([200, 204].contains(&answer.status), "{path} → {}", answer.status);
        if answer.status == 200 {
            assert_eq!(judge(&answer.body), [], "{path}");
            files.push(folder.write(&format!("{}.mvt", files.len()), &answer.body));
        }
    }
    files
}

/// What we read ourselves.
fn read(file: &Path) -> BTreeMap<String, Told> {
    let bytes = std::fs::read(file).expect("the tile that was written");
    let layers = decode(&bytes).expect("a tile").into_iter().map(|layer| {
        let mut told = Told::default();
        for feature in &layer.features {
            told.features += 1;
            told.attributes += feature.properties.len() as u64;
            for (x, y) in feature.parts.iter().flatten() {
                told.points += 1;
                told.sum += i64::from(*x) + i64::from(*y);
            }
        }
        (layer.name, told)
    });
    layers.collect()
}

#[test]
fn the_renderer_and_gdal_read_what_was_written() {
    let (server, folder) = (Server::demo(), Folder::new());
    let files = tiles(&server, &folder);
    let renderer = Command::new("node").arg(workspace().join("web-viewer/read-tiles.mjs")).args(&files).output();
    let renderer = renderer.expect("node runs");
    assert!(renderer.status.success(), "{}", String::from_utf8_lossy(&renderer.stderr));
    let lines = String::from_utf8(renderer.stdout).expect("lines of JSON");
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(lines.len(), files.len());
    let mut features = 0;
    for (n, (file, line)) in files.iter().zip(lines).enumerate() {
        let ours = read(file);
        let theirs: BTreeMap<String, Value> = serde_json::from_str(line).expect("a line of JSON");
        let number = |layer: &Value, name: &str| layer[name].as_i64().expect("a number");
        let count = |layer: &Value, name: &str| u64::try_from(number(layer, name)).expect("a count");
        let told = |layer: &Value| Told {
            features: count(layer, "features"),
            attributes: count(layer, "attributes"),
            points: count(layer, "points"),
            sum: number(layer, "sum"),
        };
        let theirs: BTreeMap<String, Told> = theirs.iter().map(|(name, layer)| (name.clone(), told(layer))).collect();
        assert_eq!(ours, theirs, "{}", file.display());
        features += ours.values().map(|layer| layer.features).sum::<u64>();
        // A process for each tile takes its time: GDAL is asked about every fourth.
        if n % 4 == 0 {
            let ours: BTreeMap<String, u64> = ours.into_iter().map(|(name, layer)| (name, layer.features)).collect();
            assert_eq!(gdal(file), ours, "{}", file.display());
        }
    }
    println!("{} tiles with {features} features", files.len());
    assert!(files.len() > 150 && features > 50_000, "{} tiles with {features} features", files.len());
}

/// How many features GDAL finds in each layer.
fn gdal(file: &Path) -> BTreeMap<String, u64> {
    let told = Command::new("ogrinfo").args(["-ro", "-so", "-al"]).arg(file).output();
    let told = told.expect("GDAL's ogrinfo runs: scripts/setup-test.sh installs it");
    let (said, wrong) = (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
    assert!(told.status.success() && wrong.is_empty(), "{}: {wrong}", file.display());
    let mut layers = BTreeMap::new();
    let mut layer = None;
    for line in said.lines() {
        if let Some(name) = line.strip_prefix("Layer name: ") {
            layer = Some(name.to_owned());
        } else if let Some(count) = line.strip_prefix("Feature Count: ") {
            let name = layer.take().expect("a layer has its name first");
            layers.insert(name, count.parse().expect("a count"));
        }
    }
    layers
}
