//! The shapes: a header, then records of a length and a geometry.

use std::io::{ErrorKind, Read};

use geo::{BoundingRect, Contains, Coord, LineString, Polygon};

use crate::IntakeError;
use crate::problem::Problem;
use crate::rings::runs_clockwise;
use crate::shape::{RawShape, Rings};

/// Largest record, bytes; larger ones are skipped and refused.
const LARGEST: u64 = 32 * 1024 * 1024;
/// More points than a feature may have.
const MOST_POINTS: usize = 200_000;
/// Most edges that are looked at to give holes to their outlines.
const MOST_EDGES: usize = 20_000_000;

/// A shape and whether it has heights or measures, or why it is none.
pub(super) type Shape = Result<(RawShape, bool), Problem>;

/// What comes next.
#[derive(Debug)]
pub(super) enum Next {
    /// A record and the byte where it begins.
    Shape(u64, Shape),
    /// The end of the file.
    End,
    /// The file ends, or stops making sense, in the middle of a record at that byte.
    Cut(u64, &'static str),
}

/// Reads record after record.
pub(super) struct Shp<R> {
    bytes: R,
    at: u64,
    content: Vec<u8>,
}

impl<R: Read> Shp<R> {
    /// Reads the header.
    pub(super) fn new(mut bytes: R) -> Result<Self, IntakeError> {
        let mut header = [0; 100];
        let read = fill(&mut bytes, &mut header)?;
        if read == 0 {
            return Err(IntakeError::Empty);
        }
        if read < header.len() || be(&header, 0) != Some(9994) || le(&header, 28) != Some(1000) {
            let what = "it does not begin with the header of a shapefile (.shp)".to_owned();
            return Err(IntakeError::NotThatFormat { format: "Shapefile", what });
        }
        Ok(Self { bytes, at: 100, content: Vec::new() })
    }

