//! Files that were cut, flipped or made to harm: told by name, place and reason; nothing half-written; the server lives.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tests::{EDITOR, Folder, Server, onemap, workspace};

/// A file, the format it claims to be, and where it should go.
struct Hostile {
    name: &'static str,
    format: &'static str,
    layer: &'static str,
    bytes: Vec<u8>,
}

fn hostile(name: &'static str, format: &'static str, layer: &'static str, bytes: impl Into<Vec<u8>>) -> Hostile {
    Hostile { name, format, layer, bytes: bytes.into() }
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(workspace().join("intake/tests/data").join(name)).expect("a file of the tests")
}

/// A zip with one stored file.
fn zip(name: &str, bytes: &[u8], claims: u32) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    let size = u32::try_from(bytes.len()).expect("a small file");
    let mut head = Vec::new();
    head.extend(20_u16.to_le_bytes());
    head.extend([0; 8]);
    head.extend(crc.sum().to_le_bytes());
    head.extend(size.to_le_bytes());
    head.extend(claims.to_le_bytes());
    head.extend(u16::try_from(name.len()).expect("a short name").to_le_bytes());
    head.extend([0, 0]);
    let mut out = b"PK\x03\x04".to_vec();
    out.extend(&head);
    out.extend(name.as_bytes());
    out.extend(bytes);
    let directory = u32::try_from(out.len()).expect("a small zip");
    out.extend(b"PK\x01\x02\x14\x00");
    out.extend(&head);
    out.extend([0; 14]);
    out.extend(name.as_bytes());
    let length = u32::try_from(out.len()).expect("a small zip") - directory;
    out.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    out.extend(length.to_le_bytes());
    out.extend(directory.to_le_bytes());
    out.extend([0, 0]);
    out
}

/// A zip with a `.shp` of 300 MB of nothing, deflated.
fn bomb() -> Vec<u8> {
    use std::io::Write;
    let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    let (mut crc, zeros) = (flate2::Crc::new(), vec![0_u8; 1_000_000]);
    let mut first = zeros.clone();
    first[..100].copy_from_slice(&shp(0, &[])[..100]);
    first[100..108].copy_from_slice(&[0, 0, 0, 1, 0x7f, 0xff, 0xff, 0xff]);
    for n in 0..300 {
        let part = if n == 0 { &first } else { &zeros };
        crc.update(part);
        packed.write_all(part).expect("memory takes it");
    }
    let packed = packed.finish().expect("memory takes it");
    let mut bytes = zip("a.shp", &packed, 300_000_000);
    // Method 8, and the checksum of what is inside, in both heads.
    let directory = bytes.windows(4).rposition(|four| four == b"PK\x01\x02").expect("a directory");
    for (method, sum) in [(8, 14), (directory + 10, directory + 16)] {
        bytes[method] = 8;
        bytes[sum..sum + 4].copy_from_slice(&crc.sum().to_le_bytes());
    }
    bytes
}

/// A `.shp` whose one record claims `words` of two bytes, and then `content`.
fn shp(words: i32, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 100];
    bytes[..4].copy_from_slice(&9994_i32.to_be_bytes());
    bytes[28..32].copy_from_slice(&1000_i32.to_le_bytes());
    bytes.extend(1_i32.to_be_bytes());
    bytes.extend(words.to_be_bytes());
    bytes.extend(content);
    bytes
}

