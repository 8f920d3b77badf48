//! OpenStreetMap extracts in PBF: all layers of a file at once.
//!
//! Two passes over the blobs: the first takes nodes (their places, and what their tags say) and the relations that are
//! areas; the second goes back to the blobs that hold ways. The areas of relations come last. Memory is the table of
//! nodes (16 bytes each), the numbers of the rows (16 bytes each, so that a second one of the same id is refused), the
//! relations that are areas with their member ways, and one block.
//!
//! What becomes what, with source `osm` and source ids `n123`, `w123`, `r123`:
//!
//! | layer | objects |
//! | --- | --- |
//! | buildings | closed ways and multipolygons with `building=*` |
//! | houses | whatever has `addr:housenumber`, as a point |
//! | enterprises | `shop`, `office`, `craft`, as a point |
//! | places | `amenity` (every value), emergency equipment, health care, sights, sports, stops, `place=*`, as a point |
//! | cameras | `man_made=surveillance`, as a point |
//! | roads | ways with `highway=*` that exist today, ferries; turn restrictions and traffic lights with them |
//! | water, land | closed ways and multipolygons; no lines, no sea |
//!
//! One object may be several of these. Only listed tags are copied.

mod adjoining;
mod areas;
mod extract;
mod locations;
mod nouns;
mod pbf;
mod quantity;
mod reading;
mod restrictions;
mod sink;
mod tally;
mod unfit;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod writing;

pub use extract::osm;
