//! FlatGeobuf, read as a stream: the index is passed over, one feature is in memory at a time.
//!
//! Taken from the crate of the same name are the tables of its schema with their verification. Its reader is not used:
//! that sets aside as much memory as a feature claims to need, and stops at the first damaged one.

use std::io::Read;

use flatgeobuf::{
    ColumnType, Geometry, GeometryType, Header, size_prefixed_root_as_feature, size_prefixed_root_as_header,
};
use geo::Coord;
use spatial::Value;

use crate::mapping::{Places, Plan};
use crate::problem::Problem;
use crate::report::At;
use crate::shape::{RawShape, Rings};
use crate::suspect::Watch;
use crate::table::RawRow;
use crate::{Flow, IntakeError, Options, Report, Row, crs_names};

/// Largest header, bytes.
const LARGEST_HEADER: u32 = 10 * 1024 * 1024;
/// Largest feature, bytes; larger ones are skipped and refused.
const LARGEST_FEATURE: u32 = 32 * 1024 * 1024;
/// A node of the index, bytes.
const NODE: u64 = 40;

fn not(what: impl Into<String>) -> IntakeError {
    IntakeError::NotThatFormat { format: "FlatGeobuf", what: what.into() }
}

/// Reads rows of one layer.
pub(crate) fn flatgeobuf(
    mut bytes: impl Read,
    options: &Options<'_>,
    each: &mut dyn FnMut(Row) -> Flow,
) -> Result<Report, IntakeError> {
    let mut magic = Vec::new();
    (&mut bytes).take(8).read_to_end(&mut magic)?;
    if magic.is_empty() {
        return Err(IntakeError::Empty);
    }
    if !matches!(magic[..], [b'f', b'g', b'b', 3, b'f', b'g', b'b', _]) {
        return Err(not("it does not begin as version 3 of the format does"));
    }
    let mut buffer = Vec::new();
    match sized(&mut bytes, &mut buffer, LARGEST_HEADER)? {
        Sized::Whole => {}
        Sized::End | Sized::Cut => return Err(not("the file ends in the middle of the header")),
        Sized::TooLarge => return Err(not("its header claims to be larger than 10 MiB")),
    }
    let header =
        size_prefixed_root_as_header(&buffer).map_err(|error| not(format!("its header is damaged: {error}")))?;
    let columns: Vec<(String, ColumnType)> = header
        .columns()
        .map(|all| all.iter().map(|column| (column.name().to_owned(), column.type_())).collect())
        .unwrap_or_default();
    let headers: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
    let (expected, kind) = (header.features_count(), header.geometry_type());
    let index =
        index_bytes(expected, header.index_node_size()).ok_or_else(|| not("its index claims an impossible size"))?;
    let mut at = 8 + buffer.len() as u64 + index;

    let plan = Plan::new(options.mapping, &headers, options.layer, Places::Beside)?;
    let mut table = options.table(plan, false, each);
    said(&header, &mut table.watch);
    let skipped = std::io::copy(&mut (&mut bytes).take(index), &mut std::io::sink())?;
    let mut cut = (skipped < index).then_some("the file ends in the middle of its index");
    let mut feature = Vec::new();
    while cut.is_none() {
        let begins = At::Byte(at);
        let flow = match sized(&mut bytes, &mut feature, LARGEST_FEATURE)? {
            Sized::End => break,
            Sized::Cut => {
                cut = Some("the file ends in the middle of a feature");
                continue;
            }
            Sized::TooLarge => {
                let length = feature.get(..4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_le_bytes);
                let skipped = std::io::copy(&mut (&mut bytes).take(length.into()), &mut std::io::sink())?;
                if skipped < u64::from(length) {
                    cut = Some("a feature claims to be larger than the file");
                    continue;
                }
                at += 4 + u64::from(length);
                table.refuse(begins, None, Problem::plain("is larger than 32 MiB"))
            }
            Sized::Whole => {
                at += feature.len() as u64;
                match decode(&feature, &columns, kind) {
                    Ok((shape, cells)) => {
                        table.digits += beyond(&columns, &cells);
                        table.row(RawRow { at: begins, id: None, shape: Some(shape), cells: &cells })
                    }
                    Err(problem) => table.refuse(begins, None, problem),
                }
            }
        };
        if flow.is_break() {
            table.report.stopped = true;
            break;
        }
    }
    if let Some(what) = cut {
        table.report.truncated = true;
        let _ = table.refuse(At::Byte(at), None, Problem::plain(what));
    } else if expected > table.report.read && !table.report.stopped {
        table.report.truncated = true;
        let read = table.report.read;
        table.report.note(format!("the header says that there are {expected} features, and there are {read}"));
    }
    Ok(table.finish())
}

