//! Files that were cut, flipped, or made to harm: an error or rows, never a panic, never more memory than is there.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::io::{Cursor, Write};

use intake::{Door, Flow, Format, Input, Options, Report, Row, read};
use proptest::prelude::*;
use spatial::Layer;

const FILES: [(Format, Layer, &[u8]); 9] = [
    (Format::Shapefile, Layer::Cameras, include_bytes!("data/cameras.zip")),
    (Format::Shapefile, Layer::Land, include_bytes!("data/land.zip")),
    (Format::Shapefile, Layer::Roads, include_bytes!("data/roads.zip")),
    (Format::FlatGeobuf, Layer::Cameras, include_bytes!("data/cameras.fgb")),
    (Format::FlatGeobuf, Layer::Land, include_bytes!("data/land.fgb")),
    (Format::GeoPackage, Layer::Cameras, include_bytes!("data/cameras.gpkg")),
    (Format::GeoPackage, Layer::Land, include_bytes!("data/land.gpkg")),
    (Format::Csv, Layer::Cameras, "id,kind,online,wkt\n1,dome,yes,POINT(120 28)\n2,ptz,\"no\",\"POINT(121 28)\"\n".as_bytes()),
    (Format::GeoJson, Layer::Places, br#"{"type":"FeatureCollection","features":[{"type":"Feature","id":1,"geometry":{"type":"Point","coordinates":[120,28]},"properties":{"kind":"school"}}]}"#),
];

/// Reads, and holds the report to what was handed on.
fn harmless(format: Format, layer: Layer, bytes: &[u8]) -> Option<Report> {
    let (mut good, mut bad) = (0, 0);
    let shift = |x: f64, y: f64| Ok((x, y));
    // Land is in metres: let it through as far as it goes.
    let metres = |x: f64, y: f64| Ok((x / 1e5, y / 1e5));
    let door = Door { crs: "test", to_wgs84: if layer == Layer::Land { &metres } else { &shift } };
    let mut input = Cursor::new(bytes);
    let report = read(format, Input::new(&mut input), &Options::new(layer, "t", door), &mut |row| {
        match row {
            Row::Good(_) => good += 1,
            Row::Bad(_) => bad += 1,
        }
        Flow::Continue(())
    });
    let report = report.ok()?;
    assert_eq!((report.accepted, report.rejected), (good, bad));
    Some(report)
}

#[test]
fn every_cut_of_every_format_gives_rows_or_an_error() {
    for (format, layer, bytes) in FILES {
        let whole = harmless(format, layer, bytes).unwrap();
        assert!(whole.accepted > 0, "{format:?} {layer:?}");
        // The large ones are cut near pages and at every 97th byte.
        let step = if bytes.len() > 10_000 { 97 } else { 1 };
        for end in (0..bytes.len()).step_by(step) {
            if let Some(report) = harmless(format, layer, &bytes[..end]) {
                assert!(report.accepted <= whole.accepted, "{format:?} cut at {end}");
            }
        }
    }
}

#[test]
fn empty_files_say_that_they_are() {
    for format in [Format::GeoJson, Format::Csv, Format::Shapefile, Format::FlatGeobuf, Format::GeoPackage] {
        let options = Options::new(Layer::Cameras, "t", Door::WGS84);
        let error = read(format, Input::new(&mut Cursor::new(b"")), &options, &mut |_| Flow::Continue(())).unwrap_err();
        assert_eq!(error.to_string(), "read the file: it is empty", "{format:?}");
    }
}

fn error(format: Format, bytes: &[u8]) -> String {
    let options = Options::new(Layer::Cameras, "t", Door::WGS84);
    read(format, Input::new(&mut Cursor::new(bytes)), &options, &mut |_| Flow::Continue(())).unwrap_err().to_string()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for (name, bytes) in files {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
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

#[test]
fn zips_that_harm_are_refused() {
    let up = zip(&[("../../etc/a.shp", &shp(10, &[0; 20]))]);
    assert!(
        error(Format::Shapefile, &up).contains("a path that leaves its folder"),
        "{}",
        error(Format::Shapefile, &up)
    );
    assert!(error(Format::Shapefile, &zip(&[("a.txt", b"x")])).contains("holds no .shp"));
    let two = zip(&[("a.shp", b"x"), ("b.shp", b"x")]);
    assert!(error(Format::Shapefile, &two).contains("say which of a, b"));
    assert!(error(Format::Shapefile, b"PK\x03\x04 and then nothing").contains("its zip cannot be read"));
    // 300 MB of nothing in 300 kB: a record that claims 4 GB is skipped byte by byte until the zip is seen through.
    let mut bomb = shp(i32::MAX, &[]);
    bomb.resize(300_000_000, 0);
    let bomb = zip(&[("a.shp", &bomb)]);
    assert!(bomb.len() < 400_000);
    assert!(error(Format::Shapefile, &bomb).contains("unpacks to more than 200 times its size"));
}

#[test]
fn claims_of_four_gigabytes_cost_nothing() {
    let report = harmless(Format::Shapefile, Layer::Cameras, &shp(i32::MAX, &[0; 64])).unwrap();
    assert!(report.truncated && report.rejects[0].reason.contains("larger than the file"), "{report:?}");
    let report = harmless(Format::Shapefile, Layer::Cameras, &shp(-1, &[0; 64])).unwrap();
    assert!(report.truncated && report.rejects[0].reason.contains("negative"));
    // A multi-point of two thousand million points.
    let mut many = vec![8, 0, 0, 0];
    many.extend([0; 32]);
    many.extend(i32::MAX.to_le_bytes());
    let report = harmless(Format::Shapefile, Layer::Cameras, &shp(20, &many)).unwrap();
    assert_eq!(report.rejects[0].reason, "the geometry has more than 200000 vertices");

    let mut header = b"fgb\x03fgb\x00".to_vec();
    header.extend(u32::MAX.to_le_bytes());
    assert!(error(Format::FlatGeobuf, &header).contains("claims to be larger than 10 MiB"));
    let whole = include_bytes!("data/land.fgb");
    // A feature's length of 4 GB after the header (this file has no index).
    let header = 8 + 4 + usize::try_from(u32::from_le_bytes(whole[8..12].try_into().unwrap())).unwrap();
    let mut feature = whole[..header].to_vec();
    feature.extend(u32::MAX.to_le_bytes());
    feature.extend([0; 100]);
    let report = harmless(Format::FlatGeobuf, Layer::Land, &feature).unwrap();
    assert!(report.truncated && report.rejects[0].reason.contains("larger than the file"), "{report:?}");
}

#[test]
fn tables_of_text_that_harm() {
    let report = |text: &[u8]| harmless(Format::Csv, Layer::Cameras, text);
    let open = report(b"id,kind,online,lon,lat\n1,dome,yes,120,28\n2,\"dome,yes,121,28\n3,dome,yes,122,28\n").unwrap();
    assert!(
        open.truncated && open.accepted == 1 && open.notes.iter().any(|note| note.contains("quotes is odd")),
        "{open:?}"
    );
    let mut endless = b"id,kind,online,lon,lat\n1,\"".to_vec();
    endless.resize(33 * 1024 * 1024 + 100_000, b'x');
    assert!(error(Format::Csv, &endless).contains("larger than 32 MiB"));
    let numbers =
        b"id,kind,online,lon,lat\n1,dome,yes,NaN,28\n2,dome,yes,1e308,28\n3,dome,yes,-inf,28\n4,dome,yes,120,-1e308\n";
    assert_eq!(report(numbers).unwrap().rejected, 4);
    let mixed = b"id,kind,online,lon,lat,name\n1,dome,yes,120,28,\xce\xc2\n2,dome,yes,120,28,\xe6\xb8\xa9\n";
    let mixed = report(mixed).unwrap();
    assert_eq!((mixed.accepted, mixed.rejects[0].line), (1, Some(2)));
    assert_eq!(mixed.rejects[0].reason, "holds bytes that are no UTF-8: is another encoding meant?");
    assert!(error(Format::Csv, b"\xff\xfei\0d\0,\0").contains("read the file as UTF-8"));
    assert!(error(Format::Csv, b"\xce\xc2,lon,lat\n").contains("name the encoding"));
    let wide = format!("{}\n", ",x".repeat(5_000));
    assert!(error(Format::Csv, wide.as_bytes()).contains("more than 2000 columns"));
    let deep = format!("id,wkt\n1,\"{}\"\n", "GEOMETRYCOLLECTION(".repeat(100_000));
    assert_eq!(report(deep.as_bytes()).unwrap().rejected, 1);
    let deep = format!("{{\"type\":\"Feature\",\"geometry\":{}", "[".repeat(100_000));
    assert!(harmless(Format::GeoJson, Layer::Places, deep.as_bytes()).is_none_or(|report| report.accepted == 0));
}

#[test]
fn pages_in_a_circle_end() {
    let mut bytes = include_bytes!("data/land.gpkg").to_vec();
    // Every leaf of a table becomes an inner page whose every pointer is page 2.
    for page in (0..bytes.len()).step_by(4096).skip(1) {
        if bytes[page] == 13 {
            bytes[page] = 5;
            for at in (page + 8..page + 4096).step_by(4) {
                bytes[at..at + 4].copy_from_slice(&2_u32.to_be_bytes());
            }
        }
    }
    assert!(harmless(Format::GeoPackage, Layer::Land, &bytes).is_none_or(|report| report.accepted == 0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn flipped_bits_never_panic(
        which in 0..FILES.len(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), 0..8_u8), 1..6),
    ) {
        let (format, layer, bytes) = FILES[which];
        let mut bytes = bytes.to_vec();
        for (at, bit) in flips {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        let _ = harmless(format, layer, &bytes);
    }

    #[test]
    fn numbers_put_anywhere_never_panic(
        which in 0..FILES.len(),
        at in any::<prop::sample::Index>(),
        number in prop::sample::select(vec![0_u32, 1, 2, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x0d00_0000, 0x0500_0000]),
        big in any::<bool>(),
    ) {
        let (format, layer, bytes) = FILES[which];
        let mut bytes = bytes.to_vec();
        let at = at.index(bytes.len() - 4);
        let number = if big { number.to_be_bytes() } else { number.to_le_bytes() };
        bytes[at..at + 4].copy_from_slice(&number);
        let _ = harmless(format, layer, &bytes);
    }

    #[test]
    fn any_bytes_after_a_true_beginning_never_panic(
        which in 0..FILES.len(), keep in 0..200_usize, tail in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let (format, layer, bytes) = FILES[which];
        let mut bytes = bytes[..keep.min(bytes.len())].to_vec();
        bytes.extend(tail);
        let _ = harmless(format, layer, &bytes);
    }
}
