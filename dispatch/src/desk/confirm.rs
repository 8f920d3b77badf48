//! "Are you sure?" in two steps: the token is bound to exactly what was asked about, and lasts ten seconds.

use sha2::{Digest, Sha256};

use crate::refusal::Warning;

/// How long a token holds, milliseconds.
pub(super) const HOLDS_MS: i64 = 10_000;

/// What tokens are made with: 32 random bytes that all servers of one store share.
#[derive(Clone)]
pub struct Key(pub [u8; 32]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

impl Key {
    /// A token for these warnings about that person's order at that state of things.
    pub(super) fn token(&self, of: &About<'_>, expires_ms: i64) -> String {
        let mut hash = Sha256::new();
        hash.update(b"onemap-confirm-1");
        hash.update(self.0);
        hash.update(expires_ms.to_be_bytes());
        for text in [of.actor, of.incident] {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        }
        hash.update(of.version.to_be_bytes());
        for (unit, epoch, warning) in of.warnings {
            hash.update((unit.len() as u64).to_be_bytes());
            hash.update(unit.as_bytes());
            hash.update(epoch.to_be_bytes());
            hash.update(warning.code().as_bytes());
        }
        let digest = hash.finalize();
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{expires_ms}.{hex}")
    }

    /// Whether the token was given for exactly this, and still holds. It is used up by the change that it allows: the
    /// unit's epoch moves on.
    pub(super) fn holds(&self, token: &str, of: &About<'_>, now_ms: i64) -> bool {
        let expires = token.split_once('.').and_then(|(expires, _)| expires.parse::<i64>().ok());
        expires.is_some_and(|expires| {
            now_ms <= expires && expires <= now_ms + HOLDS_MS && self.token(of, expires) == token
        })
    }
}

/// What a token is about.
pub(super) struct About<'a> {
    pub(super) actor: &'a str,
    pub(super) incident: &'a str,
    pub(super) version: u64,
    pub(super) warnings: &'a [(String, u64, Warning)],
}
