//! Looks: the audit row is written before the answer is given; when it cannot be written, no answer is given.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use spatial::Layer;
use store::{AuditDraft, Store};

use super::away::Away;
use super::clock::now_ms;
use super::late::Late;
use super::refusals::Refusals;
use crate::auth::Caller;
use crate::http::problem::{Code, Problem};

/// Glances of this minute kept in mind; past that, the list starts anew and a glance may leave a second row.
const MOST_GLANCES: usize = 100_000;

/// Classes whose rows may wait: what the room works with.
const MAY_WAIT: [&str; 2] = ["incidents", "units"];

/// The glances of this minute that have their row: by session, class and action. Most requests are a look into it, so it
/// is asked without making a key first.
#[derive(Default)]
struct Glances {
    minute: i64,
    count: usize,
    of: HashMap<String, HashMap<String, Vec<String>>>,
}

impl Glances {
    fn seen(&mut self, minute: i64, session: &str, action: &str, class: &str) -> bool {
        if self.minute != minute || self.count >= MOST_GLANCES {
            *self = Self { minute, ..Self::default() };
        }
        let actions = self.of.get(session).and_then(|of| of.get(class));
        actions.is_some_and(|actions| actions.iter().any(|known| known == action))
    }

    fn keep(&mut self, session: &str, action: &str, class: String) {
        self.count += 1;
        self.of.entry(session.to_owned()).or_default().entry(class).or_default().push(action.to_owned());
    }
}

/// What was looked at, by whom.
pub struct Looks {
    store: Arc<dyn Store>,
    away: Arc<Away>,
    late: Late,
    glances: Mutex<Glances>,
    refusals: Refusals,
}

impl Looks {
    /// Looks that are written to the store's audit.
    pub fn new(store: Arc<dyn Store>, away: Arc<Away>) -> Self {
        Self { store, away, late: Late::default(), glances: Mutex::default(), refusals: Refusals::default() }
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
        let row = draft(caller, action, class, objects, detail, count, "ok");
        if MAY_WAIT.contains(&class) { self.write_or_wait(vec![row]).await } else { self.write_all(vec![row]).await }
    }

    /// Writes the row of a look that was refused, before the refusal is answered. The first of its kind (session,
    /// action, class) in a minute has a row at once; the others of that minute are counted, and the count follows in a
    /// row of its own when the minute is over: a flood of refusals cannot fill the disk.
    pub async fn refused(&self, caller: &Caller, action: &str, class: &str, detail: String) -> Result<(), Problem> {
        self.write_all(self.counted_refusals(false)).await?;
        let draft = draft(caller, action, class, Vec::new(), Some(detail), Some(1), "denied");
        match self.refusals.first(&caller.session, draft, now_ms()) {
            Some(draft) => self.write_all(vec![draft]).await,
            None => Ok(()),
        }
    }

    /// The same of somebody whose password was wrong: `user` is a login that exists, or `anonymous`. A name that no login
    /// has is not kept, because people type passwords into that field.
    pub async fn refused_login(&self, user: &str, client: Option<String>) -> Result<(), Problem> {
        let nobody = Caller {
            user: user.to_owned(),
            roles: Vec::new(),
            scope: crate::auth::Scope::default(),
            unit: None,
            org: None,
            purpose: None,
            session: format!("login {user} {}", client.as_deref().unwrap_or_default()),
            expires_ms: 0,
            client,
        };
        self.refused(&nobody, "login", "session", "wrong password".to_owned()).await
    }

    /// Writes the counts of refusals whose minute is over; `all` writes those of this minute too (the server stops).
    pub async fn settle_refusals(&self, all: bool) -> Result<(), Problem> {
        self.write_all(self.counted_refusals(all)).await
    }

    fn counted_refusals(&self, all: bool) -> Vec<AuditDraft> {
        self.refusals.counted(if all { i64::MAX } else { now_ms() })
    }

    /// Tiles, live and nearest: one row a session, layer set and minute.
    pub async fn glance(&self, caller: &Caller, action: &str, layers: &[Layer]) -> Result<(), Problem> {
        let names: Vec<&str> = layers.iter().map(|layer| layer.name()).collect();
        self.glance_at(caller, action, names.join(",")).await
    }

    /// The same, of something that is no layer.
    pub async fn glance_at(&self, caller: &Caller, action: &str, class: String) -> Result<(), Problem> {
        if self.with(|glances| glances.seen(now_ms() / 60_000, &caller.session, action, &class)) {
            return Ok(());
        }
        self.write_or_wait(vec![draft(caller, action, &class, Vec::new(), None, None, "ok")]).await?;
        self.with(|glances| glances.keep(&caller.session, action, class));
        Ok(())
    }

    fn with<T>(&self, work: impl FnOnce(&mut Glances) -> T) -> T {
        work(&mut self.glances.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Writes rows, or lets them wait while the store does not take them: who works on incidents goes on working. What is
    /// looked up about people, houses, cameras and callers does not wait (docs/decisions/0014).
    async fn write_or_wait(&self, drafts: Vec<AuditDraft>) -> Result<(), Problem> {
        if !self.away.is() {
            match self.write_all(drafts.clone()).await {
                Ok(()) => return Ok(()),
                Err(problem) if problem.code() != Code::AuditUnavailable => return Err(problem),
                Err(_) => {}
            }
        }
        metrics::counter!("onemap_audit_rows_late_total").increment(drafts.len() as u64);
        if self.late.keep(drafts) {
            return Ok(());
        }
        Err(Problem::new(Code::AuditUnavailable, "too many rows wait to be written; tell the operator"))
    }

    /// Writes the rows that wait.
    pub async fn settle_late(&self) {
        loop {
            let rows = self.late.take();
            if rows.is_empty() {
                return;
            }
            if let Err(error) = self.store.record(rows.clone()).await {
                tracing::warn!(%error, rows = rows.len(), "audit rows still wait to be written");
                self.late.put_back(rows);
                return;
            }
        }
    }

    async fn write_all(&self, drafts: Vec<AuditDraft>) -> Result<(), Problem> {
        if drafts.is_empty() {
            return Ok(());
        }
        metrics::counter!("onemap_audit_rows_total").increment(drafts.len() as u64);
        self.store.record(drafts).await.map(|_| ()).map_err(|error| {
            tracing::error!(%error, "an audit row could not be written; the look was refused");
            Problem::new(Code::AuditUnavailable, "try again; if it stays so, tell the operator")
        })
    }
}

fn draft(
    caller: &Caller,
    action: &str,
    class: &str,
    objects: Vec<String>,
    detail: Option<String>,
    count: Option<i64>,
    outcome: &str,
) -> AuditDraft {
    AuditDraft {
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
    }
}
