//! Objects inside a body: an array would be taken for the fields in their order, which nobody means.

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error};
use serde_json::Value as Json;

/// An object, or nothing.
pub(super) fn object<'de, D: Deserializer<'de>, T: DeserializeOwned>(from: D) -> Result<Option<T>, D::Error> {
    Option::<Json>::deserialize(from)?.map(read).transpose()
}

/// A list of objects.
pub(super) fn objects<'de, D: Deserializer<'de>, T: DeserializeOwned>(from: D) -> Result<Vec<T>, D::Error> {
    Vec::<Json>::deserialize(from)?.into_iter().map(read).collect()
}

fn read<T: DeserializeOwned, E: Error>(json: Json) -> Result<T, E> {
    if !json.is_object() {
        return Err(E::custom("must be an object"));
    }
    serde_json::from_value(json).map_err(E::custom)
}
