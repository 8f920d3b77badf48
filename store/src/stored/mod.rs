//! The stored form of things, the same in both databases, and what an upsert decides before anything is written.

pub(crate) mod account;
pub(crate) mod audit;
pub(crate) mod feature;
pub(crate) mod fix;
pub(crate) mod import;
pub(crate) mod incident;
pub(crate) mod list;
pub(crate) mod log;
pub(crate) mod number;
pub(crate) mod plan;
pub(crate) mod properties;
pub(crate) mod published;
pub(crate) mod unit;
pub(crate) mod wkb;
