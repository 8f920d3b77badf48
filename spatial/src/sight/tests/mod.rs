//! Cases by name, and the twins.

mod area;
mod cases;
mod culled;
mod ranking;
mod review;
mod scene;
mod twin;