    pub(super) fn next(&mut self) -> Result<Next, IntakeError> {
        let at = self.at;
        let mut head = [0; 8];
        match fill(&mut self.bytes, &mut head)? {
            0 => return Ok(Next::End),
            8 => {}
            _ => return Ok(Next::Cut(at, "the file ends in the middle of a record's head")),
        }
        let Some(length) = be(&head, 4).and_then(|words| u64::try_from(words).ok()).map(|words| 2 * words) else {
            return Ok(Next::Cut(at, "a record's length is negative"));
        };
        if length < 4 {
            return Ok(Next::Cut(at, "a record is too short to say what it is"));
        }
        self.at += 8 + length;
        if length > LARGEST {
            let skipped = std::io::copy(&mut (&mut self.bytes).take(length), &mut std::io::sink())?;
            if skipped < length {
                return Ok(Next::Cut(at, "a record claims to be larger than the file"));
            }
            return Ok(Next::Shape(at, Err(Problem::plain("is larger than 32 MiB"))));
        }
        self.content.clear();
        // Grows with what is there, not with what is claimed.
        let read = (&mut self.bytes).take(length).read_to_end(&mut self.content)?;
        if (read as u64) < length {
            return Ok(Next::Cut(at, "the file ends in the middle of a record"));
        }
        Ok(Next::Shape(at, shape(&self.content)))
    }
}

/// Reads until the buffer is full or the bytes end.
pub(super) fn fill(bytes: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut full = 0;
    while let Some(rest) = buffer.get_mut(full..).filter(|rest| !rest.is_empty()) {
        match bytes.read(rest) {
            Ok(0) => break,
            Ok(read) => full += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(full)
}

fn take<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

fn be(bytes: &[u8], at: usize) -> Option<i32> {
    take(bytes, at).map(i32::from_be_bytes)
}

fn le(bytes: &[u8], at: usize) -> Option<i32> {
    take(bytes, at).map(i32::from_le_bytes)
}

fn count(bytes: &[u8], at: usize) -> Option<usize> {
    le(bytes, at).and_then(|number| usize::try_from(number).ok())
}

fn coord(bytes: &[u8], at: usize) -> Option<Coord<f64>> {
    let number = |at| take(bytes, at).map(f64::from_le_bytes);
    Some(Coord { x: number(at)?, y: number(at + 8)? })
}

fn short() -> Problem {
    Problem::plain("the record is shorter than its own counts say")
}

fn shape(bytes: &[u8]) -> Shape {
    let kind = le(bytes, 0).ok_or_else(short)?;
    let heights = kind > 8;
    let shape = match kind {
        0 => return Err(Problem::plain("the row has no geometry")),
        1 | 11 | 21 => RawShape::Point(coord(bytes, 4).ok_or_else(short)?),
        8 | 18 | 28 => RawShape::Points(points(bytes, 40, count(bytes, 36).ok_or_else(short)?)?),
        3 | 13 | 23 => {
            let mut lines = parts(bytes)?;
            match lines.pop() {
                Some(only) if lines.is_empty() => RawShape::Line(only),
                Some(last) => {
                    lines.push(last);
                    RawShape::Lines(lines)
                }
                None => return Err(Problem::plain("the geometry is empty")),
            }
        }
        5 | 15 | 25 => polygons(parts(bytes)?)?,
        31 => return Err(Problem::plain("multi-patches (surfaces in space) are not read")),
        _ => return Err(Problem::grouped(format!("shape type {kind} is unknown"), "the shape type is unknown")),
    };
    Ok((shape, heights))
}

fn points(bytes: &[u8], from: usize, count: usize) -> Result<Vec<Coord<f64>>, Problem> {
    if count > MOST_POINTS {
        return Err(Problem::plain("the geometry has more than 200000 vertices"));
    }
    (0..count).map(|n| coord(bytes, from + 16 * n).ok_or_else(short)).collect()
}

/// The parts of a line or polygon: box, number of parts and points, first point of each part, points.
fn parts(bytes: &[u8]) -> Result<Rings, Problem> {
    let (parts, total) = (count(bytes, 36).ok_or_else(short)?, count(bytes, 40).ok_or_else(short)?);
    if parts > total {
        return Err(Problem::plain("the geometry has more parts than points"));
    }
    let points = match parts.checked_mul(4) {
        Some(length) => points(bytes, length.saturating_add(44), total)?,
        None => return Err(short()),
    };
    let mut rings = Vec::new();
    for part in 0..parts {
        let from = count(bytes, 44 + 4 * part).ok_or_else(short)?;
        let to = if part + 1 < parts { count(bytes, 48 + 4 * part).ok_or_else(short)? } else { total };
        let ring = points.get(from..to).ok_or_else(|| Problem::plain("the parts of the geometry are out of order"))?;
        rings.push(ring.to_vec());
    }
    Ok(rings)
}

/// Rings to polygons: clockwise ones are outlines, the others are holes of the outline around them.
fn polygons(rings: Rings) -> Result<RawShape, Problem> {
    if let Some(bad) = rings.iter().flatten().find(|point| !point.x.is_finite() || !point.y.is_finite()) {
        let reason = format!("longitude and latitude must be finite numbers, got {}, {}", bad.x, bad.y);
        return Err(Problem::grouped(reason, "longitude or latitude is not a finite number"));
    }
    if rings.len() < 2 {
        return if rings.is_empty() {
            Err(Problem::plain("the geometry is empty"))
        } else {
            Ok(RawShape::Polygon(rings))
        };
    }
    let rings: Vec<LineString<f64>> = rings.into_iter().map(LineString::new).collect();
    let (outlines, holes): (Vec<_>, Vec<_>) = rings.into_iter().partition(runs_clockwise);
    if outlines.is_empty() {
        return Err(Problem::plain("no ring of the polygon runs clockwise, so which is the outline cannot be told"));
    }
    let outlines: Vec<Polygon<f64>> = outlines.into_iter().map(|ring| Polygon::new(ring, Vec::new())).collect();
    let boxes: Vec<_> = outlines.iter().map(BoundingRect::bounding_rect).collect();
    let mut polygons: Vec<Rings> = outlines.iter().map(|outline| vec![outline.exterior().0.clone()]).collect();
    let mut edges = 0;
    for hole in holes {
        let around =
            |(outline, bounds): (&Polygon<f64>, &Option<geo::Rect<f64>>), point: &Coord<f64>, edges: &mut usize| {
                let near = bounds.is_some_and(|bounds| {
                    let (low, high) = (bounds.min(), bounds.max());
                    (low.x..=high.x).contains(&point.x) && (low.y..=high.y).contains(&point.y)
                });
                *edges += 1 + if near { outline.exterior().0.len() } else { 0 };
                near && outline.contains(point)
            };
        // A hole may touch its outline: the first of its points that is truly inside of one decides.
        let mut found = None;
        for point in &hole.0 {
            found = outlines.iter().zip(&boxes).position(|pair| around(pair, point, &mut edges));
            if found.is_some() || edges > MOST_EDGES {
                break;
            }
        }
        if edges > MOST_EDGES {
            return Err(Problem::plain("the outline is too tangled to be checked"));
        }
        let Some(polygon) = found.and_then(|at| polygons.get_mut(at)) else {
            return Err(Problem::plain("a hole lies outside its polygon"));
        };
        polygon.push(hole.0);
    }
    Ok(match polygons.pop() {
        Some(only) if polygons.is_empty() => RawShape::Polygon(only),
        Some(last) => {
            polygons.push(last);
            RawShape::Polygons(polygons)
        }
        None => RawShape::Polygons(polygons),
    })
}
