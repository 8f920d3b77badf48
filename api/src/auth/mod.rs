//! Who is asking, and what they may.

mod caller;
mod roles;
mod scope;

pub mod policy;

pub use caller::Caller;
pub use policy::{Refusal, Sight};
pub use roles::Role;
pub use scope::Scope;
