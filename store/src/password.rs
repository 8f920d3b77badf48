//! Passwords: argon2id, on a thread that may block, few at a time.

use std::sync::OnceLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::Error;

/// One hash takes 19 MiB and some 20 ms of a core (argon2's defaults, which are OWASP's); a flood of logins must not
/// take the machine's memory, so at most this many run at once and the others wait.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// Longest password, bytes: more is not a password.
const LONGEST: usize = 1024;

/// The hash to store: a PHC string with its own salt and parameters.
pub(crate) async fn hash(password: &str) -> Result<String, Error> {
    const DOING: &str = "hash a password";
    if password.is_empty() || password.len() > LONGEST {
        return Err(Error::invalid(DOING, "it must have 1 to 1024 bytes"));
    }
    let password = password.to_owned();
    blocking(move || hashed(&password)).await?.map_err(|error| Error::unavailable(DOING, error))
}

/// Whether the password fits the stored hash. Without a hash (no such user) the same work is done for nothing.
pub(crate) async fn fits(password: &str, stored: Option<String>) -> Result<bool, Error> {
    if password.len() > LONGEST {
        return Ok(false);
    }
    let password = password.to_owned();
    blocking(move || {
        let known = stored.is_some();
        let Some(stored) = stored.as_deref().or_else(|| nobodys()) else { return false };
        let fits = PasswordHash::new(stored)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        fits && known
    })
    .await
}

/// The hash of a password that nobody has.
fn nobodys() -> Option<&'static str> {
    static NOBODYS: OnceLock<Option<String>> = OnceLock::new();
    NOBODYS.get_or_init(|| hashed("nobody").ok()).as_deref()
}

fn hashed(password: &str) -> Result<String, argon2::password_hash::Error> {
    let hash: PasswordHash = Argon2::default().hash_password(password.as_bytes())?;
    Ok(hash.to_string())
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    const DOING: &str = "check a password";
    let turn = AT_ONCE.acquire().await.map_err(|error| Error::unavailable(DOING, error))?;
    // The turn goes with the work: when the caller gives up waiting, the thread still runs to its end.
    let work = move || {
        let done = work();
        drop(turn);
        done
    };
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::unavailable(DOING, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let stored = hash("correct horse").await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(fits("correct horse", Some(stored.clone())).await.unwrap());
        assert!(!fits("wrong horse", Some(stored)).await.unwrap());
        assert!(!fits("nobody", None).await.unwrap());
        assert!(hash("").await.is_err());
    }
}
