//! Shapefiles (ESRI white paper of July 1998): shapes in a `.shp`, columns in a `.dbf`, in a zip or side by side.
//!
//! The two are read side by side, one record at a time, and a record that is broken costs its row only. The `.shx` is
//! not needed. A `.prj` is not followed: the caller declares the system, and a `.prj` that says another is a suspicion.

mod archive;
mod dbf;
mod rows;
mod shp;

pub(crate) use rows::shapefile;
