//! Operations: the one road that every command walks, and what readers see of it.
//!
//! ask → decide → append → commit → evolve → publish. One task, the clerk, holds the log's head while it decides; what it
//! publishes is durable. Readers take a snapshot of the desk and never wait.

mod clerk;
mod load;
mod propose;
mod refused;
mod room;
mod scene;
mod sight;
mod tail;
mod timers;
mod work;

pub use clerk::run as clerk;
pub use load::{load, read, walk};
pub use propose::run as propose;
pub use room::{Operations, Since};
pub use sight::{IncidentSight, IncidentView, snapped};
pub use tail::run as tail;
pub use timers::run as timers;
pub use work::{DeviceTime, Done, Guard, NotDone, Render, Work, fresh_id};
