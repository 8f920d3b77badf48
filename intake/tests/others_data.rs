//! Files that others made, from the folder that `ONEMAP_TEST_DATA` names; without it these tests say so and pass.

#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests are tests")]

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::PathBuf;

use intake::{Door, Flow, Format, Input, IntakeError, Mapping, Options, Report, Row, geojson, osm, read};
use spatial::{Feature, Layer, Noun};

#[expect(clippy::disallowed_methods, reason = "a test may ask where its data lies")]
fn data(path: &str) -> Option<PathBuf> {
    let folder = std::env::var("ONEMAP_TEST_DATA").ok();
    if folder.is_none() {
        eprintln!("skipped: ONEMAP_TEST_DATA is not set");
    }
    folder.map(|folder| PathBuf::from(folder).join(path))
}

#[expect(clippy::disallowed_methods, reason = "a test reads its data")]
fn bytes(path: &str) -> Option<Vec<u8>> {
    data(path).map(|path| std::fs::read(&path).unwrap_or_else(|error| panic!("read {}: {error}", path.display())))
}

fn read_osm(path: &str) -> Option<(Vec<Feature>, Report)> {
    let mut features = Vec::new();
    let each = &mut |row| {
        match row {
            Row::Good(feature) => features.push(feature),
            Row::Bad(bad) => panic!("{bad:?}"),
        }
        Flow::Continue(())
    };
    let report = osm(Cursor::new(bytes(path)?), each, &mut |_| {}).unwrap();
    Some((features, report))
}

fn read_geojson(bytes: &[u8], layer: Layer) -> Result<Report, IntakeError> {
    geojson(bytes, layer, "test", &Door::WGS84, &mut |_| Flow::Continue(()))
}

#[test]
fn frankfurts_cameras_look_where_they_do() {
    let Some((features, _)) = read_osm("osm-frankfurt/frankfurt.osm.pbf") else { return };
    let cameras: Vec<&Feature> = features.iter().filter(|f| f.key.layer == Layer::Cameras).collect();
    let has = |name: &str| cameras.iter().filter(|f| f.properties().get(name).is_some()).count();
    assert_eq!((cameras.len(), has("azimuth_deg"), has("height_m"), has("angle_deg")), (110, 21, 33, 3));
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for camera in &cameras {
        *kinds.entry(camera.properties().get("kind").unwrap().to_string()).or_default() += 1;
    }
    // 55 domes, one `dome;fixed`, and 4 of which nothing is said.
    assert_eq!(kinds, [("dome".to_owned(), 60), ("fixed".to_owned(), 50)].into());
    let two_words = cameras.iter().filter(|f| f.properties().get("camera_type").is_some()).count();
    assert_eq!(two_words, 1);
    let azimuth = |raw: &str| {
        let camera = cameras.iter().find(|f| f.properties().get("direction").is_some_and(|v| v.to_string() == raw));
        camera.unwrap().properties().get("azimuth_deg").unwrap().to_string()
    };
    assert_eq!((azimuth("-20"), azimuth("-50"), azimuth("26")), ("340".into(), "310".into(), "26".into()));
}

#[test]
fn frankfurts_other_counts() {
    let Some((features, report)) = read_osm("osm-frankfurt/frankfurt.osm.pbf") else { return };
    let count = |layer: Layer| features.iter().filter(|f| f.key.layer == layer).count();
    // 280 objects with the tag, one of them a point.
    assert_eq!(count(Layer::Buildings), 279);
    assert_eq!(count(Layer::Houses), 302);
    let kind = |layer: Layer, kind: &str| {
        let is = |f: &&Feature| f.properties().get("kind").is_some_and(|v| v.to_string() == kind);
        features.iter().filter(|f| f.key.layer == layer).filter(is).count()
    };
    // 207 shops less 8 that stand empty.
    assert_eq!(kind(Layer::Enterprises, "shop"), 199);
    assert_eq!(kind(Layer::Enterprises, "office"), 18);
    assert_eq!(kind(Layer::Places, "police_station"), 2);
    assert_eq!(report.rejected, 0);
}

