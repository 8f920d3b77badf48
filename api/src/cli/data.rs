//! `onemap migrate`, `verify`.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use super::place::Place;
use super::{complain, say};

/// Bring the store's tables to this version.
#[derive(Args, Debug)]
pub(super) struct Migrate {
    #[command(flatten)]
    place: Place,
}

impl Migrate {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let opened = self.place.open().await?;
        say(&format!("the {} store is at this version's tables", opened.store.kind()));
        Ok(ExitCode::SUCCESS)
    }
}

/// Check the chains of the log and of the audit.
#[derive(Args, Debug)]
pub(super) struct Verify {
    #[command(flatten)]
    place: Place,
}

impl Verify {
    pub(super) async fn run(self) -> Result<ExitCode> {
        let opened = self.place.open_kept().await?;
        let log = opened.store.log_verify(0).await?;
        match log.first_bad {
            None => {
                say(&format!("log: {} events ({} with an erased part), the chain holds", log.events, log.erased));
            }
            Some(seq) => complain(&format!("log: event {seq} is bad: {}", log.why.unwrap_or_default())),
        }
        let audit = opened.store.audit_verify().await?;
        match audit.first_bad {
            None => say(&format!("audit: {} rows, the chain holds", audit.rows)),
            Some(seq) => complain(&format!("audit: row {seq} does not fit the row before it")),
        }
        let holds = log.first_bad.is_none() && audit.first_bad.is_none();
        Ok(if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