fn all() -> Vec<Hostile> {
    let place = |lon: &str| {
        format!(
            r#"{{"type":"Feature","id":1,"geometry":{{"type":"Point","coordinates":[{lon},28]}},"properties":{{"kind":"school"}}}}"#
        )
    };
    let header = "id,lon,lat,kind\n";
    let mut four_gigabytes = b"fgb\x03fgb\x00".to_vec();
    four_gigabytes.extend(u32::MAX.to_le_bytes());
    let mut files = vec![
        hostile("empty.geojson", "geojson", "places", ""),
        hostile("blank.geojson", "geojson", "places", " \n\n"),
        hostile("empty.csv", "csv", "places", ""),
        hostile("empty.zip", "shapefile", "places", ""),
        hostile("empty.fgb", "flatgeobuf", "places", ""),
        hostile("empty.gpkg", "geopackage", "places", ""),
        hostile("header.csv", "csv", "places", header),
        hostile("nan.geojson", "geojson", "places", place("NaN")),
        hostile("nan.csv", "csv", "places", format!("{header}1,NaN,28,school\n")),
        hostile("huge.csv", "csv", "places", format!("{header}1,1e308,28,school\n2,120,-1e308,school\n")),
        hostile("huge.geojson", "geojson", "places", place("1e308")),
        hostile("beyond.geojson", "geojson", "places", place("-1e999")),
        hostile("deep.geojson", "geojson", "places", place(&"[".repeat(100_000))),
        hostile(
            "closed.geojson",
            "geojson",
            "places",
            place(&format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))),
        ),
        hostile("deep.csv", "csv", "land", format!("id,wkt\n1,\"{}\"\n", "GEOMETRYCOLLECTION(".repeat(100_000))),
        hostile(
            "mixed.csv",
            "csv",
            "places",
            [header.as_bytes(), b"1,120,28,school\n\xce\xc2,120,28,school\n"].concat(),
        ),
        hostile("gb.csv", "csv", "places", b"\xb1\xe0\xba\xc5,lon,lat\n1,120,28\n".to_vec()),
        hostile("sixteen.csv", "csv", "places", b"\xff\xfei\0d\0,\0".to_vec()),
        hostile("up.zip", "shapefile", "places", zip("../../etc/a.shp", &shp(10, &[0; 20]), 128)),
        hostile("letter.zip", "shapefile", "places", zip("a.txt", b"x", 1)),
        hostile("half.zip", "shapefile", "places", b"PK\x03\x04 and then nothing".to_vec()),
        hostile("bomb.zip", "shapefile", "places", bomb()),
        hostile("claims.shp", "shapefile", "places", shp(i32::MAX, &[0; 64])),
        hostile("claims.fgb", "flatgeobuf", "places", four_gigabytes),
        hostile("other.fgb", "flatgeobuf", "cameras", fixture("cameras.gpkg")),
        hostile("other.gpkg", "geopackage", "cameras", fixture("cameras.fgb")),
        hostile("other.pbf", "osm", "osm", fixture("cameras.fgb")),
    ];
    for (name, format, layer) in [
        ("cameras.zip", "shapefile", "cameras"),
        ("cameras.fgb", "flatgeobuf", "cameras"),
        ("cameras.gpkg", "geopackage", "cameras"),
    ] {
        let whole = fixture(name);
        for cut in [1, whole.len() / 3, whole.len() / 2, whole.len() - 1] {
            files.push(hostile(name, format, layer, &whole[..cut]));
        }
        // A xorshift generator flips a bit in every 64 bytes or so.
        let (mut flipped, mut state) = (whole, 571_u64);
        for byte in flipped.iter_mut().skip(12) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            *byte ^= u8::from(state.is_multiple_of(64)) << (state >> 32 & 7);
        }
        files.push(hostile(name, format, layer, flipped));
    }
    files
}

/// Rows of a layer, counted in what the command exports.
fn rows(data: &Path, layer: &str) -> usize {
    let out = onemap(&["export", layer, "--data", data.to_str().expect("a path that is text")]);
    if out.code != 0 {
        assert!(out.err.contains("holds no onemap data"), "{}", out.err);
        return 0;
    }
    let all: Value = serde_json::from_str(&out.out).expect("an export is JSON");
    all["features"].as_array().expect("features").len()
}

/// Files of others that are wrong, where they are at hand.
fn others() -> Vec<(PathBuf, Vec<u8>)> {
    let Some(data) = std::env::var_os("ONEMAP_TEST_DATA") else {
        return Vec::new();
    };
    let folder = PathBuf::from(data).join("geojson-suite/test/fixture/bad");
    let files = std::fs::read_dir(folder).expect("the folder of bad files").flatten().map(|entry| entry.path());
    let files: Vec<_> = files.filter(|path| path.extension().is_some_and(|ending| ending == "geojson")).collect();
    assert!(files.len() >= 40, "{}", files.len());
    files.into_iter().map(|path| (path.clone(), std::fs::read(path).expect("a file of the folder"))).collect()
}

