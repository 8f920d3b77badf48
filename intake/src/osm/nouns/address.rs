//! Addresses → houses, and the address line that other nouns carry.

use spatial::{Properties, Value};

use super::put_text;
use crate::osm::pbf::Tags;

/// Whatever has a house number. `building` is the source id of the building that the tags themselves describe.
/// The tags of flats and units are left out: an address goes down to the building, not to the room.
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

/// `street number`; Chinese streets run into the number: `人民路12号`. The number stands as it was written, with the floor or
/// the flat: rows of dwellings and buildings are cut to the building by [`spatial::Noun::settle`], as in every other format.
fn line(tags: Tags<'_>) -> Option<String> {
    let number = tags.get("addr:housenumber")?.trim();
    let Some(street) = tags.get("addr:street").or_else(|| tags.get("addr:place")) else {
        return (!number.is_empty()).then(|| number.to_owned());
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
    use spatial::{Layer, Noun};

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
        let settled = |layer: Layer, street: Option<&str>, number: &str| {
            let mut tags = vec![("addr:housenumber", number), ("building", "yes")];
            tags.extend(street.map(|street| ("addr:street", street)));
            let tags = Tags(&tags);
            let found = if layer == Layer::Houses { house(tags, None) } else { super::super::building(tags) };
            let mut found = found.unwrap();
            let settled = Noun::settle(layer, &mut found);
            (found.get("address").map(ToString::to_string), settled.address)
        };
        let check = |street: Option<&str>, number: &str, expect: Option<&str>| {
            let whole = line(Tags(&[("addr:street", street.unwrap_or_default()), ("addr:housenumber", number)]));
            let cut = expect.map(str::to_owned) != if street.is_some() { whole } else { Some(number.to_owned()) };
            for layer in [Layer::Houses, Layer::Buildings] {
                let got = settled(layer, street, number);
                assert_eq!(got, (expect.map(str::to_owned), cut), "{layer:?} {street:?} {number}");
            }
        };
        for (number, expect) in [
            ("8, 2. krs.", Some("8")),
            ("8, 2nd floor", Some("8")),
            ("8 2nd floor", Some("8")),
            ("8, Floor 2", Some("8")),
            ("8 krs 2", Some("8")),
            ("8 2. krs 12", Some("8")),
            ("8, EG", Some("8")),
            ("8, 2 tr", Some("8")),
            ("8 B, 3. kerros", Some("8 B")),
            ("12号3层", Some("12号")),
            ("12号 3层", Some("12号")),
            ("12 B", Some("12 B")),
            ("12号", Some("12号")),
            ("3,5,7", Some("3,5,7")),
            ("3/5", Some("3/5")),
            ("10-12", Some("10-12")),
            ("2nd floor", None),
            ("8 (level 1)", Some("8")),
            ("12 A 5", Some("12 A")),
            ("5A12", Some("5A")),
        ] {
            check(None, number, expect);
        }
        check(Some("Mikonkatu"), "8, 2. krs.", Some("Mikonkatu 8"));
        check(Some("Mikonkatu"), "8 krs 2", Some("Mikonkatu 8"));
        check(Some("Mannerheimintie"), "5 A 12", Some("Mannerheimintie 5 A"));
        check(Some("Mannerheimintie"), "5A12", Some("Mannerheimintie 5A"));
        check(Some("Mannerheimintie"), "5 A", Some("Mannerheimintie 5 A"));
        check(Some("Main Street"), "5 Apt 3", Some("Main Street 5"));
        check(Some("Main Street"), "5 Unit 12", Some("Main Street 5"));
        check(Some("Hauptstraße"), "5 Whg. 3", Some("Hauptstraße 5"));
        check(Some("公园路"), "5号301室", Some("公园路5号"));
        check(Some("公园路"), "5号1单元301", Some("公园路5号"));
        check(Some("公园路"), "100号(301)", Some("公园路100号"));
        check(Some("公园路"), "12 A 5", Some("公园路12 A"));
        check(Some("Main Street"), "2nd floor", Some("Main Street"));
        check(Some("Army Trail Road"), "30W101", Some("Army Trail Road 30W101"));
    }

    #[test]
    fn what_is_open_to_the_public_keeps_its_address_as_it_is_on_the_sign() {
        let tags = [("addr:street", "公园路"), ("addr:housenumber", "5号301室"), ("shop", "yes"), ("amenity", "bank")];
        for found in [super::super::enterprise(Tags(&tags), None), super::super::place(Tags(&tags))] {
            assert_eq!(found.unwrap().get("address").map(ToString::to_string).as_deref(), Some("公园路5号301室"));
        }
    }
}
