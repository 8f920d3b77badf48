//! What else a thing is or was called, and the numbers that stand on it, out of its attribute bag.

use crate::attributes::Attributes;
use crate::layer::Layer;
use crate::value::Value;

/// Properties that hold further names or numbers of a thing, as registers and OpenStreetMap call them.
const NAMES: &[&str] = &[
    "alias",
    "aliases",
    "alt_name",
    "old_name",
    "former_name",
    "official_name",
    "short_name",
    "loc_name",
    "别名",
    "曾用名",
    "旧名",
    "简称",
    "俗称",
    "ref",
    "code",
    "number",
    "lamp_no",
    "lamp_ref",
    "pole_no",
    "door_code",
    "编号",
    "路灯编号",
    "灯杆编号",
    "杆号",
    "门牌编码",
];
/// Signs between several of them.
const BETWEEN: &[char] = &[';', '；', '、', '\n'];
/// Most of one thing, and longest, in characters.
const MOST: usize = 8;
const LONGEST: usize = 60;

/// Further names of a thing, one a line; nothing when it has none. `road` and `km` of a post become `G15 K1823+500`.
pub(super) fn also(layer: Layer, bag: &Attributes) -> Option<String> {
    // Dwellings have none: what their rooms are called stays in the registry.
    if !matches!(
        layer,
        Layer::Places | Layer::Buildings | Layer::Enterprises | Layer::Cameras | Layer::Roads | Layer::Jurisdictions
    ) {
        return None;
    }
    let properties = bag.properties();
    let mut all: Vec<String> = Vec::new();
    let mut put = |text: &str| {
        let text = text.trim();
        let fits = !text.is_empty() && text.chars().count() <= LONGEST;
        if fits && all.len() < MOST && !all.iter().any(|held| held == text) {
            all.push(text.to_owned());
        }
    };
    for name in NAMES {
        match properties.get(name) {
            Some(Value::Text(text)) => text.split(BETWEEN).for_each(&mut put),
            Some(Value::Int(number)) => put(&number.to_string()),
            Some(Value::Float(_) | Value::Bool(_)) | None => {}
        }
    }
    if let (Some(Value::Text(roads)), Some(metres)) = (properties.get("road"), properties.get("km").and_then(metres)) {
        for road in roads.split(BETWEEN) {
            put(&format!("{} K{}+{:03}", road.trim(), metres / 1_000, metres % 1_000));
        }
    }
    (!all.is_empty()).then(|| all.join("\n"))
}

/// Kilometres, written as a number or as text, in metres.
fn metres(km: &Value) -> Option<u32> {
    let km = match km {
        Value::Int(km) => f64::from(i32::try_from(*km).ok()?),
        Value::Float(km) => *km,
        Value::Text(text) => text.trim().parse().ok()?,
        Value::Bool(_) => return None,
    };
    let metres = (km * 1_000.0).round();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 10,000 km just here")]
    (0.0..10_000_000.0).contains(&metres).then_some(metres as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Properties;

    fn check(layer: Layer, given: &[(&'static str, Value)], expect: Option<&str>) {
        let bag: Properties = given.iter().map(|(name, value)| ((*name).into(), value.clone())).collect();
        assert_eq!(also(layer, &Attributes::of(bag).unwrap()).as_deref(), expect);
    }

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    #[test]
    fn names_and_numbers() {
        check(Layer::Places, &[("old_name", text("东门浦；东门"))], Some("东门浦\n东门"));
        check(Layer::Places, &[("ref", Value::Int(42)), ("colour", text("red"))], Some("42"));
        check(
            Layer::Places,
            &[("road", text("G15;沈海高速")), ("km", Value::Float(1823.5))],
            Some("G15 K1823+500\n沈海高速 K1823+500"),
        );
        check(Layer::Places, &[("road", text("G15"))], None);
        check(Layer::Houses, &[("ref", text("12"))], None);
    }
}
