//! What to do about it: units, incidents and their words.
//!
//! Pure: values in, values out. The state machines of incidents and assignments open with letter C; what stands here is
//! what the map and the history need: who a unit is, how fresh it is, what an incident is called and where it came from.

mod history;
mod incident;
mod unit;
mod words;

pub use history::{HistoricIncident, Milestones};
pub use incident::{IncidentKind, IncidentSource, Origin, Priority};
pub use unit::{Availability, Channel, Contact, Duty, Link, Unit, UnitError, UnitKind};
