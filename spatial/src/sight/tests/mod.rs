//! Cases by name, and the twins.

mod area;
mod cases;
mod ranking;
mod review;
mod scene;
mod twin;
