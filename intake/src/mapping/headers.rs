//! The headers of a table as a message names them.

use spatial::noun::inside;
use spatial::personal;

use crate::wkt::wkt;

/// Most headers that are named.
const MOST: usize = 40;

/// Headers without outer blanks; a column without a name is called by its number.
pub(super) fn named(headers: &[String]) -> Vec<String> {
    let name = |(at, header): (usize, &String)| match header.trim() {
        "" => format!("column {}", at + 1),
        name => name.to_owned(),
    };
    headers.iter().enumerate().map(name).collect()
}

/// What a file has, for a message: its first headers, or, where they are its first line and that plainly holds values, that
/// the header line seems to be missing. Of such a line no cell is told: beside a number stands a name, or a room.
pub(super) fn the_file_has(headers: &[String], first_line: bool) -> String {
    if first_line && hold_values(headers) {
        return "the header line of the file seems to be missing: its first line holds values".to_owned();
    }
    format!("the file has {}", listed(headers))
}

/// The first of some headers.
pub(super) fn listed(headers: &[String]) -> String {
    let first: Vec<String> = headers.iter().take(MOST).map(|header| spatial::shown(header)).collect();
    first.join(", ")
}

/// Whether the headers are a first line of values.
pub(super) fn hold_values(headers: &[String]) -> bool {
    headers.iter().any(|header| is_value(header))
}

/// Whether a header is none: a number, a date, a coordinate, an address with a room, or what belongs to one person.
fn is_value(header: &str) -> bool {
    let figures = |c: char| c.is_ascii_digit() || "+-/:., ()°".contains(c);
    let digits = header.bytes().any(|byte| byte.is_ascii_digit());
    digits && (header.chars().all(figures) || inside(header).is_some())
        || wkt(header).is_ok()
        || personal(header).is_some()
}

#[cfg(test)]
mod tests {
    use super::is_value;

    #[test]
    fn a_header_is_told_from_a_value() {
        for value in [
            "35",
            "-1.5",
            "120,65",
            "120.65°",
            "2024-01-02 10:00",
            "0577-88000000",
            "(37.78, -122.45)",
            "POINT (120.65 28.01)",
            "13800001234",
            "张三@qq.com",
            "公园路1号2单元301室",
        ] {
            assert!(is_value(value), "{value}");
        }
        for header in
            ["", "编号", "lon", "经度", "单元", "房间", "column 5", "addr:unit", "高度(m)", "x1", "sep=x;", "-"]
        {
            assert!(!is_value(header), "{header}");
        }
    }
}
