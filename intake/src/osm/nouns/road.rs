//! Roads: everything that `highway=*` says of a way and that is there today, and ferries.

use spatial::noun::{Oneway, RoadClass};
use spatial::{Properties, Value};

use super::address::put_int;
use super::bounds::{LANES, SPEEDS_KMH};
use super::{first, put_names, put_text};
use crate::osm::pbf::Tags;
use crate::osm::quantity::{count, metres, speed_kmh, tonnes};

/// Every `highway=*` except what is planned, being built or gone. What a missing `oneway` means on a roundabout or a
/// motorway is for routing to know: only what the tag says is written. `access` is what holds for cars.
pub(in crate::osm) fn road(tags: Tags<'_>, nodes: &[i64]) -> Option<Properties> {
    let ferry = tags.is("route", "ferry").then_some("ferry");
    let value = tags.some("highway").map(first).or(ferry)?;
    if GONE.contains(&value) || matches!(value, "rest_area" | "services") {
        return None;
    }
    let class = class(value);
    let mut road = Properties::new();
    put_names(&mut road, tags);
    put_text(&mut road, "class", Some(class.word()));
    put_text(&mut road, "oneway", tags.get("oneway").and_then(oneway));
    put_int(&mut road, "speed_kmh", tags.get("maxspeed").and_then(speed_kmh).filter(|kmh| SPEEDS_KMH.contains(kmh)));
    put_int(&mut road, "lanes", tags.get("lanes").and_then(count).filter(|lanes| LANES.contains(lanes)));
    for key in ["bridge", "tunnel"] {
        if tags.some(key).is_some() {
            road.put(key, Value::Bool(true));
        }
    }
    for (key, limit) in [("max_height_m", height(tags)), ("max_weight_t", tags.get("maxweight").and_then(tonnes))] {
        if let Some(limit) = limit {
            road.put(key, Value::Float(limit));
        }
    }
    put_text(&mut road, "level", tags.get("layer").map(first));
    put_text(&mut road, "access", access(tags));
    put_text(&mut road, "junction", tags.get("junction"));
    let ids: Vec<String> = nodes.iter().map(ToString::to_string).collect();
    road.put("nodes", Value::Text(ids.join(",")));
    // What the class does not tell: primary_link, corridor, platform…
    put_text(&mut road, "highway", Some(value).filter(|value| *value != class.word()));
    for key in ["area", "motor_vehicle", "vehicle", "motorcar", "emergency", "foot", "bicycle", "surface", "service"] {
        put_text(&mut road, key, tags.get(key));
    }
    Some(road)
}

const GONE: [&str; 8] =
    ["proposed", "planned", "construction", "razed", "abandoned", "disused", "demolished", "dismantled"];

/// Whether a road is planned, being built, or gone: no layer takes it.
pub(in crate::osm) fn is_gone(tags: Tags<'_>) -> bool {
    tags.some("highway").map(first).is_some_and(|value| GONE.contains(&value))
}

/// The greatest height of a vehicle that may pass.
fn height(tags: Tags<'_>) -> Option<f64> {
    tags.get("maxheight").and_then(metres).filter(|height| *height > 0.0)
}

fn class(value: &str) -> RoadClass {
    if let Some(class) = RoadClass::from_word(value.strip_suffix("_link").unwrap_or(value)) {
        return class;
    }
    match value {
        "road" => RoadClass::Unclassified,
        "trail" | "bridleway" => RoadClass::Path,
        "crossing" => RoadClass::Footway,
        _ => RoadClass::Other,
    }
}

/// The word that is kept; a word that means nothing is left out, for the road is there all the same.
fn oneway(value: &str) -> Option<&'static str> {
    Oneway::from_word(value).map(Oneway::word)
}

/// What holds for cars: a closed door of any nearer key closes, an open `motor_vehicle` opens what `access` closes.
fn access(tags: Tags<'_>) -> Option<&str> {
    let closed = |value: &&str| matches!(*value, "no" | "private");
    let nearer = ["motorcar", "motor_vehicle", "vehicle"];
    if let Some(value) = nearer.iter().filter_map(|key| tags.get(key)).find(closed) {
        return Some(value);
    }
    let opened = tags.get("motor_vehicle").filter(|value| matches!(*value, "yes" | "destination" | "permissive"));
    match tags.get("access") {
        Some(value) if closed(&value) => opened.or(Some(value)),
        Some(value) => Some(value),
        None => nearer.iter().find_map(|key| tags.get(key)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tags: &[(&str, &str)], expect: &[&str]) {
        let got = road(Tags(tags), &[1, -2]).unwrap();
        let got: Vec<String> = got.iter().filter(|(n, _)| *n != "nodes").map(|(n, v)| format!("{n}={v}")).collect();
        assert_eq!(got, expect, "{tags:?}");
    }

    #[test]
    fn roads_keep_what_routing_needs() {
        check(
            &[("highway", "primary"), ("oneway", "-1"), ("maxspeed", "50 mph"), ("lanes", "3"), ("bridge", "yes")],
            &["class=primary", "oneway=-1", "speed_kmh=80", "lanes=3", "bridge=true"],
        );
        check(
            &[("highway", "motorway_link"), ("layer", "-1"), ("tunnel", "no")],
            &["class=motorway", "level=-1", "highway=motorway_link"],
        );
        check(&[("highway", "corridor")], &["class=other", "highway=corridor"]);
        check(
            &[("highway", "road"), ("oneway", "reversible")],
            &["class=unclassified", "oneway=reversible", "highway=road"],
        );
        check(
            &[("highway", "service"), ("maxheight", "3.8"), ("maxweight", "7.5 t")],
            &["class=service", "max_height_m=3.8", "max_weight_t=7.5"],
        );
        check(&[("highway", "service"), ("maxheight", "default"), ("maxweight", "none")], &["class=service"]);
        check(
            &[("route", "ferry"), ("motor_vehicle", "yes")],
            &["class=other", "access=yes", "highway=ferry", "motor_vehicle=yes"],
        );
        assert!(road(Tags(&[("highway", "proposed")]), &[]).is_none());
        let nodes = road(Tags(&[("highway", "path")]), &[1, -2]).unwrap();
        assert_eq!(nodes.get("nodes"), Some(&Value::Text("1,-2".to_owned())));
    }

    #[test]
    fn access_is_what_holds_for_cars() {
        let check = |tags: &[(&str, &str)], expect: Option<&str>| assert_eq!(access(Tags(tags)), expect, "{tags:?}");
        check(&[], None);
        check(&[("access", "private")], Some("private"));
        check(&[("access", "no"), ("motor_vehicle", "destination")], Some("destination"));
        check(&[("access", "yes"), ("vehicle", "no")], Some("no"));
        check(&[("motor_vehicle", "permissive")], Some("permissive"));
        check(&[("access", "no"), ("bicycle", "yes")], Some("no"));
    }
}
