//! Imports: a file becomes checked rows that are staged, compared with the registry and published whole, and a report of
//! what was refused.

mod order;
mod read;
mod report;
mod run;
mod running;

pub use order::{ImportError, ImportJob, ImportOrder};
pub use report::{FieldChange, ImportOutcome, ImportReport, RefusedRow, changed_fields};
pub use run::{Started, begin, import};
pub use running::{Imports, Progress};
