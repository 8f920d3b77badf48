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
fn a_file_without_a_header_does_not_tell_its_first_row() {
    let text = "张三,11010519491231002X,13800138000\n李四,110105194912310021,13900139000\n";
    let said = take(Format::Csv, text, Layer::Places, None).unwrap_err().to_string();
    assert!(said.contains("no columns lon and lat") && said.contains("•••"), "{said}");
    assert!(!said.contains("1101051949") && !said.contains("138001"), "{said}");
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
