//! Bytes as hexadecimal text.

/// Two lower-case digits a byte.
pub fn hex(bytes: impl IntoIterator<Item = u8>) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digits = bytes.into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|half| DIGITS.get(usize::from(half))).collect()
}
