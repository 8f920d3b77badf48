//! Enterprises: shops, offices, crafts.

use spatial::Properties;

use super::address::put_address;
use super::{first, put_names, put_text};
use crate::osm::pbf::Tags;

/// `shop=*`, `office=*`, `craft=*`, in this order; what else of them there is goes to the bag. An empty shop is none.
/// `building` is the source id of the building that the tags themselves describe.
pub(in crate::osm) fn enterprise(tags: Tags<'_>, building: Option<&str>) -> Option<Properties> {
    let value = |key: &str| tags.some(key).filter(|value| !EMPTY.contains(value));
    let (kind, category) = KINDS.iter().find_map(|kind| value(kind).map(|value| (*kind, value)))?;
    let mut enterprise = Properties::new();
    put_names(&mut enterprise, tags);
    put_text(&mut enterprise, "kind", Some(kind));
    put_text(&mut enterprise, "category", Some(first(category)).filter(|category| *category != "yes"));
    put_address(&mut enterprise, tags);
    put_text(&mut enterprise, "building", building);
    for other in KINDS.into_iter().filter(|other| *other != kind) {
        put_text(&mut enterprise, other, value(other));
    }
    put_text(&mut enterprise, "brand", tags.get("brand"));
    put_text(&mut enterprise, "opening_hours", tags.get("opening_hours"));
    Some(enterprise)
}

const KINDS: [&str; 3] = ["shop", "office", "craft"];
const EMPTY: [&str; 3] = ["vacant", "disused", "abandoned"];

/// Whether the tags speak of an enterprise that is no longer there, and of no other.
pub(in crate::osm) fn is_empty(tags: Tags<'_>) -> bool {
    let said = || KINDS.iter().filter_map(|kind| tags.some(kind));
    said().next().is_some() && said().all(|value| EMPTY.contains(&value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tags: &[(&str, &str)], expect: Option<&[&str]>) {
        let got: Option<Vec<String>> =
            enterprise(Tags(tags), None).map(|got| got.iter().map(|(n, v)| format!("{n}={v}")).collect());
        let expect = expect.map(|all| all.iter().map(ToString::to_string).collect());
        assert_eq!(got, expect, "{tags:?}");
    }

    #[test]
    fn only_listed_tags_come_in() {
        let tags =
            [("shop", "bakery"), ("name", "Fazer"), ("phone", "+358 1"), ("email", "a@b"), ("contact:phone", "1")];
        check(&tags, Some(&["name=Fazer", "kind=shop", "category=bakery"]));
        check(&[("office", "lawyer"), ("shop", "vacant")], Some(&["kind=office", "category=lawyer"]));
        check(&[("shop", "yes"), ("craft", "shoemaker")], Some(&["kind=shop", "craft=shoemaker"]));
        check(&[("shop", "no")], None);
        check(&[("shop", "vacant")], None);
        assert!(is_empty(Tags(&[("shop", "vacant")])) && is_empty(Tags(&[("craft", "disused"), ("shop", "no")])));
        assert!(!is_empty(Tags(&[("shop", "vacant"), ("office", "yes")])) && !is_empty(Tags(&[("name", "x")])));
        check(&[("amenity", "cafe")], None);
    }
}
