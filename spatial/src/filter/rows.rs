//! Which rows of a layer a filter chooses: tests on the frozen columns.

use std::cmp::Ordering;
use std::ops::Range;

use geo::{Geometry, Intersects, LineString, MapCoords, MultiLineString, MultiPolygon, Point, Polygon};

use super::bind::Filter;
use super::normal::Normal;
use super::tree::Test;
use crate::mercator::{World, WorldBox};
use crate::still::{Codes, Ring, Shapes, StillLayer, ValueRef};
use crate::value::Value;

/// A filter laid on a layer.
pub struct Chosen<'a> {
    layer: &'a StillLayer,
    node: Node<'a>,
}

enum Node<'a> {
    Always(bool),
    And(Vec<Node<'a>>),
    Or(Vec<Node<'a>>),
    /// A column of texts: the answer for each code.
    Codes {
        codes: &'a Codes,
        answers: Vec<bool>,
    },
    /// Any column: the value is looked at row by row.
    Values {
        column: Option<usize>,
        test: &'a Test<Value>,
        negated: bool,
    },
    Meets {
        area: Area,
        negated: bool,
    },
}

impl Filter {
    /// Lays the filter on a layer of which about `rows` rows will be asked: a test of texts is answered once for each
    /// different text when there are fewer of them than rows.
    pub fn on<'a>(&'a self, layer: &'a StillLayer, rows: usize) -> Chosen<'a> {
        Chosen { layer, node: node(&self.normal, layer, rows) }
    }
}

impl Chosen<'_> {
    /// Whether the row is wanted.
    pub fn holds(&self, row: usize) -> bool {
        holds(&self.node, self.layer, row)
    }
}

/// Which rows are asked for.
pub trait Wants {
    /// Whether a row is.
    fn holds(&self, row: usize) -> bool;

    /// The same of all rows of a range, in their order.
    fn marks(&self, rows: Range<usize>) -> Vec<bool> {
        rows.map(|row| self.holds(row)).collect()
    }
}

impl<F: Fn(usize) -> bool> Wants for F {
    fn holds(&self, row: usize) -> bool {
        self(row)
    }
}

impl Wants for Chosen<'_> {
    fn holds(&self, row: usize) -> bool {
        self.holds(row)
    }

    fn marks(&self, rows: Range<usize>) -> Vec<bool> {
        let mut marks = vec![true; rows.len()];
        keep(&self.node, self.layer, rows.start, &mut marks);
        marks
    }
}

/// Takes away the marks of rows that do not hold, the n-th mark being that of row `first + n`: column by column.
fn keep(node: &Node<'_>, layer: &StillLayer, first: usize, marks: &mut [bool]) {
    match node {
        Node::Always(flag) => marks.iter_mut().for_each(|mark| *mark &= flag),
        Node::And(parts) => parts.iter().for_each(|part| keep(part, layer, first, marks)),
        Node::Or(parts) => {
            let mut any = vec![false; marks.len()];
            for part in parts {
                let mut some = marks.to_vec();
                keep(part, layer, first, &mut some);
                any.iter_mut().zip(some).for_each(|(any, some)| *any |= some);
            }
            marks.copy_from_slice(&any);
        }
        Node::Codes { codes, answers } => codes.keep(first, answers, marks),
        Node::Values { .. } | Node::Meets { .. } => {
            for (n, mark) in marks.iter_mut().enumerate().filter(|(_, mark)| **mark) {
                *mark = holds(node, layer, first + n);
            }
        }
    }
}

fn node<'a>(normal: &'a Normal, layer: &'a StillLayer, rows: usize) -> Node<'a> {
    let all = |parts: &'a [Normal]| parts.iter().map(|part| node(part, layer, rows)).collect();
    match normal {
        Normal::Always(flag) => Node::Always(*flag),
        Normal::And(parts) => Node::And(all(parts)),
        Normal::Or(parts) => Node::Or(all(parts)),
        Normal::Meets { area, negated } => Node::Meets { area: Area::of(area), negated: *negated },
        Normal::Field { name, test, negated } => {
            let column = layer.columns().column(name);
            let texts = column.and_then(|column| layer.columns().texts(column));
            match texts.filter(|(_, texts)| texts.len() <= rows) {
                Some((codes, texts)) => {
                    let answer = |code: usize| {
                        let text = code.checked_sub(1).and_then(|number| texts.get(number));
                        answer_of(test, *negated, text.map(ValueRef::Text))
                    };
                    Node::Codes { codes, answers: (0..=texts.len()).map(answer).collect() }
                }
                None => Node::Values { column, test, negated: *negated },
            }
        }
    }
}

