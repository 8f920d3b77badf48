//! A layer as CSV (RFC 4180): UTF-8, commas, a line of names, CRLF.
//!
//! A spreadsheet takes text that begins with `=`, `+`, `-`, `@`, a tab or a carriage return for a formula, and a formula
//! in somebody's address can send the table elsewhere. Such text gets an apostrophe before it, and so does text that
//! begins with an apostrophe: who reads the file takes one away (our import does). Numbers are written as they are.
//!
//! Where an attribute has a name by which an import finds places (`lat`), the places are written under names of our own.

use std::io::Write;

use anyhow::Result;
use spatial::{Shape, Value};

use super::columns::columns;
use super::command::Chosen;
use super::wkt;

/// Writes the table; with `bom` it begins with a byte order mark.
pub(super) async fn write(chosen: &Chosen, bom: bool, out: &mut impl Write) -> Result<u64> {
    let columns = columns(chosen).await?.columns;
    let point = chosen.layer.shape() == Shape::Point;
    if bom {
        out.write_all("\u{feff}".as_bytes())?;
    }
    let facts: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let [lon, lat, text] = intake::place_headers(&facts);
    let place: &[&str] = if point { &[&lon, &lat] } else { &[&text] };
    let names = columns.iter().map(|column| column.name.as_str());
    let names: Vec<String> = place.iter().copied().chain(names).map(|name| quoted(&guarded(name))).collect();
    write!(out, "{}\r\n", names.join(","))?;
    chosen
        .each(|row| {
            match row.geometry() {
                Some(geo::Geometry::Point(at)) => write!(out, "{},{}", at.x(), at.y())?,
                Some(geometry) => write!(out, "{}", quoted(&wkt::of(geometry)))?,
                // No place: empty cells.
                None => write!(out, "{}", if point { "," } else { "" })?,
            }
            let values = row.values();
            for column in &columns {
                let cell = values.get(&column.name).map(cell).unwrap_or_default();
                write!(out, ",{cell}")?;
            }
            write!(out, "\r\n")?;
            Ok(())
        })
        .await
}

fn cell(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(&guarded(text)),
        Value::Int(_) | Value::Float(_) | Value::Bool(_) => value.to_string(),
    }
}

/// Text that no spreadsheet takes for a formula.
fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) { format!("'{text}") } else { text.to_owned() }
}

/// In quotes where it must be, and where spaces at its ends would get lost.
fn quoted(text: &str) -> String {
    let plain = !text.contains(['"', ',', '\n', '\r']) && text.trim().len() == text.len();
    if plain { text.to_owned() } else { format!("\"{}\"", text.replace('"', "\"\"")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: impl Into<Value>, expect: &str) {
        assert_eq!(cell(&value.into()), expect);
    }

    #[test]
    fn cells() {
        let text = |text: &str| Value::Text(text.to_owned());
        check(text("五马街 1 号"), "五马街 1 号");
        check(text("a,b"), "\"a,b\"");
        check(text("say \"hi\"\nthere"), "\"say \"\"hi\"\"\nthere\"");
        check(text(" edge"), "\" edge\"");
        check(text("=HYPERLINK(\"http://x\")"), "\"'=HYPERLINK(\"\"http://x\"\")\"");
        check(text("-1+2"), "'-1+2");
        check(text("@x"), "'@x");
        check(text("\tx"), "'\tx");
        check(text("'s"), "''s");
        check(text(""), "");
        check(Value::Float(-1.5), "-1.5");
        check(Value::Int(-3), "-3");
        check(Value::Bool(true), "true");
    }
}
