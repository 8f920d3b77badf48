//! Where to be before it happens: demand, coverage, siting, routes, order board.
//!
//! Designed for, not built: this crate opens with letter H of the road map. It has no public item until then.