fn holds(node: &Node<'_>, layer: &StillLayer, row: usize) -> bool {
    match node {
        Node::Always(flag) => *flag,
        Node::And(parts) => parts.iter().all(|part| holds(part, layer, row)),
        Node::Or(parts) => parts.iter().any(|part| holds(part, layer, row)),
        Node::Codes { codes, answers } => {
            codes.get(row).and_then(|code| answers.get(code as usize)).copied().unwrap_or(false)
        }
        Node::Values { column, test, negated } => {
            answer_of(test, *negated, column.and_then(|column| layer.columns().value(row, column)))
        }
        Node::Meets { area, negated } => area.meets(layer, row) != *negated,
    }
}

/// What a test says of a value. Of one that is absent, everything but the question for it says no, also the other way round.
fn answer_of(test: &Test<Value>, negated: bool, value: Option<ValueRef<'_>>) -> bool {
    let Some(value) = value else { return matches!(test, Test::IsNull) && !negated };
    let order = |wanted: &Value| order(value, wanted);
    let says = match test {
        Test::Compare(sign, wanted) => order(wanted).is_some_and(|order| sign.holds(order)),
        Test::In(all) => all.iter().any(|wanted| order(wanted) == Some(Ordering::Equal)),
        Test::Like(pattern) => matches!(value, ValueRef::Text(own) if pattern.fits(own)),
        Test::Between(low, high) => order(low).is_some_and(Ordering::is_ge) && order(high).is_some_and(Ordering::is_le),
        Test::IsNull => false,
    };
    says != negated
}

/// How a value of a column lies to a value of the filter; they are of one kind, which was checked.
fn order(value: ValueRef<'_>, wanted: &Value) -> Option<Ordering> {
    match (value, wanted) {
        (ValueRef::Text(a), Value::Text(b)) => Some(a.cmp(b.as_str())),
        (ValueRef::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        #[expect(clippy::cast_precision_loss, reason = "counts and numbers of the registry are below 2^53")]
        (ValueRef::Int(a), Value::Float(b)) => (a as f64).partial_cmp(b),
        (ValueRef::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (ValueRef::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// An area in world units, corners rounded as those of the layers are.
struct Area {
    geometry: Geometry<f64>,
    bounds: WorldBox,
}

impl Area {
    fn of(degrees: &Geometry<f64>) -> Self {
        use geo::BoundingRect as _;
        let geometry = degrees.map_coords(|c| flat(World::of_degrees(c.x, c.y)));
        let nowhere = World { x: 0, y: 0 };
        let bounds = degrees.bounding_rect().map_or(WorldBox { min: nowhere, max: nowhere }, |r| WorldBox {
            min: World::of_degrees(r.min().x, r.max().y),
            max: World::of_degrees(r.max().x, r.min().y),
        });
        Self { geometry, bounds }
    }

    fn meets(&self, layer: &StillLayer, row: usize) -> bool {
        let Some(shapes) = layer.shapes() else {
            let Some(w) = layer.world(row).filter(|w| self.bounds.contains(*w)) else { return false };
            return self.geometry.intersects(&Point(flat(w)));
        };
        shapes.bounds(row).is_some_and(|own| own.meets(&self.bounds)) && self.geometry.intersects(&drawn(shapes, row))
    }
}

fn flat(w: World) -> geo::Coord<f64> {
    geo::Coord { x: f64::from(w.x), y: f64::from(w.y) }
}

/// The shape of a row in world units.
pub(super) fn drawn(shapes: &Shapes, row: usize) -> Geometry<f64> {
    let line = |ring: &Ring| LineString(ring.vertices.iter().map(|w| flat(*w)).collect());
    if !shapes.is_filled(row) {
        return MultiLineString(shapes.rings(row).iter().map(line).collect()).into();
    }
    let mut polygons: Vec<Polygon<f64>> = Vec::new();
    for ring in shapes.rings(row) {
        match polygons.last_mut() {
            Some(polygon) if ring.hole => polygon.interiors_push(line(ring)),
            Some(_) | None => polygons.push(Polygon::new(line(ring), Vec::new())),
        }
    }
    MultiPolygon(polygons).into()
}