#[test]
fn porto_is_read_whole() {
    let Some((features, report)) = read_osm("osm-porto-roads/porto.osm.pbf") else { return };
    assert_eq!(report.notes[..2], ["nodes read: 347944", "ways read: 51458"]);
    let cars = [
        "motorway",
        "trunk",
        "primary",
        "secondary",
        "tertiary",
        "unclassified",
        "residential",
        "living_street",
        "service",
    ];
    let (mut of_class, mut for_cars) = (0, 0);
    for road in features.iter().filter(|f| f.key.layer == Layer::Roads) {
        let Noun::Road(road) = &road.noun else { panic!("{road:?}") };
        let is = cars.contains(&road.class.word());
        of_class += u32::from(is);
        for_cars += u32::from(is && !matches!(road.access.as_deref(), Some("no" | "private")));
    }
    // The data's note counts 42,827 ways of these classes, without 536 of `highway=road`, which are unclassified here.
    // One has two classes, and we take the first; 38 have a single node and are no line. For cars: pyosmium finds
    // 42,784 under the access rules of the route oracle, less the same 38, more the same one.
    assert_eq!((of_class, for_cars), (42_827 + 536 + 1 - 38, 42_784 + 1 - 38));
}

const SUITE: &str = "geojson-suite/test/fixture";

/// How many rows of a file fit houses (points) and land (polygons); `None` when it is no GeoJSON at all.
fn fits(path: &str) -> Option<(Option<u64>, Option<u64>)> {
    let bytes = bytes(path)?;
    let accepted = |layer| read_geojson(&bytes, layer).ok().map(|report| report.accepted);
    Some((accepted(Layer::Houses), accepted(Layer::Land)))
}

#[test]
fn good_geojson_is_read() {
    for (file, houses, land) in [
        ("good-feature-with-id", 1, 0),
        ("good-feature-with-string-id", 1, 0),
        ("good-feature", 1, 0),
        ("good-featurecollection-bbox", 2, 0),
        ("good-featurecollection-bbox3d", 2, 0),
        // A point, a line, a polygon: a layer takes one of them.
        ("good-featurecollection-extensions", 1, 1),
        ("good-featurecollection", 1, 1),
        ("good-geometrycollection", 0, 0),
        ("good-linestring", 0, 0),
        ("good-multilinestring", 0, 0),
        ("good-multipoint", 1, 0),
        ("good-point-3d", 1, 0),
        ("good-point", 1, 0),
        ("good-polygon", 0, 1),
        ("multipolygon", 0, 1),
        ("nullgeometry", 0, 0),
        // Its point is (0, 0).
        ("nullproperties", 0, 0),
    ] {
        let Some(got) = fits(&format!("{SUITE}/good/{file}.geojson")) else { return };
        assert_eq!(got, (Some(houses), Some(land)), "{file}");
    }
}

#[test]
fn bad_geojson_is_refused_or_harmless() {
    // Wrong in what is not taken (bounding boxes, foreign members, a fourth number), mended (rings that are not
    // closed), or wrong in one of several rows.
    let harmless = [
        "bbox-4or6elements",
        "bbox-contains-string",
        "bbox-string",
        "different-first-last",
        "different-first-size",
        "feature_changed_semantics",
        "featurecollection_changed_semantics",
        "geometry_changed_semantics",
        "multiple_problems",
        "point-toomany",
        "short-linearring",
        "stringcoord",
    ];
    let Some(folder) = data(&format!("{SUITE}/bad")) else { return };
    let mut accepted: Vec<String> = Vec::new();
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(stem) = name.strip_suffix(".geojson") else { continue };
        files += 1;
        let (houses, land) = fits(&format!("{SUITE}/bad/{name}")).unwrap();
        if houses.unwrap_or(0) + land.unwrap_or(0) > 0 {
            accepted.push(stem.to_owned());
        }
    }
    accepted.sort();
    assert_eq!(accepted, harmless);
    assert_eq!(files, 42);
}

