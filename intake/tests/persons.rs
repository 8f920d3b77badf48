//! What belongs to one person is refused, and the report about it does not keep what the registry does not.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::io::Cursor;

use intake::{Door, Flow, Format, Input, IntakeError, Mapping, Options, Report, read};
use spatial::Layer;

fn take(format: Format, text: &str, layer: Layer, mapping: Option<&str>) -> Result<Report, IntakeError> {
    let mapping = mapping.map(|text| Mapping::parse(text).unwrap());
    let options = Options { mapping: mapping.as_ref(), ..Options::new(layer, "t", Door::WGS84) };
    let mut input = Cursor::new(text.as_bytes());
    read(format, Input::new(&mut input), &options, &mut |_| Flow::Continue(()))
}

fn csv(text: &str) -> Report {
    take(Format::Csv, text, Layer::Cameras, None).unwrap()
}

/// All that a report says of rows, in one text.
fn said(report: &Report) -> String {
    let rows = report.rejects.iter().map(|row| format!("{:?} {}", row.id, row.reason));
    let groups = report.by_reason.keys().cloned();
    let repairs = report.repairs.iter().map(|row| format!("{} {}", row.id, row.what));
    rows.chain(groups).chain(repairs).chain(report.notes.iter().cloned()).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_report_does_not_keep_what_a_person_is_known_by() {
    let report = csv("id,lon,lat,kind,azimuth_deg,name\n\
         11010519491231002X,120.6,28.0,fixed,,\n\
         13800138000,120.6,28.0,fixed,,\n\
         浙C12345,120.6,28.0,fixed,,\n\
         7,120.6,28.0,13800138000,,\n\
         8,120.6,28.0,fixed,见11010519491231002X,\n\
         9,13800138000,28.0,fixed,,\n\
         10,120.6,28.0,fixed,,夜间请打 138-0013-8000\n\
         11,120.6,28.0,wang@example.com,,\n");
    assert_eq!((report.accepted, report.rejected), (0, 8), "{report:?}");
    let said = said(&report);
    for part in ["11010519491231002", "13800138000", "1380013", "138-0013", "12345", "wang@"] {
        assert!(!said.contains(part), "{part} is in the report:\n{said}");
    }
    assert_eq!(report.rejects[0].id.as_deref(), Some("•••"));
    assert_eq!(report.rejects[3].reason, "property \"kind\" must be one of fixed, ptz, dome, got •••");
    assert_eq!(report.rejects[3].id.as_deref(), Some("7"), "an id that is none of these stays");
}

#[test]
fn the_id_of_a_row_about_a_person_may_be_a_name() {
    let text = "id,lon,lat,kind,民族\n张三丰,120.6,28.0,fixed,汉\nLC-1,120.6,28.0,fixed,汉\n李四,120.6,28.0,round,\n";
    let report = csv(text);
    let ids: Vec<_> = report.rejects.iter().map(|row| row.id.clone().unwrap_or_default()).collect();
    assert_eq!(ids, ["•••", "LC-1", "李四"]);
}

#[test]
fn what_is_quoted_is_short_and_moves_no_cursor() {
    let report = csv(&format!(
        "id,lon,lat,kind\na\u{1b}[2J,120.6,28.0,fixed\n2,1e308,28.0,fixed\n3,120.6,28.0,\u{1b}[31m{}\n",
        "长".repeat(300)
    ));
    assert_eq!(report.rejected, 3, "{report:?}");
    let said = said(&report);
    assert!(!said.contains('\u{1b}') && said.contains('␛') && said.contains("1e308"), "{said}");
    assert!(report.rejects.iter().all(|row| row.reason.chars().count() < 250), "{said}");
}

#[test]
fn a_file_without_a_header_tells_no_cell_of_its_first_line() {
    let missing = "the header line of the file seems to be missing";
    for (text, mapping) in [
        ("张三,11010519491231002X,13800138000\n李四,110105194912310021,13900139000\n", None),
        ("张三,13800001234,120.65,公园路1号2单元301室,28.01\n", None),
        ("张三,男,公园路1号2单元301室\n", None),
        ("张三,男,35\n", Some("source_id = '编号'")),
        ("张三,公园路,35,公园路\n", None),
        ("张三,35,120.65,28.01\n", Some("others = 'refuse'\n[geometry]\nlon = '120.65'\nlat = '28.01'")),
    ] {
        let said = take(Format::Csv, text, Layer::Places, mapping).unwrap_err().to_string();
        assert!(said.contains(missing), "{said}");
        for cell in ["张三", "公园路", "301", "1101051949", "138", "男", "35,", "•"] {
            assert!(!said.contains(cell), "{cell} is told: {said}");
        }
    }
    let said = take(Format::Csv, "id,名称,经度\n1,张三,120.65\n", Layer::Places, None).unwrap_err().to_string();
    assert!(said.contains("the file has id, 名称, 经度"), "{said}");
}

/// The bytes with one name for another of as many bytes.
fn renamed(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let (mut bytes, mut at) = (bytes.to_vec(), 0);
    while let Some(part) = bytes.get_mut(at..at + from.len()) {
        if part == from {
            part.copy_from_slice(to);
        }
        at += 1;
    }
    bytes
}

#[test]
fn the_name_of_a_table_is_masked_where_one_is_asked_for() {
    for (format, bytes) in [
        (Format::GeoPackage, &include_bytes!("data/cameras.gpkg")[..]),
        (Format::Shapefile, &include_bytes!("data/cameras.zip")[..]),
    ] {
        let asked = |bytes: &[u8], table: &str| {
            let options = Options { table: Some(table), ..Options::new(Layer::Cameras, "t", Door::WGS84) };
            let mut input = Cursor::new(bytes);
            let read = read(format, Input::new(&mut input), &options, &mut |_| Flow::Continue(()));
            read.map(|report| report.read).map_err(|error| error.to_string())
        };
        assert!(asked(bytes, "none").unwrap_err().contains("say which of cameras"), "{format:?}");
        let bytes = renamed(bytes, b"cameras", b"z@qq.cn");
        let said = asked(&bytes, "none").unwrap_err();
        assert!(said.contains("say which of •••") && !said.contains("qq.cn"), "{said}");
        assert!(asked(&bytes, "z@qq.cn").unwrap() > 0, "{format:?}: the name still asks for it");
    }
}

/// The bare parts of a shapefile of cameras, with another name for its column `name`.
fn shapefile(column: &[u8], mapping: Option<&str>) -> Result<Report, IntakeError> {
    let mut zip = zip::ZipArchive::new(Cursor::new(&include_bytes!("data/cameras.zip")[..])).unwrap();
    let mut part = |name: &str| {
        let mut bytes = Vec::new();
        zip.by_name(name).map(|mut file| std::io::Read::read_to_end(&mut file, &mut bytes).unwrap()).unwrap();
        bytes
    };
    let (shp, mut dbf) = (part("cameras.shp"), part("cameras.dbf"));
    // The second column: 32 bytes of the table, 32 of the first column.
    dbf[64..75].fill(0);
    dbf[64..64 + column.len()].copy_from_slice(column);
    // Its values were in GBK.
    let length = |at: usize| usize::from(u16::from_le_bytes([dbf[at], dbf[at + 1]]));
    let (header, record) = (length(8), length(10));
    for row in dbf[header..].chunks_exact_mut(record) {
        row[81..161].fill(b'x');
    }
    let mut open = |ending: &str| -> std::io::Result<Option<Box<dyn intake::ReadSeek>>> {
        Ok((ending == "dbf").then(|| Box::new(Cursor::new(dbf.clone())) as Box<dyn intake::ReadSeek>))
    };
    let mapping = mapping.map(|text| Mapping::parse(text).unwrap());
    let options = Options { mapping: mapping.as_ref(), ..Options::new(Layer::Cameras, "p", Door::WGS84) };
    let mut input = Cursor::new(&shp[..]);
    read(Format::Shapefile, Input::new(&mut input).beside(&mut open), &options, &mut |_| Flow::Continue(()))
}

#[test]
fn a_name_that_a_shapefile_has_cut_is_refused_as_the_whole_one() {
    for (column, whole) in [
        ("identity_c", "identity_card"),
        ("DATE_OF_BI", "date_of_birth"),
        ("nationalit", "nationality"),
        ("重点人", "重点人员"),
    ] {
        let report = shapefile(column.as_bytes(), None).unwrap();
        assert_eq!(report.accepted, 0, "{column}: {report:?}");
        let reason = format!("property \"{column} ({whole})\" is on the deny-list");
        assert!(said(&report).contains(&reason), "{column}: {}", said(&report));
        let told = shapefile(column.as_bytes(), Some(&format!("[bag]\nx = '{column}'"))).unwrap_err().to_string();
        assert!(told.contains("may only stand under `ignore`") && told.contains(whole), "{told}");
        let report = shapefile(column.as_bytes(), Some(&format!("ignore = ['{column}']"))).unwrap();
        assert!(report.accepted > 0, "{column}: {report:?}");
    }
    // The tenth byte is the first of a character.
    assert_eq!(shapefile(&"重点人员".as_bytes()[..10], None).unwrap().accepted, 0);
    for column in ["national_p", "mast_numbe"] {
        assert!(shapefile(column.as_bytes(), None).unwrap().accepted > 0, "{column}");
    }
    // Only where names are cut.
    assert_eq!(csv("id,lon,lat,kind,nationalit\n1,120.6,28,fixed,x\n").accepted, 1);
}

#[test]
fn the_room_of_a_dwelling_is_counted_and_kept_nowhere_else() {
    let mut rows = Vec::new();
    let text = "id,lon,lat,address,房间,addr:unit,building\n\
                1,120.6,28,公园路1号,301,,\n\
                2,120.6,28,3-2-301,,,3幢2单元301室\n\
                3,120.6,28,公园路1号,,,b1\n";
    let mut input = Cursor::new(text.as_bytes());
    let options = Options::new(Layer::Houses, "t", Door::WGS84);
    let report = read(Format::Csv, Input::new(&mut input), &options, &mut |row| {
        rows.push(row);
        Flow::Continue(())
    })
    .unwrap();
    assert_eq!((report.accepted, report.repaired), (3, 2), "{report:?}");
    assert_eq!(report.repairs[0].what, "left out columns that say unit, floor or room: 1");
    assert_eq!(report.repairs[1].what, "ended addresses at the building: 1");
    assert!(said(&report).contains("rows with columns that say unit, floor or room"), "{report:?}");
    for row in rows {
        let intake::Row::Good(feature) = row else { panic!("{row:?}") };
        let all = feature.properties();
        let shown = all.iter().filter(|(name, _)| *name != "room").map(|(name, value)| format!("{name}={value}"));
        let shown = shown.collect::<Vec<_>>().join(" ");
        assert!(!shown.contains("301"), "{shown}");
        assert!(feature.key.source_id == "3" || all.get("room").is_some(), "{shown}");
    }
}

#[test]
fn a_property_of_the_deny_list_is_not_read_under_another_name_in_any_depth() {
    let feature = r#"{"type":"Feature","id":1,"geometry":{"type":"Point","coordinates":[120.6,28]},
        "properties":{"kind":"school","info":{"a":[{"户主姓名":"x"}]}}}"#
        .replace('\n', "");
    for mapping in ["[fields]\nname = 'info'", "[bag]\nremark = 'info'", "[fields]\naddress = { columns = ['info'] }"] {
        let report = take(Format::GeoJson, &feature, Layer::Places, Some(mapping)).unwrap();
        assert_eq!((report.accepted, report.rejected), (0, 1), "{mapping}: {report:?}");
        assert!(said(&report).contains("deny-list"), "{report:?}");
    }
    let refused = take(Format::GeoJson, &feature, Layer::Places, Some("[bag]\nremark = '户主姓名'"));
    assert!(refused.unwrap_err().to_string().contains("may only stand under `ignore`"));
}