#[test]
fn the_command_names_file_place_and_reason_and_writes_nothing_by_halves() {
    let (mut unreadable, mut told) = (0, 0);
    for Hostile { name, format, layer, bytes } in all() {
        let folder = Folder::new();
        let (file, data) = (folder.write(name, &bytes), folder.data());
        let mut words =
            vec!["import", layer, file.to_str().expect("a path that is text"), "--format", format, "--data"];
        words.push(data.to_str().expect("a path that is text"));
        if format != "osm" {
            words.extend(["--crs", "wgs84"]);
        }
        let finished = onemap(&words);
        let size = bytes.len();
        match finished.code {
            2 => {
                unreadable += 1;
                assert!(
                    finished.err.contains(name) || finished.out.starts_with("read 0"),
                    "{name} {size}: {}",
                    finished.err
                );
                assert_eq!(rows(&data, if layer == "osm" { "places" } else { layer }), 0, "{name} of {size} bytes");
            }
            0 => {
                told += 1;
                let said = &finished.out;
                let accepted = said.split("accepted ").nth(1).and_then(|rest| rest.split(',').next()?.parse().ok());
                assert_eq!(accepted, Some(rows(&data, layer)), "{name} of {size} bytes: {said}");
                let place = ["line ", "byte ", "in the middle of a row", "the header says", "bytes that are no"];
                assert!(place.iter().any(|place| said.contains(place)), "{name} of {size} bytes: {said}");
            }
            other => unreachable!("{name} of {size} bytes ends with {other}: {}", finished.err),
        }
    }
    assert!(unreadable >= 30 && told >= 5, "{unreadable} could not be read, {told} in parts");
}

#[test]
fn the_server_refuses_in_words_and_lives() {
    let mut server = Server::demo();
    let editor = server.login(EDITOR);
    let count = |layer: &str| {
        editor.get(&format!("/ogc/collections/{layer}/items?limit=1")).ok()["numberMatched"].as_u64().expect("a number")
    };
    let bad = others();
    let bad = bad.iter().map(|(path, bytes)| {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name that is text");
        (name.to_owned(), "geojson", "places", bytes.clone())
    });
    let own = all().into_iter().map(|file| (file.name.to_owned(), file.format, file.layer, file.bytes));
    let (mut refused, mut told) = (0, 0);
    for (n, (name, format, layer, bytes)) in own.chain(bad).enumerate() {
        let counted = if layer == "osm" { "places" } else { layer };
        let before = count(counted);
        let place = if format == "osm" { String::new() } else { format!("&layer={layer}&crs=wgs84") };
        let path = format!("/api/v1/imports?format={format}&source=hostile-{n}&name={name}{place}");
        let answer = editor.send("POST", &path, "application/octet-stream", &bytes);
        if answer.status >= 400 {
            refused += 1;
            answer.refused(if answer.status == 422 { 422 } else { 400 });
            assert!(bytes.is_empty() || answer.text().contains(&name), "{name}: {}", answer.text());
            assert_eq!(count(counted), before, "{name}");
            continue;
        }
        told += 1;
        let report = answer.ok();
        let accepted = report["accepted"].as_u64().expect("a number");
        assert_eq!(count(counted), before + accepted, "{name}: {report}");
        let named = report["errors"].as_array().expect("errors").iter();
        let named = named.filter(|row| row["line"].is_u64() || row["offset"].is_u64()).count() as u64;
        assert!(named == report["rejected"].as_u64().unwrap_or_default().min(1_000), "{name}: {report}");
    }
    println!("{refused} refused whole, {told} told row by row");
    assert!(refused >= 30 && told >= 20, "{refused} refused, {told} told");
    assert!(server.is_alive());
}
