//! Imports: a file becomes checked rows that are staged, compared with the registry and published whole, and a report of
//! what was refused.

mod lines;
mod order;
mod past;
mod read;
mod reference;
mod refers;
mod report;
mod roster;
mod run;
mod running;
mod words;
mod wrote;

pub use lines::LinesOrder;
pub use order::{ImportError, ImportJob, ImportOrder, RowsJob, file_told};
pub use past::import_past;
pub use report::{
    FieldChange, GoneRows, ImportOutcome, ImportReport, MendedRow, RefusedRow, Suspected, changed_fields,
};
pub use roster::{RosterOutcome, import_roster};
pub use run::{Started, import};
pub use running::{Begin, Imports, Progress, Running};
pub use words::{ImportWords, WrongWord};
pub use wrote::undo_first;
