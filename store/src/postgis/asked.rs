//! Texts that somebody looks for.

/// PostgreSQL keeps no text with a zero byte and refuses to look for one. Nothing has such a name, and nothing has an
/// empty one.
pub(super) fn asked(name: &str) -> &str {
    if name.contains('\0') { "" } else { name }
}
