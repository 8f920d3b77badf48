//! Imports: a file becomes checked rows that are staged, compared with the registry and published whole, and a report of
//! what was refused.

mod order;
mod read;
mod reference;
mod refers;
mod report;
mod run;
mod running;
mod words;

pub use order::{ImportError, ImportJob, ImportOrder, RowsJob, file_told};
pub use report::{FieldChange, ImportOutcome, ImportReport, MendedRow, RefusedRow, Suspected, changed_fields};
pub use run::{Started, begin, import};
pub use running::{Imports, Progress};
pub use words::{ImportWords, WrongWord};
