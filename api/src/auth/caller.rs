//! Who is asking: a value that every read and write passes down. There is no global "current user".

use super::policy::Refusal;
use super::roles::Role;
use super::scope::Scope;

/// Who asks, with what right, for which part of the city, and why.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Login name.
    pub user: String,
    /// Roles; a right of any of them is a right.
    pub roles: Vec<Role>,
    /// Part of the city.
    pub scope: Scope,
    /// The unit that the login stands for, if it is one.
    pub unit: Option<String>,
    /// The organisation whose desk the login is.
    pub org: Option<String>,
    /// Stated purpose of this request (`Purpose` header), at most 200 characters.
    pub purpose: Option<String>,
    /// Id of the login's session (not its token).
    pub session: String,
    /// When the session ends, milliseconds since 1970 UTC.
    pub expires_ms: i64,
    /// Address that the request came from.
    pub client: Option<String>,
}

impl Caller {
    /// Whether the caller may speak for the people of an organisation: its own desk, and whoever dispatches for the city.
    pub fn speaks_for(&self, org: &str) -> bool {
        self.org.as_deref() == Some(org) || self.dispatches()
    }

    /// Whether the caller dispatches for the city and not for one organisation.
    pub fn dispatches(&self) -> bool {
        self.org.is_none() && self.is(&[Role::Dispatcher, Role::Lead])
    }

    /// Whether the caller has one of the roles.
    pub fn is(&self, roles: &[Role]) -> bool {
        self.roles.iter().any(|role| roles.contains(role))
    }

    /// Refuses a caller who has none of the roles.
    pub fn must_be(&self, roles: &[Role]) -> Result<(), Refusal> {
        if self.is(roles) { Ok(()) } else { Err(Refusal::Role) }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Somebody of one role, for one part of the city.
    pub(in crate::auth) fn caller(role: Role, scope: &str) -> Caller {
        Caller {
            user: role.word().to_owned(),
            roles: vec![role],
            scope: Scope::new([scope]).unwrap(),
            unit: None,
            org: None,
            purpose: None,
            session: "s".to_owned(),
            expires_ms: 0,
            client: None,
        }
    }
}
