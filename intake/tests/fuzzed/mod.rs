//! What is fuzzed, as one function: `fuzz/` calls it with what the fuzzer makes, `tests/seeds.rs` with what was kept.

use std::io::Cursor;

use intake::{Door, Encoding, Flow, Format, Input, IntakeError, Mapping, Options, ReadSeek, Report, Row, osm, read};
use spatial::Layer;

/// Every target; each is a file of `fuzz/fuzz_targets` and a folder of `fuzz/seeds`.
pub(crate) const TARGETS: [&str; 10] = [
    "csv",
    "flatgeobuf",
    "geojson",
    "geopackage",
    "mapping",
    "osm",
    "osm_block",
    "shapefile_parts",
    "shapefile_zip",
    "wkt",
];

/// Reads bytes as the target does.
///
/// # Panics
/// When a reader does, or when its report does not add up: that is what is looked for.
pub(crate) fn fuzzed(target: &str, bytes: &[u8]) {
    match target {
        "csv" => {
            // The first byte chooses encoding and delimiter.
            let Some((choice, text)) = bytes.split_first() else { return };
            let words = ["utf-8", "gb18030", "cp949", "utf-16le", "windows-1252"];
            let encoding = words.get(usize::from(choice >> 4)).and_then(|word| Encoding::from_name(word).ok());
            let delimiter = [b',', b';', b'\t', b'|'].get(usize::from(choice & 15)).copied();
            whole(Format::Csv, Layer::Cameras, text, |options| {
                options.encoding = encoding;
                options.delimiter = delimiter;
            });
        }
        "flatgeobuf" => whole(Format::FlatGeobuf, Layer::Land, bytes, |_| {}),
        "geojson" => whole(Format::GeoJson, Layer::Places, bytes, |_| {}),
        "geopackage" => whole(Format::GeoPackage, Layer::Land, bytes, |_| {}),
        "mapping" => {
            // A mapping that is understood is used.
            let table = "id,类型,x,y,online,name\n1,枪机,120,28,yes,a\n2,球机,\"120,5\",28,no,\n";
            if let Ok(mapping) = Mapping::parse(&String::from_utf8_lossy(bytes)) {
                let options = Options { mapping: Some(&mapping), ..options(Layer::Cameras) };
                let mut counts = Counts::default();
                let report = read(Format::Csv, Input::new(&mut Cursor::new(table)), &options, &mut counts.each());
                counts.hold(report);
            }
        }
        "osm" => {
            let mut counts = Counts::default();
            let report = osm(Cursor::new(bytes), &mut counts.each(), &mut |_| {});
            counts.hold(report);
        }
        "osm_block" => fuzzed("osm", &pbf(bytes)),
        "shapefile_parts" => parts(bytes),
        "shapefile_zip" => whole(Format::Shapefile, Layer::Land, bytes, |_| {}),
        "wkt" => {
            let mut table = b"id,kind,wkt\n1,park,\"".to_vec();
            table.extend(bytes.iter().map(|byte| if matches!(byte, b'"' | b'\n' | b'\r') { b' ' } else { *byte }));
            table.extend(b"\"\n");
            whole(Format::Csv, Layer::Land, &table, |_| {});
        }
        other => assert!(TARGETS.contains(&other), "no target {other}"),
    }
}

fn options(layer: Layer) -> Options<'static> {
    Options::new(layer, "fuzz", Door::WGS84)
}

/// A file that is whole in itself.
fn whole(format: Format, layer: Layer, bytes: &[u8], set: impl FnOnce(&mut Options<'_>)) {
    let mut options = options(layer);
    set(&mut options);
    let mut counts = Counts::default();
    let report = read(format, Input::new(&mut Cursor::new(bytes)), &options, &mut counts.each());
    counts.hold(report);
}

/// A `.shp` with its `.dbf`: two bytes (big-endian) say how long the first is. A zip's checksums would hide both.
fn parts(bytes: &[u8]) {
    let Some((length, rest)) = bytes.split_first_chunk::<2>() else { return };
    let (shp, dbf) = rest.split_at(usize::from(u16::from_be_bytes(*length)).min(rest.len()));
    let mut open = |ending: &str| -> std::io::Result<Option<Box<dyn ReadSeek + '_>>> {
        Ok((ending == "dbf").then(|| Box::new(Cursor::new(dbf)) as Box<dyn ReadSeek>))
    };
    let mut counts = Counts::default();
    let mut main = Cursor::new(shp);
    let input = Input::new(&mut main).beside(&mut open);
    let report = read(Format::Shapefile, input, &options(Layer::Land), &mut counts.each());
    counts.hold(report);
}

/// A file of OpenStreetMap with one block, stored as it is: compression would hide it from the fuzzer.
fn pbf(block: &[u8]) -> Vec<u8> {
    let field = |number: u8, content: &[u8]| {
        let mut bytes = vec![number << 3 | 2];
        let mut left = content.len();
        while left > 0x7f {
            bytes.push(u8::try_from(left & 0x7f).unwrap_or_default() | 0x80);
            left >>= 7;
        }
        bytes.push(u8::try_from(left).unwrap_or_default());
        bytes.extend(content);
        bytes
    };
    let blob = |kind: &[u8], content: &[u8]| {
        let blob = field(1, content);
        // Field 3 is a number: its size, as a varint of five bytes.
        let size = (0..5).map(|n| {
            let part = u8::try_from(blob.len() >> (7 * n) & 0x7f).unwrap_or_default();
            if n < 4 { part | 0x80 } else { part }
        });
        let header: Vec<u8> = field(1, kind).into_iter().chain([3 << 3]).chain(size).collect();
        let length = u32::try_from(header.len()).unwrap_or_default().to_be_bytes();
        [length.to_vec(), header, blob].concat()
    };
    let header = [field(4, b"OsmSchema-V0.6"), field(4, b"DenseNodes")].concat();
    [blob(b"OSMHeader", &header), blob(b"OSMData", block)].concat()
}

/// What was handed on.
#[derive(Default)]
struct Counts {
    good: u64,
    bad: u64,
}

impl Counts {
    fn each(&mut self) -> impl FnMut(Row) -> Flow {
        |row| {
            match row {
                Row::Good(_) => self.good += 1,
                Row::Bad(_) => self.bad += 1,
            }
            Flow::Continue(())
        }
    }

    /// The report says just what was handed on, and an error says something.
    fn hold(&self, report: Result<Report, IntakeError>) {
        match report {
            Ok(report) => assert_eq!((report.accepted, report.rejected), (self.good, self.bad)),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}
