//! Recordings that are looked through for an incident (回看): whose camera, by whom, and what came of it. Work is shared
//! out by it; what a recording shows of a person is written nowhere.

use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// What came of looking.
    Watched {
        /// Somebody is at it.
        Taken = "taken",
        /// Seen.
        Seen = "seen",
        /// Not seen.
        NotSeen = "not_seen",
        /// There is no recording of that time.
        NoRecording = "no_recording",
    }
}

/// The newest word on a camera's recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// What came of it.
    pub watched: Watched,
    /// Who says so: while it is taken, who looks.
    pub by: String,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// What else, at most 500 characters.
    pub text: Option<String>,
}

impl Recording {
    /// Cameras of an incident.
    pub const MOST: usize = 500;
}
