//! Incidents (警情、事件): what they are called, where they are, what state they are in.

mod kinds;
mod location;
mod record;

pub use kinds::{IncidentKind, IncidentSource, Origin, Priority};
pub use location::{Location, LocationError, LocationState, PlaceRole};
pub use record::{Caller, Feedback, Incident, Material, Phase, SourceRef, Stage, Stated, Times, Unheeded};
