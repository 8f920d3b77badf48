//! Ground and water: areas only.

use spatial::Properties;

use super::{first, put_names, put_text};
use crate::osm::pbf::Tags;

/// Water areas. Lines (streams, ditches) are no areas and are counted by the caller.
pub(in crate::osm) fn water(tags: Tags<'_>) -> Option<Properties> {
    let raw = first(tags.get("water").or_else(|| tags.get("waterway")).or_else(|| tags.get("landuse")).unwrap_or(""));
    let kind = match (tags.some("natural"), tags.some("waterway"), tags.some("landuse")) {
        (Some("water"), _, _) => match raw {
            "river" | "lake" | "reservoir" | "pond" | "canal" | "basin" | "lagoon" | "harbour" => raw,
            "oxbow" => "lake",
            "stream" | "riverbank" => "river",
            _ => "water",
        },
        (Some("bay" | "strait"), _, _) => "sea",
        (_, Some("riverbank" | "river"), _) => "river",
        (_, Some("dock" | "boatyard"), _) => "harbour",
        (_, Some("canal"), _) => "canal",
        (_, _, Some("reservoir" | "basin" | "pond")) => "reservoir",
        _ => return None,
    };
    Some(ground(tags, kind, ""))
}

/// Ground by use and cover. The kind is one of a few words for drawing; `category` keeps the tag.
pub(in crate::osm) fn land(tags: Tags<'_>) -> Option<Properties> {
    let (kind, key, value) = ["landuse", "leisure", "natural", "man_made"].into_iter().find_map(|key| {
        let value = first(tags.some(key)?);
        land_kind(key, value).map(|kind| (kind, key, value))
    })?;
    Some(ground(tags, kind, &format!("{key}={value}")))
}

fn land_kind(key: &str, value: &str) -> Option<&'static str> {
    Some(match (key, value) {
        ("landuse", "residential") => "residential",
        ("landuse", "industrial" | "quarry" | "landfill" | "port" | "depot") => "industrial",
        ("landuse", "commercial" | "retail") => "commercial",
        ("landuse", "forest") | ("natural", "wood") => "forest",
        ("landuse", "farmland" | "farmyard" | "orchard" | "vineyard" | "allotments" | "greenhouse_horticulture") => {
            "farm"
        }
        ("landuse", "grass" | "meadow" | "recreation_ground" | "village_green" | "greenfield" | "flowerbed")
        | ("leisure", "park" | "garden" | "golf_course" | "nature_reserve" | "dog_park" | "common")
        | ("natural", "scrub" | "grassland" | "heath" | "tundra") => "green",
        ("leisure", "pitch" | "playground" | "stadium" | "sports_centre" | "track") => "sport",
        ("landuse", "cemetery") => "cemetery",
        ("landuse", "railway") => "railway",
        ("landuse", "military") => "military",
        ("landuse", "construction" | "brownfield") => "construction",
        ("landuse", "civil" | "institutional" | "education" | "public") => "public",
        ("natural", "wetland") => "wetland",
        ("natural", "beach" | "sand" | "shingle" | "dune") => "beach",
        ("natural", "bare_rock" | "scree") => "rock",
        ("man_made", "pier" | "breakwater" | "groyne") => "pier",
        _ => return None,
    })
}

fn ground(tags: Tags<'_>, kind: &str, category: &str) -> Properties {
    let mut ground = Properties::new();
    put_names(&mut ground, tags);
    put_text(&mut ground, "kind", Some(kind));
    put_text(&mut ground, "category", Some(category));
    ground
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ground_has_few_kinds() {
        let kind = |found: Option<Properties>| found.and_then(|p| p.get("kind").map(ToString::to_string));
        let check = |tags: &[(&str, &str)], of_land: Option<&str>, of_water: Option<&str>| {
            assert_eq!(kind(land(Tags(tags))).as_deref(), of_land, "{tags:?}");
            assert_eq!(kind(water(Tags(tags))).as_deref(), of_water, "{tags:?}");
        };
        check(&[("landuse", "grass")], Some("green"), None);
        check(&[("leisure", "park"), ("name", "Esplanadi")], Some("green"), None);
        check(&[("natural", "water")], None, Some("water"));
        check(&[("natural", "water"), ("water", "lake")], None, Some("lake"));
        check(&[("landuse", "basin")], None, Some("reservoir"));
        check(&[("natural", "tree"), ("landuse", "lane")], None, None);
        check(&[("waterway", "drain")], None, None);
    }
}
