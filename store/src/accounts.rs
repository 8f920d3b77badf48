//! Accounts: who may come in, and who is in.

use async_trait::async_trait;

use crate::Error;

/// A user to be stored.
#[derive(Clone)]
pub struct NewUser {
    /// Login name, 1 to 64 characters.
    pub name: String,
    /// In the clear; only its argon2id hash is kept.
    pub password: String,
    /// Roles.
    pub roles: Vec<String>,
    /// Codes of the divisions in sight.
    pub scope: Vec<String>,
    /// The duty unit that the user is.
    pub unit: Option<String>,
    /// The organisation whose desk the user is.
    pub org: Option<String>,
    /// Whether the user may not come in.
    pub disabled: bool,
}

impl std::fmt::Debug for NewUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewUser").field("name", &self.name).field("roles", &self.roles).finish_non_exhaustive()
    }
}

/// A user as stored, without the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Login name.
    pub name: String,
    /// Roles.
    pub roles: Vec<String>,
    /// Codes of the divisions in sight.
    pub scope: Vec<String>,
    /// The duty unit that the user is.
    pub unit: Option<String>,
    /// The organisation whose desk the user is.
    pub org: Option<String>,
    /// Whether the user may not come in.
    pub disabled: bool,
}

/// Somebody who is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Names the session in audit rows and lists; not the token, and no way back to it.
    pub id: String,
    /// Who, as stored now.
    pub user: User,
    /// Since when, milliseconds since 1970 UTC.
    pub created_ms: i64,
    /// Until when; the caller compares it with its clock.
    pub expires_ms: i64,
}

/// Users and their sessions.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Stores a user; an older record of that name is replaced and its sessions are closed.
    async fn put_user(&self, user: &NewUser) -> Result<(), Error>;

    /// The user of that name.
    async fn user(&self, name: &str) -> Result<Option<User>, Error>;

    /// All users, by name.
    async fn users(&self) -> Result<Vec<User>, Error>;

    /// Lets a user in again or no longer (which closes all sessions). Answers whether there is such a user.
    async fn set_disabled(&self, name: &str, disabled: bool) -> Result<bool, Error>;

    /// The user, if name and password fit and the user is not disabled. An unknown name costs the same work.
    async fn check_password(&self, name: &str, password: &str) -> Result<Option<User>, Error>;

    /// Opens a session and answers its token: 256 random bits as 64 hex digits, of which only the SHA-256 is stored.
    /// `NotFound` when the user does not exist or is disabled.
    async fn open_session(&self, user: &str, now_ms: i64, expires_ms: i64) -> Result<String, Error>;

    /// The session of that token, expired or not; none when it was closed or its user is disabled.
    async fn session(&self, token: &str) -> Result<Option<Session>, Error>;

    /// Closes a session. Answers whether there was one.
    async fn close_session(&self, token: &str) -> Result<bool, Error>;

    /// Closes all sessions of a user and answers how many.
    async fn close_sessions_of(&self, user: &str) -> Result<u64, Error>;

    /// Forgets the sessions that have expired at `now_ms` and answers how many.
    async fn sweep(&self, now_ms: i64) -> Result<u64, Error>;
}
