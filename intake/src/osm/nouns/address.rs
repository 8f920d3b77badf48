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
    let number = to_the_building(tags.get("addr:housenumber")?)?;
    let Some(street) = tags.get("addr:street").or_else(|| tags.get("addr:place")) else {
        return Some(number.clone());
    };
    let chinese = street.chars().next_back().is_some_and(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let gap = if chinese { "" } else { " " };
    Some(format!("{street}{gap}{number}"))
}

/// Words that say: what stands here lies inside the building.
const INSIDE: [&str; 22] = [
    "krs",
    "kerros",
    "floor",
    "flr",
    "level",
    "lvl",
    "room",
    "suite",
    "apt",
    "apartment",
    "flat",
    "unit",
    "as",
    "huone",
    "etage",
    "stock",
    "og",
    "eg",
    "våning",
    "vån",
    "tr",
    "楼层",
];

/// A house number without what lies inside the building: of `8, 2. krs.` or `8 2nd floor` the 8 stays. None when
/// nothing is left. In doubt more is cut: an address goes down to the building, not to the floor, the flat or the room.
fn to_the_building(number: &str) -> Option<String> {
    let mut start = 0;
    for part in number.split(SEPARATORS) {
        let words: Vec<&str> = part.split_whitespace().collect();
        if let Some(at) = words.iter().position(|word| is_inside(word)) {
            // The floor's own number is part of the word (`3层`) or stands before it (`2nd floor`).
            let numbered = words.get(at).is_some_and(|word| word.contains(|c: char| c.is_ascii_digit()));
            let own = words.get(..if numbered { at } else { at.saturating_sub(1) }).unwrap_or_default().join(" ");
            let kept = format!("{}{own}", number.get(..start).unwrap_or_default());
            let kept = kept.trim_end_matches(SEPARATORS).trim_end_matches(' ');
            return (!kept.is_empty()).then(|| kept.to_owned());
        }
        start += part.len() + 1;
    }
    Some(number.to_owned())
}

const SEPARATORS: [char; 5] = [',', ';', '(', '/', '|'];

fn is_inside(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase();
    INSIDE.contains(&word.as_str()) || word.ends_with(['层', '室'])
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

    #[test]
    fn an_address_ends_at_the_building() {
        let check =
            |number: &str, expect: Option<&str>| assert_eq!(to_the_building(number).as_deref(), expect, "{number}");
        check("8, 2. krs.", Some("8"));
        check("8, 2nd floor", Some("8"));
        check("8 2nd floor", Some("8"));
        check("8, Floor 2", Some("8"));
        check("8 B, 3. kerros", Some("8 B"));
        check("12号3层", None);
        check("12号 3层", Some("12号"));
        check("12 B", Some("12 B"));
        check("12号", Some("12号"));
        check("3,5,7", Some("3,5,7"));
        check("3/5", Some("3/5"));
        check("10-12", Some("10-12"));
        check("2nd floor", None);
        check("8 (level 1)", Some("8"));
        let tags: &[(&str, &str)] = &[("addr:street", "Mikonkatu"), ("addr:housenumber", "8, 2. krs.")];
        assert_eq!(line(Tags(tags)).as_deref(), Some("Mikonkatu 8"));
    }
}
