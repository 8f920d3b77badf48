//! Well-known text (OGC 06-103r4, with the `SRID=…;` of PostGIS): the geometry column of tables.

use geo::Coord;

use crate::problem::Problem;
use crate::shape::{RawShape, Rings};

/// Reads one geometry and what its `SRID=` says. Heights and measures are dropped; `singles` and `heights` are the
/// caller's to count by the flags.
pub(crate) fn wkt(text: &str) -> Result<Wkt, Problem> {
    let (srid, text) = match text.trim().split_once(';') {
        Some((head, rest)) if head.get(..5).is_some_and(|key| key.eq_ignore_ascii_case("srid=")) => {
            (head.get(5..).and_then(|number| number.trim().parse().ok()), rest)
        }
        Some(_) | None => (None, text.trim()),
    };
    let mut reader = Reader { rest: text, srid, heights: false };
    let shape = reader.geometry(false)?;
    if !reader.rest.trim_start().is_empty() {
        return Err(broken(reader.rest));
    }
    Ok(Wkt { shape, srid: reader.srid, heights: reader.heights })
}

/// A geometry in text.
#[derive(Debug, PartialEq)]
pub(crate) struct Wkt {
    pub(crate) shape: RawShape,
    /// EPSG number that the text names.
    pub(crate) srid: Option<u32>,
    /// Positions have more than two numbers.
    pub(crate) heights: bool,
}

struct Reader<'a> {
    rest: &'a str,
    srid: Option<u32>,
    heights: bool,
}

fn broken(rest: &str) -> Problem {
    let short: String = spatial::shown(rest.trim_start()).chars().take(20).collect();
    Problem::grouped(format!("the geometry is no WKT: {short:?} is not expected"), "the geometry is no WKT")
}

impl<'a> Reader<'a> {
    fn geometry(&mut self, inside: bool) -> Result<RawShape, Problem> {
        let kind = self.word().to_ascii_uppercase();
        let before = self.rest;
        match self.word().to_ascii_uppercase().as_str() {
            "EMPTY" => return Err(Problem::plain("the geometry is empty")),
            "Z" | "M" | "ZM" => {
                if self.peek_word().eq_ignore_ascii_case("EMPTY") {
                    return Err(Problem::plain("the geometry is empty"));
                }
            }
            _ => self.rest = before,
        }
        let kind = kind.strip_suffix("ZM").or(kind.strip_suffix('Z')).unwrap_or(&kind);
        match kind {
            "POINT" => {
                let points = self.points()?;
                points.first().copied().map(RawShape::Point).ok_or_else(|| broken(self.rest))
            }
            "LINESTRING" => self.points().map(RawShape::Line),
            "MULTIPOINT" => self.multipoint(),
            "POLYGON" => self.rings().map(RawShape::Polygon),
            "MULTILINESTRING" => self.rings().map(RawShape::Lines),
            "MULTIPOLYGON" => self.list(Self::rings).map(RawShape::Polygons),
            "GEOMETRYCOLLECTION" if inside => Err(Problem::plain("a collection inside a collection")),
            "GEOMETRYCOLLECTION" => RawShape::only(self.list(|reader| reader.geometry(true))?),
            "" => Err(Problem::plain("the row has no geometry")),
            other => {
                let short = spatial::shown(other);
                Err(Problem::grouped(
                    format!("the geometry is no WKT: it begins with {short:?}"),
                    "the geometry is no WKT",
                ))
            }
        }
    }

