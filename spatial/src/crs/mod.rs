//! Coordinate systems at the door: to be filled.
