//! `onemap import units FILE` and `onemap import incidents FILE`: duty units and incidents of the past, one JSON object a
//! line, as `onemap generate` writes them. Neither is a layer of the registry: they go into the roster and into history.

use std::process::ExitCode;
use std::sync::Arc;

use store::Store;

use super::import::{NOTHING_READ, puts_back, refused, suspected};
use super::say;
use crate::app::{ImportError, ImportOutcome, ImportReport, LinesOrder, RosterOutcome, import_past, import_roster};

/// Duty units into the roster.
pub(super) async fn units(store: &Arc<dyn Store>, order: LinesOrder) -> Result<ExitCode, ImportError> {
    let dry_run = order.dry_run;
    let RosterOutcome { report, added, changed, unchanged, known, shifts } = import_roster(store, order).await?;
    counted(&report);
    let said = if dry_run { "nothing was written: this was a dry run. It would be" } else { "in the roster" };
    say(&format!("{said}: {added} units added, {changed} changed, {unchanged} as they were"));
    if known > 0 {
        say(&format!("{known} are known to operations and stay as they are (change them by PUT /api/v1/units/ID)"));
    }
    if shifts > 0 {
        say(&format!("note: {shifts} rows name a shift; the roster does not keep it: `duty` says who is on duty"));
    }
    // No report is kept of it, so all that it names is said.
    Ok(told(&report, None))
}

/// Incidents of the past into history. The same file again changes nothing.
pub(super) async fn incidents(store: &Arc<dyn Store>, order: LinesOrder) -> Result<ExitCode, ImportError> {
    let outcome = import_past(store, order).await?;
    let ImportOutcome { report, done, .. } = &outcome;
    counted(report);
    if outcome.resumed > 0 {
        say(&format!("an earlier run had staged {} parts of this file already", outcome.resumed));
    }
    let said = if outcome.dry_run { "nothing was written: this was a dry run. It would be" } else { "in history" };
    say(&format!("{said}: {} added, {} changed, {} as they were", done.added, done.changed, done.unchanged));
    puts_back(&outcome);
    Ok(told(report, Some(&outcome)))
}

fn counted(report: &ImportReport) {
    say(&format!("read {}, accepted {}, rejected {}", report.read, report.accepted, report.rejected));
}

/// Refused rows and suspicions.
fn told(report: &ImportReport, outcome: Option<&ImportOutcome>) -> ExitCode {
    refused(report, outcome.filter(|outcome| !outcome.dry_run).map(|outcome| outcome.id));
    suspected(report);
    if report.accepted == 0 { ExitCode::from(NOTHING_READ) } else { ExitCode::SUCCESS }
}
