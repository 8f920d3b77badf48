//! What routing needs to know of a road, read once from its feature.

use crate::feature::{Feature, Fid};
use crate::noun::{self, Noun, Road, RoadClass};
use crate::value::Value;

/// Which way vehicles may go along the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Oneway {
    Both,
    Along,
    Against,
}

/// Whether somebody may pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Open,
    /// Private ground: shut, except to those who may go there.
    Private,
    Shut,
}

/// A road of the graph.
#[expect(clippy::struct_excessive_bools, reason = "each is a tag of its own")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Way {
    pub(crate) fid: Fid,
    pub(crate) name: Option<String>,
    pub(crate) class: RoadClass,
    /// A slip road of its class.
    pub(crate) link: bool,
    pub(crate) oneway: Oneway,
    pub(crate) cars: Access,
    pub(crate) foot: Access,
    pub(crate) speed_kmh: Option<u16>,
    pub(crate) ferry: bool,
    pub(crate) roundabout: bool,
    pub(crate) bridge: bool,
    pub(crate) tunnel: bool,
    /// Level over (+) or under (−) the ground.
    pub(crate) level: i8,
    /// Greatest height of a vehicle, centimetres.
    pub(crate) height_cm: Option<u16>,
    /// Greatest weight of a vehicle, kilograms.
    pub(crate) weight_kg: Option<u32>,
    /// Through a [`Barrier`](super::barrier::Barrier).
    pub(crate) barrier: bool,
    /// Seconds that a car stands until it is let through: more than none at a barrier only.
    pub(crate) wait_s: u8,
}

impl Way {
    /// Reads a road; `None` for a feature of another layer.
    pub(crate) fn of(feature: &Feature) -> Option<Self> {
        let Noun::Road(road) = &feature.noun else { return None };
        let text = |name: &str| feature.attributes.properties().get(name).and_then(Value::as_text);
        let number = |name: &str| feature.attributes.properties().get(name).and_then(as_number);
        let finer = text("highway").unwrap_or(road.class.word());
        let junction = road.junction.as_deref().unwrap_or_default();
        let roundabout = matches!(junction, "roundabout" | "circular");
        let link = finer.ends_with("_link");
        // Without a word of its own, a roundabout and a motorway (its slip roads too) go along the line.
        let oneway = match road.oneway {
            Some(noun::Oneway::Along) => Oneway::Along,
            Some(noun::Oneway::Against) => Oneway::Against,
            None if roundabout || road.class == RoadClass::Motorway => Oneway::Along,
            Some(_) | None => Oneway::Both,
        };
        let ferry = finer == "ferry";
        let carries = |key: &&str| text(key).is_some_and(|word| word != "no");
        let usual = usual_for_cars(road.class) || ferry && FOR_VEHICLES.iter().any(carries);
        // Where nobody else may drive, `emergency=yes` lets those who come to help.
        let help = lets_help_in(text("emergency"));
        Some(Self {
            fid: feature.fid(),
            name: road.name.clone(),
            class: road.class,
            link,
            oneway,
            cars: match access(road.access.as_deref()) {
                Access::Open if !usual => shut_but(help),
                Access::Shut => shut_but(help),
                told @ (Access::Open | Access::Private) => told,
            },
            foot: foot(road, text, ferry || usual_on_foot(road.class, finer)),
            speed_kmh: road.speed_kmh.and_then(|kmh| u16::try_from(kmh).ok()).filter(|kmh| *kmh > 0),
            ferry,
            roundabout,
            bridge: road.bridge.unwrap_or(false),
            tunnel: road.tunnel.unwrap_or(false),
            level: road.level.as_deref().and_then(|level| level.parse().ok()).unwrap_or(0),
            height_cm: number("max_height_m")
                .and_then(|m| bounded(m * 100.0, 30_000.0))
                .and_then(|n| n.try_into().ok()),
            weight_kg: number("max_weight_t").and_then(|t| bounded(t * 1_000.0, 1e6)),
            barrier: false,
            wait_s: 0,
        })
    }
}

/// Keys that speak of cars, the nearest first.
pub(crate) const FOR_VEHICLES: [&str; 3] = ["motorcar", "motor_vehicle", "vehicle"];

/// Whether the word of `emergency` lets those in who come to help.
pub(crate) fn lets_help_in(word: Option<&str>) -> bool {
    matches!(word, Some("yes" | "designated" | "official" | "permissive"))
}

/// Shut to all but those who come to `help`.
pub(crate) fn shut_but(help: bool) -> Access {
    if help { Access::Private } else { Access::Shut }
}

