//! Cameras: `man_made=surveillance` and nothing else. (`surveillance=*` alone says that a car park or a shop is watched,
//! not that a camera stands at this place.)

use spatial::{Properties, Value};

use super::put_text;
use crate::osm::pbf::Tags;
use crate::osm::quantity::{look, looks, metres};

/// The kind is the first word of `camera:type` that is known, else `ptz` if it revolves, else `fixed` if it has a
/// direction, else `dome` with `kind_assumed` beside it (how it looks around is not known). The opening is the range of the direction, else
/// `camera:angle`; mappers use that tag for the opening and, some of them, for the tilt, so the bag keeps it as well.
pub(in crate::osm) fn camera(tags: Tags<'_>) -> Option<Properties> {
    if !tags.is("man_made", "surveillance") || !watches(tags) {
        return None;
    }
    let mut camera = Properties::new();
    put_text(&mut camera, "name", tags.get("name"));
    let look = direction(tags).and_then(look);
    let words = tags.get("camera:type").unwrap_or_default();
    let said = words.split(';').find_map(|word| kind(word.trim()));
    let told = said.is_some() || tags.is("revolving", "yes");
    let assumed = !told && look.is_none_or(|look| look.azimuth_deg.is_none());
    let kind = said.unwrap_or_else(|| {
        if tags.is("revolving", "yes") {
            "ptz"
        } else if look.is_some_and(|look| look.azimuth_deg.is_some()) {
            "fixed"
        } else {
            "dome"
        }
    });
    put_text(&mut camera, "kind", Some(kind));
    let height = tags.get("camera:height").or_else(|| tags.get("height")).or_else(|| tags.get("est_height"));
    put_float(&mut camera, "height_m", height.and_then(metres));
    put_float(&mut camera, "azimuth_deg", look.and_then(|look| look.azimuth_deg));
    let opening = tags.get("camera:angle").and_then(|angle| angle.trim_end_matches('°').trim().parse().ok());
    let opening = opening.filter(|angle: &f64| *angle > 0.0 && *angle <= 360.0);
    put_float(&mut camera, "angle_deg", look.and_then(|look| look.angle_deg).or(opening));
    // A map cannot know whether a camera answers: `online` stays away until the operators' own list says it.
    if assumed {
        camera.put("kind_assumed", Value::Bool(true));
    }
    put_text(&mut camera, "owner_unit", tags.get("operator"));
    if kind != words {
        put_text(&mut camera, "camera_type", Some(words));
    }
    put_text(
        &mut camera,
        "direction",
        direction(tags).filter(|text| tags.get("camera:direction").is_some() || looks(text) != 1),
    );
    for (name, key) in [
        ("camera_angle", "camera:angle"),
        ("mount", "camera:mount"),
        ("surveillance", "surveillance"),
        ("surveillance_type", "surveillance:type"),
        ("zone", "surveillance:zone"),
        ("revolving", "revolving"),
    ] {
        put_text(&mut camera, name, tags.get(key));
    }
    Some(camera)
}

/// What is said of where a camera looks.
pub(in crate::osm) fn direction(tags: Tags<'_>) -> Option<&str> {
    tags.get("camera:direction").or_else(|| tags.get("direction"))
}

/// Guards and detectors of shots watch too, but are no cameras.
fn watches(tags: Tags<'_>) -> bool {
    let kind = tags.get("surveillance:type").unwrap_or("camera");
    kind.split(';').any(|word| matches!(word.trim().to_ascii_lowercase().as_str(), "camera" | "alpr" | "anpr" | "yes"))
}

fn kind(word: &str) -> Option<&'static str> {
    match word {
        "fixed" | "static" => Some("fixed"),
        "panning" | "ptz" | "pan_tilt_zoom" => Some("ptz"),
        "dome" | "panorama" | "panoramic" => Some("dome"),
        _ => None,
    }
}

fn put_float(properties: &mut Properties, name: &'static str, number: Option<f64>) {
    if let Some(number) = number {
        properties.put(name, Value::Float(number));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tags: &[(&str, &str)], expect: &[&str]) {
        let mut all = vec![("man_made", "surveillance")];
        all.extend(tags);
        let got = camera(Tags(&all)).unwrap();
        assert!(got.get("online").is_none());
        let got: Vec<String> = got.iter().map(|(n, v)| format!("{n}={v}")).collect();
        assert_eq!(got, expect, "{tags:?}");
    }

    #[test]
    fn kinds() {
        check(&[], &["kind=dome", "kind_assumed=true"]);
        check(&[("revolving", "yes")], &["kind=ptz", "revolving=yes"]);
        check(&[("direction", "S")], &["kind=fixed", "azimuth_deg=180"]);
        check(
            &[("camera:type", "panning"), ("operator", "HSL")],
            &["kind=ptz", "owner_unit=HSL", "camera_type=panning"],
        );
        check(
            &[("camera:type", "dome;fixed"), ("camera:direction", "-20")],
            &["kind=dome", "azimuth_deg=340", "camera_type=dome;fixed", "direction=-20"],
        );
        check(&[("camera:type", "bullet;fixed")], &["kind=fixed", "camera_type=bullet;fixed"]);
    }

    #[test]
    fn views() {
        check(
            &[("camera:type", "fixed"), ("camera:direction", "90-180"), ("camera:angle", "60")],
            &["kind=fixed", "azimuth_deg=135", "angle_deg=90", "direction=90-180", "camera_angle=60"],
        );
        check(
            &[("camera:type", "fixed"), ("camera:angle", "60°"), ("height", "4 m")],
            &["kind=fixed", "height_m=4", "angle_deg=60", "camera_angle=60°"],
        );
        check(&[("camera:type", "fixed"), ("camera:angle", "-15")], &["kind=fixed", "camera_angle=-15"]);
    }

    #[test]
    fn several_views() {
        check(
            &[("camera:type", "fixed"), ("direction", "NE;SW")],
            &["kind=fixed", "azimuth_deg=45", "direction=NE;SW"],
        );
        check(
            &[("camera:type", "fixed"), ("camera:direction", "90–180")],
            &["kind=fixed", "azimuth_deg=135", "angle_deg=90", "direction=90–180"],
        );
        check(&[("camera:type", "fixed"), ("direction", "forward")], &["kind=fixed", "direction=forward"]);
    }

    #[test]
    fn no_cameras() {
        assert!(camera(Tags(&[("surveillance", "outdoor"), ("amenity", "parking")])).is_none());
        assert!(camera(Tags(&[("man_made", "surveillance"), ("surveillance:type", "guard")])).is_none());
        assert!(camera(Tags(&[("man_made", "surveillance"), ("surveillance:type", "ALPR")])).is_some());
    }
}
