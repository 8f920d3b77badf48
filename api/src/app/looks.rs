//! Looks: the audit row is written before the answer is given; when it cannot be written, no answer is given.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use spatial::Layer;
use store::{AuditDraft, Store};

use super::clock::now_ms;
use crate::auth::Caller;
use crate::http::problem::{Code, Problem};

/// Glances of this minute kept in mind; past that, the list starts anew and a glance may leave a second row.
const MOST_GLANCES: usize = 100_000;

/// What was looked at, by whom.
pub struct Looks {
    store: Arc<dyn Store>,
    glances: Mutex<(i64, HashSet<(String, String)>)>,
}

impl Looks {
    /// Looks that are written to the store's audit.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, glances: Mutex::default() }
    }

    /// Writes the row of a look: item by id, surroundings, search, export, the audit itself.
    pub async fn look(
        &self,
        caller: &Caller,
        action: &str,
        class: &str,
        objects: Vec<String>,
        detail: Option<String>,
        count: Option<i64>,
    ) -> Result<(), Problem> {
        self.write(caller, action, class, objects, detail, count, "ok").await
    }

    /// Writes the row of a look that was refused.
    pub async fn refused(
        &self,
        caller: &Caller,
        action: &str,
        class: &str,
        detail: Option<String>,
    ) -> Result<(), Problem> {
        self.write(caller, action, class, Vec::new(), detail, None, "denied").await
    }

    /// Tiles, live and nearest: one row a session, layer set and minute.
    pub async fn glance(&self, caller: &Caller, action: &str, layers: &[Layer]) -> Result<(), Problem> {
        let names: Vec<&str> = layers.iter().map(|layer| layer.name()).collect();
        self.glance_at(caller, action, names.join(",")).await
    }

    /// The same, of something that is no layer.
    pub async fn glance_at(&self, caller: &Caller, action: &str, class: String) -> Result<(), Problem> {
        let key = (caller.session.clone(), format!("{action} {class}"));
        if self.seen(&key) {
            return Ok(());
        }
        self.write(caller, action, &class, Vec::new(), None, None, "ok").await?;
        self.with(|(_, seen)| seen.insert(key));
        Ok(())
    }

    fn seen(&self, key: &(String, String)) -> bool {
        let minute = now_ms() / 60_000;
        self.with(|(of, seen)| {
            if *of != minute || seen.len() >= MOST_GLANCES {
                *of = minute;
                seen.clear();
            }
            seen.contains(key)
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut (i64, HashSet<(String, String)>)) -> T) -> T {
        work(&mut self.glances.lock().unwrap_or_else(PoisonError::into_inner))
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of an audit row, each named at the one call site above")]
    async fn write(
        &self,
        caller: &Caller,
        action: &str,
        class: &str,
        objects: Vec<String>,
        detail: Option<String>,
        count: Option<i64>,
        outcome: &str,
    ) -> Result<(), Problem> {
        let draft = AuditDraft {
            at_ms: now_ms(),
            actor: caller.user.clone(),
            roles: caller.roles.iter().map(|role| role.word().to_owned()).collect(),
            scope: caller.scope.codes(),
            action: action.to_owned(),
            purpose: caller.purpose.clone(),
            object_class: class.to_owned(),
            objects,
            detail,
            result_count: count,
            outcome: outcome.to_owned(),
            client: caller.client.clone(),
        };
        metrics::counter!("onemap_audit_rows_total").increment(1);
        self.store.record(vec![draft]).await.map(|_| ()).map_err(|error| {
            tracing::error!(%error, action, "an audit row could not be written; the look was refused");
            Problem::new(Code::AuditUnavailable, "try again; if it stays so, tell the operator")
        })
    }
}