/// Classes that are made for cars. The same as in the rules of the route oracles.
fn usual_for_cars(class: RoadClass) -> bool {
    match class {
        RoadClass::Motorway
        | RoadClass::Trunk
        | RoadClass::Primary
        | RoadClass::Secondary
        | RoadClass::Tertiary
        | RoadClass::Unclassified
        | RoadClass::Residential
        | RoadClass::LivingStreet
        | RoadClass::Service => true,
        RoadClass::Pedestrian
        | RoadClass::Track
        | RoadClass::Footway
        | RoadClass::Path
        | RoadClass::Cycleway
        | RoadClass::Steps
        | RoadClass::Other => false,
    }
}

/// Where people walk if nothing forbids it.
fn usual_on_foot(class: RoadClass, finer: &str) -> bool {
    match class {
        RoadClass::Motorway | RoadClass::Trunk | RoadClass::Cycleway => false,
        RoadClass::Other => matches!(finer, "corridor" | "platform" | "elevator" | "other"),
        RoadClass::Primary
        | RoadClass::Secondary
        | RoadClass::Tertiary
        | RoadClass::Unclassified
        | RoadClass::Residential
        | RoadClass::LivingStreet
        | RoadClass::Service
        | RoadClass::Pedestrian
        | RoadClass::Track
        | RoadClass::Footway
        | RoadClass::Path
        | RoadClass::Steps => true,
    }
}

fn access(word: Option<&str>) -> Access {
    match word {
        Some("no") => Access::Shut,
        Some("private") => Access::Private,
        Some(_) | None => Access::Open,
    }
}

/// `access` says what holds for cars. It holds on foot as well where no nearer word for vehicles stands behind it.
fn foot<'a>(road: &Road, text: impl Fn(&str) -> Option<&'a str>, usual: bool) -> Access {
    match text("foot") {
        Some("no" | "use_sidepath") => return Access::Shut,
        Some("private") => return Access::Private,
        Some("yes" | "designated" | "permissive" | "official") => return Access::Open,
        Some(_) | None => {}
    }
    let for_vehicles = FOR_VEHICLES.iter().filter_map(|key| text(key));
    let of_vehicles = for_vehicles.into_iter().any(|word| matches!(word, "no" | "private"));
    match access(road.access.as_deref()) {
        Access::Open => {}
        Access::Private | Access::Shut if of_vehicles => {}
        told @ (Access::Private | Access::Shut) => return told,
    }
    if usual { Access::Open } else { Access::Shut }
}

fn as_number(value: &Value) -> Option<f64> {
    match value {
        Value::Float(number) => Some(*number),
        #[expect(clippy::cast_precision_loss, reason = "limits are far below 2^53")]
        Value::Int(number) => Some(*number as f64),
        Value::Text(text) => text.trim().parse().ok(),
        Value::Bool(_) => None,
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
fn bounded(value: f64, most: f64) -> Option<u32> {
    (value > 0.0 && value <= most).then_some(value.round() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feature::FeatureKey;
    use crate::layer::Layer;
    use geo::line_string;

    fn cars(facts: &[(&'static str, &str)]) -> Access {
        let key = FeatureKey::new(Layer::Roads, "test", "1").unwrap();
        let line = line_string![(x: 120.65, y: 28.01), (x: 120.66, y: 28.01)];
        let facts = facts.iter().map(|(name, text)| ((*name).into(), Value::Text((*text).to_owned()))).collect();
        Way::of(&Feature::new(key, line.into(), facts).unwrap()).unwrap().cars
    }

    #[test]
    fn who_comes_to_help_may_pass_where_it_is_said() {
        assert_eq!(cars(&[("class", "service"), ("access", "no")]), Access::Shut);
        assert_eq!(cars(&[("class", "service"), ("access", "no"), ("emergency", "yes")]), Access::Private);
        assert_eq!(cars(&[("class", "footway"), ("emergency", "designated")]), Access::Private);
        assert_eq!(cars(&[("class", "footway"), ("emergency", "no")]), Access::Shut);
        assert_eq!(cars(&[("class", "service"), ("emergency", "no")]), Access::Open);
    }

    #[test]
    fn a_ferry_carries_cars_where_one_of_their_keys_says_so() {
        let ferry = |more: &[(&'static str, &str)]| cars(&[&[("class", "other"), ("highway", "ferry")], more].concat());
        assert_eq!(ferry(&[]), Access::Shut);
        for key in ["motorcar", "motor_vehicle", "vehicle"] {
            assert_eq!(ferry(&[(key, "yes")]), Access::Open, "{key}");
            assert_eq!(ferry(&[(key, "no")]), Access::Shut, "{key}");
        }
    }
}