#[test]
fn wenzhous_self_intersecting_districts_are_refused_by_name() {
    let Some(bytes) = bytes("wenzhou-boundary/wenzhou_districts_2018_gcj02.geojson") else { return };
    let report = read_geojson(&bytes, Layer::Land).unwrap();
    assert_eq!((report.accepted, report.rejected), (0, 11));
    assert_eq!(report.by_reason, [("the outline self-intersects".to_owned(), 11)].into());
    assert!(report.rejects.iter().all(|bad| bad.reason.starts_with("the outline self-intersects at 1")));
}

#[test]
fn dakars_cameras_say_what_they_lack() {
    let Some(bytes) = bytes("cameras-dakar/cameras.geojson") else { return };
    let report = read_geojson(&bytes, Layer::Cameras).unwrap();
    assert_eq!((report.accepted, report.rejected), (0, 103));
    assert_eq!(report.by_reason, [("property \"kind\" is missing".to_owned(), 103)].into());
}

#[test]
fn dakars_cameras_come_in_with_a_mapping() {
    let path = "cameras-dakar/cameras.geojson";
    let mapping = "[constants]\nkind = 'dome'";
    let Some((good, report)) = read_table(path, Format::GeoJson, Layer::Cameras, mapping, None) else { return };
    assert_eq!((good.len(), report.rejected), (103, 0), "{:?}", report.by_reason);
}

/// Reads a file of the test data with a mapping in WGS84: accepted, rejected, the reasons, the suspicions' words.
fn read_table(
    path: &str,
    format: Format,
    layer: Layer,
    mapping: &str,
    table: Option<&str>,
) -> Option<(Vec<Feature>, Report)> {
    let raw = bytes(path)?;
    let mut plain = Vec::new();
    if raw.starts_with(&[0x1f, 0x8b]) {
        std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(&raw[..]), &mut plain).unwrap();
    } else {
        plain = raw;
    }
    let mapping = Mapping::parse(mapping).unwrap();
    let options = Options { mapping: Some(&mapping), table, ..Options::new(layer, "test", Door::WGS84) };
    let mut good = Vec::new();
    let report = read(format, Input::new(&mut Cursor::new(plain)), &options, &mut |row| {
        if let Row::Good(feature) = row {
            good.push(feature);
        }
        Flow::Continue(())
    });
    Some((good, report.unwrap()))
}

fn suspects(report: &Report) -> Vec<&'static str> {
    report.suspicions.iter().map(|suspicion| suspicion.code.word()).collect()
}

#[test]
fn houstons_table_is_read_row_by_row() {
    let mapping = "others = 'ignore'\n[bag]\noffence = 'offense'\nat = { columns = ['time', 'address', 'location', 'beat', 'premise', 'hour'], join = ' | ' }\n[constants]\nkind = 'other'";
    let path = "crime-houston-2010/houston_2010-01_2010-06.csv.gz";
    let Some((_, report)) = read_table(path, Format::Csv, Layer::Places, mapping, None) else { return };
    // 440 rows are there twice; 2 have no position. Neither is silent.
    assert_eq!(report.read, 64_062);
    assert_eq!(report.by_reason.get("the row has no coordinates"), Some(&2));
    assert_eq!(report.by_reason.get("says the same as an earlier row"), Some(&440));
    assert_eq!((report.accepted, report.truncated), (64_062 - 442, false));
    // With no registry at all, what a geocoder put far away is named, the pile of it with its place.
    assert_eq!(suspects(&report), ["far_off", "piled_up"]);
    let far = &report.suspicions[0];
    assert!((far.evidence["lon"] + 95.114_129).abs() < 1e-9 && (far.evidence["lat"] - 31.414_044).abs() < 1e-9);
    assert!(far.evidence["rows_there"] >= 100.0 && far.evidence["rows"] > far.evidence["rows_there"], "{}", far.words);
    assert!(far.evidence["rows"] < 300.0, "{}", far.words);
}

