//! Telling those who wait that the log has moved on.

use std::sync::Arc;

use tokio::sync::watch;

/// Rings in this process.
#[derive(Debug, Clone)]
pub(crate) struct Bell(Arc<watch::Sender<u64>>);

impl Bell {
    pub(crate) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }

    /// The log reaches to `seq`. Two commits may ring in the wrong order: only what is news rings.
    pub(crate) fn ring(&self, seq: u64) {
        self.0.send_if_modified(|newest| {
            let news = seq > *newest;
            *newest = seq.max(*newest);
            news
        });
    }

    /// Hears it from now on.
    pub(crate) fn receiver(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }
}
