//! `onemap user`: logins.

use std::io::BufRead;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use store::{AuditDraft, NewUser, Store};

use super::place::Place;
use super::say;
use crate::app::now_ms;
use crate::auth::{Role, Scope};

/// Logins.
#[derive(Args, Debug)]
pub(super) struct Users {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// A new login
    Add {
        /// Login name
        name: String,
        /// Role of the role matrix; may be given several times
        #[arg(long = "role", required = true)]
        roles: Vec<String>,
        /// Division code that the login answers for, or `*`; may be given several times
        #[arg(long = "scope")]
        scope: Vec<String>,
        /// Unit that the login stands for
        #[arg(long)]
        unit: Option<String>,
        /// Organisation whose desk the login is: it signs that organisation's orders and adds its units
        #[arg(long)]
        org: Option<String>,
        #[command(flatten)]
        password: Password,
        #[command(flatten)]
        place: Place,
    },
    /// All logins
    List {
        #[command(flatten)]
        place: Place,
    },
    /// A login that may not come in any more; open logins end
    Disable {
        /// Login name
        name: String,
        #[command(flatten)]
        place: Place,
    },
    /// A login for a wall that nobody types a password at: prints a token, once. It ends with `disable`, with a new
    /// password, and after so many days
    Token {
        /// Login name; its only roles are `wall_ops` or `wall_guest`
        name: String,
        /// How long it holds, days
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=400))]
        days: u16,
        #[command(flatten)]
        place: Place,
    },
    /// A new password; open logins end
    Password {
        /// Login name
        name: String,
        #[command(flatten)]
        password: Password,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Args, Debug)]
struct Password {
    /// Read the password from the first line of standard input instead of asking
    #[arg(long)]
    password_stdin: bool,
    /// The password, for scripts
    #[arg(long, env = "ONEMAP_PASSWORD", hide = true, hide_env_values = true)]
    password: Option<String>,
}

const DAY_MS: i64 = 24 * 3_600_000;
/// Fewest characters of a password.
const SHORTEST: usize = 8;

impl Password {
    fn read(&self) -> Result<String> {
        let password = if let Some(password) = &self.password {
            password.clone()
        } else if self.password_stdin {
            let mut line = String::new();
            std::io::stdin().lock().read_line(&mut line).context("read the password")?;
            line.trim_end_matches(['\r', '\n']).to_owned()
        } else {
            rpassword::prompt_password("Password: ")
                .context("ask for the password (use --password-stdin in scripts)")?
        };
        if password.chars().count() < SHORTEST {
            bail!("a password has at least {SHORTEST} characters");
        }
        Ok(password)
    }
}

impl Users {
    pub(super) async fn run(self) -> Result<ExitCode> {
        match self.action {
            Action::Add { name, roles, scope, unit, org, password, place } => {
                check(&roles, &scope)?;
                let store = place.open().await?;
                if store.store.user(&name).await?.is_some() {
                    bail!("there is a login {name:?} already");
                }
                let user = NewUser {
                    name: name.clone(),
                    password: password.read()?,
                    roles,
                    scope,
                    unit,
                    org,
                    disabled: false,
                };
                note(&store.store, "user add", &name).await?;
                store.store.put_user(&user).await?;
                say(&format!("added {name}"));
            }
            Action::List { place } => {
                for user in place.open_kept().await?.store.users().await? {
                    let state = if user.disabled { "disabled" } else { "active" };
                    say(&format!("{}\t{}\t{}\t{state}", user.name, user.roles.join(","), user.scope.join(",")));
                }
            }
            Action::Disable { name, place } => {
                let store = place.open_kept().await?;
                note(&store.store, "user disable", &name).await?;
                if !store.store.set_disabled(&name, true).await? {
                    bail!("there is no login {name:?}");
                }
                store.store.close_sessions_of(&name).await?;
                say(&format!("disabled {name}"));
            }
            Action::Token { name, days, place } => {
                let store = place.open_kept().await?;
                let Some(user) = store.store.user(&name).await? else { bail!("there is no login {name:?}") };
                // Whoever gives orders or looks up addresses says each day who it is.
                let walls = [Role::WallOps, Role::WallGuest].map(Role::word);
                if !user.roles.iter().all(|role| walls.contains(&role.as_str())) {
                    bail!("{name:?} is no wall: a token is for logins with the roles {} only", walls.join(" and "));
                }
                if user.disabled {
                    bail!("the login {name:?} is disabled");
                }
                note(&store.store, "user token", &name).await?;
                let now = now_ms();
                let token = store.store.open_session(&name, now, now + i64::from(days) * DAY_MS).await?;
                say(&token);
            }
            Action::Password { name, password, place } => {
                let store = place.open_kept().await?;
                let Some(user) = store.store.user(&name).await? else { bail!("there is no login {name:?}") };
                let new = NewUser {
                    name: user.name,
                    password: password.read()?,
                    roles: user.roles,
                    scope: user.scope,
                    unit: user.unit,
                    org: user.org,
                    disabled: user.disabled,
                };
                note(&store.store, "user password", &name).await?;
                store.store.put_user(&new).await?;
                store.store.close_sessions_of(&name).await?;
                say(&format!("changed the password of {name}"));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn check(roles: &[String], scope: &[String]) -> Result<()> {
    for role in roles {
        if Role::from_word(role).is_none() {
            let known: Vec<&str> = Role::ALL.into_iter().map(Role::word).collect();
            bail!("there is no role {role:?}; there are {}", known.join(", "));
        }
    }
    let admin = |r: &str| ["auditor", "secadmin", "sysadmin"].contains(&r);
    if roles.iter().filter(|role| admin(role)).count() > 0 && roles.len() > 1 {
        bail!(
            "auditor, secadmin and sysadmin stand alone: one person may not hold two of them, nor another role beside"
        );
    }
    Scope::new(scope.iter().map(String::as_str)).context("the scope")?;
    Ok(())
}

/// The row of an operator's deed, written before it is done.
pub(super) async fn note(store: &std::sync::Arc<dyn Store>, action: &str, object: &str) -> Result<()> {
    let draft = AuditDraft {
        at_ms: now_ms(),
        actor: "command line".to_owned(),
        action: action.to_owned(),
        object_class: "operations".to_owned(),
        objects: vec![object.to_owned()],
        outcome: "ok".to_owned(),
        ..AuditDraft::default()
    };
    store.record(vec![draft]).await.context("write the audit")?;
    Ok(())
}
