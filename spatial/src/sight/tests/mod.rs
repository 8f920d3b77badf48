//! Cases by name, and the twins.

mod cases;
mod ranking;
mod scene;
mod twin;
