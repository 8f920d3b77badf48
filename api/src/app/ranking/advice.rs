//! What was shown to dispatchers lately, so that an order can be kept together with what was on the screen.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use dispatch::recommend::Recommendation;

/// Recommendations that are kept; the oldest goes first, and an order that names it is kept without it.
const MOST: usize = 500;
/// Units that could be sent and are kept in one.
const RANKED: usize = 20;
/// Units that cannot be sent and are kept in one.
const BLOCKED: usize = 10;

/// The last recommendations by their digest.
#[derive(Debug, Default)]
pub struct Advice(Mutex<VecDeque<(String, Box<Recommendation>)>>);

impl Advice {
    /// Keeps one and answers its digest, 64 hexadecimal digits; empty when it cannot be written.
    pub fn keep(&self, recommendation: Recommendation) -> String {
        let Ok(digest) = recommendation.digest() else { return String::new() };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.iter().all(|(known, _)| *known != digest) {
            if kept.len() >= MOST {
                kept.pop_front();
            }
            kept.push_back((digest.clone(), Box::new(recommendation)));
        }
        digest
    }

    /// The one of that digest, if it was for this incident.
    pub fn of(&self, digest: &str, incident: &str) -> Option<Box<Recommendation>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().find(|(known, of)| known == digest && of.asked.incident == incident);
        found.map(|(_, recommendation)| recommendation.clone())
    }
}

/// Leaves out the units that nobody would look at: what is kept with a decision stays short.
pub(super) fn shorten(recommendation: &mut Recommendation, why: Option<&str>) {
    let (mut ranked, mut blocked) = (0, 0);
    recommendation.rows.retain(|row| {
        let count = if row.rank.is_some() { &mut ranked } else { &mut blocked };
        *count += 1;
        let most = if row.rank.is_some() { RANKED } else { BLOCKED };
        row.pick.is_some() || *count <= most || why == Some(row.candidate.unit.as_str())
    });
}
