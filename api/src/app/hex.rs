//! Bytes as hexadecimal text.

use std::fmt::Write;

/// Two lower-case digits a byte.
pub fn hex(bytes: impl IntoIterator<Item = u8>) -> String {
    let mut text = String::new();
    for byte in bytes {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