/// What the header says of the coordinate system.
fn said(header: &Header<'_>, watch: &mut Watch) {
    let Some(crs) = header.crs() else { return };
    if crs.code() > 0 && crs.org().is_none_or(|org| org.eq_ignore_ascii_case("epsg")) {
        watch.said(&format!("epsg:{}", crs.code()));
    } else if let Some(name) = crs.wkt().and_then(crs_names::of_wkt).or(crs.name().map(str::to_owned)) {
        watch.said(&name);
    }
}

/// Length of the index: all levels of a packed tree; `None` when it cannot be.
fn index_bytes(features: u64, node: u16) -> Option<u64> {
    if node == 0 || features == 0 {
        return Some(0);
    }
    if node == 1 {
        return None;
    }
    let (mut level, mut nodes) = (features, features);
    while level > 1 {
        level = level.div_ceil(node.into());
        nodes = nodes.checked_add(level)?;
    }
    // A single feature has a root above it, too.
    nodes.checked_add(u64::from(features == 1))?.checked_mul(NODE)
}

/// What was read where a length and as many bytes should be.
enum Sized {
    /// Both: the buffer holds them.
    Whole,
    /// The file ends before the length.
    End,
    /// The file ends before the last byte.
    Cut,
    /// The length is more than may be kept; the buffer holds the length alone.
    TooLarge,
}

fn sized(bytes: &mut impl Read, buffer: &mut Vec<u8>, largest: u32) -> std::io::Result<Sized> {
    buffer.clear();
    bytes.take(4).read_to_end(buffer)?;
    let Ok(length) = <[u8; 4]>::try_from(buffer.as_slice()).map(u32::from_le_bytes) else {
        return Ok(if buffer.is_empty() { Sized::End } else { Sized::Cut });
    };
    if length > largest {
        return Ok(Sized::TooLarge);
    }
    // Grows with what is there, not with what is claimed.
    let read = bytes.take(length.into()).read_to_end(buffer)?;
    Ok(if read == length as usize { Sized::Whole } else { Sized::Cut })
}

type Decoded = (Result<(RawShape, bool), Problem>, Vec<Option<Value>>);

fn decode(bytes: &[u8], columns: &[(String, ColumnType)], kind: GeometryType) -> Result<Decoded, Problem> {
    let damaged = |error: &dyn std::fmt::Display| {
        Problem::grouped(format!("the feature is damaged: {error}"), "the feature is damaged")
    };
    // A verification of fewer than eight bytes would look beyond them.
    if bytes.len() < 12 {
        return Err(damaged(&"it is too short"));
    }
    let feature = size_prefixed_root_as_feature(bytes).map_err(|error| damaged(&error))?;
    let shape = match feature.geometry() {
        None => Err(Problem::plain("the row has no geometry")),
        Some(geometry) => {
            let kind = if kind == GeometryType::Unknown { geometry.type_() } else { kind };
            let heights = geometry.z().is_some_and(|z| !z.is_empty()) || geometry.m().is_some_and(|m| !m.is_empty());
            shape(&geometry, kind, false).map(|shape| (shape, heights))
        }
    };
    let mut cells = vec![None; columns.len()];
    let mut rest = feature.properties().map(|all| all.bytes()).unwrap_or_default();
    while !rest.is_empty() {
        let index: [u8; 2] = take(&mut rest).ok_or_else(|| damaged(&"its properties end too early"))?;
        let at = usize::from(u16::from_le_bytes(index));
        let (_, kind) = columns.get(at).ok_or_else(|| damaged(&"it has a property without a column"))?;
        let value = value(*kind, &mut rest).ok_or_else(|| damaged(&"its properties end too early or are no text"))?;
        if let Some(cell) = cells.get_mut(at) {
            *cell = value;
        }
    }
    Ok((shape, cells))
}

/// Cells that are whole numbers of more than 63 bits, and so texts of their digits.
fn beyond(columns: &[(String, ColumnType)], cells: &[Option<Value>]) -> u64 {
    let long = |((_, kind), cell): &(&(String, ColumnType), &Option<Value>)| {
        *kind == ColumnType::ULong && matches!(cell, Some(Value::Text(_)))
    };
    columns.iter().zip(cells).filter(long).count() as u64
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk::<N>()?;
    *rest = tail;
    Some(*head)
}

