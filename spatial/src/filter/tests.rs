use geo::{Coord, Geometry, LineString, MapCoords, Point, Polygon, Relate};
use proptest::prelude::*;

use super::bind::{Leaf, bound};
use super::rows::drawn;
use super::tree::{Sign, Test, Tree};
use super::{Filter, MOST_POINTS, MOST_VALUES, Wants as _};
use crate::layer::Layer;
use crate::mercator::World;
use crate::noun::Noun;
use crate::position::Position;
use crate::still::{Row, StillLayer, ValueRef};
use crate::value::{Properties, Value};

fn check(text: &str, canonical: &str) {
    let filter = Filter::read(text, Layer::Cameras, &["stream"]);
    assert_eq!(filter.as_ref().map(Filter::canonical), Ok(canonical), "{text}");
    let again = Filter::read(canonical, Layer::Cameras, &["stream"]).unwrap();
    assert_eq!((again.canonical(), &again), (canonical, &filter.unwrap()), "{canonical} is its own form");
}

#[test]
fn filters_that_say_the_same_have_one_form() {
    check("kind='ptz'", "kind = 'ptz'");
    check(" 'ptz' = \"kind\" ", "kind = 'ptz'");
    check("80<range_m", "range_m > 80");
    check("kind IN ('ptz','dome','ptz')", "kind IN ('dome', 'ptz')");
    check("not kind in ('a')", "kind NOT IN ('a')");
    check("NOT NOT kind = 'a'", "kind = 'a'");
    check("NOT (kind = 'a' AND NOT online = TRUE)", "kind <> 'a' OR online = TRUE");
    check("online = true and kind = 'a' and online = TRUE", "kind = 'a' AND online = TRUE");
    check("kind = 'a' AND (kind = 'b' AND (range_m > 1.50))", "kind = 'a' AND kind = 'b' AND range_m > 1.5");
    check("kind = 'a' OR kind = 'b' AND range_m > 1e2", "kind = 'a' OR (kind = 'b' AND range_m > 100)");
    check("name LIKE 'it''s 100\\%%'", "name LIKE 'it''s 100\\%%'");
    check("name not like 'x%'", "name NOT LIKE 'x%'");
    check("NOT retention_days BETWEEN 7 AND 30.5", "retention_days NOT BETWEEN 7 AND 30.5");
    check("name is not null", "name IS NOT NULL");
    check("NOT name IS NOT NULL", "name IS NULL");
    check("TRUE", "TRUE");
    check("NOT TRUE OR kind = 'x'", "FALSE OR kind = 'x'");
    check("name > DATE('2026-01-31')", "name > '2026-01-31'");
    let square = "POLYGON((120 27,121 27,121 28,120 28,120 27))";
    check(&format!("S_INTERSECTS(geometry,{square})"), &format!("S_INTERSECTS(geometry, {square})"));
    check(&format!("s_intersects( {square} , geometry)"), &format!("S_INTERSECTS(geometry, {square})"));
    check(
        "S_INTERSECTS(geometry, BBOX(120,27,121,28))",
        "S_INTERSECTS(geometry, POLYGON((121 27,121 28,120 28,120 27,121 27)))",
    );
    check("not s_intersects(geometry, point(120.5 -27))", "NOT S_INTERSECTS(geometry, POINT(120.5 -27))");
    check("S_INTERSECTS(geometry, MULTIPOINT((1 2),(3 4)))", "S_INTERSECTS(geometry, MULTIPOINT(1 2,3 4))");
    check("S_INTERSECTS(geometry, LINESTRING(1 2, 3 4.5))", "S_INTERSECTS(geometry, LINESTRING(1 2,3 4.5))");
}

fn refused(text: &str, at: usize, words: &str) {
    let error = Filter::read(text, Layer::Cameras, &["stream"]).unwrap_err();
    assert!(error.at == at && error.reason.contains(words), "{text}: {error}");
}

