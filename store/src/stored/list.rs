//! Lists of texts as one JSON array.

use crate::Error;

/// Writes the array.
pub(crate) fn write(texts: &[String]) -> String {
    serde_json::Value::from(texts).to_string()
}

/// Reads what [`write`] has written.
pub(crate) fn read(doing: &'static str, text: &str) -> Result<Vec<String>, Error> {
    serde_json::from_str(text).map_err(|error| Error::corrupt(doing, error))
}