/// One value; the outer `None` when the bytes do not hold it, the inner when it is nothing that a property can be.
#[expect(clippy::option_option, reason = "damage and absence are two things")]
fn value(kind: ColumnType, rest: &mut &[u8]) -> Option<Option<Value>> {
    let float = |number: f64| number.is_finite().then_some(Value::Float(number));
    Some(match kind {
        ColumnType::Byte => Some(Value::Int(i8::from_le_bytes(take(rest)?).into())),
        ColumnType::UByte => Some(Value::Int(u8::from_le_bytes(take(rest)?).into())),
        ColumnType::Bool => Some(Value::Bool(take::<1>(rest)? != [0])),
        ColumnType::Short => Some(Value::Int(i16::from_le_bytes(take(rest)?).into())),
        ColumnType::UShort => Some(Value::Int(u16::from_le_bytes(take(rest)?).into())),
        ColumnType::Int => Some(Value::Int(i32::from_le_bytes(take(rest)?).into())),
        ColumnType::UInt => Some(Value::Int(u32::from_le_bytes(take(rest)?).into())),
        ColumnType::Long => Some(Value::Int(i64::from_le_bytes(take(rest)?))),
        ColumnType::ULong => {
            let number = u64::from_le_bytes(take(rest)?);
            Some(i64::try_from(number).map_or_else(|_| Value::Text(number.to_string()), Value::Int))
        }
        ColumnType::Float => float(f32::from_le_bytes(take(rest)?).into()),
        ColumnType::Double => float(f64::from_le_bytes(take(rest)?)),
        ColumnType::String | ColumnType::Json | ColumnType::DateTime | ColumnType::Binary => {
            let length = usize::try_from(u32::from_le_bytes(take(rest)?)).ok()?;
            let (text, tail) = (rest.get(..length)?, rest.get(length..)?);
            *rest = tail;
            if kind == ColumnType::Binary {
                return Some(None);
            }
            Some(Value::Text(std::str::from_utf8(text).ok()?.to_owned()))
        }
        _ => return None,
    })
}

fn shape(geometry: &Geometry<'_>, kind: GeometryType, inside: bool) -> Result<RawShape, Problem> {
    let coords = || -> Result<Vec<Coord<f64>>, Problem> {
        let xy = geometry.xy().ok_or_else(|| Problem::plain("the geometry is empty"))?;
        if xy.len() % 2 == 1 {
            return Err(Problem::plain("the geometry has a coordinate without its partner"));
        }
        Ok((0..xy.len() / 2).map(|n| Coord { x: xy.get(2 * n), y: xy.get(2 * n + 1) }).collect())
    };
    let parts = || geometry.parts().into_iter().flatten();
    match kind {
        GeometryType::Point => {
            let first = coords()?.first().copied();
            first.map(RawShape::Point).ok_or_else(|| Problem::plain("the geometry is empty"))
        }
        GeometryType::MultiPoint => coords().map(RawShape::Points),
        GeometryType::LineString => coords().map(RawShape::Line),
        GeometryType::Polygon => ended(geometry, coords()?).map(RawShape::Polygon),
        GeometryType::MultiLineString => ended(geometry, coords()?).map(RawShape::Lines),
        GeometryType::MultiPolygon => {
            let mut polygons = Vec::new();
            for part in parts() {
                let RawShape::Polygon(rings) = shape(&part, GeometryType::Polygon, true)? else { continue };
                polygons.push(rings);
            }
            Ok(RawShape::Polygons(polygons))
        }
        GeometryType::GeometryCollection if inside => Err(Problem::plain("a collection inside a collection")),
        GeometryType::GeometryCollection => {
            let members = parts().map(|part| shape(&part, part.type_(), true));
            RawShape::only(members.collect::<Result<_, _>>()?)
        }
        other => {
            let name = other.variant_name().unwrap_or("an unknown one");
            Err(Problem::plain(format!("geometry type {name} is not read")))
        }
    }
}

/// Cuts points where the geometry says that rings or lines end.
fn ended(geometry: &Geometry<'_>, points: Vec<Coord<f64>>) -> Result<Rings, Problem> {
    let Some(ends) = geometry.ends().filter(|ends| !ends.is_empty()) else { return Ok(vec![points]) };
    let (mut rings, mut from) = (Vec::new(), 0);
    for end in ends {
        let to = usize::try_from(end).unwrap_or(usize::MAX);
        let ring = points.get(from..to).ok_or_else(|| Problem::plain("the parts of the geometry are out of order"))?;
        rings.push(ring.to_vec());
        from = to;
    }
    Ok(rings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_to_their_last_digit() {
        let read = |number: u64| value(ColumnType::ULong, &mut &number.to_le_bytes()[..]).unwrap();
        assert_eq!(read(9_223_372_036_854_775_807), Some(Value::Int(i64::MAX)));
        assert_eq!(read(u64::MAX), Some(Value::Text("18446744073709551615".to_owned())));
        let columns = [ColumnType::ULong, ColumnType::ULong, ColumnType::String].map(|kind| (String::new(), kind));
        assert_eq!(beyond(&columns, &[read(7), read(u64::MAX), Some(Value::Text("a".to_owned()))]), 1);
    }
}
