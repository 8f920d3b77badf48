//! Logs: structured, to standard error; never a person's attributes, never a token.

use anyhow::{Context, Result};
use tracing_subscriber::EnvFilter;

/// Starts logging: `filter` as in `info,store=debug`; `json` for machines, text for people.
pub(super) fn start(filter: &str, format: &str) -> Result<()> {
    let filter = EnvFilter::try_new(filter).context("the setting log is not a filter")?;
    // Its finest lines hold what is said to cameras, logins and all.
    let filter = filter.add_directive("retina=off".parse().context("a directive of our own")?);
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false);
    let started = if format == "json" { builder.json().try_init() } else { builder.try_init() };
    // Logging that runs already (tests in one process) stays as it is.
    drop(started);
    Ok(())
}
