//! What to do about it: incidents, assignments, units and timers as state machines.
//!
//! Pure: values in, values out. [`Desk::decide`] says which events a command makes, or why not; [`Desk::evolve`] says
//! what an event makes of the desk, and cannot fail. Who may ask is decided before, where a log is kept elsewhere.

mod arrival;
mod assignment;
mod closure;
mod command;
mod desk;
mod event;
mod history;
mod incident;
pub mod recommend;
mod recording;
mod refusal;
mod roster;
mod stored;
mod timers;
mod unit;
mod wall;
mod words;
mod zone;

pub use arrival::{Approach, Seems};
pub use assignment::{AssignedTo, Assignment, AssignmentTimes, Source, State, Step, after};
pub use closure::{Closure, Condition, ConditionKind, Drawn, KnownCondition, Mover};
pub use command::{
    Actor, Ask, Assign, Basis, Command, MOST_CALLERS, MOST_ORDERED, MOST_TEXT, Order, Progress, REOPEN_WITHIN_MS,
    Report,
};
pub use desk::{Availabilities, Decided, Desk, Key, Scene, UnitState};
pub use event::{AssignmentEvent, Event, IncidentEvent, Stamp};
pub use history::{HistoricIncident, Milestones};
pub use incident::{
    Caller, Feedback, Incident, IncidentKind, IncidentSource, Location, LocationError, LocationState, Material, Origin,
    Phase, PlaceRole, Priority, SourceRef, Stage, Stated, Times, Unheeded,
};
pub use recording::{Recording, Watched};
pub use refusal::{Changed, Refusal, Rule, Taken, Warning};
pub use roster::UnitRecord;
pub use timers::{MOST_RULES, Policy, PolicyError, Reminder, Rule as TimerRule, Timer, TimerKind, TimerState};
pub use unit::{Availability, Channel, Contact, Duty, LINKS, Link, LinkRule, Size, Unit, UnitError, UnitKind};
pub use wall::{KnownWall, OnWall, Shown};
pub use zone::{Mark, Marked, Zone, ZonePurpose, ZoneShape, ZoneState, ZoneWind};
