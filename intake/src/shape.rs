//! A geometry as a file has it: numbers not yet converted, rings not yet closed.

use geo::Coord;

use crate::problem::Problem;

/// Rings of one polygon: the outline first, then holes.
pub(crate) type Rings = Vec<Vec<Coord<f64>>>;

/// What every format is decoded to before its coordinates pass the door.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum RawShape {
    /// One place.
    Point(Coord<f64>),
    /// Several places.
    Points(Vec<Coord<f64>>),
    /// One line.
    Line(Vec<Coord<f64>>),
    /// Several lines.
    Lines(Vec<Vec<Coord<f64>>>),
    /// One polygon.
    Polygon(Rings),
    /// Several polygons.
    Polygons(Vec<Rings>),
}

impl RawShape {
    /// The first coordinates, by which a file is suspected.
    pub(crate) fn first(&self) -> Option<Coord<f64>> {
        match self {
            Self::Point(point) => Some(*point),
            Self::Points(points) | Self::Line(points) => points.first().copied(),
            Self::Lines(lines) | Self::Polygon(lines) => lines.first()?.first().copied(),
            Self::Polygons(polygons) => polygons.first()?.first()?.first().copied(),
        }
    }

    /// The place, if it is one.
    pub(crate) fn into_point(self) -> Option<Coord<f64>> {
        if let Self::Point(point) = self { Some(point) } else { None }
    }

    /// The line, if it is one.
    pub(crate) fn into_line(self) -> Option<Vec<Coord<f64>>> {
        if let Self::Line(line) = self { Some(line) } else { None }
    }

    /// The rings of the polygon, if it is one.
    pub(crate) fn into_polygon(self) -> Option<Rings> {
        if let Self::Polygon(rings) = self { Some(rings) } else { None }
    }

    /// The one member of a collection; several cannot be one feature.
    pub(crate) fn only(mut members: Vec<Self>) -> Result<Self, Problem> {
        match members.len() {
            1 => members.pop().ok_or_else(|| Problem::plain("the collection is empty")),
            count => Err(Problem::plain(format!("a collection of {count} geometries cannot be one feature"))),
        }
    }
}
