//! The order of units: what its latest arrival and its circumstances count for, in seconds; then, between equals, one
//! criterion after the other, and last the id.
//!
//! Each part of the order gets no better when a criterion gets worse. So a unit that is at least as good as another in
//! every criterion and better in one stands before it: what is picked is never dominated.

use std::cmp::Reverse;

use super::candidate::{Candidate, Relation};
use super::preference::Preference;
use crate::unit::Availability;
use crate::words::words;

words! {
    /// What put one unit before another: the first of these in which they differ.
    Criterion {
        /// Latest arrival with all circumstances, seconds.
        Counts = "counts",
        /// Latest arrival, seconds.
        Latest = "latest",
        /// Earliest arrival, seconds.
        Earliest = "earliest",
        /// Free before work that may be broken off.
        Availability = "availability",
        /// Own district before the border buffer before others.
        Relation = "relation",
        /// Fewer orders of the last hours.
        Orders = "orders",
        /// Nothing but the id.
        Id = "id",
    }
}

/// The criteria of a unit that has a way, best first: latest arrival, earliest arrival, availability, district, orders.
type Criteria = (u32, u32, Reverse<Availability>, Relation, u32);

fn criteria(candidate: &Candidate) -> Option<Criteria> {
    let travel = candidate.travel()?;
    let availability = Reverse(candidate.availability);
    Some((travel.worst_s, travel.best_s, availability, candidate.relation, candidate.orders))
}

/// Whether one unit is at least as good as another in every criterion and better in one. A unit without a way
/// dominates nothing and is not dominated.
///
/// Criteria: latest and earliest arrival, availability, district, orders of the last hours.
pub fn dominates(one: &Candidate, other: &Candidate) -> bool {
    let (Some(a), Some(b)) = (criteria(one), criteria(other)) else { return false };
    a.0 <= b.0 && a.1 <= b.1 && a.2 <= b.2 && a.3 <= b.3 && a.4 <= b.4 && a != b
}

/// Where a unit stands: less is better.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Standing {
    /// Latest arrival with all circumstances, seconds.
    pub(crate) counts_s: u32,
    criteria: Criteria,
    unit: String,
}

impl Standing {
    /// Of a unit that has a way.
    pub(crate) fn of(candidate: &Candidate, preference: &Preference) -> Option<Self> {
        let counts_s = preference.counts_s(candidate, candidate.travel()?);
        Some(Self { counts_s, criteria: criteria(candidate)?, unit: candidate.unit.clone() })
    }

    /// The first criterion in which they differ.
    pub(crate) fn differ(&self, other: &Self) -> Criterion {
        let (a, b) = (&self.criteria, &other.criteria);
        if self.counts_s != other.counts_s {
            Criterion::Counts
        } else if a.0 != b.0 {
            Criterion::Latest
        } else if a.1 != b.1 {
            Criterion::Earliest
        } else if a.2 != b.2 {
            Criterion::Availability
        } else if a.3 != b.3 {
            Criterion::Relation
        } else if a.4 != b.4 {
            Criterion::Orders
        } else {
            Criterion::Id
        }
    }
}
