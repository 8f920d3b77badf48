//! `onemap export`: a layer as a file.

mod columns;
mod command;
mod csv;
mod flatgeobuf;
mod geojson;
mod row;
mod target;
mod wkt;

pub(super) use command::Export;
