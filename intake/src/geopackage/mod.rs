//! GeoPackage (OGC 12-128r19): tables of features in a SQLite file.
//!
//! The file is read by its published format (sqlite.org/fileformat2.html) and not by a database: no SQL of a stranger's
//! file is ever run, one page of every level of a table's tree is in memory, and this crate stays pure. What that costs:
//! views, tables without row ids and generated columns are refused by name, and changes that lie in a write-ahead log
//! beside the file are not seen.

mod pages;
mod record;
mod rows;
mod schema;

pub(crate) use rows::geopackage;
