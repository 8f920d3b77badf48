//! Some milliseconds of work, off the threads that answer others.

use super::problem::{Code, Problem};

/// Runs the work aside and waits for it; that it broke is logged, with what it was for.
pub(super) async fn aside<T: Send + 'static>(
    what: &'static str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, what, "work that was done aside broke");
        Problem::new(Code::Internal, "this has been logged")
    })
}
