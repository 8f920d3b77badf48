//! A layer as FlatGeobuf with its index. The features wait in a file of the system's folder for such things until all of
//! them are known, because the format sorts them along a curve; memory holds some 60 bytes for each.

use std::io::Write;
use std::sync::atomic::Ordering;

use anyhow::{Context, Result};
use flatgeobuf::{ColumnType, FgbCrs, FgbWriter, FgbWriterOptions, GeometryType};
use geo::{Coord, Geometry, LineString, Polygon};
use geozero::{ColumnValue, GeomProcessor, GeozeroGeometry, PropertyProcessor};
use spatial::noun::FieldType;
use spatial::{Shape, Value};

use super::columns::{Column, Table, columns};
use super::command::Chosen;

/// Writes the file.
pub(super) async fn write(chosen: &Chosen, out: &mut impl Write) -> Result<u64> {
    let Table { columns, parts } = columns(chosen).await?;
    // Where some are of several parts and others of one, each feature says its own type: it comes back as it was.
    let kind = match chosen.layer.shape() {
        Shape::Point => GeometryType::Point,
        _ if parts => GeometryType::Unknown,
        Shape::Line => GeometryType::LineString,
        Shape::Polygon => GeometryType::Polygon,
    };
    let crs = FgbCrs { org: Some("EPSG"), code: 4326, ..FgbCrs::default() };
    let options = FgbWriterOptions { crs, detect_type: false, promote_to_multi: false, ..FgbWriterOptions::default() };
    let mut file = FgbWriter::create_with_options(chosen.layer.name(), kind, options).context("begin the file")?;
    for column in &columns {
        file.add_column(&column.name, column_type(column.kind), |_, _| ());
    }
    let rows = chosen
        .each(|row| {
            let Some(geometry) = row.geometry() else {
                chosen.left_out.fetch_add(1, Ordering::Relaxed);
                return Ok(());
            };
            let values = row.values();
            let mut wrong = None;
            let added = file.add_feature_geom(Shown(geometry), |row| {
                for (at, column) in columns.iter().enumerate() {
                    let Some(value) = values.get(&column.name) else { continue };
                    if let Err(error) = put(row, at, column, value) {
                        wrong = Some(error);
                    }
                }
            });
            added.map_err(anyhow::Error::from).and(wrong.map_or(Ok(()), |error| Err(error.into())))?;
            Ok(())
        })
        .await?;
    file.write(out).context("write the file")?;
    Ok(rows - chosen.left_out.load(Ordering::Relaxed))
}

fn column_type(kind: FieldType) -> ColumnType {
    match kind {
        FieldType::Text => ColumnType::String,
        FieldType::Int => ColumnType::Long,
        FieldType::Float => ColumnType::Double,
        FieldType::Bool => ColumnType::Bool,
    }
}

/// A value in the type of its column.
fn put(row: &mut impl PropertyProcessor, at: usize, column: &Column, value: &Value) -> geozero::error::Result<bool> {
    let name = &column.name;
    match (column.kind, value) {
        (FieldType::Int, Value::Int(number)) => row.property(at, name, &ColumnValue::Long(*number)),
        (FieldType::Float, Value::Float(number)) => row.property(at, name, &ColumnValue::Double(*number)),
        #[expect(clippy::cast_precision_loss, reason = "the column holds fractions as well, so it is one of doubles")]
        (FieldType::Float, Value::Int(number)) => row.property(at, name, &ColumnValue::Double(*number as f64)),
        (FieldType::Bool, Value::Bool(flag)) => row.property(at, name, &ColumnValue::Bool(*flag)),
        (FieldType::Text | FieldType::Int | FieldType::Float | FieldType::Bool, value) => {
            row.property(at, name, &ColumnValue::String(&value.to_string()))
        }
    }
}

/// A geometry as the writer walks it.
struct Shown<'a>(&'a Geometry<f64>);

impl GeozeroGeometry for Shown<'_> {
    fn process_geom<P: GeomProcessor>(&self, to: &mut P) -> geozero::error::Result<()> {
        match self.0 {
            Geometry::Point(point) => {
                to.point_begin(0)?;
                to.xy(point.x(), point.y(), 0)?;
                to.point_end(0)
            }
            Geometry::LineString(line) => {
                to.linestring_begin(true, line.0.len(), 0)?;
                coordinates(&line.0, to)?;
                to.linestring_end(true, 0)
            }
            Geometry::MultiLineString(all) => lines(&all.0, to),
            Geometry::Polygon(polygon) => rings(polygon, true, 0, to),
            Geometry::MultiPolygon(all) => polygons(&all.0, to),
            Geometry::Line(_)
            | Geometry::MultiPoint(_)
            | Geometry::GeometryCollection(_)
            | Geometry::Rect(_)
            | Geometry::Triangle(_) => Err(geozero::error::GeozeroError::Geometry("is of no kept kind".to_owned())),
        }
    }
}

fn lines<P: GeomProcessor>(all: &[LineString<f64>], to: &mut P) -> geozero::error::Result<()> {
    to.multilinestring_begin(all.len(), 0)?;
    for (at, line) in all.iter().enumerate() {
        walk(&line.0, at, to)?;
    }
    to.multilinestring_end(0)
}

fn polygons<P: GeomProcessor>(all: &[Polygon<f64>], to: &mut P) -> geozero::error::Result<()> {
    to.multipolygon_begin(all.len(), 0)?;
    for (at, polygon) in all.iter().enumerate() {
        rings(polygon, false, at, to)?;
    }
    to.multipolygon_end(0)
}

/// A polygon, by itself (`whole`) or as a part of several.
fn rings<P: GeomProcessor>(
    polygon: &Polygon<f64>,
    whole: bool,
    place: usize,
    to: &mut P,
) -> geozero::error::Result<()> {
    to.polygon_begin(whole, 1 + polygon.interiors().len(), place)?;
    for (at, ring) in std::iter::once(polygon.exterior()).chain(polygon.interiors()).enumerate() {
        walk(&ring.0, at, to)?;
    }
    to.polygon_end(whole, place)
}

fn coordinates<P: GeomProcessor>(coords: &[Coord<f64>], to: &mut P) -> geozero::error::Result<()> {
    coords.iter().enumerate().try_for_each(|(at, coord)| to.xy(coord.x, coord.y, at))
}

fn walk<P: GeomProcessor>(coords: &[Coord<f64>], place: usize, to: &mut P) -> geozero::error::Result<()> {
    to.linestring_begin(false, coords.len(), place)?;
    coordinates(coords, to)?;
    to.linestring_end(false, place)
}