#[test]
fn what_is_no_filter_is_refused_where_it_is_wrong() {
    refused("", 1, "name of a field");
    refused("kind =", 7, "value");
    refused("kind", 5, "after a field comes");
    refused("kind = 'a", 8, "not closed");
    refused("kind = 'a' kind = 'b'", 12, "AND or OR");
    refused("kind = 'a')", 11, "AND or OR");
    refused("(kind = 'a'", 12, ") is missing");
    refused("kind = NULL", 8, "IS NULL");
    refused("kind = ptz", 8, "value");
    refused("kind ; 1", 6, "no meaning");
    refused("kind = 5", 1, "single quotes");
    refused("range_m = 'far'", 1, "number");
    refused("range_m = 1.2.3", 11, "not a number");
    refused("range_m = 1e999", 11, "not a number");
    refused("online = 'yes'", 1, "TRUE or FALSE");
    refused("online > TRUE", 1, "no meaning");
    refused("online BETWEEN FALSE AND TRUE", 1, "no meaning");
    refused("range_m LIKE '8%'", 1, "no text");
    refused("name LIKE 5", 11, "single quotes");
    refused("name > TIMESTAMP('2026-01-01T00:00:00Z')", 1, "moment");
    refused("name > DATE('31.1.2026')", 1, "YYYY-MM-DD");
    refused("kind IN ()", 10, "value");
    refused("UPPER(name) = 'X'", 1, "no function");
    refused("CASEI(name) = 'x'", 1, "no function");
    refused("stream = 'x'", 1, "no field \"stream\" that you may see");
    refused("password = 'x'", 1, "no field \"password\" that you may see");
    refused("Kind = 'x'", 1, "no field");
    refused("S_INTERSECTS(geometry, 'x')", 24, "BBOX");
    refused("S_INTERSECTS(place, POINT(1 2))", 14, "geometry is the other side");
    refused("S_WITHIN(geometry, POINT(1 2))", 1, "no function");
    refused("S_INTERSECTS(geometry, BBOX(120,27,121))", 24, "four numbers");
    refused("S_INTERSECTS(geometry, BBOX(120,27,119,28))", 24, "beyond east");
    refused("S_INTERSECTS(geometry, POINT(27 120))", 30, "longitude");
    refused("S_INTERSECTS(geometry, POLYGON((0 0,1 0,1 1)))", 31, "ends where it began");
    refused("S_INTERSECTS(geometry, POLYGON((0 0,1 0,2 0,0 0)))", 31, "some ground");
    refused("S_INTERSECTS(geometry, LINESTRING(0 0))", 34, "two points");
}

#[test]
fn filters_are_bounded() {
    let deep = |n: usize| format!("{}kind = 'a'{}", "(".repeat(n), ")".repeat(n));
    check(&deep(64), "kind = 'a'");
    refused(&deep(65), 66, "64 deep");
    refused(&deep(1_000), 66, "64 deep");
    refused(&"(".repeat(8_000), 66, "64 deep");
    refused(&"x".repeat(8_193), 1, "8192 bytes");
    check(&format!("{}kind = 'a'", "NOT ".repeat(1_000)), "kind = 'a'");
    let many = |n: usize| vec!["kind = 'a'"; n].join(" OR ");
    check(&many(100), "kind = 'a'");
    refused(&many(101), 1_401, "100 tests");
    let list = |n: usize| format!("range_m IN ({})", vec!["1"; n].join(","));
    check(&list(MOST_VALUES), "range_m IN (1)");
    refused(&list(MOST_VALUES + 1), 413, "200 values");
    let points = |n: usize| format!("S_INTERSECTS(geometry, MULTIPOINT({}))", vec!["1 2"; n].join(","));
    assert!(Filter::read(&points(MOST_POINTS), Layer::Cameras, &[]).is_ok());
    assert!(Filter::read(&points(MOST_POINTS + 1), Layer::Cameras, &[]).unwrap_err().reason.contains("1000 points"));
    let star = format!("name LIKE '{}'", "%a".repeat(500));
    let filter = Filter::read(&star, Layer::Cameras, &[]).unwrap();
    let layer = cameras(vec![camera(0, 0)]);
    assert!(!filter.on(&layer, 1).holds(0));
}

