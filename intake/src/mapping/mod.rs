//! How the columns of a table become the fields of a layer: the mapping file, and the plan made of it for one table.

mod file;
mod headers;
mod keys;
mod places;
mod plan;

#[cfg(test)]
mod tests;

pub use file::Mapping;
pub(crate) use file::Others;
pub use places::place_headers;
pub(crate) use plan::{Places, Plan};
