//! Commands that were refused because somebody was quicker: asked again with the same id and body they are refused again,
//! also when the unit is free by then. Whoever did not get the first answer must not send a unit by asking again.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use dispatch::Refusal;

/// Refusals that are kept; the oldest goes first. They are this server's own and end with it.
const MOST: usize = 10_000;

/// The last refusals by command id.
#[derive(Default)]
pub(super) struct Refused(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    by_id: HashMap<String, ([u8; 32], Refusal)>,
    order: VecDeque<String>,
}

impl Refused {
    /// The refusal of that very command.
    pub(super) fn of(&self, id: &str, digest: &[u8; 32]) -> Option<Refusal> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.by_id.get(id).filter(|(of, _)| of == digest).map(|(_, refusal)| refusal.clone())
    }

    /// Keeps a refusal, if it says that somebody was quicker.
    pub(super) fn keep(&self, id: &str, digest: [u8; 32], refusal: &Refusal) {
        if !matches!(refusal, Refusal::UnitTaken(_) | Refusal::Stale(_)) {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.by_id.insert(id.to_owned(), (digest, refusal.clone())).is_none() {
            kept.order.push_back(id.to_owned());
        }
        if kept.order.len() > MOST
            && let Some(oldest) = kept.order.pop_front()
        {
            kept.by_id.remove(&oldest);
        }
    }
}
