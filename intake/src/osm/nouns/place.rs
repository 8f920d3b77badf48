//! Places of public interest.

use spatial::Properties;
use spatial::noun::PlaceKind;

use super::address::put_address;
use super::{first, put_names, put_text};
use crate::osm::pbf::Tags;

/// Amenities (every one), emergency equipment, health care, sights and lodging, sports grounds, stops and stations,
/// and named parts of the town (`place=*`, which label the map). `category` is the tag's value, `osm_key` its key.
/// The first key of this order that says something decides: an object is one place.
pub(in crate::osm) fn place(tags: Tags<'_>) -> Option<Properties> {
    let found = KEYS.iter().find_map(|key| {
        let value = first(tags.some(key)?);
        kind(key, value).map(|kind| (*key, value, kind))
    });
    let (key, value, kind) = found?;
    let mut place = Properties::new();
    put_names(&mut place, tags);
    put_text(&mut place, "kind", Some(kind.word()));
    put_text(&mut place, "category", Some(value));
    put_address(&mut place, tags);
    put_text(&mut place, "osm_key", Some(key));
    put_text(&mut place, "opening_hours", tags.get("opening_hours"));
    Some(place)
}

const KEYS: [&str; 9] =
    ["amenity", "emergency", "healthcare", "tourism", "leisure", "railway", "highway", "public_transport", "place"];

fn kind(key: &str, value: &str) -> Option<PlaceKind> {
    match key {
        "amenity" => Some(amenity(value)),
        // Who comes to help may pass there: no thing of its own.
        "emergency"
            if matches!(value, "yes" | "designated" | "official" | "permissive" | "private" | "destination") =>
        {
            None
        }
        "emergency" => Some(emergency(value)),
        "healthcare" => Some(match value {
            "hospital" => PlaceKind::Hospital,
            "pharmacy" => PlaceKind::Pharmacy,
            _ => PlaceKind::Clinic,
        }),
        "tourism" => match value {
            "museum" | "gallery" => Some(PlaceKind::Culture),
            "hotel" | "hostel" | "guest_house" | "motel" | "attraction" | "viewpoint" => Some(PlaceKind::Other),
            "theme_park" | "zoo" | "aquarium" => Some(PlaceKind::Venue),
            _ => None,
        },
        "leisure" => match value {
            "stadium" | "sports_centre" | "sports_hall" | "ice_rink" | "swimming_pool" | "fitness_centre" => {
                Some(PlaceKind::Venue)
            }
            "playground" | "marina" => Some(PlaceKind::Other),
            _ => None,
        },
        "railway" => {
            matches!(value, "station" | "halt" | "tram_stop" | "subway_entrance").then_some(PlaceKind::Station)
        }
        "highway" => (value == "bus_stop").then_some(PlaceKind::Station),
        "public_transport" => (value == "station").then_some(PlaceKind::Station),
        "place" => Some(PlaceKind::Other),
        _ => None,
    }
}

fn amenity(value: &str) -> PlaceKind {
    match value {
        "police" => PlaceKind::PoliceStation,
        "fire_station" => PlaceKind::FireStation,
        "hospital" => PlaceKind::Hospital,
        "clinic" | "doctors" | "dentist" | "veterinary" => PlaceKind::Clinic,
        "school" | "prep_school" | "language_school" | "music_school" => PlaceKind::School,
        "kindergarten" | "childcare" => PlaceKind::Kindergarten,
        "university" | "college" | "research_institute" => PlaceKind::University,
        "community_centre" | "social_centre" | "social_facility" => PlaceKind::ServiceCentre,
        "shelter" | "refugee_site" => PlaceKind::Shelter,
        "fuel" | "charging_station" => PlaceKind::Fuel,
        "parking" | "parking_entrance" | "motorcycle_parking" => PlaceKind::Parking,
        "bus_station" | "ferry_terminal" | "taxi" => PlaceKind::Station,
        "townhall" | "courthouse" | "embassy" | "public_building" | "post_office" => PlaceKind::Government,
        "marketplace" => PlaceKind::Market,
        "restaurant" | "fast_food" | "cafe" | "bar" | "pub" | "food_court" | "ice_cream" | "biergarten" => {
            PlaceKind::Food
        }
        "theatre" | "cinema" | "library" | "arts_centre" | "concert_hall" => PlaceKind::Culture,
        "nightclub" | "events_venue" | "conference_centre" | "casino" | "stadium" => PlaceKind::Venue,
        "bank" | "atm" | "bureau_de_change" => PlaceKind::Bank,
        "pharmacy" => PlaceKind::Pharmacy,
        _ => PlaceKind::Other,
    }
}

fn emergency(value: &str) -> PlaceKind {
    match value {
        "fire_hydrant" | "suction_point" => PlaceKind::Hydrant,
        "defibrillator" => PlaceKind::Aed,
        "life_ring" | "lifebuoy" => PlaceKind::LifeRing,
        "assembly_point" | "shelter" => PlaceKind::Shelter,
        _ => PlaceKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tags: &[(&str, &str)], expect: Option<(&str, &str)>) {
        let got = place(Tags(tags));
        let text = |name: &str| got.as_ref().and_then(|p| p.get(name)).map(ToString::to_string);
        let got = text("kind").zip(text("category"));
        assert_eq!(got, expect.map(|(kind, category)| (kind.to_owned(), category.to_owned())), "{tags:?}");
    }

    #[test]
    fn kinds() {
        check(&[("amenity", "police")], Some(("police_station", "police")));
        check(&[("amenity", "bench")], Some(("other", "bench")));
        check(&[("amenity", "cafe;bar"), ("tourism", "museum")], Some(("food", "cafe")));
        check(&[("amenity", "no"), ("emergency", "fire_hydrant")], Some(("hydrant", "fire_hydrant")));
        check(&[("emergency", "no")], None);
        check(&[("barrier", "gate"), ("emergency", "yes")], None);
        check(&[("highway", "bus_stop")], Some(("station", "bus_stop")));
        check(&[("highway", "primary")], None);
        check(&[("tourism", "artwork"), ("leisure", "playground")], Some(("other", "playground")));
        check(&[("place", "suburb"), ("name", "Kamppi")], Some(("other", "suburb")));
    }
}
