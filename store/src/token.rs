//! Session tokens: 256 random bits; only their hash is stored.

use sha2::{Digest, Sha256};

use crate::Error;

/// Bytes as lowercase hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// A new token, and what of it is stored.
pub(crate) fn new() -> Result<(String, [u8; 32]), Error> {
    let mut bits = [0_u8; 32];
    getrandom::fill(&mut bits).map_err(|error| Error::unavailable("open a session", error))?;
    let token = hex(&bits);
    let stored = stored(&token);
    Ok((token, stored))
}

/// What is stored of a token: its SHA-256. A token has 256 random bits, so neither salt nor slow hash is needed.
pub(crate) fn stored(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// The name of a session: the first half of what is stored, as hex.
pub(crate) fn session_id(stored: &[u8]) -> String {
    hex(stored.get(..16).unwrap_or(stored))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_long_and_new() {
        let (a, stored_a) = new().unwrap();
        let (b, _) = new().unwrap();
        assert_eq!(a.len(), 64);
        assert_ne!(a, b);
        assert_eq!(stored(&a), stored_a);
        assert!(!a.contains(&session_id(&stored_a)));
        assert_eq!(hex(&[0x0f, 0xa0]), "0fa0");
    }
}
