//! A user and a session as rows.

use super::list;
use crate::{Error, NewUser, Session, User, token};

const DOING: &str = "read users";

/// Columns: `name, roles, scope, unit, org, disabled`.
pub(crate) type UserColumns = (String, String, String, Option<String>, Option<String>, bool);

/// Columns: `token, created_ms, expires_ms`, then those of the user.
pub(crate) type SessionColumns = (Vec<u8>, i64, i64, String, String, String, Option<String>, Option<String>, bool);

/// The columns of a user (but the password), or why it cannot be stored.
pub(crate) fn write(user: &NewUser) -> Result<UserColumns, Error> {
    let bad = |text: &String| text.is_empty() || text.chars().count() > 64 || text.chars().any(spatial::is_hidden);
    let mut texts = std::iter::once(&user.name).chain(&user.roles).chain(&user.scope).chain(&user.unit);
    let long = |org: &String| org.is_empty() || org.chars().count() > 128 || org.chars().any(spatial::is_hidden);
    if user.org.as_ref().is_some_and(long) {
        let why =
            "an organisation must have 1 to 128 characters, none of them a control character or one that is not seen";
        return Err(Error::invalid("store a user", why));
    }
    if texts.any(bad) {
        let why = "name, roles, scope and unit must have 1 to 64 characters each, none of them a control character or one that is not seen";
        return Err(Error::invalid("store a user", why));
    }
    let (roles, scope) = (list::write(&user.roles), list::write(&user.scope));
    Ok((user.name.clone(), roles, scope, user.unit.clone(), user.org.clone(), user.disabled))
}

/// The user of a row.
pub(crate) fn user((name, roles, scope, unit, org, disabled): UserColumns) -> Result<User, Error> {
    Ok(User { name, roles: list::read(DOING, &roles)?, scope: list::read(DOING, &scope)?, unit, org, disabled })
}

/// The session of a row.
pub(crate) fn session(columns: SessionColumns) -> Result<Session, Error> {
    let (token, created_ms, expires_ms, name, roles, scope, unit, org, disabled) = columns;
    let user = user((name, roles, scope, unit, org, disabled))?;
    Ok(Session { id: token::session_id(&token), user, created_ms, expires_ms })
}
