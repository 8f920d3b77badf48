//! Bounds and times of a running server.

/// Bounds and times that a running server keeps to. All are zero by default, for commands that serve nobody.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// How long a login lasts, seconds.
    pub session_s: u64,
    /// Bytes of made tiles that are kept; the least used go first.
    pub tile_cache_bytes: u64,
    /// How long positions are kept, days.
    pub track_days: u64,
    /// Largest file that may be imported over HTTP, bytes.
    pub import_bytes: u64,
    /// How many times longer a one-way street takes an emergency car against its direction; none: it never drives there.
    pub against_oneway: Option<f64>,
    /// File that says where the cameras' streams are.
    pub video_sources: Option<std::path::PathBuf>,
    /// How long a ticket to watch a camera holds, seconds.
    pub video_ticket_s: u64,
    /// Folder on whose disk uploads wait, without a name; the system's own for such things when there is no data folder.
    pub uploads: Option<std::path::PathBuf>,
    /// Folder of the snapshot that makes the next start fast; none when there is no data folder.
    pub snapshot: Option<std::path::PathBuf>,
}
