use std::collections::HashSet;

use super::*;

fn all() -> [Value; 2] {
    [Theme::Dark, Theme::Light].map(|theme| style(theme, &Layer::ALL, Some((120.6555, 28.015, 11.0))))
}

fn layers(style: &Value) -> &Vec<Value> {
    style["layers"].as_array().unwrap()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

#[test]
fn ids_are_unique_and_begin_with_their_source() {
    for style in all() {
        let ids: HashSet<&str> = layers(&style).iter().map(|l| text(l, "id")).collect();
        assert_eq!(ids.len(), layers(&style).len());
        for layer in &layers(&style)[1..] {
            assert!(text(layer, "id").starts_with(&format!("{}-", text(layer, "source"))), "{layer}");
            assert_eq!(layer["metadata"]["onemap:group"], layer["source"]);
        }
    }
}

#[test]
fn every_source_layer_is_in_the_tiles_of_its_source_at_its_zooms() {
    for style in all() {
        for layer in &layers(&style)[1..] {
            let spec = spec(Layer::from_name(text(layer, "source")).unwrap()).unwrap();
            assert_eq!(style["sources"][text(layer, "source")]["maxzoom"], spec.max_zoom);
            let own = text(layer, "source-layer");
            let also = spec.also.iter().find(|also| also.name == own);
            assert!(own == spec.layer.name() || also.is_some(), "{layer}");
            let from = also.map_or(spec.min_zoom, |also| also.min_zoom);
            assert!(
                layer["minzoom"].as_u64().unwrap_or(24) >= u64::from(from) || layer.get("minzoom").is_none(),
                "{layer}"
            );
            // A deeper layer than its source's last zoom would never be in a stretched tile.
            assert!(from <= spec.max_zoom, "{layer}");
        }
    }
}

#[test]
fn every_field_read_is_in_the_tiles() {
    fn fields(value: &Value, found: &mut Vec<String>) {
        if let Value::Array(parts) = value {
            if let [op, Value::String(field)] = parts.as_slice()
                && (op == "get" || op == "has")
            {
                found.push(field.clone());
            }
            for part in parts {
                fields(part, found);
            }
        } else if let Value::Object(map) = value {
            for part in map.values() {
                fields(part, found);
            }
        }
    }
    for layer in &layers(&all()[0])[1..] {
        let spec = spec(Layer::from_name(text(layer, "source")).unwrap()).unwrap();
        let mut found = Vec::new();
        fields(layer, &mut found);
        for field in found {
            let made = spec.made.iter().any(|(name, _)| *name == field);
            assert!(made || spec.attributes.contains(&field.as_str()), "{field} in {layer}");
        }
    }
}

#[test]
fn what_lies_under_what() {
    let style = &all()[0];
    let at = |id: &str| layers(style).iter().position(|l| text(l, "id") == id).unwrap_or_else(|| panic!("{id}"));
    let order = [
        "ground",
        "land-fill",
        "water-fill",
        "buildings-fill",
        "roads-casing",
        "roads-minor",
        "roads-major",
        "grids-line",
        "jurisdictions-county",
        "people-fill",
        "houses-dot",
        "enterprises-dot",
        "places-dot",
        "cameras-view",
        "cameras-dot",
        "cameras-icon",
        "water-label",
        "roads-label",
        "jurisdictions-label-county",
        "people-number",
        "enterprises-label",
        "cameras-label",
        "places-label-minor",
        "places-label",
    ];
    assert!(order.windows(2).all(|w| at(w[0]) < at(w[1])));
}

#[test]
fn only_what_was_asked_for() {
    let style = style(Theme::Dark, &[Layer::Roads, Layer::Units, Layer::Residents], None);
    let sources: Vec<&String> = style["sources"].as_object().unwrap().keys().collect();
    assert_eq!(sources, ["roads"]);
    assert!(layers(&style)[1..].iter().all(|l| text(l, "source") == "roads"));
    assert_eq!(
        style["metadata"]["onemap:groups"],
        json!([{"id": "roads", "layer": "roads", "zh": "道路", "en": "Roads", "on": true}])
    );
    assert_eq!(style["sources"]["roads"]["tiles"], json!(["/tiles/roads/{z}/{x}/{y}.mvt"]));
    assert!(style.get("center").is_none());
}

#[test]
fn off_at_start_is_not_visible_and_the_rest_is() {
    for style in all() {
        for layer in &layers(&style)[1..] {
            let off = ["people", "grids"].contains(&text(layer, "source"));
            assert_eq!(layer["layout"]["visibility"] == "none", off, "{layer}");
        }
    }
}

#[test]
fn names_can_be_exchanged_and_use_the_font_of_the_page() {
    for style in all() {
        assert!(style.get("glyphs").is_none() && style.get("sprite").is_none());
        let written = |l: &&Value| l["layout"].get("text-field").is_some();
        for layer in layers(&style).iter().filter(written) {
            assert_eq!(layer["layout"]["text-font"], json!(["Noto Sans SC"]));
            let named = layer["layout"]["text-field"] == json!(["get", "name"]);
            assert_eq!(layer["metadata"]["onemap:label"] == true, named, "{layer}");
        }
    }
}

#[test]
fn single_things_have_pictures_of_their_own() {
    for style in all() {
        let pictures = |id: &str| {
            let layer = layers(&style).iter().find(|l| text(l, "id") == id).unwrap();
            assert_eq!(layer["layout"]["icon-ignore-placement"], true, "{id}: a picture may not hide another");
            (layer["layout"]["icon-image"].to_string(), layer["paint"]["icon-color"].to_string())
        };
        let all = ["houses-dot", "enterprises-dot", "cameras-icon"].map(pictures);
        assert_eq!(all.iter().map(|(picture, _)| picture).collect::<HashSet<_>>().len(), 3, "{all:?}");
        assert_eq!(all.iter().map(|(_, colour)| colour).collect::<HashSet<_>>().len(), 3, "{all:?}");
        let from = layers(&style).iter().find(|l| text(l, "id") == "cameras-icon").unwrap();
        assert!(from["minzoom"].as_u64().unwrap() <= 14, "a camera looks like one from zoom 14 at the latest");
    }
}

#[test]
fn the_legend_of_people_is_what_is_painted() {
    for style in all() {
        let fill = layers(&style).iter().find(|l| text(l, "id") == "people-fill").unwrap();
        let steps = fill["metadata"]["onemap:legend"]["steps"].as_array().unwrap();
        let painted = fill["paint"]["fill-color"].as_array().unwrap();
        assert_eq!(painted[2], steps[0]["colour"]);
        for (n, step) in steps.iter().enumerate().skip(1) {
            assert_eq!((&painted[2 * n + 1], &painted[2 * n + 2]), (&step["from"], &step["colour"]));
        }
    }
}
