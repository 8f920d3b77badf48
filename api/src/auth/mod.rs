//! Who is asking, and what they may.

mod caller;
mod roles;
mod scope;
mod write;

pub mod policy;

pub use caller::Caller;
pub use policy::{Refusal, Sight};
pub use roles::Role;
pub use scope::Scope;
pub use write::{RIGHTS_REST_ON, may_write};
