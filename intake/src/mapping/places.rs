//! Headers by which places are found in a table without a mapping.

/// Before a header of ours, under which an export writes places where its rows have facts of the usual names: it comes
/// first, and of several the one with the most of these.
const OURS: &str = "onemap_";
/// Most of them before a header: the name of a fact has at most 64 characters, so it holds eight, and ours is one longer.
const MOST_OURS: usize = 9;
/// Headers by which places are found in a table without a mapping.
const PAIRS: [(&str, &str); 6] =
    [("lon", "lat"), ("lng", "lat"), ("longitude", "latitude"), ("x", "y"), ("east", "north"), ("经度", "纬度")];
const WKT: [&str; 4] = ["wkt", "geometry", "geom", "wkt_geom"];

/// The headers of places in a table with facts of these names: two for points, and one for a geometry as text. Where none
/// of the facts has a name by which places are found, they are `lon` and `lat`, and `wkt`; else no fact comes before them.
///
/// ```
/// let names = |facts: &[&str]| intake::place_headers(facts);
/// assert_eq!(names(&["kind"]), ["lon", "lat", "wkt"]);
/// assert_eq!(names(&["kind", "Lon"]), ["onemap_lon", "onemap_lat", "onemap_wkt"]);
/// assert_eq!(names(&["lon", "onemap_lon"]), ["onemap_onemap_lon", "onemap_onemap_lat", "onemap_onemap_wkt"]);
/// ```
pub fn place_headers(facts: &[&str]) -> [String; 3] {
    let ours = facts.iter().filter_map(|fact| ours_before(fact)).map(|ours| ours + 1).max().unwrap_or(0);
    ["lon", "lat", "wkt"].map(|name| ours_times(ours, name))
}

/// How often ours stands before a name by which places are found; none for every other name.
fn ours_before(fact: &str) -> Option<usize> {
    let (mut rest, mut ours) = (fact, 0);
    while let Some((_, tail)) = rest.split_at_checked(OURS.len()).filter(|(head, _)| head.eq_ignore_ascii_case(OURS)) {
        (rest, ours) = (tail, ours + 1);
    }
    let mut usual = PAIRS.iter().flat_map(|(x, y)| [*x, *y]).chain(WKT);
    usual.any(|name| rest.eq_ignore_ascii_case(name)).then_some(ours)
}

fn ours_times(ours: usize, name: &str) -> String {
    format!("{}{name}", OURS.repeat(ours))
}

/// The columns of places.
pub(super) enum Usual {
    /// Two numbers, east first.
    Numbers(usize, usize),
    /// A geometry as text.
    Wkt(usize),
}

/// The columns of places, where `at` tells where a header stands.
pub(super) fn usual(at: impl Fn(&str) -> Option<usize>) -> Option<Usual> {
    let pair = |x: &str, y: &str| Some(Usual::Numbers(at(x)?, at(y)?));
    let ours = (1..=MOST_OURS).rev().find_map(|ours| {
        let [lon, lat, text] = ["lon", "lat", "wkt"].map(|name| ours_times(ours, name));
        pair(&lon, &lat).or_else(|| at(&text).map(Usual::Wkt))
    });
    let usual = ours.or_else(|| PAIRS.iter().find_map(|(x, y)| pair(x, y)));
    usual.or_else(|| WKT.iter().find_map(|name| at(name)).map(Usual::Wkt))
}