/// A camera by numbers, with fields absent here and there.
fn camera(n: u32, place: u32) -> Row {
    let mut properties = Properties::new();
    let mut put = |name: &'static str, there: bool, value: Value| {
        if there {
            properties.put(name, value);
        }
    };
    put(
        "name",
        !n.is_multiple_of(5),
        Value::Text(["五马街", "it's", "a_b", "100%", ""][n as usize / 5 % 5].to_owned()),
    );
    put("kind", !n.is_multiple_of(7), Value::Text(["ptz", "dome", "fixed"][n as usize % 3].to_owned()));
    put("range_m", !n.is_multiple_of(4), Value::Float(f64::from(n % 11) * 10.5));
    put("online", !n.is_multiple_of(3), Value::Bool(n.is_multiple_of(2)));
    put("retention_days", !n.is_multiple_of(6), Value::Int(i64::from(n % 9)));
    let position = Position::new(120.0 + f64::from(place % 10) * 0.1, 27.0 + f64::from(place / 10 % 10) * 0.1).unwrap();
    Row {
        fid: u64::from(n) << 8 | u64::from(place),
        division: None,
        revision: 1,
        position,
        geometry: position.point().into(),
        properties,
    }
}

fn cameras(rows: Vec<Row>) -> StillLayer {
    StillLayer::assemble(Layer::Cameras, Noun::fields(Layer::Cameras), rows)
}

/// The obvious twin: three answers, as the standard has them, on the tree as it was written.
fn kleene(tree: &Tree<Leaf>, layer: &StillLayer, row: usize) -> Option<bool> {
    match tree {
        Tree::Always(flag) => Some(*flag),
        Tree::Not(inner) => kleene(inner, layer, row).map(|flag| !flag),
        Tree::And(parts) => {
            let all: Vec<_> = parts.iter().map(|part| kleene(part, layer, row)).collect();
            if all.contains(&Some(false)) { Some(false) } else { all.iter().all(Option::is_some).then_some(true) }
        }
        Tree::Or(parts) => {
            let all: Vec<_> = parts.iter().map(|part| kleene(part, layer, row)).collect();
            if all.contains(&Some(true)) { Some(true) } else { all.iter().all(Option::is_some).then_some(false) }
        }
        Tree::Test(Leaf::Meets(area)) => {
            let flat = |w: World| Coord { x: f64::from(w.x), y: f64::from(w.y) };
            let area = area.map_coords(|c| flat(World::of_degrees(c.x, c.y)));
            let own: Geometry<f64> = match layer.shapes() {
                Some(shapes) => drawn(shapes, row),
                None => Point(flat(layer.world(row)?)).into(),
            };
            Some(area.relate(&own).is_intersects())
        }
        Tree::Test(Leaf::Field { name, test }) => {
            let value = layer.value(row, name).map(ValueRef::to_value);
            if *test == Test::IsNull {
                return Some(value.is_none());
            }
            asked(&value?, test)
        }
    }
}

fn asked(value: &Value, test: &Test<Value>) -> Option<bool> {
    let less = |a: &Value, b: &Value| match (a, b) {
        (Value::Text(a), Value::Text(b)) => a < b,
        (Value::Bool(a), Value::Bool(b)) => !a && *b,
        (a, b) => number(a) < number(b),
    };
    let same = |a: &Value, b: &Value| !less(a, b) && !less(b, a);
    Some(match test {
        Test::Compare(Sign::Equal, to) => same(value, to),
        Test::Compare(Sign::Unequal, to) => !same(value, to),
        Test::Compare(Sign::Less, to) => less(value, to),
        Test::Compare(Sign::Greater, to) => less(to, value),
        Test::Compare(Sign::AtMost, to) => !less(to, value),
        Test::Compare(Sign::AtLeast, to) => !less(value, to),
        Test::In(all) => all.iter().any(|to| same(value, to)),
        Test::Between(low, high) => !less(value, low) && !less(high, value),
        Test::Like(pattern) => {
            let signs = |text: &str| text.chars().collect::<Vec<char>>();
            like(&signs(pattern.text()), &signs(value.as_text()?))
        }
        Test::IsNull => return None,
    })
}

