//! Who is asking, and what they may.

mod caller;
mod roles;
mod scope;
mod watch;
mod write;

pub mod policy;

pub use caller::Caller;
pub use policy::{Refusal, Sight};
pub use roles::Role;
pub use scope::Scope;
pub use watch::{Cause, Grounds, may_watch};
pub use write::{RIGHTS_REST_ON, may_write};
