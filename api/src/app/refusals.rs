//! Refused looks of the present minute: the first of a kind is written at once, the others are counted.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use store::AuditDraft;

/// Kinds of refusal of one session that get rows of their own in a minute; what goes beyond is counted as one kind.
const MOST_KINDS: usize = 64;
/// Sessions whose refusals are told apart in a minute; beyond, they are counted as one.
const MOST_SESSIONS: usize = 1_000;
const MINUTE_MS: i64 = 60_000;

/// What was refused in the present minute. At most 1,001 × 65 kinds are kept in mind.
#[derive(Default)]
pub(super) struct Refusals(Mutex<Minute>);

#[derive(Default)]
struct Minute {
    of: i64,
    sessions: HashMap<String, HashMap<String, Counted>>,
}

/// The first refusal of a kind, and how many like it came after.
struct Counted {
    first: AuditDraft,
    more: i64,
}

impl Refusals {
    /// Takes a refusal at `now_ms`: answers the row to be written at once when it is the first of its kind.
    pub(super) fn first(&self, session: &str, draft: AuditDraft, now_ms: i64) -> Option<AuditDraft> {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if minute.sessions.is_empty() {
            minute.of = now_ms / MINUTE_MS;
        }
        let known = minute.sessions.contains_key(session) || minute.sessions.len() < MOST_SESSIONS;
        let kinds = minute.sessions.entry(if known { session } else { "" }.to_owned()).or_default();
        let kind = format!("{} {}", draft.action, draft.object_class);
        let kind = if kinds.contains_key(&kind) || kinds.len() < MOST_KINDS { kind } else { String::new() };
        if let Some(counted) = kinds.get_mut(&kind) {
            counted.more += 1;
            return None;
        }
        kinds.insert(kind, Counted { first: draft.clone(), more: 0 });
        Some(draft)
    }

    /// The counts of a minute that is over at `now_ms`, as rows: one for each kind that came more than once.
    pub(super) fn counted(&self, now_ms: i64) -> Vec<AuditDraft> {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now_ms / MINUTE_MS <= minute.of {
            return Vec::new();
        }
        let kinds = std::mem::take(&mut minute.sessions).into_values().flat_map(HashMap::into_values);
        kinds
            .filter(|counted| counted.more > 0)
            .map(|Counted { first, more }| AuditDraft {
                detail: Some(format!("{more} more in the same minute")),
                result_count: Some(more),
                ..first
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(action: &str, class: &str) -> AuditDraft {
        AuditDraft { action: action.to_owned(), object_class: class.to_owned(), ..AuditDraft::default() }
    }

    #[test]
    fn one_row_a_kind_and_the_count_of_the_others() {
        let refusals = Refusals::default();
        let take = |session, class| refusals.first(session, draft("item", class), 30_000).is_some();
        assert!(take("a", "houses") && take("a", "cameras") && take("b", "houses"));
        for _ in 0..10_000 {
            assert!(!take("a", "houses"));
        }
        assert!(refusals.counted(59_999).is_empty(), "the minute is not over");
        let rows = refusals.counted(60_000);
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].object_class.as_str(), rows[0].result_count), ("houses", Some(10_000)));
        assert!(refusals.counted(120_000).is_empty(), "told once");
        assert!(refusals.first("a", draft("item", "houses"), 61_000).is_some(), "a new minute, a new row");
    }

    #[test]
    fn a_flood_of_kinds_and_sessions_is_bounded() {
        let refusals = Refusals::default();
        let (mut rows, mut asked) = (0, 0);
        for session in 0..1_200 {
            for class in 0..70 {
                asked += 1;
                let row = refusals.first(&session.to_string(), draft("tiles", &class.to_string()), 0);
                rows += usize::from(row.is_some());
            }
        }
        assert!(rows <= (MOST_SESSIONS + 1) * (MOST_KINDS + 1), "{rows} of {asked}");
        let counted: i64 = refusals.counted(i64::MAX).iter().filter_map(|row| row.result_count).sum();
        assert_eq!(rows + usize::try_from(counted).unwrap(), asked, "nothing is lost");
    }
}