fn number(value: &Value) -> f64 {
    match value {
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        Value::Int(n) => *n as f64,
        Value::Float(n) => *n,
        Value::Text(_) | Value::Bool(_) => f64::NAN,
    }
}

/// Every way to read a pattern is tried.
fn like(pattern: &[char], text: &[char]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        (['%', rest @ ..], _) => (0..=text.len()).any(|n| like(rest, &text[n..])),
        (['_', rest @ ..], [_, others @ ..]) => like(rest, others),
        (['\\', sign, rest @ ..] | [sign, rest @ ..], [first, others @ ..]) => sign == first && like(rest, others),
        _ => false,
    }
}

/// A test of the place as text.
fn meets() -> impl Strategy<Value = String> {
    let not = prop::sample::select(vec!["", "NOT "]);
    let area = prop::sample::select(vec![
        "BBOX(120.05,27.05,120.55,27.55)",
        "BBOX(120.1,27.1,120.3,27.3)",
        "POINT(120.2 27.4)",
        "LINESTRING(120 27,120.9 27.9)",
        "POLYGON((120 27,120.8 27.1,120.4 27.8,120 27),(120.25 27.15,120.45 27.15,120.35 27.45,120.25 27.15))",
        "MULTIPOLYGON(((120 27,120.2 27,120.2 27.2,120 27.2,120 27)),((120.6 27.6,120.9 27.6,120.9 27.9,120.6 27.6)))",
    ]);
    (not, area).prop_map(|(not, area)| format!("{not}S_INTERSECTS(geometry, {area})"))
}

/// A test of cameras as text.
fn leaf() -> impl Strategy<Value = String> {
    let sign = prop::sample::select(vec!["=", "<>", "<", ">", "<=", ">="]);
    let text = prop::sample::select(vec!["五马街", "it''s", "a_b", "100%", "", "ptz", "dome", "zz"]);
    let pattern = prop::sample::select(vec!["%", "五%", "%''%", "a\\_b", "a_b", "100\\%", "_%", "%b", ""]);
    let not = prop::sample::select(vec!["", "NOT "]);
    prop_oneof![
        3 => (prop::sample::select(vec!["name", "kind"]), sign.clone(), text.clone()).prop_map(|(f, s, t)| format!("{f} {s} '{t}'")),
        3 => (prop::sample::select(vec!["range_m", "retention_days"]), sign.clone(), -1..12_i32).prop_map(|(f, s, n)| format!("{n} {s} {f}")),
        1 => (sign, 0..12_i32).prop_map(|(s, n)| format!("range_m {s} {}", f64::from(n) * 10.5)),
        1 => (prop::sample::select(vec!["=", "<>"]), any::<bool>()).prop_map(|(s, b)| format!("online {s} {b}")),
        2 => (not.clone(), prop::collection::vec(text, 1..4)).prop_map(|(not, all)| format!("kind {not}IN ('{}')", all.join("', '"))),
        2 => (not.clone(), pattern).prop_map(|(not, p)| format!("name {not}LIKE '{p}'")),
        2 => (not.clone(), 0..9_i32, 0..9_i32).prop_map(|(not, a, b)| format!("retention_days {not}BETWEEN {a} AND {b}.5")),
        1 => (prop::sample::select(vec!["name", "kind", "online", "range_m"]), not.clone()).prop_map(|(f, not)| format!("{f} IS {not}NULL")),
        2 => meets(),
        1 => prop::sample::select(vec!["TRUE", "FALSE"]).prop_map(str::to_owned),
    ]
}

