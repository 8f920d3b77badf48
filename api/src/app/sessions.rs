//! Logins: who is behind a token.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moka::future::Cache;
use store::Store;
use tokio::sync::broadcast;

use super::away::Away;
use super::clock::now_ms;
use crate::auth::{Caller, Role, Scope};
use crate::http::problem::{Code, Problem};

/// A token that was just looked up is believed for this long; so a logout or a disabled user holds everywhere within it.
const BELIEVED: Duration = Duration::from_secs(1);
/// While the store does not answer, a token that it knew is believed for this long after it last said so.
const REMEMBERED: Duration = Duration::from_mins(15);
/// Tokens kept in mind at once; the least used are asked from the store again.
const KEPT_IN_MIND: u64 = 20_000;
/// Wrong passwords in a row before a user has to wait (rule of the national protection grade: 5).
const WRONG_BEFORE_WAIT: u32 = 5;
/// How long then, milliseconds.
const WAIT_MS: i64 = 60_000;
/// Users with wrong passwords kept in mind; when full, the list starts anew.
const MOST_SUSPECTS: usize = 10_000;
/// Ends of logins that a listener may be behind; one that is further behind finds out at its next look.
const ENDS_KEPT: usize = 256;

/// Why somebody is not logged in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginRefusal {
    /// Unknown user, wrong password or disabled: not told apart.
    Wrong,
    /// Too many wrong passwords: wait.
    Wait,
}

/// Who asks, as a request keeps it beside its handler: the login is shared.
pub struct Asking {
    known: Arc<Caller>,
    purpose: Option<String>,
    client: Option<String>,
}

impl Asking {
    /// As a value of its own.
    pub fn caller(&self) -> Caller {
        Caller { purpose: self.purpose.clone(), client: self.client.clone(), ..(*self.known).clone() }
    }
}

/// Logins.
pub struct Sessions {
    store: Arc<dyn Store>,
    session_ms: i64,
    known: Cache<String, Arc<Caller>>,
    away: Arc<Away>,
    /// Who was logged in when the store last answered.
    remembered: Cache<String, Arc<Caller>>,
    suspects: Mutex<HashMap<String, (u32, i64)>>,
    ends: broadcast::Sender<Arc<str>>,
}

impl Sessions {
    /// Logins that last `session_ms`.
    pub fn new(store: Arc<dyn Store>, away: Arc<Away>, session_ms: i64) -> Self {
        let known = Cache::builder().max_capacity(KEPT_IN_MIND).time_to_live(BELIEVED).build();
        let remembered = Cache::builder().max_capacity(KEPT_IN_MIND).time_to_live(REMEMBERED).build();
        let (ends, _) = broadcast::channel(ENDS_KEPT);
        Self { store, session_ms, known, away, remembered, suspects: Mutex::default(), ends }
    }

    /// Logs a user in: the token and who it stands for.
    pub async fn open(
        &self,
        user: &str,
        password: &str,
    ) -> Result<Result<(String, Caller), LoginRefusal>, store::Error> {
        let now = now_ms();
        if self.must_wait(user, now) {
            return Ok(Err(LoginRefusal::Wait));
        }
        let Some(found) = self.store.check_password(user, password).await? else {
            self.suspect(user, now);
            return Ok(Err(LoginRefusal::Wrong));
        };
        self.with_suspects(|all| all.remove(user));
        let expires_ms = now.saturating_add(self.session_ms);
        let token = self.store.open_session(&found.name, now, expires_ms).await?;
        let session = self.store.session(&token).await?.map(|s| s.id).unwrap_or_default();
        let caller = Arc::new(caller_of(found, session, expires_ms));
        // Who has asked for nothing yet stays logged in too when the store goes.
        self.remembered.insert(token.clone(), Arc::clone(&caller)).await;
        Ok(Ok((token, (*caller).clone())))
    }

    /// The name, if a login has it.
    pub async fn known_name(&self, user: &str) -> Result<Option<String>, store::Error> {
        Ok(self.store.user(user).await?.map(|found| found.name))
    }

    /// Who is behind a token.
    pub async fn caller(
        &self,
        token: &str,
        purpose: Option<String>,
        client: Option<String>,
    ) -> Result<Asking, Problem> {
        let known = match self.known.get(token).await {
            Some(known) => known,
            None => self.look_up(token).await?,
        };
        if known.expires_ms <= now_ms() {
            return Err(Problem::new(Code::Expired, "the login has reached its end"));
        }
        Ok(Asking { known, purpose, client })
    }

    /// Ends a login.
    pub async fn close(&self, token: &str) -> Result<(), store::Error> {
        self.known.invalidate(token).await;
        self.remembered.invalidate(token).await;
        self.store.close_session(token).await?;
        // Nobody may be listening.
        let _ = self.ends.send(Arc::from(token));
        Ok(())
    }

    /// The tokens whose logins are ended at this server from now on. What ends elsewhere or by a user's being disabled
    /// is found by asking again.
    pub fn ends(&self) -> broadcast::Receiver<Arc<str>> {
        self.ends.subscribe()
    }

    async fn look_up(&self, token: &str) -> Result<Arc<Caller>, Problem> {
        let ended = || Problem::new(Code::Expired, "this login is not known or has ended");
        let session = if self.away.is() {
            Err(Problem::new(Code::Unavailable, "the store does not answer"))
        } else {
            self.store.session(token).await.map_err(Problem::from)
        };
        let session = match session {
            Ok(session) => session,
            // While nobody can say who is logged in, those who were stay so for a while.
            Err(problem) => return self.remembered.get(token).await.ok_or(problem),
        };
        let Some(session) = session.filter(|session| !session.user.disabled) else {
            self.remembered.invalidate(token).await;
            return Err(ended());
        };
        let caller = Arc::new(caller_of(session.user, session.id, session.expires_ms));
        self.remembered.insert(token.to_owned(), Arc::clone(&caller)).await;
        self.known.insert(token.to_owned(), Arc::clone(&caller)).await;
        Ok(caller)
    }

    fn must_wait(&self, user: &str, now: i64) -> bool {
        self.with_suspects(|all| {
            all.get(user).is_some_and(|(wrong, last)| *wrong >= WRONG_BEFORE_WAIT && now - last < WAIT_MS)
        })
    }

    fn suspect(&self, user: &str, now: i64) {
        self.with_suspects(|all| {
            if all.len() >= MOST_SUSPECTS {
                all.clear();
            }
            let entry = all.entry(user.to_owned()).or_insert((0, now));
            *entry = if now - entry.1 < WAIT_MS { (entry.0 + 1, now) } else { (1, now) };
        });
    }

    fn with_suspects<T>(&self, work: impl FnOnce(&mut HashMap<String, (u32, i64)>) -> T) -> T {
        work(&mut self.suspects.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn caller_of(user: store::User, session: String, expires_ms: i64) -> Caller {
    let roles = user.roles.iter().filter_map(|word| Role::from_word(word)).collect();
    // A scope that cannot be read sees nothing: default deny.
    let scope = Scope::new(user.scope.iter().map(String::as_str)).unwrap_or_default();
    Caller {
        user: user.name,
        roles,
        scope,
        unit: user.unit,
        org: user.org,
        purpose: None,
        session,
        expires_ms,
        client: None,
    }
}
