//! Small files of every format, written by GDAL (see `data/README.md`), read through the one door.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::io::Cursor;

use intake::{Door, Flow, Format, Input, Mapping, Options, Report, Row, read};
use spatial::crs::Crs;
use spatial::{Feature, Layer};

const CAMERAS: [(Format, &[u8]); 3] = [
    (Format::Shapefile, include_bytes!("data/cameras.zip")),
    (Format::FlatGeobuf, include_bytes!("data/cameras.fgb")),
    (Format::GeoPackage, include_bytes!("data/cameras.gpkg")),
];
const LAND: [(Format, &[u8]); 3] = [
    (Format::Shapefile, include_bytes!("data/land.zip")),
    (Format::FlatGeobuf, include_bytes!("data/land.fgb")),
    (Format::GeoPackage, include_bytes!("data/land.gpkg")),
];

fn take(format: Format, bytes: &[u8], options: &Options<'_>) -> (Vec<Feature>, Report) {
    let mut good = Vec::new();
    let mut input = Cursor::new(bytes);
    let report = read(format, Input::new(&mut input), options, &mut |row| {
        if let Row::Good(feature) = row {
            good.push(feature);
        }
        Flow::Continue(())
    });
    (good, report.unwrap())
}

fn in_system<T>(name: &str, work: impl FnOnce(Door<'_>) -> T) -> T {
    let crs = Crs::from_name(name).unwrap();
    let to_wgs84 = |x: f64, y: f64| crs.to_wgs84(x, y).map_err(|error| error.to_string());
    work(Door { crs: name, to_wgs84: &to_wgs84 })
}

fn words(feature: &Feature) -> String {
    let properties: Vec<String> = feature.properties().iter().map(|(n, v)| format!("{n}={v}")).collect();
    format!("{} {}", feature.key.source_id, properties.join(" "))
}

#[test]
fn the_same_cameras_come_out_of_every_format() {
    for (format, bytes) in CAMERAS {
        let (good, report) = take(format, bytes, &Options::new(Layer::Cameras, "police", Door::WGS84));
        assert_eq!((report.accepted, report.rejected, report.truncated), (4, 0, false), "{format:?} {report:?}");
        assert_eq!(report.suspicions, [], "{format:?}");
        let mut said: Vec<String> = good.iter().map(words).collect();
        // A FlatGeobuf with an index is in the order of the index.
        said.sort();
        let expect = [
            "C1 name=一号杆 kind=fixed height_m=4.5 online=true",
            "C2 name=二号杆 kind=ptz height_m=6 online=false",
            "C3 name=三号杆 kind=dome online=true",
            "C4 kind=dome height_m=3.25 online=true",
        ];
        assert_eq!(said, expect, "{format:?}");
        let first = good.iter().find(|f| f.key.source_id == "C1").unwrap();
        assert_eq!(first.geometry, geo::Point::new(120.6555, 28.015).into());
    }
}

#[test]
fn the_same_land_comes_out_of_every_format_and_system() {
    use geo::Area;
    for (format, bytes) in LAND {
        let (good, report) =
            in_system("epsg:4549", |door| take(format, bytes, &Options::new(Layer::Land, "plan", door)));
        assert_eq!((report.accepted, report.rejected), (2, 0), "{format:?} {report:?}");
        assert_eq!((&report.suspicions[..], report.repaired), (&[][..], 0), "{format:?} {:?}", report.repairs);
        for (id, degrees, parts) in
            [("L1", 0.01 * 0.01 - 0.002 * 0.002, 1), ("L2", 2.0 * 0.01 * 0.01 - 0.002 * 0.002, 2)]
        {
            let land = good.iter().find(|f| f.key.source_id == id).unwrap();
            let area = land.geometry.unsigned_area();
            assert!((area - degrees).abs() < 1e-9, "{format:?} {id}: {area}");
            let several = if let geo::Geometry::MultiPolygon(polygons) = &land.geometry { polygons.0.len() } else { 1 };
            assert_eq!(several, parts, "{format:?} {id}");
        }
    }
}

#[test]
fn a_file_that_says_another_system_is_suspected_and_not_corrected() {
    for (format, bytes) in CAMERAS {
        let (good, report) = in_system("gcj02", |door| take(format, bytes, &Options::new(Layer::Cameras, "p", door)));
        let codes: Vec<&str> = report.suspicions.iter().map(|s| s.code.word()).collect();
        assert_eq!(codes, ["crs_disagrees"], "{format:?}");
        let first = good.iter().find(|f| f.key.source_id == "C1").unwrap().position().unwrap();
        assert!((first.lon() - 120.6515).abs() < 2e-4, "{format:?} {first:?}: read as declared");
    }
    for (format, bytes) in LAND {
        let (_, report) = take(format, bytes, &Options::new(Layer::Land, "p", Door::WGS84));
        let codes: Vec<&str> = report.suspicions.iter().map(|s| s.code.word()).collect();
        assert_eq!((report.accepted, &codes[..]), (0, &["crs_disagrees", "metres_as_degrees"][..]), "{format:?}");
        let (_, report) = in_system("epsg:4528", |door| take(format, bytes, &Options::new(Layer::Land, "p", door)));
        assert_eq!(report.suspicions[1].code.word(), "zone_prefix_missing", "{format:?}");
    }
}

#[test]
fn roads_of_one_and_of_several_lines() {
    let options = Options::new(Layer::Roads, "r", Door::WGS84);
    let (good, report) = take(Format::Shapefile, include_bytes!("data/roads.zip"), &options);
    assert_eq!((report.accepted, report.rejected), (2, 0), "{report:?}");
    assert!(matches!(good[0].geometry, geo::Geometry::LineString(_)));
    assert!(matches!(&good[1].geometry, geo::Geometry::MultiLineString(lines) if lines.0.len() == 2));
}

#[test]
fn a_bare_shapefile_finds_its_parts_beside_it() {
    let mut zip = zip::ZipArchive::new(Cursor::new(&include_bytes!("data/cameras.zip")[..])).unwrap();
    let mut part = |name: &str| {
        let mut bytes = Vec::new();
        zip.by_name(name).map(|mut file| std::io::Read::read_to_end(&mut file, &mut bytes).unwrap()).unwrap();
        bytes
    };
    let (shp, dbf, cpg) = (part("cameras.shp"), part("cameras.dbf"), part("cameras.cpg"));
    let read_with = |has: &[&str], encoding: Option<&str>| {
        let mut open = |ending: &str| -> std::io::Result<Option<Box<dyn intake::ReadSeek>>> {
            let bytes = if ending == "dbf" { dbf.clone() } else { cpg.clone() };
            Ok(has.contains(&ending).then(|| Box::new(Cursor::new(bytes)) as Box<dyn intake::ReadSeek>))
        };
        let encoding = encoding.map(|name| intake::Encoding::from_name(name).unwrap());
        let options = Options { encoding, ..Options::new(Layer::Cameras, "p", Door::WGS84) };
        let (mut input, mut names, mut farthest) = (Cursor::new(&shp[..]), Vec::new(), 0);
        let mut tell = |bytes| farthest = bytes;
        let input = Input::new(&mut input).beside(&mut open).progress(&mut tell);
        let report = read(Format::Shapefile, input, &options, &mut |row| {
            if let Row::Good(feature) = row {
                names.push(feature.properties().get("name").map(ToString::to_string).unwrap_or_default());
            }
            Flow::Continue(())
        });
        assert_eq!(farthest, shp.len() as u64);
        (names.join(" "), report.unwrap())
    };
    assert_eq!(read_with(&["dbf", "cpg"], None).0, "一号杆 二号杆 三号杆 ");
    assert_eq!(read_with(&["dbf"], Some("gb18030")).0, "一号杆 二号杆 三号杆 ");
    let (_, as_utf8) = read_with(&["dbf", "cpg"], Some("utf-8"));
    assert_eq!((as_utf8.accepted, as_utf8.rejected), (1, 3));
    assert!(as_utf8.rejects[0].reason.contains("column \"name\" holds bytes that are no UTF-8"), "{as_utf8:?}");
    assert_eq!(as_utf8.rejects[0].offset, Some(100));
    let (_, alone) = read_with(&[], None);
    assert!(alone.accepted == 0 && alone.notes.iter().any(|note| note.contains("no .dbf")), "{alone:?}");
    // A table that is longer than the shapes is said, and its last row is nobody's.
    let mut short = shp[..shp.len() - 28].to_vec();
    let words = u32::try_from(short.len() / 2).unwrap();
    short[24..28].copy_from_slice(&words.to_be_bytes());
    let mut table = |_: &str| Ok(Some(Box::new(Cursor::new(dbf.clone())) as Box<dyn intake::ReadSeek>));
    let options = Options {
        encoding: Some(intake::Encoding::from_name("gb18030").unwrap()),
        ..Options::new(Layer::Cameras, "p", Door::WGS84)
    };
    let mut input = Cursor::new(&short[..]);
    let input = Input::new(&mut input).beside(&mut table);
    let report = read(Format::Shapefile, input, &options, &mut |_| Flow::Continue(())).unwrap();
    let left = "rows of the table (.dbf) without a shape, left out: 1";
    assert!(report.notes.iter().any(|note| note == left), "{:?}", report.notes);
    assert!(!as_utf8.notes.iter().any(|note| note.contains("without a shape")));
}

#[test]
fn a_mapping_works_on_every_table() {
    let mapping = Mapping::parse(
        "others = 'ignore'\nsource_id = 'name'\n[fields]\nkind = { column = 'kind', words = { fixed = 'ptz' }, otherwise = 'dome' }\n[constants]\nonline = true",
    )
    .unwrap();
    for (format, bytes) in CAMERAS {
        let options = Options { mapping: Some(&mapping), ..Options::new(Layer::Cameras, "p", Door::WGS84) };
        let (good, _) = take(format, bytes, &options);
        let first = good.iter().find(|f| f.key.source_id == "一号杆").unwrap();
        assert_eq!(words(first), "一号杆 kind=ptz online=true", "{format:?}");
    }
}

#[test]
fn a_messy_table_becomes_a_clean_layer() {
    let mapping = Mapping::parse(include_str!("data/messy.toml")).unwrap();
    let (good, report) = in_system("gcj02", |door| {
        let area = spatial::Bounds::new(120.0, 27.0, 121.5, 28.7);
        let options = Options { mapping: Some(&mapping), area, ..Options::new(Layer::Cameras, "lucheng", door) };
        take(Format::Csv, include_bytes!("data/messy.csv"), &options)
    });
    let said: Vec<String> = good.iter().map(words).collect();
    assert_eq!(
        said,
        [
            "LC-001 name=公园路口 kind=fixed height_m=6.5 online=true owner_unit=示范区公安 retention_days=30 address=五马街道公园路100号",
            "LC-002 name=解放街口,北侧 kind=ptz online=false owner_unit=示范区公安 retention_days=30 address=五马街道解放街",
            "LC-006 name=码头 kind=dome online=true owner_unit=示范区公安 retention_days=30 address=江滨路",
        ]
    );
    let rejected: Vec<String> = report
        .rejects
        .iter()
        .map(|r| format!("{} {}: {}", r.line.unwrap(), r.id.as_deref().unwrap_or("?"), r.reason))
        .collect();
    assert_eq!(
        rejected,
        [
            "4 LC-003: latitude 120.6641 is impossible while longitude 28.0131 would be a latitude: longitude comes first",
            "5 LC-001: has the id of line 2",
            "6 LC-004: the mapping of \"kind\" has no word for \"鱼眼\" (it has 半球, 枪机, 球机)",
            "7 LC-005: the row has no coordinates",
            "9 ?: has 8 cells, and the header has 10",
            "10 LC-007: longitude and latitude are both 0, the mark of a device without a fix",
        ]
    );
    let codes: Vec<&str> = report.suspicions.iter().map(|s| s.code.word()).collect();
    assert_eq!(codes, ["axes_swapped", "null_island"]);
    // The page about data prints this very report.
    let page = include_str!("../../docs/data.md");
    for line in rejected.iter().chain(report.suspicions.iter().map(|s| &s.words)) {
        assert!(page.contains(line), "{line}");
    }
    assert_eq!((report.read, report.accepted, report.rejected), (9, 3, 6));
}

#[test]
fn options_that_do_nothing_are_refused() {
    let refuse = |format: Format, change: &dyn Fn(&mut Options<'_>)| {
        let mut options = Options::new(Layer::Cameras, "p", Door::WGS84);
        change(&mut options);
        read(format, Input::new(&mut Cursor::new(b"x")), &options, &mut |_| Flow::Continue(())).unwrap_err().to_string()
    };
    assert!(refuse(Format::GeoJson, &|o| o.delimiter = Some(b';')).ends_with("geojson files take no delimiter"));
    assert!(refuse(Format::FlatGeobuf, &|o| o.encoding = Some(intake::Encoding::UTF_8)).ends_with("take no encoding"));
    assert!(refuse(Format::Csv, &|o| o.table = Some("t")).ends_with("csv files take no table"));
    assert!(refuse(Format::Csv, &|o| o.layer = Layer::Units).ends_with("layer units takes no features"));
}

#[test]
fn a_mapping_works_on_geojson_too() {
    let text = r#"{"type":"Feature","geometry":{"type":"Point","coordinates":[120.6,28]},"properties":{"nr":7,"art":"枪机","tel":[1],"ort":"x"}}"#;
    let with = |mapping: &str| {
        let mapping = Mapping::parse(mapping).unwrap();
        let options = Options { mapping: Some(&mapping), ..Options::new(Layer::Cameras, "p", Door::WGS84) };
        let (good, report) = take(Format::GeoJson, text.as_bytes(), &options);
        let rows = good.iter().map(words).chain(report.rejects.iter().map(|bad| bad.reason.clone()));
        (rows.collect::<Vec<_>>().join("; "), report.notes.join("; "))
    };
    let kind = "kind = { column = 'art', words = { '枪机' = 'fixed' } }";
    let all =
        format!("source_id = 'nr'\nignore = ['tel']\n[fields]\n{kind}\n[bag]\nat = 'ort'\n[constants]\nonline = true");
    assert_eq!(with(&all), ("7 kind=fixed online=true at=x".to_owned(), String::new()));
    let refuse = format!("others = 'refuse'\nsource_id = 'nr'\nignore = ['tel']\n[fields]\n{kind}");
    assert_eq!(with(&refuse).0, "the mapping does not name the property \"ort\"");
    let typo = format!("source_id = 'nr'\nignore = ['tel', 'phon']\n[fields]\n{kind}");
    assert_eq!(with(&typo).1, "the mapping names the property \"phon\", and no row has it");
    let mapping = Mapping::parse("[geometry]\nlon = 'x'\nlat = 'y'").unwrap();
    let options = Options { mapping: Some(&mapping), ..Options::new(Layer::Cameras, "p", Door::WGS84) };
    let error = read(Format::GeoJson, Input::new(&mut Cursor::new(text)), &options, &mut |_| Flow::Continue(()));
    assert!(error.unwrap_err().to_string().contains("leave it out"));
}

#[test]
fn the_same_camera_in_another_system_is_the_same_place() {
    let place = (120.655_512_31, 28.015_045_67);
    for system in ["epsg:4549", "epsg:4528", "epsg:32651"] {
        let (x, y) = Crs::from_name(system).unwrap().from_wgs84(place.0, place.1).unwrap();
        let text = format!("id,x,y,kind\n1,{x},{y},dome\n");
        let (good, _) =
            in_system(system, |door| take(Format::Csv, text.as_bytes(), &Options::new(Layer::Cameras, "p", door)));
        let at = good[0].position().unwrap();
        assert_eq!((at.lon(), at.lat()), place, "{system}");
    }
}

#[test]
fn a_flag_of_the_bag_survives_a_table() {
    let text = "id,lon,lat,kind,kind_assumed,level\n1,120,28,dome,true,7\n";
    let (good, _) = take(Format::Csv, text.as_bytes(), &Options::new(Layer::Cameras, "p", Door::WGS84));
    assert_eq!(good[0].properties().get("kind_assumed"), Some(&spatial::Value::Bool(true)));
    assert_eq!(good[0].properties().get("level"), Some(&spatial::Value::Text("7".to_owned())));
}
