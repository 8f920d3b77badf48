//! Evacuation and cordon zones: their outlines, and who and what lies in them.
//!
//! Per-building counts are the one exception to "people are counts in cells": for the lead of an open incident, of the
//! own part of the city, each look with its row in the audit, and over with the incident.

mod exits;
mod found;
mod outline;
mod registered;

use spatial::{Fid, Position};

use super::nearby::PeopleSum;
use super::resources::Resource;

pub use outline::{ZoneAsked, outline};

/// What is registered in one building, or at a place where no building is known.
#[derive(Debug, Clone)]
pub struct BuildingCount {
    /// The building's number in tiles.
    pub fid: Option<Fid>,
    /// Its name.
    pub name: Option<String>,
    /// Its address.
    pub address: Option<String>,
    /// Where, WGS84.
    pub position: Position,
    /// People who are registered.
    pub residents: u64,
    /// Of them those who need help in an evacuation.
    pub need_help: u64,
    /// Dwellings that are counted.
    pub homes: u64,
    /// Dwellings that are known and of which nothing is registered.
    pub not_shown: u64,
}

/// Everybody who is registered in a zone.
#[derive(Debug, Clone, Default)]
pub struct Registered {
    /// Buildings: most people who need help first, then most people.
    pub buildings: Vec<BuildingCount>,
    /// Buildings beyond those; their people are in the sums.
    pub more: usize,
    /// People.
    pub residents: u64,
    /// Of them those who need help.
    pub need_help: u64,
    /// Dwellings that are counted.
    pub homes: u64,
    /// Dwellings of which nothing is registered.
    pub not_shown: u64,
}

/// What a caller is told of people in a zone.
#[derive(Debug)]
pub enum ZonePeople {
    /// Building by building.
    Buildings(Registered),
    /// Sums of published cells that touch the zone. `waiting`: building by building is not ready yet.
    Cells {
        /// The sums.
        sum: PeopleSum,
        /// The register is still being read.
        waiting: bool,
    },
    /// Nothing: the caller may not see people.
    Nothing,
}

/// A school, a hospital, a hazard site… in a zone.
#[derive(Debug, Clone)]
pub struct Site {
    /// Its number in tiles.
    pub fid: Fid,
    /// What it is.
    pub kind: String,
    /// Its name.
    pub name: Option<String>,
    /// Where, WGS84.
    pub position: Position,
}

/// Where a road crosses the border of a zone.
#[derive(Debug, Clone)]
pub struct Exit {
    /// The road's number in tiles.
    pub fid: Fid,
    /// Its name.
    pub name: Option<String>,
    /// Its class.
    pub class: String,
    /// Where it crosses, WGS84.
    pub position: Position,
    /// Which way cars may go there: `both`, `out`, `in`, or `none` (on foot only).
    pub cars: &'static str,
}

/// Who and what lies in a zone.
#[derive(Debug)]
pub struct ZoneFound {
    /// Its area, square metres.
    pub area_m2: f64,
    /// People.
    pub people: ZonePeople,
    /// Schools, hospitals, hazard sites by name.
    pub sites: Vec<Site>,
    /// Those beyond the list.
    pub more_sites: usize,
    /// Roads that lead out, wide ones first.
    pub exits: Vec<Exit>,
    /// Those beyond the list.
    pub more_exits: usize,
    /// The nearest shelters outside, by road from the middle of the zone.
    pub shelters: Vec<Resource>,
}
