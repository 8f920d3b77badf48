//! A published plan of posts and routes, and how it leaves the house.

pub mod export;
mod place;
mod published;

pub use export::ExportError;
pub use published::{Draft, Plan, PlanError, Post, Route};
