//! Reasons in the asker's language.

use serde::Serialize;
use utoipa::ToSchema;

/// A reason in words.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Reason {
    /// Stable code.
    pub(super) code: String,
    /// In the asker's language.
    pub(super) text: String,
}

impl Reason {
    /// A reason with both its texts.
    pub(super) fn new(
        zh: bool,
        code: impl Into<String>,
        (en, chinese): (impl Into<String>, impl Into<String>),
    ) -> Self {
        Self { code: code.into(), text: if zh { chinese.into() } else { en.into() } }
    }

    /// Of a value that is written with its code.
    pub(super) fn of(zh: bool, value: &impl Serialize, words: (String, String)) -> Self {
        let written = serde_json::to_value(value).unwrap_or_default();
        let code = written.get("code").unwrap_or(&written).as_str().unwrap_or_default();
        Self::new(zh, code.to_uppercase().replace('_', "-"), words)
    }
}
