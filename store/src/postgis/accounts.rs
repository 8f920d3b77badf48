//! Accounts in schema `onemap`.

use async_trait::async_trait;

use super::Postgis;
use super::ask::{all, execute, first};
use super::asked::asked;
use crate::error::Doing;
use crate::stored::account::{self, SessionColumns, UserColumns};
use crate::{Accounts, Error, NewUser, Session, User, password, token};

const READ: &str = "read users";
const STORE: &str = "store a user";
const CLOSE: &str = "close sessions";

#[async_trait]
impl Accounts for Postgis {
    async fn put_user(&self, user: &NewUser) -> Result<(), Error> {
        let (name, roles, scope, unit, org, disabled) = account::write(user)?;
        let password = password::hash(&user.password).await?;
        let mut transaction = self.write(STORE).await?;
        let query = sqlx::query(
            "insert into account (name, password, roles, scope, unit, org, disabled) values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (name) do update set password = excluded.password, roles = excluded.roles, scope = excluded.scope,
             unit = excluded.unit, org = excluded.org, disabled = excluded.disabled",
        )
        .bind(&name)
        .bind(password)
        .bind(roles)
        .bind(scope)
        .bind(unit)
        .bind(org)
        .bind(disabled);
        execute(&mut transaction, STORE, query).await?;
        let query = sqlx::query("delete from session where account = $1").bind(&name);
        execute(&mut transaction, STORE, query).await?;
        transaction.commit().await.doing(STORE)
    }

    async fn user(&self, name: &str) -> Result<Option<User>, Error> {
        let query = sqlx::query("select name, roles, scope, unit, org, disabled from account where name = $1")
            .bind(asked(name));
        let row: Option<UserColumns> = first(&self.pool, READ, query).await?;
        row.map(account::user).transpose()
    }

    async fn users(&self) -> Result<Vec<User>, Error> {
        let query = sqlx::query("select name, roles, scope, unit, org, disabled from account order by name");
        let rows: Vec<UserColumns> = all(&self.pool, READ, query).await?;
        rows.into_iter().map(account::user).collect()
    }

    async fn set_disabled(&self, name: &str, disabled: bool) -> Result<bool, Error> {
        let mut transaction = self.write(STORE).await?;
        let query = sqlx::query("update account set disabled = $1 where name = $2").bind(disabled).bind(asked(name));
        let done = execute(&mut transaction, STORE, query).await?;
        if disabled {
            let query = sqlx::query("delete from session where account = $1").bind(asked(name));
            execute(&mut transaction, STORE, query).await?;
        }
        transaction.commit().await.doing(STORE)?;
        Ok(done > 0)
    }

    async fn check_password(&self, name: &str, password: &str) -> Result<Option<User>, Error> {
        let query = sqlx::query("select password from account where name = $1").bind(asked(name));
        let hash: Option<(String,)> = first(&self.pool, READ, query).await?;
        let fits = password::fits(password, hash.map(|(hash,)| hash)).await?;
        Ok(self.user(name).await?.filter(|user| fits && !user.disabled))
    }

    async fn open_session(&self, user: &str, now_ms: i64, expires_ms: i64) -> Result<String, Error> {
        const DOING: &str = "open a session";
        let (token, stored) = token::new()?;
        let query = sqlx::query(
            "insert into session (token, account, created_ms, expires_ms)
             select $1, name, $2, $3 from account where name = $4 and not disabled",
        )
        .bind(stored.as_slice())
        .bind(now_ms)
        .bind(expires_ms)
        .bind(asked(user));
        let done = execute(&self.pool, DOING, query).await?;
        if done == 0 {
            return Err(Error::not_found(DOING, format!("there is no user {user:?} who may come in")));
        }
        Ok(token)
    }

    async fn session(&self, token: &str) -> Result<Option<Session>, Error> {
        let query = sqlx::query(
            "select token, created_ms, expires_ms, name, roles, scope, unit, org, disabled
             from session join account on name = account where token = $1 and not disabled",
        )
        .bind(token::stored(token).as_slice());
        let row: Option<SessionColumns> = first(&self.pool, "read a session", query).await?;
        row.map(account::session).transpose()
    }

    async fn close_session(&self, token: &str) -> Result<bool, Error> {
        let query = sqlx::query("delete from session where token = $1").bind(token::stored(token).as_slice());
        let done = execute(&self.pool, CLOSE, query).await?;
        Ok(done > 0)
    }

    async fn close_sessions_of(&self, user: &str) -> Result<u64, Error> {
        let query = sqlx::query("delete from session where account = $1").bind(asked(user));
        execute(&self.pool, CLOSE, query).await
    }

    async fn sweep(&self, now_ms: i64) -> Result<u64, Error> {
        let query = sqlx::query("delete from session where expires_ms <= $1").bind(now_ms);
        execute(&self.pool, CLOSE, query).await
    }
}
