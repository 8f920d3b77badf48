//! Assignments (派警): one unit or one organisation on one incident. The state lives here, never on the unit.

mod record;
mod table;

pub use record::{AssignedTo, Assignment, AssignmentTimes};
pub use table::{Source, State, Step, after};