    /// `(item, item, …)`.
    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Result<T, Problem>) -> Result<Vec<T>, Problem> {
        self.expect('(')?;
        let mut items = vec![item(self)?];
        while self.take(',') {
            items.push(item(self)?);
        }
        self.expect(')')?;
        Ok(items)
    }

    fn rings(&mut self) -> Result<Rings, Problem> {
        self.list(Self::points)
    }

    fn points(&mut self) -> Result<Vec<Coord<f64>>, Problem> {
        self.list(Self::position)
    }

    /// Members of a multi-point may stand in brackets of their own.
    fn multipoint(&mut self) -> Result<RawShape, Problem> {
        let member = |reader: &mut Self| {
            if reader.take('(') {
                let position = reader.position()?;
                reader.expect(')').map(|()| position)
            } else {
                reader.position()
            }
        };
        self.list(member).map(RawShape::Points)
    }

    fn position(&mut self) -> Result<Coord<f64>, Problem> {
        let (x, y) = (self.number()?, self.number()?);
        while self.rest.trim_start().starts_with(|c: char| c.is_ascii_digit() || "+-.nN".contains(c)) {
            self.number()?;
            self.heights = true;
        }
        Ok(Coord { x, y })
    }

    fn number(&mut self) -> Result<f64, Problem> {
        let text = self.rest.trim_start();
        let end = text.find(|c: char| c.is_whitespace() || "(),".contains(c)).unwrap_or(text.len());
        let (number, rest) = text.split_at(end);
        let number = number.parse().ok().ok_or_else(|| broken(text))?;
        self.rest = rest;
        Ok(number)
    }

    fn word(&mut self) -> &'a str {
        let word = self.peek_word();
        self.rest = self.rest.trim_start().get(word.len()..).unwrap_or_default();
        word
    }

    fn peek_word(&self) -> &'a str {
        let text = self.rest.trim_start();
        let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
        text.get(..end).unwrap_or_default()
    }

    fn take(&mut self, c: char) -> bool {
        let rest = self.rest.trim_start().strip_prefix(c);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, c: char) -> Result<(), Problem> {
        if self.take(c) { Ok(()) } else { Err(broken(self.rest)) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expect: &str) {
        let got = wkt(text).map_or_else(|problem| problem.reason, |found| format!("{:?}", found.shape));
        let got = got.replace("Coord { ", "(").replace("COORD", "").replace(" }", ")");
        assert_eq!(got, expect, "{text}");
    }

    #[test]
    fn shapes() {
        check("POINT(1 2)", "Point((1.0 2.0))");
        check(" point z ( 1.5 -2e0 7 ) ", "Point((1.5 -2.0))");
        check("SRID=4326;POINT(1 2)", "Point((1.0 2.0))");
        check("MULTIPOINT((1 2),(3 4))", "Points([(1.0 2.0), (3.0 4.0)])");
        check("MULTIPOINT(1 2,3 4)", "Points([(1.0 2.0), (3.0 4.0)])");
        check("LINESTRING(1 2, 3 4)", "Line([(1.0 2.0), (3.0 4.0)])");
        check("MULTILINESTRING((1 2,3 4))", "Lines([[(1.0 2.0), (3.0 4.0)]])");
        check("POLYGONZ((1 1 0,2 1 0,2 2 0,1 1 0))", "Polygon([[(1.0 1.0), (2.0 1.0), (2.0 2.0), (1.0 1.0)]])");
        check("MULTIPOLYGON(((1 1,2 1,2 2,1 1)))", "Polygons([[[(1.0 1.0), (2.0 1.0), (2.0 2.0), (1.0 1.0)]]])");
        check("GEOMETRYCOLLECTION(POINT(1 2))", "Point((1.0 2.0))");
    }

    #[test]
    fn what_is_wrong_is_named() {
        check("", "the row has no geometry");
        check("POINT EMPTY", "the geometry is empty");
        check("POINT Z EMPTY", "the geometry is empty");
        check("CIRCLE(1 2)", "the geometry is no WKT: it begins with \"CIRCLE\"");
        check("POINT(1)", "the geometry is no WKT: \")\" is not expected");
        check("POINT(1 2", "the geometry is no WKT: \"\" is not expected");
        check("POINT(1 2))", "the geometry is no WKT: \")\" is not expected");
        check("POINT(a b)", "the geometry is no WKT: \"a b)\" is not expected");
        check("GEOMETRYCOLLECTION(GEOMETRYCOLLECTION(POINT(1 2)))", "a collection inside a collection");
        check("GEOMETRYCOLLECTION(POINT(1 2),POINT(3 4))", "a collection of 2 geometries cannot be one feature");
        let deep = "(".repeat(100_000);
        assert!(wkt(&format!("POLYGON{deep}")).is_err() && wkt(&"GEOMETRYCOLLECTION(".repeat(100_000)).is_err());
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "(POINT|MULTIPOINT|POLYGON|SRID=|[A-Z温;]){0,3}[ (),0-9.eNaZ-]{0,40}") {
            let _ = wkt(&text);
        }
    }
}