#[test]
fn austins_vehicles_without_a_fix_are_found() {
    let mapping = "others = 'ignore'\n[geometry]\nlon = 'longitude'\nlat = 'latitude'\n[bag]\nat = { columns = ['vehicle_id', 'timestamp'], join = ' ' }\n[constants]\nkind = 'other'";
    let path = "avl-austin/2017-03-21.csv.gz";
    let Some((_, report)) = read_table(path, Format::Csv, Layer::Places, mapping, None) else { return };
    assert_eq!((report.read, report.accepted + report.rejected), (45_386, 45_386));
    // Three vehicles without a fix.
    assert_eq!(suspects(&report), ["null_island"]);
    assert_eq!(report.suspicions[0].evidence.get("rows"), Some(&3.0));
    let swapped = mapping.replace("lon = 'longitude'\nlat = 'latitude'", "lon = 'latitude'\nlat = 'longitude'");
    let (_, report) = read_table(path, Format::Csv, Layer::Places, &swapped, None).unwrap();
    assert_eq!((report.accepted, suspects(&report)), (0, vec!["axes_swapped", "null_island"]));
}

#[test]
fn san_franciscos_pairs_are_latitude_first() {
    let mapping = "others = 'ignore'\nsource_id = 'RowID'\n[geometry]\npair = 'Location'\norder = 'lat,lon'\n[constants]\nkind = 'other'";
    let path = "fire-sf/sf_fire_calls_lone_mountain_2009_2016.csv.gz";
    let Some((good, report)) = read_table(path, Format::Csv, Layer::Places, mapping, None) else { return };
    assert_eq!((report.read, report.accepted), (3_461, 3_461), "{:?}", report.by_reason);
    assert!(good.iter().all(|f| f.position().is_some_and(|p| (-122.5..-122.3).contains(&p.lon()))));
}

#[test]
fn a_geopackage_of_others_is_read() {
    let path = "cql2/data/ne110m4cql2.gpkg";
    let mapping = "others = 'ignore'\n[fields]\nname = 'NAME'";
    let table = Some("ne_110m_admin_0_countries");
    let Some((good, report)) = read_table(path, Format::GeoPackage, Layer::Land, mapping, table) else { return };
    // Rows of up to 13 kB go over several pages; an outline that touches itself is refused, not mended.
    assert_eq!((report.read, report.truncated), (177, false));
    assert!(report.accepted >= 170, "{:?}", report.by_reason);
    assert!(good.iter().any(|f| f.properties().get("name").is_some_and(|name| name.to_string() == "Finland")));
    let places = Some("ne_110m_populated_places_simple");
    let mapping = "others = 'ignore'\n[fields]\nname = 'name'\n[constants]\nkind = 'other'";
    let (_, report) = read_table(path, Format::GeoPackage, Layer::Places, mapping, places).unwrap();
    assert_eq!((report.accepted, report.rejected), (243, 0));
}

#[test]
fn census_blocks_and_speeds_are_nobodys_numbers() {
    let mapping = "source_id = 'uid'\n[constants]\nkind = 'other'";
    let path = "crime-nyc-vehicle-theft/nyc_vehicle_thefts_2014_2015.csv.gz";
    let Some((_, report)) = read_table(path, Format::Csv, Layer::Places, mapping, None) else { return };
    assert_eq!((report.read, report.accepted), (19_047, 19_047), "{:?}", report.by_reason);
    let mapping = "[constants]\nkind = 'other'";
    let (_, report) = read_table("avl-austin/2015-09-06.csv.gz", Format::Csv, Layer::Places, mapping, None).unwrap();
    assert_eq!(report.read, 53_569);
    assert!(report.by_reason.keys().all(|reason| !reason.contains("number")), "{:?}", report.by_reason);
}