fn filter() -> impl Strategy<Value = String> {
    leaf().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            (prop::collection::vec(inner.clone(), 2..4), prop::sample::select(vec![" AND ", " OR "]))
                .prop_map(|(all, word)| format!("({})", all.join(word))),
            inner.prop_map(|one| format!("NOT ({one})")),
        ]
    })
}

proptest! {
    #[test]
    fn columns_choose_what_the_twin_finds_true(text in filter(), rows in prop::collection::vec((0..200_u32, 0..100_u32), 1..60)) {
        let layer = cameras(rows.into_iter().map(|(n, place)| camera(n, place)).collect());
        let tree = bound(&text, Layer::Cameras, &[]).unwrap();
        let filter = Filter::read(&text, Layer::Cameras, &[]).unwrap();
        let again = Filter::read(filter.canonical(), Layer::Cameras, &[]).unwrap();
        prop_assert_eq!(again.canonical(), filter.canonical());
        for hint in [0, 1_000] {
            // By value and by the dictionary.
            let (chosen, same) = (filter.on(&layer, hint), again.on(&layer, hint));
            let marks = chosen.marks(0..layer.len());
            prop_assert_eq!(marks.len(), layer.len());
            for (row, mark) in marks.into_iter().enumerate() {
                let twin = kleene(&tree, &layer, row) == Some(true);
                prop_assert_eq!(mark, twin, "{} of {:?}", text, layer.properties(row));
                prop_assert_eq!(chosen.holds(row), twin, "{} of {:?}", text, layer.properties(row));
                prop_assert_eq!(same.holds(row), twin, "{}", filter.canonical());
            }
        }
    }

    /// Lines and polygons with holes.
    #[test]
    fn shapes_meet_areas_as_the_twin_says(area in meets(), rows in prop::collection::vec((0..10_u32, 0..10_u32, 1..4_u32, any::<bool>()), 1..20)) {
        let shape = |(n, (x, y, side, holed)): (u64, (u32, u32, u32, bool))| {
            let at = |dx: f64, dy: f64| Coord { x: 120.0 + f64::from(x) * 0.1 + dx * 0.1, y: 27.0 + f64::from(y) * 0.1 + dy * 0.1 };
            let side = f64::from(side);
            let ring = |from: f64, to: f64| LineString(vec![at(from, from), at(to, from), at(to, to), at(from, to), at(from, from)]);
            let holes = if holed { vec![ring(side * 0.25, side * 0.75)] } else { Vec::new() };
            let geometry: Geometry<f64> = Polygon::new(ring(0.0, side), holes).into();
            let position = Position::new(at(0.0, 0.0).x, at(0.0, 0.0).y).unwrap();
            Row { fid: n, division: None, revision: 1, position, geometry, properties: Properties::new() }
        };
        let rows = (1..).zip(rows).map(shape).collect();
        let layer = StillLayer::assemble(Layer::Land, Noun::fields(Layer::Land), rows);
        let (tree, filter) = (bound(&area, Layer::Land, &[]).unwrap(), Filter::read(&area, Layer::Land, &[]).unwrap());
        let chosen = filter.on(&layer, 0);
        for row in 0..layer.len() {
            prop_assert_eq!(chosen.holds(row), kleene(&tree, &layer, row) == Some(true), "{}", area);
        }
    }

    /// Whatever is sent, the answer is a filter or words.
    #[test]
    fn no_text_is_too_odd(text in "[a-z_'\"()<>=, 0-9.%+-]{0,60}|\\PC{0,40}") {
        if let Err(error) = Filter::read(&text, Layer::Cameras, &[]) {
            prop_assert!(!error.reason.is_empty() && error.at >= 1 && error.at <= text.chars().count() + 1);
        }
    }
}
