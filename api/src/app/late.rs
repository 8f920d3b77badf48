//! Audit rows that wait until the store takes them again.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use store::AuditDraft;

/// Rows that may wait. When they are so many, looks are refused again.
const MOST: usize = 20_000;
/// Rows that are written together.
const TOGETHER: usize = 500;

/// The rows, oldest first.
#[derive(Debug, Default)]
pub(super) struct Late(Mutex<VecDeque<AuditDraft>>);

impl Late {
    /// Lets rows wait; `false` when there is no room for them.
    pub(super) fn keep(&self, drafts: Vec<AuditDraft>) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() + drafts.len() > MOST {
            return false;
        }
        all.extend(drafts);
        true
    }

    /// The oldest of them, to be written; those that could not be written come back by [`Late::put_back`].
    pub(super) fn take(&self) -> Vec<AuditDraft> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = all.len().min(TOGETHER);
        all.drain(..count).collect()
    }

    /// Puts rows back in their place.
    pub(super) fn put_back(&self, drafts: Vec<AuditDraft>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for draft in drafts.into_iter().rev() {
            all.push_front(draft);
        }
    }
}
