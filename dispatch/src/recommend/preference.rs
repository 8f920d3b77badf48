//! What counts beside time: a unit's circumstances, in seconds. A unit of another district that is 60 s nearer is taken
//! when that counts for 30 s, and not when it counts for 90 s: a dispatcher can read it, and the city can set it.

use serde::{Deserialize, Serialize};

use super::candidate::{Candidate, Relation, Travel};
use super::reason::Reason;
use crate::incident::Priority;
use crate::unit::Availability;

/// How many seconds each circumstance counts for, at some priorities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preference {
    /// At which priorities.
    pub priorities: Vec<Priority>,
    /// From another district, but within the border buffer of this one.
    pub buffer_s: u32,
    /// From another district.
    pub other_s: u32,
    /// On work that may be broken off.
    pub soft_s: u32,
    /// For each order of the last hours.
    pub order_s: u32,
    /// A position older than this, seconds, is none.
    pub oldest_fix_s: u32,
}

impl Preference {
    /// The proposal of this project: where life is in danger only time counts, and the rest decides between equals.
    pub fn proposed() -> Vec<Self> {
        let of = |numbers: &[u8]| numbers.iter().filter_map(|n| Priority::new(*n)).collect();
        let row = |numbers: &[u8], [buffer_s, other_s, soft_s, order_s]: [u32; 4]| Self {
            priorities: of(numbers),
            buffer_s,
            other_s,
            soft_s,
            order_s,
            oldest_fix_s: 30 * 60,
        };
        vec![row(&[1], [0, 0, 0, 0]), row(&[2], [20, 60, 15, 10]), row(&[3, 4], [60, 180, 60, 30])]
    }

    /// The circumstances of a unit that count, as reasons with their seconds; those that count for nothing are kept with
    /// 0, since they decide between equals.
    pub(crate) fn circumstances(&self, candidate: &Candidate) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let counts_s = match candidate.relation {
            Relation::Own => 0,
            Relation::Buffer => self.buffer_s,
            Relation::Other => self.other_s,
        };
        reasons.push(Reason::District { relation: candidate.relation, counts_s });
        if candidate.availability == Availability::Soft {
            reasons.push(Reason::Soft { counts_s: self.soft_s });
        }
        if candidate.orders > 0 {
            let counts_s = self.order_s.saturating_mul(candidate.orders);
            reasons.push(Reason::Workload { orders: candidate.orders, counts_s });
        }
        reasons
    }

    /// What the unit's way counts for: its latest arrival and its circumstances, seconds.
    pub(crate) fn counts_s(&self, candidate: &Candidate, travel: &Travel) -> u32 {
        let added = |sum: u32, reason: &Reason| sum.saturating_add(reason.counts_s());
        self.circumstances(candidate).iter().fold(travel.worst_s, added)
    }
}
