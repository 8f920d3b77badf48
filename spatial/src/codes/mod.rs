//! Identifiers of Chinese administration and equipment, with their checksums.
//!
//! Each is a checked value: what does not pass cannot be built. Sources of the rules are named in each file.

mod device;
mod division;
mod grid;
mod identity;
mod registration;
mod uscc;

pub use device::DeviceId;
pub use division::{Division, DivisionLevel, TownshipKind};
pub use grid::GridCode;
pub use identity::{holds_identity_number, is_old_identity_number};
pub use registration::is_registration_number;
pub use uscc::Uscc;

/// Why a text is not the code it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Wrong number of characters.
    #[error("{code} must have {expected} characters, got {got}")]
    Length {
        /// Which code.
        code: &'static str,
        /// How many it should have, in words.
        expected: &'static str,
        /// How many there are.
        got: usize,
    },
    /// A character that the code does not know.
    #[error("{code} may not hold {character:?} (character {at})")]
    Character {
        /// Which code.
        code: &'static str,
        /// The character.
        character: char,
        /// Where, counted from 1.
        at: usize,
    },
    /// The check character does not fit the others.
    #[error("{code} has a wrong check character: expected {expected:?}")]
    Checksum {
        /// Which code.
        code: &'static str,
        /// What it should be.
        expected: char,
    },
    /// A part has a value that means nothing.
    #[error("{code}: {reason}")]
    Part {
        /// Which code.
        code: &'static str,
        /// What is wrong.
        reason: &'static str,
    },
}

/// Checks that all characters are ASCII digits.
fn digits(code: &'static str, text: &str) -> Result<(), CodeError> {
    match text.chars().enumerate().find(|(_, c)| !c.is_ascii_digit()) {
        Some((at, character)) => Err(CodeError::Character { code, character, at: at + 1 }),
        None => Ok(()),
    }
}
