//! Numbers of tags that no thing of that kind has: the thing is kept without them, and the report names them.

use crate::osm::pbf::Tags;
use crate::osm::quantity::{count, metres, speed_kmh, tonnes};

/// Most storeys of a building; the highest there is has 163.
pub(super) const LEVELS: std::ops::RangeInclusive<i64> = 1..=200;
/// Lanes of a road.
pub(super) const LANES: std::ops::RangeInclusive<i64> = 1..=20;
/// Speed limits, km/h.
pub(super) const SPEEDS_KMH: std::ops::RangeInclusive<i64> = 1..=200;

/// Whether a tag's value is a number that can be.
type Fits = fn(&str) -> bool;

const OF_BUILDINGS: [(&str, Fits); 3] = [
    ("height", |text| metres(text).is_some_and(|height| height > 0.0)),
    ("est_height", |text| metres(text).is_some_and(|height| height > 0.0)),
    // A building without storeys above ground is one.
    ("building:levels", |text| count(text).is_some_and(|levels| levels == 0 || LEVELS.contains(&levels))),
];
const OF_ROADS: [(&str, Fits); 4] = [
    ("maxspeed", |text| speed_kmh(text).is_some_and(|kmh| SPEEDS_KMH.contains(&kmh))),
    ("lanes", |text| count(text).is_some_and(|lanes| LANES.contains(&lanes))),
    ("maxheight", |text| metres(text).is_some_and(|height| height > 0.0)),
    ("maxweight", |text| tonnes(text).is_some()),
];
const OF_CAMERAS: [(&str, Fits); 3] = [
    ("camera:height", |text| metres(text).is_some()),
    ("height", |text| metres(text).is_some()),
    ("camera:angle", |text| {
        // Some write the tilt there, which is below 0.
        text.trim_end_matches('°').trim().parse().is_ok_and(|angle: f64| angle.abs() <= 360.0)
    }),
];

/// The tags of an object whose number no layer can take. Words (`none`, `signals`) are no numbers.
pub(in crate::osm) fn out_of_bounds(tags: Tags<'_>) -> impl Iterator<Item = (&'static str, &str)> {
    let of = |there: bool, all: &'static [(&'static str, Fits)]| all.get(..if there { all.len() } else { 0 });
    let all = [
        of(tags.some("building").is_some(), &OF_BUILDINGS),
        of(tags.some("highway").is_some(), &OF_ROADS),
        of(tags.is("man_made", "surveillance"), &OF_CAMERAS),
    ];
    let numbered = |text: &str| text.trim_start_matches(['-', '+', '.']).starts_with(|c: char| c.is_ascii_digit());
    all.into_iter().flatten().flatten().filter_map(move |(key, fits)| {
        let value = tags.get(key)?;
        (numbered(value) && !fits(value)).then_some((*key, value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tags: &[(&str, &str)], expect: &[&str]) {
        let got: Vec<&str> = out_of_bounds(Tags(tags)).map(|(key, _)| key).collect();
        assert_eq!(got, expect, "{tags:?}");
    }

    #[test]
    fn what_no_thing_has_is_named() {
        check(&[("building", "yes"), ("height", "99999"), ("building:levels", "999")], &["height", "building:levels"]);
        check(&[("building", "yes"), ("height", "12 m"), ("building:levels", "0")], &[]);
        check(&[("building", "yes"), ("height", "tall")], &[]);
        check(&[("highway", "primary"), ("lanes", "900"), ("maxspeed", "9999")], &["maxspeed", "lanes"]);
        check(&[("highway", "primary"), ("maxspeed", "none"), ("lanes", "2;3"), ("maxheight", "-4")], &["maxheight"]);
        check(&[("highway", "primary"), ("height", "99999")], &[]);
        check(&[("highway", "primary"), ("maxheight", "12'6\"")], &[]);
        check(&[("man_made", "surveillance"), ("camera:angle", "-15"), ("height", "99999")], &["height"]);
    }
}
