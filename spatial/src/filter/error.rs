//! Why a text is no filter.

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at sign {at}: {reason}")]
pub struct FilterError {
    /// Which sign of the text, from 1.
    pub at: usize,
    /// What is wrong, in words.
    pub reason: String,
}

impl FilterError {
    pub(super) fn new(at: usize, reason: impl Into<String>) -> Self {
        Self { at, reason: reason.into() }
    }
}
