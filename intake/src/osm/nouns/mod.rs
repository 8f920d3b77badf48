//! What the tags of an object say: one file a noun, each a whitelist of tags, so that phones and mail addresses never
//! come in. Each answers the properties of a feature, or `None` when the object is no such thing.

mod address;
mod bounds;
mod building;
mod camera;
mod enterprise;
mod ground;
mod place;
mod road;

use spatial::{Properties, Value};

pub(super) use address::house;
pub(super) use bounds::out_of_bounds;
pub(super) use building::building;
pub(super) use camera::{camera, direction};
pub(super) use enterprise::{enterprise, is_empty};
pub(super) use ground::{land, water};
pub(super) use place::place;
pub(super) use road::{is_gone, road};

use super::pbf::Tags;

/// Puts a text, if there is one; whether it is fit to be kept, [`Sink::put`](super::sink::Sink::put) looks at.
fn put_text(properties: &mut Properties, name: &'static str, text: Option<&str>) {
    if let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) {
        properties.put(name, Value::Text(text.to_owned()));
    }
}

/// Puts `name` and `name_en`.
fn put_names(properties: &mut Properties, tags: Tags<'_>) {
    put_text(properties, "name", tags.get("name"));
    put_text(properties, "name_en", tags.get("name:en"));
}

/// The first of several values: `dome;fixed` → `dome`.
fn first(value: &str) -> &str {
    value.split(';').next().unwrap_or(value).trim()
}
