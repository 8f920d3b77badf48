//! Addresses → houses, and the address line that other nouns carry.

use spatial::{Properties, Value};

use super::put_text;
use crate::osm::pbf::Tags;

/// Whatever has a house number. `building` is the source id of the building that the tags themselves describe.
/// Flats and units are left out: an address goes down to the building, not to the room.
pub(in crate::osm) fn house(tags: Tags<'_>, building: Option<&str>) -> Option<Properties> {
    tags.get("addr:housenumber")?;
    let mut house = Properties::new();
    put_text(&mut house, "building", building);
    put_text(&mut house, "address", line(tags).as_deref());
    put_text(&mut house, "postcode", tags.get("addr:postcode"));
    put_text(&mut house, "city", tags.get("addr:city"));
    Some(house)
}

/// Puts the address line, if there is one.
pub(super) fn put_address(properties: &mut Properties, tags: Tags<'_>) {
    if let Some(line) = line(tags) {
        put_text(properties, "address", Some(&line));
    }
}

/// `street number`; Chinese streets run into the number: `人民路12号`.
fn line(tags: Tags<'_>) -> Option<String> {
    let number = tags.get("addr:housenumber")?;
    let Some(street) = tags.get("addr:street").or_else(|| tags.get("addr:place")) else {
        return Some(number.to_owned());
    };
    let chinese = street.chars().next_back().is_some_and(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let gap = if chinese { "" } else { " " };
    Some(format!("{street}{gap}{number}"))
}

/// Puts a whole number.
pub(super) fn put_int(properties: &mut Properties, name: &'static str, number: Option<i64>) {
    if let Some(number) = number {
        properties.put(name, Value::Int(number));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_written_as_people_do() {
        let check = |tags: &[(&str, &str)], expect: Option<&str>| assert_eq!(line(Tags(tags)).as_deref(), expect);
        check(&[("addr:street", "Mannerheimintie"), ("addr:housenumber", "12 B")], Some("Mannerheimintie 12 B"));
        check(&[("addr:street", "人民路"), ("addr:housenumber", "12号")], Some("人民路12号"));
        check(&[("addr:place", "Seurasaari"), ("addr:housenumber", "1")], Some("Seurasaari 1"));
        check(&[("addr:housenumber", "7")], Some("7"));
        check(&[("addr:street", "x")], None);
        assert!(house(Tags(&[("addr:street", "x")]), None).is_none());
    }
}
