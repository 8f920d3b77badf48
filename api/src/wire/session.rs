//! Logins.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::rfc3339;
use crate::auth::Caller;

/// A login.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginAsk {
    /// Login name.
    pub user: String,
    /// Password.
    pub password: String,
}

/// Who is logged in.
#[derive(Serialize, ToSchema)]
pub struct SessionBody {
    /// Login name.
    pub user: String,
    /// Roles of the role matrix.
    pub roles: Vec<String>,
    /// Division codes that the login answers for; `*` is everywhere.
    pub scope: Vec<String>,
    /// Unit that the login stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Organisation whose desk the login is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org: Option<String>,
    /// When the login ends, RFC 3339 UTC.
    pub expires_at: String,
    /// Layers that the login may see.
    pub layers: Vec<&'static str>,
}

/// The answer to a login.
#[derive(Serialize, ToSchema)]
pub struct LoginBody {
    /// Token for `Authorization: Bearer`; the same is set as the cookie `onemap_session`.
    pub token: String,
    /// Who it stands for.
    #[serde(flatten)]
    pub session: SessionBody,
}

impl From<&Caller> for SessionBody {
    fn from(caller: &Caller) -> Self {
        Self {
            user: caller.user.clone(),
            roles: caller.roles.iter().map(|role| role.word().to_owned()).collect(),
            scope: caller.scope.codes(),
            unit: caller.unit.clone(),
            org: caller.org.clone(),
            expires_at: rfc3339(caller.expires_ms),
            layers: crate::auth::policy::layers_in_sight(caller).into_iter().map(spatial::Layer::name).collect(),
        }
    }
}
