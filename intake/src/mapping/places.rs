//! Headers by which places are found in a table without a mapping.

/// Headers under which an export writes places where its rows have facts of the usual names: these come first.
const OURS: (&str, &str, &str) = ("onemap_lon", "onemap_lat", "onemap_wkt");
/// Headers by which places are found in a table without a mapping.
const PAIRS: [(&str, &str); 6] =
    [("lon", "lat"), ("lng", "lat"), ("longitude", "latitude"), ("x", "y"), ("east", "north"), ("经度", "纬度")];
const WKT: [&str; 4] = ["wkt", "geometry", "geom", "wkt_geom"];

/// The headers of places in a table with facts of these names: two for points, and one for a geometry as text. Where none
/// of the facts has a name by which places are found, they are `lon` and `lat`, and `wkt`.
///
/// ```
/// assert_eq!(intake::place_headers(&["kind"]), ("lon", "lat", "wkt"));
/// assert_eq!(intake::place_headers(&["kind", "Lon"]), ("onemap_lon", "onemap_lat", "onemap_wkt"));
/// ```
pub fn place_headers(facts: &[&str]) -> (&'static str, &'static str, &'static str) {
    let usual = PAIRS.iter().flat_map(|(x, y)| [*x, *y]).chain(WKT);
    let taken = usual.into_iter().any(|name| facts.iter().any(|fact| fact.eq_ignore_ascii_case(name)));
    if taken { OURS } else { ("lon", "lat", "wkt") }
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
    let (lon, lat, text) = OURS;
    let pair = |x: &str, y: &str| Some(Usual::Numbers(at(x)?, at(y)?));
    let ours = pair(lon, lat).or_else(|| at(text).map(Usual::Wkt));
    let usual = ours.or_else(|| PAIRS.iter().find_map(|(x, y)| pair(x, y)));
    usual.or_else(|| WKT.iter().find_map(|name| at(name)).map(Usual::Wkt))
}
