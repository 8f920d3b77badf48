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

/// Longest text of a field, characters (a field's own limit; longer ones are left out rather than the whole feature).
const LONGEST_TEXT: usize = 200;

/// Puts a text that is fit to be one.
fn put_text(properties: &mut Properties, name: &'static str, text: Option<&str>) {
    let Some(text) = text.map(str::trim) else { return };
    if !text.is_empty() && text.chars().count() <= LONGEST_TEXT && !text.chars().any(char::is_control) {
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
