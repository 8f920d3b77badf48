//! Buildings.

use spatial::{Properties, Value};

use super::address::{put_address, put_int};
use super::bounds::LEVELS;
use super::{first, put_text};
use crate::osm::pbf::Tags;
use crate::osm::quantity::{count, metres};

/// Height of a storey where only storeys are known, metres.
const STOREY_M: f64 = 3.0;

/// `building=*`, except `no`. The kind is the tag's value; `yes` says nothing and becomes no kind. The height is
/// `height`, else `est_height`, else three metres a storey; nothing is guessed from the kind.
pub(in crate::osm) fn building(tags: Tags<'_>) -> Option<Properties> {
    let value = tags.some("building")?;
    let mut building = Properties::new();
    put_text(&mut building, "name", tags.get("name").or_else(|| tags.get("addr:housename")));
    let levels = tags.get("building:levels").and_then(count);
    let measured =
        tags.get("height").or_else(|| tags.get("est_height")).and_then(metres).filter(|height| *height > 0.0);
    #[expect(clippy::cast_precision_loss, reason = "at most 200 storeys")]
    let counted = levels.filter(|levels| LEVELS.contains(levels)).map(|levels| levels as f64 * STOREY_M);
    if let Some(height) = measured.or(counted) {
        building.put("height_m", Value::Float(height));
        let from = if measured.is_some() { "height" } else { "levels" };
        building.put("height_from", Value::Text(from.to_owned()));
    }
    put_int(&mut building, "levels", levels.filter(|levels| LEVELS.contains(levels)));
    put_text(&mut building, "kind", Some(first(value)).filter(|kind| *kind != "yes"));
    put_address(&mut building, tags);
    Some(building)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tags: &[(&str, &str)], expect: &[&str]) {
        let got = building(Tags(tags)).unwrap();
        let got: Vec<String> = got.iter().map(|(n, v)| format!("{n}={v}")).collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn heights_come_from_tags_only() {
        check(&[("building", "yes")], &[]);
        check(
            &[("building", "office"), ("height", "12.13 m"), ("building:levels", "3")],
            &["height_m=12.13", "height_from=height", "levels=3", "kind=office"],
        );
        check(&[("building", "yes"), ("building:levels", "2.5")], &["height_m=6", "height_from=levels", "levels=2"]);
        check(
            &[("building", "yes"), ("height", "tall"), ("building:levels", "1")],
            &["height_m=3", "height_from=levels", "levels=1"],
        );
        check(&[("building", "yes"), ("building:levels", "0")], &[]);
        check(&[("building", "yes"), ("building:levels", "999")], &[]);
        assert!(building(Tags(&[("building", "no")])).is_none());
    }
}
