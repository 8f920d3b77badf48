//! One form for filters that say the same: `NOT` stands only at tests, lists are sorted, nothing is said twice.
//!
//! With `NOT` at the tests, a test that cannot tell because its field is absent may simply say no: where it stood under a
//! `NOT`, it says no there as well. So true, false and neither are two answers from here on.

use geo::Geometry;

use super::bind::Leaf;
use super::tree::{Test, Tree};
use crate::value::Value;

/// The form.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Normal {
    Always(bool),
    And(Vec<Normal>),
    Or(Vec<Normal>),
    Field { name: &'static str, test: Test<Value>, negated: bool },
    Meets { area: Geometry<f64>, negated: bool },
}

/// Brings a filter into the form.
pub(super) fn normal(tree: Tree<Leaf>) -> Normal {
    of(tree, false)
}

fn of(tree: Tree<Leaf>, negated: bool) -> Normal {
    match tree {
        Tree::Always(flag) => Normal::Always(flag != negated),
        Tree::Not(inner) => of(*inner, !negated),
        Tree::And(parts) => joined(parts, negated, !negated),
        Tree::Or(parts) => joined(parts, negated, negated),
        Tree::Test(Leaf::Meets(area)) => Normal::Meets { area, negated },
        Tree::Test(Leaf::Field { name, test }) => {
            let (test, negated) = match test {
                Test::Compare(sign, value) => {
                    (Test::Compare(if negated { sign.negated() } else { sign }, value), false)
                }
                Test::In(mut values) => {
                    values.sort_by_cached_key(literal);
                    values.dedup();
                    (Test::In(values), negated)
                }
                other @ (Test::Like(_) | Test::Between(..) | Test::IsNull) => (other, negated),
            };
            Normal::Field { name, test, negated }
        }
    }
}

/// Parts in one order, each once; parts of the same kind within each other are one.
fn joined(parts: Vec<Tree<Leaf>>, negated: bool, all: bool) -> Normal {
    let mut flat = Vec::new();
    for part in parts {
        match (of(part, negated), all) {
            (Normal::And(inner), true) | (Normal::Or(inner), false) => flat.extend(inner),
            (other, _) => flat.push(other),
        }
    }
    flat.sort_by_cached_key(canonical);
    flat.dedup();
    match flat.len() {
        1 => flat.remove(0),
        _ if all => Normal::And(flat),
        _ => Normal::Or(flat),
    }
}

/// The form as text, which is a filter itself.
pub(super) fn canonical(normal: &Normal) -> String {
    match normal {
        Normal::Always(flag) => if *flag { "TRUE" } else { "FALSE" }.to_owned(),
        Normal::And(parts) => parts.iter().map(inner).collect::<Vec<_>>().join(" AND "),
        Normal::Or(parts) => parts.iter().map(inner).collect::<Vec<_>>().join(" OR "),
        Normal::Meets { area, negated } => {
            format!("{}S_INTERSECTS(geometry, {})", if *negated { "NOT " } else { "" }, wkt(area))
        }
        Normal::Field { name, test, negated } => {
            let not = if *negated { "NOT " } else { "" };
            match test {
                Test::Compare(sign, value) => format!("{name} {} {}", sign.text(), literal(value)),
                Test::In(values) => {
                    format!("{name} {not}IN ({})", values.iter().map(literal).collect::<Vec<_>>().join(", "))
                }
                Test::Like(pattern) => format!("{name} {not}LIKE {}", quoted(pattern.text())),
                Test::Between(low, high) => format!("{name} {not}BETWEEN {} AND {}", literal(low), literal(high)),
                Test::IsNull => format!("{name} IS {not}NULL"),
            }
        }
    }
}

fn inner(normal: &Normal) -> String {
    let text = canonical(normal);
    if matches!(normal, Normal::And(_) | Normal::Or(_)) { format!("({text})") } else { text }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Bool(flag) => if *flag { "TRUE" } else { "FALSE" }.to_owned(),
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn wkt(area: &Geometry<f64>) -> String {
    let coords = |line: &geo::LineString<f64>| {
        let all = line.0.iter().map(|c| format!("{} {}", c.x, c.y)).collect::<Vec<_>>();
        format!("({})", all.join(","))
    };
    let rings = |polygon: &geo::Polygon<f64>| {
        let all = std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(coords).collect::<Vec<_>>();
        format!("({})", all.join(","))
    };
    match area {
        Geometry::Point(p) => format!("POINT({} {})", p.x(), p.y()),
        Geometry::MultiPoint(all) => {
            format!("MULTIPOINT({})", all.iter().map(|p| format!("{} {}", p.x(), p.y())).collect::<Vec<_>>().join(","))
        }
        Geometry::LineString(line) => format!("LINESTRING{}", coords(line)),
        Geometry::MultiLineString(all) => {
            format!("MULTILINESTRING({})", all.iter().map(coords).collect::<Vec<_>>().join(","))
        }
        Geometry::Polygon(polygon) => format!("POLYGON{}", rings(polygon)),
        Geometry::MultiPolygon(all) => format!("MULTIPOLYGON({})", all.iter().map(rings).collect::<Vec<_>>().join(",")),
        // Nothing else is read.
        Geometry::Line(_) | Geometry::GeometryCollection(_) | Geometry::Rect(_) | Geometry::Triangle(_) => {
            String::new()
        }
    }
}
